"""Similar listings side by side, and what is done about them."""
