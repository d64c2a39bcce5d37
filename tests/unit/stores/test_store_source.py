"""The Stores table and the health checklist."""

from __future__ import annotations

import pytest

from app.services.clock import now_ms
from app.services.db import Database
from app.services.errors import NotFound
from app.services.paging import Filter, Query
from app.services.stores.source import StoreSource

DAY = 86_400_000


@pytest.fixture
def source(db, make_listing):
    make_listing(status="live", freight_template_id="700126540")
    make_listing(status="draft")
    make_listing(status="held")
    make_listing(status="rejected")
    with db.bulk() as connection:
        for name, alias, expires in (("Amber Isle Home", "cyjj", now_ms() + 6 * DAY), ("Northlane", "nlau", 1)):
            connection.exec_driver_sql(
                "INSERT INTO store (name, alias, colour, gateway, credential_ref, seller_id, access, health, "
                "is_practice, token_expires_ms, listing_quota, created_ms) "
                "VALUES (?, ?, '3', '', '', '', 'operate', 'ok', 1, ?, 1, 1)",
                (name, alias, expires),
            )
    return StoreSource(db)


def names(source, **question):
    query = Query(**question)
    assert source.count(query) == len(source.ids(query))
    return [row.name for row in source.first_page(query, 10)]


def test_the_first_question_to_a_file_names_its_columns(source, db):
    first = Database(db.path)
    assert [row.name for row in StoreSource(first).first_page(Query(), 10)] == names(source)
    first.dispose()


def test_rows_carry_the_figures(source):
    rows = {row.name: row for row in source.first_page(Query(), 10)}
    first = rows["晨帆数码"]
    assert (first.live, first.drafts, first.failed, first.to_ship, first.token_days) == (1, 2, 1, 0, None)
    amber = rows["Amber Isle Home"]
    assert (amber.health, amber.colour, amber.token_days, amber.is_practice) == ("soon", 3, 5, True)
    assert rows["Northlane"].health == "signed_out"
    assert rows["Northlane"].token_days < 0


def test_search_sort_filter_and_chosen_stores(source):
    assert names(source) == ["晨帆数码", "Amber Isle Home", "Northlane"]
    assert names(source, text="NLAU") == ["Northlane"]
    assert names(source, text="晨帆") == ["晨帆数码"]
    assert names(source, sort="drafts", descending=True)[0] == "晨帆数码"
    assert names(source, sort="token") == ["Northlane", "Amber Isle Home", "晨帆数码"]
    assert names(source, filters=(Filter("practice", "=", "true"),)) == ["Amber Isle Home", "Northlane"]
    assert names(source, filters=(Filter("live", ">", 0),)) == ["晨帆数码"]
    assert names(source, store_ids=(2, 3)) == ["Amber Isle Home", "Northlane"]


def states(detail):
    return {check.key: (check.level, check.title.rpartition(".")[2]) for check in detail.checks}


def test_the_checklist_names_the_worst_first(source, db):
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET listing_quota = 1, health = 'signed_out' WHERE id = 1")
    detail = source.detail(1)
    assert states(detail) == {
        "sign_in": ("bad", "out"),
        "quota": ("bad", "full"),
        "failures": ("warn", "some"),
        "waiting": ("ok", "none"),
        "templates": ("warn", "none"),
        "sync": ("warn", "never"),
    }
    levels = [check.level for check in detail.checks]
    assert levels == sorted(levels, key=("bad", "warn", "ok").index)


def test_a_healthy_store_has_only_good_lines(source, db):
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET listing_quota = 3000, last_sync_ms = ? WHERE id = 1", (now_ms(),))
        connection.exec_driver_sql("UPDATE listing SET status = 'live', freight_template_id = '700126540'")
        connection.exec_driver_sql(
            "INSERT INTO freight_template (store_id, template_id, name, is_default, synced_ms) "
            "VALUES (1, '700126540', 'x', 1, 1)"
        )
    assert {check.level for check in source.detail(1).checks} == {"ok"}
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET listing_quota = 4, last_sync_ms = 1 WHERE id = 1")
        connection.exec_driver_sql("UPDATE listing SET freight_template_id = '9' WHERE id = 1")
    found = states(source.detail(1))
    assert found["quota"] == ("bad", "full")
    assert found["templates"] == ("warn", "missing")
    assert found["sync"] == ("warn", "old")
    assert states(source.detail(2))["sign_in"] == ("warn", "ends")
    with pytest.raises(NotFound):
        source.detail(99)
