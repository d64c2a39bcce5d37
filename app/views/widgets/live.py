"""A widget that follows language and theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent


class Live:
    """Mix in before the Qt class. `retranslate()` is called when the language changes, `restyle()` when the theme does.

    Call both (`self.dress()`) at the end of `__init__`; neither is called by itself the first time.
    """

    def dress(self) -> None:
        """Set texts, then colours and icons; for the end of `__init__`."""
        self.retranslate()
        self.restyle()

    def retranslate(self) -> None:
        """Set every text that does not follow by itself."""

    def restyle(self) -> None:
        """Take colours, fonts, icons and sizes from `current_theme()`; called by `apply_theme` when all else is set.

        Not from Qt's style events: a font or palette set while the style sheet is being put on is taken back by it.
        """

    def changeEvent(self, event: QEvent) -> None:
        """Qt's hook for the language change."""
        super().changeEvent(event)  # type: ignore[misc]  # the Qt class next in line
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
