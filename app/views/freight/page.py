"""The Freight templates tab: the stores' and local templates, and carriers' tariffs; the panel says all of one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.services.errors import NotFound
from app.services.freight.records import FreightTemplateDetail
from app.services.paging import Filter, Query
from app.views.actions import ActionSpec
from app.views.context import ViewContext
from app.views.facts import FactsPanel
from app.views.filter_fields import FilterField
from app.views.freight.actions import ACTIONS
from app.views.freight.acts import FreightActs
from app.views.freight.columns import columns, sections, tariff_columns, tariff_sections
from app.views.tab_page import TabPage

SEGMENTS = ("all", "stores", "local", "tariffs")
OF_CURRENT = ("edit_freight", "copy_template", "replace_template", "template_listings", "remove_freight")


class FreightPage(TabPage):
    """Freight templates of the chosen stores, local ones, and tariffs.

    Emits:
        sync_wanted: F5.
        listings_wanted: (store id, template id): the listings that use it.
        replace_wanted: (store id, template id, how many): give them another template.
        match_wanted: propose templates for the listings in view.
        undo_wanted: uid of a change to take back.
    """

    key: ClassVar[str] = "freight"
    reads: ClassVar[frozenset[str]] = frozenset({"freight_template", "listing", "change"})
    noun: ClassVar[str] = "templates"
    can_sync: ClassVar[bool] = True
    own_actions: ClassVar[tuple[ActionSpec, ...]] = ACTIONS

    sync_wanted = Signal()
    listings_wanted = Signal(int, str)
    replace_wanted = Signal(int, str, int)
    match_wanted = Signal()
    undo_wanted = Signal(str)
    problem = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        desk = context.services.freight
        self._templates, self._tariffs = desk.templates(), desk.tariffs()
        self.acts = FreightActs(context, self)
        self.tariff_table = self.make_table(self._tariffs, tariff_columns(), name="tariffs")
        self.template_table = self.set_table(self._templates, columns())
        self.filters.search.set_hint("freight.search")
        self.segments = self.filters.set_segments([(name, f"freight.segment.{name}", "") for name in SEGMENTS])
        self.segments.chosen.connect(self._on_segment)
        self.filters.set_fields(
            (FilterField("listings", "freight.column.listings", "number"), FilterField("name", "freight.column.name"))
        )
        self.facts = FactsPanel(context, self._read, self._shown, "freight.no_selection")
        self.facts.failed.connect(self.problem)
        self._set_actions()
        self.set_panel(self.facts)
        self.add_view_tools()
        self._enable(None)

    def _set_actions(self) -> None:
        page, acts = self.actions_of_page, self.acts
        page.on("freight_trial", lambda: acts.try_freight(self.current()))
        page.on("new_template", acts.new_template)
        page.on("new_tariff", acts.new_tariff)
        page.on("edit_freight", lambda: acts.edit(self.current()))
        page.on("copy_template", lambda: acts.copy(self.current()))
        page.on("compare_templates", lambda: acts.compare(self.selected_ids()))
        page.on("replace_template", self._replace)
        page.on("template_listings", self._show_listings)
        page.on("freight_channels", acts.edit_channels)
        page.on("match_templates", self.match_wanted.emit)
        page.on("import_freight", acts.ask_import)
        page.on("export_freight", lambda: acts.ask_export(self.selected_ids()))
        page.on("freight_table", acts.ask_table)
        page.on("remove_freight", lambda: acts.remove(self.current()))
        self.toolbar.add_primary("freight_trial")
        for id in ("new_template", "edit_freight", "compare_templates", "replace_template", "import_freight"):
            self.toolbar.add(id)
        self.toolbar.add_more(
            "new_tariff", "copy_template", "template_listings", "match_templates", "freight_channels", "export_freight",
            "freight_table", "remove_freight",
        )  # fmt: skip
        self.add_history_tools()

    # -- what is in view ---------------------------------------------------------------------------------------

    @property
    def is_tariffs(self) -> bool:
        """Whether tariffs are in view."""
        return self.table is self.tariff_table

    def current(self) -> Any:
        """The current row: a `FreightTemplateRow`, a `StoredTariff`, or None."""
        return None if self.table is None else self.table.current_record()

    def selected_ids(self) -> list[int]:
        """Chosen templates; none while tariffs are in view."""
        if self.table is None or self.is_tariffs:
            return []
        chosen = self.table.selection()
        return [] if chosen.is_all else list(chosen.ids)

    def _on_segment(self, segment: str) -> None:
        wanted = self.tariff_table if segment == "tariffs" else self.template_table
        if wanted is not self.table:
            self.facts.show_row(None)
            self.use_table(wanted)

    def segment_filters(self, segment: str) -> tuple[Filter, ...]:
        """Local or the stores' own."""
        found = {"local": (Filter("local", "=", "1"),), "stores": (Filter("local", "=", "0"),)}
        return found.get(segment, ())

    def make_query(self) -> Query:
        """Local templates belong to no store: the store picker does not hide them. Tariffs know other fields."""
        query = super().make_query()
        if self.is_tariffs:
            return replace(query, filters=(), store_ids=())
        return replace(query, store_ids=()) if self.filters.segment == "local" else query

    def noun_in_view(self) -> str:
        """Templates or tariffs."""
        return "tariffs" if self.is_tariffs else self.noun

    # -- the panel ---------------------------------------------------------------------------------------------

    def _read(self, id: int) -> Any:
        if not self.is_tariffs:
            return self._templates.detail(id)
        found = self._tariffs.rows([id])
        if id not in found:
            raise NotFound(noun="carrier_tariff", name=str(id))
        return found[id]

    @staticmethod
    def _shown(detail: Any) -> Any:
        return sections(detail) if isinstance(detail, FreightTemplateDetail) else tariff_sections(detail)

    def on_current(self, record: Any) -> None:
        """The template's zones, or the tariff's bands."""
        self.facts.show_row(None if record is None else record.id)
        self._enable(record)

    def _enable(self, record: Any) -> None:
        is_template = record is not None and not self.is_tariffs
        is_synced = is_template and not record.is_local
        can = {
            "edit_freight": record is not None and not is_synced,
            "copy_template": record is not None,
            "replace_template": is_synced and record.listing_count > 0,
            "template_listings": is_synced,
            "remove_freight": record is not None and not is_synced,
        }
        for id in OF_CURRENT:
            self.actions_of_page[id].setEnabled(can[id])

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with a row."""
        self.actions_of_page.fill(menu, "freight_trial", *OF_CURRENT)

    def _replace(self) -> None:
        row = self.current()
        if row is not None and not self.is_tariffs and row.store_id is not None:
            self.replace_wanted.emit(row.store_id, row.template_id, row.listing_count)

    def _show_listings(self) -> None:
        row = self.current()
        if row is not None and not self.is_tariffs and row.store_id is not None:
            self.listings_wanted.emit(row.store_id, row.template_id)

    # -- hooks -------------------------------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """No templates were fetched yet, or none is local."""
        if self.filters.segment == "local":
            self.say_nothing(
                "truck-delivery",
                "freight.empty.local",
                detail_key="freight.empty.local_detail",
                action_key="freight.action.new_template",
                act=self.acts.new_template,
            )
            return
        self.say_nothing(
            "truck-delivery",
            "freight.empty.title",
            detail_key="freight.empty.detail",
            action_key="freight.empty.sync",
            act=self.sync_wanted.emit,
        )

    def reload(self) -> None:
        """Rows and panel."""
        super().reload()
        self.facts.refresh()

    def sync(self) -> None:
        """F5."""
        self.sync_wanted.emit()

    def files_meant_here(self, paths: Any) -> bool:
        """A workbook dropped on this tab while tariffs are in view is one of freight."""
        return self.is_tariffs and len(paths) == 1

    def take_files(self, paths: Any) -> None:
        """Read it."""
        self.acts.import_file(Path(paths[0]))
