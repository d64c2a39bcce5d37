"""Fields of many listings written at once: what is stored is what reading and checking everything anew would say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.history import undo as undoing
from app.services.history.undo import redo, undo
from app.services.listings.apart import tell_apart
from app.services.listings.bulk_edit import applying, verdict
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import (
    AddKeyword,
    AddText,
    ChangeCase,
    ChangeNumber,
    InsertDetail,
    Operation,
    RemoveAttribute,
    ReplaceText,
    SetAttribute,
    SetText,
    SetValue,
    StripTags,
)
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.derived import derive
from app.services.listings.loading import load_listings
from app.services.listings.tables import WHOLE
from app.services.listings.writing import update_columns
from app.services.pricing import watching
from app.services.tasks import TaskContext
from tests.new_database import new_database
from tests.unit.compliance.examples import CLOCKS, sku
from tests.unit.compliance.stored import OTHER, OWN, add_listing, seed_store
from tests.unit.compliance.test_any_listing import GOOD, PAGES, TITLES, entries

PHOTOBANK = "https://ae01.alicdn.com/kf/a.jpg"
Found = dict[int, Counter[tuple[str, str]]]
Picture = dict[int, tuple[Any, ...]]

SOME_TITLES = st.one_of(st.sampled_from(["Table Lamp", "table lamp 2", "Nike lamp lamp", GOOD.title]), TITLES)
STORED = st.fixed_dictionaries(
    {
        "store_id": st.sampled_from([OWN, OWN, OWN, OTHER]),
        "title": SOME_TITLES,
        "keywords": st.sampled_from(["", "lamp", "nike, lamp", "台灯, lamp"]),
        "detail_html": st.one_of(st.just(GOOD.detail_html), PAGES),
        "attributes": st.one_of(st.just(GOOD.attributes), st.lists(entries(), max_size=2)),
        "lot_size": st.sampled_from([1, 1, 10]),
        "status": st.sampled_from(["draft", "ready", "ready", "live", "failed", "held", "off"]),
        "code": st.sampled_from(["LM1", "LM2", "LM3", "LM4"]),
    }
).filter(lambda one: "\0" not in repr(one) and "\\ud" not in ascii(one["title"]))
OPERATIONS: st.SearchStrategy[Operation] = st.sampled_from(
    [
        ReplaceText("title", r"(\d*)$", r" 5pcs/lot \1", is_regex=True),
        ReplaceText("title", "lamp", "Lamp lamp lamp"),
        ReplaceText("title", " 2", ""),
        SetText("title", "Table lamp"),
        AddText("title", prefix="灯 "),
        ChangeCase("title", "upper"),
        ReplaceText("keywords", "nike", "台灯"),
        AddKeyword("nike"),
        SetText("detail_html", ""),
        InsertDetail("<p>nike</p>"),
        StripTags(),
        SetAttribute("", "", "Material", "苹果"),
        RemoveAttribute("", "Material"),
        SetValue("group_id", "51"),
        SetValue("category_id", CLOCKS),
        SetValue("unit", "100000015"),
    ]
)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Two stores without listings."""
    db = new_database(tmp_path_factory.mktemp("fields") / "shangjia.db")
    seed_store(db)
    yield db
    db.dispose()


def fill(db: Database, stored: list[dict[str, Any]]) -> list[int]:
    """These listings and no others, as they are after an import: derived and checked."""
    with db.bulk() as connection:
        for table in ("change", "told_apart", "listing_finding", "image", "sku", "listing"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    ids = [add_listing(db, **{**one, "skus": [sku(code)]}) for one in stored if (code := one.pop("code"))]
    with db.bulk() as connection:
        for record in load_listings(connection, ids):
            update_columns(connection, "listing", record.id, derive(record))
        connection.exec_driver_sql("UPDATE sku SET match_key = code")
    recheck(db)
    return ids


def findings(db: Database) -> Found:
    with db.read() as session:
        found: Found = {}
        for number, *rule, count in session.connection().exec_driver_sql(
            "SELECT listing_id, code, severity, number FROM listing_finding"
        ):
            found.setdefault(number, Counter())[rule[0], rule[1]] = count
        return found


def picture(db: Database) -> Picture:
    """Everything of the listings' rows but the time of the last change."""
    with db.read() as session:
        rows = session.connection().exec_driver_sql("SELECT * FROM listing ORDER BY id").mappings()
        return {row["id"]: tuple(value for name, value in row.items() if name != "updated_ms") for row in rows}


def ensure_true(db: Database) -> None:
    """The short way left behind what the long one would: derived columns, search tables, findings, states."""
    with db.bulk() as connection:
        for record in load_listings(connection, sorted(picture(db))):
            values = derive(record)
            row = connection.exec_driver_sql(f"SELECT {', '.join(values)} FROM {WHOLE} WHERE id = {record.id}").one()
            assert dict(zip(values, row, strict=True)) == values
        for table in ("listing_trigram", "listing_bigram"):
            connection.exec_driver_sql(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
    short = picture(db), findings(db)
    recheck(db)
    assert short == (picture(db), findings(db))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    stored=st.lists(STORED, min_size=2, max_size=5),
    operations=st.lists(OPERATIONS, min_size=1, max_size=2),
    chosen=st.integers(1, 4),
    is_apart=st.booleans(),
)
def test_the_short_way_says_what_a_full_check_says(
    stores: Database, stored: list[dict[str, Any]], operations: list[Operation], chosen: int, is_apart: bool
) -> None:
    db, threshold = stores, undoing.MANY
    ids = fill(db, stored)
    if is_apart:
        tell_apart(db, [(ids[0], ids[1])])
        recheck(db)
    before = picture(db), findings(db)
    plan = plan_edit(db, BulkEdit(tuple(operations)), ids[:chosen], TaskContext())
    try:
        planned = Counter({(one.code, one.severity): one.count for one in plan.counts.findings})
        applied = apply_plan(plan, TaskContext())
    finally:
        plan.close()
    ensure_true(db)
    assert planned == _new(before[1], findings(db))
    if applied.change is None:
        return
    undoing.MANY = 1
    try:
        done = undo(db)
        recheck(db, done.suspects)
        ensure_true(db)
        stored_again = picture(db), findings(db)
        assert stored_again[1] == before[1]
        redo(db)
        recheck(db, undo(db).suspects)
        ensure_true(db)
    finally:
        undoing.MANY = threshold


def _new(before: Found, after: Found) -> Counter[tuple[str, str]]:
    """Findings that came up, wherever."""
    found = Counter[tuple[str, str]]()
    for number in after:
        found += after[number] - before.get(number, Counter())
    return found


def foretold(db: Database, ids: list[int], *operations: Operation) -> dict[str, int]:
    """How many listings the preview says will newly break which rule."""
    plan = plan_edit(db, BulkEdit(operations), ids, TaskContext())
    try:
        return {one.code: one.listings for one in plan.counts.findings}
    finally:
        plan.close()


def plain(title: str, **others: Any) -> dict[str, Any]:
    """A listing in order, a draft with goods of its own."""
    code = f"LM{abs(hash(title)) % 10**6}"
    return {"store_id": OWN, "title": title, "status": "draft", "code": code, "images": [PHOTOBANK], **others}


def edit(db: Database, ids: list[int], *operations: Operation) -> None:
    plan = plan_edit(db, BulkEdit(operations), ids, TaskContext(), checks=False)
    try:
        apply_plan(plan, TaskContext())
    finally:
        plan.close()


def codes(db: Database, listing_id: int) -> set[str]:
    return {code for code, _ in findings(db).get(listing_id, ())}


def test_a_title_left_behind_is_nobodys_twin_any_more(stores: Database) -> None:
    """The other listing, which was not edited, goes on; the same where both were edited, each in its own way."""
    one, other, third, fourth = fill(stores, [plain(title, code=title) for title in ("Lamp", "lamp", "Desk", "desk")])
    assert all("title.elsewhere" in codes(stores, number) for number in (one, other, third, fourth))
    edit(
        stores, [one, third, fourth], AddText("title", suffix=" 2"), ReplaceText("title", "D", "Old D", match_case=True)
    )
    assert not codes(stores, one) & {"title.elsewhere"}
    assert not codes(stores, other) & {"title.elsewhere"}
    assert not codes(stores, third) & {"title.elsewhere"}
    ensure_true(stores)


def test_another_title_brings_back_what_was_told_apart(stores: Database) -> None:
    one, other = fill(stores, [plain("Lamp", code="LM1"), plain("Desk", code="LM1")])
    tell_apart(stores, [(one, other)])
    recheck(stores)
    assert not (codes(stores, one) | codes(stores, other)) & {"listing.twice", "listing.doubled"}
    edit(stores, [one], AddText("title", suffix=" 2"))
    assert "listing.doubled" in codes(stores, one)
    assert "listing.twice" in codes(stores, other)


def test_one_told_apart_from_one_of_two_with_its_title_is_alone_without_the_other(stores: Database) -> None:
    one, other, third = fill(stores, [plain("Lamp", code=code) for code in ("LM1", "LM2", "LM3")])
    tell_apart(stores, [(other, third)])
    recheck(stores)
    assert "title.elsewhere" in codes(stores, other)
    edit(stores, [one], AddText("title", suffix=" 2"))
    assert "title.elsewhere" not in codes(stores, other)
    ensure_true(stores)


def test_a_preview_tells_of_listings_that_are_not_edited(stores: Database) -> None:
    """One gets the title of another, which then has a finding, too; so has one that was told apart from it."""
    one, other, third, fourth = fill(
        stores, [plain("Lamp 2"), plain("Lamp"), plain("Desk", code="LM9"), plain("Chair", code="LM9")]
    )
    assert foretold(stores, [one], ReplaceText("title", " 2", "")) == {"title.elsewhere": 2}
    assert foretold(stores, [one, other], ReplaceText("title", " 2", "")) == {"title.elsewhere": 2}
    assert foretold(stores, [one, other], ReplaceText("title", " 2", ""), AddKeyword("new"))["title.elsewhere"] == 2
    tell_apart(stores, [(third, fourth)])
    recheck(stores)
    before = findings(stores)
    told = foretold(stores, [third], AddText("title", suffix=" 2"))
    edit(stores, [third], AddText("title", suffix=" 2"))
    new = _new(before, findings(stores))
    assert told == {code: number for (code, _), number in new.items()}
    assert codes(stores, fourth) - {code for code, _ in before.get(fourth, ())}


def test_of_many_with_one_title_nothing_new_is_said_and_none_is_judged(
    stores: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, *_ = fill(stores, [plain("Lamp 2"), *[plain("Lamp", code=f"LM{number}") for number in range(9)]])
    judged: list[int] = []
    chunk = verdict._Judge.chunk
    monkeypatch.setattr(verdict._Judge, "chunk", lambda self, ids: (judged.extend(ids), chunk(self, ids))[1])
    assert foretold(stores, [one], ReplaceText("title", " 2", "")) == {"title.elsewhere": 1}
    assert set(judged) <= {one}


def test_a_title_nobody_sees_any_more_says_nothing_of_others(stores: Database) -> None:
    one, _ = fill(stores, [plain("Lamp 2", status="off"), plain("Lamp")])
    assert foretold(stores, [one], ReplaceText("title", " 2", "")) == {"title.elsewhere": 1}


def test_a_refused_listing_is_judged_again(stores: Database) -> None:
    (one,) = fill(stores, [plain(GOOD.title, status="failed")])
    edit(stores, [one], AddText("title", suffix=" White"))
    assert picture(stores)[one][4] == "ready"


def test_undoing_very_many_leaves_alone_what_moved_on(stores: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "MANY", 1)
    one, other, gone = fill(stores, [plain("Lamp"), plain("Desk"), plain("Chair")])
    edit(stores, [one, other, gone], AddText("title", suffix=" 2"), AddKeyword("new"))
    with stores.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET title = 'Desk 3' WHERE id = ?", (other,))
        connection.exec_driver_sql("DELETE FROM listing WHERE id = ?", (gone,))
    done = undo(stores, fields=["title"])
    assert (done.restored, done.conflicts) == (1, (other, gone))
    with stores.read() as session:
        rows = session.connection().exec_driver_sql(f"SELECT title, keywords FROM {WHOLE} ORDER BY id").all()
    assert [tuple(row) for row in rows] == [("Lamp", "new"), ("Desk 3", "new")]


def test_very_many_chosen_ones_go_back_at_once(stores: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others stay as they are, and so do their figures."""
    monkeypatch.setattr(undoing, "MANY", 2)
    monkeypatch.setattr(watching, "MANY", 2)
    monkeypatch.setattr(undoing, "put_back", None)  # one by one
    ids = fill(stores, [plain("Lamp"), plain("Desk"), plain("Chair")])
    edit(stores, ids, AddText("title", suffix=" 2"))
    with stores.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM figure_due")
    recheck(stores, undo(stores, only=ids[::2]).suspects)
    ensure_true(stores)
    with stores.look() as connection:
        titles = connection.exec_driver_sql("SELECT title FROM listing ORDER BY id").scalars().all()
        due = connection.exec_driver_sql("SELECT listing_id FROM figure_due").scalars().all()
    assert (titles, due) == (["Lamp", "Desk 2", "Chair"], ids[::2])


def test_what_an_edit_adds_and_heals_is_counted_without_checking_all(
    stores: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = fill(stores, [plain(GOOD.title), plain("Lamp <b>")])
    assert "title.markup" in codes(stores, other)
    with monkeypatch.context() as patched:
        patched.setattr(applying, "recheck", None)
        edit(stores, [one, other], ReplaceText("title", "<b>", ""), AddText("title", prefix="é "))
    assert "title.not_ascii" in codes(stores, one) & codes(stores, other)
    assert "title.markup" not in codes(stores, other)
    ensure_true(stores)


def test_equal_titles_that_come_and_go_are_counted_without_checking_all(
    stores: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of listings edited and not edited, in the store and in another one, on sale and off."""
    stored = [("Lamp", OWN), ("lamp", OWN), ("Desk", OWN), ("desk", OWN), ("Desk 2", OWN), ("Desk", OTHER)]
    listings = [plain(title, store_id=store, code=f"LM{at}") for at, (title, store) in enumerate(stored)]
    ids = fill(stores, [*listings, plain("desk  2", status="off", code="LM9")])
    before = findings(stores)
    monkeypatch.setattr(undoing, "MANY", 1)
    with monkeypatch.context() as patched:
        patched.setattr(applying, "recheck", None)
        edit(stores, [ids[0], *ids[2:4], ids[5]], AddText("title", suffix=" 2"))
    assert [number for number in ids if "title.elsewhere" in codes(stores, number)] == [*ids[2:5], ids[6]]
    after = findings(stores)
    recheck(stores)
    assert findings(stores) == after
    assert undo(stores).suspects == ()
    assert findings(stores) == before


def test_counts_that_do_not_hold_what_was_found_are_made_anew(stores: Database) -> None:
    one, other = fill(stores, [plain("Lamp <b>"), plain("Desk <b>")])
    with stores.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM listing_finding WHERE listing_id = ?", (one,))
        connection.exec_driver_sql("UPDATE listing_finding SET code = 'title.emoji' WHERE code = 'title.markup'")
    edit(stores, [one, other], ReplaceText("title", "<b>", ""))
    ensure_true(stores)


def test_prices_of_the_same_edit_go_along(stores: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "MANY", 1)
    ids = fill(stores, [plain("Lamp"), plain("Desk")])
    before = picture(stores)
    edit(stores, ids, ChangeNumber("price_minor", "multiply", Decimal(2)), AddText("title", suffix=" 2"))
    ensure_true(stores)
    recheck(stores, undo(stores).suspects)
    ensure_true(stores)
    assert picture(stores) == before
