"""Decimal arithmetic of formulas: 28 digits, ties away from zero, no infinities.

The context is ours, whatever a thread has set for itself.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

CONTEXT = Context(prec=28, rounding=ROUND_HALF_EVEN, traps=[DivisionByZero, InvalidOperation, Overflow])
add, subtract, multiply, divide, negate = (
    CONTEXT.add,
    CONTEXT.subtract,
    CONTEXT.multiply,
    CONTEXT.divide,
    CONTEXT.minus,
)
ZERO, ONE, TEN = Decimal(0), Decimal(1), Decimal(10)


def round_half_up(number: Decimal, unit: Decimal = ONE) -> Decimal:
    """*number* at the digit of *unit* (a power of ten), as a shop rounds: 2.345 → 2.35, -2.345 → -2.35."""
    return CONTEXT.add(number.quantize(unit, rounding=ROUND_HALF_UP, context=CONTEXT), ZERO)


def round_to(number: Decimal, step: Decimal) -> Decimal:
    """The nearest multiple of *step* > 0; halfway away from zero."""
    return multiply(round_half_up(divide(number, step)), step)


def with_ending(number: Decimal, ending: Decimal) -> Decimal:
    """The nearest number that ends in *ending* ≥ 0: 12.30 ends .99 → 11.99, 14 ends 9.99 → 9.99.

    Halfway goes up; a positive number stays positive.
    """
    unit = ONE
    while unit <= ending:
        unit = multiply(unit, TEN)
    found = add(multiply(round_half_up(divide(subtract(number, ending), unit)), unit), ending)
    return add(found, unit) if found <= 0 < number else found
