"""What one code stands for: picture, items with cost and weight, dispatch country, kind, what is odd about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.messages import tr
from app.services.codes.goods_wording import attributes_text, cost_text, missing_text, verdict_text, weight_text
from app.services.codes.wording import country_text, doubt_text, error_text, items_text, kind_text
from app.views.language import language, say
from app.views.listings.plain_table import dress_table, set_ink
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column, row
from app.views.widgets.label import Label

if TYPE_CHECKING:
    from app.services.codes.explaining import Explanation
    from app.views.context import ViewContext
    from app.views.thumbnails import Thumbnails

PICTURE = 96
COLUMNS = (
    ("item", 120),
    ("name", 0),
    ("quantity", 70),
    ("cost", 110),
    ("weight", 100),
    ("attributes", 110),
    ("verdict", 150),
)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
NUMBERS = (2, 3, 4)
MOST_ROWS = 8
"""Items in view before the table scrolls."""


class CodeDialog(Dialog):
    """Reads the code as its store means it. `lines` are the values in view, by name; `pictures` shows the goods'."""

    def __init__(
        self, context: ViewContext, parent: QWidget, store_id: int, code: str, pictures: Thumbnails | None = None
    ) -> None:
        super().__init__("codes.explain_title", parent, size=QSize(820, 420), code=code or "–")
        self._pictures, self._source = pictures, ""
        self.shown: Explanation | None = None
        self.lines: dict[str, Label] = {}
        self.doubts = Label(ink="amber", wrap=True)
        self.items = QTableWidget(0, len(COLUMNS))
        self.picture = QLabel()
        self._grid = QGridLayout()
        self._build()
        if pictures is not None:
            pictures.arrived.connect(self._on_picture)
        handle = context.runner.call(context.services.codes.explain, store_id, code)
        handle.succeeded.connect(self._show)
        handle.failed.connect(lambda error: self.doubts.tell(error))

    def _build(self) -> None:
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self.picture.setFixedSize(PICTURE, PICTURE)
        self.picture.hide()
        self.items.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.items.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.items.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        say(self.items, "codes.explain.items", "accessibleName")
        dress_table(self.items, row=26)
        self._show_heads()
        for at, (_, wide) in enumerate(COLUMNS):
            if wide:
                self.items.horizontalHeader().resizeSection(at, current_theme().height(wide))
            else:
                self.items.horizontalHeader().setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
        self.items.hide()
        whole = column(self.body, edges=20, gap=12)
        top = row(gap=16)
        top.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(self._grid, 1)
        whole.addLayout(top)
        whole.addWidget(self.items)
        whole.addWidget(self.doubts)
        whole.addStretch(1)
        close = Button("dialog.close", kind="primary")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)

    def retranslate(self) -> None:
        """Heads and what the code stands for, in the new language."""
        if hasattr(self, "doubts"):
            self._show_heads()
            self._show_again()

    def restyle(self) -> None:
        """Colours of cells are of the theme in force."""
        super().restyle()
        if hasattr(self, "doubts"):
            self._show_again()

    def _show_heads(self) -> None:
        self.items.setHorizontalHeaderLabels([tr(f"codes.item.{name}") for name, _ in COLUMNS])
        for at in NUMBERS:
            self.items.horizontalHeaderItem(at).setTextAlignment(RIGHT)

    def _show_again(self) -> None:
        if self.shown is not None:
            self._show(self.shown)

    def _show(self, found: Explanation) -> None:
        self.shown = found
        reading, goods = found.reading, found.goods
        if reading.error:
            self.doubts.set_look(ink="red")
            self.doubts.setText(error_text(reading))
            return
        self._line("items", items_text(reading.components))
        self._line("kind", kind_text(reading))
        self._line("country", country_text(reading, language.code))
        self._line("key", reading.match_key)
        if goods is not None:
            self._line("cost", cost_text(goods.cost_micro))
            self._line("weight", weight_text(goods.weight_mg))
        if found.proposal is not None:
            self._line("proposal", found.proposal.code)
        self.doubts.setText("\n".join([*map(doubt_text, reading.warnings), *(missing_text(goods) if goods else ())]))
        if goods is not None or any(line.verdict for line in found.lines):
            self._show_items(found)
        self._source = found.picture
        self._on_picture(found.picture)

    def _show_items(self, found: Explanation) -> None:
        self.items.setRowCount(len(found.lines))
        for at, line in enumerate(found.lines):
            item = line.item
            texts = (
                line.component.base,
                item.name if item is not None else tr("codes.item.unknown"),
                str(line.component.quantity),
                cost_text(item.cost_micro if item is not None else None),
                weight_text(item.weight_mg if item is not None else None),
                attributes_text(item.attributes if item is not None else None),
                verdict_text(line),
            )
            for place, text in enumerate(texts):
                cell = QTableWidgetItem(text)
                cell.setToolTip(" · ".join(filter(None, (item.source, item.as_of))) if item and place == 3 else text)
                if place in NUMBERS:
                    cell.setTextAlignment(RIGHT)
                if place == len(COLUMNS) - 1:
                    set_ink(cell, "red")
                self.items.setItem(at, place, cell)
        theme = current_theme()
        shown = min(len(found.lines), MOST_ROWS)
        self.items.setFixedHeight(self.items.horizontalHeader().sizeHint().height() + theme.height(26) * shown + 4)
        self.items.show()

    def _on_picture(self, source: str) -> None:
        if self._pictures is None or not source or source != self._source:
            return
        found = self._pictures.get(source, PICTURE)
        if found is not None:
            self.picture.setPixmap(found)
            self.picture.show()

    def _line(self, name: str, text: str) -> None:
        if name not in self.lines:
            value = self.lines[name] = Label(wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            say(value, f"codes.explain.{name}", "accessibleName")
            at = self._grid.rowCount()
            self._grid.addWidget(Label(f"codes.explain.{name}", ink="text2"), at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, at, 1)
        self.lines[name].setText(text)
