"""The listings of a change as rows: what was changed, and whether it can be taken back; they unfold to the values."""

from __future__ import annotations

from app.messages import tr
from app.services.history.contents import OWN_NOUNS, ChangedListing, ChangedValue
from app.services.history.wording import reason_text
from app.views.cells import EMPTY, Cell, Column
from app.views.listings.field_values import field_name, value_text
from app.views.listings.own_row_texts import row_field_name, row_part, row_text

TONES = {"stands": "text2", "back": "text3", "moved": "amber", "no": "amber", "created": "text2"}
LONG = 60


def columns() -> tuple[Column, ...]:
    """Listing, field, before, after, whether it can be taken back."""
    return (
        Column("title", "bulk_edit.column.title", _title, _code, width=190, min_width=130, stretch=True, fixed=True),
        Column("field", "bulk_edit.column.field", _field, _value_field, width=92),
        Column(
            "before", "bulk_edit.column.before", _before, lambda value: _text(value, value.before, "text2"), width=96
        ),
        Column("after", "bulk_edit.column.after", _after, lambda value: _text(value, value.after, "text"), width=96),
        Column("state", "history.column.state", _state, width=124, min_width=124, fixed=True),
    )


def _title(row: ChangedListing) -> Cell:
    return Cell(row.title or "–", second=row.code, copied=row.title)


def _code(value: ChangedValue) -> Cell:
    code = row_part(value) if value.noun in OWN_NOUNS else value.code
    return Cell(code, tone="text2") if code else EMPTY


def _field(row: ChangedListing) -> Cell:
    """The only field, or how many values there are."""
    if not row.values:
        return EMPTY
    if len(row.values) == 1:
        return _value_field(row.values[0])
    return Cell(tr("history.values", n=len(row.values)), tone="text2")


def _before(row: ChangedListing) -> Cell:
    return _text(row.values[0], row.values[0].before, "text2") if len(row.values) == 1 else EMPTY


def _after(row: ChangedListing) -> Cell:
    return _text(row.values[0], row.values[0].after, "text") if len(row.values) == 1 else EMPTY


def _value_field(value: ChangedValue) -> Cell:
    is_own = value.noun in OWN_NOUNS
    if not value.field:
        return Cell(tr("history.whole_row" if is_own else "history.whole"), tone="text2")
    return Cell((row_field_name(value) if is_own else "") or field_name(value.field), tone="text2")


def _text(value: ChangedValue, stored: object, tone: str) -> Cell:
    own = row_text(value.field, value.code, stored) if value.noun in OWN_NOUNS else None
    whole = value_text(value.field, stored) if own is None else own
    flat = " ".join(whole.split())
    return Cell(flat or "–", tone=tone if flat else "text3", tip=whole if len(flat) > LONG else "")


def _state(row: ChangedListing) -> Cell:
    tip = tr("history.moved_tip") if row.state == "moved" else reason_text(row.why) if row.why is not None else ""
    return Cell(tr(f"history.state.{row.state}"), tone=TONES[row.state], tip=tip)
