"""Before → after for every row, counted, refused by name, the largest change first; nothing is written."""

from __future__ import annotations

import stat
from decimal import Decimal
from hashlib import sha256

import pytest

from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import ChangeNumber, Limits, ReplaceText, Rounding, SetText, SetValue
from app.services.listings.bulk_edit.patterns import SlowPattern
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.bulk_edit.showing import all_lines, lines, sections
from app.services.paging import Filter, Query
from app.services.tasks import TaskCancelled, TaskContext

TENTH = ChangeNumber("price_minor", "multiply", Decimal("1.1"))


def told(plan):
    found = sections(plan, TaskContext())
    return found, [
        (one.listing_id, one.code, one.field, one.before, one.after, one.why) for one in all_lines(plan, found.range())
    ]


def digest(db):
    with db.bulk() as connection:
        tables = ("listing", "sku", "image", "change", "change_entry", "change_column")
        rows = [connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables]
    return sha256(repr(rows).encode()).hexdigest()


def test_prices_are_counted_and_shown_largest_change_first(db, make_listing, planned):
    first = make_listing("A", (("A-1", 1000, 5), ("A-2", None, 5)))
    second = make_listing("B", (("B-1", 3, 5), ("B-2", 2, 5), ("B-3", 100_000, 5)))
    before = digest(db)
    plan = planned(ChangeNumber("price_minor", "multiply", Decimal("1.1"), limits=Limits(most=Decimal(1000))))
    counts = plan.counts
    assert (counts.matched, counts.changed, counts.refused) == (2, 1, 2)
    assert counts.cells == {"price_minor": 1} and counts.unchanged == {"price_minor": 2}
    assert counts.reasons == {"unknown": 1, "above_most": 1}
    found, rows = told(plan)
    assert found.counts == {"changed": 1, "refused": 2, "same": 2}
    assert (found.first("refused"), found.total) == (1, 5)
    assert rows == [
        (first.id, "A-1", "price_minor", 1000, 1100, ""),
        (first.id, "A-2", "price_minor", None, None, "unknown"),
        (second.id, "B-3", "price_minor", 100_000, 110_000, "above_most"),
        (second.id, "B-1", "price_minor", 3, 3, "same"),
        (second.id, "B-2", "price_minor", 2, 2, "same"),
    ]
    assert digest(db) == before


def test_the_largest_relative_change_comes_first(make_listing, planned):
    make_listing("A", (("A-1", 1000, 5), ("A-2", 200, 5), ("A-3", 0, 5), ("A-4", 500, 5)))
    plan = planned(ChangeNumber("price_minor", "add", Decimal(1)))
    _, rows = told(plan)
    assert [row[1] for row in rows] == ["A-3", "A-2", "A-4", "A-1"]
    assert [one.code for one in lines(plan, 1, 2)] == ["A-2", "A-4"]
    assert lines(plan, 4, 10) == []


def test_a_filter_is_followed_at_the_moment_of_the_plan(make_listing, planned):
    make_listing("Lamp", status="live")
    make_listing("Chair", status="draft")
    plan = planned(SetText("title", "x"), chosen=Query(filters=(Filter("status", "=", "live"),)))
    assert (plan.counts.matched, plan.counts.changed) == (1, 1)
    assert planned(SetText("title", "x"), chosen=[]).counts.matched == 0


def test_listings_that_may_not_be_edited_are_refused_whole(db, make_listing, planned, write):
    sending, fine = make_listing(status="sending"), make_listing()
    gone = fine.id + 100
    plan = planned(TENTH, SetText("title", "New"), chosen=[sending.id, fine.id, gone])
    assert plan.counts.reasons == {"sending": 1, "gone": 1}
    assert (plan.counts.changed, plan.counts.refused) == (1, 2)
    _, rows = told(plan)
    assert [row[5] for row in rows if row[5]] == ["sending", "gone"]
    write("UPDATE store SET access = 'read_only'")
    assert planned(TENTH, chosen=[fine.id]).counts.reasons == {"read_only": 1}


def test_one_result_for_all_variants_of_a_listing(make_listing, planned):
    make_listing("A", (("A-1", 1000, 5), ("A-2", 800, 5), ("A-3", None, 5)))
    plan = planned(ChangeNumber("price_minor", "percent", Decimal(10), per_listing=True))
    assert [(row[1], row[4]) for row in told(plan)[1]] == [("A-3", 880), ("A-1", 880), ("A-2", 880)]
    assert plan.counts.cells == {"price_minor": 3}


def test_a_formula_reads_fields_of_the_variant_and_the_listing(make_listing, planned):
    make_listing("A", (("A-1", 1000, 50), ("A-2", 900, None)), weight_g=500)
    plan = planned(ChangeNumber("price_minor", "formula", formula="price + weight / 1000 + stock / 100"))
    assert [(row[1], row[4], row[5]) for row in told(plan)[1]] == [("A-1", 1100, ""), ("A-2", None, "unknown_stock")]
    plan = planned(ChangeNumber("weight_g", "formula", formula="weight + price"))
    assert [row[2:5] for row in told(plan)[1]] == [("weight_g", 500, 509)]


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (ChangeNumber("weight_g", "formula", formula="weight / 3"), 43),
        (ChangeNumber("weight_g", "formula", formula="weight / 7 * 7 + 1"), 128),
        (ChangeNumber("weight_g", "multiply", Decimal("1.1")), 140),
        (ChangeNumber("weight_g", "percent", Decimal(-10)), 115),
        (ChangeNumber("length_cm", "formula", formula="length / 2.54"), 5),
        (ChangeNumber("length_cm", "multiply", Decimal("2.54")), 28),
        (ChangeNumber("handling_days", "formula", formula="handling_days / 3"), 2),
    ],
)
def test_weights_and_sides_are_rounded_up(make_listing, planned, change, after):
    """A parcel noted lighter than it is costs more than was charged; days are rounded as numbers are."""
    make_listing("A", (("A-1", 1000, 5),), weight_g=127, length_cm=11, handling_days=7)
    assert [row[4] for row in told(planned(change))[1]] == [after]


def test_numbers_and_texts_of_one_edit_stand_together(make_listing, planned):
    record = make_listing("Old lamp", (("A-1", 1000, 5),), weight_g=10)
    plan = planned(
        ReplaceText("title", "old", "New"),
        ChangeNumber("weight_g", "add", Decimal(5)),
        ChangeNumber("price_minor", "multiply", Decimal(2), rounding=Rounding(Decimal(1), Decimal("0.99"))),
    )
    assert plan.counts.cells == {"weight_g": 1, "price_minor": 1, "title": 1}
    assert [row[1:5] for row in told(plan)[1]] == [
        ("A-1", "price_minor", 1000, 1999),
        ("", "weight_g", 10, 15),
        ("", "title", "Old lamp", "New lamp"),
    ]
    assert plan.counts.changed == 1 and record.title == "Old lamp"


def test_an_edit_of_texts_alone_has_lines_too(make_listing, planned):
    record, other = make_listing("Old lamp"), make_listing("Chair")
    plan = planned(ReplaceText("title", "old", "New"))
    assert told(plan)[1] == [(record.id, "", "title", "Old lamp", "New lamp", "")]
    assert (plan.counts.matched, plan.counts.changed) == (2, 1) and other.title == "Chair"


def test_a_value_of_another_store_is_refused(make_listing, planned):
    make_listing()
    plan = planned(SetValue("freight_template_id", "999"))
    assert (plan.counts.changed, plan.counts.reasons) == (0, {"not_of_store": 1})


def test_the_checker_says_what_the_edit_would_cause(make_listing, planned):
    make_listing("A lamp", (("A-1", 1000, 5), ("A-2", 1000, 5)))
    make_listing("B lamp", (("B-1", 1000, 5),))
    make_listing("C lamp", (("C-1", 1000, 5),))
    plan = planned(ChangeNumber("stock", "set", Decimal(0)), checks=True)
    found = {one.code: (one.severity, one.count, one.listings) for one in plan.counts.findings}
    assert found == {"stock.none": ("block", 3, 3)}
    plan = planned(SetText("title", "Lamp " * 30), checks=True)
    found = {one.code: (one.count, one.listings) for one in plan.counts.findings}
    assert found["title.too_long"] == (3, 3)
    assert found["title.elsewhere"] == (3, 3)
    assert "sku.none" not in found


def test_a_title_that_another_listing_has_is_foreseen(make_listing, planned):
    first, second = make_listing("Lamp one", (("A", 100, 1),)), make_listing("Lamp two", (("B", 100, 1),))
    plan = planned(SetText("title", "lamp  TWO"), chosen=[first.id], checks=True)
    assert "title.elsewhere" in {one.code for one in plan.counts.findings}
    plan = planned(ReplaceText("title", "Lamp", "Light"), checks=True)
    assert "title.elsewhere" not in {one.code for one in plan.counts.findings}
    assert second.id


def test_a_bad_pattern_is_refused_before_anything_is_looked_at(make_listing, planned):
    make_listing()
    with pytest.raises(SlowPattern):
        planned(ReplaceText("title", "(a+)+", "", is_regex=True))


def test_a_stopped_plan_leaves_no_file(db, make_listing, monkeypatch):
    from app.services.listings.bulk_edit import planning

    make_listing()
    made = []
    real = planning.PlanFile
    monkeypatch.setattr(planning, "PlanFile", lambda db: made.append(real(db)) or made[-1])
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        plan_edit(db, BulkEdit((SetText("title", "x"),)), [1], ctx)
    assert [one.path.exists() for one in made] == [False]


def test_only_the_owner_reads_the_file(make_listing, planned):
    make_listing()
    plan = planned(TENTH)
    assert stat.S_IMODE(plan.file.path.stat().st_mode) & 0o077 == 0
