"""Making the stored match keys anew, once a newer grammar comes with a newer database."""

from __future__ import annotations

from sqlalchemy import Connection

from app.services.codes.bundles import note_bundles
from app.services.codes.keys import match_key
from app.services.collection import without_collection

AT_ONCE = 20_000
_PAGE = "SELECT DISTINCT code FROM sku WHERE code > ? ORDER BY code LIMIT ?"
_WRITE = "UPDATE sku SET match_key = ? WHERE code = ? AND match_key <> ?"


def rekey(connection: Connection) -> int:
    """Give every variant its match key of today. One pass over the distinct codes, through their index; variants whose
    key stays are not written. Returns: distinct codes looked at."""
    seen, last = 0, ""
    connection.exec_driver_sql("UPDATE sku SET match_key = '' WHERE code = '' AND match_key <> ''")
    with without_collection():
        while codes := list(connection.exec_driver_sql(_PAGE, (last, AT_ONCE)).scalars()):
            keys = [match_key(code) for code in codes]
            connection.exec_driver_sql(_WRITE, [(key, code, key) for code, key in zip(codes, keys, strict=True)])
            note_bundles(connection, keys)
            seen, last = seen + len(codes), codes[-1]
    return seen
