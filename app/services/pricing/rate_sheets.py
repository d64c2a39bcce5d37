"""Exchange rates and commissions out of a sheet: its headers say which (`币种 汇率 日期`, `category_id commission`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.services.codes.tables import rows_of
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.records import ChangeRecord
from app.services.pricing.rates import USD, EnteredRate, enter_rates, is_commission, set_commissions
from app.services.workbooks.grid import column_letter

HEADS: dict[str, tuple[str, ...]] = {
    "rate": ("rate", "exchange rate", "汇率", "折人民币", "cny"),
    "currency": ("currency", "币种", "货币", "外币"),
    "day": ("day", "date", "as of", "日期", "生效日期"),
    "category": ("category", "category id", "categoryid", "类目", "类目id", "类目编号"),
    "share": ("commission", "commission rate", "share", "佣金", "佣金比例", "佣金率"),
}
"""Headers by meaning, without blanks' and capitals' difference."""


class BadRateSheet(InputError):
    """A sheet has neither rates nor commissions (`file`), says something twice (`row`, `name`), or has a cell that is
    none (`pricing.cell.…`: also `column`, `header`, `value`)."""

    code = "pricing.no_rates"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Rows under their headers' meaning, with their number in the file."""

    columns: dict[str, int]
    head: list[str]
    rows: list[tuple[int, list[str]]]

    def cell(self, cells: list[str], meaning: str) -> str:
        """What stands under a header, "" without it."""
        at = self.columns.get(meaning)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    def refused(self, file: str, row: int, meaning: str, cells: list[str]) -> BadRateSheet:
        """The error that names the cell under a header."""
        at = self.columns.get(meaning, 0)
        place = {"column": column_letter(at), "header": self.head[at], "value": self.cell(cells, meaning)}
        return BadRateSheet(f"pricing.cell.{meaning}", file=file, row=row, **place)


def import_rates(db: Database, path: Path) -> list[ChangeRecord]:
    """Keep the rates or commissions of a sheet, all or none, as a change that can be undone.

    Returns: the change; none where everything was known.
    Raises: BadRateSheet, UnreadableFile, WorkbookError.
    """
    sheet = _read(path)
    if "rate" in sheet.columns:
        change = enter_rates(db, _rates(sheet, path.name), source=path.name)
    else:
        change = set_commissions(db, _shares(sheet, path.name), source=path.name)
    return [] if change is None else [change]


def _rates(sheet: _Sheet, file: str) -> list[EnteredRate]:
    entered: dict[tuple[str, str], EnteredRate] = {}
    for number, cells in sheet.rows:
        one = EnteredRate(
            sheet.cell(cells, "rate"), sheet.cell(cells, "currency") or USD, sheet.cell(cells, "day").partition(" ")[0]
        )
        if wrong := one.wrong():
            raise sheet.refused(file, number, wrong, cells)
        key = (one.currency.upper(), one.as_of)
        if key in entered:
            raise BadRateSheet("pricing.twice", file=file, row=number, name=" ".join(filter(None, key)))
        entered[key] = one
    return list(entered.values())


def _shares(sheet: _Sheet, file: str) -> dict[str, str]:
    shares: dict[str, str] = {}
    for number, cells in sheet.rows:
        category = sheet.cell(cells, "category")
        if not is_commission(sheet.cell(cells, "share")):
            raise sheet.refused(file, number, "share", cells)
        if category in shares:
            raise BadRateSheet("pricing.twice", file=file, row=number, name=category or "–")
        shares[category] = sheet.cell(cells, "share")
    return shares


def _read(path: Path) -> _Sheet:
    rows = list(rows_of(path))
    for at, (_, cells) in enumerate(rows):
        meanings = {_fold(cell): column for column, cell in reversed(list(enumerate(cells)))}
        columns = {
            name: meanings[head] for name, heads in HEADS.items() for head in map(_fold, heads) if head in meanings
        }
        if "rate" in columns or {"category", "share"} <= columns.keys():
            return _Sheet(columns, cells, rows[at + 1 :])
    raise BadRateSheet(file=path.name)


def _fold(text: str) -> str:
    return "".join(text.casefold().replace("_", "").split()).partition("(")[0].partition("（")[0]
