"""A column of `ValueRow`s that keeps each row, and the cursor in it, as long as what it shows is still there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QMenu, QWidget

from app.views.language import language
from app.views.listings.value_row import ValueRow
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column

if TYPE_CHECKING:
    from app.services.compliance.leaf import AttributeFacts
    from app.services.listings.value_lines import ValueLine

Key = tuple[str, int]


class ValueRows(Ground):
    """Emits what happens in a row, with its line:

    chosen: (line, value id) · typed: (line, text) · named: (line, name) · removed: line · left.
    """

    chosen = Signal(object, str)
    typed = Signal(object, object)
    named = Signal(object, str)
    removed = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._rows: dict[Key, ValueRow] = {}
        self._is_locked = False
        self._lines = column(self, gap=5)

    @property
    def rows(self) -> list[ValueRow]:
        """From top to bottom."""
        return list(self._rows.values())

    def show_lines(
        self,
        lines: Sequence[ValueLine],
        bad: Mapping[str, str],
        *,
        can_remove: Callable[[ValueLine], bool],
        is_other: bool,
    ) -> None:
        """Show these. *bad*: sentence by the name it speaks of. For another listing any row will do: a new one costs
        more than other values in an old one."""
        keys = _keys(lines)
        old, self._rows = self._rows, {}
        spare = [old.pop(key) for key in list(old) if is_other and key not in keys]
        for number, (key, line) in enumerate(zip(keys, lines, strict=True)):
            widget = old.pop(key, None) or (spare.pop() if spare else self._new(line))
            self._rows[key] = widget
            if self._lines.indexOf(widget) != number:
                self._lines.insertWidget(number, widget)
                widget.show()  # the layout would do so later, and the cursor may be wanted in it now
            said = bad.get(str(line.name), "")
            widget.show_line(line, bad=said, can_remove=can_remove(line), is_other=is_other)
            widget.set_locked(self._is_locked)
        for gone in (*old.values(), *spare):
            gone.hide()
            gone.deleteLater()

    def _new(self, line: ValueLine) -> ValueRow:
        made = ValueRow(line)
        made.chosen.connect(partial(self._tell, made, self.chosen))
        made.typed.connect(partial(self._tell, made, self.typed))
        made.named.connect(partial(self._tell, made, self.named))
        made.removed.connect(partial(self._tell, made, self.removed))
        made.left.connect(self.left)
        return made

    @staticmethod
    def _tell(widget: ValueRow, signal: SignalInstance, *values: str) -> None:
        signal.emit(widget.line, *values)

    def row_named(self, name: str) -> ValueRow | None:
        """The row a finding speaks of by *name*: the first that is not in order."""
        found = [one for one in self.rows if str(one.line.name) == name]
        return next((one for one in found if one.line.entry is None), found[0] if found else None)

    def commit(self) -> None:
        """Take what stands in an open name."""
        for one in self.rows:
            one.commit()

    def set_locked(self, locked: bool) -> None:
        """Readable but unchangeable."""
        self._is_locked = locked
        for one in self.rows:
            one.set_locked(locked)


def _keys(lines: Sequence[ValueLine]) -> list[Key]:
    """The seller's own ones by their order: their names are typed in the row itself."""
    keys: list[Key] = []
    for line in lines:
        own = sum(key[0] == "" for key in keys)
        keys.append(("", own) if line.is_own else (line.key, line.number))
    return keys


class AddButton(Button):
    """A link that offers what the category has and the listing has not.

    Emits:
        wanted: an attribute or sale property.
    """

    wanted = Signal(object)

    def __init__(self, key: str) -> None:
        super().__init__(key, icon_name="plus", kind="link")
        self.offered: tuple[AttributeFacts, ...] = ()
        self.clicked.connect(self._open)

    def offer(self, facts: Sequence[AttributeFacts], *, is_locked: bool) -> None:
        """What there is to add; without anything the link is gone."""
        self.offered = tuple(facts)
        self.setVisible(bool(facts) and not is_locked)

    def menu_of(self) -> QMenu:
        """The names to choose from."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for facts in self.offered:
            action = menu.addAction(facts.label.shown(language.code).replace("&", "&&"))
            action.triggered.connect(partial(self._take, facts))
        return menu

    def _take(self, facts: AttributeFacts, _checked: bool = False) -> None:
        self.wanted.emit(facts)

    def _open(self) -> None:
        self.menu_of().popup(self.mapToGlobal(self.rect().bottomLeft()))
