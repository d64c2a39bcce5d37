"""What the tables of templates and tariffs show, and the side panel of one of them."""

from __future__ import annotations

from collections.abc import Sequence

from app.messages import tr
from app.services.freight.records import FreightTemplateDetail, FreightTemplateRow, Service, Zone
from app.services.freight.tariff_store import StoredTariff
from app.services.freight.tariffs import WeightRange
from app.services.freight.typed import tariff_examples
from app.services.freight.wording import zone_lines
from app.services.freight.written import plain
from app.views.cells import MISSING, Badge, Cell, Column
from app.views.facts import Fact, FactSection
from app.views.numbers import integer, moment, moment_tip

NAMED = 14
"""Countries named one by one; further ones are counted."""


def columns() -> tuple[Column, ...]:
    """All columns of the table of templates."""
    return (
        Column(
            "name", "freight.column.name", _name, width=240, min_width=140, sort_key="name", stretch=True, fixed=True
        ),
        Column(
            "template",
            "freight.column.template",
            lambda row: Cell(row.template_id or "–", tone="text2"),
            width=130,
            min_width=100,
            sort_key="template_id",
        ),
        Column(
            "services",
            "freight.column.services",
            lambda row: _count(row.service_count),
            width=90,
            align="right",
            sort_key="services",
        ),
        Column("countries", "freight.column.countries", _countries, width=110, align="right"),
        Column(
            "listings",
            "freight.column.listings",
            lambda row: _count(None if row.is_local else row.listing_count),
            width=100,
            align="right",
            sort_key="listings",
            new_value_first=True,
        ),
        Column("store", "freight.column.store", _store, width=140, sort_key="store"),
        Column(
            "synced", "freight.column.synced", _synced, width=90, align="right", sort_key="synced", new_value_first=True
        ),
    )


def tariff_columns() -> tuple[Column, ...]:
    """All columns of the table of tariffs."""
    return (
        Column(
            "name",
            "freight.sheet.name",
            lambda row: Cell(row.name, strong=True),
            width=240,
            min_width=140,
            sort_key="name",
            stretch=True,
            fixed=True,
        ),
        Column("key", "freight.sheet.key", lambda row: Cell(row.key, tone="text2"), width=120, sort_key="key"),
        Column(
            "currency", "freight.sheet.currency", lambda row: Cell(row.tariff.currency), width=80, sort_key="currency"
        ),
        Column("where", "freight.column.countries", _where, width=110, sort_key="countries"),
        Column("limit", "freight.column.limit", _limit, width=110, align="right"),
        Column(
            "step",
            "freight.sheet.step_g",
            lambda row: Cell(integer(row.tariff.step_g)),
            width=90,
            align="right",
            sort_key="step",
        ),
        Column("divisor", "freight.sheet.divisor", _divisor, width=130, align="right", sort_key="divisor"),
        Column("excluded", "freight.sheet.excluded", _excluded, width=130),
        Column(
            "as_of",
            "freight.sheet.as_of",
            lambda row: Cell(row.as_of or "–", tone="text2"),
            width=110,
            sort_key="as_of",
        ),
        Column(
            "source",
            "freight.sheet.source",
            lambda row: Cell(row.told_source or "–", tone="text2", tip=row.told_source),
            width=180,
            sort_key="source",
        ),
    )


def _name(row: FreightTemplateRow) -> Cell:
    badges = (Badge(tr("freight.local")),) if row.is_local else ()
    return Cell(row.name, strong=True, second=tr("freight.default") if row.is_default else "", badges=badges)


def _store(row: FreightTemplateRow) -> Cell:
    return Cell(row.store or tr("freight.local"), tone="text2")


def _count(number: int | None) -> Cell:
    return MISSING if number is None else Cell(integer(number), copied=str(number))


def _countries(row: FreightTemplateRow) -> Cell:
    if row.is_everywhere:
        return Cell(tr("freight.everywhere"))
    return _count(row.country_count)


def _synced(row: FreightTemplateRow) -> Cell:
    return Cell(moment(row.synced_ms), tone="text2", tip=moment_tip(row.synced_ms))


def _where(row: StoredTariff) -> Cell:
    return Cell(_named(tuple(sorted(row.tariff.countries)), 4) if row.tariff.countries else tr("freight.everywhere"))


def _limit(row: StoredTariff) -> Cell:
    most = row.tariff.most_g
    return Cell(tr("freight.no_limit"), tone="text2") if most is None else Cell(f"{integer(most)} g")


def _divisor(row: StoredTariff) -> Cell:
    by_size = row.tariff.volumetric
    return MISSING if by_size is None else Cell(str(by_size.divisor))


def _excluded(row: StoredTariff) -> Cell:
    return Cell(", ".join(sorted(row.tariff.excluded)) or "–", tone="text2")


def sections(detail: FreightTemplateDetail) -> tuple[str, Sequence[FactSection]]:
    """The panel's head and facts for one template."""
    template = detail.template
    facts = [Fact("freight.column.template", template.template_id or tr("freight.local"))]
    if template.is_local:
        facts += [Fact("freight.sheet.source", template.source or "–")]
    else:
        facts += [
            Fact("freight.column.store", template.store),
            Fact("freight.column.listings", integer(template.listing_count)),
        ]
    key = "freight.edited" if template.is_local else "freight.column.synced"
    facts.append(Fact(key, moment(template.synced_ms), second=moment_tip(template.synced_ms)))
    zones = [_zone_fact(service, zone) for service in detail.services for zone in service.zones]
    everywhere = any(service.is_everywhere for service in detail.services)
    if zones and not everywhere:
        zones.append(Fact("", tr("freight.not_served"), tone="text2"))
    return template.name, (
        FactSection("freight.section.facts", facts),
        FactSection("freight.section.zones", zones, "freight.no_zones"),
    )


def tariff_sections(stored: StoredTariff) -> tuple[str, Sequence[FactSection]]:
    """The panel's head and facts for one tariff."""
    tariff, by_size = stored.tariff, stored.tariff.volumetric
    facts = [
        Fact("freight.sheet.key", stored.key),
        Fact("freight.sheet.currency", tariff.currency),
        Fact("freight.sheet.countries", _where(stored).text),
        Fact("freight.sheet.step_g", str(tariff.step_g)),
        Fact("freight.sheet.excluded", _excluded(stored).text),
        Fact("freight.sheet.source", stored.told_source or "–", second=stored.as_of),
    ]
    if by_size is not None:
        second = "" if not by_size.from_side_cm else tr("freight.from_side", value=plain(by_size.from_side_cm))
        facts.append(Fact("freight.sheet.divisor", str(by_size.divisor), second=second))
    bands = [
        Fact("", _range(one, tariff.currency), second="\n".join(_bands(one, tariff.currency))) for one in tariff.ranges
    ]
    tried = [
        Fact(
            "",
            tr(
                "freight.example",
                grams=integer(grams),
                fee=f"{fee} {tariff.currency}" if fee else tr("freight.not_served_here"),
            ),
        )
        for grams, fee in tariff_examples(tariff)
    ]
    return stored.name, (
        FactSection("freight.section.tariff", facts),
        FactSection("freight.section.bands", bands),
        FactSection("freight.section.examples", tried),
    )


def _range(weights: WeightRange, currency: str) -> str:
    end = tr("freight.any_weight") if weights.to_g is None else tr("freight.up_to_weight", value=integer(weights.to_g))
    return tr("freight.range", end=end, base=plain(weights.base), currency=currency)


def _bands(weights: WeightRange, currency: str) -> list[str]:
    return [
        tr(
            "freight.tariff_band",
            above=integer(one.above_g),
            unit=plain(one.unit_g),
            fee=plain(one.fee),
            currency=currency,
        )
        for one in weights.bands
    ]


def _zone_fact(service: Service, zone: Zone) -> Fact:
    where = tr("freight.everywhere") if zone.is_everywhere else _named(zone.countries, NAMED)
    return Fact(
        "", f"{service.carrier} · {tr(zone.title, **zone.params)}", second="\n".join([where, *zone_lines(zone)])
    )


def _named(countries: tuple[str, ...], most: int) -> str:
    shown = " ".join(countries[:most])
    return tr("freight.countries_more", names=shown, n=len(countries) - most) if len(countries) > most else shown
