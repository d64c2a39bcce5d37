"""The codes overseas variants get: code + mark, or a virtual code where that is too long (domain.md 8.3, 20)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from app.services.codes.formatting import format_code, mark_of
from app.services.codes.reading import Reader
from app.services.codes.records import Reading
from app.services.codes.rules import NOTHING_KNOWN, CodeRules, signs

Shorten = Callable[[Reading], str]
"""A reading with its dispatch country → a code that fits, with a virtual code in it; "" where there is none."""


class OverseasCode(NamedTuple):
    """A code, and whether a virtual one had to be used; `too_long`: nothing fits, so it is as long as it is."""

    code: str
    is_virtual: bool = False
    too_long: bool = False


class Coder:
    """Codes of one store for overseas variants.

    Args:
        rules: how the store writes its codes, and virtual codes.
        shorten: gives a virtual code for what does not fit; None for nobody does.
        marks: of countries that a template writes otherwise than the rules (`_CGB` for the UK).
    """

    def __init__(
        self,
        rules: CodeRules = NOTHING_KNOWN,
        shorten: Shorten | None = None,
        marks: Mapping[str, str] | None = None,
    ) -> None:
        self.read = Reader(rules).read
        self._marks = marks or {}
        self._rules, self._shorten, self._most = rules, shorten, signs().code_max
        self._sign, self._suffix = signs().mark_prefix, rules.store.suffix.casefold()

    def code(self, code: str, reading: Reading, country: str) -> OverseasCode:
        """The code of the variant *code*, which reads as *reading*, sent from *country*."""
        plain = code.strip()
        made = self._with_mark(plain, self._marks.get(country) or mark_of(country))
        if (self._sign in plain or self._rules.store.countries) and not self._says(made, reading, country):
            made = format_code(reading.components, country)
        if len(made) <= self._most:
            return OverseasCode(made)
        abroad = reading._replace(ships_from=country)
        spelled = format_code(reading.components, country)
        if len(spelled) <= self._most and self._says(spelled, reading, country):
            return OverseasCode(spelled)
        virtual = self._shorten(abroad) if self._shorten is not None else ""
        return OverseasCode(virtual, is_virtual=True) if virtual else OverseasCode(made, too_long=True)

    def home_code(self, code: str, reading: Reading) -> OverseasCode:
        """A code for the variant at home itself: its own where that fits, else a virtual one."""
        plain = code.strip()
        if len(plain) <= self._most:
            return OverseasCode(plain)
        virtual = self._shorten(reading) if self._shorten is not None else ""
        return OverseasCode(virtual, is_virtual=True) if virtual else OverseasCode(plain, too_long=True)

    def _with_mark(self, code: str, mark: str) -> str:
        """The mark stands before the store's suffix, which is taken off before it is read."""
        if self._suffix and code.casefold().endswith(self._suffix):
            return f"{code[: -len(self._suffix)]}{mark}{code[-len(self._suffix) :]}"
        return code + mark

    def _says(self, made: str, reading: Reading, country: str) -> bool:
        found = self.read(made)
        return found.match_key == reading.match_key and found.ships_from == country
