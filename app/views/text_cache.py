"""Texts cut to fit and measured once, then only drawn."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import OrderedDict
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF

from app.views.elide import MODES

if TYPE_CHECKING:
    from app.views.theme import Theme

KEPT = 3072
_SIMPLE = re.compile(
    r"[ -~\u00a0-\u024f\u0400-\u045f\u2010-\u2027\u20ac\u2212\u3000-\u3029\u3030-\u303f\u4e00-\u9fff\uff00-\uffef]*"
)
"""Latin, Cyrillic and Chinese letters, each in one piece: their glyphs stand side by side as they come. Drawn without
asking the font for more (it would move `A` nearer to `V`) they take less than half the time, and a text is as wide as
its letters are together."""
ELLIPSIS, DOTS = "\N{HORIZONTAL ELLIPSIS}", "..."
"""A cut text ends in three dots: a Chinese font, asked for no more than its glyphs, sets the one sign that stands for
them in the middle of the line."""
HALF = 0.5


class Laid(NamedTuple):
    """A text ready to draw: `shown` in `font`, its `width` and `height` in pixels, its base line `ascent` below its
    top."""

    shown: str
    font: QFont
    width: int
    height: int
    ascent: int


class _Advances(dict[str, float]):
    """Pixels from each letter to the next in one font, asked for once."""

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self._metrics = QFontMetricsF(font)

    def __missing__(self, letter: str) -> float:
        advance = self[letter] = self._metrics.horizontalAdvance(letter)
        return advance


class _Face(NamedTuple):
    """A font with what is asked of it for every text; `advances` of the one that letters in one piece are drawn in."""

    font: QFont
    metrics: QFontMetrics
    height: int
    ascent: int
    advances: _Advances | None


class TextCache:
    """Texts of one theme cut and measured, by text, width, role, weight and where they are cut; the oldest leave
    first."""

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
        text = text.replace("\n", " ")
        key = (role, strong, _SIMPLE.fullmatch(text) is not None)
        face = self._faces.get(key) or self._face(*key)
        if face.advances is not None:
            shown, advance = _fitted(face.advances, text, width, elide)
        else:
            shown, advance = text, face.metrics.horizontalAdvance(text)
            if 0 <= width < advance:
                shown = face.metrics.elidedText(text, MODES[elide], width)
                shown = shown if ELLIPSIS in text else shown.replace(ELLIPSIS, DOTS)
                advance = face.metrics.horizontalAdvance(shown)
        return Laid(shown, face.font, advance, face.height, face.ascent)

    def _face(self, role: str, strong: bool, is_simple: bool) -> _Face:
        font = QFont(self.theme.font(role, strong=strong))
        if is_simple:
            font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
        metrics = QFontMetrics(font)
        advances = _Advances(font) if is_simple else None
        made = _Face(font, metrics, metrics.height(), metrics.ascent(), advances)
        self._faces[role, strong, is_simple] = made
        return made


def _fitted(advances: _Advances, text: str, width: int, elide: str) -> tuple[str, int]:
    """*text*, cut where it does not fit into *width* pixels, negative for no bound, and how many it takes. Of one that
    loses its end no more is measured than could fit if it were of narrow letters only."""
    if width < 0:
        return text, _whole(sum(map(advances.__getitem__, text)))
    looked_at = text[: width // 2 + 8] if elide == "right" else text
    ends = list(accumulate(map(advances.__getitem__, looked_at)))
    if ends and len(looked_at) < len(text) and ends[-1] < width + HALF:
        ends = list(accumulate(map(advances.__getitem__, text)))
    needed = ends[-1] if ends else 0.0
    if needed < width + HALF:
        return text, _whole(needed)
    dots = sum(map(advances.__getitem__, DOTS))
    room = width + HALF - dots
    if room <= 0:
        return "", 0
    if elide == "right":
        kept = bisect_left(ends, room)
        return text[:kept] + DOTS, _whole(dots + (ends[kept - 1] if kept else 0.0))
    head = bisect_left(ends, room / 2)
    taken = ends[head - 1] if head else 0.0
    tail = bisect_left(list(accumulate(map(advances.__getitem__, reversed(text)))), room - taken)
    taken += sum(map(advances.__getitem__, text[len(text) - tail :]))
    return text[:head] + DOTS + text[len(text) - tail :], _whole(dots + taken)


def _whole(pixels: float) -> int:
    """Qt's own rounding."""
    return int(pixels + HALF)
