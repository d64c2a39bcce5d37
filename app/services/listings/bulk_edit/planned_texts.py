"""Everything of a plan that is no number of the variants: listing by listing, in chunks, into the plan's tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.services.compliance.context import CheckContext
from app.services.compliance.loading import learn_images, load_context, load_image_facts
from app.services.compliance.recheck import pictures_of
from app.services.history.records import SORTED_HERE
from app.services.listings.bulk_edit.changing import Draft, change, reads_of
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import (
    LISTING_NUMBERS,
    AddTag,
    FixFindings,
    RemoveTag,
)
from app.services.listings.bulk_edit.pictures import Hashes, looks_into_pictures, pictures_given
from app.services.listings.editing import ListingEdit
from app.services.listings.loading import CHUNK, id_list, load_fields, load_listings
from app.services.listings.marketing.membership import NOUN as MARKETING
from app.services.listings.marketing.membership import known_names, names_of
from app.services.listings.records import SKU_FIELDS, ListingRecord, SkuRecord
from app.services.listings.tags import tags_of
from app.services.listings.text import fold
from app.services.listings.warehouse_kinds import NOUN as KIND
from app.services.listings.warehouse_kinds import kinds_of
from app.services.tasks import TaskContext

_CHOSEN = "SELECT listing_id FROM plan.chosen WHERE why IS NULL AND listing_id > ? ORDER BY listing_id LIMIT ?"


VIRTUAL = "virtual"
"""Key in a planned edit of the virtual codes it brings along."""
_LINE = "field, before, after, why"


class Texts:
    """Works the operations of *edit* out for listing after listing of an open plan."""

    def __init__(self, connection: Connection, edit: BulkEdit) -> None:
        self._connection, self._session = connection, Session(bind=connection)
        self._operations = edit.others
        self._reads = reads_of(edit.others)
        self._numbers = [one.field for one in edit.numbers if one.field in LISTING_NUMBERS]
        self._needs_hashes = looks_into_pictures(self._operations)
        self._asks_rules = any(isinstance(one, FixFindings) for one in self._operations)
        self._needs_tags = any(isinstance(one, AddTag | RemoveTag) for one in self._operations)
        self._needs_marketing = any(getattr(one, "field", "") == MARKETING for one in self._operations)
        self._needs_kinds = any(getattr(one, "field", "") == KIND for one in self._operations)
        self._marketing: dict[int, dict[str, str]] = {}
        self._contexts: dict[int, CheckContext] = {}

    def run(self, ctx: TaskContext, total: int) -> None:
        """Fill `plan.edited` and `plan.line`. Raises: TaskCancelled."""
        last = done = 0
        while ids := list(self._connection.exec_driver_sql(_CHOSEN, (last, CHUNK)).scalars()):
            ctx.checkpoint()
            self._chunk(ids)
            last, done = ids[-1], done + len(ids)
            ctx.report(done, total, note="bulk_edit.working_out")
        self._connection.exec_driver_sql("CREATE INDEX plan.edited_title ON edited (title)")

    def _chunk(self, ids: Sequence[int]) -> None:
        run, reads = self._connection.exec_driver_sql, self._reads
        records = load_listings(self._connection, ids) if reads is None else load_fields(self._connection, ids, reads)
        numbers = self._worked_numbers(ids)
        hashes = self._hashes(records)
        self._learn(records)
        tags = tags_of(self._connection, ids) if self._needs_tags else {}
        marketing = names_of(self._connection, ids) if self._needs_marketing else {}
        kinds = kinds_of(self._connection, ids) if self._needs_kinds else {}
        edited: list[tuple[Any, ...]] = []
        lines: list[tuple[Any, ...]] = []
        for record in records:
            draft = Draft(record, self._context(record.store_id), hashes, tags.get(record.id, ()))
            draft.marketing_group = marketing.get(record.id, "")
            draft.warehouse_kind = kinds.get(record.id, "")
            draft.marketing_groups = self._marketing_groups(record.store_id)
            change(draft, self._operations)
            lines += [(record.id, None, name, None, None, why) for name, why in draft.refused]
            values = draft.differences()
            if "skus" in values:
                values["skus"] = changes = list(_of_variants(record.skus, values["skus"]))
                lines += [
                    (record.id, sku_id, name, _json(before), _json(after), None)
                    for sku_id, name, before, after in changes
                ]
            lines += [
                (record.id, None, name, _json(draft.before(name)), _json(value), None)
                for name, value in values.items()
                if name != "skus"
            ]
            if "tags" in values:
                values["tags"] = _tag_steps(draft)
            if draft.virtual:
                values[VIRTUAL] = draft.virtual
            values.update(numbers.get(record.id, {}))
            if values:
                title = fold(values["title"]) if "title" in values else None
                edited.append((record.id, record.store_id, record.content_hash, _json(values), title))
        if edited:
            run("INSERT INTO plan.edited (listing_id, store_id, hash, edit, title) VALUES (?, ?, ?, ?, ?)", edited)
        if lines:
            run(f"INSERT INTO plan.line (listing_id, sku_id, {_LINE}) VALUES (?, ?, ?, ?, ?, ?)", lines)

    def _worked_numbers(self, ids: Sequence[int]) -> dict[int, dict[str, int]]:
        found: dict[int, dict[str, int]] = {}
        for column in self._numbers:
            rows = self._connection.exec_driver_sql(
                f"SELECT row_id, after FROM plan.staged_{column} WHERE listing_id IN ({id_list(ids)})"
            )
            for listing_id, after in rows:
                found.setdefault(listing_id, {})[column] = after
        return found

    def _learn(self, records: Sequence[ListingRecord]) -> None:
        """What rules that are asked here know about pictures, all at once."""
        for store_id in {record.store_id for record in records} if self._asks_rules else ():
            own = (pictures_of(record) for record in records if record.store_id == store_id)
            context = self._context(store_id)
            context.images.forget()
            learn_images(self._session, context, chain.from_iterable(own))

    def _hashes(self, records: Sequence[ListingRecord]) -> Hashes:
        if not self._needs_hashes:
            return {}
        own = chain.from_iterable(map(pictures_of, records))
        facts = load_image_facts(self._session, chain(own, pictures_given(self._operations)))
        return {source: fact.sha256 for source, fact in facts.items() if fact.sha256}

    def _marketing_groups(self, store_id: int) -> dict[str, str]:
        if self._needs_marketing and store_id not in self._marketing:
            self._marketing[store_id] = known_names(self._connection, store_id)
        return self._marketing.get(store_id, {})

    def _context(self, store_id: int) -> CheckContext:
        if store_id not in self._contexts:
            made = self._contexts[store_id] = load_context(self._session, store_id)
            made.short_codes.share(next(iter(self._contexts.values())).short_codes)
        return self._contexts[store_id]


def _of_variants(before: Sequence[SkuRecord], after: Sequence[SkuRecord]) -> Iterator[tuple[int, str, Any, Any]]:
    """Id, field, and value before and after, of everything that differs in the same variants."""
    for old, new in zip(before, after, strict=True):
        for name in SKU_FIELDS:
            if getattr(old, name) != getattr(new, name):
                yield old.id or 0, name, getattr(old, name), getattr(new, name)


def edited_fields(connection: Connection) -> frozenset[str]:
    """Everything that some edit of the plan changes in listings, `SORTED_HERE` and `VIRTUAL` included."""
    return frozenset(connection.exec_driver_sql("SELECT DISTINCT key FROM plan.edited, json_each(edit)").scalars())


def stored_edit(listing_id: int, edit: str) -> ListingEdit:
    """What `plan.edited` keeps, as an edit. A bulk edit does not say that a listing is complete."""
    values = orjson.loads(edit)
    images, (added, removed) = values.pop("images", None), values.pop("tags", ((), ()))
    skus = _by_variant(values.pop("skus", ()))
    return ListingEdit(
        listing_id,
        marketing_group=values.pop(MARKETING, None),
        virtual=values.pop(VIRTUAL, {}),
        warehouse_kind=values.pop(KIND, None),
        fields=values,
        skus=skus,
        images=images,
        is_complete=False,
        add_tags=tuple(added),
        remove_tags=tuple(removed),
    )


def put_fields(record: ListingRecord, edit: str, fields: Set[str]) -> dict[str, Any]:
    """Put what an edit says of *fields* into *record*. Returns: what stood there."""
    before = {}
    for name, value in orjson.loads(edit).items():
        if name in fields:
            before[name] = getattr(record, name)
            setattr(record, name, value)
    return before


def edited_record(record: ListingRecord, edit: str) -> ListingRecord:
    """*record* as it would be."""
    values = orjson.loads(edit)
    for name in (*SORTED_HERE, VIRTUAL):
        values.pop(name, None)
    if of_sku := _by_variant(values.pop("skus", ())):
        values["skus"] = [replace(sku, **of_sku.get(sku.id or 0, {})) for sku in record.skus]
    return replace(record, **values)


def _by_variant(changes: Iterable[Sequence[Any]]) -> dict[int, dict[str, Any]]:
    """What `_of_variants` gave, as new values by variant."""
    found: dict[int, dict[str, Any]] = {}
    for sku_id, name, _, after in changes:
        found.setdefault(sku_id, {})[name] = after
    return found


def _tag_steps(draft: Draft) -> tuple[list[str], list[str]]:
    """Tags to add and to take away, so that what others do to the tags meanwhile stays."""
    before, after = set(draft.tags), set(draft["tags"])
    return sorted(after - before), sorted(before - after)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
