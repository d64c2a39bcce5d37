"""Choosing a group by keyboard, making one, and changing a marketing group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.messages import tr
from app.services.listings.marketing.plans import STEPS, HighCoupon, PlanText
from app.services.listings.text import fold
from app.views.language import say
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field
from app.views.widgets.ground import column
from app.views.widgets.label import Label
from app.views.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from app.services.listings.groups.tree import GroupKind, GroupNode, StoreGroups
    from app.views.context import ViewContext
    from app.views.listings.groups.tree import GroupPlace
    from app.views.task_runner import TaskHandle

PLACE = Qt.ItemDataRole.UserRole
WITH_PLAN = QSize(560, 500)
"""Room for the plan and, in large text, for three lines of what is wrong with it."""


class ChooseGroupDialog(Dialog):
    """Ctrl+Shift+G: words find the group, Enter puts the chosen listings into it.

    Emits:
        put: the `GroupPlace` chosen.
    """

    put = Signal(object)

    def __init__(self, places: Sequence[GroupPlace], kind: GroupKind, count: int, parent: QWidget) -> None:
        super().__init__(f"groups.choose.{kind}", parent, size=QSize(480, 460), n=count)
        self._places = places
        self.search = SearchBox("groups.find", 440)
        self.list = QListWidget()
        lines = column(self.body, edges=16, gap=8)
        lines.addWidget(self.search)
        lines.addWidget(self.list, 1)
        self.hint.say("groups.choose.hint")
        self.primary = self.add_buttons("groups.choose.verb", n=count)
        self.search.textChanged.connect(self._fill)
        self.search.left_down.connect(self.list.setFocus)
        self.list.itemActivated.connect(lambda _: self.accept())
        self._fill()
        self.search.setFocus()

    def _fill(self, *_: object) -> None:
        words = fold(self.search.text()).split()
        self.list.clear()
        for place in self._places:
            name = place.name if place.value else tr("groups.none")
            if all(word in fold(name) for word in words):
                item = QListWidgetItem(name)
                item.setData(PLACE, place)
                self.list.addItem(item)
        self.list.setCurrentRow(0 if self.list.count() else -1)
        self.primary.setEnabled(bool(self.list.count()))

    def retranslate(self) -> None:
        """What stands for no group, in the new language; the marked line stays."""
        if hasattr(self, "primary"):
            at = self.list.currentRow()
            self._fill()
            self.list.setCurrentRow(min(at, self.list.count() - 1))

    def accept(self) -> None:
        """Tell the group that is marked."""
        item = self.list.currentItem()
        if item is not None:
            super().accept()
            self.put.emit(item.data(PLACE))


class GroupDialog(Dialog):
    """Name and whatever else a group has; what is refused stands in the dialog.

    Emits:
        saved: it was made or changed.
    """

    saved = Signal()

    def __init__(self, context: ViewContext, title_key: str, verb_key: str, parent: QWidget) -> None:
        super().__init__(title_key, parent, size=QSize(540, 220))
        self._context = context
        self.name = QLineEdit()
        self.problem = Label(ink="red", wrap=True)
        self.problem.hide()
        self._lines = column(self.body, gap=8)
        self._lines.setContentsMargins(20, 16, 20, 16)
        self._lines.addWidget(Field("groups.field.name", self.name))
        self._lines.addWidget(self.problem)
        self._lines.addStretch(1)
        self.primary = self.add_buttons(verb_key)
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.save)
        self.name.setFocus()

    def add_field(self, key: str, control: QWidget) -> None:
        """One more line above the reason it was refused."""
        self._lines.insertWidget(self._lines.count() - 2, Field(key, control))

    def save(self) -> None:
        """Store it; the dialog stays until it is done."""
        self.primary.setEnabled(False)
        handle = self.start()
        handle.succeeded.connect(lambda _: self._on_saved())
        handle.failed.connect(self._on_failed)

    def start(self) -> TaskHandle:
        """Begin to store it."""
        raise NotImplementedError

    def _on_saved(self) -> None:
        self.saved.emit()
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.primary.setEnabled(True)
        self.problem.tell(error)
        self.problem.show()


class ProductGroupDialog(GroupDialog):
    """A new product group, made on the platform at once: at the top, or below a group there."""

    def __init__(self, context: ViewContext, stores: Sequence[StoreGroups], parent: QWidget) -> None:
        super().__init__(context, "groups.new_product", "groups.new_product.verb", parent)
        self.parent_group, self._stores = QComboBox(), stores
        for store in stores:
            self.parent_group.addItem("", (store.store_id, ""))
            for node in store.groups:
                self.parent_group.addItem(self._label(node.name, store), (store.store_id, node.value))
        self.add_field("groups.field.parent", self.parent_group)
        self.hint.say("groups.new_product.hint")
        self.retranslate()

    def _label(self, text: str, store: StoreGroups) -> str:
        return f"{text} · {store.name}" if len(self._stores) > 1 else text

    def retranslate(self) -> None:
        """What stands for no group above, in the new language."""
        stores = {store.store_id: store for store in getattr(self, "_stores", ())}
        for at in range(self.parent_group.count() if stores else 0):
            store_id, group = self.parent_group.itemData(at)
            if not group:
                self.parent_group.setItemText(at, self._label(tr("groups.at_the_top"), stores[store_id]))

    def start(self) -> TaskHandle:
        """Ask the platform to make it."""
        store_id, parent_id = self.parent_group.currentData()
        create = self._context.services.groups.create_product_group
        return self._context.runner.start(create, store_id, self.name.text(), parent_id)


class MarketingGroupDialog(GroupDialog):
    """A marketing group of a store, new or to be changed: its name and discount plan. A coupon worth a large part of
    its threshold is asked about once more."""

    def __init__(
        self, context: ViewContext, stores: Sequence[StoreGroups], parent: QWidget, node: GroupNode | None = None
    ) -> None:
        verb = "groups.change_marketing.verb" if node is not None else "groups.new_marketing.verb"
        super().__init__(context, "groups.change_marketing" if node else "groups.new_marketing", verb, parent)
        self._node = node
        self.store, self.discount = QComboBox(), QLineEdit()
        for one in stores:
            self.store.addItem(one.name, one.store_id)
        if node is None and len(stores) > 1:
            self.add_field("groups.field.store", self.store)
        self.add_field("groups.field.discount", self.discount)
        self.reductions = {name: QLineEdit() for name in STEPS}
        for name, line in self.reductions.items():
            say(line, "groups.plan.example", "placeholderText")
            line.textChanged.connect(lambda _: self._ask_again(False))
            self.add_field(f"groups.field.{name}", line)
        self.affiliate = QCheckBox()
        self.affiliate.setChecked(True)
        say(self.affiliate, "groups.field.affiliate")
        self._lines.insertWidget(self._lines.count() - 2, self.affiliate)
        self._lines.insertWidget(
            self._lines.count() - 2, Label("groups.plan.hint", role="small", ink="text2", wrap=True)
        )
        self.hint.say("groups.new_marketing.hint")
        self._verb, self._is_meant = verb, False
        if node is not None:
            self.name.setText(node.name)
            self.discount.setText(node.discount)
            self.affiliate.setChecked(node.plan.has_affiliate)
            for name, text in node.plan.texts().items():
                self.reductions[name].setText(text)
        self.resize(self.sizeHint().expandedTo(WITH_PLAN))

    def start(self) -> TaskHandle:
        """Store it here."""
        desk, name, discount = self._context.services.groups, self.name.text(), self.discount.text()
        call: Callable[..., TaskHandle] = self._context.runner.call
        texts = {step: line.text() for step, line in self.reductions.items()}
        plan = PlanText(texts, self.affiliate.isChecked(), self._is_meant)
        if self._node is not None:
            return call(desk.change_marketing_group, self._node.id, name, discount, plan)
        return call(desk.create_marketing_group, self.store.currentData(), name, discount, plan)

    def _on_failed(self, error: Exception) -> None:
        super()._on_failed(error)
        self._ask_again(isinstance(error, HighCoupon))

    def _ask_again(self, is_asked: bool) -> None:
        """The next press stores what was asked about; another text is asked about anew."""
        self._is_meant = is_asked
        say(self.primary, "groups.plan.save_anyway" if is_asked else self._verb)
