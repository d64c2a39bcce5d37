"""Texts cut to fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QFontMetrics

MODES = {"right": Qt.TextElideMode.ElideRight, "middle": Qt.TextElideMode.ElideMiddle}
"""Where a text is cut, by the word for it."""


def elided(metrics: QFontMetrics, text: str, width: int, elide: str = "right") -> str:
    """*text* cut to *width*; whole where it just fits (Qt cuts it then, for half a pixel)."""
    return text if metrics.horizontalAdvance(text) <= width else metrics.elidedText(text, MODES[elide], max(0, width))
