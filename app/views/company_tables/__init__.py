"""The inbox of company tables: what was received, what it hits, what is done about it."""
