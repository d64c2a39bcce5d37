"""The Freight templates tab: the stores' templates, carriers and zones in the panel."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.freight.records import Band, FreightTemplateDetail, FreightTemplateRow, Service, Zone, ZoneKind
from app.views.cells import MISSING, Cell, Column
from app.views.context import ViewContext
from app.views.facts import Fact, FactSection, FactsPanel
from app.views.filter_fields import FilterField
from app.views.numbers import integer, moment, moment_tip
from app.views.tab_page import TabPage

NAMED = 14
"""Countries named one by one; further ones are counted."""


def columns() -> tuple[Column, ...]:
    """All columns of the Freight templates table."""
    return (
        Column(
            "name", "freight.column.name", _name, width=240, min_width=140, sort_key="name", stretch=True, fixed=True
        ),
        Column(
            "template",
            "freight.column.template",
            lambda row: Cell(row.template_id, tone="text2"),
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
            lambda row: _count(row.listing_count),
            width=100,
            align="right",
            sort_key="listings",
            new_value_first=True,
        ),
        Column("store", "freight.column.store", lambda row: Cell(row.store, tone="text2"), width=140, sort_key="store"),
        Column(
            "synced", "freight.column.synced", _synced, width=90, align="right", sort_key="synced", new_value_first=True
        ),
    )


def _name(row: FreightTemplateRow) -> Cell:
    return Cell(row.name, strong=True, second=tr("freight.default") if row.is_default else "")


def _count(number: int | None) -> Cell:
    return MISSING if number is None else Cell(integer(number), copied=str(number))


def _countries(row: FreightTemplateRow) -> Cell:
    if row.is_everywhere:
        return Cell(tr("freight.everywhere"))
    return _count(row.country_count)


def _synced(row: FreightTemplateRow) -> Cell:
    return Cell(moment(row.synced_ms), tone="text2", tip=moment_tip(row.synced_ms))


def sections(detail: FreightTemplateDetail) -> tuple[str, Sequence[FactSection]]:
    """The panel's head and facts for one template."""
    template = detail.template
    facts = [
        Fact("freight.column.template", template.template_id),
        Fact("freight.column.store", template.store),
        Fact("freight.column.listings", integer(template.listing_count)),
        Fact("freight.column.synced", moment(template.synced_ms), second=moment_tip(template.synced_ms)),
    ]
    zones = [_zone_fact(service, zone) for service in detail.services for zone in service.zones]
    not_named = Fact("", tr("freight.not_served"), tone="text2")
    everywhere = any(service.is_everywhere for service in detail.services)
    return template.name, (
        FactSection("freight.section.facts", facts),
        FactSection(
            "freight.section.zones", [*zones, *(() if everywhere or not zones else (not_named,))], "freight.no_zones"
        ),
    )


def _zone_fact(service: Service, zone: Zone) -> Fact:
    where = tr("freight.everywhere") if zone.is_everywhere else _named(zone.countries)
    bands = [tr("freight.first_fee", fee=_fee(zone.first_fee))] if zone.first_fee is not None else []
    bands += [_band(band, zone.kind) for band in zone.bands]
    return Fact("", f"{service.carrier} · {tr(zone.title, **zone.params)}", second="\n".join([where, *bands]))


def _named(countries: tuple[str, ...]) -> str:
    shown = " ".join(countries[:NAMED])
    return tr("freight.countries_more", names=shown, n=len(countries) - NAMED) if len(countries) > NAMED else shown


def _band(band: Band, kind: ZoneKind) -> str:
    unit = tr("freight.unit.pieces" if kind is ZoneKind.BY_PIECES else "freight.unit.kg")
    end = "–" if band.end is None else f"{band.end:f}"
    return tr(
        "freight.band",
        start=f"{band.start:f}",
        end=end,
        unit=unit,
        per="–" if band.per is None else f"{band.per:f}",
        fee=_fee(band.fee),
    )


def _fee(fee: Decimal | None) -> str:
    return "–" if fee is None else f"{fee:.2f}"


class FreightPage(TabPage):
    """Freight templates of the chosen stores.

    Emits:
        sync_wanted: F5.
    """

    key: ClassVar[str] = "freight"
    reads: ClassVar[frozenset[str]] = frozenset({"freight_template", "listing"})
    noun: ClassVar[str] = "templates"
    can_sync: ClassVar[bool] = True

    sync_wanted = Signal()
    problem = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        source = context.services.freight.templates()
        self.set_table(source, columns())
        self.filters.search.set_hint("freight.search")
        self.filters.set_fields(
            (FilterField("listings", "freight.column.listings", "number"), FilterField("name", "freight.column.name"))
        )
        self.facts = FactsPanel(context, source.detail, sections, "freight.no_selection")
        self.facts.failed.connect(self.problem)
        self.set_panel(self.facts)
        self.add_view_tools()

    def show_nothing(self) -> None:
        """No templates were fetched yet."""
        self.say_nothing(
            "truck-delivery",
            "freight.empty.title",
            detail_key="freight.empty.detail",
            action_key="freight.empty.sync",
            act=self.sync_wanted.emit,
        )

    def on_current(self, record: Any) -> None:
        """The template's zones."""
        self.facts.show_row(None if record is None else record.id)

    def reload(self) -> None:
        """Rows and panel."""
        super().reload()
        self.facts.refresh()

    def sync(self) -> None:
        """F5."""
        self.sync_wanted.emit()
