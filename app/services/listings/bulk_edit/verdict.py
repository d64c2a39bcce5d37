"""What the checker would newly say after a bulk edit: the same checker, on the listings as they would be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.services.compliance.checker import check
from app.services.compliance.context import CheckContext
from app.services.compliance.loading import learn_images, load_context
from app.services.compliance.number_looks import number_suspects
from app.services.compliance.recheck import pictures_of
from app.services.compliance.twins import Twin, read_twins
from app.services.history.columns import Staged
from app.services.listings.bulk_edit.planned_texts import edited_record
from app.services.listings.content import NUMBERS_HALF, numbers_sql
from app.services.listings.loading import chunks, id_list, load_listings
from app.services.listings.numbers import make_hash_known
from app.services.listings.records import ListingRecord
from app.services.tasks import TaskContext

CHUNK = 500

_FORESEEN = f"""
INSERT INTO plan.foreseen
SELECT listing.id, store_id, price_min_minor, price_max_minor, stock_total, {NUMBERS_HALF}, low, high, total, numbers
FROM (SELECT sku.listing_id, min({{price}}) AS low, max({{price}}) AS high, sum({{stock}}) AS total,
             numbers_hash({{numbers}}) AS numbers
      FROM sku INDEXED BY ix_sku_listing {{joins}} WHERE sku.listing_id IN ({{chosen}}) GROUP BY sku.listing_id) AS new
CROSS JOIN listing ON listing.id = new.listing_id
"""
_EDITED_TWINS = """
SELECT own.listing_id, other.listing_id, coalesce(nullif(listing.product_key, ''), listing.product_id, listing.title)
FROM plan.edited AS own
JOIN plan.edited AS other ON other.title = own.title AND other.store_id = own.store_id
 AND other.listing_id <> own.listing_id
JOIN listing ON listing.id = other.listing_id AND listing.status <> 'off'
WHERE own.listing_id IN ({ids}) AND own.title <> ''
UNION ALL
SELECT own.listing_id, listing.id, coalesce(nullif(listing.product_key, ''), listing.product_id, listing.title)
FROM plan.edited AS own
JOIN listing ON listing.title_folded = own.title AND listing.store_id = own.store_id
 AND listing.id <> own.listing_id AND listing.status <> 'off'
LEFT JOIN plan.edited AS other ON other.listing_id = listing.id AND other.title IS NOT NULL
WHERE own.listing_id IN ({ids}) AND own.title <> '' AND other.listing_id IS NULL
"""


def judge(connection: Connection, staged: Sequence[Staged], ctx: TaskContext) -> None:
    """Fill `plan.finding` and `plan.foreseen`. Only listings are checked of which something may change for the checker.

    Raises:
        TaskCancelled: stopped.
    """
    suspects = set(_suspects(connection, staged))
    suspects.update(connection.exec_driver_sql("SELECT listing_id FROM plan.edited").scalars())
    judge = _Judge(connection, staged)
    done = 0
    for ids in chunks(sorted(suspects), CHUNK):
        ctx.checkpoint()
        judge.chunk(ids)
        done += len(ids)
        ctx.report(done, len(suspects), note="bulk_edit.checking")


def _suspects(connection: Connection, staged: Sequence[Staged]) -> list[int]:
    """Listings of which new prices or stocks may change a finding. Fills `plan.foreseen`."""
    if not staged:
        return []
    parts = {"price_minor": "sku.price_minor", "stock": "sku.stock"}
    joins = ""
    for one in staged:
        joins += f" LEFT JOIN {one.table} AS new_{one.column} "
        joins += f"ON new_{one.column}.row_id = sku.id AND new_{one.column}.listing_id = sku.listing_id"
        parts[one.column] = (
            f"CASE WHEN new_{one.column}.row_id IS NULL THEN sku.{one.column} ELSE new_{one.column}.after END"
        )
    chosen = " UNION ".join(f"SELECT listing_id FROM {one.table}" for one in staged)
    numbers = numbers_sql(parts["price_minor"], parts["stock"])
    make_hash_known(connection)
    connection.exec_driver_sql("DELETE FROM plan.foreseen")
    connection.exec_driver_sql(
        _FORESEEN.format(price=parts["price_minor"], stock=parts["stock"], numbers=numbers, chosen=chosen, joins=joins)
    )
    return number_suspects(connection, staged, "plan.foreseen")


class _Judge:
    """Checks listings as they are and as they would be."""

    def __init__(self, connection: Connection, staged: Sequence[Staged]) -> None:
        self._connection, self._session = connection, Session(bind=connection)
        self._staged = staged
        self._contexts: dict[int, CheckContext] = {}

    def chunk(self, ids: Sequence[int]) -> None:
        """Note what is new in these listings."""
        before = load_listings(self._connection, ids)
        after = self._foreseen(before, ids)
        twins = read_twins(self._session, ids)
        later = self._twins_later(ids, twins)
        for store_id in {record.store_id for record in before}:
            own = (pictures_of(one) for one in chain(before, after) if one.store_id == store_id)
            learn_images(self._session, self._context(store_id), chain.from_iterable(own))
            self._context(store_id).guard.learn([one for one in chain(before, after) if one.store_id == store_id])
        rows = []
        for record, foreseen in zip(before, after, strict=True):
            context = self._context(record.store_id)
            context.twins.learn([record.id], later)
            new = Counter((one.code, str(one.severity)) for one in check(foreseen, context))
            if new:  # nearly every listing is in order afterwards: what it was before does not matter then
                context.twins.learn([record.id], twins)
                new -= Counter((one.code, str(one.severity)) for one in check(record, context))
            rows += [(record.id, code, severity, number) for (code, severity), number in new.items()]
        if rows:
            self._connection.exec_driver_sql("INSERT INTO plan.finding VALUES (?, ?, ?, ?)", rows)
        for context in self._contexts.values():
            context.images.forget()
            context.twins.forget()
            context.guard.forget()

    def _foreseen(self, records: Sequence[ListingRecord], ids: Sequence[int]) -> list[ListingRecord]:
        inside = id_list(ids)
        numbers: dict[int, dict[str, Any]] = {}
        for one in self._staged:
            rows = self._connection.exec_driver_sql(
                f"SELECT row_id, after FROM {one.table} WHERE listing_id IN ({inside})"
            )
            for row_id, after in rows:
                numbers.setdefault(row_id, {})[one.column] = after
        edits: dict[int, str] = dict(
            tuple(row)
            for row in self._connection.exec_driver_sql(
                f"SELECT listing_id, edit FROM plan.edited WHERE listing_id IN ({inside})"
            )
        )
        found = []
        for record in records:
            skus = [replace(sku, **numbers.get(sku.id or 0, {})) for sku in record.skus]
            foreseen = replace(record, skus=skus)
            found.append(edited_record(foreseen, edits[record.id]) if record.id in edits else foreseen)
        return found

    def _twins_later(self, ids: Sequence[int], twins: Mapping[int, tuple[Twin, ...]]) -> Mapping[int, tuple[Twin, ...]]:
        """Twins by code as they are, twins by title among the titles as they would be."""
        inside = id_list(ids)
        retitled = set(
            self._connection.execute(
                text(f"SELECT listing_id FROM plan.edited WHERE title IS NOT NULL AND listing_id IN ({inside})")
            ).scalars()
        )
        later = {
            number: [one for one in its if one.sku_id is not None or number not in retitled]
            for number, its in twins.items()
        }
        for number, other, name in self._connection.exec_driver_sql(_EDITED_TWINS.format(ids=inside)):
            later.setdefault(number, []).append(Twin(None, other, name))
        return {number: tuple(its) for number, its in later.items()}

    def _context(self, store_id: int) -> CheckContext:
        if store_id not in self._contexts:
            self._contexts[store_id] = load_context(self._session, store_id)
        return self._contexts[store_id]
