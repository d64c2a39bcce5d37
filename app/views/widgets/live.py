"""A widget that follows language and theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent

from app.views.theme import Theme, current_theme


class Live:
    """Mix in before the Qt class. `retranslate()` is called when the language changes, `restyle()` when the theme does.

    Call both (`self.dress()`) at the end of `__init__`; neither is called by itself the first time.
    """

    _worn: Theme | None = None

    def dress(self) -> None:
        """Set texts, then colours and icons; for the end of `__init__`."""
        self._worn = current_theme()
        self.retranslate()
        self.restyle()

    def retranslate(self) -> None:
        """Set every text that does not follow by itself."""

    def restyle(self) -> None:
        """Take colours, fonts, icons and sizes from `current_theme()`."""

    def changeEvent(self, event: QEvent) -> None:
        """Qt's hook for language, palette and style changes."""
        super().changeEvent(event)  # type: ignore[misc]  # the Qt class next in line
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            theme = current_theme()
            if self._worn is not None and theme is not self._worn:
                self._worn = theme
                self.restyle()
