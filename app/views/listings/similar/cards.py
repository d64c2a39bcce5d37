"""The listings of a group as cards side by side: picture, title with what differs, codes, store, price, state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.messages import tr
from app.services.listings.similar.differences import Part, title_parts
from app.services.listings.similar.showing import SimilarListing
from app.views.elide import elided
from app.views.glyphs import glyph
from app.views.listings.similar.title_lines import TitleLines
from app.views.numbers import money_range
from app.views.status import status
from app.views.theme import current_theme
from app.views.thumbnails import Thumbnails
from app.views.widgets.live import Live

Index = QModelIndex | QPersistentModelIndex
WIDE, EDGE, GAP = 216, 10, 8
PICTURE, SMALL_PICTURE = 120, 72
"""A side of the picture, and where a card would not fit the height there is."""
TITLE_LINES, GLYPH = 4, 10
PARTS = Qt.ItemDataRole.UserRole
SHOWN_CODES = 2


class CardRows(QAbstractListModel):
    """The listings of one group."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.listings: Sequence[SimilarListing] = ()
        self._parts: list[list[Part]] = []

    def show_listings(self, listings: Sequence[SimilarListing]) -> None:
        """Show these."""
        self.beginResetModel()
        self.listings = listings
        self._parts = title_parts([one.title for one in listings])
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Listings."""
        return 0 if parent.isValid() else len(self.listings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Title, everything of it as a tip, what is read aloud, the title in parts."""
        if not index.isValid():
            return None
        one = self.listings[index.row()]
        if role == PARTS:
            return self._parts[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return one.title
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return "\n".join((one.title, *_lines(one), _state(one)))
        return None


def _lines(one: SimilarListing) -> tuple[str, str, str]:
    """Codes, price, store."""
    codes = tr("table.list_separator").join(one.codes[:SHOWN_CODES])
    more = len(one.codes) - SHOWN_CODES
    shown = tr("similar.more_codes", codes=codes, n=more) if more > 0 else codes or tr("similar.no_code")
    price = tr("similar.price", currency=one.currency, price=money_range(one.price_min_minor, one.price_max_minor))
    return shown, price, one.store


def _state(one: SimilarListing) -> str:
    return status(f"listing.{one.status}").word


class Cards(QStyledItemDelegate):
    """Paints the cards; a chosen one has a ring and a tick."""

    def __init__(self, pictures: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.side = PICTURE

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its lines are at this text size."""
        return card_size(self.side)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One card."""
        theme, one = current_theme(), index.model().listings[index.row()]
        card = option.rect.adjusted(0, 0, -GAP, -GAP)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.color("sel" if is_chosen else "surface"))
        name = "accentText" if is_chosen or has_focus else "line2"
        painter.setPen(theme.pen(name, 2.0 if has_focus else 1.2))
        painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), 6, 6)
        inside = card.adjusted(EDGE, EDGE, -EDGE, -EDGE)
        self._paint_picture(painter, QRect(inside.left(), inside.top(), self.side, self.side), one.picture)
        if is_chosen:
            self._paint_tick(painter, card)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        top = inside.top() + self.side + 6
        title = QRect(inside.left(), top, inside.width(), TITLE_LINES * theme.metrics("body").lineSpacing())
        TitleLines(index.data(PARTS), title.width(), TITLE_LINES).paint(painter, title)
        self._paint_lines(painter, QRect(title.left(), title.bottom() + 5, title.width(), 0), one)
        painter.restore()

    def _paint_picture(self, painter: QPainter, tile: QRect, source: str) -> None:
        theme = current_theme()
        picture = self._pictures.get(source, self.side) if source else None
        if picture is not None:
            painter.drawPixmap(tile, picture, QRect(0, 0, picture.width(), picture.height()))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("header"))
        painter.drawRoundedRect(tile, 5, 5)

    @staticmethod
    def _paint_tick(painter: QPainter, card: QRect) -> None:
        """In the corner: colour is never alone."""
        theme = current_theme()
        dot = QRect(card.right() - EDGE - 20, card.top() + EDGE, 20, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(dot)
        painter.setPen(Qt.GlobalColor.white)
        painter.setFont(theme.font("small", strong=True))
        painter.drawText(dot, int(Qt.AlignmentFlag.AlignCenter), "✓")

    @staticmethod
    def _paint_lines(painter: QPainter, rect: QRect, one: SimilarListing) -> None:
        theme, metrics = current_theme(), current_theme().metrics("small")
        step, middle = metrics.lineSpacing() + 2, int(Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(theme.font("small"))
        for at, (text, ink) in enumerate(zip(_lines(one), ("text2", "text", "text2"), strict=True)):
            line = QRect(rect.left(), rect.top() + at * step, rect.width(), step)
            painter.setPen(theme.color(ink))
            painter.drawText(line, middle, elided(metrics, text, line.width()))
        shown, top = status(f"listing.{one.status}"), rect.top() + 3 * step
        painter.drawPixmap(rect.left(), top + (step - GLYPH) // 2, glyph(shown.glyph, shown.tone))
        painter.setPen(theme.tone(shown.tone).text)
        painter.drawText(QRect(rect.left() + GLYPH + 6, top, rect.width() - GLYPH - 6, step), middle, shown.word)


def card_size(picture: int) -> QSize:
    """Of a card with the gap to its neighbours; *picture* is a side of its picture."""
    theme = current_theme()
    text = TITLE_LINES * theme.metrics("body").lineSpacing() + 4 * (theme.metrics("small").lineSpacing() + 2)
    return QSize(theme.height(WIDE) + GAP, picture + text + 2 * EDGE + 12 + GAP)


class CardView(Live, QListView):
    """Cards side by side, wrapping; a click or Space chooses, arrows move."""

    def __init__(self, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = CardRows(self)
        self.setModel(self.rows)
        self._cards = Cards(pictures, self)
        self.setItemDelegate(self._cards)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        pictures.arrived.connect(self._on_arrived)
        self.dress()

    def show_listings(self, listings: Sequence[SimilarListing], chosen: set[int]) -> None:
        """Show these; those of *chosen* are chosen."""
        self.rows.show_listings(listings)
        for at, one in enumerate(listings):
            if one.id in chosen:
                self.selectionModel().select(self.rows.index(at), self.selectionModel().SelectionFlag.Select)
        if listings:
            first = next((at for at, one in enumerate(listings) if one.id in chosen), 0)
            self.selectionModel().setCurrentIndex(self.rows.index(first), self.selectionModel().SelectionFlag.NoUpdate)

    @property
    def chosen(self) -> list[int]:
        """Ids of the chosen listings, in the order shown."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self.rows.listings[row].id for row in rows]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Smaller pictures where there is little room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        side = PICTURE if self.height() >= card_size(PICTURE).height() else SMALL_PICTURE
        if side != self._cards.side:
            self._cards.side = side
            self.doItemsLayout()

    def retranslate(self) -> None:
        """Its name for screen readers; states in the new language."""
        self.setAccessibleName(tr("similar.cards"))
        self.viewport().update()

    def restyle(self) -> None:
        """Cards follow the text size."""
        self._fit()
        self.doItemsLayout()
        self.viewport().update()

    def _on_arrived(self, _source: str) -> None:
        self.viewport().update()
