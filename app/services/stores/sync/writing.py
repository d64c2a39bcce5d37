"""One page of the platform's listings into the database: tuples, one transaction, our unsent work left alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.services.clock import now_ms, to_ms
from app.services.codes.bundles import note_bundles
from app.services.compliance import CheckContext
from app.services.listings.content import content_hash
from app.services.listings.derived import DERIVED_COLUMNS, derive
from app.services.listings.loading import load_listings
from app.services.listings.records import LISTING_FIELDS, ListingRecord
from app.services.listings.search_index import filled_at_once
from app.services.listings.tables import UNCHECKED, insert_listings, update_listings
from app.services.listings.writing import SKU_COLUMNS, insert_skus, keys_of, raw, replace_images, sku_row
from app.services.marketplace.port import ListingSummary, RemoteListing
from app.services.publishing.doubles import Seen, note_among
from app.services.publishing.taking_over import detail_pictures
from app.services.stores.sync.conflicts import forget, keep_theirs
from app.services.stores.sync.known import BUSY, OPEN_WORK, load_known
from app.services.stores.sync.mapping import to_record
from app.services.stores.sync.marks import Mark, put_marks
from app.services.stores.sync.merging import adopt
from app.services.stores.sync.results import ListingCounts

_COLUMNS = (
    "store_id",
    "product_id",
    "status",
    "off_reason",
    *LISTING_FIELDS,
    "sent_hash",
    "remote",
    *DERIVED_COLUMNS,
    "created_ms",
    "updated_ms",
)
_INSERT_IMAGE = "INSERT INTO image (listing_id, position, source) VALUES (?, ?, ?)"
_TAKEN = ("status", "off_reason", *LISTING_FIELDS, "sent_hash", "remote", *DERIVED_COLUMNS, "updated_ms")
_FORGET_ERROR = "UPDATE listing SET error_code = '', error_text = '', error_field = '' WHERE id = ?"
_LAST_RECORD = "SELECT remote FROM listing_body WHERE id = ?"
_KEPT = ("status", "off_reason", "sent_hash", "remote")
"""What a listing with unsent work takes."""


@dataclass(slots=True)
class PageWriter:
    """Writes what was read of one page. One object a page; `counts` is the run's."""

    connection: Connection
    context: CheckContext
    counts: ListingCounts
    _agreed: list[int] = field(default_factory=list)
    _sources: dict[str, str] = field(default_factory=dict)

    def write(self, read: Sequence[tuple[ListingSummary, RemoteListing]]) -> None:
        """Store the records that were read, whole or (by the caller's transaction) not at all."""
        moment = now_ms()
        product_ids = [remote.product_id for _, remote in read]
        known = load_known(self.connection, self.context.store_id, product_ids)
        local = self._load([entry.listing_id for entry in known.values()])
        addresses = self._addresses(local.values())
        self._sources = self._uploaded({source for _, remote in read for source in remote.content.images})
        open_creates = self._open_creates()
        new: list[tuple[ListingRecord, RemoteListing, ListingSummary]] = []
        for summary, remote in read:
            record = to_record(remote, self.context)
            mine = known.get(remote.product_id)
            if mine is None and (record.title, codes_of(record)) in open_creates:
                self.counts.waiting += 1
            elif mine is None:
                new.append((record, remote, summary))
            else:
                self._put_over(local[mine.listing_id], record, summary, mine.said_hash, addresses, moment)
        self._insert(new, moment)
        note_among(self.connection, self.context.store_id, [_seen(*entry) for entry in new])
        forget(self.connection, self._agreed)

    def _load(self, ids: Sequence[int]) -> dict[int, ListingRecord]:
        with Session(bind=self.connection, join_transaction_mode="create_savepoint") as session:
            return {record.id: record for record in load_listings(session, ids)}

    def _addresses(self, records: Collection[ListingRecord]) -> dict[str, str]:
        """Photobank address by picture source, of the pictures of these listings that this store has uploaded."""
        sources = {source for record in records for source in record.images}
        sources |= {
            part["image"] for record in records for sku in record.skus for part in sku.properties if part.get("image")
        }
        with_details = detail_pictures(self.connection, self.context.store_id, [*records])
        sources.update(*with_details.values())
        if not sources:
            return {}
        rows = self.connection.exec_driver_sql(
            "SELECT source, url FROM image_file JOIN uploaded_image USING (sha256) "
            f"WHERE sha256 <> '' AND store_id = ? AND source IN ({', '.join('?' * len(sources))})",
            (self.context.store_id, *sources),
        )
        return {row[0]: row[1] for row in rows}

    def _uploaded(self, urls: set[str]) -> dict[str, str]:
        """Picture source by photobank address, of pictures this store has uploaded."""
        rows = self.connection.exec_driver_sql(
            "SELECT url, min(source) FROM uploaded_image JOIN image_file USING (sha256) "
            "WHERE sha256 <> '' AND store_id = ? AND url IN (SELECT value FROM json_each(?)) GROUP BY url",
            (self.context.store_id, orjson.dumps(sorted(urls)).decode()),
        )
        return {row[0]: row[1] for row in rows}

    def _open_creates(self) -> set[tuple[str, tuple[str, ...]]]:
        """Title and codes of creates without a verdict: a new listing that fits one may be ours already."""
        rows = self.connection.exec_driver_sql(
            "SELECT title, codes FROM publish_task WHERE store_id = ? AND action = 'create' "
            "AND state IN ('sending', 'unknown')",
            (self.context.store_id,),
        )
        return {(title, tuple(codes.split("\n"))) for title, codes in rows}

    def _insert(self, new: Sequence[tuple[ListingRecord, RemoteListing, ListingSummary]], moment: int) -> None:
        """Add listings under consecutive ids, past every id that an undone import may bring back."""
        first = self.connection.exec_driver_sql(
            "SELECT 1 + max((SELECT coalesce(max(id), 0) FROM listing), "
            "(SELECT coalesce(max(last_listing_id), 0) FROM change_range))"
        ).scalar_one()
        listings: list[tuple[Any, ...]] = []
        marks: list[tuple[int, Mark]] = []
        skus: list[tuple[Any, ...]] = []
        images: list[tuple[int, int, str]] = []
        for number, (record, remote, summary) in enumerate(new, first):
            row, mark = self._new_row(number, record, remote, summary, moment)
            listings.append(row)
            marks.append((number, mark))
            skus.extend(sku_row(number, place, sku) for place, sku in enumerate(record.skus))
            images.extend((number, place, source) for place, source in enumerate(record.images))
            self.counts.touched.append(number)
        if listings:
            with filled_at_once(self.connection, first):
                insert_listings(self.connection, ("id", *_COLUMNS, *UNCHECKED), listings)
        put_marks(self.connection, marks)
        insert_skus(self.connection, skus)
        if images:
            self.connection.exec_driver_sql(_INSERT_IMAGE, images)
        self.counts.new += len(listings)

    def _new_row(
        self, number: int, record: ListingRecord, remote: RemoteListing, summary: ListingSummary, moment: int
    ) -> tuple[tuple[Any, ...], Mark]:
        derived = derive(record)
        said = derived["content_hash"]
        created = to_ms(remote.created_at) or moment
        values = self._values(record, derived, said, record, moment)
        values |= {"store_id": self.context.store_id, "product_id": record.product_id}
        values |= {"created_ms": created, "updated_ms": to_ms(remote.modified_at) or created}
        row = (number, *(values[column] for column in _COLUMNS), *UNCHECKED.values())
        return row, Mark.of(record, summary, moment, said, said)

    def _put_over(
        self,
        local: ListingRecord,
        remote: ListingRecord,
        summary: ListingSummary,
        said_before: str | None,
        addresses: Mapping[str, str],
        moment: int,
    ) -> None:
        keywords_then = self._keywords_then(local.id) if remote.keywords not in ("", local.keywords) else ()
        merged = adopt(local, remote, self.context, addresses, self._sources, keywords_then)
        remote_hash = content_hash(merged)
        is_ours_sent = local.content_hash == local.sent_hash or local.content_hash == remote_hash
        status, off_reason = self._status(local, merged, has_unsent=not is_ours_sent)
        mark = Mark.of(remote, summary, moment, content_hash(remote), remote_hash)
        put_marks(self.connection, [(local.id, mark)])
        if not is_ours_sent:
            sent_hash = remote_hash
            if said_before == mark.said_hash or remote_hash == local.sent_hash:
                sent_hash = local.sent_hash or remote_hash
                self.counts.unchanged += 1
            else:
                self.counts.conflicts.append(local.id)
                keep_theirs(self.connection, local.id, merged)
            kept = (status, off_reason, sent_hash, _stored(remote), local.id)
            update_listings(self.connection, _KEPT, [kept])
            return
        self._agreed.append(local.id)
        is_same = remote_hash == local.content_hash and (status, off_reason) == (local.status, local.off_reason)
        merged.status, merged.off_reason = status, off_reason
        self._update(local, merged, remote_hash, remote, local.updated_ms if is_same else moment)
        if is_same:
            self.counts.unchanged += 1
        else:
            self.counts.changed += 1
            self.counts.touched.append(local.id)

    def _keywords_then(self, listing_id: int) -> tuple[str, ...]:
        # Imported late: the network comes with it, and a window that calls nobody does without.
        from app.services.marketplace.aliexpress.mapping.listing import keywords_in

        found = self.connection.exec_driver_sql(_LAST_RECORD, (listing_id,)).scalar()
        return keywords_in(orjson.loads(found or "{}"))

    @staticmethod
    def _status(local: ListingRecord, merged: ListingRecord, *, has_unsent: bool) -> tuple[str, str]:
        if local.status in BUSY or (has_unsent and local.status in OPEN_WORK):
            return local.status, local.off_reason
        return merged.status, merged.off_reason

    def _update(
        self, local: ListingRecord, merged: ListingRecord, sent_hash: str, remote: ListingRecord, updated_ms: int
    ) -> None:
        values = self._values(merged, derive(merged), sent_hash, remote, updated_ms)
        update_listings(self.connection, _TAKEN, [(*(values[column] for column in _TAKEN), local.id)])
        if merged.status != local.status:
            self.connection.exec_driver_sql(_FORGET_ERROR, (local.id,))
        if merged.images != local.images:
            replace_images(self.connection, local.id, merged.images)
        if merged.skus != local.skus:
            self._replace_skus(local, merged)

    def _replace_skus(self, local: ListingRecord, merged: ListingRecord) -> None:
        """Variants that stay keep their id, so that an older change still finds its rows."""
        staying = {sku.id for sku in merged.skus}
        gone = [(sku.id,) for sku in local.skus if sku.id not in staying]
        if gone:
            self.connection.exec_driver_sql("DELETE FROM sku WHERE id = ?", gone)
        new, changed = [], []
        for place, sku in enumerate(merged.skus):
            row = sku_row(local.id, place, sku)
            if sku.id is None:
                new.append(row)
            else:
                changed.append((*row, sku.id))
        if changed:
            sets = ", ".join(f"{column} = ?" for column in SKU_COLUMNS)
            self.connection.exec_driver_sql(f"UPDATE sku SET {sets} WHERE id = ?", changed)
            note_bundles(self.connection, keys_of(changed))
        insert_skus(self.connection, new)

    @staticmethod
    def _values(
        record: ListingRecord, derived: dict[str, Any], sent_hash: str, remote: ListingRecord, updated_ms: int
    ) -> dict[str, Any]:
        return {
            "status": record.status,
            "off_reason": record.off_reason,
            **{name: raw(name, getattr(record, name)) for name in LISTING_FIELDS},
            **derived,
            "sent_hash": sent_hash,
            "remote": _stored(remote),
            "updated_ms": updated_ms,
        }


def codes_of(record: ListingRecord) -> tuple[str, ...]:
    """Merchant codes, sorted as the publish journal keeps them."""
    return tuple(sorted(sku.code for sku in record.skus))


def _seen(record: ListingRecord, remote: RemoteListing, _: ListingSummary) -> Seen:
    """What tells whether a listing new to us is the second one of a create of ours."""
    return Seen(remote.product_id, record.title, codes_of(record), to_ms(remote.created_at))


def _stored(record: ListingRecord) -> str:
    """The platform's raw record as it is kept."""
    return orjson.dumps(record.remote or {}).decode()
