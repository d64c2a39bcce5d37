"""Pictures of a restored database that lie in another data folder than they did: every path follows them.

A path is told by its end: what stood under `images/` or `pictures/` of the data folder then lies there now. A path
whose file is still there is the user's own and stays. The history follows, too: older changes can be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.db import Database
from app.services.kept_pictures import FOLDERS
from app.services.listings.content import content_hash
from app.services.listings.loading import chunks, load_listings

_PARTS = re.compile(rf"[\\/](?=(?:{'|'.join(map(re.escape, FOLDERS))})[\\/])")
_SHOWN = (
    "SELECT source FROM image UNION SELECT source FROM image_file UNION "
    "SELECT json_extract(part.value, '$.image') FROM sku, json_each(sku.properties) AS part "
    'WHERE sku.properties LIKE \'%"image":"_%\''
)
_HAVING = (
    "SELECT listing_id FROM image WHERE source IN (SELECT value FROM json_each(?1)) UNION "
    'SELECT listing_id FROM sku, json_each(sku.properties) AS part WHERE sku.properties LIKE \'%"image":"_%\' '
    "AND json_extract(part.value, '$.image') IN (SELECT value FROM json_each(?1)) ORDER BY 1"
)
_KEPT = "SELECT id, before, after FROM change_entry WHERE noun IN ('images', 'sku', 'listing') ORDER BY id"


def follow_pictures(db: Database, data_dir: Path) -> int:
    """Give every path of a picture that is not where it was its place in *data_dir*, if it lies there.

    What was sent counts as sent: the marketplace got the pictures, not their places. Returns: paths that are others.
    """
    with db.bulk() as connection:
        stored = filter(None, connection.exec_driver_sql(_SHOWN).scalars().all())
        moved = {source: new for source in stored if (new := _new_place(source, data_dir))}
        if moved:
            _move_listings(connection, moved)
            _move_files(connection, moved)
            _move_history(connection, moved)
    return len(moved)


def _new_place(source: str, data_dir: Path) -> str:
    """Where the picture lies now, "" where it need not be looked for or is not found."""
    if "://" in source or not (cuts := [found.end() for found in _PARTS.finditer(source)]) or Path(source).exists():
        return ""
    for cut in reversed(cuts):
        place = data_dir.joinpath(*re.split(r"[\\/]", source[cut:]))
        if ".." not in place.parts and place.is_file():
            return str(place)
    return ""


def _move_listings(connection: Connection, moved: Mapping[str, str]) -> None:
    sources = orjson.dumps(list(moved)).decode()
    ids = list(connection.exec_driver_sql(_HAVING, (sources,)).scalars())
    connection.exec_driver_sql(
        "UPDATE image SET source = ? WHERE source = ?", [(new, old) for old, new in moved.items()]
    )
    for chunk in chunks(ids):
        rows = []
        for record in load_listings(connection, chunk):
            for sku in record.skus:
                if (properties := _replaced(sku.properties, moved)) != sku.properties:
                    text = orjson.dumps(properties).decode()
                    connection.exec_driver_sql("UPDATE sku SET properties = ? WHERE id = ?", (text, sku.id))
                    sku.properties = properties
            new_hash = content_hash(record)
            is_sent = record.sent_hash == record.content_hash
            rows.append((new_hash, new_hash if is_sent else record.sent_hash, record.id))
        connection.exec_driver_sql("UPDATE listing SET content_hash = ?, sent_hash = ? WHERE id = ?", rows)


def _move_files(connection: Connection, moved: Mapping[str, str]) -> None:
    """What is known about a picture stays known; what was read at the new place already counts."""
    pairs = [(new, old) for old, new in moved.items()]
    connection.exec_driver_sql("UPDATE OR IGNORE image_file SET source = ? WHERE source = ?", pairs)
    connection.exec_driver_sql("DELETE FROM image_file WHERE source = ?", [(old,) for old in moved])


def _move_history(connection: Connection, moved: Mapping[str, str]) -> None:
    folders = {_PARTS.split(source)[0].replace("\\", "\\\\") for source in moved}
    rows = []
    for number, *images in connection.exec_driver_sql(_KEPT):
        text = "".join(filter(None, images)).replace("\\\\\\\\", "\\\\")  # JSON within JSON
        if any(folder in text for folder in folders):
            rows.append((*(_image(image, moved) for image in images), number))
    if rows:
        connection.exec_driver_sql("UPDATE change_entry SET before = ?, after = ? WHERE id = ?", rows)


def _image(text: str | None, moved: Mapping[str, str]) -> str | None:
    """An image of the history; columns of JSON stand in it as text."""
    if text is None:
        return None
    image = _replaced(orjson.loads(text), moved)
    if isinstance(image.get("properties"), str):
        image["properties"] = orjson.dumps(_replaced(orjson.loads(image["properties"]), moved)).decode()
    return orjson.dumps(image).decode()


def _replaced(value: Any, moved: Mapping[str, str]) -> Any:
    """The same with every text that is an old path as the new one."""
    if isinstance(value, str):
        return moved.get(value, value)
    if isinstance(value, list):
        return [_replaced(one, moved) for one in value]
    return {name: _replaced(one, moved) for name, one in value.items()} if isinstance(value, dict) else value
