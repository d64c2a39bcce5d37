"""Discount plans of marketing groups: read as typed, refused where amounts were swapped, asked about where high."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages import Messages
from app.services.errors import AppError
from app.services.history.listing import list_changes
from app.services.history.undo import redo, undo
from app.services.history.wording import change_label
from app.services.listings.marketing.groups import change_marketing_group, create_marketing_group, marketing_groups
from app.services.listings.marketing.membership import put_into
from app.services.listings.marketing.plans import (
    STEPS,
    DiscountPlan,
    PlanText,
    plans_of,
    reduction_of,
    reduction_text,
)
from app.services.pricing.discounts import Reduction, Step


def code_of(text: str, name: str = "store_coupon") -> str:
    with pytest.raises(AppError) as refused:
        reduction_of(name, text)
    for language in ("zh", "en"):
        assert Messages(language).text(refused.value.message_key, **refused.value.params)
    return refused.value.error_code


def test_what_a_person_writes_is_read():
    assert reduction_of("spend_off", "3/20") == Reduction(Step.STORE_DISCOUNT, Decimal(3), threshold=Decimal(20))
    assert reduction_of("spend_off", " 10% / 50 ") == Reduction(
        Step.STORE_DISCOUNT, off=Decimal("0.1"), threshold=Decimal(50)
    )
    assert reduction_of("select_coupon", "1.50") == Reduction(Step.SELECT_COUPON, Decimal("1.5"))
    assert reduction_of("platform_coupon", "$4/$20") == Reduction(
        Step.PLATFORM_COUPON, Decimal(4), threshold=Decimal(20)
    )
    assert reduction_of("store_coupon", "  ") is None


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "-3/20",
        "3/NaN",
        "3/-20",
        "1e400",
        "3//20",
        "three",
        "0",
        "0/20",
        "100%/5",
        "0%",
        "1.005",
        "2/1000001",
        "%",
    ],
)
def test_what_makes_no_sense_is_named(text):
    assert code_of(text) == "marketing.reduction"


def test_swapped_amount_and_threshold_are_caught():
    assert code_of("20/3") == "pricing.swapped"
    assert code_of("20/20", "spend_off") == "pricing.swapped"


@given(st.integers(1, 9_999), st.integers(1, 9_999), st.sampled_from(sorted(STEPS)))
def test_written_and_read_again_it_is_the_same(amount, more, name):
    money = Reduction(STEPS[name], Decimal(amount) / 100, threshold=Decimal(amount + more) / 100)
    part = Reduction(STEPS[name], off=Decimal(amount) / 10_000, threshold=Decimal(more) / 100)
    assert [reduction_of(name, reduction_text(one)) for one in (money, part)] == [money, part]


def test_a_plan_is_kept_asked_about_and_taken_back(db, make_listing):
    listing = make_listing()
    high = PlanText({"store_coupon": "7/20", "spend_off": "3/20"})
    with pytest.raises(AppError) as asked:
        create_marketing_group(db, 1, "Summer", "40", high)
    assert (asked.value.error_code, asked.value.params["coupons"]) == ("marketing.high_coupon", "7/20")
    assert marketing_groups(db) == []
    number = create_marketing_group(db, 1, "Summer", "40", PlanText({"store_coupon": "6/20"}, has_affiliate=False))
    with db.bulk() as connection:
        assert put_into(connection, listing.id, "Summer")
    change_marketing_group(db, number, "Summer", "40", PlanText(high.texts, is_meant=True))
    assert change_label(list_changes(db)[0]).endswith("3/20, 7/20")
    with db.reader.connect() as connection:
        found = plans_of(connection, [listing.id, 99])
    assert found.keys() == {listing.id}
    assert found[listing.id].discount == Decimal("0.4")
    assert found[listing.id].texts() == {"spend_off": "3/20", "store_coupon": "7/20"}
    assert found[listing.id].has_affiliate
    undo(db)
    assert marketing_groups(db)[0].plan == DiscountPlan(
        Decimal("0.4"), (Reduction(Step.STORE_COUPON, Decimal(6), threshold=Decimal(20)),), has_affiliate=False
    )
    redo(db)
    assert marketing_groups(db)[0].plan == found[listing.id]
    kept = change_marketing_group(db, number, "Winter", "40")
    assert kept is not None
    assert marketing_groups(db)[0].plan == found[listing.id]
