"""Cells as tab-separated text, the way Excel gives and takes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from app.views.row_speech import copied_text

if TYPE_CHECKING:
    from app.views.paged_table_model import PagedTableModel
    from app.views.table_selection import Ranges

MOST_ROWS = 20_000


def to_tsv(lines: Iterable[Sequence[str]]) -> str:
    """Lines of cells as tab-separated text; a cell with a tab, a line break or a quote is quoted as Excel does."""
    return "\r\n".join("\t".join(_quoted(text) for text in line) for line in lines)


def from_tsv(text: str) -> list[list[str]]:
    """Cells of tab-separated text from Excel; quoted cells may hold tabs and line breaks."""
    lines: list[list[str]] = [[]]
    text = text.replace("\r\n", "\n").removesuffix("\n")
    at = 0
    while at <= len(text):
        cell, at = _next_cell(text, at)
        lines[-1].append(cell)
        if at < len(text) and text[at] == "\n":
            lines.append([])
        at += 1
    return lines


def repeated(lines: Sequence[Sequence[str]], rows: int, columns: int) -> list[list[str]]:
    """A block as often as it goes into *rows* and *columns* that are chosen, once where they are no whole multiple of
    it. One chosen row or column only says where it begins, as in Excel."""
    high, widths = len(lines), {len(line) for line in lines}
    wide = max(widths)
    fits = (rows == 1 or rows % high == 0) and (columns == 1 or columns % wide == 0) and len(widths) == 1
    down, right = (max(1, rows // high), max(1, columns // wide)) if fits else (1, 1)
    return [list(line) * right for line in lines] * down


def _next_cell(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] == '"':
        end = at + 1
        while end < len(text) and (text[end] != '"' or text[end + 1 : end + 2] == '"'):
            end += 2 if text[end] == '"' else 1
        if end < len(text) and text[end + 1 : end + 2] in ("", "\t", "\n"):
            return text[at + 1 : end].replace('""', '"'), end + 1
    end = min((found for found in (text.find("\t", at), text.find("\n", at)) if found >= 0), default=len(text))
    return text[at:end], end


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in '\t\r\n"') else text


def lines_of(model: PagedTableModel, ranges: Ranges, columns: Sequence[int]) -> list[list[str]]:
    """Cells of the loaded rows among *ranges*, columns in the order of *columns*; headings are left out."""
    lines = []
    for first, last in ranges:
        for row in range(first, last + 1):
            cells = model.cells(row)
            if cells is not None:
                lines.append([copied_text(cells[column]) for column in columns])
    return lines
