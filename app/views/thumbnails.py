"""Small pictures of rows: decoded off the GUI thread at the size they are drawn, kept, shown when they are there."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QIODevice, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPainterPath, QPixmap

from app.views.theme.apply import device_ratio

if TYPE_CHECKING:
    from app.views.task_runner import TaskRunner

KEPT = 2000
UNDER_WAY = 8
WAITING = 64
SIGNS = {
    b"\xff\xd8\xff": b"jpeg",
    b"\x89PNG\r\n\x1a\n": b"png",
    b"GIF8": b"gif",
    b"RIFF": b"webp",
    b"BM": b"bmp",
    b"II*\x00": b"tiff",
    b"MM\x00*": b"tiff",
}
"""What pictures begin with, and what Qt calls them."""
SIGN_BYTES = max(map(len, SIGNS))
Load = Callable[[str, int], QImage]
Key = tuple[str, int]


class Thumbnails(QObject):
    """Pictures by key (a file path, or whatever `load` understands) and size.

    Emits:
        arrived: the key of a picture that is here now.
    """

    arrived = Signal(str)

    def __init__(self, runner: TaskRunner, load: Load | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._load = load or read_square
        self._kept: OrderedDict[Key, QPixmap | None] = OrderedDict()
        self._wanted: OrderedDict[Key, None] = OrderedDict()
        self._under_way: set[Key] = set()
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._fetch)

    def get(self, key: str, size: int) -> QPixmap | None:
        """The picture *size* logical pixels square; None while it is under way or where it cannot be read."""
        wish = (key, size)
        if wish in self._kept:
            self._kept.move_to_end(wish)
            return self._kept[wish]
        if wish not in self._under_way:
            self._wanted[wish] = None
            self._wanted.move_to_end(wish)
            while len(self._wanted) > WAITING:
                self._wanted.popitem(last=False)  # scrolled past
            if not self._soon.isActive():
                self._soon.start()  # who asks is painting: threads are set to work when that is done
        return None

    def forget(self, key: str) -> None:
        """Read *key* again: the file changed."""
        for wish in [wish for wish in self._kept if wish[0] == key]:
            del self._kept[wish]

    def _fetch(self) -> None:
        while self._wanted and len(self._under_way) < UNDER_WAY:
            wish, _ = self._wanted.popitem()
            self._under_way.add(wish)
            self._read(wish)

    def _read(self, wish: Key) -> None:
        ratio = device_ratio()
        handle = self._runner.call(self._load, wish[0], round(wish[1] * ratio))
        handle.succeeded.connect(lambda image: self._keep(wish, image, ratio))
        handle.failed.connect(lambda error: self._keep(wish, QImage(), ratio))
        handle.finished.connect(lambda: self._on_end(wish))

    def _keep(self, wish: Key, image: QImage, ratio: float) -> None:
        picture = None
        if not image.isNull():
            picture = QPixmap.fromImage(image)
            picture.setDevicePixelRatio(ratio)
        self._kept[wish] = picture
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.arrived.emit(wish[0])

    def _on_end(self, wish: Key) -> None:
        self._under_way.discard(wish)
        self._fetch()


def reader_of(source: str | QIODevice) -> QImageReader | None:
    """A reader of the picture in a file or a device, by what its first bytes say it is; None where that is no picture
    of pixels. Threads: any.

    Qt is not asked to find that out: its part for drawings (SVG) joins a signal on the way, while this thread has the
    interpreter. A window that lets go of a signal at that moment waits for the interpreter with the lock that joining
    waits for, and both wait for ever.
    """
    head = _head(source)
    form = next((form for sign, form in SIGNS.items() if head.startswith(sign)), None)
    if form is None:
        return None
    reader = QImageReader(source, QByteArray(form))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    return reader


def _head(source: str | QIODevice) -> bytes:
    """The first `SIGN_BYTES` bytes, fewer where there are no more; nothing of what cannot be read."""
    if isinstance(source, QIODevice):
        return bytes(source.peek(SIGN_BYTES).data())
    try:
        with Path(source).open("rb") as file:
            return file.read(SIGN_BYTES)
    except (OSError, ValueError):
        return b""


def read_square(source: str | QIODevice, pixels: int) -> QImage:
    """The picture cut to a square of *pixels* with rounded corners; a null image if it cannot be read.

    Threads: any (QImage only).
    """
    reader = reader_of(source)
    if reader is None:
        return QImage()
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(QSize(pixels, pixels), Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    return image if image.isNull() else _rounded(image, pixels)


def _rounded(image: QImage, pixels: int) -> QImage:
    made = QImage(QSize(pixels, pixels), QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(QColor(0, 0, 0, 0))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(QRectF(0, 0, pixels, pixels), pixels / 8, pixels / 8)
    painter.setClipPath(path)
    painter.drawImage((pixels - image.width()) // 2, (pixels - image.height()) // 2, image)
    painter.end()
    return made
