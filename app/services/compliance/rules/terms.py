"""Rules about how a listing is sold: unit, lot, currency, days until dispatch (domain.md 5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Fix, Hit
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ListingRecord

_PER_LOT = re.compile(r"(\d{1,6})\s*(?:pcs?|pieces?|pairs?|sets?|packs?)?\s*(?:/|per|a)\s*lot\b", re.IGNORECASE)


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    limits, days = context.limits, record.handling_days
    return (
        record.unit in context.units
        and 1 <= record.lot_size <= limits.lot_max
        and days is not None
        and limits.handling_days_min <= days <= limits.handling_days_max
        and record.currency in limits.currencies
        and (days <= limits.handling_days_overseas_max or not _overseas(record, context))
        and not _per_lot(record.title)
    )


GROUP = RuleGroup(_is_fine, ("unit",))


def _per_lot(title: str) -> re.Match[str] | None:
    """Where a title says how many pieces a lot has."""
    return _PER_LOT.search(title) if "lot" in title.lower() else None


def _overseas(record: ListingRecord, context: CheckContext) -> str:
    """The first foreign country a variant ships from, "" where all ship from home."""
    table = context.ships_from
    return next((table.country_of(sku) or "" for sku in record.skus if table.is_overseas(sku)), "")


@GROUP.rule("unit.missing", "unit")
def unit_missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """There is no unit of sale."""
    if not record.unit.strip():
        yield Hit()


@GROUP.rule("unit.unknown", "unit", has_fix=True)
def unit_unknown(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Not a unit id; the remedy is the one its text means."""
    if record.unit.strip() and record.unit not in context.units:
        found = context.resolve_unit(record.unit)
        fix = Fix("use_unit", "unit", found, params={"name": context.units[found]}) if found else None
        yield Hit({"unit": record.unit}, fix=fix)


@GROUP.rule("lot.range", "lot_size", has_fix=True, reads=("lot_size",))
def lot_range(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Pieces per lot: 1 when sold by the piece, more when sold by the lot."""
    if not 1 <= record.lot_size <= context.limits.lot_max:
        fix = Fix("use_lot", "lot_size", 1, params={"count": 1}) if record.lot_size < 1 else None
        yield Hit({"count": record.lot_size, "max": context.limits.lot_max}, fix=fix)


@GROUP.rule("lot.title", "lot_size", reads=("title", "lot_size"))
def lot_title(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The title promises another number of pieces per lot than the listing has."""
    found = _per_lot(record.title)
    if found and int(found[1]) != record.lot_size:
        yield Hit({"title": int(found[1]), "count": record.lot_size})


@GROUP.rule("handling.missing", "handling_days", reads=("handling_days",))
def handling_missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Days until dispatch are unknown."""
    if record.handling_days is None:
        yield Hit()


@GROUP.rule("handling.range", "handling_days", reads=("handling_days",))
def handling_range(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """More or fewer days than the platform takes."""
    low, high = context.limits.handling_days_min, context.limits.handling_days_max
    if record.handling_days is not None and not low <= record.handling_days <= high:
        yield Hit({"days": record.handling_days, "min": low, "max": high})


@GROUP.rule("handling.overseas", "handling_days", has_fix=True, reads=("handling_days", "skus"))
def handling_overseas(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A variant ships from abroad: fewer days are allowed."""
    limit = context.limits.handling_days_overseas_max
    if record.handling_days is not None and record.handling_days > limit and (country := _overseas(record, context)):
        yield Hit(
            {"days": record.handling_days, "country": country, "max": limit},
            fix=Fix("use_days", "handling_days", limit, params={"count": limit}),
        )


@GROUP.rule("currency.unknown", "currency", reads=("currency",))
def currency_unknown(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A currency nobody quotes in."""
    if record.currency not in context.limits.currencies:
        yield Hit({"currency": record.currency, "known": ", ".join(sorted(context.limits.currencies))})
