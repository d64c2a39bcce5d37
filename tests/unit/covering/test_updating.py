"""Bringing covered listings up to date: each variant stays the one it is, and what was done here stays."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.services.covering.rules import CoverRules
from app.services.covering.run import CannotCover
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.marketplace.port import SkuContent, SkuProperty, Unreachable
from tests.unit.covering.conftest import replace_codes
from tests.unit.stores.conftest import lamp

RED, BLUE = (SkuProperty("14", "10"),), (SkuProperty("14", "173"),)


def put(pair, *skus):
    """Let the lamp over there have these variants."""
    there = lamp("1005001")
    pair.theirs.put(replace(there, content=replace(there.content, skus=skus)))


def update(pair, rules=None):
    result = pair.cover("1005001", rules or CoverRules(), update=True)
    (number,) = {**result.updated, **result.unchanged, **result.copied}.values()
    return result, pair.listing(number)


def variants(record):
    return [(sku.code, sku.price_minor, sku.properties[0]["value_id"]) for sku in record.skus]


@pytest.mark.parametrize("codes", [("R-1", "B-1"), ("X-1", "X-1"), ("", "")])
def test_variants_in_another_order_keep_their_own_prices(pair, codes):
    """By their codes, by their colours where they share one, and where they have none."""
    red, blue = codes
    put(pair, SkuContent(red, 1000, 1, RED), SkuContent(blue, 2000, 1, BLUE))
    update(pair)
    put(pair, SkuContent(blue, 2100, 1, BLUE), SkuContent(red, 1100, 1, RED))
    result, draft = update(pair)
    assert result.skipped == [] and list(result.updated) == ["1005001"]
    assert variants(draft) == [(red, 1100, "10"), (blue, 2100, "173")]


def test_a_variant_is_known_by_its_code_though_its_colour_is_another_one(pair):
    put(pair, SkuContent("R-1", 1000, 1, RED), SkuContent("B-1", 2000, 1, BLUE))
    update(pair)
    put(pair, SkuContent("B-1", 2100, 1, RED), SkuContent("R-1", 1100, 1, BLUE))
    _, draft = update(pair)
    assert [(code, price) for code, price, _ in variants(draft)] == [("R-1", 1100), ("B-1", 2100)]


def test_a_new_variant_comes_and_one_that_was_made_here_stays(pair):
    put(pair, SkuContent("R-1", 1000, 1, RED))
    _, draft = update(pair)
    put(pair, SkuContent("R-1", 1000, 1, RED), SkuContent("B-1", 2000, 1, BLUE))
    _, draft = update(pair)
    assert [sku.code for sku in draft.skus] == ["R-1", "B-1"]
    put(pair, SkuContent("B-1", 2000, 1, BLUE))
    result, draft = update(pair)
    assert [sku.code for sku in draft.skus] == ["R-1", "B-1"] and list(result.unchanged) == ["1005001"]


def test_one_more_variant_of_the_same_code_is_a_new_one(pair):
    put(pair, SkuContent("X-1", 1000, 1, RED))
    update(pair)
    put(pair, SkuContent("X-1", 1000, 1, RED), SkuContent("X-1", 2000, 1, BLUE))
    _, draft = update(pair)
    assert variants(draft) == [("X-1", 1000, "10"), ("X-1", 2000, "173")]


def test_what_was_said_here_alone_stays(pair):
    put(pair, SkuContent("R-1", 1000, 1, RED))
    _, draft = update(pair)
    prices = {"type": "percentage", "countries": {"RU": -10}}
    here = ListingEdit(draft.id, {"regional_prices": prices}, skus={draft.skus[0].id: {"code": "r-1"}})
    edit_listings(pair.db, [here], label="change.edit")
    result, draft = update(pair)
    assert list(result.unchanged) == ["1005001"], "the same code in another spelling"
    assert result.replacements == [], "nothing was replaced this time"
    assert (draft.skus[0].code, draft.regional_prices) == ("r-1", prices)


def test_a_covered_product_that_cannot_be_read_is_told_once_more_as_covered(pair):
    first = pair.cover("1005001 1005002")
    pair.theirs.faults["read_listing:1005002"] = [Unreachable(host="h")]
    result = pair.cover("1005001 1005002", update=True)
    assert result.unchanged == {"1005001": first.copied["1005001"]}
    assert [one.product_id for one in result.skipped] == [one.product_id for one in result.failed] == ["1005002"]


@pytest.mark.parametrize("twin", ["1005002", "1005003"])
def test_two_products_of_one_listing_bring_it_up_to_date_once(pair, make_listing, twin):
    mine = make_listing(skus=(("LM4402-WH", 1000, 1), ("LM5500-WH", 1000, 1)))
    pair.theirs.put(replace_codes("1005003", "LM4402"))
    result = pair.cover(["1005001", twin], update=True)
    assert (result.updated, result.copied) == ({"1005001": mine.id}, {})
    assert [(one.product_id, one.listing_id, one.by) for one in result.skipped] == [(twin, mine.id, "code")]


def test_rules_are_tried_on_no_pair_that_makes_no_sense(pair):
    run = pair.run()
    run.from_store = run.to_store
    with pytest.raises(CannotCover):
        asyncio.run(run.sample(pair.wanted("1005001")))
