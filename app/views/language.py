"""Switching the language while the window is open.

A text set through `say` follows by itself; a widget that builds its texts itself implements `retranslate()`
(see `app.views.widgets.live.Live`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QObject, QTranslator, Signal
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from app.messages import messages, tr

if TYPE_CHECKING:
    from app.messages import Language as Code

_SETTERS = {
    "text": "setText",
    "toolTip": "setToolTip",
    "placeholderText": "setPlaceholderText",
    "title": "setTitle",
    "windowTitle": "setWindowTitle",
    "accessibleName": "setAccessibleName",
    "accessibleDescription": "setAccessibleDescription",
}
_Said = dict[str, tuple[str, dict[str, Any]]]


class Language(QObject):
    """The user's language. One per process, `language`.

    Emits:
        changed: after every text on screen is in the new language.
    """

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._said: WeakKeyDictionary[QObject, _Said] = WeakKeyDictionary()
        self._of_qt = QTranslator(self)

    @property
    def code(self) -> Code:
        """ "zh" or "en"."""
        return messages.language

    def set_language(self, code: Code) -> None:
        """Show everything in *code*: texts set by `say` first, then every `retranslate()`."""
        if code == messages.language:
            return
        messages.language = code
        self._teach_qt(code)
        for target, properties in list(self._said.items()):
            if isValid(target):
                for name, (key, params) in list(properties.items()):
                    self.say(target, key, name, **params)
        for window in QApplication.topLevelWidgets():
            QCoreApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
        self.changed.emit(code)

    def _teach_qt(self, code: Code) -> None:
        """What Qt says itself, such as Cancel, or Copy in the menu of a field: English unless it is told otherwise."""
        if code != "zh":
            QCoreApplication.removeTranslator(self._of_qt)
        elif self._of_qt.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            QCoreApplication.installTranslator(self._of_qt)

    def say(self, target: QObject, key: str, prop: str = "text", /, **params: Any) -> None:
        """Set the text, tool tip … of *target* to the sentence *key*, in this language and any later one.

        Args:
            target: a widget or QAction.
            key: of the catalogue.
            prop: which text: `text`, `toolTip`, `placeholderText`, `title`, `windowTitle`, `accessibleName`,
                `accessibleDescription`.
            params: placeholders of the sentence.
        """
        _set(target, prop, tr(key, **params))
        self._said.setdefault(target, {})[prop] = (key, params)

    def forget(self, target: QObject, prop: str = "text") -> None:
        """Let *target* keep its text in any language: it was given one that is no sentence of ours."""
        if target in self._said:
            self._said[target].pop(prop, None)


def _set(target: QObject, prop: str, text: str) -> None:
    getattr(target, _SETTERS[prop])(text)


language = Language()
"""The process-wide language of the window."""

say = language.say
"""Short for `language.say`."""
