"""Covering from start to end: what becomes of products, what is told of them, and what a second time changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.messages import Messages
from app.services.codes.known import checked_marks, write_store_marks
from app.services.compliance import check, load_context
from app.services.covering.report import KINDS_OF_LINE, export_report, report_lines, said
from app.services.covering.rules import BadRule, CoverRules
from app.services.covering.run import CannotCover, Cover
from app.services.history.undo import redo, undo
from app.services.marketplace.port import AttributeContent, RateLimited, SkuProperty, Unreachable
from app.services.regional_prices import RegionalPrices
from app.services.stores.reading import get_store
from app.services.tasks import TaskCancelled, TaskContext
from app.services.workbooks import open_workbook
from tests.unit.covering.conftest import OUR_TEMPLATE, THEIR_TEMPLATE, replace_codes
from tests.unit.stores.conftest import lamp

OURS = CoverRules(groups={"5081": "9001"}, default_service="520202", price="price * 1.5", rounding="end_99")


def test_products_become_drafts_with_our_own_things(pair):
    pair.theirs.put(lamp("1005001", raw={"promise_template_id": 510101, "sizechart_id": 0}))
    result = pair.cover("1005001\n1005002", OURS)
    assert list(result.copied) == ["1005001", "1005002"]
    draft = pair.listing(result.copied["1005001"])
    assert (draft.store_id, draft.product_id, draft.remote, draft.product_key) == (1, None, None, "1005001")
    assert (draft.freight_template_id, draft.group_id, draft.service_template_id) == (OUR_TEMPLATE, "9001", "520202")
    assert [(sku.code, sku.price_minor) for sku in draft.skus] == [("LM4402-WH", 2899), ("LM4402-BK", 2999)]
    told = {
        (one.field, one.code): (one.before, one.after, one.why)
        for one in result.replacements
        if one.product_id == "1005001"
    }
    assert told["freight_template_id", ""] == ("小件普货 (700126540)", f"小件普货 ({OUR_TEMPLATE})", "name")
    assert told["group_id", ""] == ("Lamps (5081)", "Lighting (9001)", "mapping")
    assert told["service_template_id", ""] == ("60 Day Warranty (510101)", "Standard Warranty (520202)", "default")
    assert told["sku.price", "LM4402-WH"] == ("18.90", "28.99", "rule")
    assert result.change is not None
    assert result.change.listing_count == 2


def test_prices_by_country_stay_behind(pair):
    there = lamp("1005001")
    content = replace(there.content, regional_prices=RegionalPrices("percentage", {"RU": -10}))
    pair.theirs.put(replace(there, content=content))
    result = pair.cover("1005001", OURS)
    assert pair.listing(result.copied["1005001"]).regional_prices == {}


def test_what_has_no_counterpart_stays_and_blocks_publishing_until_ours_is_chosen(pair):
    pair.theirs.put(lamp("1005001", freight_template_id="700126999", raw={"promise_template_id": 510101}))
    result = pair.cover("1005001")
    assert {(one.field, one.why) for one in result.unmapped} == {
        ("freight_template_id", "no_mapping"),
        ("service_template_id", "no_mapping"),
        ("group_id", "no_mapping"),
        ("size_chart", "not_carried"),
    }
    with pair.db.read() as session:
        findings = check(pair.listing(result.copied["1005001"]), load_context(session, 1))
    found = {finding.code: finding for finding in findings if finding.severity == "block"}
    assert {"freight_template.foreign", "service_template.unknown", "group.foreign"} <= found.keys()
    assert "Standard Warranty (520202)" in str(found["service_template.unknown"].params["known"])


def test_a_rule_over_something_that_is_gone_maps_nothing(pair):
    rules = CoverRules(default_template="4711", groups={"5081": "4712"}, same_names=False)
    result = pair.cover("1005001", rules)
    draft = pair.listing(result.copied["1005001"])
    assert (draft.freight_template_id, draft.group_id) == (THEIR_TEMPLATE, "5081")
    assert {one.field for one in result.unmapped if one.why == "no_mapping"} == {"freight_template_id", "group_id"}


@pytest.mark.parametrize("raw", [{}, {"promise_template_id": 0}])
def test_the_rule_for_others_holds_for_the_usual_service_template_and_for_no_group(pair, raw):
    pair.theirs.put(lamp("1005001", group_id="", raw=raw))
    rules = CoverRules(default_service="520202", default_group="9001", same_names=False)
    result = pair.cover("1005001", rules)
    draft = pair.listing(result.copied["1005001"])
    assert (draft.service_template_id, draft.group_id) == ("520202", "9001")
    told = {one.field: (one.before, one.after, one.why) for one in result.replacements}
    assert told["service_template_id"] == ("Beginner (0)", "Standard Warranty (520202)", "default")
    assert told["group_id"] == ("", "Lighting (9001)", "default")


def test_a_line_of_its_own_comes_before_the_rule_for_others(pair):
    rules = CoverRules(services={"0": "520202"}, default_service="0", groups={"5081": "-"}, default_group="9001")
    draft = pair.listing(pair.cover("1005001", rules).copied["1005001"])
    assert (draft.service_template_id, draft.group_id) == ("520202", "")


def test_without_a_rule_for_others_the_usual_service_template_and_no_group_stay(pair):
    pair.theirs.put(lamp("1005001", group_id=""))
    result = pair.cover("1005001", CoverRules(default_group="-", same_names=False))
    draft = pair.listing(result.copied["1005001"])
    assert (draft.service_template_id, draft.group_id) == ("", "")
    fields = {one.field for one in [*result.replacements, *result.unmapped]}
    assert not fields & {"service_template_id", "group_id"}


def test_doing_it_again_changes_nothing(pair):
    first = pair.cover("1005001 1005002", OURS)
    count = pair.sql("SELECT count(*) FROM change")
    again = pair.cover("1005001 1005002", OURS)
    assert (again.copied, again.change, len(again.skipped)) == ({}, None, 2)
    assert {one.by for one in again.skipped} == {"origin"}
    updated = pair.cover("1005001 1005002", OURS, update=True)
    assert (updated.copied, updated.updated, updated.change) == ({}, {}, None)
    assert updated.unchanged == first.copied
    assert pair.sql("SELECT count(*) FROM change") == count


def test_an_update_brings_what_changed_and_keeps_what_was_added_here(pair):
    first = pair.cover("1005001", OURS)
    number = first.copied["1005001"]
    pair.theirs.put(lamp("1005001", title="A Better Title for the Same Lamp", weight_g=900))
    result = pair.cover("1005001", replace(OURS, remove_prefix="LM", add_prefix="CF", stock=7), update=True)
    assert result.updated == first.copied
    draft = pair.listing(number)
    assert (draft.title, draft.weight_g) == ("A Better Title for the Same Lamp", 900)
    assert [(sku.code, sku.stock) for sku in draft.skus] == [("CF4402-WH", 7), ("CF4402-BK", 7)]
    undo(pair.db)
    assert [sku.code for sku in pair.listing(number).skus] == ["LM4402-WH", "LM4402-BK"]


def test_a_listing_with_one_of_the_codes_covers_a_product(pair, make_listing):
    mine = make_listing(skus=(("lm5500-bk ", 1000, 1), ("ZZ1", 1000, 1)))
    result = pair.cover("1005001 1005002")
    assert list(result.copied) == ["1005001"]
    assert [(one.product_id, one.listing_id, one.by, one.code) for one in result.skipped] == [
        ("1005002", mine.id, "code", "LM5500-BK")
    ]


def test_the_same_item_twice_in_one_list_becomes_one_draft(pair):
    pair.theirs.put(replace_codes("1005003", "LM4402"))
    result = pair.cover("1005001 1005003")
    assert list(result.copied) == ["1005001"]
    assert [(one.product_id, one.by, one.code) for one in result.skipped] == [("1005003", "list", "1005001")]


def test_covering_is_one_step_of_undo_and_of_redo(pair):
    result = pair.cover("1005001 1005002", OURS)
    assert undo(pair.db, result.change.uid).restored == 2
    assert pair.sql("SELECT count(*) FROM listing")[0][0] == 0
    assert not pair.cover("99999999", OURS).skipped
    redo(pair.db)
    again = pair.cover("1005001 1005002", OURS)
    assert {one.by for one in again.skipped} == {"origin"}


def test_one_bad_product_never_stops_the_rest(pair):
    pair.theirs.faults["read_listing:1005002"] = [Unreachable(host="h")]
    result = pair.cover("1005001\n1005002\n99999999\nrubbish")
    assert list(result.copied) == ["1005001"]
    assert [one.product_id for one in result.failed] == ["1005002", "99999999"]
    assert [one.line for one in result.junk] == [4]


def test_a_product_of_the_own_store_is_told_as_such(pair, make_listing):
    make_listing(product_id="1005009", status="live", skus=(("ZZ1", 1000, 1),))
    result = pair.cover("1005001 1005009 1005008")
    sampled = asyncio.run(pair.run().sample(pair.wanted("1005009")))
    assert list(result.copied) == ["1005001"]
    assert sampled.failed == (result.failed[0],)
    lines = [line for line in report_lines(result) if line.kind == "failed"]
    assert [line.product_id for line in lines] == ["1005009", "1005008"]
    assert lines[0].why == "error.cover.own_product"
    assert lines[1].why != lines[0].why
    own = get_store(pair.db, 1).name
    assert f"one of {own}'s own products" in said(lines[0], Messages("en"))
    assert f"{own} 自己的产品" in said(lines[0], Messages("zh"))


def test_nothing_is_written_where_the_store_cannot_be_read(pair):
    pair.theirs.faults["read_listing"] = [Unreachable(host="h"), Unreachable(host="h")]
    with pytest.raises(Unreachable):
        pair.cover("1005001 1005002")
    pair.theirs.faults["read_listing"] = [RateLimited()]
    with pytest.raises(RateLimited):
        pair.cover("1005001 1005002")
    assert pair.sql("SELECT count(*) FROM listing")[0][0] == 0


def test_a_stopped_run_writes_nothing(pair):
    pair.ctx = TaskContext()
    pair.ctx.stop.set()
    with pytest.raises(TaskCancelled):
        pair.cover("1005001")
    assert pair.sql("SELECT (SELECT count(*) FROM listing) + (SELECT count(*) FROM change)")[0][0] == 0


def test_a_shared_code_without_rights_to_their_templates_still_covers(pair):
    pair.theirs.faults["freight_templates"] = [Unreachable(host="h")]
    result = pair.cover("1005001", replace(OURS, templates={"700126540": "800900200"}))
    draft = pair.listing(result.copied["1005001"])
    assert draft.freight_template_id == "800900200"


def test_pairs_that_make_no_sense(pair):
    run = pair.run()
    run.from_store = run.to_store
    with pytest.raises(CannotCover):
        asyncio.run(run.run(pair.wanted("1005001")))
    run = pair.run()
    run.from_store, run.to_store = run.to_store, run.from_store
    with pytest.raises(CannotCover) as caught:
        asyncio.run(run.run(pair.wanted("1005001")))
    assert caught.value.error_code == "cover.read_only"


def test_their_pictures_are_noted_and_another_currency_has_no_price(pair, make_listing):
    address = "https://ae01.alicdn.com/kf/Hm.jpg"
    first = lamp("1005001")
    skus = tuple(replace(sku, properties=(SkuProperty("14", "29", "", address),)) for sku in first.content.skus[:1])
    pair.theirs.put(lamp("1005001", skus=skus, currency="RUB", detail_html=f'<img src="{address[:-4]}2.jpg"><p>x</p>'))
    make_listing(product_id="77", status="live", skus=(("OTHER1", 100, 1),))
    result = pair.cover("1005001")
    draft = pair.listing(result.copied["1005001"])
    assert (draft.currency, draft.skus[0].price_minor) == ("USD", None)
    assert ("currency", "other_currency") in {(one.field, one.why) for one in result.unmapped}
    noted = [row[0] for row in pair.sql("SELECT url FROM foreign_picture WHERE store_id = 1 ORDER BY url")]
    assert noted == [address, f"{address[:-4]}2.jpg"]


def test_texts_brand_and_unit_follow_the_rules(pair):
    own = (AttributeContent("2", "9999", value="Northlane"),)
    there = lamp("1005001", title="Northlane Lamp 12 inch high", keywords=("northlane lamp",), attributes=own)
    pair.theirs.put(there)
    rules = CoverRules(words=(("Northlane", "Chenfan"),), inches=True, brand="NONE", units={"100000015": "100000014"})
    result = pair.cover("1005001", rules)
    draft = pair.listing(result.copied["1005001"])
    assert (draft.title, draft.keywords) == ("Chenfan Lamp 30.48 cm high", "Chenfan lamp")
    brand = draft.attributes[0]
    assert (draft.unit, brand["value_id"], brand["value"]) == ("100000014", "201512802", "NONE")
    missing = pair.cover("1005002", CoverRules(brand="Nobody's"))
    assert ("brand", "no_value") in {(one.field, one.why) for one in missing.unmapped}


def test_rules_are_tried_on_a_sample_that_writes_nothing(pair):
    sample = asyncio.run(pair.run().sample(pair.wanted("1005001 1005002 99999999")))
    result = sample.mapped(OURS)
    assert {one.product_id for one in result.replacements} == {"1005001", "1005002"}
    assert [one.product_id for one in result.failed] == ["99999999"]
    assert len(sample.mapped(CoverRules()).replacements) < len(result.replacements)
    assert pair.sql("SELECT count(*) FROM listing")[0][0] == 0
    with pytest.raises(BadRule):
        sample.mapped(CoverRules(stock=-1))
    with pytest.raises(BadRule):
        pair.cover("1005001", CoverRules(stock=-1))
    assert pair.sql("SELECT count(*) FROM listing")[0][0] == 0


def test_the_sample_tells_what_will_be_skipped(pair):
    pair.cover("1005001", OURS)
    ids = ("1005001", "1005002", "1005003")
    sample = asyncio.run(pair.run().sample(pair.wanted(ids)))
    told = sample.mapped(OURS, ids)
    assert [(one.product_id, one.by) for one in told.skipped] == [("1005001", "origin")]
    assert set(told.titles) == {"1005002"}
    again = sample.mapped(OURS, ids, update=True)
    assert (again.skipped, set(again.titles)) == ([], {"1005001", "1005002"})
    pair.sql("DELETE FROM listing_origin")
    told = sample.mapped(OURS, ids)  # its codes tell as well, as they would be under these rules
    assert [(one.product_id, one.by) for one in told.skipped] == [("1005001", "code")]
    assert sample.mapped(replace(OURS, add_prefix="X-"), ids).skipped == []
    pair.sql("UPDATE listing SET status = 'off', off_reason = 'deleted'")
    assert sample.mapped(OURS, ids).skipped == []


def test_the_report_has_every_line_in_both_languages(pair, tmp_path):
    pair.cover("1005002")
    result = pair.cover("1005001\n1005002\n99999999\nrubbish", OURS)
    lines = report_lines(result)
    assert {line.kind for line in lines} <= set(KINDS_OF_LINE)
    assert {"replaced", "skipped", "failed", "junk"} <= {line.kind for line in lines}
    assert all(said(line) != line.why for line in lines)
    path = tmp_path / "report.xlsx"
    assert export_report(path, lines, "zh", TaskContext()) == len(lines)
    with open_workbook(path) as book:
        rows = list(book.grid(book.sheets[0].name).rows())
    assert len(rows) == 1 + len(lines)
    assert rows[0][0] == "类型"


def test_two_programs_that_cover_the_same_at_once_make_one_draft_of_it(pair):
    class Slow(Cover):
        async def _drafts(self, ids):
            """Nothing was there when it looked; then the other program stores."""
            found = await super()._drafts(ids)
            await pair.run().run(pair.wanted("1005001"))
            return found

    quick = pair.run()
    slow = Slow(pair.db, quick.from_store, quick.to_store, pair.theirs, pair.ours, CoverRules(), TaskContext())
    result = asyncio.run(slow.run(pair.wanted("1005001\n1005002")))
    assert list(result.copied) == ["1005002"]
    assert [(one.product_id, one.by) for one in result.skipped] == [("1005001", "origin")]
    assert {one.product_id for one in result.replacements} == {"1005002"}
    with pair.db.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM listing WHERE store_id = 1").scalar() == 2


def test_a_price_rule_over_the_cost_where_it_is_known_and_the_rest_is_named(pair):
    item = "INSERT INTO stock_item (code, name, picture, cost_micro, updated_ms) VALUES (?, '', '', ?, 0)"
    pair.sql(item, "LM4402-WH", 34_000_000)
    pair.sql(item, "LM5500-WH", None)
    rules = CoverRules(price="if(cost is missing, cost, cost * 2 / rate)", add_prefix="HK#", rounding="end_99")
    result = pair.cover("1005001\n1005002", rules)
    assert list(result.copied) == ["1005001", "1005002"], "others go on"
    (first, *others) = [sku for number in result.copied.values() for sku in pair.listing(number).skus]
    assert (first.code, first.price_minor) == ("HK#LM4402-WH", 1099), "68 CNY at 6.80"
    assert [sku.price_minor for sku in others] == [None] * 3
    told = {(one.product_id, one.code): one.why for one in result.unmapped if one.field == "sku.price"}
    assert set(told.values()) == {"no_cost"} and len(told) == 3
    pair.sql("DELETE FROM exchange_rate")
    later = pair.cover(["1005001"], CoverRules(price="cost / rate"), update=True)
    assert {one.code: one.why for one in later.unmapped if one.field == "sku.price"}["LM4402-WH"] == "no_rate"


def test_a_cost_behind_their_own_marks_counts(pair):
    item = "INSERT INTO stock_item (code, name, picture, cost_micro, updated_ms) VALUES ('LM4402-WH', '', '', ?, 0)"
    pair.sql(item, 1_000_000)
    there = lamp("1005001")
    skus = tuple(replace(sku, code=f"XX-{sku.code}*2") for sku in there.content.skus)
    pair.theirs.put(replace(there, content=replace(there.content, skus=skus)))
    result = pair.cover(["1005001"], CoverRules(price="cost * 3", remove_prefix="XX-"))
    assert pair.listing(result.copied["1005001"]).skus[0].price_minor == 600


@pytest.mark.parametrize(
    ("rules", "marks", "is_told"),
    [
        ({"add_prefix": "HK#"}, None, True),
        ({"add_suffix": "@ABCD"}, {"prefix": "HK#"}, True),
        ({"add_prefix": "hk#"}, {"prefix": "HK#"}, False),
        ({"add_suffix": "_CUS"}, None, False),
        ({"remove_prefix": "LM"}, None, False),
    ],
)
def test_a_mark_behind_which_the_own_store_knows_no_goods_is_told(pair, rules, marks, is_told):
    """Delisting by the plain code would miss the draft."""
    if marks:
        write_store_marks(pair.db, 1, checked_marks(**marks))
    result = pair.cover("1005001", replace(OURS, **rules))
    told = [(one.field, one.why) for one in result.unmapped if one.why == "unread"]
    assert told == ([("sku.code", "unread")] if is_told else [])


def test_sizes_in_inches_become_centimetres_and_a_suspicious_one_is_told(pair):
    there = lamp("1005001", title="Lamp 10 inch high")
    sizes = [
        AttributeContent(name=name, value=text) for name, text in (("Height", "10 inch"), ("Cable", "4 inch 10 cm"))
    ]
    pair.theirs.put(replace(there, content=replace(there.content, attributes=tuple(sizes))))
    result = pair.cover("1005001", replace(OURS, inches=True))
    draft = pair.listing(result.copied["1005001"])
    assert draft.title == "Lamp 25.4 cm high"
    told = {(one.field, one.before): one.after for one in result.replacements}
    assert told["title", "Lamp 10 inch high"] == "Lamp 25.4 cm high"
    assert [one["value"] for one in draft.attributes] == ["25.4 cm", "4 inch 10 cm"]
    assert ("attributes", "4 inch 10 cm", "suspicious_size") in {(a.field, a.value, a.why) for a in result.unmapped}


def test_one_strange_record_never_stops_its_neighbours(pair, monkeypatch, caplog):
    from app.services.covering import run as running

    real = running.map_listing

    def strange(remote, rules, sides):
        if remote.product_id == "1005001":
            raise KeyError("nobody expected this")
        return real(remote, rules, sides)

    monkeypatch.setattr(running, "map_listing", strange)
    result = pair.cover("1005001 1005002", OURS)
    assert list(result.copied) == ["1005002"]
    assert [(one.product_id, one.code) for one in result.failed] == [("1005001", "error.cover.not_mapped")]
    assert "1005001 cannot be mapped" in caplog.text


def test_rules_of_a_page_take_out_what_belongs_to_the_other_store(pair):
    there = lamp("1005001")
    page = (
        '<p>Lamp</p><widget type="relation" id="7"></widget>'
        '<a href="https://www.aliexpress.com/store/77">shop</a>'
        '<kse:widget data-widget-type="customText" id="9"></kse:widget>'
    )
    pair.theirs.put(replace(there, content=replace(there.content, detail_html=page)))
    result = pair.cover("1005001", OURS)
    assert "store/77" not in pair.listing(result.copied["1005001"]).detail_html
    assert {one.field for one in result.replacements if one.why == "removed"}
