"""Delisting: from a pasted list of discontinued codes to the variants that hold them, in every store (domain.md 3.4).

`pasted` reads the list, `finding` looks variants up, `plan` says what becomes of them, `applying` does it.
"""
