"""A workbook of tariffs, channels and templates, read with every wrong cell named; nothing is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.messages import Messages, messages
from app.services.errors import InputError
from app.services.freight.channels import ChannelRule
from app.services.freight.keeping import TariffDraft, TemplateDraft
from app.services.freight.sheet_cells import BadCell, Line
from app.services.freight.sheet_columns import NEEDED, folded, heads
from app.services.freight.sheet_tariffs import read_tariffs
from app.services.freight.sheet_templates import read_templates
from app.services.workbooks import open_workbook
from app.services.workbooks.grid import Cell, column_letter

HEAD_ROWS = 20
"""So far down a head is looked for."""


class NoFreightSheet(InputError):
    """No sheet of `file` has the columns of tariffs, zones or channels."""

    code = "freight.no_sheet"


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """A cell that cannot be used: place, what is written there, why (`error.<code>` with *params*)."""

    file: str
    sheet: str
    row: int
    column: str
    value: str
    code: str
    params: dict[str, Any]

    def sentence(self, texts: Messages = messages) -> str:
        """Place, reason and remedy."""
        why = texts.text(f"error.{self.code}", **self.params)
        return texts.text("freight.sheet.cell", sheet=self.sheet, row=self.row, column=self.column, why=why)


@dataclass(slots=True)
class FreightBook:
    """What a workbook says. `channels` None: it has no such sheet, or one with a refused cell, which must not take the
    channel of that row away. A tariff or template with a refused cell is left out."""

    file: str
    tariffs: list[TariffDraft] = field(default_factory=list)
    templates: list[TemplateDraft] = field(default_factory=list)
    channels: list[ChannelRule] | None = None
    errors: list[RefusedCell] = field(default_factory=list)


def read_freight(path: Path, keys: Collection[str] | None = None) -> FreightBook:
    """Read every sheet that is known by its columns.

    Args:
        keys: of the tariffs there are already; None: channels may name any.

    Raises:
        WorkbookError: the file cannot be read.
        NoFreightSheet: none is.
    """
    book, parts = FreightBook(path.name), dict[str, list[Line]]()
    with open_workbook(path) as opened:
        for sheet in opened.sheets:
            grid = opened.grid(sheet.name)
            if grid is not None:
                rows = list(enumerate(grid.rows(), grid.first_row + 1))
                for kind, lines in _lines(sheet.name, rows, grid.first_column):
                    parts.setdefault(kind, []).extend(lines)
    if not parts:
        raise NoFreightSheet(file=path.name)
    bad: list[BadCell] = []
    book.tariffs = read_tariffs(parts.get("tariffs", []), parts.get("bands", []), bad)
    book.templates = read_templates(parts.get("zones", []), bad)
    if "channels" in parts:
        before = len(bad)
        known = None if keys is None else {*keys, *(draft.tariff.key for draft in book.tariffs)}
        channels = read_channels_of(parts["channels"], bad, known)
        book.channels = channels if len(bad) == before else None
    book.errors = [_refused(path.name, one) for one in sorted(bad, key=lambda one: (one.line.sheet, one.line.row))]
    return book


def _lines(
    sheet: str, rows: Sequence[tuple[int, Sequence[Cell]]], first_column: int
) -> Iterator[tuple[str, list[Line]]]:
    """The kind of a sheet and its lines; nothing where it is of no kind."""
    for at, (_, cells) in enumerate(rows[:HEAD_ROWS]):
        places = {heads()[text]: number for number, cell in enumerate(cells) if (text := folded(str(cell))) in heads()}
        kind = next((kind for kind, needed in NEEDED.items() if needed <= places.keys()), None)
        if kind is not None:
            letters = {name: column_letter(first_column + number) for name, number in places.items()}
            lines = (
                Line(
                    sheet, row, {name: given[number] for name, number in places.items() if number < len(given)}, letters
                )
                for row, given in rows[at + 1 :]
            )
            yield kind, [line for line in lines if not line.is_empty]
            return


def read_channels_of(
    lines: Sequence[Line], bad: list[BadCell], keys: Collection[str] | None = None
) -> list[ChannelRule]:
    """All channels without a refused cell; the others' cells go to *bad*. *keys*: as `read_freight`."""
    found: dict[tuple[str, str, str], ChannelRule] = {}
    for line in lines:
        before = len(bad)
        start, target = (line.country(name, bad) for name in ("ships_from", "country"))
        rule = ChannelRule(start, line.name("key", []), target, line.attribute("attribute"))
        route = (rule.ships_from, rule.country, rule.attribute)
        if not start:
            bad.append(BadCell(line, "ships_from", "freight.cell_missing"))
        if not rule.tariff_key:
            bad.append(BadCell(line, "key", "freight.cell_missing"))
        elif keys is not None and rule.tariff_key not in keys:
            bad.append(BadCell(line, "key", "freight.cell_key", {"value": rule.tariff_key}))
        if route in found:
            bad.append(BadCell(line, "ships_from", "freight.channel_twice", {"place": " ".join(filter(None, route))}))
        if len(bad) == before:
            found[route] = rule
    return list(found.values())


def _refused(file: str, one: BadCell) -> RefusedCell:
    line = one.line
    letter = line.letters.get(one.column, "")
    return RefusedCell(file, line.sheet, line.row, letter, line.text(one.column)[:80], one.code, one.params)
