"""Pictures of listings: what they look like, what is wrong with them, and repairing them (domain.md 5.1, 14.2)."""
