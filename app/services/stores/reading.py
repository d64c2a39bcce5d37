"""Finding stores and adding up what they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row

from app.models import StoreHealth
from app.services.clock import from_ms, now_ms, to_ms
from app.services.db import Database
from app.services.errors import NotFound
from app.services.listings.text import fold
from app.services.marketplace.port import StoreCredentials
from app.services.settings import Settings
from app.services.stores.names import colour_of
from app.services.stores.records import StoreRecord, health_of

TO_SHIP = ("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS")
"""Order states in which the seller owes a parcel (domain.md 11.1)."""

_COLUMNS = (
    "id, name, alias, colour, gateway, credential_ref, access, health, is_practice, token_expires_ms, last_sync_ms, "
    "listing_quota, refresh_expires_ms, signed_out_ms, is_shared, seller_id, platform_quota, may_post, profile_ms"
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
    """Stores of a WHERE clause with their counts: four queries whatever their number."""
    rows = connection.exec_driver_sql(f"SELECT {_COLUMNS} FROM store {where} ORDER BY id", tuple(params)).all()
    chosen = ", ".join(str(int(row.id)) for row in rows)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for store_id, status, count in connection.exec_driver_sql(
        f"SELECT store_id, status, count(*) FROM listing WHERE store_id IN ({chosen}) GROUP BY store_id, status"
    ):
        counts[store_id][status] = count
    marks = ", ".join("?" * len(TO_SHIP))
    waiting = connection.exec_driver_sql(
        f"SELECT store_id, count(*) FROM store_order WHERE status IN ({marks}) GROUP BY store_id", TO_SHIP
    )
    owed = {row[0]: row[1] for row in waiting}
    paused = dict(map(tuple, connection.exec_driver_sql("SELECT store_id, since_ms FROM publish_pause")))
    moment = now_ms()
    return [
        replace(
            _record(row, counts[row.id], moment, warn_days),
            to_ship=owed.get(row.id, 0),
            paused_at=from_ms(paused.get(row.id)),
        )
        for row in rows
    ]


def _record(row: Row[Any], counts: dict[str, int], moment_ms: int, warn_days: int) -> StoreRecord:
    ends = row.refresh_expires_ms or row.token_expires_ms
    return StoreRecord(
        id=row.id,
        name=row.name,
        alias=row.alias,
        colour=colour_of(row.colour),
        gateway=row.gateway,
        credential_ref=row.credential_ref,
        access=row.access,
        health=health_of(row.access, row.health, ends, moment_ms, warn_days),
        is_practice=bool(row.is_practice),
        token_expires_at=from_ms(row.token_expires_ms),
        last_sync_at=from_ms(row.last_sync_ms),
        listing_quota=row.listing_quota if row.platform_quota is None else row.platform_quota,
        own_quota=row.listing_quota,
        told_at=from_ms(row.profile_ms) if row.platform_quota is not None else None,
        may_post=None if row.may_post is None else bool(row.may_post),
        counts=counts,
        refresh_expires_at=from_ms(row.refresh_expires_ms),
        signed_out_at=from_ms(row.signed_out_ms),
        is_shared=bool(row.is_shared),
        seller_id=row.seller_id,
    )


def write_health(connection: Connection, store_id: int, health: StoreHealth) -> None:
    """Note what is the matter with a store, and since when, or that it answers again. Being out of reach says nothing
    about what was the matter before."""
    since = None if health is StoreHealth.OK else now_ms()
    only_well = f" AND health = '{StoreHealth.OK}'" if health is StoreHealth.UNREACHABLE else ""
    connection.exec_driver_sql(
        f"UPDATE store SET health = ?, signed_out_ms = ? WHERE id = ? AND health <> ?{only_well}",
        (str(health), since, store_id, str(health)),
    )


def end_outage(connection: Connection, store_id: int) -> None:
    """Note that the gateway of a store is there, whatever else is the matter."""
    connection.exec_driver_sql(
        "UPDATE store SET health = ?, signed_out_ms = NULL WHERE id = ? AND health = ?",
        (str(StoreHealth.OK), store_id, str(StoreHealth.UNREACHABLE)),
    )


def mark_health(db: Database, store_id: int, health: StoreHealth) -> None:
    """Remember what is the matter with a store, or that it answers again; see `write_health`."""
    with db.bulk() as connection:
        write_health(connection, store_id, health)


def note_renewal(db: Database, store_id: int, reference: str, credentials: StoreCredentials) -> bool:
    """Remember that the sign-in under *reference* was renewed, and until when both tokens last.

    False: the store has other tokens by now, or none; it was left as it is.
    """
    with db.bulk() as connection:
        noted = connection.exec_driver_sql(
            "UPDATE store SET health = ?, signed_out_ms = NULL, token_expires_ms = ?, refresh_expires_ms = ?, "
            "seller_id = coalesce(nullif(?, ''), seller_id) WHERE id = ? AND credential_ref = ?",
            (
                str(StoreHealth.OK),
                to_ms(credentials.expires_at),
                to_ms(credentials.refresh_expires_at),
                credentials.seller_id,
                store_id,
                reference,
            ),
        )
        return noted.rowcount == 1


def reference_of(connection: Connection, store_id: int) -> str:
    """Where the store's tokens lie now, "" after disconnecting. Raises: NotFound."""
    reference = connection.exec_driver_sql("SELECT credential_ref FROM store WHERE id = ?", (store_id,)).scalar()
    if reference is None:
        raise NotFound(noun="store", name=str(store_id))
    return str(reference)
