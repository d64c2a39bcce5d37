"""Edits send the whole record back: what we know changed, what we do not know untouched."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.services.marketplace.aliexpress.mapping.listing import read_content
from app.services.marketplace.aliexpress.mapping.lists import plain_lists
from app.services.marketplace.aliexpress.mapping.losses import loss
from app.services.marketplace.aliexpress.mapping.merge import EditPlan, plan_edit
from app.services.marketplace.port import AttributeContent, ListingContent, SkuContent, SkuProperty
from app.services.marketplace.records import Loss
from tests.unit.marketplace.stub import sample

ID = 1005001234560001
SKUS = "aeop_ae_product_s_k_us"
QUOTES = "aeop_national_quote_configuration"


def raw(**changes: Any) -> dict[str, Any]:
    """A detail record with everything a naive edit would erase."""
    solution = sample("product-info-get")["aliexpress_solution_product_info_get_response"]["result"]
    record = plain_lists(solution)
    del record["multi_language_subject_list"], record["multi_language_description_list"], record["subject"]
    page = {"version": "2.0.0", "moduleList": [{"type": "html", "html": {"content": "<p>Mug</p>"}}]}
    record |= {
        "locale": "en_US",
        "subject_list": [
            {"locale": "en_US", "value": "Ceramic mug 350 ml"},
            {"locale": "ru_RU", "value": "Керамическая кружка 350 мл"},
        ],
        "detail_source_list": [{"locale": "en_US", "web_detail": json.dumps(page), "mobile_detail": "{}"}],
        "aeop_a_e_multimedia": {"aeop_a_e_videos": [{"media_id": 5, "media_type": "video"}]},
        "aeop_national_quote_configuration": {"configuration_type": "absolute", "configuration_data": "[]"},
        "aeop_qualification_struct_list": [{"key": "k", "type": "t", "value": "v"}],
        "msr_eu_id": "77",
        "some_future_field": {"deep": [1, {"er": True}]},
        "ws_valid_num": 30,
        "bulk_order": 10,
        "bulk_discount": 5,
        "owner_member_id": "me",
        "keyword": "mug",
    }
    for sku in record[SKUS]:
        sku["aeop_s_k_u_national_discount_price_list"] = [{"shipto_country": "RU", "discount_price": "9.00"}]
        sku["some_future_sku_field"] = "x"
        sku["aeop_s_k_u_property_list"][0]["image_url_list"] = ["https://ae01.alicdn.com/kf/H1.jpg"]
    return record | changes


def plan(content: ListingContent | None = None, record: dict[str, Any] | None = None) -> EditPlan:
    record = record if record is not None else raw()
    return plan_edit(ID, record, content if content is not None else read_content(record))


def test_an_edit_that_changes_nothing_sends_everything_back() -> None:
    sent = plan().record

    before = raw()
    for name in (
        "aeop_a_e_multimedia",
        "aeop_national_quote_configuration",
        "aeop_qualification_struct_list",
        "msr_eu_id",
        "some_future_field",
        "ws_valid_num",
        "bulk_order",
        "bulk_discount",
        "subject_list",
        "detail_source_list",
        "aeop_ae_product_propertys",
        "keyword",
        "promise_template_id",
        "reduce_strategy",
        "group_ids",
        "image_u_r_ls",
        "gross_weight",
    ):
        assert sent[name] == before[name], name
    assert sent["product_id"] == ID
    assert read_content(sent) == read_content(before)


def test_lists_are_renamed_for_the_request_and_nothing_of_a_sku_is_lost() -> None:
    first = plan().record[SKUS][0]

    assert first["aeop_s_k_u_national_discount_price"] == [{"shipto_country": "RU", "discount_price": "9.00"}]
    assert first["aeop_s_k_u_property"][0]["image_url_list"] == ["https://ae01.alicdn.com/kf/H1.jpg"]
    assert first["aeop_s_k_u_property"][0]["property_value_definition_name"] == "Night"
    assert (first["sku_discount_price"], first["some_future_sku_field"]) == ("9.90", "x")
    assert not [name for name in first if name.endswith("_list")]
    assert not {"id", "sku_stock"} & set(first)


def test_what_the_platform_only_tells_is_not_sent() -> None:
    sent = plan().record

    assert not {"gmt_create", "gmt_modified", "product_status_type", "ws_offline_date", "owner_member_id"} & set(sent)
    assert "product_price" not in sent


def test_our_changes_arrive() -> None:
    before = read_content(raw())
    changed = replace(
        before,
        title="Ceramic mug 400 ml",
        detail_html="<p>Bigger</p>",
        images=before.images[:1],
        weight_g=455,
        freight_template_id="-1700000001",
        lot_size=6,
        skus=tuple(replace(sku, price_minor=sku.price_minor + 100, stock=7) for sku in before.skus),
    )

    sent = plan(changed).record

    assert replace(read_content(sent), currency="USD") == changed
    assert sent["subject_list"] == [
        {"locale": "en_US", "value": "Ceramic mug 400 ml"},
        {"locale": "ru_RU", "value": "Керамическая кружка 350 мл"},
    ]
    assert sent["detail_source_list"][0]["mobile_detail"] == "{}"
    assert (sent["package_type"], sent["lot_num"]) == (True, 6)
    assert [sku["sku_price"] for sku in sent[SKUS]] == ["12.00", "13.50"]
    assert [sku["sku_discount_price"] for sku in sent[SKUS]] == ["9.90", "9.90"]


def test_what_we_do_not_know_is_left_as_it_is() -> None:
    before = read_content(raw())
    blank = replace(
        before,
        title="",
        images=(),
        handling_days=None,
        weight_g=None,
        skus=tuple(replace(sku, stock=None, properties=bare(sku)) for sku in before.skus),
    )

    assert read_content(plan(blank).record) == before


def bare(sku: SkuContent) -> tuple[SkuProperty, ...]:
    return tuple(SkuProperty(part.name_id, part.value_id, image_url=part.image_url) for part in sku.properties)


def test_a_new_language_joins_the_others() -> None:
    before = replace(read_content(raw()), language="es", title="Taza de cerámica")

    sent = plan(before).record

    assert [entry["locale"] for entry in sent["subject_list"]] == ["en_US", "ru_RU", "es_ES"]
    assert sent["locale"] == "en_US"


def test_a_sku_whose_code_changes_keeps_its_rest() -> None:
    before = read_content(raw())
    renamed = replace(before, skus=(replace(before.skus[0], code="NEW-CODE"), before.skus[1]))

    done = plan(renamed)

    assert done.record[SKUS][0]["sku_code"] == "NEW-CODE"
    assert done.record[SKUS][0]["sku_discount_price"] == "9.90"
    assert done.lost == []


def test_a_sku_that_moves_to_another_value_is_found_by_its_code() -> None:
    before = read_content(raw())
    moved = replace(before.skus[1], properties=(before.skus[1].properties[0], SkuProperty("200007763", "201336101")))

    done = plan(replace(before, skus=(before.skus[0], moved)))

    second = done.record[SKUS][1]
    assert second["some_future_sku_field"] == "x"
    assert second["aeop_s_k_u_property"][1] == {"sku_property_id": 200007763, "property_value_id": 201336101}


def test_codes_that_swap_places_leave_the_rest_with_the_variant() -> None:
    record = raw()
    record[SKUS][0]["sku_discount_price"], record[SKUS][1]["sku_discount_price"] = "1.00", "2.00"
    before = read_content(record)
    one, two = before.skus
    swapped = replace(before, skus=(replace(one, code=two.code), replace(two, code=one.code)))

    sent = plan(swapped, record).record[SKUS]

    assert [(sku["sku_code"], sku["sku_discount_price"]) for sku in sent] == [
        (two.code, "1.00"),
        (one.code, "2.00"),
    ]


def test_a_new_variant_that_takes_over_a_code_does_not_take_over_the_rest() -> None:
    before = read_content(raw())
    renamed = replace(before.skus[0], code="OTHER")
    newcomer = replace(before.skus[0], properties=(SkuProperty("14", "29"), SkuProperty("200007763", "201336100")))

    first, second = plan(replace(before, skus=(renamed, newcomer))).record[SKUS]

    assert (first["sku_code"], first["sku_discount_price"]) == ("OTHER", "9.90")
    assert second["sku_code"] == before.skus[0].code
    assert "sku_discount_price" not in second


def test_the_order_of_properties_does_not_matter() -> None:
    before = read_content(raw())
    turned = replace(before, skus=tuple(replace(sku, properties=sku.properties[::-1]) for sku in before.skus))

    assert all(sku["some_future_sku_field"] == "x" for sku in plan(turned).record[SKUS])


def test_what_will_be_gone_is_named() -> None:
    record = raw()
    page = {"moduleList": [{"type": "html", "html": {"content": part}} for part in ("<p>a</p>", "<p>b</p>")]}
    record["detail_source_list"][0]["web_detail"] = json.dumps(page)
    before = read_content(record)
    fewer = replace(before, skus=before.skus[:1], attributes=before.attributes[:1], detail_html="<p>c</p>")

    done = plan(fewer, record)

    assert set(done.lost) == {
        Loss(f"{SKUS}[MUG-BLK-ES]", "variant", "MUG-BLK-ES", "12.50 USD × 35", "MUG-BLK-ES"),
        Loss("aeop_ae_product_propertys[Capacity]", "attribute", "Capacity", "350 ml"),
        Loss("detail_source_list[en_US].moduleList", "detail", "en_US", "<p>a</p><p>b</p>"),
    }


def quoted(record: dict[str, Any], **prices: dict[str, float]) -> dict[str, Any]:
    """*record* with absolute prices by country and SKU id."""
    rows = [{"shiptoCountry": country, "absoluteQuoteMap": quotes} for country, quotes in prices.items()]
    return record | {QUOTES: {"configuration_type": "absolute", "configuration_data": json.dumps(rows)}}


def quotes_of(done: EditPlan) -> dict[str, dict[str, float]]:
    """Prices by country as they are sent."""
    return {
        row["shiptoCountry"]: row["absoluteQuoteMap"] for row in json.loads(done.record[QUOTES]["configuration_data"])
    }


def test_prices_by_country_stay_with_their_variants_and_those_of_a_variant_that_goes_are_named() -> None:
    ids = [sku["id"] for sku in raw()[SKUS]]
    record = quoted(raw(), RU={ids[0]: 12.5, ids[1]: 13.5}, ES={ids[1]: 14.0})
    before = read_content(record)
    assert quotes_of(plan(None, record)) == {"RU": {ids[0]: 12.5, ids[1]: 13.5}, "ES": {ids[1]: 14.0}}

    fewer = plan(replace(before, skus=before.skus[:1]), record)

    assert quotes_of(fewer) == {"RU": {ids[0]: 12.5}}
    code = before.skus[1].code
    assert [(loss.kind, loss.name, loss.value, loss.sku) for loss in fewer.lost] == [
        ("variant", code, "12.50 USD × 35", code),
        ("regional_price", "RU", "13.5", code),
        ("regional_price", "ES", "14.0", code),
    ]


def test_the_price_by_country_of_a_variant_whose_value_changes_follows_it() -> None:
    record = quoted(raw(), RU={raw()[SKUS][0]["id"]: 12.5})
    before = read_content(record)
    first = before.skus[0]
    other = replace(first, properties=(replace(first.properties[0], value_id="29"), *first.properties[1:]))

    done = plan(replace(before, skus=(other, before.skus[1])), record)

    key = ";".join(f"{part.name_id}:{part.value_id}" for part in other.properties)
    assert (quotes_of(done), done.lost) == ({"RU": {key: 12.5}}, [])


def test_another_number_is_still_measured_in_the_same_unit() -> None:
    record = raw()
    record["aeop_ae_product_propertys"][1] |= {"attr_value_unit": "ml"}
    before = read_content(record)
    changed = replace(before, attributes=(before.attributes[0], replace(before.attributes[1], value="400")))

    assert plan(changed, record).record["aeop_ae_product_propertys"][1] == {
        "attr_name": "Capacity",
        "attr_value": "400",
        "attr_value_unit": "ml",
    }


def test_a_long_value_is_cut_and_still_told_from_others() -> None:
    values = [loss("detail", "detail", "en_US", "<p>long</p>" * 50 + end).value for end in ("a", "b")]

    assert len(set(values)) == 2 and all(len(value) < 200 for value in values)


def test_what_a_plain_overwrite_would_have_erased_is_named() -> None:
    kept = set(plan().kept)

    assert {
        "aeop_a_e_multimedia",
        "aeop_national_quote_configuration",
        "msr_eu_id",
        "some_future_field",
        "subject_list[ru_RU]",
        f"{SKUS}.sku_discount_price",
        f"{SKUS}.aeop_s_k_u_national_discount_price",
        f"{SKUS}.some_future_sku_field",
    } <= kept
    assert not {"gmt_create", "image_u_r_ls", "product_id", f"{SKUS}.sku_price"} & kept


def test_a_changed_attribute_is_written_anew_and_its_neighbours_keep_their_units() -> None:
    record = raw()
    record["aeop_ae_product_propertys"][1] |= {"attr_value_unit": "ml"}
    before = read_content(record)
    changed = replace(before, attributes=(AttributeContent("10", "4", value="Stoneware"), before.attributes[1]))

    done = plan(changed, record)

    assert done.record["aeop_ae_product_propertys"] == [
        {"attr_name_id": 10, "attr_value_id": 4, "attr_value": "Stoneware"},
        {"attr_name": "Capacity", "attr_value": "350 ml", "attr_value_unit": "ml"},
    ]
    assert done.lost == []


def test_the_record_that_was_read_is_not_touched() -> None:
    record = raw()
    untouched = deepcopy(record)

    plan(replace(read_content(record), title="Other", detail_html="<p>other</p>"), record)

    assert record == untouched


def test_titles_of_the_older_family_follow() -> None:
    sent = plan(replace(read_content(raw()), title="Other", detail_html="<i>"), raw(subject="Old", detail="old")).record

    assert (sent["subject"], sent["detail"]) == ("Other", "<i>")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.from_regex(r"\Ax_[a-z]{1,8}\Z"), json_values, max_size=5))
def test_any_unknown_field_comes_out_as_it_went_in(unknown: dict[str, Any]) -> None:
    sent = plan(record=raw(**unknown)).record

    assert {name: sent.get(name) for name in unknown} == unknown


def test_a_description_attributes_and_groups_that_are_none_any_more_go_and_are_named() -> None:
    record = raw(group_ids=[262007001, 262007002])
    blank = replace(read_content(record), detail_html="", attributes=(), group_id="")

    found = plan(blank, record)

    after = read_content(found.record)
    assert (after.detail_html, after.attributes, after.group_id) == ("", (), "")
    assert not {"group_id", "group_ids"} & found.record.keys()
    assert [one for one in found.lost if one.kind in ("group", "detail_page")] == [
        Loss("group_ids[262007001]", "group", "262007001", ""),
        Loss("group_ids[262007002]", "group", "262007002", ""),
        Loss("detail_source_list[en_US]", "detail_page", "en_US", "<p>Mug</p>"),
    ]
    named = {one.name for one in found.lost if one.kind == "attribute"}
    assert len(named) == len(raw()["aeop_ae_product_propertys"]) > 0
    assert found.record["detail_source_list"][0]["mobile_detail"] == "{}"


def test_nothing_where_there_was_nothing_is_no_loss() -> None:
    record = raw(aeop_ae_product_propertys=[], detail_source_list=[], group_ids=[0])
    del record["group_id"]

    found = plan(record=record)

    assert found.lost == []
    assert found.record["detail_source_list"] == []


def test_a_description_in_another_language_goes_where_it_was_read() -> None:
    page = json.dumps({"version": "2.0.0", "moduleList": [{"type": "html", "html": {"content": "<p>Кружка</p>"}}]})
    english = raw()["detail_source_list"][0]
    russian = {"locale": "ru_RU", "web_detail": page, "mobile_detail": "{}"}
    for details, locale in (([russian], "en_US"), ([english, russian], "ru_RU"), ([russian], "ru_RU")):
        record = raw(detail_source_list=details, locale=locale)
        assert read_content(record).detail_html == "<p>Кружка</p>"

        found = plan(replace(read_content(record), detail_html="", language="en"), record)

        assert [(one.name, one.value) for one in found.lost] == [("ru_RU", "<p>Кружка</p>")]
        left = {entry["locale"]: entry["web_detail"] for entry in found.record["detail_source_list"]}
        assert "Кружка" not in left.pop("ru_RU")
        assert list(left.values()) == [one["web_detail"] for one in details if one is english]


def test_a_barcode_and_a_picture_that_a_variant_has_none_of_any_more_go_and_are_named() -> None:
    record = raw()
    record[SKUS][0]["barcode"] = "4006381333931"
    before = read_content(record)
    assert before.skus[0].properties[0].image_url

    found = plan(replace(before, skus=without_pictures(before.skus)), record)

    pictured = [sku.code for sku in before.skus if any(part.image_url for part in sku.properties)]
    assert sorted(one.name for one in found.lost if one.kind == "variant_part") == sorted(
        [f"{before.skus[0].code} · barcode", *(f"{code} · sku_image" for code in pictured)]
    )
    for sent in found.record[SKUS]:
        assert "barcode" not in sent and not any(part.get("sku_image") for part in sent["aeop_s_k_u_property"])


def without_pictures(skus: tuple[SkuContent, ...]) -> tuple[SkuContent, ...]:
    plain = [tuple(replace(part, image_url="") for part in sku.properties) for sku in skus]
    return tuple(replace(sku, barcode="", properties=of) for sku, of in zip(skus, plain, strict=True))


def test_a_picture_that_another_variant_of_the_value_has_stays() -> None:
    before = read_content(raw())
    first, second = before.skus
    assert first.properties[0] == second.properties[0]

    found = plan(replace(before, skus=(first, *without_pictures((second,)))))

    assert found.lost == [] and read_content(found.record).skus == before.skus


def test_a_group_that_only_the_list_names_is_the_listings_own() -> None:
    record = raw(group_ids=[262007003, 262007002])
    del record["group_id"]

    content = read_content(record)

    assert (content.group_id, plan(content, record).record["group_ids"]) == ("262007003", [262007003, 262007002])


def test_a_new_main_group_takes_the_old_ones_place_among_all_groups() -> None:
    record = raw(group_ids=[262007001, 262007002])

    sent = plan(replace(read_content(record), group_id="262007009"), record).record

    assert (sent["group_id"], sent["group_ids"]) == (262007009, [262007009, 262007002])
