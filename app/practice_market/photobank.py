"""The photobank: pictures a store uploaded, kept by content hash and served from `/kf/` on loopback."""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.practice_market.refusals import Refusal
from app.practice_market.storage import Storage
from app.practice_market.switches import Switches

LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
PATH = re.compile(r"/(kf/(H[0-9a-f]{32})\.(jpg|png|gif))")
HASHED = 32


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture file is: extension and size in pixels."""

    extension: str
    width: int
    height: int


def measure(content: bytes) -> Picture | None:
    """Kind and size of a JPEG, PNG or GIF file from its header, None for anything else."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        return Picture("png", *struct.unpack(">II", content[16:24]))
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        return Picture("gif", *struct.unpack("<HH", content[6:10]))
    if content[:2] == b"\xff\xd8":
        return _measure_jpeg(content)
    return None


def _measure_jpeg(content: bytes) -> Picture | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Picture("jpg", width, height)
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return None


def checked(content: bytes, switches: Switches) -> Picture:
    """The picture in *content*, if the photobank takes it (5.13: 3 MB, 5000 pixels a side, jpg, png or gif).

    Raises:
        Refusal: `image.empty`, `image.too_large`, `image.format`.
    """
    if not content:
        raise Refusal("image.empty")
    picture = measure(content)
    if picture is None:
        raise Refusal("image.format")
    bytes_max, pixels_max = switches.image_bytes_max, switches.image_pixels_max
    if len(content) > bytes_max or max(picture.width, picture.height) > pixels_max:
        raise Refusal("image.too_large", bytes=bytes_max, pixels=pixels_max)
    return picture


def content_hash(content: bytes) -> str:
    """The name a picture gets in its address."""
    return "H" + hashlib.sha256(content).hexdigest()[:HASHED]


def own_path(address: str) -> str | None:
    """`kf/<hash>.<extension>` of an address of this market, whatever port it had then; None for other addresses."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    found = PATH.fullmatch(parts.path)
    return found[1] if found and parts.hostname in LOOPBACK else None


def is_own_address(address: str) -> bool:
    """Whether *address* is one of a market on this machine."""
    return own_path(address) is not None


def address(gateway: str, stored: str) -> str:
    """A stored picture address as the world sees it now."""
    return f"{gateway}/{stored}" if stored.startswith("kf/") else stored


def is_held(storage: Storage, path: str) -> bool:
    """Whether some store's photobank holds the picture at *path*."""
    name = path.removeprefix("kf/").partition(".")[0]
    return storage.value("SELECT 1 FROM image WHERE hash = ? LIMIT 1", (name,)) is not None


def used_bytes(storage: Storage, store_id: int) -> int:
    """How much of the photobank a store uses."""
    return int(storage.value("SELECT coalesce(sum(size), 0) FROM image WHERE store_id = ?", (store_id,)))
