"""Disconnecting a store (its tokens go, its data stays) and removing it (all of it goes, after a copy was made)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from app.models import StoreHealth
from app.services.db import Database
from app.services.listings.loading import id_list
from app.services.stores.adding import Surroundings
from app.services.stores.editing import StoreBusy
from app.services.stores.reading import get_store, reference_of
from app.services.stores.records import StoreRecord
from app.services.upgrade import backup, backup_dir

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Removal:
    """What removing a store does, said before it is done.

    Attributes:
        store: the store.
        on_marketplace: listings the marketplace has; they stay there and only leave this computer.
        only_here: listings that were never sent: they are lost, except in the copy.
        changed: listings on the marketplace with changes that were not sent.
        orders, templates: what was read from the store; it can be read again.
        under_way: writes queued, under way or without an answer; while there are any, nothing is removed.
        by_status: listings by status.
    """

    store: StoreRecord
    on_marketplace: int
    only_here: int
    changed: int
    orders: int
    templates: int
    under_way: int
    by_status: Mapping[str, int] = field(default_factory=dict)


def disconnect_store(app: Surroundings, store_id: int) -> StoreRecord:
    """Wipe the store's tokens from this computer and see that they are gone. Listings, orders and the queue stay.

    The platform is not told: it has no call for it. Its owner ends the access there.

    Raises:
        CredentialStoreFailed, VaultLocked, NoCredentialStore: the place refused; the store stays connected.
        NotFound: no such store.
    """
    with app.db.bulk() as connection:
        app.credentials.wipe(reference_of(connection, store_id))  # before the commit, and nobody signs in meanwhile
        connection.exec_driver_sql(
            "UPDATE store SET credential_ref = '', health = ?, signed_out_ms = NULL, token_expires_ms = NULL, "
            "refresh_expires_ms = NULL WHERE id = ?",
            (str(StoreHealth.SIGNED_OUT), store_id),
        )
    log.info("store %s was disconnected", store_id)
    return get_store(app.db, store_id)


def removal_of(db: Database, store_id: int) -> Removal:
    """What removing would do; nothing is changed. Raises: NotFound."""
    store = get_store(db, store_id)
    with db.reader.connect() as connection:
        return _removal(connection, store)


def _removal(connection: Connection, store: StoreRecord) -> Removal:
    sent, unsent, changed = connection.exec_driver_sql(
        "SELECT count(product_id), count(*) - count(product_id), "
        "ifnull(sum(product_id IS NOT NULL AND content_hash <> ifnull(sent_hash, content_hash)), 0) "
        "FROM listing WHERE store_id = ?",
        (store.id,),
    ).one()

    def count(table: str, more: str = "") -> int:
        sql = f"SELECT count(*) FROM {table} WHERE store_id = ?{more}"
        return int(connection.exec_driver_sql(sql, (store.id,)).scalar_one())

    return Removal(
        store,
        sent,
        unsent,
        changed,
        count("store_order"),
        count("freight_template"),
        count("publish_task", " AND state IN ('waiting', 'queued', 'sending', 'unknown')"),
        dict(store.counts),
    )


def remove_store(app: Surroundings, store_id: int) -> Path:
    """Copy the database, wipe the tokens, and take the store with everything of it out in one transaction.

    Returns: the copy, from which it can be brought back.
    Raises:
        StoreBusy: writes are queued, under way or without an answer.
        CredentialStoreFailed, VaultLocked, NoCredentialStore: the tokens could not be wiped; nothing was removed.
        NotFound: no such store.
    """
    planned = removal_of(app.db, store_id)
    if planned.under_way:
        raise StoreBusy(name=planned.store.name, n=planned.under_way)
    copy = backup(app.db.path, backup_dir(app.db.path), label="before-removing-a-store")
    with app.db.bulk() as connection:
        under_way = _removal(connection, planned.store).under_way
        if under_way:
            raise StoreBusy(name=planned.store.name, n=under_way)
        reference = reference_of(connection, store_id)
        _take_out(connection, planned.store)
        app.credentials.wipe(reference)  # before the commit: if it fails, all is as it was
    log.info("store %s was removed", store_id)
    return copy


_BY_STORE = (
    "publish_task",
    "publish_batch",
    "store_order",
    "freight_template",
    "product_group",
    "marketing_group",
    "uploaded_image",
    "import_run",
    "listing",
)
"""In the order foreign keys ask for; variants, pictures and order lines go with their rows."""


_KEPT_OF_STORE = (
    "SELECT change_id FROM change_entry WHERE noun = 'kept' AND json_extract(after, '$.kind') IN ('store_codes', "
    "'cover_rules') AND ? IN (SELECT value FROM json_each(after, '$.key'))"
)
"""Changes of nothing but how a store writes its codes, or is covered: one thing each (`history/kept.py`)."""


def _take_out(connection: Connection, store: StoreRecord) -> None:
    _forget_changes(connection, store.id)
    for table in _BY_STORE:
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE store_id = ?", (store.id,))
    connection.exec_driver_sql("DELETE FROM store WHERE id = ?", (store.id,))
    for table in ("category", "category_attribute"):
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE gateway = ? AND NOT EXISTS (SELECT 1 FROM store WHERE gateway = ?)",
            (store.gateway, store.gateway),
        )


def _forget_changes(connection: Connection, store_id: int) -> None:
    """Before-images of these listings, and of how the store wrote its codes and was covered: their numbers may be given
    to others, which an undo must not touch."""
    connection.exec_driver_sql(
        "DELETE FROM change_entry WHERE listing_id IN (SELECT id FROM listing WHERE store_id = ?)", (store_id,)
    )
    connection.exec_driver_sql(
        "DELETE FROM change_range WHERE EXISTS (SELECT 1 FROM listing WHERE store_id = ? "
        "AND listing.id BETWEEN first_listing_id AND last_listing_id)",
        (store_id,),
    )
    for table in ("change_column", "change_following"):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE store_id = ?", (store_id,))
    of_store = list(connection.exec_driver_sql(_KEPT_OF_STORE, (store_id,)).scalars())
    connection.exec_driver_sql(f"DELETE FROM change_entry WHERE change_id IN ({id_list(of_store)})")
    connection.exec_driver_sql(f"DELETE FROM change WHERE id IN ({id_list(of_store)})")
    connection.exec_driver_sql(
        "DELETE FROM change WHERE store_id = ? AND kind <> 'right' AND id NOT IN (SELECT change_id FROM change_entry) "
        "AND id NOT IN (SELECT change_id FROM change_range) AND id NOT IN (SELECT change_id FROM change_column)",
        (store_id,),
    )
