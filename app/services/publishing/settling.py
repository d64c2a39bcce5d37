"""A person's word on a listing that stayed unknown because several products could be it."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.db import Database
from app.services.errors import InputError
from app.services.publishing.batches import close_batches, open_as
from app.services.publishing.doubles import note_others
from app.services.publishing.entries import TaskKey
from app.services.publishing.journal import accept, put_back
from app.services.publishing.lookup import split_codes
from app.services.publishing.recovery import recover


class NotUndecided(InputError):
    """The listing waits for nobody's decision (any more); `listing` is its id."""

    code = "publishing.not_undecided"


@dataclass(frozen=True, slots=True)
class Undecided:
    """A listing that is unknown, with the products on the marketplace that may be it."""

    listing_id: int
    title: str
    codes: tuple[str, ...]
    sent_ms: int
    candidates: tuple[str, ...]


def undecided(db: Database, store_id: int) -> list[Undecided]:
    """Listings of a store that a person has to decide about: several products have their title and codes."""
    with db.read() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT listing_id, title, codes, sent_ms, error_params FROM publish_task WHERE store_id = ? "
            "AND state = 'unknown' AND error_code = 'publishing.several_found' ORDER BY id",
            (store_id,),
        )
        return [
            Undecided(
                row[0],
                row[1],
                split_codes(row[2]),
                row[3],
                tuple(orjson.loads(row[4]).get("candidates", ())),
            )
            for row in rows
        ]


def decide(db: Database, listing_id: int, product_id: str | None) -> None:
    """This product is the listing; None: none of them is, send it again.

    Raises:
        NotUndecided: the listing is not unknown, or a run is looking it up just now.
    """
    _free_of_dead_runs(db, listing_id)
    with db.bulk() as connection:
        row = connection.exec_driver_sql(
            "SELECT id, attempts, content_hash, batch_id, error_params FROM publish_task "
            "WHERE listing_id = ? AND state = 'unknown' AND owner = ''",
            (listing_id,),
        ).first()
        if row is None:
            raise NotUndecided(listing=listing_id)
        task_id, attempts, content_hash, batch_id, params = row
        _settle(connection, TaskKey(task_id, listing_id, attempts), product_id, content_hash, batch_id)
        if product_id is not None:
            note_others(connection, task_id, orjson.loads(params).get("candidates", ()))


def _free_of_dead_runs(db: Database, listing_id: int) -> None:
    with db.read() as session:
        store_id = (
            session.connection().exec_driver_sql("SELECT store_id FROM listing WHERE id = ?", (listing_id,)).scalar()
        )
    if store_id is not None:
        recover(db, store_id)


def _settle(connection: Connection, key: TaskKey, product_id: str | None, content_hash: str, batch_id: int) -> None:
    if product_id is None:
        put_back(connection, key, "", now_ms())
        open_as(connection, [batch_id])
    else:
        accept(connection, key, product_id, content_hash, now_ms())
        close_batches(connection, [batch_id])
