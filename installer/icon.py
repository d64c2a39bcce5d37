"""The program's icon for Windows, drawn from the same SVG the window uses."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

SIZES = (16, 24, 32, 48, 64, 128, 256)
"""Pixels Windows asks for between the title bar and the large icons of Explorer."""


def write_icon(svg: Path, target: Path) -> None:
    """Write *svg* as a Windows icon with all `SIZES`, each drawn for itself: a small one scaled down is a blur.

    Raises:
        ValueError: the file is no SVG that Qt can draw.
    """
    pictures = [Image.open(io.BytesIO(_drawn(svg, size))) for size in SIZES]
    pictures[-1].save(target, "ICO", sizes=[(size, size) for size in SIZES], append_images=pictures[:-1])


def _drawn(svg: Path, size: int) -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(str(svg))
    if not renderer.isValid():
        raise ValueError(f"{svg} cannot be drawn")
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs ask for bytes, which it refuses
    return bytes(buffer.data().data())
