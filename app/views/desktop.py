"""The window and its services brought together: what each signal of the shell does.

The window is painted before anything heavy is imported: services are loaded on a thread, and the pages are built
when they are there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.views.errors import sentence
from app.views.language import language
from app.views.main_window import MainWindow
from app.views.store_picker import StoreEntry

if TYPE_CHECKING:
    from app.views.company_tables.opening import Inbox
    from app.views.context import ViewContext
    from app.views.covering.opening import Covering
    from app.views.listings.figures_keeper import FiguresKeeper
    from app.views.practice import Practice
    from app.views.tab_page import TabPage
    from app.views.undoing import Undoing
    from app.views.warehouses.builder.opening import OverseasBuilding

log = logging.getLogger(__name__)

Load = Callable[[], Any]
ROWS_FIRST = "listings"
"""The tab whose rows are shown before everything else is imported."""
SHOWN_MS = 20
"""By then rows that arrived are painted, unless the machine has no time for that either."""
EVERYTHING = frozenset(
    {"store", "listing", "order", "freight_template", "warehouse_template", "change", "company_table"}
)
"""Names of everything a page may read."""


class Desktop(QObject):
    """Connects a `MainWindow` with the services that `load` gives.

    Emits:
        ready: services are loaded and the first page is shown.
        warm: what a start does in the background is done, well or not.
    """

    ready = Signal()
    warm = Signal()

    def __init__(self, context: ViewContext, load: Load) -> None:
        super().__init__()
        self.context = context
        self._load = load
        self._is_warming = False
        self._shown = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._shown.timeout.connect(self._warm)
        makers = {
            "stores": self._stores_page,
            "listings": self._listings_page,
            "warehouses": self._warehouses_page,
            "orders": self._orders_page,
            "freight": self._freight_page,
        }
        self.window = MainWindow(context, makers, first_tab="")
        self._connect()

    @cached_property
    def undoing(self) -> Undoing:
        """Undo, redo, history."""
        from app.views.undoing import Undoing

        return Undoing(self)

    @cached_property
    def covering(self) -> Covering:
        """Covering another store."""
        from app.views.covering.opening import Covering

        covering = Covering(self.context, self.window, self._show_listings)
        covering.undo_wanted.connect(self.undoing.undo)
        return covering

    @cached_property
    def figures(self) -> FiguresKeeper:
        """Keeps the figures of the day."""
        from app.views.listings.figures_keeper import FiguresKeeper

        return FiguresKeeper(self.context, self.window)

    @cached_property
    def inbox(self) -> Inbox:
        """The company's tables."""
        from app.views.company_tables.opening import Inbox

        return Inbox(self.context, self.window, self._show_inbox)

    @cached_property
    def overseas(self) -> OverseasBuilding:
        """Variants from other countries."""
        from app.views.warehouses.builder.opening import OverseasBuilding

        return OverseasBuilding(self.context, self.window, self.import_files, self.undoing.undo)

    @cached_property
    def practice(self) -> Practice:
        """The practice market."""
        from app.views.practice import Practice

        practice = Practice(self.context, self.window)
        practice.opened.connect(lambda: self._on_stores_changed("desktop.practice_ready"))
        practice.import_wanted.connect(self.import_files)
        practice.store_added.connect(self._on_store_added)
        practice.failed.connect(self.tell)
        return practice

    def _connect(self) -> None:
        window = self.window
        window.undo_wanted.connect(lambda: self.undoing.undo())
        window.redo_wanted.connect(lambda: self.undoing.redo())
        window.history_wanted.connect(lambda: self.undoing.show_history())
        window.files_dropped.connect(lambda paths: self.covering.take_files(paths, self.take_tables_or_files))
        window.guide_wanted.connect(self.show_guide)
        window.settings_wanted.connect(self.show_settings)
        window.practice_wanted.connect(lambda: self.practice.open())
        window.store_wanted.connect(self.add_store)
        window.data_wanted.connect(self.restore_data)

    # -- starting ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Show the window; load the services after its first paint."""
        self.show()
        QTimer.singleShot(0, self, self.load)

    def show(self) -> None:
        """Show the window with nothing in it but the tabs, of which the one is marked that will be in view."""
        self.window.show_tab(self._first_tab())
        self.window.show()

    def load(self) -> None:
        """Load the services, then show the first tab."""
        handle = self.context.runner.call(_loaded, self._load, is_late=self.window.current_key == ROWS_FIRST)
        handle.succeeded.connect(self._on_loaded)
        handle.failed.connect(self._on_load_failed)
        self._furnish()

    def _furnish(self) -> None:
        """Keys, notices and jobs, while the services are loaded."""
        if self.context.actions is None:
            self.window.furnish()
            self.window.actions_of_window.on("training", lambda: self.practice.show_training()).setVisible(False)

    def _on_loaded(self, services: Any) -> None:
        self.context.services = services
        self.refresh_stores(self._on_first_stores)
        self.window.open_tabs()
        self.ready.emit()

    def _first_tab(self) -> str:
        stored = self.context.settings.get("window.tab", "listings")
        return stored if stored in self.window.app_bar.tabs else "listings"

    def _on_load_failed(self, error: Exception) -> None:
        log.error("the data could not be opened", exc_info=error)
        self.window.show_failure(sentence(error), self.load)

    def _on_first_stores(self, stores: Sequence[Any]) -> None:
        self.window.show_first_run(not stores)
        table = self.window.page.table if self.window.page is not None else None
        if table is None or table.paged.is_loaded:
            self._shown.start()
        else:
            table.paged.replaced.connect(self._shown.start)
            table.paged.load_failed.connect(lambda _: self._shown.start())

    def _warm(self) -> None:
        """The first rows are shown: import on a thread what they did not need, then begin what runs beside the work."""
        if self._is_warming:
            return
        self._is_warming = True
        handle = self.context.runner.call(self.context.services.warm)
        handle.succeeded.connect(lambda _: self._go_on())
        handle.failed.connect(self.tell)

    def _go_on(self) -> None:
        page: Any = self.window.pages.get("listings")
        if page is None:
            self._make_panel_of_jobs()
        else:
            page.furnish_by_and_by(self._make_panel_of_jobs)

    def _make_panel_of_jobs(self) -> None:
        """Ahead of the first job, whose beginning it would hold up, and in a turn of its own."""
        QTimer.singleShot(0, self, lambda: self.window.activity.draw_ahead())
        QTimer.singleShot(0, self, self._begin_background)

    def _begin_background(self) -> None:
        from app.views.ahead import BULK_EDIT, IMPORTING, import_by_and_by

        background = self.context.runner.start(self.context.services.start_up, language.code)
        background.failed.connect(self.tell)
        background.finished.connect(self.warm)
        background.finished.connect(self.figures.start)
        self.window.closed.connect(self.figures.stop)
        self.inbox.begin()
        import_by_and_by(self, IMPORTING + BULK_EDIT)
        if self.window.app_bar.stores.stores:
            self.listings_page().publisher.offer_to_resume()

    # -- pages -------------------------------------------------------------------------------------------------

    def _listings_page(self, context: ViewContext) -> TabPage:
        from app.views.listings.page import ListingsPage

        page = ListingsPage(context, is_late=True)
        page.import_wanted.connect(self.window.choose_files)
        page.sync_wanted.connect(lambda: self.sync(page.store_ids))
        page.undo_wanted.connect(self.undoing.undo)
        page.overseas_wanted.connect(self.overseas.build_listings)
        page.cover_wanted.connect(lambda: self.covering.cover(to_id=page.only_store))
        page.coverage_wanted.connect(self.covering.coverage)
        return page

    def _stores_page(self, context: ViewContext) -> TabPage:
        from app.views.stores.page import StoresPage

        page = StoresPage(context)
        page.practice_wanted.connect(lambda: self.practice.open())
        page.sync_wanted.connect(self.sync)
        page.added.connect(self._on_store_added)
        page.stores_changed.connect(self._on_stores_looked_after)
        page.export_wanted.connect(self._export_listings)
        page.show_wanted.connect(self._show_listings_of)
        page.settings_wanted.connect(self.show_settings)
        page.cover_wanted.connect(self.covering.cover)
        page.problem.connect(self.tell)
        return page

    def _warehouses_page(self, context: ViewContext) -> TabPage:
        from app.views.warehouses.page import WarehousesPage

        page = WarehousesPage(context)
        page.practice_wanted.connect(lambda: self.practice.open())
        page.build_wanted.connect(lambda template_id: self.overseas.build(template_id=template_id))
        page.undo_wanted.connect(self.undoing.undo)
        page.problem.connect(self.tell)
        return page

    def _orders_page(self, context: ViewContext) -> TabPage:
        from app.views.orders.page import OrdersPage

        page = OrdersPage(context)
        page.sync_wanted.connect(lambda: self.sync(page.store_ids))
        page.problem.connect(self.tell)
        return page

    def _freight_page(self, context: ViewContext) -> TabPage:
        from app.views.freight.page import FreightPage

        page = FreightPage(context)
        page.sync_wanted.connect(lambda: self.sync(page.store_ids))
        page.listings_wanted.connect(self._show_listings_with_template)
        page.replace_wanted.connect(self._replace_template)
        page.match_wanted.connect(self._match_templates)
        page.undo_wanted.connect(self.undoing.undo)
        page.problem.connect(self.tell)
        return page

    def _show_listings_with_template(self, store_id: int, template_id: str) -> None:
        """The listings of a store that use a freight template, on their own tab."""
        from app.services.paging import Filter

        self.window.app_bar.stores.choose(store_id)
        self.window.show_tab("listings")
        self.listings_page().filters.set_filters([Filter("freight_template", "=", template_id)])

    def _replace_template(self, store_id: int, template_id: str, count: int) -> None:
        """Another template for all of them: a bulk edit with its preview."""
        from app.services.paging import Filter, Query

        self._show_listings_with_template(store_id, template_id)
        chosen = Query(filters=(Filter("freight_template", "=", template_id),), store_ids=(store_id,))
        self.listings_page().acts.bulk_edit_of(chosen, count, "freight_template_id")

    def _match_templates(self) -> None:
        """Templates for the listings in view on their tab."""
        self.window.show_tab("listings")
        self.listings_page().acts.match_freight()

    def _show_listings(self, listing_ids: Sequence[int]) -> None:
        """These rows on the Listings tab, of whatever store."""
        self.window.app_bar.stores.choose(None)
        self.window.show_tab("listings")
        self.listings_page().show_rows(listing_ids)

    def listings_page(self) -> Any:
        """The Listings page, built if need be, with all that acts on its rows."""
        page: Any = self.window.build_page("listings")
        page.furnish()
        return page

    def reload_pages(self) -> None:
        """The data changed: every page reads what it shows again."""
        self.context.changes.tell(EVERYTHING)

    # -- stores ------------------------------------------------------------------------------------------------

    def refresh_stores(self, then: Callable[[Sequence[Any]], None] | None = None) -> None:
        """Fill the store picker anew."""
        handle = self.context.runner.call(self.context.services.store_names)
        handle.succeeded.connect(lambda stores: self._on_stores(stores, then))
        handle.failed.connect(self.tell)

    def _on_stores(self, stores: Sequence[Any], then: Callable[[Sequence[Any]], None] | None) -> None:
        self.window.actions_of_window["training"].setVisible(any(store.is_practice for store in stores))
        self.window.set_stores([StoreEntry(store.id, store.name, store.colour, store.alias) for store in stores])
        if then is not None:
            then(stores)

    def add_store(self) -> None:
        """Connect a store of one's own."""
        from app.views.stores.add_dialog import AddStoreDialog

        dialog = AddStoreDialog(self.context, self.window)
        dialog.added.connect(self._on_store_added)
        dialog.open()

    def _on_store_added(self, store: Any) -> None:
        self._on_stores_changed("desktop.store_added", name=store.name)
        self.sync((store.id,))

    def _on_stores_looked_after(self) -> None:
        """A store has another name, colour or right, or is gone."""
        self.refresh_stores(lambda stores: self.window.show_first_run(not stores))
        self.reload_pages()

    def _show_listings_of(self, store_id: int, kind: str) -> None:
        """The failed or waiting listings of a store, on their own tab."""
        self.window.app_bar.stores.choose(store_id)
        self.window.show_tab("listings")
        self.listings_page().segments.choose("refused" if kind == "failed" else "on_the_way")

    def _export_listings(self, listing_ids: Sequence[int]) -> None:
        """Write these listings to a file of the user's choice."""
        self.listings_page().row_actions.ask_how_to_export(listing_ids, len(listing_ids))

    def _on_stores_changed(self, key: str, **params: Any) -> None:
        self.window.show_first_run(False)
        self.refresh_stores()
        self.reload_pages()
        self.context.notices.toast(key, **params)

    def sync(self, store_ids: Sequence[int]) -> None:
        """Fetch from the marketplace as a job."""
        handle = self.context.runner.start(self.context.services.sync, tuple(store_ids))
        self.context.jobs.add(handle, "desktop.job.sync", icon="refresh")
        handle.succeeded.connect(self._on_synced)
        handle.failed.connect(self.tell)

    def _on_synced(self, failures: Mapping[str, Exception]) -> None:
        self.refresh_stores()
        self.reload_pages()
        for name, error in failures.items():
            self.context.notices.toast("desktop.sync_failed", tone="red", store=name, why=sentence(error))
        self._look_for_conflicts()

    def _look_for_conflicts(self) -> None:
        """Say so where listings were changed here and on the platform, until somebody has decided."""
        handle = self.context.runner.call(self.context.services.conflicts)
        handle.succeeded.connect(lambda found: self._on_conflicts(found[0]))
        handle.failed.connect(self.tell)

    def _on_conflicts(self, count: int) -> None:
        if not count:
            self.context.notices.clear_banner("conflicts")
            return
        from app.views.notices import Banner, Offer

        offer = Offer("conflicts.compare", self.show_conflicts, primary=True)
        self.context.notices.banner(Banner("conflicts", "conflicts.banner", {"n": count}, offers=(offer,)))

    def show_conflicts(self) -> None:
        """Both sides, field by field."""
        from app.views.stores.conflicts import ConflictsDialog

        dialog = ConflictsDialog(self.context, self.window)
        dialog.decided.connect(self._look_for_conflicts)
        dialog.show()

    def restore_data(self) -> None:
        """Open a backup as the data of this program."""
        from app.views.restore_dialog import choose_backup

        choose_backup(self.context, self.window, self._on_restored)

    def _on_restored(self, _path: Path) -> None:
        self.window.show_first_run(False)
        self.refresh_stores()
        self.reload_pages()
        self.context.notices.toast("desktop.restored")

    # -- files, guide ------------------------------------------------------------------------------------------

    def take_tables_or_files(self, paths: Sequence[Path]) -> None:
        """Dropped or chosen files: the company's tables go to their inbox."""
        self.inbox.take_files(paths, self.take_files)

    def _show_inbox(self, paths: Sequence[Path]) -> Any:
        self.window.show_first_run(False)
        self.window.show_tab("listings")
        return self.listings_page().acts.tables(paths)

    def take_files(self, paths: Sequence[Path]) -> None:
        """Dropped or chosen files: workbooks that were opened from here show what was changed in them, at any time;
        all others are imported."""
        handle = self.context.runner.call(self.context.services.round_trip.ours, list(paths))
        handle.succeeded.connect(lambda ours: self._take_files(list(paths), ours))
        handle.failed.connect(self.tell)

    def _take_files(self, paths: list[Path], ours: Sequence[Path]) -> None:
        others = [path for path in paths if path not in ours]
        if ours:
            self.window.show_first_run(False)
            self.window.show_tab("listings")
        for path in ours:
            self.listings_page().excel.take_back(path)
        if others:
            self.overseas.take_files(others, self.import_files)

    def import_files(self, paths: Sequence[Path]) -> None:
        """Open the import with dropped or chosen files."""
        from app.views.importing.dialog import ImportDialog

        self.window.show_first_run(False)
        self.window.show_tab("listings")
        picker = self.window.app_bar.stores
        dialog = ImportDialog(self.context, list(paths), picker.current.id if picker.current else None, self.window)
        dialog.applied.connect(self._on_imported)
        dialog.open()

    def _on_imported(self, result: Any) -> None:
        table = self.listings_page().table
        if table is not None:
            table.scrollToTop()  # what is new stands there
        self.reload_pages()
        from app.views.notices import Offer

        offer = None
        if result.change:
            offer = Offer("action.undo", lambda: self.undoing.undo(result.change.uid), shortcut="Ctrl+Z")
        self.context.notices.toast(
            "import.done",
            offer=offer,
            new=result.counts.new,
            changed=result.counts.changed,
            refused=result.counts.refused_rows,
        )

    def show_guide(self, topic: str) -> None:
        """The guide for what is in view."""
        from app.views.guide_dialog import GuideDialog

        GuideDialog(topic, self.window).show()

    def show_settings(self) -> None:
        """Everything that is not about looks."""
        from app.views.settings_dialog import SettingsDialog

        SettingsDialog(self.context, self.window).open()

    def tell(self, error: BaseException) -> None:
        """Say what went wrong, with its remedy."""
        self.context.notices.toast("window.said", tone="red", text=sentence(error))


def _loaded(load: Load, *, is_late: bool) -> Any:
    """The services; all they import with them unless the tab in view can do without. Runs on a thread."""
    services = load()
    if not is_late:
        services.warm()
    return services
