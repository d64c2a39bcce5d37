"""Labels whose font and colour are roles of the theme."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.messages import tr
from app.views.elide import elided
from app.views.errors import words_of
from app.views.icons import pixmap
from app.views.language import language, say
from app.views.theme import current_theme
from app.views.widgets.live import Live


class Label(Live, QLabel):
    """A text in a role's font and colour.

    `say(key, **params)`, `follow(words)` and `tell(error)` set a text that follows the language.
    """

    _words: Callable[[], str] | None = None

    def __init__(
        self,
        key: str = "",
        *,
        role: str = "body",
        ink: str = "text",
        strong: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
        **params: Any,
    ) -> None:
        super().__init__(parent)
        self._role, self._ink, self._strong = role, ink, strong
        self.setTextFormat(Qt.TextFormat.PlainText)  # texts of buyers and suppliers are never markup
        self.setWordWrap(wrap)
        if key:
            self.say(key, **params)
        self.dress()

    def say(self, key: str, **params: Any) -> None:
        """Show the sentence *key*."""
        self._words = None
        say(self, key, **params)

    def follow(self, words: Callable[[], str]) -> None:
        """Show what *words* gives, now and after each change of the language."""
        self.setText(words())
        self._words = words

    def tell(self, error: BaseException) -> None:
        """Show what *error* says to a person."""
        self.follow(words_of(error))

    def setText(self, text: str) -> None:
        """Show *text* as it is; a sentence said before no longer follows the language."""
        self._words = None
        language.forget(self)
        super().setText(text)

    def retranslate(self) -> None:
        """Words that were made for another language are made anew."""
        if self._words is not None:
            super().setText(self._words())

    def set_look(self, *, role: str | None = None, ink: str | None = None, strong: bool | None = None) -> None:
        """Change font role, colour or weight; what it has already costs nothing."""
        before = self._role, self._ink, self._strong
        self._role = self._role if role is None else role
        self._ink = self._ink if ink is None else ink
        self._strong = self._strong if strong is None else strong
        if (self._role, self._ink, self._strong) != before:
            self.restyle()

    def restyle(self) -> None:
        """Font and colour of the theme in force."""
        theme = current_theme()
        self.setFont(theme.font(self._role, strong=self._strong))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.ink(self._ink))
        self.setPalette(palette)


class ElidedLabel(Label):
    """One line that is cut where it does not fit; the whole text is its tool tip then."""

    def __init__(self, key: str = "", *, middle: bool = False, **look: Any) -> None:
        self._elide = "middle" if middle else "right"
        super().__init__(key, **look)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(24)

    def minimumSizeHint(self) -> QSize:
        """It may shrink to almost nothing."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text cut to the width at hand."""
        painter = QPainter(self)
        shown = elided(self.fontMetrics(), self.text(), self.width(), self._elide)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()
        tip = self.text() if shown != self.text() else ""
        if tip != self.toolTip():
            self.setToolTip(tip)


class IconLabel(Live, QLabel):
    """An icon that is no button; give it *name_key* if it says something no text beside it says."""

    def __init__(
        self, name: str, size: int = 16, ink: str = "text2", *, name_key: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._size, self._ink, self._name_key = name, size, ink, name_key
        self.dress()

    def set_icon(self, name: str, ink: str | None = None) -> None:
        """Show another icon or colour; the one it has already costs nothing."""
        before = self._name, self._ink
        self._name, self._ink = name, ink or self._ink
        if (self._name, self._ink) != before:
            self.restyle()

    def retranslate(self) -> None:
        """What it says to screen readers."""
        if self._name_key:
            self.setAccessibleName(tr(self._name_key))
            self.setToolTip(tr(self._name_key))

    def restyle(self) -> None:
        """The picture in the theme's colour."""
        self.setPixmap(pixmap(self._name, self._size, self._ink) if self._name else QPixmap())
        self.setFixedSize(self._size, self._size)
