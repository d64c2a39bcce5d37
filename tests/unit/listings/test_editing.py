"""Edits: only what differs, all or none, one step of undo for one typing, on disk when the call returns."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from app.services.history.listing import can_undo
from app.services.history.undo import undo
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.records import SkuRecord
from app.services.tasks import TaskCancelled, TaskContext


def entries(db):
    with db.read() as session:
        rows = session.connection().exec_driver_sql("SELECT noun, row_id, before, after FROM change_entry ORDER BY id")
        return [tuple(row) for row in rows]


def edit(db, *edits, **options):
    return edit_listings(db, list(edits), label="change.edit", params={"title": "Lamp"}, **options)


def test_only_what_differs_is_written_and_kept_for_undo(db, make_listing):
    record = make_listing(weight_g=840)
    edit(db, ListingEdit(record.id, fields={"title": record.title, "weight_g": 900}))
    ((noun, row_id, before, after),) = entries(db)
    assert (noun, row_id, before, after) == ("listing", record.id, '{"weight_g":840}', '{"weight_g":900}')


def test_a_code_keeps_its_match_key_and_search_in_step(db, make_listing, loaded, desk):
    from app.services.paging import Query

    record = make_listing()
    edit(db, ListingEdit(record.id, skus={record.skus[0].id: {"code": "ｌｍ 9901"}}))
    assert loaded(record.id).skus[0].match_key == "LM9901"
    assert list(desk.source().ids(Query(text="9901"))) == [record.id]
    undo(db)
    assert loaded(record.id).skus[0].match_key == record.skus[0].match_key
    assert list(desk.source().ids(Query(text="9901"))) == []


def test_images_are_one_entry_in_their_order(db, make_listing, loaded):
    record = make_listing()
    edit(db, ListingEdit(record.id, images=["b.jpg", "a.jpg"]))
    assert loaded(record.id).images == ["b.jpg", "a.jpg"]
    assert [noun for noun, *_ in entries(db)] == ["images"]
    assert edit(db, ListingEdit(record.id, images=["b.jpg", "a.jpg"])) is None
    undo(db)
    assert loaded(record.id).images == record.images


def test_a_refused_listing_is_a_draft_again_after_an_edit(db, make_listing, loaded):
    for status, after in (("failed", "draft"), ("rejected", "draft"), ("live", "live"), ("queued", "queued")):
        record = make_listing(status=status)
        edit(db, ListingEdit(record.id, fields={"title": "Lamp"}))
        assert loaded(record.id).status == after


def test_a_field_no_person_may_change_is_a_bug_and_nothing_is_written(db, make_listing, loaded):
    one, other = make_listing(), make_listing()
    with pytest.raises(KeyError):
        edit(db, ListingEdit(one.id, fields={"title": "Lamp"}), ListingEdit(other.id, fields={"sent_hash": "x"}))
    assert loaded(one.id).title == one.title
    assert can_undo(db) is None


def test_stopping_in_the_middle_writes_nothing(db, make_listing, loaded):
    record = make_listing()
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        edit(db, ListingEdit(record.id, fields={"title": "Lamp"}), ctx=ctx)
    assert loaded(record.id).title == record.title


def test_progress_counts_listings(db, make_listing):
    records = [make_listing() for _ in range(3)]
    ctx = TaskContext()
    edit(db, *(ListingEdit(record.id, fields={"title": "Lamp"}) for record in records), ctx=ctx)
    assert (ctx.progress.done, ctx.progress.total) == (3, 3)


def test_a_listing_that_is_gone_is_left_out(db, make_listing):
    record = make_listing()
    change = edit(db, ListingEdit(404, fields={"title": "x"}), ListingEdit(record.id, fields={"title": "Lamp"}))
    assert change.listing_count == 1


def test_typing_goes_on_only_in_the_newest_change(db, make_listing, loaded):
    record, other = make_listing(), make_listing()
    first = edit(db, ListingEdit(record.id, fields={"title": "L"}))
    on = edit(db, ListingEdit(record.id, fields={"title": "La"}), continues=first.uid)
    assert on.uid == first.uid
    between = edit(db, ListingEdit(other.id, fields={"title": "Mug"}))
    late = edit(db, ListingEdit(record.id, fields={"title": "Lam"}), continues=first.uid)
    assert len({first.uid, between.uid, late.uid}) == 3
    undo(db)
    assert loaded(record.id).title == "La"
    undo(db)
    undo(db)
    assert (loaded(record.id).title, loaded(other.id).title) == (record.title, other.title)


def test_typing_does_not_go_on_in_a_change_that_was_undone(db, make_listing, loaded):
    record = make_listing()
    first = edit(db, ListingEdit(record.id, fields={"title": "L"}))
    undo(db)
    second = edit(db, ListingEdit(record.id, fields={"title": "La"}), continues=first.uid)
    assert second.uid != first.uid
    undo(db)
    assert loaded(record.id).title == record.title


def test_typing_back_to_the_beginning_leaves_nothing_to_lose(db, make_listing, loaded):
    record = make_listing()
    first = edit(db, ListingEdit(record.id, fields={"title": "L"}))
    edit(db, ListingEdit(record.id, fields={"title": record.title}), continues=first.uid)
    undo(db)
    assert loaded(record.id).title == record.title


def test_new_variants_go_to_the_end_and_away_again(db, make_listing, loaded):
    record = make_listing()
    edit(db, ListingEdit(record.id, new_skus=(SkuRecord(None, "LM-NEW", 500, 1),)))
    assert [sku.code for sku in loaded(record.id).skus][-1] == "LM-NEW"
    undo(db)
    assert [sku.code for sku in loaded(record.id).skus] == [sku.code for sku in record.skus]


PROGRAM = """
import os, signal, sys
from pathlib import Path
from app.services.db import Database
from app.services.listings.desk import ListingDesk
from app.services.listings.editing import ListingEdit
db = Database(Path(sys.argv[1]))
desk = ListingDesk(lambda: db)
desk.save([ListingEdit(int(sys.argv[2]), fields={"title": "Typed just before the end"})], "Lamp")
print("saved", flush=True)
os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
"""


def test_an_edit_that_was_saved_outlives_a_kill(db, make_listing, loaded):
    record = make_listing()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(db.path), str(record.id)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.strip() == "saved", done.stderr
    assert done.returncode != 0
    if os.name == "posix":
        assert done.returncode == -signal.SIGKILL
    assert loaded(record.id).title == "Typed just before the end"
    undo(db)
    assert loaded(record.id).title == record.title


class TestVariants:
    def codes(self, record):
        return [sku.code for sku in record.skus]

    def test_a_variant_is_taken_away_and_comes_back_as_it_was(self, db, make_listing, loaded):
        record = make_listing()
        change = edit(db, ListingEdit(record.id, removed_skus=(record.skus[0].id,)))
        assert (change.listing_count, self.codes(loaded(record.id))) == (1, ["LM4402-GY"])
        assert edit(db, ListingEdit(record.id, removed_skus=(record.skus[0].id,))) is None
        undo(db)
        assert loaded(record.id).skus == record.skus

    def test_a_variant_of_another_listing_is_never_taken_away(self, db, make_listing, loaded):
        one, other = make_listing(), make_listing()
        assert edit(db, ListingEdit(one.id, removed_skus=(other.skus[0].id,))) is None
        assert loaded(other.id).skus == other.skus

    def test_counts_and_content_follow(self, db, make_listing, write):
        record = make_listing()
        edit(db, ListingEdit(record.id, removed_skus=(record.skus[0].id,)))
        with db.read() as session:
            row = session.connection().exec_driver_sql(
                "SELECT sku_count, stock_total, content_hash FROM listing WHERE id = ?", (record.id,)
            )
            count, stock, content = row.one()
        assert (count, stock) == (1, 90)
        assert content != record.content_hash

    def test_a_new_variant_stands_last_also_after_others_were_taken_away(self, db, make_listing, loaded):
        record = make_listing()
        edit(db, ListingEdit(record.id, removed_skus=(record.skus[0].id,)))
        edit(db, ListingEdit(record.id, new_skus=(SkuRecord(None, "LM4402-BK", 1, 2),)))
        assert self.codes(loaded(record.id)) == ["LM4402-GY", "LM4402-BK"]
        undo(db)
        undo(db)
        assert self.codes(loaded(record.id)) == ["LM4402-WH", "LM4402-GY"]
