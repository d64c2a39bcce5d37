"""The preview of a bulk edit as a sheet: every line before → after, what is refused and why."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.messages import Messages, messages
from app.services.listings.bulk_edit.formulas import scale
from app.services.listings.bulk_edit.operations import NUMBER_FIELDS, REGIONAL
from app.services.listings.bulk_edit.planning import Plan
from app.services.listings.bulk_edit.records import PreviewLine
from app.services.listings.bulk_edit.showing import Section, all_lines, sections
from app.services.listings.bulk_edit.value_names import ValueNames
from app.services.regional_prices import RegionalPrices
from app.services.tasks import TaskContext
from app.services.workbooks import OutColumn, check_kind, write_sheet


def export_lines(
    plan: Plan, path: Path, ctx: TaskContext, texts: Messages = messages, section: Section | None = None
) -> int:
    """Write the lines of a section, all without one, to an .xlsx or .csv. Returns: how many.

    Raises:
        UnknownKind: another ending.
        WorkbookError: `.unwritable`, `.too_many_rows`.
        TaskCancelled: stopped; no file is left behind.
    """
    check_kind(path)
    wanted = sections(plan, ctx).range(section)
    headers = ("listing", "title", "code", "field", "before", "after", "percent", "why")
    columns = [OutColumn(texts.text(f"bulk_edit.column.{name}"), name in ("listing", "code")) for name in headers]
    write_sheet(path, texts.text("bulk_edit.sheet"), columns, _rows(plan, wanted, texts), ctx)
    return len(wanted)


def _rows(plan: Plan, wanted: range, texts: Messages) -> Iterator[tuple[Any, ...]]:
    names = ValueNames(plan)
    for line in all_lines(plan, wanted):
        yield (
            str(line.listing_id),
            line.title,
            line.code,
            texts.text(f"bulk_edit.field.{line.field}") if line.field else "",
            shown_value(line.field, names.named(line, line.before)),
            shown_value(line.field, names.named(line, line.after)),
            percent(line),
            texts.text(f"bulk_edit.refused.{line.why}") if line.why else "",
        )


def percent(line: PreviewLine) -> float | None:
    """By how much a number changes, in percent; None for anything else and from nothing."""
    if line.field not in NUMBER_FIELDS or not line.before or line.after is None:
        return None
    return round(float(100 * (line.after - line.before) / line.before), 2)


def shown_value(field: str, value: Any) -> str | int | None:
    """A stored value as a person reads it: prices with their point, lists one a line."""
    if field in NUMBER_FIELDS:
        unit = scale(field)
        return value if value is None or unit == 1 else f"{Decimal(value) / unit:.2f}"
    if isinstance(value, list):
        return "\n".join(_entry(one) if isinstance(one, dict) else str(one) for one in value)
    if field == REGIONAL and isinstance(value, dict):
        return ",\n".join(RegionalPrices.of(value).lines())
    return None if value is None else str(value)


def _entry(one: dict[str, str]) -> str:
    """An attribute, or a property of a variant with its picture."""
    text = f"{one['name']}: {one['value']}"
    return f"{text} · {one['image']}" if one.get("image") else text
