"""What any marketplace can do (`port`), and one folder per marketplace that does it."""
