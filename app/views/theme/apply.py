"""Putting a theme on, at start and at run time."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPalette

from app.paths import resources
from app.views.theme.fonts import BODY_PX
from app.views.theme.palette import high_contrast_tokens, make_palette
from app.views.theme.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_current: list[Theme] = []
_SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}


def current_theme() -> Theme:
    """The theme in force; light before the first `apply_theme`. Needs a QGuiApplication (fonts)."""
    if not _current:
        _current.append(Theme())
    return _current[0]


def apply_theme(app: QApplication, name: str, *, body_px: int = BODY_PX) -> Theme:
    """Dress *app* in the theme *name*; widgets already shown follow at once.

    Args:
        name: "light", "dark" or "auto" (as the operating system is set).
        body_px: the text size of the settings, 12 to 16.

    Returns:
        The theme, which `current_theme()` returns from now on.
    """
    hints = app.styleHints()
    if name == "auto":
        hints.unsetColorScheme()
        name = "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"
    else:
        hints.setColorScheme(_SCHEMES[name])  # also darkens the title bar on Windows; offscreen ignores it
    contrast_wanted = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
    tokens = high_contrast_tokens(QPalette()) if contrast_wanted else None
    theme = Theme("system" if tokens else name, body_px, tokens)
    _current[:] = [theme]
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    app.setFont(theme.font("body"))
    if tokens is None:
        app.setPalette(make_palette(theme))
    app.setStyleSheet(style_sheet(theme))
    _restyle_all(app)
    if app.allWidgets():  # at a start there are none yet
        # Qt polishes widgets that are not shown yet once more when the events run, and takes their palette back then.
        QTimer.singleShot(0, app, lambda: _restyle_all(app) if _current == [theme] else None)
    return theme


def _restyle_all(app: QApplication) -> None:
    for widget in app.allWidgets():
        restyle = getattr(widget, "restyle", None)  # `widgets.live.Live`, which is built on this package
        if restyle is not None:
            restyle()


def style_sheet(theme: Theme) -> str:
    """The application's one style sheet, `resources/theme/window.qss`, with the colours of *theme* filled in."""
    folder = resources() / "theme"
    shade = "dark" if theme.is_dark else "light"
    names = {**theme.tokens.colors, **{f"{key}_text": tone.text for key, tone in theme.tokens.tones.items()}}
    names |= {"images": folder.as_posix(), "shade": shade, "small": f"{theme.font('small').pixelSize()}px"}
    return Template((folder / "window.qss").read_text("utf-8")).substitute(names)


def device_ratio() -> float:
    """Device pixels per logical pixel of the sharpest screen; pictures are made for it."""
    return max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
