"""Icons: SVG outlines of one set (Tabler Icons, MIT), coloured by the theme and drawn once for each size and colour."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.paths import resources
from app.views.theme import current_theme
from app.views.theme.apply import device_ratio

SIZES = (14, 16, 18, 24)
GAP = 4
"""Empty pixels right of a button's icon: Qt leaves 4 before the text, 8 look right."""


@cache
def _source(name: str) -> str:
    """The SVG text of an icon. Raises FileNotFoundError for an unknown name."""
    return (resources() / "icons" / f"{name}.svg").read_text("utf-8")


@lru_cache(maxsize=1024)
def _drawn(name: str, size: int, color: str, ratio: float, gap: int) -> QPixmap:
    width = "1.5" if size >= 24 else "1.75"
    svg = _source(name).replace("currentColor", color).replace('stroke-width="2"', f'stroke-width="{width}"')
    picture = QPixmap(QSize(round((size + gap) * ratio), round(size * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def pixmap(name: str, size: int = 16, color: str = "text2", *, gap: int = 0) -> QPixmap:
    """The icon *name* in the colour of a role or tone, *size* logical pixels high, made for the sharpest screen.

    Raises:
        FileNotFoundError: no such icon.
        KeyError: no such colour.
    """
    return _drawn(name, size, current_theme().ink(color).name(), device_ratio(), gap)


def icon(
    name: str,
    size: int = 16,
    color: str = "text2",
    *,
    selected: str = "accentText",
    gap: int = 0,
    switches: bool = True,
) -> QIcon:
    """The icon with its Normal, Disabled and, where it *switches*, Selected and switched-on pictures in the theme in
    force.

    Ask again when the theme changes (`widgets.live.Live.restyle`); pictures are kept, so that costs little.
    """
    made = QIcon()
    states: Sequence[tuple[str, QIcon.Mode, QIcon.State]] = (
        (color, QIcon.Mode.Normal, QIcon.State.Off),
        ("off", QIcon.Mode.Disabled, QIcon.State.Off),
        (selected, QIcon.Mode.Selected, QIcon.State.Off),
        (selected, QIcon.Mode.Normal, QIcon.State.On),
    )
    for shade, mode, state in states if switches else states[:2]:
        made.addPixmap(pixmap(name, size, shade, gap=gap), mode, state)
    return made


@cache
def _mark(size: int, ratio: float) -> QPixmap:
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(str(resources() / "icons" / "app-mark.svg")).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def app_mark(size: int = 24) -> QPixmap:
    """The app's own mark, the red seal with 上; used for the app and nothing else."""
    return _mark(size, device_ratio())


def app_icon() -> QIcon:
    """The mark as the window's icon, in the sizes desktops ask for."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(_mark(size, 1.0))
    return made
