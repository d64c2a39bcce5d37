"""Pictures named by a path out of the sheet's folder. A sheet comes from strangers: it may name files it was given
with, not any file of this computer, which publishing would then show to everybody."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import orjson
from sqlalchemy import Connection

from app.services.listings.importing.pictures import PictureFinder
from app.services.listings.importing.refusing import Refuser
from app.services.workbooks import ListingTable

_READ_BEFORE = "SELECT source FROM image_file WHERE source IN (SELECT value FROM json_each(?))"
_OF_CODES = (
    "WITH named AS (SELECT listing_id, properties FROM sku WHERE code IN (SELECT value FROM json_each(?))) "
    "SELECT source FROM image WHERE listing_id IN (SELECT listing_id FROM named) "
    "UNION SELECT json_extract(part.value, '$.image') FROM named, json_each(named.properties) AS part"
)
"""Pictures of the variants the sheet names and of their listings."""
_ROOTED = re.compile(r"\n(?:[/\\]|.:)").search


def refuse_outside(table: ListingTable, finder: PictureFinder, connection: Connection) -> None:
    """Refuse the cells that name such a file, unless it is a picture we have already: an exported sheet comes back
    with whole paths."""
    cells = {name: _names_of(table, name) for name in ("images", "sku_image")}
    distinct = {names for rows in cells.values() for names in rows}
    text = "\n".join(["", *map("\n".join, distinct)])
    if ".." not in text and not _ROOTED(text):
        return  # nearly every sheet, and a large one has a hundred thousand names
    outside = {name: path for names in distinct for name in names if (path := finder.outside(name)) is not None}
    if not outside:
        return
    known = _ours(table, {*outside, *outside.values()}, connection)
    finder.trust(known)
    left = {name for name, path in outside.items() if known.isdisjoint((name, path))}
    for field, rows in cells.items():
        _refuse(table, field, rows, left)


def _ours(table: ListingTable, paths: set[str], connection: Connection) -> set[str]:
    """Those of *paths* that are pictures of ours."""
    wanted = orjson.dumps(sorted(paths)).decode()
    known = set(connection.exec_driver_sql(_READ_BEFORE, (wanted,)).scalars())
    codes = [code for code in table.fields.get("sku_code", ()) if code]
    if codes and not known >= paths:
        stored = connection.exec_driver_sql(_OF_CODES, (orjson.dumps(codes).decode(),)).scalars()
        known |= paths.intersection(stored)
    return known


def _names_of(table: ListingTable, field: str) -> list[tuple[str, ...]]:
    """Pictures each row names."""
    values: Iterable[tuple[str, ...] | str | None] = table.fields.get(field, ())
    return [(value,) if isinstance(value, str) else value or () for value in values]


def _refuse(table: ListingTable, field: str, rows: Iterable[tuple[str, ...]], left: Collection[str]) -> None:
    column = next(iter(table.recognition.of(field)), None)
    if column is None or not left:
        return
    refuser = Refuser(table)
    for position, names in enumerate(rows):
        found = next((name for name in names if name in left), None)
        if found is not None and position not in table.refused:
            refuser.refuse(position, column, found, "picture_outside", {})
    refuser.done()
