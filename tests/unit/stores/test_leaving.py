"""Disconnecting and removing a store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest

from app.services.codes.known import checked_marks, store_marks, write_store_marks
from app.services.covering.rules import CoverRules, save_rules
from app.services.credentials import CredentialsMissing, CredentialStoreFailed
from app.services.errors import NotFound
from app.services.history.listing import list_changes
from app.services.history.undo import redo, undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import ChangeNumber
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.paging import Query
from app.services.stores.adding import add_store
from app.services.stores.editing import (
    StoreBusy,
)
from app.services.stores.leaving import disconnect_store, removal_of, remove_store
from app.services.stores.practice import register_practice_stores
from app.services.stores.reading import find_store, get_store, list_stores
from app.services.tasks import TaskContext
from app.services.upgrade import revision_of
from tests.unit.stores.test_looking_after import NOWHERE, TOKENS, app, market, queue_task

__all__ = ["app", "market"]


def test_disconnecting_wipes_the_tokens_and_keeps_the_rest(app, make_listing):
    store = add_store(app, "Own", NOWHERE, TOKENS)
    with app.db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET store_id = ?", (store.id,))
    gone = disconnect_store(app, store.id)
    assert (gone.is_disconnected, gone.health, gone.credential_ref) == (True, "signed_out", "")
    with pytest.raises(CredentialsMissing):
        app.credentials.load(store.credential_ref)
    assert not any(
        TOKENS.access_token.encode() in path.read_bytes() for path in app.data_dir.rglob("*") if path.is_file()
    )
    assert disconnect_store(app, store.id) == gone
    back = add_store(app, "Own", NOWHERE, TOKENS)
    assert (back.id, back.is_disconnected, back.health) == (store.id, False, "ok")


def test_tokens_that_do_not_go_leave_the_store_connected(app, monkeypatch):
    store = add_store(app, "Own", NOWHERE, TOKENS)
    monkeypatch.setattr(type(app.credentials), "delete", lambda *_: None)
    for leave in (disconnect_store, remove_store):
        with pytest.raises(CredentialStoreFailed):
            leave(app, store.id)
    assert get_store(app.db, store.id) == store


def test_what_removing_does_is_said_first(app, make_listing):
    make_listing(status="live", product_id="1005001", sent_hash="other")
    make_listing(title="Draft")
    make_listing(title="Failed", status="failed")
    planned = removal_of(app.db, 1)
    assert (planned.on_marketplace, planned.only_here, planned.changed, planned.under_way) == (1, 2, 1, 0)
    assert planned.by_status == {"live": 1, "draft": 1, "failed": 1}
    assert len(list_stores(app.db)) == 1


def fill(app, make_listing):
    """A second store that must stay, and everything a store can have."""
    other = add_store(app, "Other", NOWHERE, TOKENS)
    kept = make_listing(title="Kept")
    lost = make_listing(title="Lost")
    with app.db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET store_id = ? WHERE id = ?", (other.id, kept.id))
        for sql in (
            "INSERT INTO freight_template (store_id, template_id, name, is_default, synced_ms) VALUES (1,'7','x',1,1)",
            "INSERT INTO product_group (store_id, group_id, parent_id, name, synced_ms) VALUES (1, '5', '', 'x', 1)",
            "INSERT INTO uploaded_image (store_id, sha256, url, uploaded_ms) VALUES (1, 'a', 'b', 1)",
            "INSERT INTO store_order (id, store_id, order_id, status, buyer_name, currency, line_count, codes, "
            "search_text, raw, synced_ms) VALUES (1, 1, '8', 'FINISH', '', 'USD', 0, '', '', '{}', 1)",
        ):
            connection.exec_driver_sql(sql)
    edit_listings(app.db, [ListingEdit(lost.id, fields={"title": "Lost twice"})], label="x")
    edit_listings(app.db, [ListingEdit(kept.id, fields={"title": "Kept twice"})], label="x")
    queue_task(app.db, lost.id, "failed")
    return other, kept, lost


def test_removing_takes_everything_of_the_store_and_nothing_else(app, make_listing):
    _, kept, _ = fill(app, make_listing)
    copy = remove_store(app, 1)
    assert [store.name for store in list_stores(app.db)] == ["Other"]
    with app.db.reader.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("SELECT id, title FROM listing").all() == [(kept.id, "Kept twice")]
        for table in ("freight_template", "product_group", "uploaded_image", "store_order", "publish_task"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0, table
        entries = connection.exec_driver_sql("SELECT listing_id FROM change_entry").scalars().all()
        assert set(entries) == {kept.id}
        assert connection.exec_driver_sql("SELECT count(*) FROM sku").scalar() == len(kept.skus)
    with pytest.raises(NotFound):
        find_store(app.db, "晨帆数码")
    assert revision_of(copy) is not None
    with closing(sqlite3.connect(copy)) as stored:
        assert stored.execute("SELECT count(*) FROM listing WHERE store_id = 1").fetchone() == (1,)


def test_removing_takes_the_before_images_of_bulk_edits_along(app, make_listing):
    fill(app, make_listing)
    other = find_store(app.db, "Other").id
    for store_id in (1, other):
        chosen = Query(store_ids=(store_id,))
        plan = plan_edit(app.db, BulkEdit((ChangeNumber("stock", "add", Decimal(1)),)), chosen, TaskContext())
        apply_plan(plan, TaskContext())
        plan.close()
    remove_store(app, 1)
    with app.db.reader.connect() as connection:
        sql = "SELECT store_id FROM change_column UNION ALL SELECT store_id FROM change_following"
        rows = connection.exec_driver_sql(sql).scalars().all()
        changes = connection.exec_driver_sql("SELECT store_id FROM change WHERE label = 'change.bulk_edit'").scalars()
        assert (rows, list(changes)) == ([other, other], [other])


def test_how_a_removed_store_wrote_its_codes_and_was_covered_never_comes_back(app, make_listing):
    other, *_ = fill(app, make_listing)
    write_store_marks(app.db, other.id, checked_marks("UK#"))
    save_rules(app.db, 1, other.id, CoverRules(stock=5))
    write_store_marks(app.db, 1, checked_marks("HK#"))
    undo(app.db)
    remove_store(app, 1)
    with pytest.raises(NotFound):
        redo(app.db)
    assert [change.label for change in list_changes(app.db)][:1] == ["change.store_codes"]
    assert undo(app.db).restored == 1
    with app.db.reader.connect() as connection:
        assert store_marks(connection) == {}


def test_a_store_with_work_under_way_is_not_removed(app, make_listing):
    queue_task(app.db, make_listing().id, "unknown")
    with pytest.raises(StoreBusy):
        remove_store(app, 1)
    assert len(list_stores(app.db)) == 1


def test_a_removal_that_breaks_off_removes_nothing(app, make_listing, monkeypatch):
    fill(app, make_listing)
    monkeypatch.setattr("app.services.stores.leaving._BY_STORE", ("publish_task", "no_such_table"))
    before = sqlite_dump(app)
    with pytest.raises(Exception, match="no_such_table"):
        remove_store(app, 1)
    assert sqlite_dump(app) == before


def sqlite_dump(app):
    with closing(sqlite3.connect(app.database_path)) as connection:
        tables = ("store", "listing", "sku", "publish_task", "change_entry", "store_order")
        return [connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables]


def test_a_removed_or_disconnected_practice_store_stays_away_until_it_is_asked_for(app):
    offer = {
        "gateway": NOWHERE,
        "app_key": "501234",
        "app_secret": "invented-secret",
        "stores": [{"name": name, "access_token": f"a-{name}", "refresh_token": f"r-{name}"} for name in "AB"],
    }
    first, second = register_practice_stores(app, offer)
    remove_store(app, first.id)
    disconnect_store(app, second.id)
    assert register_practice_stores(app, offer, everything=False) == []
    assert get_store(app.db, second.id).is_disconnected
    assert len(register_practice_stores(app, offer)) == 2
    assert not get_store(app.db, second.id).is_disconnected
