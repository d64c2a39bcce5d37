"""Codes of more than 20 characters get a virtual code, in one change with its entry in the table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from app.messages import messages
from app.models import Store
from app.services.codes import shortening, store_reading
from app.services.codes.known import checked_marks, write_store_marks
from app.services.codes.records import Component
from app.services.codes.virtual import BadVirtualCode, list_virtual, save_virtual
from app.services.compliance.findings import Fix, fix_text
from app.services.compliance.recheck import check_listings, recheck
from app.services.covering.costs import GoodsCosts
from app.services.db import Database
from app.services.history.undo import undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import FixFindings
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.editing import edit_listings
from app.services.listings.fixes import edit_of
from app.services.listings.records import ListingRecord
from app.services.tasks import TaskContext

LONG, OTHER = "AB1234*2+CD5678*3_CUS", "AB1234+CD5678+EF9012+GH1111"
GOODS = (Component("AB1234", 2), Component("CD5678", 3))
Make = Callable[..., ListingRecord]


def fixes_of(db: Database, *listing_ids: int) -> list[Fix | None]:
    """The remedies of codes that are too long."""
    with db.read() as session:
        found = list(check_listings(session, listing_ids))
    return [one.fix for _, findings in found for one in findings if one.code == "sku.code_too_long"]


def codes_of(db: Database) -> list[str]:
    with db.reader.connect() as connection:
        return list(connection.exec_driver_sql("SELECT code FROM sku ORDER BY listing_id, position").scalars())


def bulk(db: Database, *listing_ids: int) -> int:
    """Press the button in all of them; returns listings changed."""
    plan = plan_edit(db, BulkEdit((FixFindings("sku.code_too_long"),)), listing_ids, TaskContext())
    try:
        return apply_plan(plan, TaskContext()).changed
    finally:
        plan.close()


def test_the_button_of_one_finding_brings_its_virtual_code_along(db: Database, make_listing: Make) -> None:
    record = make_listing(skus=((LONG, 100, 1), ("AB1234", 100, 1)))
    (fix,) = fixes_of(db, record.id)
    assert fix is not None and fix.value == "CB000001_CUS"
    assert fix_text(fix) == messages.text("fix.new_virtual", code="CB000001_CUS")
    assert list_virtual(db) == {}, "proposing keeps nothing"
    edit_listings(db, [edit_of(record, fix)], label="change.edit")
    assert (codes_of(db), list_virtual(db)) == (["CB000001_CUS", "AB1234"], {"CB000001": GOODS})
    assert fixes_of(db, record.id) == []

    undone = undo(db)
    assert undone.change is not None and codes_of(db) == [LONG, "AB1234"], "one step of undo"
    assert list_virtual(db) == {"CB000001": GOODS}, "kept: others may be written with it by now"
    (again,) = fixes_of(db, record.id)
    assert again is not None and (again.kind, again.value, again.virtual) == ("use_code", "CB000001_CUS", {})


def test_many_at_once_reuse_what_there_is_and_never_share_a_number(db: Database, make_listing: Make) -> None:
    with db.write() as session:
        session.add(Store(name="Amber", gateway="http://127.0.0.1:2", credential_ref="two", created_ms=0))
    save_virtual(db, {"CB000041": GOODS})
    first = make_listing(skus=((LONG, 100, 1), (OTHER, 100, 1), ("ZZ1<AAAAAAAAAAAAAAAAAAAA", 100, 1)))
    second = make_listing(skus=((f"{OTHER}_CES", 100, 1), ("CD5678*3+AB1234*2+EF90*9", 100, 1)))
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET store_id = 2 WHERE id = ?", (second.id,))
    recheck(db)
    assert bulk(db, first.id, second.id) == 2
    assert codes_of(db) == ["CB000041_CUS", "CB000042", "ZZ1<AAAAAAAAAAAAAAAAAAAA", "CB000042_CES", "CB000043"]
    assert {code: len(items) for code, items in list_virtual(db).items()} == {
        "CB000041": 2,
        "CB000042": 4,
        "CB000043": 3,
    }
    with db.reader.connect() as connection:
        kinds = list(
            connection.exec_driver_sql("SELECT kind FROM change WHERE undone_ms IS NULL ORDER BY id").scalars()
        )
    assert kinds[-1] == "edit", "what undo takes back next is the edit, not the table of virtual codes"


def test_tables_are_read_once_however_many_codes_are_asked_for(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    for name in ("virtual_codes", "store_marks"):
        whole = getattr(store_reading, name)
        counted = partial(lambda name, whole, *args: read.append(name) or whole(*args), name, whole)
        monkeypatch.setattr(store_reading, name, counted)
    codes = shortening.ShortCodes(db.read, 1)
    found = [codes.of(code) for code in (LONG, OTHER, LONG)]
    assert [one.code for one in found if one is not None] == ["CB000001_CUS", "CB000002", "CB000001_CUS"]
    assert sorted(read) == ["store_marks", "virtual_codes"]
    costs = GoodsCosts(db, 1)
    assert [costs.of(code) for code in (LONG, OTHER)] == [None, None]
    assert sorted(read) == ["store_marks"] * 2 + ["virtual_codes"] * 2


def test_a_plainer_writing_needs_no_virtual_code(db: Database, make_listing: Make) -> None:
    record = make_listing(skus=(("AB1234  *  2  ＋ CD5678", 100, 1), ("AB1234+AB1234+AB1234+AB1234", 100, 1)))
    found = [fix.value for fix in fixes_of(db, record.id) if fix is not None]
    assert found == ["AB1234*2+CD5678", "AB1234*4"]


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("HK#AB1234*2+CD5678*33", "HK#CB000001"),
        ("HK#AB1234+CD5678@LONGLONG", "HK#CB000001@LONGLONG"),
        (LONG, "CB000001_CUS"),
    ],
)
def test_what_a_store_puts_around_its_codes_stays(db: Database, make_listing: Make, code: str, short: str) -> None:
    write_store_marks(db, 1, checked_marks("HK#", "@LONGLONG"))
    record = make_listing(skus=((code, 100, 1),))
    assert [fix.value for fix in fixes_of(db, record.id) if fix is not None] == [short]


def test_a_number_taken_meanwhile_is_said_and_nothing_is_written(db: Database, make_listing: Make) -> None:
    record = make_listing(skus=((LONG, 100, 1), ("CB000099+AB1234*3+ABCDEF", 100, 1)))
    fix, none = fixes_of(db, record.id)
    assert fix is not None
    assert none is None, "a virtual code nobody knows cannot stand within another"
    save_virtual(db, {fix.value.partition("_")[0]: (Component("ZZ1"),)})
    with pytest.raises(BadVirtualCode) as caught:
        edit_listings(db, [edit_of(record, fix)], label="change.edit")
    assert caught.value.error_code == "code.virtual_taken"
    assert codes_of(db)[0] == LONG
