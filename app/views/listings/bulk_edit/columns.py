"""The preview's columns: which value of which listing, before → after, by how much, what becomes of it."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from app.messages import tr
from app.services.compliance.image_facts import is_remote
from app.services.listings.bulk_edit.exporting import percent as percent_of
from app.services.listings.bulk_edit.operations import NUMBER_FIELDS
from app.services.listings.bulk_edit.records import SAME, PreviewLine
from app.views.cells import EMPTY, MISSING, Align, Cell, Column
from app.views.listings.field_values import field_name, value_text
from app.views.numbers import percent
from app.views.status import status

AROUND = 10
"""Letters shown before the first difference of two long texts."""
LONG = 40
SHORT = 24
"""Texts up to here are shown whole."""


def columns(fields: Collection[str], *, is_narrow: bool = False) -> tuple[Column, ...]:
    """Columns for changes of these *fields*: numbers stand right where there is nothing else. In a narrow dialog a
    variant goes by its code alone, and the change is said in the tip of the new value."""
    is_numbers = set(fields) <= set(NUMBER_FIELDS)
    align: Align = "right" if is_numbers else "left"
    width = 92 if is_numbers else 132
    values = (
        Column(
            "before", "bulk_edit.column.before", _before, align=align, width=min(width, 104) if is_narrow else width
        ),
        Column(
            "after", "bulk_edit.column.after", _after, align=align, width=width, min_width=92, stretch=not is_numbers
        ),
    )
    field = Column("field", "bulk_edit.column.field", _field, width=84 if is_narrow else 112)
    verdict = Column("verdict", "bulk_edit.column.verdict", _verdict, width=112 if is_narrow else 150, fixed=True)
    if is_narrow:
        what = Column("what", "bulk_edit.column.what", _what, width=124, min_width=80, fixed=True, stretch=is_numbers)
        return (what, field, *values, verdict)
    return (
        Column("title", "bulk_edit.column.title", _title, width=180, min_width=120, fixed=True, stretch=is_numbers),
        Column("code", "bulk_edit.column.code", _code, width=104, elide="middle"),
        field,
        *values,
        Column("change", "bulk_edit.column.change", _change, align="right", width=76),
        verdict,
    )


def _what(line: PreviewLine) -> Cell:
    """A variant by its code, a listing by its title; the other one is the tip."""
    text = line.code or line.title or "–"
    return Cell(text, tone="text" if _changes(line) else "text2", tip=line.title if line.code else "")


def _title(line: PreviewLine) -> Cell:
    tone = "text" if _changes(line) else "text2"
    return Cell(line.title or "–", tone=tone, copied=line.title, image=_picture(line))


def _picture(line: PreviewLine) -> str:
    """A file's is shown; one that lies in the web is not asked for while typing."""
    return line.image if line.image and not is_remote(line.image) else "-"


def _code(line: PreviewLine) -> Cell:
    return Cell(line.code, tone="text2") if line.code else EMPTY


def _field(line: PreviewLine) -> Cell:
    return Cell(field_name(line.field), tone="text2") if line.field else EMPTY


def _before(line: PreviewLine) -> Cell:
    text, whole = _short(line, line.before)
    return Cell(text, tone="text2" if _changes(line) else "text", tip=whole) if text else MISSING


def _after(line: PreviewLine) -> Cell:
    if line.why == SAME or not line.field:
        return EMPTY
    text, whole = _short(line, line.after)
    if line.why:
        return Cell(text, tone="text3", tip=whole, is_refused=True) if text and line.after is not None else MISSING
    tip = whole or _change(line).text
    return Cell(text or tr("bulk_edit.emptied"), strong=True, tip=tip, tone="text" if text else "text3")


def _change(line: PreviewLine) -> Cell:
    by = percent_of(line)
    if by is None or line.why:
        return EMPTY
    sign = "+" if by > 0 else ""
    return Cell(f"{sign}{percent(Decimal(str(by)) / 100)}", strong=True, copied=f"{by:.2f}")


def _verdict(line: PreviewLine) -> Cell:
    if _changes(line):
        return Cell(status="edit.changed")
    if line.why == SAME:
        return Cell(status="edit.same")
    why = tr(f"bulk_edit.refused.{line.why}")
    said = tr("bulk_edit.verdict", word=status("edit.refused").word, why=why)
    return Cell(said, status="edit.refused", tip=why)


def _changes(line: PreviewLine) -> bool:
    return not line.why


def _short(line: PreviewLine, value: object) -> tuple[str, str]:
    """What the cell shows of a value, and the whole of it where that is more."""
    whole = value_text(line.field, value)
    flat = " ".join(whole.split())
    return from_difference(flat, line), whole if whole != flat or len(flat) > LONG else ""


def from_difference(text: str, line: PreviewLine) -> str:
    """*text* from a little before where the two texts begin to differ, if that is far from its start."""
    if line.after is None or line.why or line.field in NUMBER_FIELDS:
        return text
    before, after = (" ".join(value_text(line.field, one).split()) for one in (line.before, line.after))
    alike = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
    at = min(len(before), len(after)) if alike is None else alike
    start = text.rfind(" ", 0, max(at - AROUND, 0)) + 1
    return f"…{text[start:]}" if start and len(text) > SHORT else text
