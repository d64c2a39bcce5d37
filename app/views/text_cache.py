"""Texts laid out and cut to fit once, then only drawn: half the time of a table's repaint is laying out text."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QStaticText, QTransform

if TYPE_CHECKING:
    from app.views.theme import Theme

KEPT = 8192
LONG = 1.5
"""A text that would be so many times as wide as its room is cut without being measured first."""
_PLAIN = Qt.TextFormat.PlainText
_AS_IT_IS = QTransform()
_MODES = {"right": Qt.TextElideMode.ElideRight, "middle": Qt.TextElideMode.ElideMiddle}


def elided(metrics: QFontMetrics, text: str, width: int, elide: str = "right") -> str:
    """*text* cut to *width*; whole where it just fits (Qt cuts it then, for half a pixel)."""
    return text if metrics.horizontalAdvance(text) <= width else metrics.elidedText(text, _MODES[elide], max(0, width))


class Laid:
    """A text ready to draw: `shown` with its `width` and `height` in pixels."""

    __slots__ = ("height", "shown", "width")

    def __init__(self, shown: QStaticText, width: int, height: int) -> None:
        self.shown = shown
        self.width = width
        self.height = height


class TextCache:
    """Laid-out texts of one theme, by text, width, role, weight and where they are cut; the oldest leave first."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._laid: OrderedDict[tuple[str, int, str, bool, str], Laid] = OrderedDict()

    def lay(self, text: str, width: int, role: str = "body", strong: bool = False, elide: str = "right") -> Laid:
        """*text* in at most *width* pixels; negative for as many as it needs."""
        key = (text, width, role, strong, elide)
        laid = self._laid.get(key)
        if laid is None:
            laid = self._laid[key] = self._make(*key)
            if len(self._laid) > KEPT:
                for old in list(self._laid)[: KEPT // 4]:
                    del self._laid[old]
        return laid

    def _make(self, text: str, width: int, role: str, strong: bool, elide: str) -> Laid:
        """Finding out where glyphs go is what costs: it is done once where a text fits, and its width read from it."""
        metrics, font = self.theme.metrics(role, strong=strong), self.theme.font(role, strong=strong)
        text = text.replace("\n", " ")
        is_long = 0 <= width * LONG < len(text) * metrics.averageCharWidth()
        laid, advance = _laid(metrics.elidedText(text, _MODES[elide], width) if is_long else text, font)
        if 0 <= width < advance:
            laid, advance = _laid(metrics.elidedText(text, _MODES[elide], width), font)
        return Laid(laid, advance, metrics.height())


def _laid(text: str, font: QFont) -> tuple[QStaticText, int]:
    """The text ready to draw, and its width."""
    laid = QStaticText(text)
    laid.setTextFormat(_PLAIN)
    laid.prepare(_AS_IT_IS, font)
    return laid, round(laid.size().width())
