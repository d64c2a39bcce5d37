"""The stores by name: what the window shows of them before anything is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from app.services.db import Database


class StoreName(NamedTuple):
    """A store as the picker shows it; see `records.StoreRecord`."""

    id: int
    name: str
    alias: str
    colour: int
    is_practice: bool


def store_names(db: Database) -> list[StoreName]:
    """All stores in the order they were added."""
    with db.look() as connection:
        rows = connection.exec_driver_sql("SELECT id, name, alias, colour, is_practice FROM store ORDER BY id").all()
    return [StoreName(id, name, alias, colour_of(colour), bool(practice)) for id, name, alias, colour, practice in rows]


def colour_of(stored: str) -> int:
    """The number of a store's colour; of one that was given none the first."""
    return int(stored) if stored.isdigit() else 0
