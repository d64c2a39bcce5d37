"""Warehouse templates: finding and reading them."""
