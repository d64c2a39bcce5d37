"""Thumbnails of listings: files of this computer and pictures of the photobank."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QTimer
from PySide6.QtGui import QImage

from app.services.listings.pictures import PictureUnavailable, picture_bytes
from app.views.task_runner import TaskRunner
from app.views.thumbnails import Thumbnails, read_square

READERS = 2
AGAIN_MS = 3_000
TRIES = 6
"""A picture that cannot be had just now (the practice market is still starting, the network is away) is asked for
again a few times."""


class ListingPictures(Thumbnails):
    """Reads on threads of its own: a slow picture must not hold up rows and edits."""

    def __init__(self, parent: QObject | None = None) -> None:
        self._own = TaskRunner(workers=READERS)
        super().__init__(self._own, self._load_counted, parent)
        self._missing: set[str] = set()
        self._tried: Counter[str] = Counter()
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._ask_again)
        self.arrived.connect(self._on_arrived)
        if parent is not None:
            own = self._own
            parent.destroyed.connect(lambda: own.shutdown())

    def stop(self) -> None:
        """End the threads: nothing is read any more."""
        self._again.stop()
        self._own.shutdown()

    def _load_counted(self, source: str, pixels: int) -> QImage:
        """As `read_picture`, and remember what could not be had. Threads: any."""
        try:
            return read_picture(source, pixels)
        except PictureUnavailable:
            self._missing.add(source)
            return QImage()

    def _on_arrived(self, source: str) -> None:
        if source in self._missing and self._tried[source] < TRIES and not self._again.isActive():
            self._again.start()

    def _ask_again(self) -> None:
        missing, self._missing = self._missing, set()
        for source in missing:
            self._tried[source] += 1
            self.forget(source)
            self.arrived.emit(source)  # whoever shows it asks for it again


def read_picture(source: str, pixels: int) -> QImage:
    """The picture at *source* as a rounded square; a null image where there is none. Threads: any.

    Raises:
        PictureUnavailable: the address does not answer just now.
    """
    data = picture_bytes(source)
    if not data:
        return QImage()
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return read_square(buffer, pixels)
