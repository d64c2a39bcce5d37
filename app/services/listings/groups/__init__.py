"""Product groups and marketing groups as a tree, and putting listings into them."""
