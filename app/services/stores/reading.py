"""Finding stores and adding up what they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from app.models import StoreHealth
from app.services.clock import from_ms, now_ms
from app.services.db import Database
from app.services.errors import NotFound
from app.services.listings.text import fold
from app.services.settings import Settings
from app.services.stores.records import StoreRecord, health_of

TO_SHIP = ("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS")
"""Order states in which the seller owes a parcel (domain.md 11.1)."""

_COLUMNS = (
    "id, name, alias, colour, gateway, credential_ref, access, health, is_practice, token_expires_ms, last_sync_ms, "
    "listing_quota"
)


def list_stores(db: Database, *, warn_days: int = Settings().token_warn_days) -> list[StoreRecord]:
    """All stores in the order they were added, with counts by status and orders to ship."""
    with db.reader.connect() as connection:
        return read_stores(connection, "", (), warn_days=warn_days)


def find_store(db: Database, name: str, *, exactly: bool = False) -> StoreRecord:
    """The store called *name*: its name or alias, upper and lower case alike unless *exactly*; or its number.

    Raises:
        NotFound: no such store; `known` lists those there are.
    """
    stores = list_stores(db)
    for store in stores:
        if store.name == name:
            return store
    if not exactly:
        wanted = fold(name)
        for store in stores:
            if wanted in (fold(store.name), fold(store.alias) or None):
                return store
    raise NotFound("store.not_found", name=name, known=", ".join(store.name for store in stores) or "–")


def get_store(db: Database, store_id: int, *, warn_days: int = Settings().token_warn_days) -> StoreRecord:
    """The store with this id.

    Raises:
        NotFound: there is none.
    """
    with db.reader.connect() as connection:
        found = read_stores(connection, "WHERE id = ?", (store_id,), warn_days=warn_days)
    if not found:
        raise NotFound(noun="store", name=str(store_id))
    return found[0]


def read_stores(connection: Connection, where: str, params: Sequence[Any], *, warn_days: int) -> list[StoreRecord]:
    """Stores of a WHERE clause with their counts: three queries whatever their number."""
    rows = connection.exec_driver_sql(f"SELECT {_COLUMNS} FROM store {where} ORDER BY id", tuple(params)).all()
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for store_id, status, count in connection.exec_driver_sql(
        "SELECT store_id, status, count(*) FROM listing GROUP BY store_id, status"
    ):
        counts[store_id][status] = count
    marks = ", ".join("?" * len(TO_SHIP))
    waiting = connection.exec_driver_sql(
        f"SELECT store_id, count(*) FROM store_order WHERE status IN ({marks}) GROUP BY store_id", TO_SHIP
    )
    owed = {row[0]: row[1] for row in waiting}
    moment = now_ms()
    return [_record(row, counts[row[0]], owed.get(row[0], 0), moment, warn_days) for row in rows]


def _record(row: Sequence[Any], counts: dict[str, int], to_ship: int, moment_ms: int, warn_days: int) -> StoreRecord:
    number, name, alias, colour, gateway, reference, access, health, is_practice, expires, synced, quota = row
    return StoreRecord(
        id=number,
        name=name,
        alias=alias,
        colour=int(colour) if colour.isdigit() else 0,
        gateway=gateway,
        credential_ref=reference,
        access=access,
        health=health_of(access, health, expires, moment_ms, warn_days),
        is_practice=bool(is_practice),
        token_expires_at=from_ms(expires),
        last_sync_at=from_ms(synced),
        listing_quota=quota,
        counts=counts,
        to_ship=to_ship,
    )


def mark_health(db: Database, store_id: int, health: StoreHealth) -> None:
    """Remember that a store signed us out, or that it answers again."""
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "UPDATE store SET health = ? WHERE id = ? AND health <> ?", (str(health), store_id, str(health))
        )


def note_renewal(db: Database, store_id: int, token_expires_ms: int | None) -> None:
    """Remember that the store's sign-in was renewed, and until when it lasts."""
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "UPDATE store SET health = ?, token_expires_ms = ? WHERE id = ?",
            (str(StoreHealth.OK), token_expires_ms, store_id),
        )
