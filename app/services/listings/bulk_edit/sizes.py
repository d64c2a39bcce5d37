"""Inches to centimetres: 12 in are 30.48 cm (domain.md 14.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from app.services.compliance.lengths import (
    CM_PER_INCH,
    inch_sides,
    is_centimetres,
    known_sides,
    sizes_of,
    whole_centimetres,
)
from app.services.compliance.rule_data import Limits
from app.services.listings.bulk_edit.texts import RowRefused

_NUMBER = r"\d{1,6}(?:\.\d{1,3})?"
_CHAIN = rf"{_NUMBER}(?:\s?[x×*]\s?{_NUMBER}){{0,2}}"
_INCHES = re.compile(
    rf"(?<![\d.])(?P<one>{_CHAIN})[\s-]?(?:inches\b|inch\b|英寸|吋|″|\"|'')"
    rf"|(?<![\d.])(?P<chain>{_NUMBER}(?:\s?[x×*]\s?{_NUMBER}){{1,2}})\s?in\b(?!\s?\d)",
    re.IGNORECASE,
)
_CENTIMETRES = re.compile(r"\d\s?(?:cm|厘米|公分)(?![a-z])", re.IGNORECASE)
_EACH = re.compile(_NUMBER)


def converted_text(text: str) -> str:
    """*text* with sizes in inches as centimetres, two decimals at most. A bare `in` counts only behind `2 x 3`: a
    "5 in 1" charger has no size.

    Raises:
        RowRefused: there are centimetres beside the inches: they would stand there twice.
    """
    if _INCHES.search(text) is None:
        return text
    if _CENTIMETRES.search(text):
        raise RowRefused("suspicious_size")
    return _INCHES.sub(lambda found: _EACH.sub(_centimetres, found["one"] or found["chain"]) + " cm", text)


def fitting_text(text: str, sides: Sequence[int | None]) -> str:
    """As `converted_text`, of a text about the goods in a package with these *sides* in centimetres.

    Raises:
        RowRefused: as there; or the package is too small for a length in inches, and just right for it in centimetres.
    """
    if known := known_sides(sides):
        for found in _INCHES.finditer(text):
            if any(is_centimetres(float(number), known) for number in _EACH.findall(found[0])):
                raise RowRefused("suspicious_size")
    return converted_text(text)


def _centimetres(found: re.Match[str]) -> str:
    exact = (Decimal(found[0]) * CM_PER_INCH).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{exact.normalize():f}"


def converted_sides(
    sides: tuple[int | None, int | None, int | None], limits: Limits, texts: Iterable[str] = ()
) -> tuple[int | None, ...]:
    """The sides of a package that were noted in inches, in whole centimetres, rounded up; unknown ones stay so.

    Args:
        texts: about the goods; a size in centimetres among them that fits the sides as they are tells what those are.

    Raises:
        RowRefused: the sides were centimetres before: no carrier takes the result, or the goods fit as it is.
    """
    now = known_sides(sides)
    if now and inch_sides(now, [size for text in texts for size in sizes_of(text)]) == ():
        raise RowRefused("suspicious_size")
    found = [None if side is None else whole_centimetres(side) for side in sides]
    known = [side for side in found if side is not None]
    girth = 2 * sum(known) - max(known, default=0)
    if any(side > limits.side_max_cm for side in known) or girth > limits.girth_max_cm:
        raise RowRefused("suspicious_size")
    return tuple(found)
