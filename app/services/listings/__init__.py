"""Listings and their SKUs: what is known of them, finding them, editing them, importing them."""
