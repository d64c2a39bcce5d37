"""The two ways money is rounded (domain.md 19): shown amounts half up, prices from a target up. Only at the end."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal

EXACT = Context(prec=60)
"""Wide enough for every product of the formulas; divisions are rounded far behind the last digit that counts."""

CENT = Decimal("0.01")
SHARE = Decimal("0.0001")


def half_up(amount: Decimal, unit: Decimal = CENT) -> Decimal:
    """*amount* to the nearest *unit*, halves away from zero: 1.005 is 1.01."""
    return amount.quantize(unit, ROUND_HALF_UP, EXACT)


def up(amount: Decimal, unit: Decimal = CENT) -> Decimal:
    """*amount* to the next *unit* not below it."""
    return amount.quantize(unit, ROUND_CEILING, EXACT)


def down(amount: Decimal, unit: Decimal = CENT) -> Decimal:
    """*amount* to the next *unit* not above it."""
    return amount.quantize(unit, ROUND_FLOOR, EXACT)
