"""Texts laid out and cut to fit once, then only drawn: half the time of a table's repaint is laying out text."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QStaticText, QTransform

from app.views.theme import Theme

KEPT = 8192
_MODES = {"right": Qt.TextElideMode.ElideRight, "middle": Qt.TextElideMode.ElideMiddle}


def elided(metrics: QFontMetrics, text: str, width: int, elide: str = "right") -> str:
    """*text* cut to *width*; whole where it just fits (Qt cuts it then, for half a pixel)."""
    return text if metrics.horizontalAdvance(text) <= width else metrics.elidedText(text, _MODES[elide], max(0, width))


class Laid:
    """A text ready to draw: `shown` with its `width` and `height` in pixels; `is_cut` if it did not fit."""

    __slots__ = ("height", "is_cut", "shown", "width")

    def __init__(self, shown: QStaticText, width: int, height: int, is_cut: bool) -> None:
        self.shown = shown
        self.width = width
        self.height = height
        self.is_cut = is_cut


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
        metrics = self.theme.metrics(role, strong=strong)
        text = text.replace("\n", " ")
        advance = metrics.horizontalAdvance(text)
        is_cut = 0 <= width < advance
        if is_cut:
            text = metrics.elidedText(text, _MODES[elide], width)
            advance = metrics.horizontalAdvance(text)
        shown = QStaticText(text)
        shown.setTextFormat(Qt.TextFormat.PlainText)
        shown.prepare(QTransform(), self.theme.font(role, strong=strong))
        return Laid(shown, advance, metrics.height(), is_cut)
