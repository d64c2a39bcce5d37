"""The Stores table: search, filters, order, rows, and one store with its health checklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.models import StoreAccess, StoreHealth
from app.services.clock import now_ms, to_ms
from app.services.db import Database
from app.services.errors import NotFound
from app.services.listings.loading import id_list
from app.services.paging import Filter, Query
from app.services.settings import Settings
from app.services.sql_source import Field, SqlSource, TableSpec
from app.services.stores.figures import StoreFigures, read_figures, total_of
from app.services.stores.health import checklist, waiting_writes
from app.services.stores.light import QUOTA_WARN_SHARE, Light, days_left, light_of
from app.services.stores.quotas import NO_CALLS, ApiCalls, calls_today
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


_QUOTA = "coalesce(platform_quota, listing_quota)"
_ENDS = f"coalesce(refresh_expires_ms, token_expires_ms, {1 << 62})"
_NOW = "CAST(strftime('%s', 'now') AS INTEGER) * 1000"


def _attention(warn_days: int) -> str:
    """The conditions of a red or amber light (`light.py`), for the filter."""
    nearly_full = f"{_listings('live')} >= {_QUOTA} * {QUOTA_WARN_SHARE}"
    return (
        f"(health <> '{StoreHealth.OK}' OR {_ENDS} <= {_NOW} OR (access = '{StoreAccess.OPERATE}' AND "
        f"({_ENDS} - {_NOW} < {warn_days * DAY_MS} OR ifnull({nearly_full}, 0))))"
    )


def _fields(warn_days: int) -> dict[str, Field]:
    return {
        "name": Field("lower(name)", lambda value: str(value).lower()),
        "alias": Field("alias", str),
        "access": Field("access", str),
        "health": Field("health", str),
        "attention": Field(_attention(warn_days), _flag),
        "practice": Field("is_practice", _flag),
        "shared": Field("is_shared", _flag),
        "gateway": Field("gateway", str),
        "token": Field(_ENDS, int),
        "sync": Field("ifnull(last_sync_ms, 0)", int),
        "live": Field(_listings("live"), int),
        "drafts": Field(_listings(*DRAFTS), int),
        "failed": Field(_listings(*FAILED), int),
        "quota": Field(f"ifnull({_QUOTA}, 0)", int),
        "to_ship": Field(
            f"(SELECT count(*) FROM store_order WHERE store_order.store_id = store.id AND status IN ({_TO_SHIP}))", int
        ),
    }


SEGMENTS: dict[str, tuple[Filter, ...]] = {
    "all": (),
    "attention": (Filter("attention", "=", True),),
    "operate": (Filter("access", "=", str(StoreAccess.OPERATE)), Filter("practice", "=", False)),
    "read_only": (Filter("access", "=", str(StoreAccess.READ_ONLY)),),
    "practice": (Filter("practice", "=", True),),
}
"""What the tab's chips stand for."""


@dataclass(frozen=True, slots=True)
class StoreRow:
    """One store as the table shows it.

    Attributes:
        colour: number of one of the theme's ten store colours.
        health: as `StoreRecord.health`.
        token_days: whole days until the sign-in ends, None where unknown; below 0: over.
        live, drafts, failed: listings on sale; not sent yet; refused, failed or unconfirmed.
        quota: listings allowed, None if unknown; `quota_told_ms`: when the platform told it, None for a person's.
        to_ship: orders that wait for a parcel.
        light: its light with the reason.
        failed_today: writes that failed or were rejected since midnight.
        full_in_days: days until the quota is used up at the week's pace, None while nothing is put up.
        signed_out_ms: as `StoreRecord.signed_out_at`.
        is_paused: nothing is published to it because somebody said so.
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
    light: Light
    failed_today: int
    full_in_days: int | None
    signed_out_ms: int | None = None
    quota_told_ms: int | None = None
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class StoreDetail:
    """A store for the side panel: its figures, and what is well or not, the worst first.

    `waiting` are writes in the queue or without an answer, `calls` those of today.
    """

    store: StoreRecord
    checks: tuple[Check, ...]
    light: Light
    figures: StoreFigures
    waiting: int = 0
    calls: ApiCalls = NO_CALLS


class StoreSource(SqlSource[StoreRow]):
    """Page source of the Stores tab. `warn_days`: how long before its end a sign-in is "expires soon"."""

    def __init__(self, db: Database, *, warn_days: int = Settings().token_warn_days) -> None:
        super().__init__(db)
        self.warn_days = warn_days
        self.spec = TableSpec(
            table="store",
            fields=_fields(warn_days),
            default_sort="store.id ASC",
            store_column="store.id",
            search_column="lower(name || char(10) || alias || char(10) || seller_id)",
        )

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[StoreRow]:
        """The rows of *ids*, in any order."""
        where = f"WHERE id IN ({id_list(ids)})"
        figures = read_figures(connection, ids)
        stores = read_stores(connection, where, (), warn_days=self.warn_days)
        return [to_row(store, figures[store.id]) for store in stores]

    def tally(self) -> dict[str, int]:
        """How many stores each of the tab's chips stands for."""
        return {name: self.count(Query(filters=filters)) for name, filters in SEGMENTS.items()}

    def week(self) -> StoreFigures:
        """The figures of all stores together."""
        with self._db.reader.connect() as connection:
            ids = connection.exec_driver_sql("SELECT id FROM store").scalars().all()
            return total_of(read_figures(connection, ids).values())

    def detail(self, id: int) -> StoreDetail:
        """One store with its checklist.

        Raises:
            NotFound: it is gone.
        """
        with self._db.reader.connect() as connection:
            found = read_stores(connection, "WHERE id = ?", (id,), warn_days=self.warn_days)
            if not found:
                raise NotFound(noun="store", name=str(id))
            store, figures = found[0], read_figures(connection, [id])[id]
            waiting = waiting_writes(connection, id)
            checks = checklist(connection, store, figures, waiting)
            calls = calls_today(connection, id)
            return StoreDetail(store, checks, light_of(store, now_ms()), figures, waiting, calls)


def to_row(store: StoreRecord, figures: StoreFigures) -> StoreRow:
    """The table's row of a store."""
    moment, counts = now_ms(), store.counts
    return StoreRow(
        id=store.id,
        name=store.name,
        alias=store.alias,
        colour=store.colour,
        access=store.access,
        health=store.health,
        is_practice=store.is_practice,
        token_days=days_left(store, moment),
        last_sync_ms=to_ms(store.last_sync_at),
        live=counts.get("live", 0),
        drafts=sum(counts.get(status, 0) for status in DRAFTS),
        failed=sum(counts.get(status, 0) for status in FAILED),
        quota=store.listing_quota,
        to_ship=store.to_ship,
        light=light_of(store, moment),
        failed_today=figures.failed_today,
        full_in_days=figures.days_left(counts.get("live", 0), store.listing_quota),
        signed_out_ms=to_ms(store.signed_out_at),
        quota_told_ms=to_ms(store.told_at),
        is_paused=store.paused_at is not None,
    )
