"""Small widgets every tab is made of."""
