"""Listings opened in the system's spreadsheet program, watched there, and what was changed taken back."""
