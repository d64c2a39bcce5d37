"""What an export writes: which columns in which order, a row a variant or a listing, which kind of file.

What was chosen last is kept; sets of columns can be kept under a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.messages import tr
from app.services.listings.exporting import KEYS, ExportOptions, column_name
from app.views.context import ViewContext
from app.views.language import say
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column, row
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments

LAST, SETS = "export.last", "export.sets"
PACKAGE = "zip"
"""A data package has the columns its format gives it: there is nothing to choose."""
KINDS = (("xlsx", "export.kind.xlsx", ""), ("csv", "export.kind.csv", ""), (PACKAGE, "export.kind.zip", ""))
ROWS = (("variant", "export.rows.variant", ""), ("listing", "export.rows.listing", ""))
BUILT_IN = {
    "all": KEYS,
    "prices": ("product_key", "product_id", "title", "sku_code", "properties", "price", "stock"),
    "parcels": ("product_key", "sku_code", "title", "weight", "length", "width", "height", "freight_template"),
}
"""Sets of columns that are always there, by the end of their message key `export.set.<name>`."""
SIZE = QSize(560, 640)
KEY_ROLE = Qt.ItemDataRole.UserRole
LINE = 26


class ExportDialog(Dialog):
    """Emits:
    decided: `ExportOptions`, and the ending of the file.
    """

    decided = Signal(object, str)

    def __init__(self, context: ViewContext, count: int, parent: QWidget) -> None:
        super().__init__("export.title", parent, size=SIZE, n=count)
        self._settings = context.settings
        self.kinds, self.rows = Segments(KINDS), Segments(ROWS)
        self.sets, self.name = QComboBox(), QLineEdit()
        self.columns = _ColumnList()
        self.keep, self.drop = Button("export.keep_set", kind="small"), Button("export.drop_set", kind="small")
        self.up = Button("export.up", icon_name="arrow-up", kind="small")
        self.down = Button("export.down", icon_name="arrow-down", kind="small")
        self.all, self.none = Button("export.check_all", kind="small"), Button("export.check_none", kind="small")
        self.primary = self.add_buttons("export.go")
        self._build()
        self._connect()
        self._restore()

    def _build(self) -> None:
        whole = column(self.body, edges=16, gap=8)
        for key, widgets in (
            ("export.kind", (self.kinds,)),
            ("export.rows", (self.rows,)),
            ("export.set", (self.sets, self.drop)),
        ):
            line = row(gap=8)
            label = Label(key, role="small", strong=True)
            label.setMinimumWidth(current_theme().height(96))
            line.addWidget(label)
            for widget in widgets:
                line.addWidget(widget)
            line.addStretch(1)
            whole.addLayout(line)
        whole.addWidget(self.columns, 1)
        for widgets in ((self.all, self.none, self.up, self.down), (self.name, self.keep)):
            line = row(gap=8)
            for widget in widgets:
                line.addWidget(widget, 1 if widget is self.name else 0)
            if self.name not in widgets:
                line.addStretch(1)
            whole.addLayout(line)
        self.sets.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        say(self.sets, "export.set", "accessibleName")
        say(self.columns, "export.columns", "accessibleName")
        for text in ("placeholderText", "accessibleName"):
            say(self.name, "export.set_name", text)
        for button, keys in ((self.up, "Ctrl+↑"), (self.down, "Ctrl+↓")):
            say(button, "export.move_tip", "toolTip", keys=keys)

    def _connect(self) -> None:
        self.sets.activated.connect(lambda _: self._use_set())
        self.kinds.chosen.connect(lambda _: self._on_columns())
        self.columns.changed.connect(self._on_columns)
        self.up.clicked.connect(lambda: self.columns.move(-1))
        self.down.clicked.connect(lambda: self.columns.move(1))
        self.all.clicked.connect(lambda: self.columns.check_all(True))
        self.none.clicked.connect(lambda: self.columns.check_all(False))
        self.name.textChanged.connect(lambda _: self._on_columns())
        self.keep.clicked.connect(self.keep_set)
        self.drop.clicked.connect(self.drop_set)

    # -- sets of columns ---------------------------------------------------------------------------------------

    @property
    def _own_sets(self) -> dict[str, list[str]]:
        kept = self._settings.get(SETS, {})
        return kept if isinstance(kept, dict) else {}

    def _restore(self) -> None:
        """As it was left; names of columns that are gone since are left out."""
        last = self._settings.get(LAST, {})
        last = last if isinstance(last, dict) else {}
        kinds = [kind for kind, *_ in KINDS]
        self.kinds.set_current(last["kind"] if last.get("kind") in kinds else kinds[0])
        self.rows.set_current("listing" if last.get("rows") == "listing" else "variant")
        self.columns.show_keys(last.get("columns") or KEYS)
        self._fill_sets()
        self._on_columns()

    def _fill_sets(self) -> None:
        self.sets.clear()
        for name in BUILT_IN:
            self.sets.addItem(tr(f"export.set.{name}"), (True, name))
        for name in sorted(self._own_sets):
            self.sets.addItem(name, (False, name))
        self._show_set()

    def _keys_of(self, at: int) -> Sequence[str]:
        is_built_in, name = self.sets.itemData(at)
        return BUILT_IN[name] if is_built_in else self._own_sets.get(name, [])

    def _show_set(self) -> None:
        """The set that is just what is ticked, if any."""
        keys = list(self.columns.keys)
        found = [at for at in range(self.sets.count()) if list(self._keys_of(at)) == keys]
        self.sets.setCurrentIndex(found[0] if found else -1)
        data = self.sets.currentData()
        self.drop.setEnabled(data is not None and not data[0])

    def _use_set(self) -> None:
        self.columns.show_keys(self._keys_of(self.sets.currentIndex()))
        self._on_columns()

    def keep_set(self) -> None:
        """Keep what is ticked under the name in the line."""
        name = " ".join(self.name.text().split())
        self._settings.put(SETS, {**self._own_sets, name: list(self.columns.keys)})
        self.name.clear()
        self._fill_sets()

    def drop_set(self) -> None:
        """Forget the chosen set; the columns stay ticked."""
        _, name = self.sets.currentData()
        self._settings.put(SETS, {other: keys for other, keys in self._own_sets.items() if other != name})
        self._fill_sets()

    def _on_columns(self) -> None:
        keys, is_package = self.columns.keys, self.kinds.current == PACKAGE
        for widget in (self.rows, self.sets, self.columns, self.all, self.none, self.up, self.down, self.name):
            widget.setEnabled(not is_package)
        self.primary.setEnabled(bool(keys) or is_package)
        self.keep.setEnabled(bool(keys and self.name.text().strip()) and not is_package)
        self.hint.say("export.package" if is_package else "export.counted" if keys else "export.no_column", n=len(keys))
        self._show_set()

    # -- the dialog itself -------------------------------------------------------------------------------------

    def accept(self) -> None:
        """Keep the choice and tell it."""
        keys, kind, rows = self.columns.keys, self.kinds.current, self.rows.current
        if not keys and kind != PACKAGE:
            return
        self._settings.put(LAST, {"columns": list(keys), "kind": kind, "rows": rows})
        super().accept()
        self.decided.emit(ExportOptions(keys, per_listing=rows == "listing"), kind)

    def retranslate(self) -> None:
        """Names of columns and sets."""
        if hasattr(self, "primary"):
            self.columns.show_keys(self.columns.keys)
            self._fill_sets()


class _ColumnList(QListWidget):
    """Columns to tick, in their order: dragged, or moved with Ctrl and an arrow; Space ticks.

    Emits:
        changed: something was ticked or moved.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.itemChanged.connect(lambda _: self.changed.emit())
        self.model().rowsMoved.connect(lambda: self.changed.emit())

    @property
    def keys(self) -> tuple[str, ...]:
        """The ticked columns in their order."""
        items = (self.item(at) for at in range(self.count()))
        return tuple(item.data(KEY_ROLE) for item in items if item.checkState() == Qt.CheckState.Checked)

    def show_keys(self, wanted: Sequence[str]) -> None:
        """Tick these, in this order; the others follow."""
        at = self.currentRow()
        self.blockSignals(True)
        self.clear()
        single = [key for key in wanted if ":" in key]
        known = [key for key in wanted if key in KEYS or key in single]
        for key in (*known, *(key for key in KEYS if key not in known)):
            item = QListWidgetItem(column_name(key), self)
            item.setData(KEY_ROLE, key)
            item.setCheckState(Qt.CheckState.Checked if key in known else Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(0, current_theme().height(LINE)))
        self.setCurrentRow(max(at, 0))
        self.blockSignals(False)

    def move(self, by: int) -> None:
        """Move the current column up or down."""
        at, to = self.currentRow(), self.currentRow() + by
        if at >= 0 and 0 <= to < self.count():
            self.blockSignals(True)
            self.insertItem(to, self.takeItem(at))
            self.setCurrentRow(to)
            self.blockSignals(False)
            self.changed.emit()

    def check_all(self, is_checked: bool) -> None:
        """Tick all or none."""
        self.blockSignals(True)
        for at in range(self.count()):
            self.item(at).setCheckState(Qt.CheckState.Checked if is_checked else Qt.CheckState.Unchecked)
        self.blockSignals(False)
        self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl and an arrow move the column itself."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.move(step)
        else:
            super().keyPressEvent(event)
