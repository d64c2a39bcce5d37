"""Cells of the freight workbook: numbers, countries and attributes as people write them, exact or refused."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.services.freight.attributes import attribute_of
from app.services.freight.keeping import LONGEST_NAME
from app.services.freight.sheet_columns import ALL
from app.services.warehouses.countries import countries
from app.services.workbooks.cell_text import keep_text, narrow
from app.services.workbooks.grid import Cell
from app.services.workbooks.numbers import parse_number

MOST = Decimal(10**9)
"""No weight, fee or divisor is larger: what is, was typed wrong."""
_BETWEEN = re.compile(r"[\s,;，；、|]+")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet: `row` as Excel counts, cells and column letters by the column's name."""

    sheet: str
    row: int
    cells: Mapping[str, Cell]
    letters: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(self.text(name) for name in self.cells)

    def text(self, name: str) -> str:
        """A cell as text, "" where it is empty."""
        cell = self.cells.get(name, "")
        if isinstance(cell, datetime.datetime | datetime.date):
            return f"{cell:%Y-%m-%d}"
        return keep_text(cell) or ""

    def name(self, name: str, bad: list[BadCell], instead: str = "") -> str:
        """What something is called, as it is stored: single blanks between words; *instead* where nothing is."""
        called = " ".join(self.text(name).split()) or instead
        if len(called) > LONGEST_NAME:
            bad.append(BadCell(self, name, "freight.name", {"most": LONGEST_NAME}))
        return called

    def number(self, name: str, bad: list[BadCell], least: Decimal | None = None) -> Decimal | None:
        """A number, None where the cell is empty or refused. *least*: the smallest that makes sense."""
        cell = self.cells.get(name, "")
        if isinstance(cell, float | int) and not isinstance(cell, bool) and math.isfinite(cell):
            found: Any = Decimal(f"{cell:.15g}" if isinstance(cell, float) else cell)
        elif not (text := self.text(name)):
            return None
        else:
            found = parse_number(narrow(text), "count")
        if not isinstance(found, Decimal):
            bad.append(BadCell(self, name, "freight.cell_number", {"value": self.text(name)}))
            return None
        if least is not None and found < least:
            code = "freight.cell_negative" if found < 0 else "freight.cell_small"
            bad.append(BadCell(self, name, code, {"value": f"{found:f}", "least": f"{least:f}"}))
            return None
        if found > MOST:
            bad.append(BadCell(self, name, "freight.cell_large", {"value": f"{found:.3g}", "most": f"{MOST:,f}"}))
            return None
        return found

    def whole(self, name: str, bad: list[BadCell], least: int = 0) -> int | None:
        """A whole number, None where the cell is empty or refused."""
        found = self.number(name, bad, Decimal(least))
        if found is None or found % 1 == 0:
            return None if found is None else int(found)
        bad.append(BadCell(self, name, "freight.cell_whole", {"value": f"{found:f}"}))
        return None

    def needed(self, name: str, bad: list[BadCell], least: Decimal) -> Decimal | None:
        """A number that must be there."""
        if not self.text(name):
            bad.append(BadCell(self, name, "freight.cell_missing"))
            return None
        return self.number(name, bad, least)

    def country(self, name: str, bad: list[BadCell]) -> str:
        """One country's code, "" for none or all."""
        text = self.text(name)
        if text in ("", ALL):
            return ""
        code = countries().code(narrow(text))
        if code not in countries().names:
            bad.append(BadCell(self, name, "freight.cell_country", {"value": text}))
        return code

    def countries(self, name: str, bad: list[BadCell]) -> tuple[tuple[str, ...], bool]:
        """Country codes, and whether it is every country."""
        parts = [part for part in _BETWEEN.split(narrow(self.text(name))) if part]
        if parts == [ALL]:
            return (), True
        codes: list[str] = []
        for part in parts:
            code = countries().code(part)
            if code not in countries().names:
                bad.append(BadCell(self, name, "freight.cell_country", {"value": part}))
            elif code in codes:
                bad.append(BadCell(self, name, "freight.cell_country_twice", {"value": code}))
            else:
                codes.append(code)
        return tuple(codes), False

    def attribute(self, name: str) -> str:
        """A logistics attribute."""
        return attribute_of(self.text(name))

    def attributes(self, name: str) -> frozenset[str]:
        """Logistics attributes."""
        parts = _BETWEEN.split(narrow(self.text(name)))
        return frozenset(attribute_of(part) for part in parts if part)

    def day(self, name: str, bad: list[BadCell]) -> str:
        """A day as `YYYY-MM-DD`, "" where the cell is empty."""
        text = self.text(name)
        found = _DAY.fullmatch(narrow(text))
        if not text:
            return ""
        try:
            if found is not None:
                return datetime.date(*map(int, found.groups())).isoformat()
        except ValueError:
            pass  # 31 February
        bad.append(BadCell(self, name, "freight.cell_day", {"value": text}))
        return ""


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that cannot be used, and why (`error.<code>`)."""

    line: Line
    column: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)
