"""What is said of a whole list: its severity, its stores; making and removing lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from app.messages import tr
from app.services.compliance.word_desk import new_list
from app.services.compliance.word_lists import KINDS, USUAL, VERDICTS, WordList
from app.views.language import say
from app.views.listings.bulk_edit.parts import OptionBox
from app.views.widgets.buttons import Button
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column, row


class OfList(Ground):
    """Below the lists.

    Emits:
        changed, new_wanted, remove_wanted: the `WordList` as it is wanted, to be made, or to be removed.
    """

    changed = Signal(object)
    new_wanted = Signal(object)
    remove_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sunken", "top", parent)
        self._list: WordList | None = None
        self._names: Mapping[int, str] = {}
        self.severity = OptionBox(lambda one: f"words.severity.{one}", VERDICTS)
        self.stores = Button("words.all_stores")
        self.new = Button("words.new_list", icon_name="plus", kind="small")
        self.remove = Button("words.remove_list", kind="small")
        lines = column(self, gap=6)
        lines.setContentsMargins(12, 10, 12, 10)
        lines.addWidget(Field("words.column.severity", self.severity))
        lines.addWidget(Field("words.column.stores", self.stores))
        buttons = row(gap=6)
        buttons.addWidget(self.new)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        lines.addLayout(buttons)
        self.severity.chosen.connect(lambda value: self._change(severity=value))
        self.stores.clicked.connect(self._choose_stores)
        self.new.clicked.connect(self._show_kinds)
        self.remove.clicked.connect(lambda: self._list is not None and self.remove_wanted.emit(self._list))

    def set_stores(self, names: Mapping[int, str]) -> None:
        """Names of the stores by id."""
        self._names = names

    def show_list(self, one: WordList) -> None:
        """Show what is said of a list."""
        self._list = one
        self.severity.choose(one.severity)
        if one.stores is None:
            say(self.stores, "words.all_stores")
        else:
            say(self.stores, "words.some_stores", n=len(one.stores))
        say(self.remove, "words.reset_list" if one.is_shipped else "words.remove_list")

    @staticmethod
    def switched(one: WordList, is_on: bool) -> WordList:
        """A list that is on or off."""
        return replace(one, is_on=is_on)

    def _change(self, **values: object) -> None:
        if self._list is not None:
            self.changed.emit(replace(self._list, **values))  # type: ignore[arg-type]

    def store_menu(self) -> QMenu:
        """All stores, or those that are ticked."""
        menu = QMenu(self)
        chosen = self._list.stores if self._list is not None else None
        every = menu.addAction(tr("words.all_stores"))
        every.setCheckable(True)
        every.setChecked(chosen is None)
        every.triggered.connect(lambda: self._change(stores=None))
        menu.addSeparator()
        for number, name in self._names.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(chosen is not None and number in chosen)
            action.triggered.connect(lambda on, number=number: self._tick(number, on))
        return menu

    def _tick(self, number: int, on: bool) -> None:
        chosen = set(self._list.stores or ()) if self._list is not None else set()
        chosen = chosen | {number} if on else chosen - {number}
        self._change(stores=tuple(sorted(chosen)) or None)

    def _choose_stores(self) -> None:
        menu = self.store_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.stores.mapToGlobal(self.stores.rect().bottomLeft()))

    def kind_menu(self) -> QMenu:
        """What kind of list to make."""
        menu = QMenu(self)
        for kind in KINDS:
            menu.addAction(tr(f"words.kind.{kind}"), lambda kind=kind: self._ask_name(kind))
        return menu

    def _show_kinds(self) -> None:
        menu = self.kind_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.new.mapToGlobal(self.new.rect().bottomLeft()))

    def _ask_name(self, kind: str) -> None:
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("words.new_list").rstrip("…"))
        dialog.setLabelText(tr("words.list_name"))
        dialog.textValueSelected.connect(lambda name: self.make(kind, name))
        dialog.open()

    def make(self, kind: str, name: str) -> None:
        """Wish for a list of this kind and name."""
        found = next(one for one in KINDS if one == kind)
        if name.strip():
            self.new_wanted.emit(new_list(name, found, USUAL[found]))
