"""Stock items: what the company product table says of the goods behind SKU codes."""
