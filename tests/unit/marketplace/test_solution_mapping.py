"""Listings in the requests of the solution family: creates whole, edits partial."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from app.services.marketplace.aliexpress.mapping.listing import SKUS, read_content
from app.services.marketplace.aliexpress.mapping.lists import plain_lists
from app.services.marketplace.aliexpress.mapping.merge import EditPlan
from app.services.marketplace.aliexpress.mapping.modules import html_of
from app.services.marketplace.aliexpress.mapping.solution import write_solution
from app.services.marketplace.aliexpress.mapping.solution_edit import plan_solution_edit
from app.services.marketplace.port import AttributeContent, ListingContent, Refused, SkuProperty
from tests.unit.marketplace.strategies import solution_contents
from tests.unit.marketplace.stub import content, sample

PRODUCT = 1005001234560001


def raw(**changes: Any) -> dict[str, Any]:
    """The recorded detail with what the platform may have besides."""
    record = plain_lists(sample("product-info-get")["aliexpress_solution_product_info_get_response"]["result"])
    prices = [{"sku_code": code, "price": "10.00"} for code in ("MUG-BLK-CN", "MUG-BLK-ES")]
    record |= {
        "aeop_a_e_multimedia": {"aeop_a_e_videos": [{"media_id": 9007199254740993}]},
        "multi_country_price_configuration": {
            "price_type": "absolute",
            "country_price_list": [{"ship_to_country": "RU", "sku_price_by_country_list": prices}],
        },
        "sizechart_id": 20001,
        "some_future_field": {"x": [1]},
    }
    return {**deepcopy(record), **changes}


def plan(wanted: ListingContent | None = None, record: dict[str, Any] | None = None) -> EditPlan:
    found = record if record is not None else raw()
    return plan_solution_edit(PRODUCT, found, wanted or read_content(found))


def as_read(sent: dict[str, Any]) -> dict[str, Any]:
    """What `product.info.get` answers for a `product.post` (protocol reference 5.1, 5.2)."""
    locales = {"en": "en_US", "ru": "ru_RU", "es": "es_ES"}
    return {
        "product_id": PRODUCT,
        "product_status_type": "auditing",
        "category_id": sent["aliexpress_category_id"],
        "subject": sent["multi_language_subject_list"][0]["subject"],
        "multi_language_subject_list": [
            {"locale": locales[entry["language"]], "subject": entry["subject"]}
            for entry in sent["multi_language_subject_list"]
        ],
        "multi_language_description_list": [
            {"locale": locales[entry["language"]], "web_detail": entry["web_detail"]}
            for entry in sent["multi_language_description_list"]
        ],
        "image_u_r_ls": ";".join(sent.get("main_image_urls_list", ())),
        "freight_template_id": sent["freight_template_id"],
        "delivery_time": sent.get("shipping_lead_time"),
        "product_unit": sent["product_unit"],
        "gross_weight": sent.get("weight"),
        "group_id": sent.get("group_id"),
        **{f"package_{side}": sent.get(f"package_{side}") for side in ("length", "width", "height")},
        "aeop_ae_product_propertys": [
            {
                name.replace("aliexpress_attribute", "attr").replace("attribute_", "attr_"): value
                for name, value in row.items()
            }
            for row in sent["attribute_list"]
        ],
        SKUS: [_sku_as_read(sku) for sku in sent["sku_info_list"]],
    }


def _sku_as_read(sku: dict[str, Any]) -> dict[str, Any]:
    names = {
        "sku_attribute_name_id": "sku_property_id",
        "sku_attribute_value_id": "property_value_id",
        "sku_attribute_value": "property_value_definition_name",
        "sku_image_url": "sku_image",
    }
    return {
        "sku_code": sku.get("sku_code"),
        "sku_price": sku["price"],
        "ipm_sku_stock": sku.get("inventory"),
        "barcode": sku.get("bar_code"),
        "currency_code": "USD",
        "aeop_s_k_u_property_list": [
            {names[name]: value for name, value in part.items()} for part in sku["sku_attributes_list"]
        ],
    }


def test_a_create_names_everything_as_the_reference_does() -> None:
    sent = write_solution(
        content(attributes=(AttributeContent("10", "100006063"), AttributeContent(name="Capacity", value="350 ml")))
    )

    assert sent["aliexpress_category_id"] == 200000346
    assert (sent["language"], sent["multi_language_subject_list"]) == (
        "en",
        [{"language": "en", "subject": "Ceramic mug 350 ml"}],
    )
    assert (sent["weight"], sent["shipping_lead_time"], sent["product_unit"]) == ("0.420", 3, 100000015)
    assert sent["freight_template_id"] == -1700000001
    assert sent["attribute_list"] == [
        {"aliexpress_attribute_name_id": 10, "aliexpress_attribute_value_id": 100006063},
        {"attribute_name": "Capacity", "attribute_value": "350 ml"},
    ]
    first = sent["sku_info_list"][0]
    assert (first["sku_code"], first["price"], first["inventory"]) == ("MUG-BLK-CN", "11.00", 120)
    assert first["sku_attributes_list"][0] == {
        "sku_attribute_name_id": 14,
        "sku_attribute_value_id": 193,
        "sku_attribute_value": "Night",
        "sku_image_url": "https://ae01.alicdn.com/kf/Hsku193.jpg",
    }
    assert sent["inventory_deduction_strategy"] == "place_order_withhold"


def test_lots_are_refused_with_their_field() -> None:
    with pytest.raises(Refused) as caught:
        write_solution(content(lot_size=5))
    assert (caught.value.error_code, caught.value.field) == ("marketplace.field_fixed", "lot_size")


@settings(max_examples=25)
@given(solution_contents)
def test_what_is_written_is_read_again(wanted: ListingContent) -> None:
    assert read_content(as_read(write_solution(wanted))) == wanted


@settings(max_examples=25)
@given(solution_contents)
def test_an_edit_without_a_change_sends_nothing(wanted: ListingContent) -> None:
    record = as_read(write_solution(wanted))

    done = plan_solution_edit(PRODUCT, record, wanted)

    assert done.record == {"product_id": PRODUCT}
    assert done.lost == []


def test_only_what_differs_is_sent() -> None:
    before = read_content(raw())

    done = plan(replace(before, title="Mug, large", weight_g=500))

    assert done.record == {
        "product_id": PRODUCT,
        "weight": "0.500",
        "multi_language_subject_list": [
            {"language": "en", "subject": "Mug, large"},
            {"language": "ru", "subject": "Керамическая кружка 350 мл"},
        ],
    }
    assert {"aeop_a_e_multimedia", "multi_country_price_configuration", "sizechart_id", "some_future_field"} <= set(
        done.kept
    )
    assert done.lost == []


def test_a_detail_page_keeps_the_mobile_one_beside_it() -> None:
    done = plan(replace(read_content(raw()), detail_html="<p>New</p>"))

    (entry,) = done.record["multi_language_description_list"]
    assert json.loads(entry["web_detail"])["moduleList"][0]["html"] == {"content": "<p>New</p>"}
    assert entry["mobile_detail"] == '{"version":"2.0.0","moduleList":[]}'


def test_variants_are_sent_whole_with_their_discounts_and_pictures() -> None:
    before = read_content(raw())
    bare = tuple(SkuProperty(part.name_id, part.value_id, "", part.image_url) for part in before.skus[0].properties)
    dearer = replace(before.skus[0], price_minor=1500, stock=None, properties=bare)

    done = plan(replace(before, skus=(dearer, before.skus[1])))

    assert [sku["discount_price"] for sku in done.record["sku_info_list"]] == ["9.90", "9.90"]
    assert [sku["price"] for sku in done.record["sku_info_list"]] == ["15.00", "12.50"]
    first = done.record["sku_info_list"][0]
    assert first["inventory"] == 120
    assert first["sku_attributes_list"][0]["sku_attribute_value"] == "Night"
    assert first["sku_attributes_list"][0]["sku_image"] == "https://ae01.alicdn.com/kf/Hsku193.jpg"
    assert done.lost == []


def test_what_a_list_of_variants_erases_is_named() -> None:
    record = raw()
    record[SKUS][0] |= {"gross_weight": "0.5", "aeop_s_k_u_national_discount_price_list": [{"shipto_country": "RU"}]}
    before = read_content(record)

    done = plan(replace(before, skus=(replace(before.skus[0], price_minor=1),)), record)

    first, second = (sku.code for sku in before.skus)
    assert [(loss.path, loss.kind, loss.sku) for loss in done.lost] == [
        (f"{SKUS}[{first}].gross_weight", "variant_part", ""),
        (f"{SKUS}[{first}].aeop_s_k_u_national_discount_price", "variant_part", ""),
        (f"{SKUS}[{second}]", "variant", second),
        (f"multi_country_price_configuration[RU][{second}]", "regional_price", second),
    ]
    assert (done.lost[0].name, done.lost[0].value) == (f"{first} · gross_weight", "0.5")


def test_units_and_attributes_that_go_are_named() -> None:
    record = raw()
    record["aeop_ae_product_propertys"][1]["attr_value_unit"] = "ml"
    before = read_content(record)

    fewer = plan(replace(before, attributes=before.attributes[1:]), record)

    assert fewer.record["attribute_list"] == [{"attribute_name": "Capacity", "attribute_value": "350 ml"}]
    assert [(loss.path, loss.kind, loss.value) for loss in fewer.lost] == [
        ("aeop_ae_product_propertys[10]", "attribute", "100006063"),
        ("aeop_ae_product_propertys[Capacity].attr_value_unit", "attribute_part", "ml"),
    ]


@pytest.mark.parametrize("change", [{"unit_id": "100000017"}, {"lot_size": 3}, {"currency": "EUR"}])
def test_what_this_family_cannot_change_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        plan(replace(read_content(raw()), **change))
    assert caught.value.error_code == "marketplace.field_fixed"
    assert caught.value.field in change


def test_blanks_leave_things_as_they_are() -> None:
    before = read_content(raw())
    blank = replace(before, title="", images=(), skus=(), weight_g=None)

    assert plan(blank).record == {"product_id": PRODUCT}


def test_a_description_and_attributes_that_are_none_any_more_go_and_are_named() -> None:
    before = read_content(raw())
    found = plan(replace(before, detail_html="", attributes=()))

    assert before.detail_html and before.attributes
    assert found.record["attribute_list"] == []
    (page,) = [one for one in found.record["multi_language_description_list"] if one["language"] == "en"]
    assert html_of(page["web_detail"]) == ""
    assert [one.value for one in found.lost if one.kind == "detail_page"] == [before.detail_html]
    assert {one.kind for one in found.lost} == {"attribute", "detail_page"}


def test_a_barcode_and_a_picture_that_a_variant_has_none_of_any_more_go_and_are_named() -> None:
    record = raw()
    record[SKUS][0]["barcode"] = "4006381333931"
    before = read_content(record)
    plain = [tuple(replace(part, image_url="") for part in sku.properties) for sku in before.skus]
    bare = tuple(replace(sku, barcode="", properties=of) for sku, of in zip(before.skus, plain, strict=True))

    found = plan(replace(before, skus=bare), record)

    pictured = [sku.code for sku in before.skus if any(part.image_url for part in sku.properties)]
    assert pictured and sorted(one.name for one in found.lost if one.kind == "variant_part") == sorted(
        [f"{before.skus[0].code} · barcode", *(f"{code} · sku_image" for code in pictured)]
    )
    for sent in found.record["sku_info_list"]:
        assert "bar_code" not in sent and not any(part.get("sku_image") for part in sent["sku_attributes_list"])


def test_no_group_is_refused_because_this_family_has_no_word_for_it() -> None:
    with pytest.raises(Refused) as caught:
        plan(replace(read_content(raw()), group_id=""))
    assert (caught.value.error_code, caught.value.field) == ("marketplace.group_stays", "group_id")


def test_a_variant_without_stock_named_keeps_its_own() -> None:
    before = read_content(raw())
    silent = replace(before, skus=tuple(replace(sku, stock=None) for sku in before.skus))

    assert plan(silent).record == {"product_id": PRODUCT}


def test_the_record_that_was_read_is_not_touched() -> None:
    record = raw()
    untouched = deepcopy(record)

    plan(replace(read_content(record), title="Other", skus=read_content(record).skus[:1]), record)

    assert record == untouched
