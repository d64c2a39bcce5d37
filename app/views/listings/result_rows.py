"""The listings of one reason: what they are, the field to change as cells that can be edited, where they stand now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemDelegate, QStyle, QStyleOptionViewItem, QTableView, QWidget

from app.messages import messages, tr
from app.services.compliance.findings import finding_text
from app.services.publishing.losses import WOULD_LOSE
from app.services.publishing.remedies import NAMED, RowNow
from app.services.publishing.wording import field_name
from app.views.elide import elided
from app.views.listings.lines import ChoiceBox, whole_number
from app.views.listings.steady_editors import SteadyEditors
from app.views.listings.values import cell_refusal, cell_value
from app.views.numbers import MISSING, integer, kilograms, money, plain_money
from app.views.theme import current_theme

if TYPE_CHECKING:
    from app.services.listings.details import Choice
    from app.services.publishing.report import ReasonGroup

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("title", "code", "field", "now")
FIELD, NOW = 2, 3
LISTED = ("freight_template_id", "service_template_id", "group_id", "unit")
"""Named fields whose values are few enough for a list."""
WHOLE = ("length_cm", "width_cm", "height_cm", "lot_size", "handling_days")
EDITABLE = ("title", "keywords", *NAMED, "weight_g", *WHOLE, "sku.code", "sku.price", "sku.stock")
"""Fields that can be put right in the result itself; others are opened in the list."""
PAD = 8


def value_text(field: str, row: RowNow, *, for_edit: bool = False) -> str:
    """The field's present value: as shown, or as an editor of it begins."""
    if row.shown is not None:
        return row.shown.shown(messages.language) or ("" if for_edit else MISSING)
    value = row.value
    if value is None or value == "":
        return "" if for_edit else MISSING
    if isinstance(value, list):
        return integer(len(value))
    if field == "sku.price":
        return plain_money(value) if for_edit else money(value)
    if field == "weight_g":
        return kilograms(value)
    return integer(value) if isinstance(value, int) and not for_edit else str(value)


def typed_value(field: str, text: str) -> Any:
    """What is stored for *text* in a field that holds no id. Raises ValueError for a number that is none."""
    if field in ("sku.price", "sku.stock", "sku.code"):
        return cell_value({"sku.price": "price_minor"}.get(field, field.removeprefix("sku.")), text)
    if field == "weight_g":
        return whole_number(text, scale=1000)
    return whole_number(text) if field in WHOLE else text.strip()


class ResultRows(QAbstractTableModel):
    """Rows of one `ReasonGroup`.

    Emits:
        edited: (listing id, text) typed into the field's cell; of a list, the id that was chosen.
    """

    edited = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.group: ReasonGroup | None = None
        self.choices: Mapping[str, Sequence[Choice]] = {}
        self._now: Mapping[int, RowNow] = {}
        self._before: dict[tuple[int, str], str] = {}
        self._refused: dict[tuple[int, str], tuple[str, str]] = {}

    def show_group(self, group: ReasonGroup | None, now: Mapping[int, RowNow]) -> None:
        """Show another reason."""
        self.beginResetModel()
        self.group, self._now = group, now
        self.endResetModel()

    def show_now(self, now: Mapping[int, RowNow]) -> None:
        """The listings stand otherwise than before; the first value seen stays as what was before."""
        for listing_id in now:
            before = self._now.get(listing_id)
            if (
                before is not None
                and self.group is not None
                and value_text(self.group.field, before) != value_text(self.group.field, now[listing_id])
            ):
                self._before.setdefault((listing_id, self.group.field), value_text(self.group.field, before))
        self._now = now
        self._tell_all()

    def refuse(self, listing_id: int, text: str, why: str) -> None:
        """Keep a text that cannot be stored in its cell, marked."""
        if self.group is not None:
            self._refused[listing_id, self.group.field] = (text, why)
            self._tell_all()

    def row_now(self, row: int) -> RowNow | None:
        """Where the listing of a row stands, as far as it was read."""
        return self._now.get(self.group.rows[row].listing_id) if self.group is not None else None

    def _tell_all(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(COLUMNS) - 1))

    # -- what Qt asks ------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Listings of the reason."""
        return 0 if parent.isValid() or self.group is None else len(self.group.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Title, code, field, state."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns; the third is the field to change."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        if section == FIELD:
            if self.group is not None and self.group.code == WOULD_LOSE:
                return tr("publish.losses.column")
            field = self.group.field if self.group is not None else ""
            return tr("publish.field_to_fix", field=field_name(field)) if field else ""
        return tr(("listings.column.title", "listings.column.code", "", "publish.now")[section])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, what was before, colours."""
        if not index.isValid() or self.group is None:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        line, now = self.group.rows[index.row()], self.row_now(index.row())
        refused = self._refused.get((line.listing_id, self.group.field)) if index.column() == FIELD else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            if refused is not None:
                return refused[1] if role == Qt.ItemDataRole.ToolTipRole else refused[0]
            if index.column() == NOW and "double" in line.params:
                return tr("publish.row.doubled", **line.params)
            if index.column() == FIELD and self.group.code == WOULD_LOSE:
                return str(line.params.get("what", ""))
            return self._text(index.column(), line.title, line.code, now)
        if role == Qt.ItemDataRole.EditRole and now is not None:
            return refused[0] if refused is not None else self._edit_text(now)
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._ground(index.column(), now, is_refused=refused is not None)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(index.column(), now, is_refused=refused is not None)
        return None

    def _text(self, column: int, title: str, code: str, now: RowNow | None) -> str:
        if column < FIELD:
            return (title, code)[column] or MISSING
        if now is None:
            return "…"
        if column == NOW:
            return self._state(now)
        assert self.group is not None
        text = value_text(self.group.field, now) if self.group.field else ""
        before = self._before.get((now.listing_id, self.group.field))
        return f"{before} → {text}" if before is not None and before != text else text

    def _state(self, now: RowNow) -> str:
        if now.lock:
            return tr(f"listings.cell_refused.{now.lock}")
        if now.is_sent:
            return tr("publish.row.sent")
        if now.is_passing and now.is_edited:
            return tr("publish.row.fixed")
        if self._is_unchanged(now):
            return tr("publish.row.unchanged")
        if now.is_passing:
            return tr("publish.row.passes")
        return finding_text(now.finding) if now.finding is not None else ""

    def _edit_text(self, now: RowNow) -> str:
        assert self.group is not None
        if self.group.field in LISTED:
            return str(now.value or "")
        return value_text(self.group.field, now, for_edit=True)

    def _is_unchanged(self, now: RowNow) -> bool:
        """Whether the field still is what the platform refused: by a rule of its own, for our checker passes it."""
        return self.group is not None and bool(self.group.field) and now.is_passing and not now.is_edited

    def _is_bad(self, now: RowNow | None, *, is_refused: bool) -> bool:
        is_open = now is not None and not now.is_sent
        return is_refused or (is_open and (not now.is_passing or self._is_unchanged(now)))

    def _ground(self, column: int, now: RowNow | None, *, is_refused: bool) -> QColor | None:
        if column != FIELD or now is None:
            return None
        theme = current_theme()
        if self._is_bad(now, is_refused=is_refused):
            return theme.tone("red").ground
        return theme.color("chg") if now.is_edited else None

    def _ink(self, column: int, now: RowNow | None, *, is_refused: bool) -> QColor:
        theme = current_theme()
        if column >= FIELD and self._is_bad(now, is_refused=is_refused):
            return theme.tone("red").text
        if column == NOW and now is not None and now.is_edited and not now.is_sent:
            return theme.tone("blue").text
        return theme.color("text2" if column == 1 else "text")

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The field's cell can be edited where the field and the listing allow it."""
        if not index.isValid() or self.group is None:
            return Qt.ItemFlag.NoItemFlags
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        now, field = self.row_now(index.row()), self.group.field
        can = index.column() == FIELD and field in EDITABLE and now is not None and not now.lock
        if can and now is not None and field.startswith("sku.") and now.sku_id is None:
            can = False  # several variants: which one is meant is seen in the list only
        return usual | Qt.ItemFlag.ItemIsEditable if can else usual

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell what was typed; a number that is none stays, marked."""
        if role != Qt.ItemDataRole.EditRole or not index.flags() & Qt.ItemFlag.ItemIsEditable:
            return False
        assert self.group is not None
        listing_id, text = self.group.rows[index.row()].listing_id, str(value)
        if text == self.data(index, Qt.ItemDataRole.EditRole):
            return True
        try:
            typed_value(self.group.field, text)
        except ValueError:
            self.refuse(listing_id, text, cell_refusal(self.group.field.removeprefix("sku."), text))
            return False
        self._refused.pop((listing_id, self.group.field), None)
        self.edited.emit(listing_id, text)
        return True


class ResultCells(SteadyEditors):
    """Editors of the field: a line, or the list of the store's templates, groups, units. Paints as the big table."""

    def __init__(self, choices: Callable[[str], Sequence[Choice]], parent: QWidget) -> None:
        super().__init__(parent)
        self._choices = choices

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """As the field asks for."""
        group = index.model().group  # type: ignore[attr-defined]
        if group.field not in LISTED:
            return super().createEditor(parent, option, index)
        box = ChoiceBox(parent)
        present = str(index.data(Qt.ItemDataRole.EditRole))
        box.show_choices(self._choices(group.field), present, may_be_empty=group.field == "group_id")
        box.chosen.connect(self._on_chosen)
        return box

    def _on_chosen(self, _id: str) -> None:
        box = self.sender()
        if isinstance(box, ChoiceBox):
            self.commitData.emit(box)
            self.closeEditor.emit(box)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """A list opens by itself."""
        if not isinstance(editor, ChoiceBox):
            super().setEditorData(editor, index)
        elif not editor.property("filled"):
            editor.setProperty("filled", True)
            editor.showPopup()

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        """Hand the id of the choice, or the text, to the model."""
        if isinstance(editor, ChoiceBox):
            model.setData(index, editor.value)
        else:
            super().setModelData(editor, model, index)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, text, hairline, a bar at a changed cell."""
        theme, rect = current_theme(), option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        painter.save()
        painter.fillRect(rect, ground if ground is not None else theme.color("sel" if is_selected else "surface"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        if ground is not None and ground == theme.color("chg"):
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), theme.color("chgMark"))
        painter.setFont(theme.font("body"))
        painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole))
        inside = rect.adjusted(PAD, 0, -PAD, 0)
        cut = "middle" if index.column() == 1 else "right"
        text = elided(theme.metrics("body"), str(index.data() or ""), inside.width(), cut)
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.pen("accentText"))
            painter.drawRect(rect.adjusted(0, 0, -1, -2))
        painter.restore()


class ResultTable(QTableView):
    """Enter edits the field of the current row and goes down afterwards."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter begins an edit."""
        field = self.currentIndex().siblingAtColumn(FIELD)
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and self.state() != QTableView.State.EditingState and field.isValid():
            if field.flags() & Qt.ItemFlag.ItemIsEditable:
                self.setCurrentIndex(field)
                self.edit(field)
            event.accept()
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Enter goes down a row."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            below = self.currentIndex().siblingAtRow(self.currentIndex().row() + 1)
            if below.isValid():
                self.setCurrentIndex(below)
