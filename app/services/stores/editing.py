"""Changing what a store is called here and what may be done with it; nothing of it leaves this computer."""

from __future__ import annotations

import logging
import re

from app.models import StoreAccess
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.recording import record_right
from app.services.stores.adding import STORE_COLOURS, checked_name
from app.services.stores.reading import get_store, list_stores
from app.services.stores.records import StoreRecord

log = logging.getLogger(__name__)

_ALIAS = re.compile(r"[0-9a-z]{4}\Z")
LARGEST_QUOTA = 10_000_000


class NameTaken(InputError):
    """Another store is called `name`."""

    code = "store.name_taken"


class BadAlias(InputError):
    """An alias has four letters or digits (domain.md 4), and no two stores have the same."""

    code = "store.bad_alias"


class BadQuota(InputError):
    """A listing quota is a whole number of at least 1, or unknown."""

    code = "store.bad_quota"


class PracticeAlias(InputError):
    """The alias is what a store of the practice market is known by."""

    code = "store.practice_alias"


class StoreBusy(InputError):
    """Work for the store `name` is queued or under way: `n` writes."""

    code = "store.busy"


def change_store(
    db: Database,
    store_id: int,
    *,
    name: str | None = None,
    alias: str | None = None,
    colour: int | None = None,
    quota: int | None = None,
) -> StoreRecord:
    """Set what is given; all of it or nothing. `quota` 0 means unknown.

    Raises:
        BadStoreName, NameTaken, BadAlias, PracticeAlias, BadQuota: with the reason; nothing was changed.
        NotFound: no such store.
    """
    store, others = get_store(db, store_id), [one for one in list_stores(db) if one.id != store_id]
    values: dict[str, object] = {}
    if name is not None:
        values["name"] = _free_name(name, others)
    if alias is not None and alias.strip().lower() != store.alias:
        values["alias"] = _free_alias(alias, store, others)
    if colour is not None:
        values["colour"] = str(colour % STORE_COLOURS)
    if quota is not None:
        if not 0 <= quota <= LARGEST_QUOTA:
            raise BadQuota(most=LARGEST_QUOTA)
        values["listing_quota"] = quota or None
    if values:
        marks = ", ".join(f"{column} = ?" for column in values)
        with db.bulk() as connection:
            connection.exec_driver_sql(f"UPDATE store SET {marks} WHERE id = ?", (*values.values(), store_id))
    return get_store(db, store_id)


def _free_name(name: str, others: list[StoreRecord]) -> str:
    cleaned = checked_name(name)
    if any(other.name.casefold() == cleaned.casefold() for other in others):
        raise NameTaken(name=cleaned)
    return cleaned


def _free_alias(alias: str, store: StoreRecord, others: list[StoreRecord]) -> str:
    from app.services.stores.practice import is_own

    cleaned = alias.strip().lower()
    if is_own(store):
        raise PracticeAlias(alias=store.alias)
    if cleaned and not _ALIAS.match(cleaned):
        raise BadAlias(alias=cleaned[:20])
    taken = next((other.name for other in others if cleaned and other.alias == cleaned), None)
    if taken is not None:
        raise BadAlias("store.alias_taken", alias=cleaned, name=taken)
    return cleaned


class NotConfirmed(InputError):
    """Writing to the store `name` was to be allowed without anybody having said yes to just that."""

    code = "store.not_confirmed"


def set_access(db: Database, store_id: int, access: StoreAccess, *, is_confirmed: bool = False) -> StoreRecord:
    """Make a store operable, or readable only, and write into the history who did so and when.

    Args:
        is_confirmed: a person was told what it means for this store and said yes; allowing to write needs it.

    Raises:
        NotConfirmed: writing was to be allowed without.
        StoreBusy: it is to become read-only while writes are queued or under way: they would be stuck.
        NotFound: no such store.
    """
    store = get_store(db, store_id)
    if store.access == access:
        return store
    if access == StoreAccess.OPERATE and not is_confirmed:
        raise NotConfirmed(name=store.name)
    with db.bulk() as connection:
        if access == StoreAccess.READ_ONLY:
            waiting = connection.exec_driver_sql(
                "SELECT count(*) FROM publish_task WHERE store_id = ? "
                "AND state IN ('waiting', 'queued', 'sending', 'unknown')",
                (store_id,),
            ).scalar_one()
            if waiting:
                raise StoreBusy(name=store.name, n=waiting)
        connection.exec_driver_sql("UPDATE store SET access = ? WHERE id = ?", (str(access), store_id))
        record_right(connection, label=f"history.right.{access}", store_id=store_id, store=store.name)
    log.info("store %s is now %s", store_id, access)
    return get_store(db, store_id)
