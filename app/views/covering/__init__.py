"""Covering another store, and the view of who lists what."""
