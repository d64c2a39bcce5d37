"""The user's choice of language, theme, text size: applied, remembered, offered in a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.messages import system_language, tr
from app.views.language import language
from app.views.theme import DENSITIES, apply_theme, current_theme
from app.views.theme.fonts import BODY_PX, BODY_RANGE
from app.views.view_settings import LANGUAGE, ViewSettings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QMenu

LANGUAGES = (("zh", "中文"), ("en", "English"))
THEMES = ("auto", "light", "dark")


class Look:
    """Applies the remembered look, and changes it at run time."""

    def __init__(self, app: QApplication, settings: ViewSettings) -> None:
        self._app, self._settings = app, settings

    @property
    def theme(self) -> str:
        """auto, light or dark."""
        stored = self._settings.get("window.theme", "auto")
        return stored if stored in THEMES else "auto"

    @property
    def body_px(self) -> int:
        """Text size, 12 to 16."""
        stored = self._settings.get("window.body_px", BODY_PX)
        return stored if isinstance(stored, int) and stored in BODY_RANGE else BODY_PX

    def apply(self) -> None:
        """Put on what is remembered; the system's language the first time."""
        stored = self._settings.get(LANGUAGE)
        language.set_language(stored if stored in dict(LANGUAGES) else system_language())
        apply_theme(self._app, self.theme, body_px=self.body_px)

    def set_theme(self, name: str) -> None:
        """Change the theme."""
        self._settings.put("window.theme", name)
        apply_theme(self._app, name, body_px=self.body_px)

    def flip_theme(self) -> None:
        """From dark to light and back."""
        self.set_theme("light" if current_theme().is_dark else "dark")

    def set_body_px(self, pixels: int) -> None:
        """Change the text size."""
        self._settings.put("window.body_px", pixels)
        apply_theme(self._app, self.theme, body_px=pixels)

    def set_language(self, code: str) -> None:
        """Change the language."""
        self._settings.put(LANGUAGE, code)
        language.set_language("zh" if code == "zh" else "en")

    def flip_language(self) -> None:
        """From Chinese to English and back."""
        self.set_language("en" if language.code == "zh" else "zh")

    def fill_menu(self, menu: QMenu, density_key: str | None, set_density: object) -> None:
        """Language, theme, text size and the density of the table in view (None: there is none)."""
        _choices(menu, "settings.language", LANGUAGES, language.code, self.set_language)
        themes = [(name, tr(f"settings.theme.{name}")) for name in THEMES]
        _choices(menu, "settings.theme", themes, self.theme, self.set_theme)
        sizes = [(size, tr("settings.text_size.px", n=size)) for size in BODY_RANGE]
        _choices(menu, "settings.text_size", sizes, self.body_px, self.set_body_px)
        if density_key is not None:
            steps = [(step.key, tr(f"settings.density.{step.key}")) for step in DENSITIES]
            _choices(menu, "settings.density", steps, density_key, set_density)


def _choices(menu: QMenu, title_key: str, choices: object, current: object, choose: object) -> None:
    from PySide6.QtGui import QAction, QActionGroup

    part = menu.addMenu(tr(title_key))
    group = QActionGroup(part)
    for value, text in choices:
        action = QAction(text, part, checkable=True, checked=value == current)
        action.triggered.connect(lambda _=False, value=value: choose(value))
        group.addAction(action)
        part.addAction(action)
