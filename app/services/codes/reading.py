"""Reading SKU codes: text and rules in, stock items, dispatch country and match key out (domain.md 7.2).

Pure and fast: 300 000 codes a second and more (DESIGN.md 9). A `Reader` remembers the components it has seen, which
come back in most codes of a catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from app.services.codes.formatting import joined
from app.services.codes.normal import normalise
from app.services.codes.records import TOO_LONG, UNKNOWN_ITEM, UNKNOWN_VIRTUAL, Component, Doubt, Kind, Reading
from app.services.codes.rules import NOTHING_KNOWN, CodeRules, signs
from app.services.collection import without_collection

SINGLE, MULTIPACK, COMBINATION = Kind.SINGLE, Kind.MULTIPACK, Kind.COMBINATION
_DESTROYED = re.compile(r"[0-9]+(?:\.[0-9]+)?E\+?[0-9]+")
LONE = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+|_[ABD-Z0-9][A-Z0-9]*)?")
"""One stock item as codes are mostly written: nothing to normalise, no tail that could be a warehouse mark."""
_USUAL = re.compile(r"[A-Z_*+-][A-Z0-9_*+-]*")
"""Nothing to normalise, nothing forbidden, not destroyed by a spreadsheet."""
_USUAL_PART = re.compile(r"([A-Z0-9]+(?:-[A-Z0-9]+|_[ABD-Z0-9][A-Z0-9]*)?)(?:\*([1-9][0-9]{0,3}))?(?:_C([A-Z]{2}))?")
"""A component as it is mostly written."""
_GROUP = re.compile(r"\(([^()]*)\)\*([0-9]*)")
_BEHIND = re.compile(r"([^*()]*)(?:\*([^*()]*)|\(([^()]*)\))")
_BEFORE = re.compile(r"([0-9]+)\*([^*()]*)")
_X_BEFORE = re.compile(r"([0-9]+)X(.+)")
_X_BEHIND = re.compile(r"(.+)X([0-9]+)")
REMEMBERED = 200_000
"""Components, and whole codes, a reader keeps in memory."""
_new: Any = tuple.__new__  # a fifth of the time that a named tuple's own constructor takes


class Part(NamedTuple):
    """One component as written, and all that a code of it alone yields.

    Attributes:
        item, shown: how often which item, and the same as it stands in a key.
        country: the one it names, or ""; `place`: that, else home.
        items, kind, doubts: see `Reading`.
    """

    item: Component
    shown: str
    country: str
    items: tuple[Component, ...]
    place: str
    kind: Kind
    doubts: tuple[Doubt, ...]


class CodeError(ValueError):
    """A code that cannot be read; its text is the name of the reason."""


def read_code(text: str, rules: CodeRules = NOTHING_KNOWN) -> Reading:
    """One code. For many, one `Reader` is quicker."""
    return Reader(rules).read(text)


def read_codes(texts: Iterable[str], rules: CodeRules = NOTHING_KNOWN) -> list[Reading]:
    """The reading of each of *texts*, in their order. Python's collector, which would go through all of them again and
    again, rests meanwhile."""
    with without_collection():
        return Reader(rules).read_all(texts)


class _Remembered(dict[str, Reading]):
    """Readings by their code; one that is not there is made, and kept while there is room if it could be read."""

    def __init__(self, read: Callable[[str], Reading]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> Reading:
        found = self._read(text)
        if len(self) < REMEMBERED and not found.error:
            self[text] = found
        return found


class Reader:
    """Reads codes with the same rules. Threads: any."""

    def __init__(self, rules: CodeRules = NOTHING_KNOWN) -> None:
        self._rules, self._signs = rules, signs()
        self._home, self._longest, self._countries = self._signs.home, self._signs.code_max, self._signs.countries
        self._prefix, self._suffix = normalise(rules.store.prefix), normalise(rules.store.suffix)
        self._is_plain = not (self._prefix or self._suffix)
        self._known, self._virtual = frozenset(rules.known or ()), rules.virtual
        self._has_names, self._names_known = bool(self._known or rules.virtual), rules.known is not None
        self._has_marks = bool(rules.store.countries)
        self._parts: dict[str, Part] = {}
        self._read_before = _Remembered(self._read)

    def read(self, text: str) -> Reading:
        """The reading of one code; an unreadable one says why in `error`."""
        return self._read_before[text]

    def read_all(self, texts: Iterable[str]) -> list[Reading]:
        """The reading of each of *texts*, in their order."""
        return list(map(self._read_before.__getitem__, texts))

    def _read(self, text: str) -> Reading:
        try:
            if self._is_plain and len(text) <= self._longest:
                if "+" not in text:
                    part = self._usual(text) if text[:1].isalpha() else None
                    if part is not None:
                        return self._alone(text, text, part)
                elif _USUAL.fullmatch(text):
                    return self._several(text, text)
            body = self._bare(text)
            if "+" in body or body[0] == "(":
                return self._several(text, body)
            return self._alone(text, body, self._part(body))
        except CodeError as error:
            return Reading(text, (), "", Kind.ERROR, "", self._length(text), str(error))

    def _alone(self, text: str, body: str, part: Part) -> Reading:
        """One component, or a virtual code."""
        if self._virtual and part[0][0] in self._virtual:
            return self._several(text, body)
        doubts = part[6] if len(text) <= self._longest else self._length(text) + part[6]
        reading: Reading = _new(Reading, (text, part[3], part[4], part[5], part[1], doubts, ""))
        return reading

    def _several(self, text: str, body: str) -> Reading:
        """Several components, brackets around them, or a virtual code."""
        times, country, parts = 1, "", self._parts
        if body[0] == "(":
            body, times, country = self._group(body)
        found = [parts.get(piece) or self._part(piece) for piece in body.split("+")]
        for part in found:
            if part[2] != country:
                country = _one(country, part[2])
        items, key = self._added(found, times)
        kind = COMBINATION if len(items) > 1 else SINGLE if items[0][1] == 1 else MULTIPACK
        doubts = () if len(text) <= self._longest else self._length(text)
        if self._rules.known is not None and not self._known.issuperset([item[0] for item in items]):
            doubts += tuple([_doubt(base) for base, _ in items if base not in self._known])
        reading: Reading = _new(Reading, (text, items, country or self._home, kind, key, doubts, ""))
        return reading

    def _added(self, parts: Sequence[Part], times: int) -> tuple[tuple[Component, ...], str]:
        """Step 9: virtual codes as what they stand for, repeated items added up; and the key of all."""
        items = tuple([part[0] for part in parts])
        virtual, amounts = self._virtual, dict(items)
        if times == 1 and len(amounts) == len(items) and (not virtual or virtual.keys().isdisjoint(amounts)):
            return items, "+".join([part[1] for part in sorted(parts)])
        amounts = {}
        for base, quantity in items:
            for inner, number in virtual.get(base) or ((base, 1),):
                amounts[inner] = amounts.get(inner, 0) + number * quantity * times
        if max(amounts.values()) > self._signs.quantity_max:
            raise CodeError("quantity")
        items = tuple(map(Component._make, amounts.items()))
        return items, joined(sorted(items))

    def _group(self, text: str) -> tuple[str, int, str]:
        """What stands in brackets, how often (step 6), and the country behind it."""
        body, country = self._unmarked(text)
        group = _GROUP.fullmatch(body)
        if group is None:
            raise CodeError("brackets")
        return group[1], self._quantity(group[2]), country

    def _length(self, text: str) -> tuple[Doubt, ...]:
        """More characters than the platform takes, as written (step 12)."""
        length = len(text.strip())
        return (Doubt(TOO_LONG, str(length)),) if length > self._longest else ()

    def _bare(self, text: str) -> str:
        """Steps 1 to 4: normalised, without what the store puts around it."""
        if len(text) > self._signs.read_max:
            raise CodeError("endless")
        body = normalise(text)
        if _DESTROYED.fullmatch(body):
            raise CodeError("destroyed")
        body = body.removeprefix(self._prefix).removesuffix(self._suffix)
        if not body:
            raise CodeError("empty")
        if _USUAL.fullmatch(body):
            return body
        if " " in body:
            raise CodeError("space")
        if not body.isprintable() or not self._signs.forbidden.isdisjoint(body):
            raise CodeError("forbidden")
        return body

    def _part(self, text: str) -> Part:
        """One component (steps 5, 7 and 8), remembered."""
        part = self._usual(text)
        if part is None:
            base, quantity, country = self._taken_apart(text)
            if not base:
                raise CodeError("empty_component")
            part = self._made(base, quantity, country)
        if len(self._parts) < REMEMBERED:
            self._parts[text] = part
        return part

    def _usual(self, text: str) -> Part | None:
        """A component as it is mostly written; None for any other."""
        if self._has_marks or (self._has_names and "X" in text):
            return None
        usual = _USUAL_PART.fullmatch(text)
        if usual is None:
            return None
        base, times, letters = usual.groups()
        country = "" if letters is None else self._countries.get(letters)
        return None if country is None else self._made(base, 1 if times is None else int(times), country)

    def _made(self, base: str, quantity: int, country: str) -> Part:
        item: Component = _new(Component, (base, quantity))
        shown, kind = (base, SINGLE) if quantity == 1 else (f"{base}*{quantity}", MULTIPACK)
        doubts = () if not self._names_known or base in self._known else (_doubt(base),)
        part: Part = _new(Part, (item, shown, country, (item,), country or self._home, kind, doubts))
        return part

    def _taken_apart(self, text: str) -> tuple[str, int, str]:
        bare, country = self._unmarked(text)
        if self._rules.is_item(bare):
            return bare, 1, country
        base, quantity = self._counted(bare)
        base, inner = self._unmarked(base)
        if quantity is None and not self._rules.is_item(base):
            base, quantity, deep = self._times(base)
            inner = _one(inner, deep)
        return base, quantity or 1, _one(country, inner)

    def _unmarked(self, text: str) -> tuple[str, str]:
        """Without the warehouse marks at its end, and the country those name; "" where there are none."""
        country = ""
        while found := self._marked(text):
            text, country = found[0], _one(country, found[1])
        return text, country

    def _marked(self, text: str) -> tuple[str, str] | None:
        base, dash, digits = text.rpartition("-") if self._rules.store.countries else ("", "", "")
        if dash and digits in self._rules.store.countries:
            return base, self._rules.store.countries[digits]
        country = self._countries.get(text[-2:]) if text[:-2].endswith(self._signs.mark_prefix) else None
        return (text[: -2 - len(self._signs.mark_prefix)], country) if country else None

    def _counted(self, text: str) -> tuple[str, int | None]:
        """A quantity with a sign: behind, in brackets or in front; None where there is none."""
        if not any(sign in text for sign in "*()"):
            return text, None
        behind, before = _BEHIND.fullmatch(text), _BEFORE.fullmatch(text)
        if before and not (behind and before[2].isdigit()):
            return before[2], self._quantity(before[1])
        if behind:
            return behind[1], self._quantity(behind[2] if behind[3] is None else behind[3])
        raise CodeError("multipliers" if text.count("*") + text.count("(") > 1 else "brackets")

    def _times(self, text: str) -> tuple[str, int, str]:
        """An X between a quantity and a stock item that is known; else the whole is the stock item."""
        for pattern, base_at, number_at in ((_X_BEHIND, 1, 2), (_X_BEFORE, 2, 1)):
            found = pattern.fullmatch(text)
            if found:
                base, country = self._unmarked(found[base_at])
                if self._rules.is_item(base):
                    return base, self._quantity(found[number_at]), country
        return text, 1, ""

    def _quantity(self, digits: str) -> int:
        digits = digits.lstrip("0")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(self._signs.quantity_max)):
            raise CodeError("quantity")
        return int(digits)


def _doubt(base: str) -> Doubt:
    """An item nobody knows: new perhaps, or a virtual code whose items were never told."""
    return Doubt(UNKNOWN_VIRTUAL if is_virtual_code(base) else UNKNOWN_ITEM, base)


def _one(first: str, second: str) -> str:
    """Two dispatch countries of one code, each "" where none is named: they agree, or the code is an error (step 8)."""
    if first and second and first != second:
        raise CodeError("two_countries")
    return first or second


def is_virtual_code(text: str) -> bool:
    """Whether *text* has the form of a virtual bundle code (`CB000123`)."""
    table = signs()
    digits = text.removeprefix(table.virtual_prefix)
    return len(digits) == table.virtual_digits < len(text) and digits.isascii() and digits.isdigit()
