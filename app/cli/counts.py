"""Options that count something."""

from __future__ import annotations

from app.services.errors import InputError

MOST = 1_000_000
"""More than any store holds; what is larger was a slip of the hand, and not even the database can read it."""


def check_count(option: str, value: int | None, least: int = 1, most: int = MOST) -> None:
    """Raise InputError `cli.limit`, naming *option*, where *value* is given and not within *least* and *most*."""
    if value is not None and not least <= value <= most:
        raise InputError("cli.limit", option=option, value=value, least=least, most=most)
