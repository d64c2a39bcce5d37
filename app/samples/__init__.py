"""Invented supplier workbooks: for practice, for tests and for measurements, from ten rows to a million.

The same seed gives the same bytes. Imports nothing else of `app`; run as `python -m app.samples`.
"""
