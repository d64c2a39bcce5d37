"""Profit, prices from a target, team rules and discount stacks (domain.md 10), exact to the cent."""
