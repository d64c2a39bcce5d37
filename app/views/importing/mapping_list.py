"""Which column of the sheet is which of our fields, each with a choice to correct it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from app.messages import tr
from app.services.listings.importing.preview import PreviewColumn
from app.services.workbooks.fields import field_book
from app.views.importing.columns import field_name
from app.views.widgets.ground import Ground
from app.views.widgets.label import ElidedLabel, Label

NAMED = ("property", "attribute")
PROPERTIES = ("color", "size", "ships_from", "spec", "style", "plug", "bundle")
"""Sale properties with a name of their own in `sheet_fields.json`."""


class MappingList(Ground):
    """Emits:
    changed: header (or letter, where the column has no header) → meaning, for `recognise`.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent=parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 4, 14, 8)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(2, 1)

    def show_columns(self, columns: Sequence[PreviewColumn]) -> None:
        """One line a column."""
        while self._grid.count():
            widget = self._grid.takeAt(0).widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line, source in enumerate(columns):
            header = ElidedLabel(role="small")
            header.setText(source.header or source.letter)
            header.setToolTip(f"{source.letter} · {source.header}")
            self._grid.addWidget(header, line, 0)
            self._grid.addWidget(Label("import.arrow", role="small", ink="text3"), line, 1)
            self._grid.addWidget(self._choice(source), line, 2)
        self._grid.setRowStretch(len(columns), 1)

    def _choice(self, source: PreviewColumn) -> QComboBox:
        combo = QComboBox()
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(6)
        combo.setAccessibleName(tr("import.meaning_of", header=source.header or source.letter))
        combo.addItem(tr("import.kept"), None)
        if source.meaning in NAMED:
            combo.addItem(field_name(source.meaning, source.name), f"{source.meaning}:{source.name}")
        for name in field_book().fields:
            combo.addItem(field_name(name), name)
        for name in PROPERTIES:
            if (source.meaning, source.name) != ("property", name):
                combo.addItem(field_name("property", tr(f"import.property.{name}")), f"property:{name}")
        current = f"{source.meaning}:{source.name}" if source.meaning in NAMED else source.meaning
        combo.setCurrentIndex(max(combo.findData(current), 0))
        key = source.header or source.letter
        combo.activated.connect(lambda _: self._tell(key, combo.currentData()))
        return combo

    def _tell(self, key: str, meaning: str | None) -> None:
        wanted: Mapping[str, str | None] = {key: meaning}
        self.changed.emit(dict(wanted))
