"""One theme ready for painting: every colour, pen, font and font metric made once, fonts when they are asked for."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPen

from app.views.theme.fonts import BODY_PX, BODY_RANGE, make_font
from app.views.theme.tokens import Tokens, load_tokens


class Ink(NamedTuple):
    """A tone's two colours: text (also glyphs) and the ground of a chip."""

    text: QColor
    ground: QColor


class Theme:
    """Colours and fonts by name. A theme never changes: switching makes a new one, and its caches go with the old.

    Attributes:
        name: "light", "dark", or "system" in the operating system's high-contrast mode.
        body_px: the text size of the settings, 12 to 16.
    """

    def __init__(self, name: str = "light", body_px: int = BODY_PX, tokens: Tokens | None = None) -> None:
        self.tokens = tokens or load_tokens(name)
        self.name = name
        self.body_px = min(max(body_px, BODY_RANGE.start), BODY_RANGE.stop - 1)
        self.colors = {key: QColor(value) for key, value in self.tokens.colors.items()}
        self.tones = {key: Ink(QColor(tone.text), QColor(tone.ground)) for key, tone in self.tokens.tones.items()}
        self.brushes = {key: QBrush(color) for key, color in self.colors.items()}
        self._inks = {**self.colors, **{key: ink.text for key, ink in self.tones.items()}}
        self._fonts: dict[tuple[str, bool], QFont] = {}
        self._metrics: dict[tuple[str, bool], QFontMetrics] = {}
        self.pen = cache(self._make_pen)

    @property
    def is_dark(self) -> bool:
        """Whether grounds are darker than texts."""
        return self.colors["surface"].lightness() < self.colors["text"].lightness()

    def color(self, name: str) -> QColor:
        """Colour of a role, such as `surface`. Raises KeyError for an unknown one."""
        return self.colors[name]

    def ink(self, name: str) -> QColor:
        """Colour for text: a role such as `text2`, or a tone such as `red`."""
        return self._inks[name]

    def tone(self, name: str) -> Ink:
        """Text and ground of a tone, such as `amber`."""
        return self.tones[name]

    def font(self, role: str = "body", *, strong: bool = False) -> QFont:
        """Font of a role; see `fonts.ROLE_PX`."""
        key = (role, strong)
        found = self._fonts.get(key)
        if found is None:
            found = self._fonts[key] = make_font(role, strong=strong, body_px=self.body_px)
        return found

    def metrics(self, role: str = "body", *, strong: bool = False) -> QFontMetrics:
        """Metrics of `font(role, strong=strong)`."""
        key = (role, strong)
        found = self._metrics.get(key)
        if found is None:
            found = self._metrics[key] = QFontMetrics(self.font(role, strong=strong))
        return found

    def store_color(self, number: int) -> QColor:
        """The tested hue a store was given, counted from 0 and wrapping round."""
        return QColor(self.tokens.stores[number % len(self.tokens.stores)])

    def height(self, pixels: int, role: str = "body") -> int:
        """*pixels* at the normal text size, or as much as a line of *role* needs at this one."""
        return max(pixels + self.body_px - BODY_PX, self.metrics(role).height() + 4)

    def _make_pen(self, name: str, width: float = 1.0) -> QPen:
        """Pen in a role's or tone's colour; a hairline stays one device pixel wide at every scale."""
        pen = QPen(self.ink(name), width)
        pen.setCosmetic(width == 1.0)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen
