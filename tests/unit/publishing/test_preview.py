"""What pressing Publish would do, before the question is asked."""

from __future__ import annotations

from collections.abc import Callable

from app.models import Store, StoreAccess
from app.services.db import Database
from app.services.listings.records import ListingRecord
from app.services.publishing.preview import publish_preview
from app.services.publishing.queue import enqueue
from tests.unit.publishing.helpers import write


def test_counts_what_would_leave(db: Database, make_sellable: Callable[..., ListingRecord]) -> None:
    new = make_sellable()
    live = make_sellable(product_id="1005006000000001", sent_hash="older", status="live")
    blocked, same, queued = make_sellable(), make_sellable(), make_sellable()
    write(db, "UPDATE listing SET block_count = 1 WHERE id = ?", blocked.id)
    write(db, "UPDATE listing SET sent_hash = content_hash WHERE id = ?", same.id)
    enqueue(db, 1, [queued.id])
    found = publish_preview(db, [new.id, live.id, blocked.id, same.id, queued.id])
    assert (found.count, found.live, found.skipped) == (2, 1, 3)
    (part,) = found.stores
    assert (part.store_name, part.listing_ids) == ("晨帆数码", (new.id, live.id, blocked.id))


def test_each_store_is_named_and_read_only_ones_are_left_out(
    db: Database, make_sellable: Callable[..., ListingRecord]
) -> None:
    with db.write() as session:
        for name, access in (("橙屿家居", StoreAccess.OPERATE), ("北弦音频", StoreAccess.READ_ONLY)):
            session.add(
                Store(name=name, gateway="http://127.0.0.1:1", credential_ref=name, access=access, created_ms=1)
            )
    records = [make_sellable() for _ in range(3)]
    for store_id, record in enumerate(records, 1):
        write(db, "UPDATE listing SET store_id = ? WHERE id = ?", store_id, record.id)
    found = publish_preview(db, [record.id for record in records])
    assert [part.store_name for part in found.stores] == ["晨帆数码", "橙屿家居"]
    assert (found.count, found.skipped) == (2, 1)
