"""What can be done with one store from the Stores tab: sign in, test, edit, rights, disconnect, remove."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.services.stores.desk import Attention
from app.services.stores.records import StoreRecord
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.notices import Banner, Offer
from app.views.numbers import moment
from app.views.stores.doctor_dialog import DoctorDialog
from app.views.stores.edit_dialog import EditStoreDialog
from app.views.stores.remove_dialog import RemoveStoreDialog
from app.views.task_runner import TaskHandle
from app.views.widgets.dialog import Confirmation

SHOWN_BANNERS = 3
"""More standing conditions than that would push the table away; the chip "Needs attention" has them all."""


class StoreKeeper(QObject):
    """Runs the use cases and asks before anything is lost.

    Emits:
        changed: something of a store is different now.
        added: a store was connected or signed in again (its record).
        export_wanted: ids of listings to export.
        settings_wanted: what helps stands in the settings.
    """

    changed = Signal()
    added = Signal(object)
    export_wanted = Signal(object)
    settings_wanted = Signal()

    def __init__(self, context: ViewContext, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._page, self._desk = context, page, context.services.store_desk
        self._banners: set[str] = set()

    # -- signing in --------------------------------------------------------------------------------------------

    def add(self, way: str = "browser", store: StoreRecord | None = None) -> None:
        """The dialog with its three ways; with a store it is signed in again."""
        from app.views.stores.add_dialog import AddStoreDialog

        dialog = AddStoreDialog(self._context, self._page.window(), way, store)
        dialog.added.connect(self.added)
        dialog.open()

    def sign_in(self, store_id: int) -> None:
        """Sign a store in again: shared ones by a new code, the others by the way they choose."""
        handle = self._context.runner.call(self._desk.view, store_id)
        handle.succeeded.connect(lambda view: self._sign_in(view.detail.store))
        handle.failed.connect(self.tell)

    def _sign_in(self, store: StoreRecord) -> None:
        self.add("shared") if store.is_shared else self.add("browser", store)

    # -- looking after -----------------------------------------------------------------------------------------

    def probe(self, store_id: int, name: str) -> TaskHandle:
        """Check the connection as a job, then say what works."""
        handle = self._context.runner.start(self._desk.examine, store_id)
        self._context.jobs.add(handle, "stores.job.probe", icon="plug-connected", store=name)
        handle.succeeded.connect(self._on_probed)
        handle.failed.connect(self.tell)
        return handle

    def _on_probed(self, report: Any) -> None:
        self.changed.emit()
        dialog = DoctorDialog(self._page.window(), report)
        dialog.action_wanted.connect(lambda action: self._help(action, report.store.id))
        dialog.open()

    def _help(self, action: str, store_id: int) -> None:
        """What a button of the report does."""
        if action == "sign_in":
            self.sign_in(store_id)
        else:
            self.settings_wanted.emit()

    def edit(self, store: StoreRecord) -> None:
        """Name, alias, colour, quota."""
        dialog = EditStoreDialog(self._context, self._page.window(), store)
        dialog.changed.connect(lambda _: self.changed.emit())
        dialog.open()

    def set_paused(self, store: StoreRecord, paused: bool) -> None:
        """Let nothing leave for the store, or go on; undone by the same button, so nothing is asked."""
        desk = self._context.services.publishing
        handle = self._context.runner.call(desk.pause_store if paused else desk.resume_store, store.id)
        key = "stores.pause.done" if paused else "stores.resume.done"
        handle.succeeded.connect(lambda _: self._done(key, name=store.name))
        handle.failed.connect(self.tell)

    def set_operable(self, store: StoreRecord, operable: bool) -> None:
        """Allow writing after a question that names the store; taking it back needs none."""
        if not operable:
            self._set_operable(store, False)
            return
        question = Confirmation(
            self._page.window(),
            "stores.operable.question",
            "stores.operable.verb",
            detail_key="stores.operable.shared" if store.is_shared else "stores.operable.detail",
            name=store.name,
        )
        question.accepted.connect(lambda: self._set_operable(store, True))
        question.open()

    def _set_operable(self, store: StoreRecord, operable: bool) -> None:
        """Allowing it comes here from the question alone."""
        handle = self._context.runner.call(self._desk.set_operable, store.id, operable, is_confirmed=operable)
        key = "stores.operable.done" if operable else "stores.read_only.done"
        handle.succeeded.connect(lambda _: self._done(key, name=store.name))
        handle.failed.connect(self.tell)

    def copy_key(self, store_id: int) -> None:
        """Put the app key into the clipboard; never the secret or a token."""
        handle = self._context.runner.call(self._desk.app_key, store_id)
        handle.succeeded.connect(self._on_key)
        handle.failed.connect(self.tell)

    def _on_key(self, key: str) -> None:
        QGuiApplication.clipboard().setText(key)
        self._context.notices.toast("stores.key_copied")

    # -- leaving -----------------------------------------------------------------------------------------------

    def disconnect_store(self, store: StoreRecord) -> None:
        """Wipe the tokens, after a question."""
        question = Confirmation(
            self._page.window(),
            "stores.disconnect.question",
            "stores.disconnect.verb",
            detail_key="stores.disconnect.detail",
            name=store.name,
        )
        question.primary.set_kind("danger")
        question.accepted.connect(lambda: self._disconnect(store))
        question.open()

    def _disconnect(self, store: StoreRecord) -> None:
        handle = self._context.runner.call(self._desk.disconnect, store.id)
        handle.succeeded.connect(lambda _: self._done("stores.disconnect.done", name=store.name))
        handle.failed.connect(self.tell)

    def remove(self, store: StoreRecord) -> None:
        """Say what happens to its listings, then remove it."""
        handle = self._context.runner.call(self._desk.removal, store.id)
        handle.succeeded.connect(self._ask_to_remove)
        handle.failed.connect(self.tell)

    def _ask_to_remove(self, removal: Any) -> None:
        dialog = RemoveStoreDialog(self._context, self._page.window(), removal)
        dialog.removed.connect(lambda copy: self._on_removed(removal.store.name, copy))
        dialog.open()

    def _on_removed(self, name: str, copy: Path) -> None:
        self._done("stores.remove.done", name=name, file=copy.name)

    def _done(self, key: str, **params: object) -> None:
        self.changed.emit()
        self._context.notices.toast(key, **params)

    # -- banners -----------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Ask which stores wait for a person, and say so above the table."""
        handle = self._context.runner.call(self._desk.attention)
        handle.succeeded.connect(self._show_banners)
        handle.failed.connect(self.tell)

    def _show_banners(self, stores: Sequence[Attention]) -> None:
        wanted = {f"store.{one.store_id}": self._banner(one) for one in stores[:SHOWN_BANNERS]}
        for name in self._banners - wanted.keys():
            self._context.notices.clear_banner(name)
        for banner in wanted.values():
            self._context.notices.banner(banner)
        self._banners = set(wanted)

    def _banner(self, one: Attention) -> Banner:
        offers = [Offer("stores.action.sign_in", _Bound(self.sign_in, one.store_id), primary=True)]
        if one.waiting:
            offers.append(Offer("stores.export_waiting", _Bound(self._export_waiting, one.store_id)))
        since = "" if one.since_ms is None else "_since"
        kind = f"{one.reason}{since if one.reason == 'signed_out' else ''}"
        return Banner(
            f"store.{one.store_id}",
            f"stores.banner.{one.reason}{'_waiting' if one.waiting else ''}",
            {"store": one.name, "n": one.waiting, "since": moment(one.since_ms)},
            detail_key=f"stores.banner.{kind}.detail",
            tone="amber" if one.reason == "last_day" else "red",
            icon="plug-connected-x",
            offers=tuple(offers),
            page="stores",
        )

    def _export_waiting(self, store_id: int) -> None:
        handle = self._context.runner.call(self._desk.waiting_listings, store_id)
        handle.succeeded.connect(self.export_wanted)
        handle.failed.connect(self.tell)

    def tell(self, error: BaseException) -> None:
        """Say what went wrong, with its remedy."""
        self._context.notices.toast("window.said", tone="red", text=sentence(error))


class _Bound:
    """A call with its argument that equals another of the same: an unchanged banner keeps its widget."""

    def __init__(self, call: Any, store_id: int) -> None:
        self._call, self._store_id = call, store_id

    def __call__(self) -> None:
        self._call(self._store_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bound) and (other._call, other._store_id) == (self._call, self._store_id)

    def __hash__(self) -> int:
        return hash(self._store_id)
