"""The preview's columns: our field above, the sheet's own column below; before → after in place."""

from __future__ import annotations

from collections.abc import Sequence

from app.messages import messages, tr
from app.services.listings.importing.preview import PreviewColumn, PreviewRow
from app.views.cells import EMPTY, Cell, Column

NUMBERS = ("price", "stock", "weight", "length", "width", "height", "lot_size", "handling_days")
WIDE = ("title", "detail_html", "images", "keywords")


def field_key(meaning: str | None) -> str:
    """Message key of what a column means."""
    key = f"import.field.{meaning}"
    return (
        key if meaning is not None and messages.has(key) else "import.kept" if meaning is None else "import.field.other"
    )


def field_name(meaning: str | None, name: str = "") -> str:
    """What a column means, in words."""
    return f"{tr(field_key(meaning))} · {name}" if name else tr(field_key(meaning))


def columns(found: Sequence[PreviewColumn]) -> tuple[Column, ...]:
    """Row number, verdict, then every column that is understood."""
    fixed = (
        Column(
            "row",
            "import.column.row",
            lambda row: Cell(str(row.row), tone="text3"),
            align="right",
            width=52,
            min_width=40,
            fixed=True,
        ),
        Column(
            "verdict",
            "import.column.verdict",
            lambda row: Cell(status=f"import.{row.verdict}"),
            width=92,
            min_width=72,
            fixed=True,
        ),
    )
    used = [column for column in found if column.meaning is not None]
    return (*fixed, *(_column(column) for column in used))


def _column(source: PreviewColumn) -> Column:
    letter = source.letter

    def cell(row: PreviewRow) -> Cell:
        shown = row.cells.get(letter)
        if shown is None:
            return EMPTY
        if shown.error is not None:
            return Cell(shown.text or "–", is_refused=True, tip=shown.error.message(tr))
        if shown.before is not None:
            return Cell(shown.text, before=shown.before or "–", is_changed=True)
        return Cell(shown.text, tone="text" if row.verdict != "same" else "text2")

    def edit(row: PreviewRow) -> str | None:
        shown = row.cells.get(letter)
        return shown.text if shown is not None and shown.error is not None else None

    return Column(
        letter,
        field_key(source.meaning),
        cell,
        align="right" if source.meaning in NUMBERS else "left",
        width=240 if source.meaning in WIDE else 118,
        min_width=60,
        subtitle=lambda: f"{letter} · {source.header}",
        edit=edit,
    )
