"""By how much prices change: figures and bars of a plan."""

from __future__ import annotations

from decimal import Decimal

from app.services.listings.bulk_edit.operations import ChangeNumber, Limits
from app.services.listings.bulk_edit.showing import lines, sections
from app.services.listings.bulk_edit.spread import BARS, Spread, spread_of
from app.services.tasks import TaskContext


def test_prices_that_move_apart_are_counted_where_they_lie(planned, make_listing):
    """10 → 15, 20 → 25, 5 → 10, 1000 → 1005; one of 0 has no percentage, one unknown none at all."""
    for price in (1000, 2000, 500, 100_000, 0, None):
        make_listing("Lamp", ((f"A-{price}", price, 5),))
    plan = planned(ChangeNumber("price_minor", "add", Decimal(5)))
    found = spread_of(plan)
    assert found is not None and (found.least, found.median, found.most) == (5, 250, 1000)
    assert (found.lower, found.higher) == (0, 5) and sum(found.bars) == 4 and len(found.bars) == BARS
    assert found.bars[0] == found.bars[-1] == 1 and found.bars[245 * BARS // 995] == 1


def test_prices_that_all_move_alike_are_one_bar(planned, make_listing):
    make_listing("Lamp", (("A", 1000, 5), ("B", 2000, 5), ("C", 9000, 5)))
    plan = planned(ChangeNumber("price_minor", "percent", Decimal(-10), limits=Limits(most=Decimal(50))))
    assert spread_of(plan) == Spread(-100, -100, -100, (2,), 2, 0)


def test_there_are_no_more_bars_than_tenths_of_a_percent(planned, make_listing):
    for price in (1000, 1004, 995):
        make_listing("Lamp", ((f"A-{price}", price, 5),))
    found = spread_of(planned(ChangeNumber("price_minor", "percent", Decimal(10))))
    assert found is not None and (found.least, found.median, found.most, found.bars) == (100, 100, 101, (2, 1))


def test_nothing_is_told_where_no_price_changes(planned, make_listing):
    make_listing("Lamp", (("A", 1000, 5),))
    assert spread_of(planned(ChangeNumber("stock", "set", Decimal(3)))) is None
    assert spread_of(planned(ChangeNumber("price_minor", "set", Decimal(10)))) is None


def test_a_line_has_the_main_picture_of_its_listing(planned, make_listing):
    with_pictures = make_listing("Lamp", (("A", 1000, 5),), images=["b.jpg", "a.jpg"])
    make_listing("Mug", (("B", 1000, 5),), images=[])
    plan = planned(ChangeNumber("price_minor", "set", Decimal(9)))
    sections(plan, TaskContext())
    found = {line.listing_id == with_pictures.id: line.image for line in lines(plan, 0, 9)}
    assert found == {True: "b.jpg", False: ""}
