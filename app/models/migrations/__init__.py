"""Numbered, forward-only migrations. They spell tables out and never import today's models."""

HEAD = "0034"
"""The newest revision, so that start-up can tell "up to date" without importing Alembic. A test compares."""
