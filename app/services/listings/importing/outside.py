"""Pictures named by a path out of the sheet's folder. A sheet comes from strangers: it may name files it was given
with, not any file of this computer, which publishing would then show to everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import orjson
from sqlalchemy import Connection

from app.services.listings.importing.pictures import PictureFinder
from app.services.listings.importing.refusing import Refuser
from app.services.workbooks import ListingTable

_KNOWN = "SELECT source FROM image_file WHERE source IN (SELECT value FROM json_each(?))"


def refuse_outside(table: ListingTable, finder: PictureFinder, connection: Connection) -> None:
    """Refuse the cells that name such a file, unless it is a picture we have already: an exported sheet comes back
    with whole paths."""
    cells = {name: _names_of(table, name) for name in ("images", "sku_image")}
    named = {name for rows in cells.values() for names in set(rows) for name in names}
    outside = {name: path for name in named if (path := finder.outside(name)) is not None}
    if not outside:
        return
    wanted = orjson.dumps(sorted({*outside, *outside.values()})).decode()
    known = frozenset(connection.exec_driver_sql(_KNOWN, (wanted,)).scalars())
    finder.trust(known)
    left = {name for name, path in outside.items() if known.isdisjoint((name, path))}
    for field, rows in cells.items():
        _refuse(table, field, rows, left)


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
