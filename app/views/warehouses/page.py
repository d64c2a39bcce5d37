"""The Warehouse templates tab: templates and their dispatch countries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.warehouses.records import WarehouseCountryRecord, WarehouseTemplateRecord, WarehouseTemplateRow
from app.views.cells import MISSING, Cell, Column
from app.views.context import ViewContext
from app.views.facts import Fact, FactSection, FactsPanel
from app.views.numbers import integer, moment, moment_tip, money
from app.views.tab_page import TabPage


def columns() -> tuple[Column, ...]:
    """All columns of the Warehouse templates table."""
    return (
        Column(
            "name", "warehouses.column.name", _name, width=260, min_width=140, sort_key="name", stretch=True, fixed=True
        ),
        Column("kind", "warehouses.column.kind", _kind, width=140, sort_key="virtual"),
        Column(
            "countries",
            "warehouses.column.countries",
            lambda row: Cell(row.countries or "–"),
            width=240,
            sort_key="countries",
        ),
        Column(
            "handling_days",
            "warehouses.column.handling_days",
            _days,
            width=110,
            align="right",
            sort_key="handling_days",
        ),
        Column(
            "updated",
            "warehouses.column.updated",
            _updated,
            width=90,
            align="right",
            sort_key="updated",
            new_value_first=True,
        ),
    )


def _name(row: WarehouseTemplateRow) -> Cell:
    return Cell(row.name, strong=True, second=row.note)


def _kind(row: WarehouseTemplateRow) -> Cell:
    return Cell(tr("warehouses.virtual" if row.is_virtual else "warehouses.real"), tone="text2")


def _days(row: WarehouseTemplateRow) -> Cell:
    return MISSING if row.handling_days is None else Cell(integer(row.handling_days))


def _updated(row: WarehouseTemplateRow) -> Cell:
    return Cell(moment(row.updated_ms), tone="text2", tip=moment_tip(row.updated_ms))


def sections(template: WarehouseTemplateRecord) -> tuple[str, Sequence[FactSection]]:
    """The panel's head and facts for one template."""
    days = "–" if template.handling_days is None else tr("warehouses.days", n=template.handling_days)
    facts = [
        Fact("warehouses.column.kind", tr("warehouses.virtual" if template.is_virtual else "warehouses.real")),
        Fact("warehouses.column.handling_days", days),
        Fact("warehouses.fact.note", template.note or "–"),
    ]
    return template.name, (
        FactSection("warehouses.section.facts", facts),
        FactSection("warehouses.section.countries", [_country(country) for country in template.countries]),
    )


def _country(country: WarehouseCountryRecord) -> Fact:
    stock = "–" if country.stock is None else integer(country.stock)
    added = "–" if country.surcharge_minor is None else money(country.surcharge_minor)
    return Fact(
        "",
        country.country,
        second=tr("warehouses.country", mark=country.mark, id=country.ships_from_id, stock=stock, surcharge=added),
    )


class WarehousesPage(TabPage):
    """Warehouse templates; they belong to no store.

    Emits:
        practice_wanted: the button of the empty state.
    """

    key: ClassVar[str] = "warehouses"
    reads: ClassVar[frozenset[str]] = frozenset({"warehouse_template"})
    noun: ClassVar[str] = "templates"

    practice_wanted = Signal()
    problem = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        source = context.services.warehouse_source()
        self.set_table(source, columns())
        self.filters.search.set_hint("warehouses.search")
        self.facts = FactsPanel(context, source.detail, sections, "warehouses.no_selection")
        self.facts.failed.connect(self.problem)
        self.set_panel(self.facts)
        self.add_view_tools()

    def show_nothing(self) -> None:
        """None yet."""
        self.say_nothing(
            "building-warehouse",
            "warehouses.empty.title",
            detail_key="warehouses.empty.detail",
            action_key="warehouses.empty.practice",
            act=self.practice_wanted.emit,
        )

    def on_current(self, record: Any) -> None:
        """The template's countries."""
        self.facts.show_row(None if record is None else record.id)

    def reload(self) -> None:
        """Rows and panel."""
        super().reload()
        self.facts.refresh()
