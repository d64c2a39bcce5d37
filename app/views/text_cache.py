"""Texts laid out and cut to fit once, then only drawn: half the time of a table's repaint is laying out text."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QStaticText, QTransform

from app.views.elide import MODES

if TYPE_CHECKING:
    from app.views.theme import Theme

KEPT = 3072
LONG = 1.5
"""A text that would be so many times as wide as its room is cut without being measured first."""
_SIMPLE = re.compile(
    r"[ -~\u00a0-\u024f\u0400-\u045f\u2010-\u2027\u20ac\u2212\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*"
)
"""Latin, Cyrillic and Chinese letters, each in one piece: their glyphs stand side by side as they come. Without asking
the font for more (it would move `A` nearer to `V`) they are laid out in less than half the time."""
ELLIPSIS, DOTS = "\N{HORIZONTAL ELLIPSIS}", "..."
_PLAIN = Qt.TextFormat.PlainText
_AS_IT_IS = QTransform()


class Laid(NamedTuple):
    """A text ready to draw: `shown` in `font` with its `width` and `height` in pixels."""

    shown: QStaticText
    font: QFont
    width: int
    height: int


class _Face(NamedTuple):
    """A font with what is asked of its metrics for every text."""

    font: QFont
    metrics: QFontMetrics
    average: int
    height: int


class TextCache:
    """Laid-out texts of one theme, by text, width, role, weight and where they are cut; the oldest leave first."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._laid: OrderedDict[tuple[str, int, str, bool, str], Laid] = OrderedDict()
        self._faces: dict[tuple[str, bool, bool], _Face] = {}

    def lay(self, text: str, width: int, role: str = "body", strong: bool = False, elide: str = "right") -> Laid:
        """*text* in at most *width* pixels; negative for as many as it needs."""
        key = (text, width, role, strong, elide)
        laid = self._laid.get(key)
        if laid is None:
            laid = self._laid[key] = self._make(*key)
            if len(self._laid) > KEPT:
                self._laid.popitem(last=False)
        return laid

    def _make(self, text: str, width: int, role: str, strong: bool, elide: str) -> Laid:
        """Finding out where glyphs go is what costs: it is done once where a text fits, and its width read from it."""
        text = text.replace("\n", " ")
        key = (role, strong, _SIMPLE.fullmatch(text) is not None)
        face = self._faces.get(key) or self._face(*key)
        is_long = 0 <= width * LONG < len(text) * face.average
        laid, advance = _laid(_cut(face, text, width, elide) if is_long else text, face.font)
        if 0 <= width < advance:
            laid, advance = _laid(_elided(face, text, width, elide), face.font)
        return Laid(laid, face.font, advance, face.height)

    def _face(self, role: str, strong: bool, is_simple: bool) -> _Face:
        font = QFont(self.theme.font(role, strong=strong))
        if is_simple:
            font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
        metrics = QFontMetrics(font)
        made = _Face(font, metrics, metrics.averageCharWidth(), metrics.height())
        self._faces[role, strong, is_simple] = made
        return made


def _cut(face: _Face, text: str, width: int, elide: str) -> str:
    """*text*, far too long, cut to *width*: of one that loses its end so much is looked at as surely is too wide."""
    if elide == "right":
        head = text[: int(2 * width / face.average) + 8]
        shown = _elided(face, head, width, elide)
        if shown != head:
            return shown
    return _elided(face, text, width, elide)


def _elided(face: _Face, text: str, width: int, elide: str) -> str:
    """*text* cut to *width*. Its three dots are three: a Chinese font, asked for no more than its glyphs, sets the one
    that stands for them in the middle of the line."""
    shown = face.metrics.elidedText(text, MODES[elide], width)
    return shown if ELLIPSIS in text else shown.replace(ELLIPSIS, DOTS)


def _laid(text: str, font: QFont) -> tuple[QStaticText, int]:
    """The text ready to draw, and its width."""
    laid = QStaticText(text)
    if "<" in text:  # else it is taken for what it is
        laid.setTextFormat(_PLAIN)
    laid.prepare(_AS_IT_IS, font)
    return laid, round(laid.size().width())
