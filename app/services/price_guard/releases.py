"""Stored releases, one a listing at most; a change keeps them whole, so that undo puts the one before back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import orjson
from sqlalchemy import Connection

from app.services.listings.loading import chunks, id_list
from app.services.price_guard.records import Release

NOUN: Literal["release"] = "release"
"""What a change calls it; its image is `{"release": <row>}`, None for none."""
COLUMNS = ("imprint", "reasons", "comment", "actor", "released_ms")
_READ = f"SELECT listing_id, {', '.join(COLUMNS)} FROM price_release WHERE listing_id IN ({{ids}})"
_PUT = (
    f"INSERT OR REPLACE INTO price_release (listing_id, {', '.join(COLUMNS)}) SELECT ?1, ?2, ?3, ?4, ?5, ?6 "
    "WHERE EXISTS (SELECT 1 FROM listing WHERE id = ?1)"
)


def image_of(connection: Connection, listing_id: int) -> dict[str, Any] | None:
    """The stored row of a listing as a change keeps it, None where there is none."""
    row = connection.exec_driver_sql(_READ.format(ids=int(listing_id))).first()
    return None if row is None else dict(zip(COLUMNS, row[1:], strict=True))


def put_release(connection: Connection, listing_id: int, image: Mapping[str, Any] | None) -> None:
    """Make the listing's release what *image* says, `{"release": <row or None>}`."""
    row = (image or {}).get(NOUN)
    if row is None:
        connection.exec_driver_sql("DELETE FROM price_release WHERE listing_id = ?", (listing_id,))
    else:
        connection.exec_driver_sql(_PUT, (listing_id, *(row[name] for name in COLUMNS)))


def read_releases(connection: Connection, listing_ids: Sequence[int]) -> dict[int, Release]:
    """The release of each of these listings that has one."""
    found: dict[int, Release] = {}
    for chunk in chunks(listing_ids):
        for number, imprint, reasons, comment, actor, _ in connection.exec_driver_sql(_READ.format(ids=id_list(chunk))):
            said = frozenset((code, sku) for code, sku in orjson.loads(reasons))
            found[number] = Release(imprint, said, comment, actor)
    return found
