"""Small painted shapes of the status vocabulary: 10 pixels, told apart without colour."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from app.views.theme import current_theme
from app.views.theme.apply import device_ratio

SIZE = 10
Draw = Callable[[QPainter, QColor], None]
_RING = QRectF(1.25, 1.25, 7.5, 7.5)


def _line(painter: QPainter, color: QColor, width: float = 1.6) -> None:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _solid(painter: QPainter, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)


def _disc(painter: QPainter, color: QColor) -> None:
    _solid(painter, color)
    painter.drawEllipse(QRectF(1, 1, 8, 8))


def _ring(painter: QPainter, color: QColor) -> None:
    _line(painter, color)
    painter.drawEllipse(_RING)


def _dashed(painter: QPainter, color: QColor) -> None:
    _line(painter, color)
    for start in range(0, 360, 60):
        painter.drawArc(_RING, start * 16, 26 * 16)


def _half(painter: QPainter, color: QColor) -> None:
    _ring(painter, color)
    _solid(painter, color)
    painter.drawPie(QRectF(1, 1, 8, 8), -90 * 16, 180 * 16)


def _arc(painter: QPainter, color: QColor) -> None:
    _line(painter, color, 1.8)
    painter.drawArc(_RING, 90 * 16, -270 * 16)


def _clock(painter: QPainter, color: QColor) -> None:
    _line(painter, color, 1.3)
    painter.drawEllipse(QRectF(0.9, 0.9, 8.2, 8.2))
    painter.drawPolyline(QPolygonF([QPointF(5, 2.8), QPointF(5, 5.2), QPointF(6.7, 6.2)]))


def _struck(painter: QPainter, color: QColor) -> None:
    _line(painter, color, 1.4)
    painter.drawEllipse(_RING)
    painter.drawLine(QPointF(2.6, 7.4), QPointF(7.4, 2.6))


def _cross(painter: QPainter, color: QColor) -> None:
    _line(painter, color, 1.9)
    painter.drawLine(QPointF(2, 2), QPointF(8, 8))
    painter.drawLine(QPointF(8, 2), QPointF(2, 8))


def _bars(painter: QPainter, color: QColor) -> None:
    _solid(painter, color)
    painter.drawRoundedRect(QRectF(1.8, 1.2, 2.3, 7.6), 0.8, 0.8)
    painter.drawRoundedRect(QRectF(5.9, 1.2, 2.3, 7.6), 0.8, 0.8)


def _exclamation(painter: QPainter, color: QColor) -> None:
    _solid(painter, color)
    painter.drawRoundedRect(QRectF(4.0, 0.8, 2.0, 5.4), 1, 1)
    painter.drawEllipse(QRectF(3.9, 7.2, 2.2, 2.2))


def _question(painter: QPainter, color: QColor) -> None:
    _line(painter, color, 1.6)
    path = QPainterPath(QPointF(2.9, 3.2))
    path.arcTo(QRectF(2.8, 0.9, 4.4, 4.2), 190, -245)
    path.quadTo(QPointF(5.0, 5.0), QPointF(5.0, 6.3))
    painter.drawPath(path)
    _solid(painter, color)
    painter.drawEllipse(QRectF(4.0, 7.6, 2.0, 2.0))


def _plus(painter: QPainter, color: QColor) -> None:
    _line(painter, color, 1.9)
    painter.drawLine(QPointF(5, 1.4), QPointF(5, 8.6))
    painter.drawLine(QPointF(1.4, 5), QPointF(8.6, 5))


def _tick(painter: QPainter, color: QColor) -> None:
    _line(painter, color, 1.8)
    painter.drawPolyline(QPolygonF([QPointF(1.4, 5.4), QPointF(4, 8), QPointF(8.6, 2.2)]))


def _mark_inside(painter: QPainter, color: QColor) -> None:
    painter.drawLine(QPointF(5, 3.0), QPointF(5, 5.4))
    _solid(painter, color)
    painter.drawEllipse(QRectF(4.35, 6.5, 1.3, 1.3))


def _octagon(painter: QPainter, color: QColor) -> None:
    _line(painter, color, 1.2)
    angles = [math.pi * (corner + 0.5) / 4 for corner in range(8)]
    painter.drawPolygon(QPolygonF([QPointF(5 + 4.3 * math.cos(at), 5 + 4.3 * math.sin(at)) for at in angles]))
    _mark_inside(painter, color)


def _triangle(painter: QPainter, color: QColor) -> None:
    _line(painter, color, 1.2)
    painter.drawPolygon(QPolygonF([QPointF(5, 0.9), QPointF(9.4, 8.8), QPointF(0.6, 8.8)]))
    painter.translate(0, 0.5)
    _mark_inside(painter, color)


GLYPHS: dict[str, Draw] = {
    "disc": _disc,
    "ring": _ring,
    "dashed": _dashed,
    "half": _half,
    "arc": _arc,
    "clock": _clock,
    "struck": _struck,
    "cross": _cross,
    "bars": _bars,
    "exclamation": _exclamation,
    "question": _question,
    "plus": _plus,
    "tick": _tick,
    "octagon": _octagon,
    "triangle": _triangle,
}
"""Every glyph by name; each draws itself into a square of 10 × 10."""


@lru_cache(maxsize=512)
def _drawn(name: str, color: str, size: int, ratio: float) -> QPixmap:
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / SIZE, size / SIZE)
    GLYPHS[name](painter, QColor(color))
    painter.end()
    return picture


def glyph(name: str, tone: str, size: int = SIZE) -> QPixmap:
    """The glyph *name* in the text colour of *tone* (or of a role), made for the sharpest screen.

    Raises:
        KeyError: no such glyph or tone.
    """
    return _drawn(name, current_theme().ink(tone).name(), size, device_ratio())
