"""The Stores tab: one line a store with its light, the panel of the current one, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.services.paging import Filter
from app.services.stores.records import StoreRecord
from app.services.stores.source import SEGMENTS
from app.views.actions import ActionSpec
from app.views.context import ViewContext
from app.views.filter_fields import FilterField
from app.views.stores.columns import columns
from app.views.stores.keeper import StoreKeeper
from app.views.stores.panel import StorePanel
from app.views.stores.week import WeekStrip
from app.views.tab_page import TabPage

ON_CURRENT = "palette.on_current"
ACTIONS = (
    ActionSpec("add_store", "stores.action.add", "plus"),
    ActionSpec("paste_codes", "stores.action.paste_codes", "key"),
    ActionSpec("sync_store", "stores.action.sync", "refresh", acts_on="palette.on_selection"),
    ActionSpec("open_practice", "stores.action.practice", "school"),
    ActionSpec("sign_in_store", "stores.action.sign_in_again", "external-link", acts_on=ON_CURRENT),
    ActionSpec("probe_store", "stores.action.probe", "plug-connected", acts_on=ON_CURRENT),
    ActionSpec("pause_store", "stores.action.pause", "player-pause", acts_on=ON_CURRENT),
    ActionSpec("resume_store", "stores.action.resume", "player-play", acts_on=ON_CURRENT),
    ActionSpec("cover_store", "stores.action.cover", "copy", acts_on=ON_CURRENT),
    ActionSpec("edit_store", "stores.action.edit", "edit", acts_on=ON_CURRENT),
    ActionSpec("make_operable", "stores.action.make_operable", "lock", acts_on=ON_CURRENT),
    ActionSpec("make_read_only", "stores.action.make_read_only", "lock", acts_on=ON_CURRENT),
    ActionSpec("disconnect_store", "stores.action.disconnect", "plug-connected-x", acts_on=ON_CURRENT),
    ActionSpec("remove_store", "stores.action.remove", "trash", acts_on=ON_CURRENT),
)
CURRENT = ("sign_in_store", "probe_store", "cover_store", "edit_store", "disconnect_store", "remove_store")


class StoresPage(TabPage):
    """All stores.

    Emits:
        practice_wanted: a button of the page.
        sync_wanted: ids of stores to fetch, empty for all.
        added: a store was connected or signed in again (its record).
        stores_changed: a store is called otherwise, or is gone.
        export_wanted: ids of listings to export.
        show_wanted: (store id, kind): show its failed or waiting listings.
        settings_wanted: the settings.
        cover_wanted: id of the store to cover.
        problem: an error to tell.
    """

    key: ClassVar[str] = "stores"
    reads: ClassVar[frozenset[str]] = frozenset({"store", "listing", "order"})
    noun: ClassVar[str] = "stores"
    own_actions: ClassVar[tuple[ActionSpec, ...]] = ACTIONS
    can_sync: ClassVar[bool] = True

    practice_wanted = Signal()
    sync_wanted = Signal(object)
    added = Signal(object)
    stores_changed = Signal()
    export_wanted = Signal(object)
    show_wanted = Signal(int, str)
    settings_wanted = Signal()
    cover_wanted = Signal(int)
    problem = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._source = context.services.store_source()
        self.set_table(self._source, columns(), default_density="roomy")
        self.keeper = StoreKeeper(context, self)
        self._set_filters()
        self._set_actions()
        self.facts = StorePanel(context, self.fill_menu)
        self.set_panel(self.facts)
        self.week = WeekStrip()
        self.add_below(self.week)
        self._connect()
        self.add_view_tools()
        self._enable()

    def _set_filters(self) -> None:
        self.filters.search.set_hint("stores.search")
        self.segments = self.filters.set_segments(
            [(name, f"stores.segment.{name}", "amber" if name == "attention" else "") for name in SEGMENTS]
        )
        self.filters.set_fields(
            (
                FilterField("live", "stores.column.live", "number"),
                FilterField("failed", "stores.column.failed", "number"),
                FilterField("to_ship", "stores.column.to_ship", "number"),
                FilterField("shared", "stores.shared", "flag"),
            )
        )

    def _set_actions(self) -> None:
        page = self.actions_of_page
        page.on("add_store", self.keeper.add)
        page.on("paste_codes", lambda: self.keeper.add("shared"))
        page.on("sync_store", self.sync)
        page.on("open_practice", self.practice_wanted.emit)
        page.on("sign_in_store", lambda: self._with_store(lambda store: self.keeper.sign_in(store.id)))
        page.on("probe_store", lambda: self._with_store(lambda store: self.keeper.probe(store.id, store.name)))
        page.on("cover_store", lambda: self._with_store(lambda store: self.cover_wanted.emit(store.id)))
        page.on("edit_store", lambda: self._with_store(self.keeper.edit))
        page.on("pause_store", lambda: self._with_store(lambda store: self.keeper.set_paused(store, True)))
        page.on("resume_store", lambda: self._with_store(lambda store: self.keeper.set_paused(store, False)))
        page.on("make_operable", lambda: self._with_store(lambda store: self.keeper.set_operable(store, True)))
        page.on("make_read_only", lambda: self._with_store(lambda store: self.keeper.set_operable(store, False)))
        page.on("disconnect_store", lambda: self._with_store(self.keeper.disconnect_store))
        page.on("remove_store", lambda: self._with_store(self.keeper.remove))
        self.toolbar.add_primary("add_store")
        for id in ("paste_codes", "sync_store", "open_practice"):
            self.toolbar.add(id)
        self.add_history_tools()

    def _connect(self) -> None:
        self.facts.failed.connect(self.problem)
        self.facts.shown.connect(lambda _: self._enable())
        self.facts.remedy_wanted.connect(self.help)
        self.facts.probe_wanted.connect(self.actions_of_page["probe_store"].trigger)
        self.facts.pause_wanted.connect(self._switch_pause)
        self.facts.disconnect_wanted.connect(self.actions_of_page["disconnect_store"].trigger)
        self.facts.copy_key_wanted.connect(lambda: self._with_store(lambda store: self.keeper.copy_key(store.id)))
        self.keeper.changed.connect(self.stores_changed)
        self.keeper.changed.connect(self.reload)
        self.keeper.added.connect(self.added)
        self.keeper.export_wanted.connect(self.export_wanted)
        self.keeper.settings_wanted.connect(self.settings_wanted)

    # -- the current store -------------------------------------------------------------------------------------

    def _with_store(self, act: Callable[[StoreRecord], object]) -> None:
        if self.facts.view is not None:
            act(self.facts.view.detail.store)

    def practice_store_id(self) -> int | None:
        """The current store if it is a practice store."""
        store = None if self.facts.view is None else self.facts.view.detail.store
        return store.id if store is not None and store.is_practice else None

    def _switch_pause(self) -> None:
        self._with_store(lambda store: self.keeper.set_paused(store, store.paused_at is None))

    def _enable(self) -> None:
        """Actions on the current store say why they are off."""
        store = None if self.facts.view is None else self.facts.view.detail.store
        page = self.actions_of_page
        for id in CURRENT:
            page.enable(id, store is not None, "stores.no_selection")
        is_operable = store is not None and store.access == "operate"
        page["make_operable"].setVisible(store is not None and not is_operable)
        page["make_read_only"].setVisible(is_operable)
        is_paused = store is not None and store.paused_at is not None
        page["pause_store"].setVisible(is_operable and not is_paused)
        page["resume_store"].setVisible(is_paused)
        if store is not None and store.is_disconnected:
            page.enable("disconnect_store", False, "stores.disconnected_already")

    def help(self, remedy: str) -> None:
        """What a button of the checklist does."""
        view = self.facts.view
        if view is None:
            return
        store_id = view.detail.store.id
        if remedy == "sign_in":
            self.keeper.sign_in(store_id)
        elif remedy == "sync":
            self.sync_wanted.emit((store_id,))
        elif remedy == "resume_publishing":
            self.keeper.set_paused(view.detail.store, False)
        else:
            self.show_wanted.emit(store_id, remedy.removeprefix("show_"))

    # -- hooks -------------------------------------------------------------------------------------------------

    def make_query(self) -> Any:
        """All stores, whatever the store picker says: this is where they are looked after."""
        return replace(super().make_query(), store_ids=())

    def segment_filters(self, segment: str) -> tuple[Filter, ...]:
        """Needs attention, operate, read only, practice."""
        return SEGMENTS.get(segment, ())

    def show_nothing(self) -> None:
        """No store yet, or none of the chosen kind."""
        if self.filters.segment != "all":
            self.say_nothing(
                "building-store",
                "stores.none_of_kind",
                action_key="empty.clear",
                act=lambda: self.segments.choose("all"),
            )
            return
        self.say_nothing(
            "building-store",
            "stores.empty.title",
            detail_key="stores.empty.detail",
            action_key="stores.action.practice",
            act=self.practice_wanted.emit,
        )

    def on_activated(self) -> None:
        """Counts and banners."""
        self._count()

    def on_current(self, record: Any) -> None:
        """The store's panel."""
        self.facts.show_row(None if record is None else record.id)
        if record is None:
            self._enable()

    def reload(self) -> None:
        """Rows, panel, counts, banners."""
        super().reload()
        self.facts.refresh()
        self._count()

    def _count(self) -> None:
        handle = self.context.runner.call(self._source.tally)
        handle.succeeded.connect(self._show_tally)
        handle.failed.connect(self.problem)
        self.keeper.look()

        week = self.context.runner.call(self._source.week)
        week.succeeded.connect(self.week.show_figures)
        week.failed.connect(self.problem)

    def _show_tally(self, tally: dict[str, int]) -> None:
        self.segments.show_counts(tally)
        self.badge_changed.emit(tally["attention"], "red")

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with a store."""
        page = self.actions_of_page
        page.fill(menu, "sign_in_store", "probe_store", "sync_store", "pause_store", "resume_store", "cover_store")
        page.fill(menu, "edit_store", "make_operable", "make_read_only")
        if self.practice_store_id() is not None and self.context.actions is not None:
            self.context.actions.fill(menu, "training")
        menu.addSeparator()
        page.fill(menu, "disconnect_store", "remove_store")

    def sync(self) -> None:
        """F5: fetch the chosen stores, all without a choice."""
        chosen = self.selection()
        self.sync_wanted.emit(() if chosen.is_all else tuple(chosen.ids))
