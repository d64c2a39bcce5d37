"""What a table remembers between starts: widths, order, hidden columns, sort, density; by column key, not by place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHeaderView

if TYPE_CHECKING:
    from app.views.cells import Column
    from app.views.view_settings import ViewSettings


class TableMemory:
    """Reads and writes one table's state under `table.<name>` of the settings."""

    def __init__(self, settings: ViewSettings, name: str, columns: Sequence[Column]) -> None:
        self._settings = settings
        self._name = f"table.{name}"
        self._columns = columns
        stored = settings.get(self._name)
        self.state: dict[str, Any] = stored if isinstance(stored, dict) else {}

    def put(self, **values: Any) -> None:
        """Remember *values* beside what is known."""
        self.state = {**self.state, **values}
        self._settings.put(self._name, self.state)

    def forget(self) -> None:
        """Back to the defaults, except the density."""
        self.state = {key: value for key, value in self.state.items() if key == "density"}
        self._settings.put(self._name, self.state)

    def dress(self, header: QHeaderView) -> None:
        """Give *header* the remembered widths, order and hidden columns, or the defaults."""
        widths, hidden = self.state.get("widths", {}), self.state.get("hidden")
        for at, column in enumerate(self._columns):
            header.resizeSection(at, max(column.min_width, int(widths.get(column.key, column.width))))
            is_hidden = column.key in hidden if hidden is not None else column.hidden
            header.setSectionHidden(at, is_hidden and not column.fixed)
        keys = [column.key for column in self._columns]
        order = [keys.index(key) for key in self.state.get("order", keys) if key in keys]
        for visual, logical in enumerate(order):
            header.moveSection(header.visualIndex(logical), visual)

    def note_columns(self, header: QHeaderView) -> None:
        """Remember order and hidden columns as they are."""
        order = [self._columns[header.logicalIndex(visual)].key for visual in range(header.count())]
        hidden = [column.key for at, column in enumerate(self._columns) if header.isSectionHidden(at)]
        self.put(order=order, hidden=hidden)

    def note_width(self, logical: int, width: int) -> None:
        """Remember the width the user gave a column."""
        self.put(widths={**self.state.get("widths", {}), self._columns[logical].key: width})

    def has_width(self, logical: int) -> bool:
        """Whether the user gave the column a width."""
        return self._columns[logical].key in self.state.get("widths", {})
