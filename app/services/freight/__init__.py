"""Freight templates: finding and reading them."""
