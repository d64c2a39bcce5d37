"""Freight templates out of the sheet `zones` of the freight workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.services.freight.checking import CUSTOM, template_problems
from app.services.freight.keeping import TemplateDraft
from app.services.freight.records import Band, Service, Zone, ZoneKind
from app.services.freight.sheet_cells import BadCell, Line
from app.services.freight.sheet_columns import folded, words

NOTHING = Decimal(0)
FINEST = Decimal("0.001")
BAND = ("from", "to", "per", "fee_usd")
_COLUMN_OF = {
    "freight.bands_overlap": "from",
    "freight.bands_gap": "from",
    "freight.bad_band": "to",
    "freight.band_without_unit": "per",
    "freight.no_first_fee": "first_fee",
    "freight.bad_discount": "discount",
    "freight.one_piece_band": "from",
    "freight.service_unnamed": "service",
    "freight.no_zones_at_all": "rule",
}
"""Where a problem of a whole zone is shown; else at its countries."""


@dataclass(slots=True)
class _Zone:
    """A zone while its rows are read."""

    line: Line
    kind: ZoneKind
    zone: Zone
    bands: list[Band] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def read_templates(lines: Sequence[Line], bad: list[BadCell]) -> list[TemplateDraft]:
    """All templates without a refused cell; the others' cells go to *bad*."""
    by_name: dict[str, list[Line]] = {}
    for line in lines:
        if name := line.name("template", []):
            by_name.setdefault(name, []).append(line)
        else:
            bad.append(BadCell(line, "template", "freight.cell_missing"))
    found = []
    for name, its in by_name.items():
        before = len(bad)
        its[0].name("template", bad)
        zones = _zones(its, bad)
        services = {carrier: tuple(_made(one) for one in group) for carrier, group in zones.items()}
        if len(bad) == before:
            _check(its[0], zones, services, bad)
        if len(bad) == before:
            built = tuple(Service(carrier, group) for carrier, group in services.items())
            found.append(TemplateDraft(name, built, its[0].text("source")))
    return found


def _zones(lines: Iterable[Line], bad: list[BadCell]) -> dict[str, list[_Zone]]:
    """By service; a row with the number of the zone before, or with bands alone, goes on with it."""
    found: dict[str, list[_Zone]] = {}
    numbers: dict[str, str] = {}
    for line in lines:
        carrier, number = line.text("service"), line.text("zone")
        group = found.setdefault(carrier, [])
        goes_on = group and (numbers[carrier] == number if number else not line.text("rule"))
        if not goes_on:
            zone = _zone(line, bad)
            if zone is None:
                continue
            group.append(zone)
            numbers[carrier] = number
        group[-1].lines.append(line)
        band = _band(line, bad) if group[-1].kind in CUSTOM else None
        if band is not None:
            group[-1].bands.append(band)
    return {carrier: group for carrier, group in found.items() if group}


def _zone(line: Line, bad: list[BadCell]) -> _Zone | None:
    rule = line.text("rule")
    if not rule:
        bad.append(BadCell(line, "rule", "freight.no_zones_at_all"))
        return None
    name = words("freight.kind", tuple(ZoneKind)).get(folded(rule))
    if name is None:
        bad.append(BadCell(line, "rule", "freight.cell_rule", {"value": rule}))
        return None
    kind = ZoneKind(name)
    where, is_everywhere = line.countries("countries", bad)
    discount = line.whole("discount", bad) if kind == ZoneKind.STANDARD else None
    first = line.number("first_fee", bad, NOTHING) if kind in CUSTOM else None
    return _Zone(line, kind, Zone(kind, where, is_everywhere, discount, first))


def _band(line: Line, bad: list[BadCell]) -> Band | None:
    if not any(line.text(name) for name in BAND):
        return None
    start, fee = (line.needed(name, bad, NOTHING) for name in ("from", "fee_usd"))
    end, per = line.number("to", bad, NOTHING), line.number("per", bad, FINEST)
    return None if start is None or fee is None else Band(start, end, per, fee)


def _made(one: _Zone) -> Zone:
    zone = one.zone
    discount = (zone.discount_percent or 0) if one.kind == ZoneKind.STANDARD else None
    return Zone(one.kind, zone.countries, zone.is_everywhere, discount, zone.first_fee, tuple(one.bands))


def _check(
    first: Line, zones: dict[str, list[_Zone]], services: dict[str, tuple[Zone, ...]], bad: list[BadCell]
) -> None:
    """What is wrong with zones as a whole, at the row that says it best."""
    groups = list(zones.values())
    for problem in template_problems([Service(carrier, group) for carrier, group in services.items()]):
        code = problem.error.error_code
        line = first
        if problem.zone >= 0:
            one = groups[problem.service][problem.zone]
            line = _line_of(one, code)
        elif problem.service >= 0:
            line = groups[problem.service][0].line
        bad.append(BadCell(line, _COLUMN_OF.get(code, "countries"), code, dict(problem.error.params)))


def _line_of(one: _Zone, code: str) -> Line:
    """The row of the band that is wrong; the zone's first row for anything else."""
    with_band = [line for line in one.lines if any(line.text(name) for name in BAND)]
    pairs = zip(one.bands, one.bands[1:], with_band[1:], strict=False)
    if code == "freight.bands_overlap":
        return next((line for a, b, line in pairs if a.end is None or b.start < a.end), one.line)
    if code == "freight.bands_gap":
        return next((line for a, b, line in pairs if a.end is not None and b.start > a.end), one.line)
    return one.line
