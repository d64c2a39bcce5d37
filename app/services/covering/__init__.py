"""Covering another store: its products become drafts of one's own, with one's own templates, groups and codes.

`ids` reads what was pasted, `rules` are kept per pair of stores, `mapping` turns one listing of the platform into a
draft, `reading` fetches, `existing` knows what is covered already, `storing` writes one change, `run` does it all.
"""
