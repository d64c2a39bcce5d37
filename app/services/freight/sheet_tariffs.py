"""Carriers' tariffs out of the sheets `tariffs` and `bands` of the freight workbook."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.services.freight.errors import BadFreightRule
from app.services.freight.keeping import TariffDraft
from app.services.freight.sheet_cells import BadCell, Line
from app.services.freight.tariffs import CURRENCIES, MICRO, Tariff, TariffBand, Volumetric, WeightRange

NOTHING = Decimal(0)
FINEST = Decimal("0.001")
"""The smallest unit of grams that is billed."""


def read_tariffs(heads: Sequence[Line], bands: Sequence[Line], bad: list[BadCell]) -> list[TariffDraft]:
    """All tariffs without a refused cell; the others' cells go to *bad*."""
    by_key: dict[str, list[Line]] = {}
    for line in bands:
        by_key.setdefault(line.name("key", []), []).append(line)
    found: dict[str, TariffDraft] = {}
    keys = set[str]()
    twice = set[str]()
    names = set[str]()
    for line in heads:
        before = len(bad)
        key = line.name("key", bad)
        name = line.name("name", bad, key)
        if not key or key in keys:
            bad.append(BadCell(line, "key", "freight.cell_twice" if key else "freight.cell_missing", {"value": key}))
            twice.add(key)
        elif name in names:
            bad.append(BadCell(line, "name", "freight.name_taken", {"name": name}))
        keys.add(key)
        names.add(name)
        draft = _tariff(line, by_key.get(key, []), bad)
        if draft is not None and len(bad) == before:
            found[key] = draft
    for key, lines in by_key.items():
        if key not in keys:
            bad.append(BadCell(lines[0], "key", "freight.cell_no_tariff", {"value": key}))
    return [draft for key, draft in found.items() if key not in twice]


def _tariff(line: Line, bands: Sequence[Line], bad: list[BadCell]) -> TariffDraft | None:
    currency = line.text("currency").upper()
    if currency not in CURRENCIES:
        known = ", ".join(CURRENCIES)
        bad.append(BadCell(line, "currency", "freight.cell_currency", {"value": currency, "known": known}))
        return None
    before = len(bad)
    key = line.name("key", [])
    divisor = line.whole("divisor", bad, 1)
    side, step = line.number("from_side_cm", bad, NOTHING), line.whole("step_g", bad, 1)
    where, is_everywhere = line.countries("countries", bad)
    least, as_of, ranges = line.whole("least_g", bad), line.day("as_of", bad), _ranges(bands, bad)
    if not bands:
        bad.append(BadCell(line, "key", "freight.cell_no_bands", {"value": key}))
    if len(bad) > before:
        return None
    try:
        tariff = Tariff(
            key,
            currency,
            ranges,
            step or 1,
            frozenset(() if is_everywhere else where),
            None if divisor is None else Volumetric(divisor, side or NOTHING),
            least or 0,
            line.attributes("excluded"),
        )
    except BadFreightRule as error:
        bad.append(BadCell(line, "key", error.error_code, dict(error.params)))
        return None
    return TariffDraft(line.name("name", [], key), tariff, line.text("source"), as_of)


def _ranges(lines: Sequence[Line], bad: list[BadCell]) -> tuple[WeightRange, ...]:
    """Rows that follow each other with the same end are one range."""
    found: list[tuple[int | None, Decimal, list[TariffBand]]] = []
    for line in lines:
        to_g, base = line.whole("to_g", bad, 1), _fee(line, "base", bad)
        if not found or found[-1][0] != to_g:
            if found and (found[-1][0] is None or (to_g is not None and to_g < found[-1][0])):
                bad.append(BadCell(line, "to_g", "freight.cell_range_order", {"value": line.text("to_g")}))
            found.append((to_g, base, []))
        elif found[-1][1] != base:
            params = {"value": line.text("base"), "first": f"{found[-1][1]:f}"}
            bad.append(BadCell(line, "base", "freight.cell_two_bases", params))
        band = _band(line, found[-1][2], bad)
        if band is not None:
            found[-1][2].append(band)
    return tuple(WeightRange(to_g, base, tuple(bands)) for to_g, base, bands in found)


def _band(line: Line, before: Sequence[TariffBand], bad: list[BadCell]) -> TariffBand | None:
    if not any(line.text(name) for name in ("above_g", "unit_g", "fee")):
        return None
    above = line.whole("above_g", bad) or 0
    unit, fee = line.needed("unit_g", bad, FINEST), _fee(line, "fee", bad)
    if before and above <= before[-1].above_g:
        params = {"value": str(above), "before": str(before[-1].above_g)}
        bad.append(BadCell(line, "above_g", "freight.cell_overlap", params))
    return None if unit is None else TariffBand(above, unit, fee)


def _fee(line: Line, name: str, bad: list[BadCell]) -> Decimal:
    fee = line.needed(name, bad, NOTHING) or NOTHING
    if (fee * MICRO) % 1:
        bad.append(BadCell(line, name, "freight.cell_fine", {"value": f"{fee:f}"}))
    return fee
