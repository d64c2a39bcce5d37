"""Held prices, the discount-stack simulator and the team's own price rules."""
