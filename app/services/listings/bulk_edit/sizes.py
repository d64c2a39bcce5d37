"""Inches to centimetres: 12 in are 30.48 cm (domain.md 14.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from app.services.compliance.lengths import (
    CM_PER_INCH,
    inch_sides,
    is_centimetres,
    known_sides,
    whole_centimetres,
)
from app.services.compliance.rule_data import Limits
from app.services.compliance.written_sizes import Size, reading_of, sizes_of
from app.services.listings.bulk_edit.page_texts import DetailPage, Edit
from app.services.listings.bulk_edit.texts import RowRefused

_CENTIMETRES = re.compile(r"[0-9](?:\s*|-)(?:cm(?![a-z])|centimet(?:er|re)s?(?![a-z])|厘米|公分)", re.IGNORECASE)
_TORN = re.compile(r"[0-9½¼¾⅛⅜⅝⅞⅓⅔][^\S\n]*\n\s*(?:inch|英寸|吋|″|\"(?!\w))", re.IGNORECASE)
"""A number in one cell or line of a page, its unit in the next."""


def converted_text(text: str) -> str:
    """*text* with sizes in inches as centimetres, two decimals at most. A bare `in` counts only behind `2 x 3` and a
    fraction: a "5 in 1" charger has no size.

    Raises:
        RowRefused: there are centimetres beside the inches: they would stand there twice; or what is said of inches
            could mean several things.
    """
    parts: list[str] = []
    at = 0
    for start, end, new in _conversions(text):
        parts += [text[at:start], new]
        at = end
    return "".join((*parts, text[at:]))


def converted_page(html: str) -> str:
    """As `converted_text`, of a detail page: looked at as a whole, as a buyer reads it; tags stay as they are.

    Raises:
        RowRefused: as there; or a number and its unit stand in two cells or lines.
    """
    page = DetailPage(html)
    text, _ = page.whole()
    if _TORN.search(text):
        raise RowRefused("suspicious_size")
    return page.with_whole_edits(_conversions(text))


def fitting_text(text: str, sides: Sequence[int | None]) -> str:
    """As `converted_text`, of a text about the goods in a package with these *sides* in centimetres.

    Raises:
        RowRefused: as there; or the package is too small for a length in inches, and just right for it in centimetres.
    """
    if known := known_sides(sides):
        numbers = (number for size in _in_inches(text) for number in size.numbers)
        if any(is_centimetres(number, known) for number in numbers):
            raise RowRefused("suspicious_size")
    return converted_text(text)


def _in_inches(text: str) -> list[Size]:
    return [size for size in sizes_of(text) if size.is_inch and not size.is_bare]


def _conversions(text: str) -> list[Edit]:
    """What is to be written where. Raises: RowRefused."""
    sizes = _in_inches(text)
    is_unsure = reading_of(text).has_unsure_inches
    if is_unsure or (sizes and _CENTIMETRES.search(text)):
        raise RowRefused("suspicious_size")
    return [edit for size in sizes for edit in _edits(text, size)]


def _edits(text: str, size: Size) -> Iterator[Edit]:
    """Each number anew, and one unit behind the last."""
    for number, (start, end), unit_end in zip(size.numbers, size.spans, size.ends, strict=True):
        yield start, end, _centimetres(number)
        if unit_end == size.ends[-1]:
            behind = text[unit_end : unit_end + 1]
            yield end, unit_end, " cm " if behind.isascii() and behind.isalnum() else " cm"
        elif unit_end > end:
            yield end, unit_end, ""


def _centimetres(inches: Decimal) -> str:
    exact = (inches * CM_PER_INCH).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
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
