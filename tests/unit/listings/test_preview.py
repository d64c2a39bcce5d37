"""What pressing Publish would do, with a reason for everything that stays."""

from __future__ import annotations

from app.services.publishing.preview import PublishPreview, Stays, publish_preview
from app.services.publishing.queue import enqueue


def test_every_listing_that_stays_has_a_reason(db, make_sellable, write):
    new, blocked, held, same, queued, foreign = (make_sellable() for _ in range(6))
    write("UPDATE listing SET block_count = 1 WHERE id = ?", blocked.id)
    write("UPDATE listing SET hold_count = 1 WHERE id = ?", held.id)
    write("UPDATE listing SET sent_hash = content_hash WHERE id = ?", same.id)
    write(
        "INSERT INTO store (id, name, gateway, credential_ref, access, created_ms, alias, colour, seller_id, health, "
        "is_practice) VALUES (2, '北弦音频', 'http://127.0.0.1:1', 'x', 'read_only', 0, '', '', '', 'ok', 0)"
    )
    write("UPDATE listing SET store_id = 2 WHERE id = ?", foreign.id)
    enqueue(db, 1, [queued.id])
    found = publish_preview(db, [one.id for one in (new, blocked, held, same, queued, foreign)] + [404])
    assert (found.count, found.live, found.skipped) == (1, 0, 6)
    assert found.stays == {
        Stays.BLOCKED: 1,
        Stays.HELD: 1,
        Stays.UNCHANGED: 1,
        Stays.OPEN: 1,
        Stays.READ_ONLY: 1,
        Stays.MISSING: 1,
    }
    (part,) = found.stores
    assert part.listing_ids == (new.id, blocked.id, held.id)


def test_a_listing_named_twice_counts_once(db, make_sellable):
    record = make_sellable(product_id="1005", status="live", sent_hash="older")
    found = publish_preview(db, [record.id, record.id])
    assert (found.count, found.live, found.skipped, found.stays) == (1, 1, 0, {})


def test_nothing_chosen_is_nothing(db):
    assert publish_preview(db, []) == PublishPreview((), 0, 0, 0, {})


def test_many_are_looked_at_in_pieces(db, make_sellable, monkeypatch):
    monkeypatch.setattr("app.services.publishing.preview.chunks", lambda ids: ([one] for one in ids))
    records = [make_sellable() for _ in range(3)]
    assert publish_preview(db, [record.id for record in records]).count == 3
