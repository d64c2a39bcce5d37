"""Whether a bulk job may start for a store: not while its light is red, and never for one that may only be read."""

from __future__ import annotations

import orjson
from sqlalchemy import Connection

from app.models import StoreAccess
from app.services.clock import now_ms
from app.services.errors import InputError, NotFound, OutOfReach
from app.services.settings import Settings
from app.services.stores.light import RED, light_of
from app.services.stores.reading import read_stores
from app.services.stores.records import StoreRecord


class ReadOnlyStore(InputError):
    """The store may only be read; nothing is sent to it. `store` names it."""

    code = "publishing.read_only"


class StoreClosed(OutOfReach):
    """The store's light is red: `store.closed.signed_out`, `.disconnected`, `.wrong_secret` or `.wrong_app`. What is
    queued stays queued."""

    code = "store.closed.signed_out"
    retryable = False


class StoreFull(InputError):
    """All of the store's listing quota is used: nothing new can be put up. Edits of what is there can be sent."""

    code = "store.closed.full"


def ensure_open(connection: Connection, store_id: int) -> StoreRecord:
    """The store, if something may be sent to it.

    Raises:
        NotFound: no such store.
        ReadOnlyStore: its authorisation, or the user, allows reading only.
        StoreClosed: it is signed out or disconnected, or its app is refused.
    """
    found = read_stores(connection, "WHERE id = ?", (store_id,), warn_days=Settings().token_warn_days)
    if not found:
        raise NotFound(noun="store", name=str(store_id))
    store = found[0]
    if store.access != StoreAccess.OPERATE:
        raise ReadOnlyStore(store=store.name)
    light = light_of(store, now_ms())
    if light.level == RED and light.reason != "full":
        raise StoreClosed(f"store.closed.{light.reason}", store=store.name)
    return store


def ensure_room(connection: Connection, store: StoreRecord, listing_ids: list[int]) -> None:
    """Make sure that the store has room, if any of these listings is new to it.

    Raises:
        StoreFull: there is none.
    """
    live, quota = store.counts.get("live", 0), store.listing_quota
    if quota is None or live < quota:
        return
    has_new = connection.exec_driver_sql(
        "SELECT 1 FROM listing WHERE product_id IS NULL AND id IN (SELECT value FROM json_each(?)) LIMIT 1",
        (orjson.dumps(listing_ids).decode(),),
    ).first()
    if has_new is not None:
        raise StoreFull(store=store.name, live=live, quota=quota)
