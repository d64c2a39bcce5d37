"""Worked examples of domain.md 20 that several tests read."""

TEAM_RULES = [
    ("buyer_pays", None, "3.36"),
    ("free_shipping", "15.483", "7.12"),
    ("overseas", "23.20", "9.23"),
    ("overseas", "25.00", "9.70"),
    ("overseas", "25.20", "9.75"),
    ("overseas", "28.10", "10.49"),
    ("overseas", "34.72", "12.20"),
    ("overseas", "34.90", "12.24"),
    ("overseas", "35.84", "12.48"),
    ("overseas", "39.40", "13.40"),
]
"""P5: rule, freight in CNY and list price in USD of a cost of 12.00 CNY, rate 6.80, margin 5 %, discount 30 %."""
