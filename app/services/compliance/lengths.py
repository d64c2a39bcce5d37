"""Lengths in what a seller writes, and the sign that inches and centimetres were mixed up: 2.54 times off a sibling
variant or the package (domain.md 14.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from itertools import permutations

from app.services.compliance.written_sizes import SIDES, Size

CM_PER_INCH = Decimal("2.54")
_CHINESE_INCH = ("英寸", "吋")


def in_centimetres(text: str, size: Size) -> str:
    """*text* with the same numbers as centimetres: the unit was wrong, not the number."""
    start, end = size.units[-1]
    is_chinese = text[start:end] in _CHINESE_INCH
    text, behind = text[:start], text[end:]
    for first, last in reversed(size.units[:-1]):
        text = text[:first].rstrip(" -") + text[last:]
    if is_chinese:
        return f"{text}厘米{behind}"
    gap = "" if text.endswith((" ", "-")) else " "
    return f"{text}{gap}cm{behind}"


def is_centimetres(inches: Decimal | float, sides: Sequence[int]) -> bool:
    """Whether a length that is said to be so many inches does not fit between a package's *sides* (cm), but would be
    one of them in centimetres: 2.54 times off."""
    number = float(inches)
    is_side = any(0.75 * side <= number <= 1.05 * side for side in sides)
    return is_side and number * float(CM_PER_INCH) > 1.05 * max(sides)


def is_converted(centimetres: Decimal, plain: Decimal) -> bool:
    """Whether *centimetres* is just what *plain* inches are, to its own decimals. Whole numbers prove nothing: 25 cm
    beside 10 cm is a size like any other."""
    decimals = -int(centimetres.as_tuple().exponent)
    exact = (plain * CM_PER_INCH).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return decimals > 0 and centimetres % 1 != 0 and exact == centimetres


def known_sides(sides: Iterable[int | None]) -> list[int]:
    """The sides of a package, none where one of them is unknown."""
    found = [side for side in sides if side]
    return found if len(found) == SIDES else []


def inch_sides(sides: Sequence[int], sizes: Iterable[Size]) -> tuple[int, ...] | None:
    """Which of a package's *sides* were noted in inches, as positions, by a size of the goods in centimetres that has
    all three: none of them where the package holds the goods as it is, None where no such size tells."""
    told: tuple[int, ...] | None = None
    for size in sizes:
        if size.is_inch or len(size.numbers) != SIDES:
            continue
        for numbers in permutations(size.numbers):
            kinds = [_kind(side, number) for side, number in zip(sides, numbers, strict=True)]
            if all(kinds):
                found = tuple(at for at, kind in enumerate(kinds) if kind == "in")
                told = found if told is None or len(found) < len(told) else told
    return told


def _kind(side: int, number: Decimal) -> str:
    """Whether a side holds goods of so many centimetres as centimetres (`cm`), as inches (`in`), or not closely."""
    if Decimal("0.95") * number <= side <= Decimal("1.15") * number + 4:
        return "cm"
    inches = number / CM_PER_INCH
    return "in" if Decimal("0.95") * inches <= side <= Decimal("1.15") * inches + 1 else ""


def whole_centimetres(inches: int) -> int:
    """A side in inches as whole centimetres, rounded up (domain.md 5.1)."""
    return int((inches * CM_PER_INCH).to_integral_value(ROUND_CEILING))
