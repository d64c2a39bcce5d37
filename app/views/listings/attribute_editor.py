"""The attributes of a listing: what the category asks for first, each chosen or written in its line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from app.services.listings.details import ListingDetail, Lock
from app.services.listings.value_lines import (
    CategoryFields,
    Entry,
    ValueLine,
    put_attribute,
    with_choice,
    with_name,
    with_text,
)
from app.views.listings.value_rows import AddButton, ValueRows
from app.views.widgets.ground import Ground, column

if TYPE_CHECKING:
    from app.services.compliance.leaf import AttributeFacts


class AttributeEditor(Ground):
    """Shows the attributes of a `ListingDetail`; every change tells all of them anew.

    Emits:
        chosen: all attributes after a choice: to be stored at once.
        typed: all attributes while a text is being typed.
        left: the text is left.
    """

    chosen = Signal(object)
    typed = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._fields: CategoryFields | None = None
        self._entries: list[Entry] = []
        self._opened: frozenset[str] = frozenset()
        self._bad: Mapping[str, str] = {}
        self._is_locked = self._is_folded = False
        self._is_due: bool | None = None
        self.rows = ValueRows()
        self.add = AddButton("listings.attributes.add")
        lines = column(self, gap=6)
        lines.setContentsMargins(14, 2, 14, 4)
        lines.addWidget(self.rows)
        lines.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.add.wanted.connect(self._on_wanted)
        self.rows.chosen.connect(lambda line, value_id: self._put(line, with_choice(line, value_id), self.chosen))
        self.rows.typed.connect(lambda line, text: self._put(line, with_text(line, text), self.typed))
        self.rows.named.connect(lambda line, name: self._put(line, with_name(line, name), self.chosen))
        self.rows.removed.connect(lambda line: self._put(line, None, self.chosen))
        self.rows.left.connect(self.left)

    @property
    def lines(self) -> list[ValueLine]:
        """What is shown."""
        return [row.line for row in self.rows.rows]

    def show_detail(self, detail: ListingDetail, bad: Mapping[str, str], *, is_other: bool) -> None:
        """Show these attributes as soon as they are in view. *bad*: sentence of a finding by the attribute's name. A
        line that was in view stays in view, empty or not, until another listing comes."""
        self._fields, self._bad = detail.category, bad
        self._entries, self._is_locked = detail.record.attributes, detail.lock != Lock.NONE
        if is_other:
            self._opened = frozenset()
        self._is_due = is_other or bool(self._is_due)
        self._show_due()

    def set_folded(self, folded: bool) -> None:
        """Out of view, nothing is built: going through the listings stays quick."""
        self._is_folded = folded
        self._show_due()

    def _show_due(self) -> None:
        if self._is_due is not None and not self._is_folded:
            is_other, self._is_due = self._is_due, None
            self.rows.set_locked(self._is_locked)
            self._show(is_other)

    def _show(self, is_other: bool = False) -> None:
        assert self._fields is not None
        lines = self._fields.attribute_lines(self._entries, self._opened)
        self._opened |= {line.key for line in lines if line.facts is not None}
        self.rows.show_lines(lines, self._bad, can_remove=lambda line: line.facts is None, is_other=is_other)
        self.rows.setVisible(bool(lines))
        shown = {line.key for line in lines}
        offered = [facts for facts in self._fields.other_attributes if facts.attribute_id not in shown]
        self.add.offer(offered, is_locked=self._is_locked)

    def _put(self, line: ValueLine, entry: Entry | None, signal: SignalInstance) -> None:
        if self._is_locked:
            return
        self._entries = put_attribute(self._entries, line, entry)
        signal.emit(self._entries)
        self._show()

    def _on_wanted(self, facts: AttributeFacts) -> None:
        self._opened |= {facts.attribute_id}
        self._show()
        self.focus_on(str(facts.label))

    def focus_on(self, name: str = "") -> QWidget:
        """Put the cursor into the line of this name, else the first that is empty. Returns: where it is."""
        rows = self.rows.rows
        empty = next((row for row in rows if row.line.entry is None), rows[0] if rows else None)
        found = self.rows.row_named(name) or empty
        target: QWidget = found.focus_target if found is not None else self.add
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        return target

    def commit(self) -> None:
        """Take what stands in an open name: the listing is being left."""
        self.rows.commit()
