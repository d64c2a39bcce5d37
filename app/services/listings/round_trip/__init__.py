"""Listings opened in a spreadsheet and taken back: a workbook that knows what it was made of.

`writing` makes it, `mark` is what it carries unseen, `reading` finds what a person changed in it, `planning` holds
that against the database and makes a bulk edit's plan of it, which is previewed and applied as any other.
"""
