"""Which variants contain a discontinued code, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.messages import Messages
from app.services.codes.known import checked_marks, write_store_marks
from app.services.codes.records import Component
from app.services.codes.virtual import save_virtual
from app.services.compliance import check, load_context
from app.services.compliance.findings import counts
from app.services.compliance.recheck import recheck
from app.services.errors import InputError
from app.services.history.listing import list_changes
from app.services.listings.delisting.applying import apply_delisting
from app.services.listings.delisting.exporting import export_plan
from app.services.listings.delisting.pasted import read_pasted
from app.services.listings.delisting.plan import plan_delisting
from app.services.listings.delisting.records import DelistPlan, Step
from app.services.listings.loading import load_listings
from app.services.tasks import TaskCancelled, TaskContext
from tests.listing_rows import note_synced
from tests.unit.listings.delisting.conftest import Planned, Shop


def steps(plan: DelistPlan) -> dict[str, str]:
    return {row.code: str(row.step) for row in plan.rows}


def test_every_writing_of_the_item_is_found_and_nothing_else(shop: Shop, planned: Planned) -> None:
    inside = ["AB1234", "ab1234*2", "CD5678+AB1234_CUS", "2xAB1234", "AB1234X3", "(AB1234+EF9012)*2", "AB1234_CES"]
    outside = ["AB12345", "AB1234-BK", "AB1234_R", "XAB1234", "CD5678"]
    shop(*inside, *outside)
    plan = planned("AB1234")
    assert steps(plan) == dict.fromkeys(inside, "zero")
    assert {row.code for row in plan.rows if row.is_doubtful} == {"2xAB1234", "AB1234X3"}
    assert {row.because for row in plan.rows} == {"AB1234"}


def test_virtual_codes_are_expanded_and_can_be_named_themselves(shop: Shop, planned: Planned, db) -> None:
    save_virtual(db, {"CB000123": (Component("AB1234", 10), Component("CD5678"))})
    shop("CB000123_CUS", "CB000123*2+EF9012", "EF9012")
    for text in ("AB1234", "CB000123"):
        assert steps(planned(text)) == {"CB000123_CUS": "zero", "CB000123*2+EF9012": "zero"}


def test_a_bundle_or_a_warehouse_means_just_that(shop: Shop, planned: Planned) -> None:
    shop("AB1234", "AB1234*2", "2*AB1234_CUS", "AB1234_CUS", "AB1234*2+CD5678")
    assert set(steps(planned("AB1234*2"))) == {"AB1234*2", "2*AB1234_CUS"}
    assert set(steps(planned("AB1234_CUS"))) == {"AB1234_CUS"}
    shop("CD5678+AB1234", "AB1234+", "CD5678")
    assert set(steps(planned("AB1234+CD5678"))) == {"CD5678+AB1234"}


def test_stores_write_their_codes_in_their_own_way(shop: Shop, planned: Planned, db) -> None:
    shop("HK#AB1234@ABCD", "HK#2XAB1234@ABCD", "AB1234-148", "ZZ1")
    assert steps(planned("AB1234\nZZ1")) == {"ZZ1": "zero"}  # nobody knows of a prefix yet
    write_store_marks(db, 1, checked_marks("hk#", "@abcd", {"148": "us"}))
    plan = planned("AB1234")
    assert set(steps(plan)) == {"HK#AB1234@ABCD", "HK#2XAB1234@ABCD", "AB1234-148"}
    assert not any(row.is_doubtful for row in plan.rows)
    assert set(steps(planned("AB1234_CUS"))) == {"AB1234-148"}


def test_what_cannot_be_read_waits_for_a_person(shop: Shop, planned: Planned) -> None:
    shop("AB1234+", "AB 1234", "AB1234*0", "EF9012+")
    assert steps(planned("AB1234")) == dict.fromkeys(["AB1234+", "AB 1234", "AB1234*0"], "unreadable")


def test_a_listing_without_any_stock_left_goes_off_sale(shop: Shop, planned: Planned) -> None:
    whole = shop("AA1111", "AA1111*2", "BB2222", BB2222=0)
    part = shop("AA1111-X", "CC3333", "AA1111+CC3333")
    draft = shop("AA1111_CUS", status="draft")
    off = shop("AA1111*9", status="off")
    plan = planned("AA1111")
    by = {(row.listing_id, row.code): row.step for row in plan.rows}
    assert by == {
        (whole, "AA1111"): Step.OFF,
        (whole, "AA1111*2"): Step.OFF,
        (part, "AA1111+CC3333"): Step.ZERO,
        (draft, "AA1111_CUS"): Step.ZERO,
        (off, "AA1111*9"): Step.DONE,
    }
    assert plan.listings(Step.OFF) == {whole: 1}


def test_a_listing_stays_while_anything_else_in_it_may_be_sold(shop: Shop, planned: Planned) -> None:
    shop("AA1111", "AA1111+")
    shop("AA1111_CUS", "CC3333", status="off")
    assert steps(planned("AA1111")) == {"AA1111": "zero", "AA1111+": "unreadable", "AA1111_CUS": "zero"}


def test_a_listing_stays_while_nobody_knows_the_stock_of_another_variant(shop: Shop, planned: Planned) -> None:
    shop("AA1111", "CC3333", CC3333=None)
    shop("AA1111_CUS", "DD4444", DD4444=0)
    assert steps(planned("AA1111")) == {"AA1111": "zero", "AA1111_CUS": "off"}


def test_variants_stand_by_their_store_and_listing_and_a_stop_ends_the_search(shop: Shop, planned: Planned, db) -> None:
    second, first = shop("AB1234", "CC3333", store=2), shop("CC3333*2", "AB1234*2", "CC3333")
    assert [row.listing_id for row in planned("AB1234\nCC3333*2").rows] == [first, first, second]
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        plan_delisting(db, read_pasted("AB1234"), ctx=ctx)


def test_whole_listings_if_so_wanted(shop: Shop, planned: Planned) -> None:
    part = shop("AA1111", "CC3333")
    plan = planned("AA1111", takes_off=True)
    assert [(row.listing_id, row.code, row.step) for row in plan.rows] == [(part, "AA1111", Step.OFF)]


def test_stores_are_chosen_and_what_is_nowhere_is_said(shop: Shop, planned: Planned, db) -> None:
    shop("AA1111", "CC3333")
    second = shop("AA1111", "CC3333", store=2)
    sending = shop("AA1111", "CC3333", status="sending", store=2)
    plan = planned("AA1111\nXX9999\nCC3333*7", [2])
    assert [(row.listing_id, row.store, str(row.step)) for row in plan.rows] == [
        (second, "B", "zero"),
        (sending, "B", "locked"),
    ]
    assert plan.unknown == ["XX9999", "CC3333*7"]
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET access = 'read_only' WHERE id = 2")
    assert planned("AA1111", [2]).is_empty


def test_an_export_names_every_variant(shop: Shop, planned: Planned, tmp_path: Path) -> None:
    shop("AA1111", "CC3333")
    plan = planned("AA1111")
    assert export_plan(plan, tmp_path / "gone.csv", Messages("en")) == 1
    assert "AA1111,AA1111,5,Stock → 0" in (tmp_path / "gone.csv").read_text("utf-8-sig")
    assert export_plan(plan, tmp_path / "gone.xlsx", Messages("zh")) == 1
    with pytest.raises(InputError):
        export_plan(plan, tmp_path / "gone.txt", Messages("en"))


def test_the_lookup_goes_through_indexes(shop: Shop, db) -> None:
    shop("AA1111", "AA1111*2+CC3333")
    from app.services.listings.delisting.finding import _BUNDLES, _SKUS

    with db.reader.connect() as connection:
        for sql, index in ((_BUNDLES, "PRIMARY KEY"), (_SKUS, "ix_sku_match_key")):
            plan = " ".join(str(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ("[]",)))
            assert index in plan
            assert "SCAN sku" not in plan


def test_a_stock_of_0_the_marketplace_never_heard_of_is_told(shop: Shop, planned: Planned, db) -> None:
    told, not_told = shop("AA1111", "CC3333", AA1111=0), shop("AA1111", "CC3333", AA1111=0)
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET sent_hash = content_hash")
        connection.exec_driver_sql("UPDATE listing SET content_hash = 'edited' WHERE id = ?", (not_told,))
    assert {row.listing_id: row.step for row in planned("AA1111").rows} == {told: Step.DONE, not_told: Step.UNSENT}
    note_synced(db, not_told, {"AA1111": [1890, 0], "CC3333": [1890, 5]})
    assert planned("AA1111").is_empty  # what else was edited is not sent


def test_what_the_checker_says_of_stocks_of_0_is_counted_at_once(shop: Shop, planned: Planned, db) -> None:
    draft = shop("AA1111", status="draft")
    recheck(db)
    apply_delisting(db, planned("AA1111"))
    with db.read() as session:
        (record,) = load_listings(session, [draft])
        found = counts(check(record, load_context(session, 1)))
        stored = session.connection().exec_driver_sql("SELECT block_count, hold_count, warn_count FROM listing").one()
    assert tuple(stored) == tuple(found)


def test_the_history_says_who_took_what_off_sale_from_which_file(shop: Shop, planned: Planned, db) -> None:
    whole = shop("AA1111")
    done = apply_delisting(db, planned("AA1111"), source="gone.xlsx")
    assert (done.off, list(done.skipped)) == (1, [])
    (noted,) = list_changes(db)
    assert (noted.label, noted.params["n"], noted.source) == ("change.delist_off", 1, "gone.xlsx")
    assert (noted.uid, noted.listing_count) == (done.change.uid, 1) and noted.params["who"]
    again = apply_delisting(db, planned("AA1111"))
    assert again.waiting[0].batch_id != done.waiting[0].batch_id  # the older one is taken back, one is sent
    with db.reader.connect() as connection:
        states = connection.exec_driver_sql("SELECT state FROM publish_task WHERE listing_id = ? ORDER BY id", (whole,))
        assert list(states.scalars()) == ["cancelled", "queued"]
