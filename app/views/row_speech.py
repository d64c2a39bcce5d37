"""What a painted cell says in words: for the clipboard and for screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.messages import tr
from app.views.status import status

if TYPE_CHECKING:
    from app.views.cells import Cell, Column


def plain_text(cell: Cell) -> str:
    """The cell as one line of text, as shown."""
    parts = [cell.text or (status(cell.status).word if cell.status else "")]
    if cell.before:
        parts = [f"{cell.before} → {cell.text}"]
    parts += [badge.text for badge in cell.badges]
    return " ".join(part for part in parts if part)


def copied_text(cell: Cell) -> str:
    """The cell as it goes to the clipboard: plain numbers with ASCII minus (interface.md 10)."""
    if cell.copied is not None:
        return cell.copied
    text = cell.text or (status(cell.status).word if cell.status else "")
    return text.replace("\u2212", "-")


def description(cell: Cell, column: Column, tip: str = "") -> str:
    """Column, value and everything that is told by colour or mark, for screen readers; *tip* is told where
    the cell has none of its own."""
    parts = [f"{column.title} {plain_text(cell)}".strip()]
    if cell.is_changed:
        parts.append(tr("table.changed"))
    if cell.is_refused:
        parts.append(tr("table.refused"))
    if cell.dot:
        parts.append(tr("table.unpublished"))
    if cell.is_checked is not None:
        parts.append(tr("table.ticked" if cell.is_checked else "table.not_ticked"))
    if cell.second:
        parts.append(cell.second)
    if cell.tip or tip:
        parts.append(cell.tip or tip)
    return tr("table.list_separator").join(parts)
