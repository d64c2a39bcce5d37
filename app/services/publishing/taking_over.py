"""Pictures in another store's photobank: which of them a listing shows, and their bytes with a name (domain.md 3.2).

A covered listing shows them by their address. Before it is published each goes into the own photobank, once; the
detail page then names the new addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import orjson
from sqlalchemy import Connection

from app.services.covering.detail import pictures_of
from app.services.listings.records import ListingRecord

NO_PICTURE = "publishing.picture_not_taken_over"
"""Code of what was downloaded and is no picture the photobank takes."""
_BEGINNINGS = ((b"\xff\xd8", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF8", "gif"))
_STEM = 80


def foreign_among(connection: Connection, store_id: int, sources: Iterable[str]) -> set[str]:
    """Those of *sources* that lie in another store's photobank."""
    rows = connection.exec_driver_sql(
        "SELECT url FROM foreign_picture WHERE store_id = ? AND url IN (SELECT value FROM json_each(?))",
        (store_id, orjson.dumps(list(sources)).decode()),
    )
    return set(rows.scalars())


def detail_pictures(connection: Connection, store_id: int, records: Sequence[ListingRecord]) -> dict[int, list[str]]:
    """Foreign pictures on the detail pages of listings of a store, by listing; a store that covers nobody has none, and
    its pages are not looked through."""
    covers = connection.exec_driver_sql("SELECT 1 FROM foreign_picture WHERE store_id = ? LIMIT 1", (store_id,))
    if covers.first() is None:
        return {}
    on_pages = {record.id: pictures_of(record.detail_html) for record in records}
    foreign = foreign_among(connection, store_id, {one for pictures in on_pages.values() for one in pictures})
    found = {number: [one for one in pictures if one in foreign] for number, pictures in on_pages.items()}
    return {number: pictures for number, pictures in found.items() if pictures}


def known_hashes(connection: Connection, sources: Iterable[str]) -> dict[str, str]:
    """Content hash of each of these pictures that was taken over before, into whichever store."""
    rows = connection.exec_driver_sql(
        "SELECT source, sha256 FROM image_file WHERE sha256 <> '' AND source IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(sources)).decode(),),
    )
    return dict(map(tuple, rows))


def remember_hash(connection: Connection, source: str, sha256: str) -> None:
    """What lies at *source*: the next listing that shows it needs no download."""
    connection.exec_driver_sql(
        "INSERT INTO image_file (source, sha256, format, problem) VALUES (?, ?, '', '') "
        "ON CONFLICT (source) DO UPDATE SET sha256 = excluded.sha256",
        (source, sha256),
    )


def picture_name(address: str, data: bytes) -> str:
    """A file name for a picture that was downloaded: its own, with the ending its content asks for; "" for no picture
    the photobank takes."""
    ending = next((name for start, name in _BEGINNINGS if data.startswith(start)), "")
    stem = PurePosixPath(urlsplit(address).path).name.partition(".")[0][:_STEM]
    return f"{stem or 'picture'}.{ending}" if ending else ""
