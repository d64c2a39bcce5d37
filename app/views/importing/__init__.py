"""The import dialog: what was recognised, what would change, apply."""
