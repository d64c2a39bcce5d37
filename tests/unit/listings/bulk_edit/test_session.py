"""Bulk edits in the worker process: prepare, pages, a sheet, apply, and nothing left lying about."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.services.errors import NotFound
from app.services.history.listing import list_changes
from app.services.history.undo import undo
from app.services.listings.bulk_edit import session
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import AddImages, ChangeNumber, Limits, ReplaceText, SetAttribute
from app.services.listings.bulk_edit.plan_file import PREFIX, PlanFile
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.paging import Query
from app.services.tasks import TaskContext
from app.services.workbooks import UnknownKind, open_workbook
from app.services.worker import WorkerProcess

TENTH = ChangeNumber("price_minor", "multiply", Decimal("1.1"), limits=Limits(most=Decimal(30)))
MIXED = BulkEdit((TENTH, ReplaceText("title", "lamp", "Light"), AddImages(("new.jpg",)), SetAttribute("A", "=1+1")))


@pytest.fixture
def ctx():
    yield TaskContext()
    session.close_all()


@pytest.fixture
def two(make_listing):
    return [
        make_listing("Table lamp", (("A-1", 1890, 5), ("A-2", 5000, 5))),
        make_listing("Chair", (("B-1", 333, 5),)),
    ]


def test_a_plan_is_shown_and_stored_by_its_token(db, two, ctx, loaded, tmp_path):
    head = session.prepare(db.path, MIXED, Query(), ctx=ctx)
    assert head.counts.changed == 2 and head.sections.counts == {"changed": 7, "refused": 1, "same": 0}
    shown = session.page(head.token, 0, 50, ctx=ctx)
    assert [line.position for line in shown] == list(range(8))
    assert [line.id for line in shown] == list(range(8))
    assert (shown[-1].why, shown[-1].code) == ("above_most", "A-2")
    assert {line.field for line in shown} == {"price_minor", "title", "images", "attributes"}
    path = session._plans[head.token].file.path
    done = session.apply(head.token, ctx=ctx)
    assert done.changed == 2 and loaded(two[0].id).title == "Table Light"
    assert done.reasons == {"above_most": 1}
    why = tmp_path / "why.csv"
    assert session.export(head.token, str(why), "en", "refused", ctx=ctx) == 1
    assert "Above the highest value" in why.read_text("utf-8-sig")
    session.discard(head.token, ctx=ctx)
    assert not path.exists()
    with pytest.raises(NotFound):
        session.page(head.token, 0, 1, ctx=ctx)
    session.discard(head.token, ctx=ctx)


def test_a_plan_of_which_nothing_was_refused_goes_when_it_is_stored(db, two, ctx):
    head = session.prepare(db.path, BulkEdit((ReplaceText("title", "lamp", "Light"),)), Query(), ctx=ctx)
    path = session._plans[head.token].file.path
    assert session.apply(head.token, ctx=ctx).reasons == {}
    assert not path.exists()


def test_a_plan_that_is_kept_is_not_stored_twice(db, two, ctx):
    head = session.prepare(db.path, MIXED, Query(), ctx=ctx)
    session.apply(head.token, ctx=ctx)
    again = session.apply(head.token, ctx=ctx)
    assert (again.change, again.changed, sorted(again.moved)) == (None, 0, [one.id for one in two])


def test_only_the_newest_plans_are_kept(db, two, ctx):
    edit = BulkEdit((TENTH,))
    heads = [session.prepare(db.path, edit, [two[0].id], False, ctx=ctx) for _ in range(session.KEPT_PLANS + 1)]
    with pytest.raises(NotFound):
        session.page(heads[0].token, 0, 1, ctx=ctx)
    assert len(session.page(heads[1].token, 0, 1, ctx=ctx)) == 1
    paths = [plan.file.path for plan in session._plans.values()]
    session.close_all()
    assert not any(path.exists() for path in paths)


def test_lines_as_a_sheet(db, two, ctx, tmp_path):
    head = session.prepare(db.path, MIXED, Query(), ctx=ctx)
    out = tmp_path / "changes.csv"
    assert session.export(head.token, str(out), "en", ctx=ctx) == 8
    with out.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    assert rows[0] == ["Listing", "Title", "Merchant code", "Field", "Before", "After", "Change %", "Why it stays"]
    assert rows[1][2:] == ["A-1", "Price", "18.90", "20.79", "10.0", ""]
    assert rows[2][2:] == ["B-1", "Price", "3.33", "3.66", "9.91", ""]
    assert rows[-1][2:] == ["A-2", "Price", "50.00", "55.00", "10.0", "Above the highest value that is allowed"]
    assert any(row[3] == "Attributes" and row[5] == "A: =1+1" for row in rows)
    out = tmp_path / "changes.xlsx"
    session.export(head.token, str(out), "zh", ctx=ctx)
    with open_workbook(out) as opened:
        assert opened is not None
    assert out.stat().st_size > 1000
    with pytest.raises(UnknownKind):
        session.export(head.token, str(tmp_path / "changes.pdf"), "zh", ctx=ctx)


def test_all_of_it_in_a_process_of_its_own(db, two, loaded):
    worker = WorkerProcess()
    try:

        def call(name, *arguments):
            return worker.submit(f"{session.__name__}:{name}", *arguments).result(timeout=60)

        head = call("prepare", db.path, MIXED, Query())
        assert [line.code for line in call("page", head.token, 0, 2)] == ["A-1", "B-1"]
        done = call("apply", head.token)
        assert done.change.listing_count == 2
        call("discard", head.token)
        with pytest.raises(NotFound):
            call("page", head.token, 0, 2)
        assert loaded(two[1].id).skus[0].price_minor == 366
        assert call("take_back", db.path, done.change.uid, [two[1].id], ["title"]).restored == 0
        assert call("take_back", db.path, done.change.uid, [two[1].id], ["price_minor"]).restored == 1
    finally:
        worker.close()
    assert loaded(two[1].id).skus[0].price_minor == 333 and loaded(two[1].id).images[-1] == "new.jpg"
    assert undo(db).conflicts == (), "what is back already is no part of it any more"
    assert (loaded(two[1].id).skus[0].price_minor, "new.jpg" in loaded(two[1].id).images) == (333, False)


def test_plans_of_processes_that_were_killed_are_swept(tmp_path, db, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    left, ours = (tmp_path / f"{PREFIX}{pid}-x.db" for pid in (gone.pid, os.getpid()))
    for path in (left, ours):
        path.touch()
    made = PlanFile(db)
    assert (left.exists(), ours.exists(), made.path.parent) == (False, True, tmp_path)
    made.close()


def test_everything_after_a_moment_is_taken_back_and_done_again_in_the_worker(db, make_listing, ctx):
    record = make_listing(title="zero")
    for title in ("one", "two"):
        edit_listings(db, [ListingEdit(record.id, {"title": title})], label="change.edit")
    done = session.take_back_since(db.path, datetime(1970, 1, 1, tzinfo=UTC), ctx=ctx)
    assert ([len(done.changes), done.restored], ctx.progress.done) == ([2, (record.id,)], 2)
    for _ in range(2):
        assert session.do_again(db.path, ctx=ctx).restored == 1
    assert [one.is_undone for one in list_changes(db)] == [False, False]
