"""What freight cannot be computed from. A route that is not served is no error: it is a result."""

from __future__ import annotations

from app.messages import Key
from app.services.errors import InputError


class BadFreightInput(InputError):
    """A weight, size or count is unknown or out of range."""

    code = "freight.out_of_range"


class BadFreightRule(InputError):
    """A template's or a tariff's rule contradicts itself; `place` names it."""

    code = "freight.empty_tariff"


def known(field: str, value: int | None, least: int = 0) -> int:
    """*value*, for unknown is never 0.

    Raises:
        BadFreightInput: `freight.unknown` where it is None, `freight.out_of_range` where it is below *least*.
    """
    if value is None:
        raise BadFreightInput("freight.unknown", field=Key(f"freight.field.{field}"))
    if value < least:
        raise BadFreightInput(field=Key(f"freight.field.{field}"), value=value, least=least)
    return value
