"""The preview's columns: our field above, the sheet's own column below; before → after in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from app.messages import messages, tr
from app.services.compliance.image_facts import is_remote
from app.services.listings.importing.preview import PreviewColumn, PreviewRow
from app.views.cells import EMPTY, Cell, Column
from app.views.numbers import integer

NUMBERS = frozenset({"price", "cost", "stock", "weight", "length", "width", "height", "lot_size", "handling_days"})
COUNTS = frozenset({"stock", "lot_size", "handling_days"})
UNITS = {"price": "unit.usd", "cost": "", "weight": "unit.kg", "length": "unit.cm", "width": "unit.cm"}
UNITS |= {"height": "unit.cm", "package_size": "unit.cm"}
WIDTHS = {"title": 250, "detail_html": 200, "images": 180, "keywords": 180, "category": 150, "sku_code": 132}
WIDTHS |= {
    "property": 86,
    "price": 112,
    "stock": 104,
    "weight": 104,
    "length": 70,
    "width": 70,
    "height": 70,
    "unit": 90,
}
FIRST = ("title", "sku_code", "property", "price", "stock", "weight", "freight_template", "product_key", "product_id")
"""What a person compares first, whatever its place in the sheet; the header says which column it is."""
KNOWN_PROPERTIES = ("color", "size", "spec", "style", "plug", "bundle", "ships_from")
"""Sale properties with a name of ours."""
FIRST_PROPERTIES = ("color", "size", "spec")
ALWAYS = ("title", "sku_code")
"""Stay when only changed columns are shown, or nobody would know which rows these are."""

Place = tuple[int, str]
Texts = Callable[[], Mapping[Place, str]]


def field_key(meaning: str | None, name: str = "") -> str:
    """Message key of what a column means."""
    if meaning is None:
        return "import.kept"
    if meaning == "property" and messages.has(f"import.property.{name}"):
        return f"import.property.{name}"
    key = f"import.field.{meaning}"
    return key if messages.has(key) else "import.field.other"


def field_name(meaning: str | None, name: str = "", unit: str = "") -> str:
    """What a column means, in words; a property or attribute by its own name."""
    key = field_key(meaning, name)
    if name and not key.startswith("import.property."):
        return tr("import.named", kind=tr(key), name=name)
    if meaning == "property":
        return tr("import.named", kind=tr("import.field.property"), name=tr(key))
    return tr("import.with_unit", field=tr(key), unit=unit) if unit else tr(key)


def shown_columns(found: Sequence[PreviewColumn]) -> list[PreviewColumn]:
    """Columns of the preview: those with a meaning, and kept ones in which something would change."""
    wanted = [one for one in found if one.meaning is not None or one.is_touched]
    return sorted(wanted, key=_rank)


def _rank(source: PreviewColumn) -> tuple[int, int]:
    if source.meaning is None:
        return len(FIRST) + 2, 0
    if source.meaning == "property":
        is_first = source.name in FIRST_PROPERTIES
        return (FIRST.index("property"), FIRST_PROPERTIES.index(source.name)) if is_first else (len(FIRST), 0)
    return (FIRST.index(source.meaning), 0) if source.meaning in FIRST else (len(FIRST) + 1, 0)


def columns(found: Sequence[PreviewColumn], fixed: Texts, pending: Texts) -> tuple[Column, ...]:
    """Row number, verdict, then the columns of the sheet.

    Args:
        found: of the sheet.
        fixed: what the user typed instead of refused cells, by (Excel row, letter).
        pending: those of them that were not judged yet.
    """
    keys = column_keys(found)
    sources = [_column(one, keys[one.letter], fixed, pending) for one in shown_columns(found)]
    return (*_ROW_COLUMNS, *sources)


def column_keys(found: Sequence[PreviewColumn]) -> dict[str, str]:
    """Letter → key of the preview's column: by meaning, so that widths fit the next sheet, too."""
    keys: dict[str, str] = {}
    for one in found:
        key = f"{one.meaning or 'kept'}:{one.name}" if one.name or one.meaning is None else one.meaning or ""
        keys[one.letter] = key if key not in keys.values() else f"{key}@{one.letter}"
    return keys


def _row_number(row: PreviewRow) -> Cell:
    return Cell(str(row.row), tone="text3")


def _verdict(row: PreviewRow) -> Cell:
    return Cell(status=f"import.{row.verdict}")


_ROW_COLUMNS = (
    Column("row", "import.column.row", _row_number, align="right", width=52, min_width=44, fixed=True),
    Column("verdict", "import.column.verdict", _verdict, width=96, min_width=80, fixed=True),
)


def _column(source: PreviewColumn, key: str, fixed: Texts, pending: Texts) -> Column:
    meaning = source.meaning or ""
    return Column(
        key,
        field_key(source.meaning, source.name),
        partial(_cell, source, fixed, pending),
        align="right" if meaning in NUMBERS else "left",
        width=WIDTHS.get(meaning, 118),
        min_width=56,
        unit_key=UNITS.get(meaning, ""),
        subtitle=lambda: f"{source.letter} · {source.header}",
        elide="middle" if meaning in ("sku_code", "product_key") else "right",
        fixed=meaning in ALWAYS,
        edit=partial(_edited, source.letter, fixed),
    )


def _cell(source: PreviewColumn, fixed: Texts, pending: Texts, row: PreviewRow) -> Cell:
    place = (row.row, source.letter)
    typed = pending().get(place)
    image = _thumbnail(row) if source.meaning == "title" else ""
    if typed is not None:
        return Cell(typed, tone="text2", image=image, tip=tr("import.being_read"))
    shown = row.cells.get(source.letter)
    if shown is None:
        return EMPTY
    if shown.error is not None:
        return Cell(shown.text or "–", is_refused=True, image=image, tip=shown.error.message(tr))
    is_fixed = place in fixed()
    tip = tr("import.was_fixed") if is_fixed else ""
    text, copied = _readable(source, shown.text), shown.text
    if shown.before is not None:
        before = _readable(source, shown.before) or "–"
        return Cell(text or "–", before=before, is_changed=True, image=image, tip=tip, copied=copied)
    tone = "text2" if row.verdict == "same" else "text"
    return Cell(text, tone=tone, strong=is_fixed, image=image, tip=tip, copied=copied)


def _readable(source: PreviewColumn, text: str) -> str:
    """Counts in groups of three, as everywhere in the window."""
    return integer(int(text)) if source.meaning in COUNTS and text.isdecimal() else text


def _thumbnail(row: PreviewRow) -> str:
    """The picture as far as it lies on this computer; nothing is fetched for a sheet nobody accepted yet."""
    return row.image if row.image and not is_remote(row.image) else "-"


def _edited(letter: str, fixed: Texts, row: PreviewRow) -> str | None:
    """Refused cells can be corrected, and corrected ones again."""
    shown = row.cells.get(letter)
    if shown is not None and shown.error is not None:
        return fixed().get((row.row, letter), shown.text)
    return fixed().get((row.row, letter))
