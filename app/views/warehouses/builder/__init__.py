"""The overseas builder: options left, the grid variant × country in the middle, what is to be looked at below."""
