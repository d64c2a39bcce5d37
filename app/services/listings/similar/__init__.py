"""Listings that look like the same item: by codes, by title, by main picture (domain.md 14.3)."""
