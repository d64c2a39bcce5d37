"""Products that nobody asked for: the second one of a create that was carried out twice on its way.

A request is sent once, but the network between us and the platform may repeat it. Only one of the two products is
told to us; the other shows by its title and codes. It is never taken for the answer to another create, and never
removed unasked: the report names both, and a person may take the superfluous one off sale.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.db import Database
from app.services.marketplace.port import Marketplace, RemoteStatus
from app.services.publishing.entries import CODE_SEPARATOR
from app.services.publishing.recovery import UNANSWERED

DOUBLED = "publishing.doubled"
"""Code of the reason under which a report shows them."""
WINDOW_MS = 26 * 3_600_000
"""A product made longer than this before or after the request has nothing to do with it, whatever the clocks say."""


@dataclass(frozen=True, slots=True)
class Double:
    """A superfluous product: `double_id` beside `product_id`, which the listing carries."""

    listing_id: int
    product_id: str
    double_id: str


@dataclass(frozen=True, slots=True)
class Made:
    """A create that the platform has carried out. `codes` are joined, as the journal has them."""

    task_id: int
    title: str
    codes: str
    product_id: str
    sent_ms: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A product on the platform; `created_ms` by whichever clock, None where it is not told."""

    product_id: str
    title: str
    codes: tuple[str, ...]
    created_ms: int | None


_OPEN_TWIN = (
    "EXISTS (SELECT 1 FROM publish_task AS twin WHERE twin.store_id = publish_task.store_id "
    "AND twin.state IN ('sending', 'unknown') AND twin.action = 'create' AND twin.title = publish_task.title "
    "AND twin.codes = publish_task.codes)"
)
"""A listing with the same title and codes is on its way: a second product may be the answer to that."""


def not_searched(connection: Connection, store_id: int) -> list[Made]:
    """Creates that nobody has searched the platform for a second product of."""
    rows = connection.exec_driver_sql(
        "SELECT id, title, codes, product_id, coalesce(sent_ms, 0) FROM publish_task WHERE store_id = ? "
        "AND action = 'create' AND product_id IS NOT NULL AND searched_ms IS NULL "
        f"AND state IN ('in_review', 'live', 'rejected') AND NOT {_OPEN_TWIN} ORDER BY id",
        (store_id,),
    )
    return [Made(*row) for row in rows]


def mark_searched(connection: Connection, made: Iterable[Made], settled_before_ms: int, moment_ms: int) -> None:
    """These need no other search, as far as they were settled so long ago that nothing can come any more."""
    connection.exec_driver_sql(
        "UPDATE publish_task SET searched_ms = ? WHERE id IN (SELECT value FROM json_each(?)) "
        "AND coalesce(settled_ms, sent_ms, 0) <= ?",
        (moment_ms, orjson.dumps([one.task_id for one in made]).decode(), settled_before_ms),
    )


def strangers(connection: Connection, store_id: int, product_ids: Iterable[str], before_ms: int) -> set[str]:
    """Those of *product_ids* that no task has sent and no listing had before *before_ms*."""
    rows = connection.exec_driver_sql(
        "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM publish_task WHERE store_id = ? "
        "AND product_id = value) AND NOT EXISTS (SELECT 1 FROM listing WHERE store_id = ? AND product_id = value "
        "AND created_ms < ?)",
        (orjson.dumps(sorted(product_ids)).decode(), store_id, store_id, before_ms),
    )
    return set(rows.scalars())


def note_double(connection: Connection, task_id: int, product_id: str) -> bool:
    """Remember a superfluous product; False where it is known, or belongs to a task by now."""
    noted = connection.exec_driver_sql(
        "INSERT OR IGNORE INTO publish_double (store_id, product_id, task_id, found_ms) "
        "SELECT store_id, ?, id, ? FROM publish_task WHERE id = ? AND product_id <> ? AND NOT EXISTS "
        "(SELECT 1 FROM publish_task AS other WHERE other.store_id = publish_task.store_id AND other.product_id = ?)",
        (product_id, now_ms(), task_id, product_id, product_id),
    )
    return noted.rowcount > 0


def note_others(connection: Connection, task_id: int, candidates: Iterable[str]) -> None:
    """A person said which of several products the listing is: those that no listing of ours can be are superfluous,
    unless one that looks the same is still on its way."""
    row = connection.exec_driver_sql(
        f"SELECT store_id, coalesce(sent_ms, 0) FROM publish_task WHERE id = ? AND NOT {_OPEN_TWIN}", (task_id,)
    ).first()
    if row is not None:
        for product_id in strangers(connection, row[0], candidates, row[1] - WINDOW_MS):
            note_double(connection, task_id, product_id)


def note_among(connection: Connection, store_id: int, seen: Sequence[Seen]) -> int:
    """Those of products new to us that are the second one of a create of ours. Returns: how many were noted.

    For a sync, which reads title, codes and time of everything that is new.
    """
    if not seen:
        return 0
    rows = connection.exec_driver_sql(
        "SELECT publish_task.id, json_extract(value, '$[0]') FROM json_each(?) JOIN publish_task "
        "ON publish_task.title = json_extract(value, '$[1]') AND publish_task.codes = json_extract(value, '$[2]') "
        "WHERE store_id = ? AND action = 'create' AND product_id IS NOT NULL "
        "AND publish_task.state IN ('in_review', 'live', 'rejected') "
        "AND abs(coalesce(json_extract(value, '$[3]'), sent_ms) - sent_ms) <= ? "
        f"AND NOT {_OPEN_TWIN} ORDER BY publish_task.id",
        (orjson.dumps([_facts(one) for one in seen]).decode(), store_id, WINDOW_MS),
    ).all()
    return sum(note_double(connection, task_id, product_id) for task_id, product_id in rows)


def _facts(seen: Seen) -> tuple[str, str, str, int | None]:
    return seen.product_id, seen.title, CODE_SEPARATOR.join(sorted(seen.codes)), seen.created_ms


def doubles_of(connection: Connection, store_id: int, batch_id: int | None = None) -> list[Double]:
    """Superfluous products of a store, or of one batch."""
    of_batch = "" if batch_id is None else f" AND batch_id = {int(batch_id)}"
    rows = connection.exec_driver_sql(
        "SELECT listing_id, publish_task.product_id, publish_double.product_id FROM publish_double "
        f"JOIN publish_task ON publish_task.id = task_id WHERE publish_double.store_id = ?{of_batch} "
        "ORDER BY task_id, publish_double.product_id",
        (store_id,),
    )
    return [Double(*row) for row in rows]


def forget_doubles(connection: Connection, store_id: int, product_ids: Iterable[str]) -> None:
    """These are not superfluous any more: off sale, gone, or somebody's after all."""
    connection.exec_driver_sql(
        "DELETE FROM publish_double WHERE store_id = ? AND product_id IN (SELECT value FROM json_each(?))",
        (store_id, orjson.dumps(list(product_ids)).decode()),
    )


async def take_off(
    db: Database, marketplace: Marketplace, store_id: int, batch_id: int | None = None
) -> tuple[list[Double], dict[str, str]]:
    """Take superfluous products off sale; what was done without a verdict is read from the platform.

    Returns: those that are off sale now, and the platform's code of each that is not.
    Raises:
        MarketplaceError: nothing was done at all.
    """
    doubles = await asyncio.to_thread(_read, db, store_id, batch_id)
    outcome = await marketplace.set_offline([double.double_id for double in doubles])
    off, failed = set(outcome.done), dict(outcome.failed)
    for product_id in outcome.unknown:
        if (await marketplace.read_listing(product_id)).status is RemoteStatus.OFF_SALE:
            off.add(product_id)
        else:
            failed[product_id] = UNANSWERED
    await asyncio.to_thread(_forget, db, store_id, off)
    return [double for double in doubles if double.double_id in off], failed


def _read(db: Database, store_id: int, batch_id: int | None) -> list[Double]:
    with db.read() as session:
        return doubles_of(session.connection(), store_id, batch_id)


def _forget(db: Database, store_id: int, product_ids: Iterable[str]) -> None:
    with db.bulk() as connection:
        forget_doubles(connection, store_id, product_ids)
