"""Prices by country in a bulk edit: set, taken away, refused, typed; with undo, hashes and codes that change."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest

from app.services.compliance.loading import load_context
from app.services.history.undo import undo
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.exporting import shown_value
from app.services.listings.bulk_edit.operations import BadOperation, RemoveRegional, SetRegional
from app.services.listings.bulk_edit.showing import all_lines, sections
from app.services.listings.bulk_edit.typed import BadSetting, parse_setting
from app.services.listings.content import content_hash
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing
from app.services.listings.regional_steps import NotForListing, with_regional, without_regional
from app.services.tasks import TaskContext

RU10 = {"type": "percentage", "countries": {"RU": -10}}


def lines(plan):
    found = sections(plan, TaskContext())
    return [(line.before, line.after, line.why) for line in all_lines(plan, found.range())]


def edit(db, *edits):
    return edit_listings(db, list(edits), label="change.edit", params={"title": "Lamp"})


def not_known(db, record):
    """*record* as the migration leaves one whose platform record names prices by country."""
    with db.write() as session:
        session.connection().exec_driver_sql("UPDATE listing SET regional_prices = NULL WHERE id = ?", (record.id,))
        return load_listing(session, record.id)


def test_a_plan_sets_refuses_and_clears(db, make_listing, planned):
    fresh, other, unread = (
        make_listing(),
        make_listing(regional_prices={"type": "relative", "countries": {"ES": -150}}),
        not_known(db, make_listing()),
    )
    assert (fresh.regional_prices, unread.regional_prices) == ({}, None)
    set_ru = SetRegional("percentage", Decimal(-10), ("RU",))
    found = lines(planned(set_ru))
    assert found[0] == ({}, RU10, "")
    assert {why for *_, why in found} == {"", "regional_type", "regional_unknown"}
    after = {"type": "percentage", "countries": {"ES": 5}}
    of_other = lines(planned(RemoveRegional(), SetRegional("percentage", Decimal(5), ("ES",)), chosen=[other.id]))
    assert of_other == [(other.regional_prices, after, "")]
    assert lines(planned(RemoveRegional(("ES",)), chosen=[other.id])) == [(other.regional_prices, {}, "")]
    assert shown_value("regional_prices", after) == "ES +5%" and shown_value("regional_prices", {}) == ""


def test_another_type_replaces_only_what_is_all_of_it(make_listing):
    record = make_listing()
    assert with_regional(record, {"type": "relative", "countries": {"RU": -1}}, "percentage", -10, ["RU"]) == RU10
    with pytest.raises(NotForListing):
        with_regional(record, RU10, "relative", -1, ["ES"])
    price = with_regional(record, {}, "absolute", 900, ["RU"])
    assert price == {"type": "absolute", "countries": {"RU": {"LM4402-GY": 900, "LM4402-WH": 900}}}
    record.skus[1].code = record.skus[0].code
    with pytest.raises(NotForListing, match="regional_codes"):
        with_regional(record, {}, "absolute", 900, ["RU"])
    assert without_regional(RU10, ["RU"]) == without_regional(RU10, []) == {} and without_regional(RU10, ["ES"]) == RU10


def test_they_count_in_the_hash_and_come_back_with_undo(db, make_listing, loaded):
    record = make_listing()
    change = edit(db, ListingEdit(record.id, fields={"regional_prices": RU10}))
    assert change is not None
    after = loaded(record.id)
    assert after.regional_prices == RU10 and after.content_hash == content_hash(after) != record.content_hash
    undo(db)
    assert loaded(record.id).regional_prices == {} and loaded(record.id).content_hash == record.content_hash


def test_not_known_counts_as_none_in_the_hash_and_undo_brings_it_back(db, make_listing, loaded):
    record = not_known(db, make_listing())
    assert record.content_hash == make_listing().content_hash
    edit(db, ListingEdit(record.id, fields={"regional_prices": RU10}))
    undo(db)
    assert loaded(record.id).regional_prices is None


def test_absolute_prices_follow_a_code_and_go_with_their_variant(db, make_listing, loaded):
    prices = {"type": "absolute", "countries": {"RU": {"LM4402-GY": 900, "LM4402-WH": 950}}}
    record = make_listing(regional_prices=prices)
    white, grey = record.skus
    edit(db, ListingEdit(record.id, skus={white.id: {"code": "NEW"}}))
    assert loaded(record.id).regional_prices["countries"] == {"RU": {"LM4402-GY": 900, "NEW": 950}}
    edit(db, ListingEdit(record.id, removed_skus=(grey.id,)))
    assert loaded(record.id).regional_prices["countries"] == {"RU": {"NEW": 950}}
    undo(db)
    undo(db)
    assert loaded(record.id).regional_prices == prices
    assert loaded(record.id).content_hash == record.content_hash


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('regional=percent(-10, "RU ES")', SetRegional("percentage", Decimal(-10), ("RU", "ES"))),
        ('regional = percent( −10 , "GB, ru,RU" )', SetRegional("percentage", Decimal(-10), ("UK", "RU"))),
        ('regional=plus(-1.50, "俄罗斯")', SetRegional("relative", Decimal("-1.50"), ("RU",))),
        ('regional=price(8.49, "United States")', SetRegional("absolute", Decimal("8.49"), ("US",))),
        ('regional=remove("RU")', RemoveRegional(("RU",))),
        ("regional=clear()", RemoveRegional()),
    ],
)
def test_they_are_typed(db, text, expected):
    with db.read() as session:
        context = load_context(session, 1)
    assert parse_setting(text, context) == expected
    edit = BulkEdit((expected,))
    assert BulkEdit.from_json(orjson.loads(orjson.dumps(edit.to_json()))) == edit


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("regional=RU", BadSetting),
        ('regional=percent("RU")', BadSetting),
        ('regional=percent(-10, "RU") x', BadSetting),
        ("regional=clear(1)", BadSetting),
        ('regional=percent(-31, "RU")', BadOperation),
        ('regional=percent(101, "RU")', BadOperation),
        ('regional=percent(2.5, "RU")', BadOperation),
        ('regional=plus(0.001, "RU")', BadOperation),
        ('regional=price(0, "RU")', BadOperation),
        ('regional=price(-1, "RU")', BadOperation),
        ('regional=percent(5, "Atlantis")', BadOperation),
        ('regional=percent(5, "")', BadOperation),
        ('regional=remove("")', BadOperation),
    ],
)
def test_what_cannot_be_read_is_refused(db, text, error):
    with db.read() as session:
        context = load_context(session, 1)
    with pytest.raises(error):
        parse_setting(text, context)
