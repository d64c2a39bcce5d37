"""The left column of the import: files, what was recognised, which column means what; everything can be corrected."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QSpinBox, QWidget

from app.messages import tr
from app.services.listings.importing.preview import FileHead, ImportHead
from app.services.workbooks import SheetLeft
from app.views.importing.file_list import FileList
from app.views.importing.mapping_list import MappingList
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label

WIDTH = 304
LAST_ROW = 1_048_576
TYPING_MS = 300
SHOWN_GROUPS = 6
FOREIGN_PRICE = "price_currency"
"""Code of cells refused because their price is not in the store's currency."""


class ImportOptions(Ground):
    """Emits:
    file_chosen: path of the file to show.
    add_wanted: choose further files.
    sheet_chosen: name of a sheet.
    header_row_chosen: Excel's number of the header, 0 for none.
    store_chosen: id.
    mapping_changed: {name of a column as corrections call it: meaning}.
    save_wanted: keep the mapping.
    groups_wanted: make the marketing groups the store does not have.
    """

    file_chosen = Signal(str)
    add_wanted = Signal()
    sheet_chosen = Signal(str)
    header_row_chosen = Signal(int)
    store_chosen = Signal(int)
    mapping_changed = Signal(object)
    save_wanted = Signal()
    groups_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sunken", "right", parent)
        self.files = FileList()
        self.files_title = Label(role="small", strong=True)
        self.add = Button("import.add_files", kind="link")
        self.sheets, self.stores = QComboBox(), QComboBox()
        self.header_row = QSpinBox(minimum=0, maximum=LAST_ROW)
        self.header_row.setMinimumWidth(64)  # Qt would keep room for the largest number there is
        self.first_row = Label(role="small", ink="text2")
        self.mapping = MappingList()
        self.save = Button("import.save_mapping", kind="link")
        self.recognised = Label(role="small", ink="text2", wrap=True)
        self.caution = Label(role="small", ink="amber", wrap=True)
        self.sheets_left = Label(role="small", ink="amber", wrap=True)
        self.new_groups = Label(role="small", ink="amber", wrap=True)
        self.make_groups = Button("import.make_groups", kind="link")
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(lambda: self.header_row_chosen.emit(self.header_row.value()))
        self._is_showing = False
        self._build()
        self._connect()
        self._enable(False)
        self.restyle()

    # -- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        lines = column(self, gap=0)
        lines.setContentsMargins(0, 0, 1, 0)  # the hairline
        lines.addLayout(_head(self.files_title, self.add))
        lines.addWidget(self.files)
        if is_elevated():
            elevated = Label("import.elevated", role="small", ink="amber", wrap=True)
            elevated.setContentsMargins(14, 4, 14, 4)
            lines.addWidget(elevated)
        lines.addLayout(_head(Label("import.recognition", role="small", strong=True)))
        for key, control, extra in (
            ("import.sheet", self.sheets, None),
            ("import.header_row", self.header_row, self.first_row),
            ("import.store", self.stores, None),
        ):
            if isinstance(control, QComboBox):
                control.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            field = Field(key, control, extra=extra)
            field.setContentsMargins(14, 2, 14, 2)
            lines.addWidget(field)
            if control is self.sheets:
                self.sheets_left.setContentsMargins(14, 0, 14, 4)
                self.sheets_left.hide()
                lines.addWidget(self.sheets_left)
        lines.addLayout(_head(Label("import.columns", role="small", strong=True), self.save))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.mapping)
        self._area = area
        lines.addWidget(area, 1)
        for label in (self.caution, self.new_groups, self.recognised):
            label.setContentsMargins(14, 4, 14, 6)
            label.hide()
            lines.addWidget(label)
            if label is self.new_groups:
                agree = row(gap=0)
                agree.setContentsMargins(8, 0, 14, 4)
                agree.addWidget(self.make_groups)
                agree.addStretch(1)
                lines.addLayout(agree)
                self.make_groups.hide()

    def _connect(self) -> None:
        self.files.chosen.connect(self.file_chosen)
        self.add.clicked.connect(self.add_wanted)
        self.sheets.activated.connect(lambda _: self.sheet_chosen.emit(self.sheets.currentText()))
        self.stores.activated.connect(lambda _: self.store_chosen.emit(self.stores.currentData()))
        self.header_row.valueChanged.connect(self._on_header_row)
        self.mapping.changed.connect(self.mapping_changed)
        self.save.clicked.connect(self.save_wanted)
        self.make_groups.clicked.connect(self.groups_wanted)

    def _on_header_row(self, _value: int) -> None:
        if not self._is_showing:
            self._typing.start()

    # -- showing -----------------------------------------------------------------------------------------------

    def show_stores(self, stores: Sequence[Any], current: int | None) -> int:
        """The stores one may import into. Returns: id of the chosen one."""
        for store in stores:
            self.stores.addItem(store.name, store.id)
        self.stores.setCurrentIndex(max(self.stores.findData(current), 0))
        return int(self.stores.currentData())

    def show_files(self, files: Sequence[FileHead], current: str, stored: Collection[str] = ()) -> None:
        """The files alone: the sheet in view is still being read."""
        self.files_title.say("import.files", n=len(files))
        self.files.show_files(files, current, stored)

    def show_head(self, head: ImportHead, stored: Collection[str]) -> None:
        """What was recognised."""
        self._is_showing = True
        self._typing.stop()
        self.show_files(head.files, head.path, stored)
        self.sheets.clear()
        self.sheets.addItems(list(head.sheets))
        self.sheets.setCurrentText(head.sheet)
        if not self.header_row.hasFocus() or self.header_row.value() == 0:
            self.header_row.setValue(head.header_row)
        self.mapping.show_columns(head.columns)
        self._is_showing = False
        self._say_recognised(head)

    def show_reading(self, is_reading: bool) -> None:
        """What is being read anew cannot be kept yet; all the rest can be corrected meanwhile."""
        self.save.setEnabled(not is_reading and bool(self.mapping.buttons))

    def choose_missing(self) -> None:
        """The focus goes to where a missing column can be chosen."""
        self.mapping.focus_first_kept()
        focused = self.mapping.focusWidget()
        if focused is not None:
            self._area.ensureWidgetVisible(focused)

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [
            self.add,
            self.files,
            self.sheets,
            self.header_row,
            self.stores,
            self.save,
            *self.mapping.buttons,
            self.make_groups,
        ]

    def stop(self) -> None:
        """The dialog closes."""
        self._typing.stop()

    def _enable(self, enabled: bool) -> None:
        """Nothing can be corrected in a file that was not opened."""
        for widget in (self.sheets, self.header_row, self.save):
            widget.setEnabled(enabled)

    def _say_recognised(self, head: ImportHead) -> None:
        used = sum(one.meaning is not None for one in head.columns)
        has_columns = bool(head.columns)
        self._enable(has_columns)
        self.recognised.setVisible(has_columns)
        key = "import.recognised_saved" if head.has_saved_mapping else "import.recognised"
        self.recognised.say(key, n=len(head.columns), used=used, kept=len(head.columns) - used)
        self.sheets_left.setVisible(bool(head.sheets_left))
        self.sheets_left.say("import.sheets_left", read=head.sheet, sheets=_named(head.sheets_left))
        self.first_row.say("import.first_row", row=str(head.first_row))
        self.first_row.setVisible(has_columns)
        self.new_groups.setVisible(bool(head.new_groups))
        key = "import.groups_to_make" if head.makes_groups else "import.groups_unknown"
        names = [*head.new_groups[:SHOWN_GROUPS], *(["…"] if len(head.new_groups) > SHOWN_GROUPS else [])]
        self.new_groups.say(key, n=len(head.new_groups), names=tr("import.list_gap").join(names))
        self.make_groups.setVisible(bool(head.new_groups) and not head.makes_groups)
        foreign = next((error.params["found"] for error in head.errors if error.code == FOREIGN_PRICE), "")
        self.caution.setVisible(bool(foreign))
        self.caution.say("import.other_currency", currency=foreign)

    def restyle(self) -> None:
        """Wider with larger text."""
        super().restyle()
        self.setFixedWidth(WIDTH + 14 * (current_theme().body_px - 13))


def _head(title: Label, button: Button | None = None) -> QHBoxLayout:
    line = row(gap=8)
    line.setContentsMargins(14, 6, 8, 2)
    line.addWidget(title, 1)
    if button is not None:
        line.addWidget(button)
    return line


def _named(sheets: Sequence[SheetLeft]) -> str:
    """Names and rows of sheets, as many as there are."""
    return tr("import.list_gap").join(tr("import.sheet_rows", name=one.name, n=one.row_count) for one in sheets)


def is_elevated() -> bool:
    """Whether the program runs as administrator on Windows: Explorer cannot drop files on it then."""
    if sys.platform != "win32":
        return False
    try:
        return bool(ctypes.windll.shell32.IsUserAnAdmin())
    except (AttributeError, OSError):
        return False
