"""Thumbnails of listings: files of this computer and pictures of the photobank."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

from app.services.listings.pictures import picture_bytes
from app.views.thumbnails import read_square


def read_picture(source: str, pixels: int) -> QImage:
    """The picture at *source* as a rounded square; a null image where there is none. Threads: any."""
    data = picture_bytes(source)
    if not data:
        return QImage()
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return read_square(buffer, pixels)
