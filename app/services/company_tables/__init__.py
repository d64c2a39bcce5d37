"""The inbox of company tables: five daily tables dropped in any order, compared, stored, and what they hit.

`importing` is the way in; `recognising` → `reading` → `storing` are its steps; `hits` finds the variants concerned.
"""
