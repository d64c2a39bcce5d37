"""Bulk edits: any fields of any number of listings at once, shown before, stored as one change, taken back after.

`operations` says what can be done and `edits` puts it together; `planning` works it out into a `PlanFile` without
writing anything, `applying` stores it; `session` is all of that in the worker process, for the window.
"""
