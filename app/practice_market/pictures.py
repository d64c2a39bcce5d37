"""Pictures as files: uploaded ones as they came, practice ones drawn when first asked for, thumbnails of both.

Pillow is imported only here and only when a picture is drawn or scaled, in a worker thread.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.practice_market.catalogue import load
from app.practice_market.storage import Storage

if TYPE_CHECKING:
    from PIL import Image as Pillow
    from PIL import ImageDraw

SIDE = 800
NAME = re.compile(r"(H[0-9a-f]{32})\.(jpg|png|gif)(?:_(\d{2,4})x(\d{2,4})\.jpg)?")
KINDS = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif"}


def drawing_hash(drawing: str) -> str:
    """The photobank name of a practice picture, known before it is drawn."""
    return "H" + hashlib.sha256(drawing.encode()).hexdigest()[:32]


async def fetch(storage: Storage, name: str) -> tuple[bytes, str] | None:
    """Content and type of `<hash>.<ext>` or a thumbnail `<hash>.<ext>_<width>x<height>.jpg`; None if unknown."""
    found = NAME.fullmatch(name)
    row = storage.row("SELECT * FROM image WHERE hash = ? LIMIT 1", (found[1],)) if found else None
    if found is None or row is None:
        return None
    content: bytes | None = row["bytes"]
    if content is None:
        content = await asyncio.to_thread(draw, row["drawing"])
        storage.execute("UPDATE image SET bytes = ?, size = ? WHERE hash = ?", (content, len(content), found[1]))
    if found[3] is None:
        return content, KINDS[row["extension"]]
    box = (min(int(found[3]), SIDE), min(int(found[4]), SIDE))
    return await asyncio.to_thread(_thumbnail, content, box), KINDS["jpg"]


def draw(drawing: str) -> bytes:
    """A JPEG, 800 x 800, of `kind:colour:view`, such as `lamp:Ivory:2`; views differ in size and place.

    Raises:
        KeyError: an unknown kind or colour.
    """
    from PIL import Image, ImageDraw

    kind, colour, view = drawing.split(":")
    data = load("drawings")
    upper, lower = (Image.new("RGB", (SIDE, SIDE), ground) for ground in data["ground"])
    picture = Image.composite(lower, upper, Image.linear_gradient("L").resize((SIDE, SIDE)))
    body = data["colours"][colour]
    tones = {"body": body, "dark": _mixed(body, 0, 0.35), "light": _mixed(body, 255, 0.45)}
    tones |= {"ground": data["ground"][1], "green": "#5f9a62", "yellow": "#e2bf4a"}
    frame = _Frame(int(view))
    pen = ImageDraw.Draw(picture)
    for shape, tone, points, *more in data["kinds"][kind]:
        _SHAPES[shape](pen, frame.placed(points), tones[tone], *(frame.length(value) for value in more))
    return _jpeg(picture)


class _Frame:
    """Where a drawing sits on the picture: smaller and shifted from view to view."""

    def __init__(self, view: int) -> None:
        self._scale = SIDE * (1.0 - 0.07 * (view % 4))
        self._left = (SIDE - self._scale) * (0.5 + 0.4 * (view % 3 - 1))
        self._top = (SIDE - self._scale) * 0.6

    def placed(self, points: list[float]) -> list[float]:
        return [value * self._scale + (self._top if index % 2 else self._left) for index, value in enumerate(points)]

    def length(self, value: float) -> int:
        return max(1, round(value * self._scale))


def _rounded(pen: ImageDraw.ImageDraw, box: list[float], tone: str, radius: int) -> None:
    pen.rounded_rectangle(box, radius, fill=tone)


def _ring(pen: ImageDraw.ImageDraw, box: list[float], tone: str, width: int) -> None:
    pen.ellipse(box, outline=tone, width=width)


def _ellipse(pen: ImageDraw.ImageDraw, box: list[float], tone: str) -> None:
    pen.ellipse(box, fill=tone)


def _polygon(pen: ImageDraw.ImageDraw, points: list[float], tone: str) -> None:
    pen.polygon(points, fill=tone)


_SHAPES: dict[str, Any] = {"rounded": _rounded, "ring": _ring, "ellipse": _ellipse, "polygon": _polygon}


def _mixed(colour: str, towards: int, share: float) -> str:
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (towards - part) * share):02x}" for part in parts)


def _thumbnail(content: bytes, box: tuple[int, int]) -> bytes:
    from PIL import Image

    with Image.open(BytesIO(content)) as image:
        image.thumbnail(box)
        return _jpeg(image.convert("RGB"))


def _jpeg(image: Pillow.Image) -> bytes:
    stream = BytesIO()
    image.save(stream, "JPEG", quality=85)
    return stream.getvalue()
