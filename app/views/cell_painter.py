"""Paints one cell: ground, mark, picture, glyph, chip, badge, text. No widget, no HTML, no file is touched here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from app.views.glyphs import glyph
from app.views.icons import pixmap
from app.views.status import Status, status
from app.views.text_cache import Laid, TextCache
from app.views.theme.apply import device_ratio

if TYPE_CHECKING:
    from PySide6.QtGui import QFont

    from app.views.cells import Badge, Cell, Column
    from app.views.theme import Density, Theme

PAD = 8
CHIP_PAD = 7
BOX = 14
Picture = Callable[[str, int], QPixmap | None]


class CellPainter:
    """Paints cells in one theme and density.

    Attributes:
        needed: width a column would need, by column key: numbers and states are never cut.
    """

    def __init__(self, theme: Theme, density: Density, picture: Picture) -> None:
        self.theme = theme
        self.density = density
        self.texts = TextCache(theme)
        self.needed: dict[str, int] = {}
        self._picture = picture
        self._drawn: dict[tuple[str, str, int], QPixmap] = {}
        self._ratio = device_ratio()
        self._font: QFont | None = None

    def begin(self) -> None:
        """A painting begins: what is known of the screens is asked once for all its cells."""
        self._font = None
        if self._ratio != (ratio := device_ratio()):
            self._ratio = ratio
            self._drawn.clear()

    def icon(self, name: str, size: int = 16, tone: str = "text2") -> QPixmap:
        """As `icons.pixmap`, looked up once."""
        drawn = self._drawn.get((name, tone, size))
        if drawn is None:
            drawn = self._drawn[name, tone, size] = pixmap(name, size, tone)
        return drawn

    def glyph(self, name: str, tone: str) -> QPixmap:
        """As `glyphs.glyph`, looked up once."""
        drawn = self._drawn.get((name, tone, 0))
        if drawn is None:
            drawn = self._drawn[name, tone, 0] = glyph(name, tone)
        return drawn

    def paint_plain(
        self, painter: QPainter, left: int, right: int, column: Column, plain: Iterable[tuple[float, Cell, bool]]
    ) -> None:
        """Paint cells of a column that `is_plain` between *left* and *right*: of each the middle of its line, and
        whether its row is selected. A jump in a table paints hundreds: no rectangles are made for them."""
        left, right, inks = left + PAD, right - PAD, self.theme.ink
        is_number = column.align == "right"
        for middle, cell, is_selected in plain:
            laid = self._lay_line(right - left, cell.text, column.role, cell.strong, column)
            # interface.md 4: text3 is too faint on a selected row
            tone = "text2" if is_selected and cell.tone == "text3" else cell.tone
            self.draw(painter, laid, right - laid.width if is_number else left, middle, inks(tone))

    def paint(self, painter: QPainter, rect: QRect, cell: Cell, column: Column, is_selected: bool) -> None:
        """Paint *cell* into *rect*; the row's own ground is there already."""
        left, right = rect.left() + PAD, rect.right() + 1 - PAD
        self._paint_ground(painter, rect, cell)
        if cell.is_checked is not None:
            self._paint_box(painter, QPoint(left, rect.center().y() - BOX // 2 + 1), cell.is_checked)
            left += BOX + 8
        if cell.image or cell.tile:
            left = self._paint_thumbnail(painter, left, rect, cell)
        if cell.icon:
            picture = self.icon(cell.icon, 16, cell.tone if cell.tone != "text" else "text2")
            painter.drawPixmap(left, rect.center().y() - 7, picture)
            left += 22
        if cell.badges:
            left, right = self._paint_badges(painter, left, right, rect, cell, column)
        if cell.status:
            self._paint_status(painter, left, right, rect, cell, column)
        elif cell.text or cell.second:
            self._paint_text(painter, left, right, rect, cell, column, is_selected)

    # -- grounds and marks -------------------------------------------------------------------------------------

    def _paint_ground(self, painter: QPainter, rect: QRect, cell: Cell) -> None:
        theme = self.theme
        if cell.is_refused:
            painter.fillRect(rect.adjusted(0, 0, 0, -1), theme.tone("red").ground)
        elif cell.is_changed:
            painter.fillRect(rect.adjusted(0, 0, 0, -1), theme.color("chg"))
        elif cell.is_excluded:
            painter.fillRect(rect.adjusted(0, 0, 0, -1), theme.color("header"))
        if cell.is_changed:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height() - 1, theme.color("chgMark"))

    def _paint_box(self, painter: QPainter, at: QPoint, is_checked: bool) -> None:
        theme = self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("accent" if is_checked else "edge", 1.2))
        painter.setBrush(theme.color("accent" if is_checked else "surface"))
        painter.drawRoundedRect(QRectF(at.x() + 0.5, at.y() + 0.5, BOX - 1, BOX - 1), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if is_checked:
            painter.drawPixmap(at.x() + 2, at.y() + 2, self.glyph("tick", "onAccent"))

    def _paint_thumbnail(self, painter: QPainter, left: int, rect: QRect, cell: Cell) -> int:
        size = min(self.density.thumbnail, rect.height() - 4)
        top = rect.top() + (rect.height() - size) // 2
        if cell.tile:
            self._paint_tile(painter, QRect(left, top, size, size), *cell.tile)
        else:
            picture = self._picture(cell.image, size)
            if picture is not None:
                painter.drawPixmap(left, top, picture)
            else:
                self._round(painter, QRectF(left, top, size, size), 3, self.theme.color("line"))
        return left + size + 8

    def _paint_tile(self, painter: QPainter, rect: QRect, letters: str, number: int) -> None:
        self._round(painter, QRectF(rect), 4, self.theme.store_color(number))
        laid = self.texts.lay(letters, -1, "micro", True)
        self.draw(painter, laid, rect.center().x() - laid.width // 2 + 1, _middle(rect), QColor("white"))

    def _round(self, painter: QPainter, rect: QRectF, radius: float, color: QColor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(rect, radius, radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # -- badges and status -------------------------------------------------------------------------------------

    def _paint_badges(
        self, painter: QPainter, left: int, right: int, rect: QRect, cell: Cell, column: Column
    ) -> tuple[int, int]:
        """Badges end at the right edge; beside a left-aligned text they follow it."""
        widths = [self.badge_width(badge) for badge in cell.badges]
        total = sum(widths) + 6 * (len(widths) - 1)
        at = right - total
        if column.align == "left":
            laid = self.texts.lay(cell.text, max(0, at - 8 - left), column.role, cell.strong, column.elide)
            at = left + laid.width + (8 if cell.text else 0)
        for badge, width in zip(cell.badges, widths, strict=True):
            self.paint_badge(painter, at, rect, badge)
            at += width + 6
        return left, right - total - 8

    def badge_width(self, badge: Badge) -> int:
        """Pixels *badge* takes."""
        laid = self.texts.lay(badge.text, -1, "micro", True)
        return laid.width + 10 + (13 if badge.glyph else 0)

    def paint_badge(self, painter: QPainter, left: int, rect: QRect, badge: Badge) -> int:
        """Paint *badge* at *left*, centred in the height of *rect*; returns its right edge."""
        ink, width = self.theme.tone(badge.tone), self.badge_width(badge)
        height = self.texts.lay(badge.text, -1, "micro", True).height + 1
        self._round(painter, QRectF(left, _middle(rect) - height / 2, width, height), 4, ink.ground)
        at = left + 5
        if badge.glyph:
            painter.drawPixmap(at, round(_middle(rect) - 5), self.glyph(badge.glyph, badge.tone))
            at += 13
        self.draw(painter, self.texts.lay(badge.text, -1, "micro", True), at, _middle(rect), ink.text)
        return left + width

    def _paint_status(self, painter: QPainter, left: int, right: int, rect: QRect, cell: Cell, column: Column) -> None:
        known: Status = status(cell.status)
        ink, middle = self.theme.tone(known.tone), _middle(rect)
        laid = self._lay_status(known, cell, right - left + PAD, column)
        if known.filled:
            chip = QRectF(left, middle - 9, laid.width + 2 * CHIP_PAD + 14, 18)
            if laid.height > 18:
                chip.adjust(0, -(laid.height - 18) / 2, 0, (laid.height - 18) / 2)
            self._round(painter, chip, chip.height() / 2, ink.ground)
        painter.drawPixmap(left + CHIP_PAD, round(middle - 5), self.glyph(known.glyph, known.tone))
        color = ink.text if known.filled else self.theme.color("text2" if known.tone == "gray" else "text")
        self.draw(painter, laid, left + CHIP_PAD + 14, middle, color)

    def _lay_status(self, known: Status, cell: Cell, room: int, column: Column) -> Laid:
        """The state's own word is never cut; a reason after it may be, rather than take room from the title."""
        role, around = "small" if known.filled else "body", 2 * CHIP_PAD + 14
        known_word = known.word
        word = cell.text or known_word
        own = self.texts.lay(known_word if word.startswith(known_word) else word, -1, role, known.filled)
        if own.width + around > room:
            self._need(column, own.width + around + PAD)
        if word == known_word:
            return own
        laid = self.texts.lay(word, max(0, room - around), role, known.filled)
        return laid if laid.shown.startswith(known_word) else own

    # -- text --------------------------------------------------------------------------------------------------

    def _paint_text(
        self, painter: QPainter, left: int, right: int, rect: QRect, cell: Cell, column: Column, is_selected: bool
    ) -> None:
        line = rect
        if cell.second and self.density.second_line:
            half = rect.height() // 2
            line = rect.adjusted(0, 2, 0, -half)
            below = rect.adjusted(0, half, 0, -3)
            self._paint_line(
                painter, left, right, _middle(below), cell.second, cell.second_tone, "small", False, column
            )
        if cell.share is not None:
            left = self._paint_share(painter, left, line, cell)
        if cell.before:
            self._paint_change(painter, left, right, line, cell, column, "text2" if is_selected else "text3")
            return
        tone = "red" if cell.is_refused else cell.tone
        if is_selected and tone == "text3":
            tone = "text2"  # interface.md 4: text3 is too faint on a selected row
        strong = cell.strong or cell.is_refused
        self._paint_line(painter, left, right, _middle(line), cell.text, tone, column.role, strong, column)

    def _paint_line(
        self,
        painter: QPainter,
        left: int,
        right: int,
        middle: float,
        text: str,
        tone: str,
        role: str,
        strong: bool,
        column: Column,
    ) -> None:
        laid = self._lay_line(right - left, text, role, strong, column)
        at = right - laid.width if column.align == "right" else left
        self.draw(painter, laid, at, middle, self.theme.ink(tone))

    def _lay_line(self, room: int, text: str, role: str, strong: bool, column: Column) -> Laid:
        """*text* in *room* pixels; a number is never cut, its column needs more."""
        is_number = column.align == "right"
        laid = self.texts.lay(text, -1 if is_number else room, role, strong, column.elide)
        if is_number and laid.width > room:
            self._need(column, laid.width + 2 * PAD)
        return laid

    def _paint_change(
        self, painter: QPainter, left: int, right: int, rect: QRect, cell: Cell, column: Column, faint: str
    ) -> None:
        """The old value faint, an arrow, the new one in 600."""
        new = self.texts.lay(cell.text, -1, column.role, True)
        room = -1 if column.align == "right" else max(0, right - left - new.width - 20)
        old = self.texts.lay(cell.before, room, column.role, False, column.elide)
        width = old.width + 20 + new.width
        if column.align == "right" and width > right - left:
            self._need(column, width + 2 * PAD)
        at = right - width if column.align == "right" else left
        middle = _middle(rect)
        self.draw(painter, old, at, middle, self.theme.color(faint))
        painter.drawPixmap(QPoint(at + old.width + 3, round(middle) - 7), self.icon("arrow-narrow-right", 14))
        tone = "red" if cell.is_refused else cell.tone
        self.draw(painter, new, at + old.width + 20, middle, self.theme.ink(tone))

    def _need(self, column: Column, width: int) -> None:
        self.needed[column.key] = max(self.needed.get(column.key, 0), width)

    def _paint_share(self, painter: QPainter, left: int, rect: QRect, cell: Cell) -> int:
        share = min(max(cell.share or 0.0, 0.0), 1.0)
        bar = QRectF(left, _middle(rect) - 2, 32, 4)
        self._round(painter, bar, 2, self.theme.color("line"))
        bar.setWidth(max(4.0, 32 * share))
        self._round(painter, bar, 2, self.theme.ink(cell.tone if cell.tone in self.theme.tones else "accentText"))
        return left + 40

    def draw(self, painter: QPainter, laid: Laid, left: int, middle: float, color: QColor) -> None:
        """Draw a laid-out text from *left* on, its middle at *middle*."""
        if laid.font is not self._font:
            painter.setFont(laid.font)
            self._font = laid.font
        painter.setPen(color)
        painter.drawText(left, round(middle - laid.height / 2) + laid.ascent, laid.shown)


def _middle(rect: QRect) -> float:
    """Middle of the row without its hairline."""
    return rect.top() + (rect.height() - 1) / 2
