"""Small pictures that show all of a picture: its shape is what is looked at here."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QFileInfo, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPixmap

from app.services.compliance.rule_data import rule_data
from app.services.listings.pictures import PictureUnavailable, is_remote, picture_bytes
from app.views.icons import pixmap
from app.views.theme import current_theme
from app.views.thumbnails import Thumbnails, reader_of

ICON = 24


def read_whole(source: str, pixels: int) -> QImage:
    """The picture at *source*, its longer side *pixels*; a null image where there is none. A file may be heavier than a
    platform takes: it is shown beside what a repair makes of it. Threads: any."""
    buffer = QBuffer()
    if is_remote(source):
        try:
            buffer.setData(QByteArray(picture_bytes(source)))
        except PictureUnavailable:
            return QImage()
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        return _scaled(reader_of(buffer), pixels)
    if QFileInfo(source).size() > rule_data().limits.image_file_max:
        return QImage()
    return _scaled(reader_of(source), pixels)


def _scaled(reader: QImageReader | None, pixels: int) -> QImage:
    if reader is None:
        return QImage()
    size = reader.size()
    if size.width() * size.height() > rule_data().limits.image_pixels_max:
        return QImage()
    if size.isValid():
        scaled = size.scaled(QSize(pixels, pixels), Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(scaled.expandedTo(QSize(1, 1)))
    return reader.read()


def paint_whole(painter: QPainter, tile: QRect, pictures: Thumbnails, source: str) -> None:
    """The picture in the middle of *tile*, on a ground that shows where it ends; an icon where there is none."""
    theme = current_theme()
    painter.fillRect(tile, theme.color("header"))
    found = pictures.get(source, tile.width()) if source else None
    picture: QPixmap = found if found is not None else pixmap("photo", ICON, "text3")
    size = picture.deviceIndependentSize().toSize()
    place = QRect(tile.topLeft(), size)
    place.moveCenter(tile.center())
    painter.drawPixmap(place, picture)
    painter.setPen(theme.pen("line2"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(tile.adjusted(0, 0, -1, -1))
