"""Amounts kept as whole numbers, as decimal text: exact, however large they are."""

from __future__ import annotations


def decimal_text(value: int | None, unit: int, least: int = 0) -> str | None:
    """A whole number of *unit*-ths (a power of ten) as decimal text with at least so many decimals; None of what is
    unknown."""
    if value is None:
        return None
    whole, rest = divmod(abs(value), unit)
    decimals = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0")
    decimals += "0" * (least - len(decimals))
    return f"{'-' if value < 0 else ''}{whole}" + (f".{decimals}" if decimals else "")


def money_text(minor: int) -> str:
    """Minor units with their point: 1890 is `18.90`."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"
