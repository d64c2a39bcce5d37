"""How much of a stranger's file is read. The numbers are data: `resources/rules/workbook_limits.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache

from app.paths import resources


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of reading and writing sheets.

    Attributes:
        file_bytes, package_bytes: size of a workbook or text file, of a zip with images.
        unpacked_bytes, other_part_bytes: all parts of a workbook together, one part that holds no cells.
        ratio, ratio_from_bytes: unpacked ÷ packed of one part, asked only of parts larger than the latter.
        members: entries of a zip.
        cells: rows × columns of the area that holds values, because readers keep it dense.
        rows, columns: Excel's own.
        text_bytes: all cell texts of a sheet together, repeated shared strings counted as often as they stand there.
        cell_chars: one cell.
        sheets_looked_at, header_rows, sample_rows: how far the search for the header goes.
        errors_kept: refused cells remembered one by one; further ones are counted.
        marked_cells: largest sheet that a marked copy holds whole.
        write_cell_chars, write_rows: Excel's limits for what we write.
    """

    file_bytes: int
    package_bytes: int
    unpacked_bytes: int
    other_part_bytes: int
    ratio: int
    ratio_from_bytes: int
    members: int
    cells: int
    rows: int
    columns: int
    text_bytes: int
    cell_chars: int
    sheets_looked_at: int
    header_rows: int
    sample_rows: int
    errors_kept: int
    marked_cells: int
    write_cell_chars: int
    write_rows: int


@cache
def limits() -> Limits:
    """The limits in force."""
    data = json.loads((resources() / "rules" / "workbook_limits.json").read_text("utf-8"))
    return Limits(**{field.name: int(data[field.name]) for field in fields(Limits)})
