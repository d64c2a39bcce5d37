"""What the checker would newly say after a bulk edit: the same checker, on the listings as they would be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.services.compliance.checker import check
from app.services.compliance.context import CheckContext
from app.services.compliance.field_looks import TOLD_APART, FieldLook, learn_title_twins, title_twins
from app.services.compliance.loading import learn_images, load_context
from app.services.compliance.number_looks import NUMBER_CODES, number_suspects
from app.services.compliance.recheck import pictures_of
from app.services.compliance.rule_looks import RuleLook
from app.services.compliance.twins import Twin, read_twins
from app.services.history.columns import Staged
from app.services.history.records import SORTED_HERE
from app.services.listings.apart import pairs_apart
from app.services.listings.bulk_edit.planned_texts import VIRTUAL, edited_fields, edited_record, put_fields
from app.services.listings.content import NUMBERS_HALF, numbers_sql
from app.services.listings.loading import chunks, id_list, load_fields, load_listings
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
_OTHER_TITLE = "other.store_id = own.store_id AND other.listing_id <> own.listing_id"
_NAMED = "coalesce(nullif(listing.product_key, ''), listing.product_id, listing.title)"
_EDITED_TWINS = f"""
SELECT own.listing_id, other.listing_id, {_NAMED}
FROM plan.edited AS own
JOIN plan.edited AS other ON other.title = own.title AND {_OTHER_TITLE}
JOIN listing ON listing.id = other.listing_id AND listing.status <> 'off'
WHERE own.listing_id IN ({{ids}}) AND own.title <> ''
UNION ALL
SELECT own.listing_id, listing.id, {_NAMED}
FROM plan.edited AS own
JOIN listing ON listing.title_folded = own.title AND listing.store_id = own.store_id
 AND listing.id <> own.listing_id AND listing.status <> 'off'
LEFT JOIN plan.edited AS other ON other.listing_id = listing.id AND other.title IS NOT NULL
WHERE own.listing_id IN ({{ids}}) AND own.title <> '' AND other.listing_id IS NULL
UNION ALL
SELECT kept.id, other.listing_id, {_NAMED}
FROM listing AS kept
JOIN plan.edited AS other ON other.title = kept.title_folded AND other.store_id = kept.store_id
 AND other.listing_id <> kept.id
JOIN listing ON listing.id = other.listing_id AND listing.status <> 'off' AND listing.title_folded <> other.title
LEFT JOIN plan.edited AS own ON own.listing_id = kept.id AND own.title IS NOT NULL
WHERE kept.id IN ({{ids}}) AND kept.title_folded <> '' AND own.listing_id IS NULL
"""
_NEIGHBOURS = """
WITH retitled AS (
  SELECT own.listing_id, own.store_id, own.title, mine.status FROM plan.edited AS own
  JOIN listing AS mine ON mine.id = own.listing_id AND mine.title_folded <> own.title)
SELECT listing.id FROM retitled
JOIN listing ON listing.title_folded = retitled.title AND listing.store_id = retitled.store_id
 AND listing.id <> retitled.listing_id
LEFT JOIN plan.edited AS other ON other.listing_id = listing.id AND other.title IS NOT NULL
WHERE retitled.title <> '' AND retitled.status <> 'off' AND other.listing_id IS NULL
AND NOT EXISTS (
  SELECT 1 FROM listing AS twin WHERE twin.title_folded = listing.title_folded AND twin.store_id = listing.store_id
  AND twin.id <> listing.id AND twin.status <> 'off' AND NOT EXISTS (
    SELECT 1 FROM told_apart
    WHERE told_apart.listing_id = min(twin.id, listing.id) AND told_apart.other_id = max(twin.id, listing.id)))
UNION SELECT other_id FROM told_apart WHERE listing_id IN (SELECT listing_id FROM retitled)
UNION SELECT listing_id FROM told_apart WHERE other_id IN (SELECT listing_id FROM retitled)
"""
"""Listings of which something is said only because another one gets a new title: those that have it already as the only
one, and those that were told apart from it. Of several with one title it is said as it is: to judge them all would
compare each with each."""
_RETITLED = """
SELECT listing_id FROM plan.edited JOIN listing ON listing.id = listing_id
WHERE edited.title <> title_folded AND listing_id IN ({ids})
"""
_WITH_LATER_TWIN = f"""
SELECT own.listing_id FROM plan.edited AS own WHERE own.listing_id IN ({{ids}}) AND own.title <> '' AND (EXISTS (
  SELECT 1 FROM plan.edited AS other CROSS JOIN listing ON listing.id = other.listing_id AND listing.status <> 'off'
  WHERE other.title = own.title AND {_OTHER_TITLE})
OR EXISTS (
  SELECT 1 FROM listing LEFT JOIN plan.edited AS other ON other.listing_id = listing.id AND other.title IS NOT NULL
  WHERE listing.title_folded = own.title AND listing.store_id = own.store_id AND listing.id <> own.listing_id
  AND listing.status <> 'off' AND other.listing_id IS NULL))
"""


def judge(connection: Connection, staged: Sequence[Staged], ctx: TaskContext) -> list[int]:
    """Fill `plan.finding` and `plan.foreseen`. Only listings are checked of which something may change for the checker,
    those that are not edited themselves among them, and of prices, stocks and edits of fields that few rules read only
    these rules are asked.

    Returns: those whose findings new prices or stocks may change.

    Raises:
        TaskCancelled: stopped.
    """
    run, suspects = connection.exec_driver_sql, _suspects(connection, staged)
    fields = edited_fields(connection) - SORTED_HERE - {VIRTUAL}
    look, edited = FieldLook(fields), set(run("SELECT listing_id FROM plan.edited").scalars())
    wholly = edited.intersection(suspects)
    if not look.is_own:
        wholly |= edited
    elif look.asks_titles:
        wholly.update(edited.intersection(run(TOLD_APART).scalars()))
    if "title" in fields:
        wholly.update(run(_NEIGHBOURS).scalars())
    judge, partly, numbered = _Judge(connection, staged), edited - wholly, set(suspects) - wholly
    total = len(wholly) + len(partly) + len(numbered)
    parts = ((judge.chunk, wholly), (partial(judge.fields, look), partly), (judge.numbers, numbered))
    done = 0
    for judged, listing_ids in parts:
        for ids in chunks(sorted(listing_ids), CHUNK):
            ctx.checkpoint()
            judged(ids)
            done += len(ids)
            ctx.report(done, total, note="bulk_edit.checking")
    return suspects


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
        self._by_numbers = RuleLook(NUMBER_CODES)

    def chunk(self, ids: Sequence[int]) -> None:
        """Note what is new in these listings."""
        before = load_listings(self._connection, ids)
        after = self._foreseen(before, ids)
        twins = read_twins(self._session, ids)
        later = self._twins_later(ids)
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
        self._note(rows)

    def numbers(self, ids: Sequence[int]) -> None:
        """Note what rules that read prices and stocks newly say of these listings; the others say what they said."""
        before = load_listings(self._connection, ids)
        after = self._foreseen(before, ids)
        for store_id in {record.store_id for record in before}:
            own = [one for one in chain(before, after) if one.store_id == store_id]
            self._context(store_id).guard.learn(own)
        rows = []
        for record, foreseen in zip(before, after, strict=True):
            context = self._context(record.store_id)
            if new := Counter(self._by_numbers.tally(foreseen, context)):
                new -= Counter(self._by_numbers.tally(record, context))
            rows += [(record.id, code, severity, number) for (code, severity), number in new.items()]
        self._note(rows)

    def _note(self, rows: Sequence[tuple[int, str, str, int]]) -> None:
        """Put findings down, and let go of what was known for these listings."""
        if rows:
            self._connection.exec_driver_sql("INSERT INTO plan.finding VALUES (?, ?, ?, ?)", rows)
        for context in self._contexts.values():
            context.images.forget()
            context.twins.forget()
            context.guard.forget()

    def fields(self, look: FieldLook, ids: Sequence[int]) -> None:
        """Note what rules that read edited fields newly say of these listings; the others say what they said."""
        before, edits = load_fields(self._connection, ids, look.needs), self._edits(ids)
        later: set[int] = set()
        if look.asks_titles:
            later.update(self._connection.exec_driver_sql(_WITH_LATER_TWIN.format(ids=id_list(ids))).scalars())
        rows = []
        for record in before:
            context = self._context(record.store_id)
            learn_title_twins(context, [record.id], later)
            now = put_fields(record, edits[record.id], look.needs)
            if new := Counter(look.tally(record, context)):
                if record.id in later:
                    learn_title_twins(context, [record.id], title_twins(self._connection, [record.id]))
                for name, value in now.items():
                    setattr(record, name, value)
                new -= Counter(look.tally(record, context))
            rows += [(record.id, code, severity, number) for (code, severity), number in new.items()]
        self._note(rows)

    def _foreseen(self, records: Sequence[ListingRecord], ids: Sequence[int]) -> list[ListingRecord]:
        inside = id_list(ids)
        numbers: dict[int, dict[str, Any]] = {}
        for one in self._staged:
            rows = self._connection.exec_driver_sql(
                f"SELECT row_id, after FROM {one.table} WHERE listing_id IN ({inside})"
            )
            for row_id, after in rows:
                numbers.setdefault(row_id, {})[one.column] = after
        edits, found = self._edits(ids), []
        for record in records:
            skus = [replace(sku, **numbers.get(sku.id or 0, {})) for sku in record.skus]
            foreseen = replace(record, skus=skus)
            found.append(edited_record(foreseen, edits[record.id]) if record.id in edits else foreseen)
        return found

    def _edits(self, ids: Sequence[int]) -> dict[int, str]:
        """The planned edits of those of *ids* that have one."""
        sql = f"SELECT listing_id, edit FROM plan.edited WHERE listing_id IN ({id_list(ids)})"
        return dict(tuple(row) for row in self._connection.exec_driver_sql(sql))

    def _twins_later(self, ids: Sequence[int]) -> Mapping[int, tuple[Twin, ...]]:
        """Twins by code as they are, twins by title among the titles as they would be. What a person told apart is a
        pair again with another title."""
        inside = id_list(ids)
        apart, stored = pairs_apart(self._connection, ids), read_twins(self._session, ids, with_apart=True)
        others = (one.listing_id for its in stored.values() for one in its)
        retitled = self._retitled({*ids, *others, *chain.from_iterable(apart)})
        apart = {pair for pair in apart if retitled.isdisjoint(pair)}
        twins = {
            number: [one for one in its if (min(number, one.listing_id), max(number, one.listing_id)) not in apart]
            for number, its in stored.items()
        }
        later = {
            number: [one for one in its if one.sku_id is not None or retitled.isdisjoint((number, one.listing_id))]
            for number, its in twins.items()
        }
        for number, other, name in self._connection.exec_driver_sql(_EDITED_TWINS.format(ids=inside)):
            later.setdefault(number, []).append(Twin(None, other, name))
        return {number: tuple(its) for number, its in later.items()}

    def _retitled(self, ids: Iterable[int]) -> set[int]:
        """Those of *ids* that would have another title, whatever its case."""
        return set(self._connection.exec_driver_sql(_RETITLED.format(ids=id_list(sorted(ids)))).scalars())

    def _context(self, store_id: int) -> CheckContext:
        if store_id not in self._contexts:
            self._contexts[store_id] = load_context(self._session, store_id)
        return self._contexts[store_id]
