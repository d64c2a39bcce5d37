"""What the report tells of each value that was replaced, and what stays as it was over there."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.services.compliance import check, load_context
from app.services.compliance.findings import counts
from app.services.covering.costs import GoodsCosts
from app.services.covering.rules import CoverRules
from app.services.covering.run import Cover
from app.services.marketplace.port import AttributeContent
from app.services.tasks import TaskCancelled, TaskContext
from tests.unit.stores.conftest import lamp

OAK = AttributeContent("10", "", "Material", "Oak")
BRAND = AttributeContent("2", "201512802")


def told(result):
    """Before and after by field and code; values that were not mapped by field."""
    replaced = {(one.field, one.code): (one.before, one.after) for one in result.replacements}
    return replaced, {one.field: (one.value, one.why) for one in result.unmapped}


def covered(pair, rules, **changes):
    """A lamp of its own, which nothing here covers yet. Returns: the draft, and as `told`."""
    number = 1_005_100 + pair.sql("SELECT count(*) FROM listing")[0][0]
    there = lamp(str(number), **changes)
    skus = tuple(replace(sku, code=f"{number}-{sku.code}") for sku in there.content.skus)
    pair.theirs.put(replace(there, content=replace(there.content, skus=skus)))
    result = pair.cover(str(number), rules)
    return pair.listing(result.copied[str(number)]), *told(result)


def test_the_usual_service_template_may_have_one_of_ours(pair):
    draft, replaced, _ = covered(pair, CoverRules(services={"0": "520202"}))
    assert draft.service_template_id == "520202"
    assert replaced["service_template_id", ""] == ("Beginner (0)", "Standard Warranty (520202)")


def test_a_product_without_a_group_misses_none(pair):
    draft, replaced, unmapped = covered(pair, CoverRules(same_names=False), group_id="")
    assert draft.group_id == "" and "group_id" not in unmapped
    assert ("group_id", "") not in replaced


def test_a_group_that_is_left_out_is_told(pair):
    draft, replaced, _ = covered(pair, CoverRules(groups={"5081": "-"}))
    assert (draft.group_id, replaced["group_id", ""]) == ("", ("Lamps (5081)", ""))


def test_replaced_words_and_units_are_told(pair):
    rules = CoverRules(words=(("Bedside", "Night"),), units={"100000015": "100000014"})
    draft, replaced, _ = covered(pair, rules)
    assert draft.title == "Night Table Lamp Dimmable Touch Control"
    assert replaced["title", ""] == ("Bedside Table Lamp Dimmable Touch Control", draft.title)
    assert replaced["keywords", ""][1] == draft.keywords
    before, after = replaced["unit", ""]
    assert before != after and not {before, after} & {"100000014", "100000015"}, "by their names"
    _, replaced, _ = covered(pair, CoverRules(units={"100000015": "4711"}))
    assert replaced["unit", ""] == (before, "4711"), "nobody knows what that is called"


def test_sizes_stay_where_no_rule_asks_for_them_and_in_the_platforms_own_values(pair):
    inches = (AttributeContent("", "", "Height", "10 inch"), AttributeContent("11", "77", "Size", "5 inch"))
    draft, _, _ = covered(pair, CoverRules(), title="Lamp 10 inch high", attributes=inches)
    assert draft.title == "Lamp 10 inch high"
    assert [one["value"] for one in draft.attributes] == ["10 inch", "5 inch"]
    draft, _, _ = covered(pair, CoverRules(inches=True), title="Lamp 10 inch high", attributes=inches)
    assert [one["value"] for one in draft.attributes] == ["25.4 cm", "5 inch"]


def test_the_brand_alone_is_replaced_wherever_it_stands(pair):
    draft, replaced, _ = covered(pair, CoverRules(brand="Chenfan"), category_id="4711", attributes=(OAK, BRAND))
    oak, brand = draft.attributes
    assert (oak["value"], brand["value_id"], brand["value"]) == ("Oak", "", "Chenfan")
    assert replaced["brand", ""] == ("201512802", "Chenfan")
    named = replace(BRAND, value="Northlane")
    _, replaced, _ = covered(pair, CoverRules(brand="Chenfan"), category_id="4711", attributes=(named,))
    assert replaced["brand", ""] == ("Northlane", "Chenfan")
    draft, replaced, unmapped = covered(pair, CoverRules(brand="Chenfan"), attributes=(OAK,))
    assert [one["value"] for one in draft.attributes] == ["Oak"]
    assert ("brand", "") not in replaced and "brand" not in unmapped, "it has none"


def test_codes_and_stocks_are_told_by_the_code_they_had(pair):
    draft, replaced, _ = covered(pair, CoverRules(add_prefix="B-", stock=7))
    white = draft.skus[0].code.removeprefix("B-")
    assert (replaced["sku.code", white], replaced["sku.stock", f"B-{white}"]) == ((white, f"B-{white}"), ("120", "7"))
    draft, replaced, _ = covered(pair, CoverRules())
    assert [sku.stock for sku in draft.skus] == [120, 0]
    assert not {"sku.code", "sku.stock", "sku.price"} & {name for name, _ in replaced}


def test_prices_in_the_own_currency_stay_and_are_rounded_where_a_rule_says_so(pair, make_listing):
    make_listing(product_id="1005999", status="live", skus=(("ZZ1", 1000, 1),))
    draft, replaced, unmapped = covered(pair, CoverRules(rounding="end_99"))
    assert [sku.price_minor for sku in draft.skus] == [1899, 1999] and "currency" not in unmapped
    assert replaced["sku.price", draft.skus[0].code] == ("18.90", "18.99")
    draft, _, unmapped = covered(pair, CoverRules(price="price - 100"))
    assert [sku.price_minor for sku in draft.skus] == [None, None]
    assert unmapped["sku.price"] == ("19.90", "formula")


def test_pictures_are_told_by_their_number_where_there_are_some(pair):
    _, replaced, _ = covered(pair, CoverRules())
    assert replaced["images", ""] == ("2", "")
    _, replaced, _ = covered(pair, CoverRules(), images=())
    assert ("images", "") not in replaced


@pytest.mark.parametrize(
    ("value", "is_told"),
    [
        (77, True),
        ("77", True),
        (0, False),
        ("0", False),
        ("", False),
        (None, False),
        ([], False),
        ({}, False),
        ({"a": [], "b": ""}, False),
        ([{"a": 7}], True),
    ],
)
def test_what_a_draft_cannot_carry_is_told_where_it_says_something(pair, value, is_told):
    _, _, unmapped = covered(pair, CoverRules(), raw={"sizechart_id": value})
    assert ("size_chart" in unmapped) is is_told


def test_a_draft_is_checked_as_it_is_stored(pair):
    draft, _, _ = covered(pair, CoverRules(same_names=False))
    with pair.db.read() as session:
        found = counts(check(draft, load_context(session, 1)))
    stored = pair.sql("SELECT block_count, hold_count, warn_count FROM listing WHERE id = ?", draft.id)[0]
    assert tuple(stored) == tuple(found) and found[0] > 0


def test_a_stop_while_drafts_are_stored_leaves_none(pair):
    class Stopped(Cover):
        async def _drafts(self, ids):
            found = await super()._drafts(ids)
            self.ctx.stop.set()
            return found

    run = pair.run()
    stopped = Stopped(pair.db, run.from_store, run.to_store, pair.theirs, pair.ours, CoverRules(), TaskContext())
    with pytest.raises(TaskCancelled):
        asyncio.run(stopped.run(pair.wanted("1005001")))
    assert pair.sql("SELECT (SELECT count(*) FROM listing) + (SELECT count(*) FROM change)")[0][0] == 0


def test_service_templates_that_are_gone_map_nothing_any_more(pair):
    rules = CoverRules(default_service="520202", same_names=False)
    assert covered(pair, rules)[0].service_template_id == "520202"
    pair.ours.services = []
    draft, _, unmapped = covered(pair, rules)
    assert unmapped["service_template_id"] == ("Beginner (0)", "no_mapping") and draft.service_template_id == "0"


def test_a_code_nobody_can_read_has_no_cost(pair):
    pair.sql(
        "INSERT INTO stock_item (code, name, picture, cost_micro, updated_ms) VALUES ('AB1234', '', '', 1000000, 0)"
    )
    costs = GoodsCosts(pair.db, 1)
    assert (costs.of("AB1234"), costs.of("AB1234+"), costs.of("AB1234*0")) == (1, None, None)
