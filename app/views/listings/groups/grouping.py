"""Groups on the Listings page: the pane follows the filter, listings go into groups as one change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu

from app.messages import tr
from app.services.listings.groups.tree import GroupKind, GroupNode, StoreGroups
from app.views.errors import sentence
from app.views.listings.groups.dialogs import ChooseGroupDialog, MarketingGroupDialog, ProductGroupDialog
from app.views.listings.groups.pane import GroupPane
from app.views.listings.groups.sheets import GroupSheets
from app.views.listings.groups.tree import GroupPlace
from app.views.notices import Offer

if TYPE_CHECKING:
    from app.services.history.records import ChangeRecord
    from app.services.listings.bulk_edit.records import Applied
    from app.services.paging import Filter, Query
    from app.views.context import ViewContext
    from app.views.listings.page import ListingsPage

WIDTH = 244
CHANGED = frozenset({"listing", "change"})


class Grouping(QObject):
    """Owns the pane, made when it is first shown.

    Emits:
        undo_wanted: uid of a change to take back.
        shown: whether the pane is open.
    """

    undo_wanted = Signal(str)
    shown = Signal(bool)

    def __init__(self, context: ViewContext, page: ListingsPage) -> None:
        super().__init__(page)
        self._context, self._page = context, page
        self._stores: Sequence[StoreGroups] = ()
        self._put: tuple[Filter, ...] = ()
        self.pane: GroupPane | None = None
        self.sheets = GroupSheets(context, page)
        self.sheets.undo_wanted.connect(self.undo_wanted)
        self.sheets.changed.connect(self._on_changed)

    # -- the pane ----------------------------------------------------------------------------------------------

    @property
    def is_shown(self) -> bool:
        """Whether the pane is open."""
        return self.pane is not None and not self.pane.isHidden()

    def restore(self) -> None:
        """Open the pane if it was open the last time."""
        if self._context.settings.get("page.listings.groups_open", False):
            self.show(True)

    def toggle(self) -> None:
        """Open the pane and go to it, or close it."""
        self.show(not self.is_shown)
        if self.is_shown and self.pane is not None:
            self.pane.tree.setFocus()
        else:
            self._page.focus_table()

    def show(self, shown: bool) -> None:
        """Open or close the pane and remember it."""
        if shown and self.pane is None:
            self._make()
        if self.pane is not None:
            self.pane.setVisible(shown)
            self._context.settings.put("page.listings.groups_open", shown)
            self.shown.emit(shown)
        if shown:
            self.refresh()

    def _make(self) -> None:
        pane = self.pane = GroupPane()
        self._page.set_left(pane, WIDTH)
        pane.kind_chosen.connect(lambda _: self._on_kind())
        pane.new_wanted.connect(self.make_new)
        pane.more_wanted.connect(self._show_more)
        pane.tree.chosen.connect(self._narrow)
        pane.tree.dropped.connect(lambda place: self._drop(place))
        pane.tree.menu_wanted.connect(self._show_menu)
        self._page.filters.changed.connect(self._follow)

    def refresh(self) -> None:
        """Count the groups anew, while they are in view."""
        if not self.is_shown or self.pane is None:
            return
        kind = self.pane.kind
        handle = self._context.runner.call(self._context.services.groups.tree, kind, self._page.store_ids)
        handle.succeeded.connect(lambda stores: self._show_stores(kind, stores))
        handle.failed.connect(self._tell)

    def _show_stores(self, kind: GroupKind, stores: Sequence[StoreGroups]) -> None:
        if self.pane is not None and self.pane.kind is kind:
            self._stores = stores
            self.pane.tree.show_stores(stores)
            self._follow()
            self.pane.new.setEnabled(any(store.is_writable for store in stores))

    def _on_kind(self) -> None:
        self._narrow(None)
        self.refresh()

    def _narrow(self, place: GroupPlace | None) -> None:
        """Show the listings of a line: its conditions take the place of those of the line before."""
        wanted = place.filters if place is not None else ()
        kept = [one for one in self._page.filters.filters if one not in self._put]
        self._put = wanted
        if tuple(self._page.filters.filters) != (*kept, *wanted):
            self._page.filters.set_filters([*kept, *wanted])

    def _follow(self) -> None:
        """A chip that was taken away or changed is not the tree's any more."""
        if not set(self._put) <= set(self._page.filters.filters):
            self._put = ()
        if self.pane is not None:
            self.pane.tree.show_current(self._put)

    # -- putting listings into groups --------------------------------------------------------------------------

    def choose(self, kind: GroupKind | None = None) -> None:
        """Ask for the group to put the chosen listings into: of the kind in view, without the pane product groups."""
        kind = kind or (self.pane.kind if self.pane is not None else GroupKind.PRODUCT)
        self._page.with_chosen(lambda chosen, count: self._look_for(kind, chosen, count))

    def _look_for(self, kind: GroupKind, chosen: Sequence[int] | Query, count: int) -> None:
        handle = self._context.runner.call(self._context.services.groups.tree_of, kind, chosen)
        handle.succeeded.connect(lambda stores: self._ask(kind, stores, chosen, count))
        handle.failed.connect(self._tell)

    def _ask(self, kind: GroupKind, stores: Sequence[StoreGroups], chosen: Sequence[int] | Query, count: int) -> None:
        writable = [store for store in stores if store.is_writable]
        places = [GroupPlace(kind, 0, (), "", tr("groups.none"))]
        for store in writable:
            for node in store.groups:
                places += [_named(one, node, store, many=len(writable) > 1) for one in (node, *node.children)]
        dialog = ChooseGroupDialog(places, kind, count, self._page)
        dialog.put.connect(lambda place: self.assign(chosen, place))
        dialog.open()

    def _drop(self, place: GroupPlace) -> None:
        self._page.with_chosen(lambda chosen, _: self.assign(chosen, place))

    def assign(self, chosen: Sequence[int] | Query, place: GroupPlace) -> None:
        """Put listings into a group, or out of all, in the background as one change."""
        assert place.value is not None
        call = self._context.services.groups.assign_call(chosen, place.kind, place.value)
        handle = self._context.runner.start_heavy(*call)
        handle.succeeded.connect(lambda applied: self._on_assigned(applied, place))
        handle.failed.connect(self._tell)
        self._context.jobs.add(handle, "groups.job", icon="folder", name=place.name)

    def _on_assigned(self, applied: Applied, place: GroupPlace) -> None:
        left = len({*applied.refused, *applied.moved})
        offer = None
        if applied.change is not None:
            uid = applied.change.uid
            offer = Offer("action.undo", lambda: self.undo_wanted.emit(uid), shortcut="Ctrl+Z")
        key = "groups.done_partly" if left else "groups.done"
        tone = "amber" if left else "green"
        if not applied.changed and not left:
            key, tone = "groups.done_none", "gray"
        params = {"n": applied.changed, "left": left, "name": place.name}
        self._context.notices.toast(key, tone=tone, offer=offer, **params)
        self._context.changes.tell(CHANGED)
        self.refresh()

    # -- making and changing groups ----------------------------------------------------------------------------

    def make_new(self) -> None:
        """A new group of the kind in view."""
        stores = [store for store in self._stores if store.is_writable]
        if not stores or self.pane is None:
            return
        is_product = self.pane.kind is GroupKind.PRODUCT
        dialog = (ProductGroupDialog if is_product else MarketingGroupDialog)(self._context, stores, self._page)
        dialog.saved.connect(self.refresh)
        dialog.open()

    def _show_more(self) -> None:
        assert self.pane is not None
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.sheets.fill_menu(menu, self._stores)
        menu.popup(self.pane.more.mapToGlobal(QPoint(0, self.pane.more.height() + 2)))

    def _show_menu(self, place: GroupPlace, at: QPoint) -> None:
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        self.fill_menu(menu, place)
        menu.popup(at)

    def fill_menu(self, menu: QMenu, place: GroupPlace) -> None:
        """What can be done with a line; what the platform has no call for says so."""
        key = "groups.menu.take_out" if place.value == "" else "groups.menu.put"
        if self._page.levels.is_variants:
            key += "_theirs"
        put = menu.addAction(tr(key, n=self._page.chosen_count()), lambda: self._drop(place))
        put.setEnabled(place.value is not None and self._page.chosen_count() > 0)
        node = place.node
        if node is None:
            return
        menu.addSeparator()
        change = menu.addAction(tr("groups.menu.change"), lambda: self._change(node))
        delete = menu.addAction(tr("groups.menu.delete"), lambda: self._delete(node))
        for action in (change, delete):
            action.setEnabled(node.kind is GroupKind.MARKETING)
        if node.kind is GroupKind.PRODUCT:
            why = menu.addAction(tr("groups.menu.not_offered"))
            why.setEnabled(False)

    def _change(self, node: GroupNode) -> None:
        dialog = MarketingGroupDialog(self._context, self._stores, self._page, node)
        dialog.saved.connect(self._on_changed)
        dialog.open()

    def _delete(self, node: GroupNode) -> None:
        handle = self._context.runner.call(self._context.services.groups.delete_marketing_group, node.id)
        handle.succeeded.connect(self._on_deleted)
        handle.failed.connect(self._tell)

    def _on_deleted(self, change: ChangeRecord) -> None:
        offer = Offer("action.undo", lambda: self.undo_wanted.emit(change.uid), shortcut="Ctrl+Z")
        self._context.notices.toast(change.label, offer=offer, **change.params)
        self._on_changed()

    def _on_changed(self) -> None:
        """Rows show the names of their groups."""
        self._context.changes.tell(CHANGED)
        self.refresh()

    def _tell(self, error: Any) -> None:
        self._context.notices.toast("window.said", tone="red", text=sentence(error))


def _named(one: GroupNode, above: GroupNode, store: StoreGroups, *, many: bool) -> GroupPlace:
    """A group as a line of the list: with the one above it, and its store where there are several."""
    name = one.name if one is above else f"{above.name} › {one.name}"
    return GroupPlace(one.kind, one.store_id, (), one.value, f"{name} · {store.name}" if many else name, one)
