"""The Warehouse templates tab: templates and their dispatch countries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.messages import tr
from app.services.history.records import ChangeRecord
from app.services.warehouses.countries import countries
from app.services.warehouses.records import (
    PriceSource,
    WarehouseCountryRecord,
    WarehouseTemplateRecord,
    WarehouseTemplateRow,
)
from app.services.warehouses.template_sheet import TemplatesRead
from app.services.warehouses.templates import LONGEST_NAME, TemplateAct, country_record
from app.views.actions import ActionSpec
from app.views.cells import MISSING, Cell, Column
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.facts import Fact, FactSection, FactsPanel
from app.views.importing.save_file import SHEETS, ask_files, saving_dialog
from app.views.notices import Offer
from app.views.numbers import integer, moment, moment_tip, money
from app.views.tab_page import TabPage
from app.views.warehouses.actions import ACTIONS
from app.views.warehouses.editor import TemplateEditor


def columns() -> tuple[Column, ...]:
    """All columns of the Warehouse templates table."""
    return (
        Column(
            "name", "warehouses.column.name", _name, width=260, min_width=140, sort_key="name", stretch=True, fixed=True
        ),
        Column("kind", "warehouses.column.kind", _kind, width=140, sort_key="virtual"),
        Column("prices", "warehouses.column.prices", _prices, width=150, sort_key="price_source"),
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


def _prices(row: WarehouseTemplateRow) -> Cell:
    return Cell(tr(f"warehouses.prices.{row.price_source}"), tone="text2")


def _days(row: WarehouseTemplateRow) -> Cell:
    return MISSING if row.handling_days is None else Cell(integer(row.handling_days))


def _updated(row: WarehouseTemplateRow) -> Cell:
    return Cell(moment(row.updated_ms), tone="text2", tip=moment_tip(row.updated_ms))


def sections(template: WarehouseTemplateRecord) -> tuple[str, Sequence[FactSection]]:
    """The panel's head and facts for one template."""
    days = "–" if template.handling_days is None else tr("warehouses.days", n=template.handling_days)
    facts = [
        Fact("warehouses.column.kind", tr("warehouses.virtual" if template.is_virtual else "warehouses.real")),
        Fact("warehouses.column.prices", tr(f"warehouses.prices.{template.price_source}")),
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
        undo_wanted: uid of a change to take back.
        build_wanted: the id of the template to build with, 0 for none.
    """

    key: ClassVar[str] = "warehouses"
    reads: ClassVar[frozenset[str]] = frozenset({"warehouse_template"})
    noun: ClassVar[str] = "templates"
    own_actions: ClassVar[tuple[ActionSpec, ...]] = ACTIONS

    practice_wanted = Signal()
    undo_wanted = Signal(str)
    build_wanted = Signal(int)
    problem = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._desk = context.services.warehouses
        source = context.services.warehouse_source()
        self.set_table(source, columns())
        self.filters.search.set_hint("warehouses.search")
        self.facts = FactsPanel(context, source.detail, sections, "warehouses.no_selection")
        self.facts.failed.connect(self.problem)
        self.editor = TemplateEditor()
        self.facts.add_tab("edit", "warehouses.tab.edit", self.editor)
        self.facts.shown.connect(self._on_shown)
        self.editor.save_wanted.connect(self._save)
        self.set_panel(self.facts)
        self._connect()

    def _connect(self) -> None:
        acts = {
            "overseas_build": self.build,
            "new_warehouse": self.new,
            "copy_warehouse": self.copy,
            "delete_warehouse": self.delete,
            "export_warehouses": self._ask_where_to_export,
            "import_warehouses": self._ask_what_to_import,
        }
        for id, act in acts.items():
            self.actions_of_page.on(id, act)
        self.toolbar.add_primary("overseas_build")
        for id in ("new_warehouse", "copy_warehouse"):
            self.toolbar.add(id)
        self.toolbar.add_more("delete_warehouse", "export_warehouses", "import_warehouses")
        self.add_history_tools()
        self.add_view_tools()
        self.on_current(None)

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
        for id in ("copy_warehouse", "delete_warehouse"):
            self.actions_of_page.enable(id, record is not None, "warehouses.no_selection")
        self.facts.show_row(None if record is None else record.id)

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with a template."""
        self.actions_of_page.fill(menu, "overseas_build", "copy_warehouse", "delete_warehouse")

    def reload(self) -> None:
        """Rows and panel."""
        super().reload()
        self.facts.refresh()

    # -- editing -----------------------------------------------------------------------------------------------

    def _current_id(self) -> int:
        record = self.table.current_record() if self.table is not None else None
        return 0 if record is None else int(record.id)

    def build(self) -> None:
        """Overseas variants, by the current template."""
        self.build_wanted.emit(self._current_id())

    def _on_shown(self, template: WarehouseTemplateRecord) -> None:
        handle = self.context.runner.call(self._desk.stores)
        handle.succeeded.connect(lambda stores: self._edit(template, stores))
        handle.failed.connect(self.problem)

    def _edit(self, template: WarehouseTemplateRecord, stores: Sequence[Any]) -> None:
        if template.id == self._current_id():
            self.editor.show_template(template, stores)

    def new(self) -> None:
        """A template with the usual values, to be named and completed in the panel."""
        rules = countries()
        made = WarehouseTemplateRecord(
            None,
            tr("warehouses.new_name"),
            handling_days=rules.handling_days,
            countries=(country_record("ES", stock=rules.stock),),
            price_source=PriceSource.RULE,
            home_stock=rules.home_stock,
        )
        handle = self.context.runner.call(self._desk.make, made)
        handle.succeeded.connect(lambda act: self._on_made(act, "warehouses.made"))
        handle.failed.connect(self.problem)

    def _save(self, template: WarehouseTemplateRecord) -> None:
        handle = self.context.runner.call(self._desk.save, template)
        handle.succeeded.connect(lambda act: self._say(act.change, "warehouses.saved", name=act.template.name))
        handle.failed.connect(self.editor.show_problem)

    def copy(self) -> None:
        """The current template again, under another name."""
        record = self.table.current_record() if self.table is not None else None
        if record is not None:
            name = tr("warehouses.copy_name", name=record.name)[:LONGEST_NAME]
            handle = self.context.runner.call(self._desk.copy, record.id, name)
            handle.succeeded.connect(lambda act: self._on_made(act, "warehouses.copied"))
            handle.failed.connect(self.problem)

    def delete(self) -> None:
        """Remove the current template; the history brings it back."""
        record = self.table.current_record() if self.table is not None else None
        if record is not None:
            handle = self.context.runner.call(self._desk.delete, int(record.id))
            handle.succeeded.connect(lambda change: self._say(change, "warehouses.deleted", name=record.name))
            handle.failed.connect(self.problem)

    def _say(self, change: ChangeRecord | None, key: str, tone: str = "green", **params: Any) -> None:
        """What was done, with a way back; *change* is None where nothing differs."""
        offer = None
        if change is not None:
            uid = change.uid
            offer = Offer("action.undo", lambda: self.undo_wanted.emit(uid), shortcut="Ctrl+Z")
            self._tell()
        self.context.notices.toast(key, offer=offer, tone=tone, **params)

    def _on_made(self, act: TemplateAct, key: str) -> None:
        self._say(act.change, key, name=act.template.name)
        if self.table is not None and act.template.id is not None:
            self.table.select_ids([act.template.id])
            self.table.go_to(act.template.id)
        self.facts.show_tab("edit")
        self.show_panel(True)

    def _tell(self) -> None:
        self.context.changes.tell({"warehouse_template", "change"})

    # -- workbooks ---------------------------------------------------------------------------------------------

    def _ask_where_to_export(self) -> None:
        dialog = saving_dialog(self, "warehouses.action.export", SHEETS, ".xlsx")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write all templates to a sheet."""
        handle = self.context.runner.call(self._desk.export, path)
        handle.succeeded.connect(lambda n: self.context.notices.toast("warehouses.exported", n=n, file=path.name))
        handle.failed.connect(self.problem)

    def _ask_what_to_import(self) -> None:
        ask_files(self, "warehouses.action.import", lambda files: self.import_from(files[0]))

    def import_from(self, path: Path) -> None:
        """Store the templates of a sheet."""
        handle = self.context.runner.call(self._desk.take, path)
        handle.succeeded.connect(self._on_read)
        handle.failed.connect(self.problem)

    def _on_read(self, read: TemplatesRead) -> None:
        if read.errors:
            why = "\n".join(sentence(error) for error in read.errors[:5])
            params = {"n": len(read.stored), "bad": len(read.errors), "why": why}
            self._say(read.change, "warehouses.imported_partly", tone="amber", **params)
        else:
            self._say(read.change, "warehouses.imported", n=len(read.stored))
