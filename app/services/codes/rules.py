"""What a code is read with: countries, and what a company and a store know besides (domain.md 7.1, 7.3)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.services.codes.records import Component
from app.services.warehouses.countries import countries


@dataclass(frozen=True, slots=True)
class Signs:
    """`sku_codes.json` and the countries, ready for use.

    Attributes:
        table: for `str.translate`: other dashes and multiplication signs to ours, invisible signs to nothing.
        countries: two letters as written → the country's code (GB → UK).
    """

    table: Mapping[int, str]
    forbidden: frozenset[str]
    countries: Mapping[str, str]
    home: str
    mark_prefix: str
    marks: Mapping[str, str]
    quantity_max: int
    read_max: int
    code_max: int
    virtual_prefix: str
    virtual_digits: int
    items_max: int


@cache
def signs() -> Signs:
    """The rule files, read once. They are imported here: the window paints before the checker is loaded."""
    from app.services.compliance.rule_data import rule_data, rule_file

    raw: dict[str, Any] = rule_file("sku_codes")
    known = countries()
    table = dict.fromkeys(map(ord, raw["invisible"]), "")
    table |= dict.fromkeys(map(ord, raw["dashes"]), "-") | dict.fromkeys(map(ord, raw["multipliers"]), "*")
    names = {code: code for code in known.names} | dict(known.aliases)
    return Signs(
        table=table,
        forbidden=frozenset(raw["forbidden"]),
        countries={letters: known.code(code) for letters, code in names.items() if re.fullmatch("[A-Z]{2}", letters)},
        home=known.home,
        mark_prefix=rule_file("countries")["mark_prefix"],
        marks={country.code: country.mark for country in known.dispatch.values()},
        quantity_max=raw["quantity_max"],
        read_max=raw["read_max"],
        code_max=rule_data().limits.code_max,
        virtual_prefix=raw["virtual"]["prefix"],
        virtual_digits=raw["virtual"]["digits"],
        items_max=raw["virtual"]["items_max"],
    )


@dataclass(frozen=True, slots=True)
class StoreMarks:
    """How one store writes its codes: what it puts around them, and numeric warehouse marks (`-148` is US)."""

    prefix: str = ""
    suffix: str = ""
    countries: Mapping[str, str] = field(default_factory=dict)


PLAIN_STORE = StoreMarks()


@dataclass(frozen=True, slots=True)
class CodeRules:
    """What is known besides the text. All codes in here are normalised (`normal.normalise`).

    Attributes:
        known: stock items; None where nobody knows them, so that none counts as unknown.
        virtual: virtual bundle code → stock items it stands for.
        store: how the store whose codes are read writes them.
    """

    known: Collection[str] | None = None
    virtual: Mapping[str, Sequence[Component]] = field(default_factory=dict)
    store: StoreMarks = PLAIN_STORE

    def is_item(self, text: str) -> bool:
        """Whether *text* as a whole is a stock item or a virtual code."""
        return text in self.virtual or (self.known is not None and text in self.known)


NOTHING_KNOWN = CodeRules()
"""Reads a code by its text alone; the stored match keys are made with it."""
