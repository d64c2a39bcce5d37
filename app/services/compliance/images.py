"""Reading pictures: what they are, whatever they are called. A hostile file has a problem, it never raises."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from sqlalchemy import Connection

from app.services.compliance.image_facts import ImageFacts, is_remote
from app.services.compliance.loading import load_image_facts
from app.services.compliance.rule_data import rule_data
from app.services.db import Database
from app.services.tasks import TaskContext

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
"""Formats Pillow may try; the fewer readers see a hostile file, the better."""

FLUSH = 200
"""Pictures between two writes: little is lost by stopping, and the writer is not held while reading."""

READING = "images.reading"
_JPEG_LONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG markers without a length."""

_UPSERT = """
INSERT INTO image_file (source, sha256, width, height, byte_count, format, problem, modified_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source) DO UPDATE SET sha256 = excluded.sha256, width = excluded.width, height = excluded.height,
    byte_count = excluded.byte_count, format = excluded.format, problem = excluded.problem,
    modified_ms = excluded.modified_ms
"""


def read_image_facts(paths: Iterable[str], ctx: TaskContext | None = None) -> dict[str, ImageFacts]:
    """Read every file. Addresses of the web are left out: nothing is fetched here.

    Raises:
        TaskCancelled: stopped between two files.
    """
    wanted = [path for path in dict.fromkeys(paths) if not is_remote(path)]
    facts = {}
    for number, path in enumerate(wanted, 1):
        if ctx is not None:
            ctx.checkpoint()
            ctx.report(number, len(wanted))
        facts[path] = read_image(path)
    return facts


def read_image(source: str) -> ImageFacts:
    """Hash, pixels and format of one file; `problem` says why there are none."""
    seen = _look(source)
    if isinstance(seen, str):
        return ImageFacts(source, problem=seen)
    byte_count, modified_ms = seen
    limits = rule_data().limits
    if byte_count > limits.image_file_max:
        return ImageFacts(source, byte_count=byte_count, problem="heavy", modified_ms=modified_ms)
    try:
        data = Path(source).read_bytes()
    except PermissionError:
        return ImageFacts(source, problem="denied")
    except OSError:
        return ImageFacts(source, problem="missing")
    digest = sha256(data).hexdigest()
    width, height, name, problem = _open(data, limits.image_pixels_max)
    return ImageFacts(source, digest, width, height, byte_count, name, problem, modified_ms)


def refresh_image_facts(db: Database, sources: Iterable[str], ctx: TaskContext | None = None) -> dict[str, ImageFacts]:
    """What is true of *sources* now: read again only where size or time of the file changed, and stored.

    Returns: facts by source; addresses of the web are left out, for nothing is known of them.
    Raises:
        TaskCancelled: stopped; what was read until then is stored.
    """
    wanted = [source for source in dict.fromkeys(sources) if not is_remote(source)]
    with db.read() as session:
        facts = load_image_facts(session, wanted)
    changed = [source for source in wanted if not _is_current(facts.get(source))]
    for start in range(0, len(changed), FLUSH):
        fresh: dict[str, ImageFacts] = {}
        try:
            for source in changed[start : start + FLUSH]:
                if ctx is not None:
                    ctx.checkpoint()
                fresh[source] = read_image(source)
                if ctx is not None:
                    ctx.report(start + len(fresh), len(changed), note=READING)
        finally:
            new = [found for source, found in fresh.items() if facts.get(source) != found]
            if new:
                with db.bulk() as connection:
                    _store(connection, new)
            facts.update(fresh)
    return facts


def _store(connection: Connection, facts: Iterable[ImageFacts]) -> None:
    rows = [(f.source, f.sha256, f.width, f.height, f.byte_count, f.format, f.problem, f.modified_ms) for f in facts]
    connection.exec_driver_sql(_UPSERT, rows)


def _is_current(facts: ImageFacts | None) -> bool:
    """Whether the file still is what was read."""
    if facts is None or facts.modified_ms is None:
        return False
    return _look(facts.source) == (facts.byte_count, facts.modified_ms)


def _look(source: str) -> tuple[int, int] | str:
    """Size and time of a plain file, or the problem with it."""
    try:
        found = os.stat(source)  # noqa: PTH116 - a source may be no path at all; here that is a ValueError, no more
    except PermissionError:
        return "denied"
    except (OSError, ValueError):
        return "missing"
    if not stat.S_ISREG(found.st_mode):
        return "missing"
    return found.st_size, found.st_mtime_ns // 1_000_000


def _open(data: bytes, pixels_max: int) -> tuple[int | None, int | None, str, str]:
    """Width, height, format and problem of a picture; only its header is unpacked."""
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            width, height = picture.size
            name = "JPEG" if picture.format == "MPO" else picture.format or ""
            if width * height > pixels_max:
                return width, height, name, "huge"
            if name == "JPEG":
                is_whole = _is_whole_jpeg(data)
            else:
                picture.verify()
                is_whole = True
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None, None, "", "huge"
    except Exception:  # noqa: BLE001 - a hostile file may raise anything inside the decoder; it is one bad picture
        return None, None, "", "damaged"
    return (width, height, name, "") if is_whole else (width, height, name, "damaged")


def _is_whole_jpeg(data: bytes) -> bool:
    """Whether the picture itself, not a thumbnail in its header, runs to an end mark. Nothing is unpacked."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xDA:
            return data.rfind(b"\xff\xd9") > position
        if marker == 0xFF:
            position += 1
        elif marker in _JPEG_LONE:
            position += 2
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return False
