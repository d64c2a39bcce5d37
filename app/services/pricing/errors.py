"""What a price cannot be computed from."""

from __future__ import annotations

from decimal import Decimal

from app.messages import Key
from app.services.errors import InputError


class BadPriceInput(InputError):
    """A number of a price computation is missing or out of range; `field` names it, `value` is what was given."""

    code = "pricing.out_of_range"


class NoPriceReaches(InputError):
    """Fees, losses and margin leave nothing of the price: `share` of it, zero or less, would remain."""

    code = "pricing.no_price_reaches"


def named(field: str) -> Key:
    """*field* as a sentence shows it."""
    return Key(f"pricing.field.{field}")


def needed(field: str, value: Decimal | None) -> Decimal:
    """*value*, for unknown is never zero.

    Raises:
        BadPriceInput: `pricing.unknown`, where it is None; `pricing.out_of_range`, where it is no finite number.
    """
    if value is None:
        raise BadPriceInput("pricing.unknown", field=named(field))
    if not value.is_finite():
        raise BadPriceInput(field=named(field), value=str(value))
    return value


def not_negative(field: str, value: Decimal | None) -> Decimal:
    """*value*, known and at least zero.

    Raises:
        BadPriceInput: it is not.
    """
    if (value := needed(field, value)) < 0:
        raise BadPriceInput(field=named(field), value=str(value))
    return value


def positive(field: str, value: Decimal | None) -> Decimal:
    """*value*, known and above zero.

    Raises:
        BadPriceInput: it is not.
    """
    if (value := needed(field, value)) <= 0:
        raise BadPriceInput(field=named(field), value=str(value))
    return value


def share(field: str, value: Decimal | None) -> Decimal:
    """*value*, known, at least 0 and below 1: a fraction such as 0.08, never 8 for 8 %.

    Raises:
        BadPriceInput: it is not.
    """
    if not 0 <= (value := needed(field, value)) < 1:
        raise BadPriceInput("pricing.no_share", field=named(field), value=str(value))
    return value
