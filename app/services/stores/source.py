"""The Stores table: search, filters, order, rows, and one store with its health checklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.services.clock import now_ms, to_ms
from app.services.errors import NotFound
from app.services.listings.loading import id_list
from app.services.settings import Settings
from app.services.sql_source import Field, SqlSource, TableSpec
from app.services.stores.health import checklist
from app.services.stores.reading import TO_SHIP, read_stores
from app.services.stores.records import DAY_MS, Check, StoreRecord

_TO_SHIP = ", ".join(f"'{status}'" for status in TO_SHIP)


def _listings(*statuses: str) -> str:
    inside = ", ".join(f"'{status}'" for status in statuses)
    return f"(SELECT count(*) FROM listing WHERE listing.store_id = store.id AND status IN ({inside}))"


DRAFTS = ("draft", "ready", "held")
FAILED = ("failed", "rejected", "unknown")


def _flag(value: Any) -> int:
    return int(str(value).lower() in ("1", "true", "yes"))


FIELDS = {
    "name": Field("lower(name)", lambda value: str(value).lower()),
    "alias": Field("alias", str),
    "access": Field("access", str),
    "health": Field("health", str),
    "practice": Field("is_practice", _flag),
    "gateway": Field("gateway", str),
    "token": Field(f"ifnull(token_expires_ms, {1 << 62})", int),
    "sync": Field("ifnull(last_sync_ms, 0)", int),
    "live": Field(_listings("live"), int),
    "drafts": Field(_listings(*DRAFTS), int),
    "failed": Field(_listings(*FAILED), int),
    "quota": Field("ifnull(listing_quota, 0)", int),
    "to_ship": Field(
        f"(SELECT count(*) FROM store_order WHERE store_order.store_id = store.id AND status IN ({_TO_SHIP}))", int
    ),
}


@dataclass(frozen=True, slots=True)
class StoreRow:
    """One store as the table shows it.

    Attributes:
        colour: number of one of the theme's ten store colours.
        health: `ok`, `soon`, `signed_out` or `read_only`.
        token_days: whole days until the sign-in ends, None where unknown; 0 or less: over.
        live, drafts, failed: listings on sale; not sent yet; refused, failed or unconfirmed.
        quota: listings allowed, None if unknown.
        to_ship: orders that wait for a parcel.
    """

    id: int
    name: str
    alias: str
    colour: int
    access: str
    health: str
    is_practice: bool
    token_days: int | None
    last_sync_ms: int | None
    live: int
    drafts: int
    failed: int
    quota: int | None
    to_ship: int


@dataclass(frozen=True, slots=True)
class StoreDetail:
    """A store for the side panel: its figures, and what is well or not, the worst first."""

    store: StoreRecord
    checks: tuple[Check, ...]


class StoreSource(SqlSource[StoreRow]):
    """Page source of the Stores tab. `warn_days`: how long before its end a sign-in is "expires soon"."""

    spec = TableSpec(
        table="store",
        fields=FIELDS,
        default_sort="store.id ASC",
        store_column="store.id",
        search_column="lower(name || char(10) || alias || char(10) || seller_id)",
    )
    warn_days = Settings().token_warn_days

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[StoreRow]:
        """The rows of *ids*, in any order."""
        where = f"WHERE id IN ({id_list(ids)})"
        return [to_row(store) for store in read_stores(connection, where, (), warn_days=self.warn_days)]

    def detail(self, id: int) -> StoreDetail:
        """One store with its checklist.

        Raises:
            NotFound: it is gone.
        """
        with self._db.reader.connect() as connection:
            found = read_stores(connection, "WHERE id = ?", (id,), warn_days=self.warn_days)
            if not found:
                raise NotFound(noun="store", name=str(id))
            return StoreDetail(found[0], checklist(connection, found[0]))


def to_row(store: StoreRecord) -> StoreRow:
    """The table's row of a store."""
    expires = to_ms(store.token_expires_at)
    counts = store.counts
    return StoreRow(
        id=store.id,
        name=store.name,
        alias=store.alias,
        colour=store.colour,
        access=store.access,
        health=store.health,
        is_practice=store.is_practice,
        token_days=None if expires is None else (expires - now_ms()) // DAY_MS,
        last_sync_ms=to_ms(store.last_sync_at),
        live=counts.get("live", 0),
        drafts=sum(counts.get(status, 0) for status in DRAFTS),
        failed=sum(counts.get(status, 0) for status in FAILED),
        quota=store.listing_quota,
        to_ship=store.to_ship,
    )
