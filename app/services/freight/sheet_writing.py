"""Tariffs, channels and templates written to a workbook, so that reading it again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.messages import Messages, messages
from app.services.freight.channels import ChannelRule
from app.services.freight.keeping import TariffDraft, TemplateDraft
from app.services.freight.records import Zone, ZoneKind
from app.services.freight.sheet_columns import ALL, SHEETS, head
from app.services.freight.written import plain
from app.services.workbooks import OutColumn, OutSheet, check_kind, write_xlsx

TEXT = frozenset({"key", "name", "currency", "countries", "excluded", "as_of", "template", "service", "rule"})
_WIDTHS = {"name": 24.0, "countries": 34.0, "source": 30.0, "template": 24.0, "service": 22.0}

Row = Sequence[Any]


def write_freight(
    path: Path,
    tariffs: Sequence[TariffDraft],
    templates: Sequence[TemplateDraft],
    channels: Sequence[ChannelRule],
    texts: Messages = messages,
) -> int:
    """Write an .xlsx. Returns: how many tariffs and templates.

    Raises:
        UnknownKind: another ending. WorkbookError: it cannot be written.
    """
    check_kind(path, (".xlsx",))
    parts: dict[str, Iterable[Row]] = {
        "tariffs": (tariff_row(draft) for draft in tariffs),
        "bands": (row for draft in tariffs for row in band_rows(draft)),
        "zones": (row for draft in templates for row in zone_rows(draft, texts)),
        "channels": ((rule.ships_from, rule.country, rule.attribute, rule.tariff_key) for rule in channels),
    }
    write_xlsx(path, [_sheet(name, rows, texts) for name, rows in parts.items()])
    return len(tariffs) + len(templates)


def _sheet(name: str, rows: Iterable[Row], texts: Messages) -> OutSheet:
    columns = [OutColumn(head(column, texts), column in TEXT, _WIDTHS.get(column)) for column in SHEETS[name]]
    return OutSheet(texts.text(f"freight.sheet_name.{name}"), columns, rows, fixed_columns=1)


def tariff_row(draft: TariffDraft) -> Row:
    """A tariff in the order of the sheet's columns."""
    tariff, by_size = draft.tariff, draft.tariff.volumetric
    return (
        tariff.key,
        draft.name,
        tariff.currency,
        tariff.step_g,
        None if by_size is None else by_size.divisor,
        None if by_size is None or not by_size.from_side_cm else _number(by_size.from_side_cm),
        tariff.least_g or None,
        ", ".join(sorted(tariff.countries)) or ALL,
        ", ".join(sorted(tariff.excluded)) or None,
        draft.source or None,
        draft.as_of or None,
    )


def band_rows(draft: TariffDraft) -> Iterator[Row]:
    """Its ranges, a row a band."""
    key = draft.tariff.key
    for weights in draft.tariff.ranges:
        start = (key, weights.to_g, _number(weights.base))
        if not weights.bands:
            yield (*start, None, None, None)
        for band in weights.bands:
            yield (*start, band.above_g, _number(band.unit_g), _number(band.fee))


def zone_rows(draft: TemplateDraft, texts: Messages) -> Iterator[Row]:
    """A template's zones, a row a band."""
    for service in draft.services:
        for number, zone in enumerate(service.zones, 1):
            start = (draft.name, service.carrier, number, *_rule(zone, texts))
            bands = zone.bands or (None,)
            for band in bands:
                ends = (None,) * 4 if band is None else map(_number, (band.start, band.end, band.per, band.fee))
                yield (*start, *ends, draft.source or None)


def _rule(zone: Zone, texts: Messages) -> Row:
    return (
        texts.text(f"freight.kind.{zone.kind}"),
        ALL if zone.is_everywhere else ", ".join(zone.countries),
        zone.discount_percent or 0 if zone.kind == ZoneKind.STANDARD else None,
        _number(zone.first_fee),
    )


def _number(value: Decimal | None) -> float | str | None:
    """A number as a cell: text where Excel's fifteen digits would lose some."""
    if value is None:
        return None
    shown = float(value)
    return shown if Decimal(f"{shown:.15g}") == value else plain(value)
