"""Product groups and marketing groups beside the Listings table."""
