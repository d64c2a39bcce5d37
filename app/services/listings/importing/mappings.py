"""Mappings the user corrected, kept for the next sheet with the same headers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import orjson

from app.services.clock import now_ms
from app.services.db import Database
from app.services.workbooks import RecognisedColumn, Recognition
from app.services.workbooks.fields import folded


def save_mapping(db: Database, name: str, signature: str, mapping: Mapping[str, str | None]) -> None:
    """Keep a mapping for sheets with these headers; *name* is for people."""
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO sheet_mapping (name, signature, mapping, updated_ms) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (signature) DO UPDATE SET name = excluded.name, mapping = excluded.mapping, "
            "updated_ms = excluded.updated_ms",
            (name, signature, orjson.dumps(dict(mapping)).decode(), now_ms()),
        )


def stored_mapping(db: Database, signature: str) -> dict[str, str | None]:
    """The mapping kept for these headers; empty for none."""
    with db.reader.connect() as connection:
        stored = connection.exec_driver_sql(
            "SELECT mapping FROM sheet_mapping WHERE signature = ?", (signature,)
        ).scalar()
    return {} if stored is None else dict(orjson.loads(stored))


def column_keys(recognition: Recognition) -> dict[int, str]:
    """Index → how a correction names the column: its header, or its letter where that is not its own."""
    counts = Counter(folded(column.header) for column in recognition.columns)
    return {column.index: _key(column, counts) for column in recognition.columns}


def _key(column: RecognisedColumn, counts: Counter[str]) -> str:
    own = folded(column.header)
    return column.header if own and counts[own] == 1 else column.letter
