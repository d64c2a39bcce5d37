"""Reading lengths in what people write: `1-1/2 inch`, `10-12 cm`, `8"x10"`, `1,200 mm` of a rod, in linear time.

A text is read as runs of numbers with what joins them. A run that could mean several things - `10/12 inch`,
`5'10"`, `1,5 inch`, `3, 12 inch` - gives no size; that there was one in inches is said (`Reading.has_unsure_inches`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

SIDES = 3
"""Of a package, and the most that a size has."""

_VULGAR = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_DIGITS = r"(?:(?<![\w.])\.)?[0-9]+(?:[.,][0-9]+)*(?:[/⁄][0-9]+(?:[.,][0-9]+)*)*"
_GAP = r"(?:[^\S\n]|-)?"
_SIGNS = r"″|\"|”|''|′′"
_INCH = rf"inch(?:es)?(?![a-z])|in\b(?!\s?[0-9])|英寸|吋|{_SIGNS}"
_CM = r"cm(?![a-z])|centimet(?:er|re)s?(?![a-z])|厘米|公分"
_ITEM = re.compile(
    rf"(?P<number>{_DIGITS}(?:[ -]?[{_VULGAR}])?|[{_VULGAR}])(?:{_GAP}(?P<unit>(?P<inch>{_INCH})|{_CM}))?",
    re.IGNORECASE,
)
_BLANK = r"[^\S\n]?"
_JOIN = re.compile(
    rf"{_BLANK}(?:(?P<by>[x×*])|(?P<to>[~～至到]|to\b)|(?P<list>[,，、;；/&+或和]|or\b|and\b)"
    rf"|(?P<feet>['′’]|(?:ft|feet|foot)\b\.?|英尺)){_BLANK}"
    r"|(?P<dash>[-–—])|(?P<spaced>[^\S\n][-–—][^\S\n])|(?P<ratio>:)|(?P<weak>[^\S\n]{0,2})",
    re.IGNORECASE,
)
_SIGN = re.compile(rf"{_INCH}|{_CM}", re.IGNORECASE)
_QUOTE = re.compile(r"[\"“”\n]")
_PLAIN = re.compile(r"[0-9]{0,6}(?:\.[0-9]{1,6})?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})(?:\.[0-9]{1,6})?")
_FRACTION = re.compile(r"([0-9]{1,2})[/⁄](2|4|8|16|32|64)")
_MIXED_MAX = 3
"""Digits of a whole number that a blank may stand behind: `2024 1/2 inch` is a year."""


@dataclass(frozen=True, slots=True)
class Size:
    """One or up to three lengths in a text, or the two ends of a range.

    Attributes:
        spans: where the numbers stand.
        ends: where each number with its own unit ends.
        units: where the units stand, at least one, the last behind all numbers.
        is_bare: written with `in`, which may be the word.
    """

    numbers: tuple[Decimal, ...]
    is_inch: bool
    spans: tuple[tuple[int, int], ...]
    ends: tuple[int, ...]
    units: tuple[tuple[int, int], ...]
    is_bare: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The sizes in a text, and whether something else in inches stands there that has no sure meaning."""

    sizes: tuple[Size, ...]
    has_unsure_inches: bool


@dataclass(frozen=True, slots=True)
class _Item:
    """A number with its unit, if it has one, and what joins it to the one before. *value*: None where it is unsure."""

    value: Decimal | None
    span: tuple[int, int]
    unit: tuple[int, int] | None
    sign: str
    is_inch: bool
    join: str
    text: str

    @property
    def end(self) -> int:
        return self.unit[1] if self.unit else self.span[1]

    @property
    def is_fraction(self) -> bool:
        return "/" in self.text or "⁄" in self.text


def sizes_of(text: str) -> tuple[Size, ...]:
    """The lengths in *text* that can be read surely; a "5 in 1" charger has none."""
    return reading_of(text).sizes


@lru_cache(1 << 15)
def reading_of(text: str) -> Reading:
    """What *text* says about lengths."""
    if _SIGN.search(text) is None:
        return _NOTHING
    closing = _closing_quotes(text)
    sizes: list[Size] = []
    is_unsure = False
    for phrase in _phrases(text):
        if not any(item.unit for item in phrase):
            continue
        is_quoted = any(item.unit and item.unit[0] in closing for item in phrase)
        if not is_quoted and _is_sure(phrase, text):
            sizes.append(_size(phrase))
        else:
            is_unsure = is_unsure or _says_inches(phrase)
    return Reading(tuple(sizes), is_unsure)


_NOTHING = Reading((), False)


def _phrases(text: str) -> Iterator[list[_Item]]:
    """Numbers that belong together, as a range or a size of several sides does."""
    at = 0
    while (found := _ITEM.search(text, at)) is not None:
        phrase = [_item(found, "")]
        while (joined := _JOIN.match(text, at := found.end())) and (
            following := _ITEM.match(text, joined.end())
        ) is not None:
            item, found = _item(following, joined.lastgroup or ""), following
            if (mixed := _mixed(phrase[-1], item, joined[0])) is not None:
                phrase[-1] = mixed
            elif _parts(phrase[-1], item, joined[0]):
                yield phrase
                phrase = [item]
            else:
                phrase.append(item)
        yield phrase


def _item(found: re.Match[str], join: str) -> _Item:
    unit = found.span("unit") if found["unit"] else None
    sign = (found["unit"] or "").lower()
    return _Item(_value(found["number"]), found.span("number"), unit, sign, bool(found["inch"]), join, found["number"])


def _value(text: str) -> Decimal | None:
    """What a number says; None where that is not sure: `1,5`, `10/12`, `1.2.3`."""
    if text[-1] in _VULGAR:
        part = Decimal(str(unicodedata.numeric(text[-1]))).quantize(Decimal("0.000001"))
        whole = text[:-1].rstrip(" -")
        return part if not whole else Decimal(whole) + part if _is_whole(whole) else None
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if _THOUSANDS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    fraction = _FRACTION.fullmatch(text)
    if fraction is None:
        return None
    over, under = int(fraction[1]), int(fraction[2])
    return Decimal(over) / under if over % 2 and over < under else None  # 2/4 may be two sizes, 10/8 is no fraction


def _is_whole(text: str) -> bool:
    return text.isdecimal() and len(text) <= _MIXED_MAX


def _mixed(whole: _Item, part: _Item, between: str) -> _Item | None:
    """`1-1/2` and `1 1/2` as one number."""
    is_one = between in ("-", " ", "\xa0") and part.is_fraction and not whole.unit and _is_whole(whole.text)
    if not is_one or whole.value is None or part.value is None or whole.join == "dash":
        return None
    span = whole.span[0], part.span[1]
    return _Item(whole.value + part.value, span, part.unit, part.sign, part.is_inch, whole.join, part.text)


def _parts(before: _Item, item: _Item, between: str) -> bool:
    """Whether two numbers have nothing to do with each other: `iPhone 12 6.1 inch`, `12 inch, 2 pieces`."""
    if item.join == "weak":
        is_thousand = not before.unit and len(before.text) <= 3 and len(item.text) == 3 and item.text.isdecimal()
        return bool(between) and not is_thousand
    return before.unit is not None and item.join in ("list", "spaced")


def _is_sure(phrase: Sequence[_Item], text: str) -> bool:
    """Whether the numbers are one length, a range, or up to three sides, all in one unit."""
    first, last = phrase[0], phrase[-1]
    units = [item.unit is not None for item in phrase]
    is_one_unit = len({item.is_inch for item in phrase if item.unit}) == 1
    if last.unit is None or not is_one_unit or not (all(units) or sum(units) == 1):
        return False
    values = [item.value for item in phrase if item.value is not None]
    before, behind = text[: first.span[0]][-1:], text[last.end : last.end + 1]
    if len(values) != len(phrase) or before == "." or before.isdigit() or behind in ("²", "³"):
        return False
    joins = {item.join for item in phrase[1:]}
    if joins <= {"by"}:
        return len(phrase) <= SIDES
    is_model = joins == {"dash"} and before.isascii() and before.isalpha()
    return joins <= {"to", "dash"} and len(phrase) == 2 and values[0] < values[1] and not is_model


def _size(phrase: Sequence[_Item]) -> Size:
    return Size(
        tuple(item.value for item in phrase if item.value is not None),
        phrase[-1].is_inch,
        tuple(item.span for item in phrase),
        tuple(item.end for item in phrase),
        tuple(item.unit for item in phrase if item.unit is not None),
        phrase[-1].sign == "in" and len(phrase) == 1 and not phrase[0].is_fraction,
    )


def _says_inches(phrase: Sequence[_Item]) -> bool:
    """Whether a phrase without a sure meaning is about inches; a bare `in` is, behind `2 x 3` or a fraction."""
    is_size = any(item.join == "by" or item.is_fraction for item in phrase)
    return any(item.is_inch and (item.sign != "in" or is_size) for item in phrase)


def _closing_quotes(text: str) -> frozenset[int]:
    """Where a quotation ends: `"Model 12" case` has no inches."""
    found, is_open = set(), False
    for quote in _QUOTE.finditer(text):
        at, sign = quote.start(), quote[0]
        if sign == "\n":
            is_open = False
        elif is_open and sign != "“":
            found.add(at)
            is_open = False
        else:
            is_open = sign == "“" or not _ends_number(text, at)
    return frozenset(found)


def _ends_number(text: str, at: int) -> bool:
    before = text[max(0, at - 2) : at].rstrip()[-1:]
    return before.isdigit() or (before != "" and before in _VULGAR)
