"""Orders: finding and reading them."""
