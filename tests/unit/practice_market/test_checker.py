"""The market's own checker: one wrong thing at a time, and the documented code for it.

Source: aliexpress-open-platform.md 4.6, 5.2, 5.9; domain.md 5.1.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.practice_market.client import (
    BLACK,
    CERAMIC,
    CHINA,
    COLOR,
    FOREIGN_TEMPLATE,
    LEGACY_POST,
    MUGS,
    NAVY,
    NEGATIVE_TEMPLATE,
    OFFER_POST,
    PICTURE,
    RED,
    SHIPS_FROM,
    SIZE,
    SOLUTION_POST,
    SPAIN,
    Client,
    legacy,
    offer,
    sku,
    solution,
)

SCHEMA = "F00-00-10020-002"
TITLE = "Slim Matte Phone Case Soft Touch Back Cover"


def title(value: str, locale: str = "en_US") -> dict[str, Any]:
    subjects = [{"locale": "en_US", "value": TITLE}, {"locale": locale, "value": value}]
    return {"subject_list": subjects[1:] if locale == "en_US" else subjects}


def skus(*items: dict[str, Any]) -> dict[str, Any]:
    return {"aeop_ae_product_s_k_us": list(items)}


def part(attribute: int, value: int, **more: Any) -> dict[str, Any]:
    return {"sku_property_id": attribute, "property_value_id": value, **more}


def parts(*items: dict[str, Any]) -> dict[str, Any]:
    return skus({**sku("CF1231"), "aeop_s_k_u_property": list(items)})


def attributes(*items: dict[str, Any]) -> dict[str, Any]:
    return {"aeop_ae_product_propertys": list(items)}


def pictures(count: int) -> dict[str, Any]:
    return {"image_u_r_ls": ";".join(f"https://ae01.alicdn.com/kf/H{n}.jpg" for n in range(count))}


def quotes(kind: str, *rows: Any) -> dict[str, Any]:
    configuration = {"configuration_type": kind, "configuration_data": json.dumps(rows)}
    return {"aeop_national_quote_configuration": configuration}


def spain(quote: Any, key: str = "14:193") -> dict[str, Any]:
    return {"shiptoCountry": "ES", "absoluteQuoteMap": {key: quote}}


def marketing(kind: Any, url: str = PICTURE) -> dict[str, Any]:
    return {"market_images": [{"image_type": kind, "url": url}]}


GOOD: dict[str, dict[str, Any]] = {
    "longest title": title("x" * 128),
    "longest translated title": title("к" * 218, "ru_RU"),
    "six pictures": pictures(6),
    "negative template": {"freight_template_id": NEGATIVE_TEMPLATE},
    "template as text": {"freight_template_id": str(NEGATIVE_TEMPLATE)},
    "platform template": {"freight_template_id": 1000},
    "signs in codes": skus(sku("A*2+B_C-1#(x)@AB")),
    "longest code": skus(sku("A" * 20)),
    "one of two without stock": skus(sku("A", stock=0), sku("B", RED)),
    "no properties": parts(),
    "three properties": parts(part(COLOR, BLACK), part(SHIPS_FROM, CHINA)),
    "lowest price": skus(sku("A", price="0.01")),
    "highest price": skus(sku("A", price="100000.00")),
    "price as number": skus(sku("A", price=4.2)),  # type: ignore[arg-type]
    "discount": skus(sku("A", sku_discount_price="4.19")),
    "old stock": skus({**sku("A"), "ipm_sku_stock": None, "sku_stock": True}),
    "alias": parts(part(COLOR, BLACK, property_value_definition_name="Night Sky")),
    "girth at the limit": {"package_length": 700, "package_width": 500, "package_height": 500},
    "weight rounded up": {"gross_weight": "0.0445"},
    "heaviest": {"gross_weight": "500"},
    "lot": {"package_type": True, "lot_num": 10},
    "lot as text": {"package_type": "true", "lot_num": "10"},
    "bulk": {"bulk_order": 2, "bulk_discount": 32},
    "custom weight": {"is_pack_sell": True, "base_unit": 1, "add_unit": 2, "add_weight": "0.05"},
    "sixty days": {"delivery_time": 60},
    "custom attribute": attributes({"attr_name": "Finish", "attr_value": "Matte"}),
    "other value": attributes({"attr_name_id": 2, "attr_value_id": 4, "attr_value": "House brand"}),
    "group": {"group_id": 262007001},
    "group 0": {"group_id": 0},
    "size chart": {"sizechart_id": 880100},
    "country quotes": quotes("absolute", spain(2.5)),
    "country percentage": quotes("percentage", {"shiptoCountry": "ES", "percentage": "-30"}),
    "quote without variants": {
        **skus({**sku("A"), "aeop_s_k_u_property": []}),
        **quotes("absolute", spain("3.10", "")),
    },
    "marketing pictures": marketing("1"),
    "foreign picture": {"image_u_r_ls": "https://shop.example/1.jpg"},
}
BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "no title": (SCHEMA, title("")),
    "blank title": (SCHEMA, title("   ")),
    "title too long": (SCHEMA, title("x" * 129)),
    "title not ascii": ("S00-10-10000-001", title("Кружка")),
    "title with markup": (SCHEMA, title("Case <b>new</b>")),
    "translated title too long": (SCHEMA, title("к" * 219, "ru_RU")),
    "main title missing": (SCHEMA, {"locale": "ru_RU"}),
    "detail not modules": (SCHEMA, {"detail_source_list": [{"locale": "en_US", "web_detail": "<p>x</p>"}]}),
    "no category": ("F00-00-10020-004", {"category_id": None}),
    "unknown category": ("F00-00-10020-004", {"category_id": 5}),
    "not a leaf": ("F00-00-10020-004", {"category_id": 44}),
    "category needs permission": ("CHK_CATEGORY_ID_NO_PERMISSION", {"category_id": 200009102}),
    "category no number": (SCHEMA, {"category_id": "phones"}),
    "no pictures": ("F00-00-10020-004", {"image_u_r_ls": ""}),
    "seven pictures": (SCHEMA, pictures(7)),
    "unreachable picture": ("F00-00-10020-004", {"image_u_r_ls": f"{PICTURE};https://gone.invalid/1.jpg"}),
    "picture on loopback": ("F00-00-10020-004", {"image_u_r_ls": "http://127.0.0.1:9/1.jpg"}),
    "picture not in the photobank": ("F00-00-10020-004", {"image_u_r_ls": f"http://127.0.0.1:9/kf/H{'0' * 32}.jpg"}),
    "picture is a file": ("F00-00-10020-004", {"image_u_r_ls": "case-1.jpg"}),
    "picture address broken": ("F00-00-10020-004", {"image_u_r_ls": "https://[broken/1.jpg"}),
    "sku picture": ("F00-00-10020-004", parts(part(COLOR, BLACK, sku_image="https://gone.invalid/1.jpg"))),
    "foreign attribute": ("F00-00-10003-005", attributes({"attr_name_id": 200000905, "attr_value_id": 200180001})),
    "sale property as attribute": ("F00-00-10003-005", attributes({"attr_name_id": COLOR, "attr_value_id": BLACK})),
    "foreign value": ("13002004", attributes({"attr_name_id": 10, "attr_value_id": 1})),
    "no value": ("13002004", attributes({"attr_name_id": 10})),
    "other without text": ("13002004", attributes({"attr_name_id": 2, "attr_value_id": 4})),
    "malformed text": ("13002011", attributes({"attr_name_id": 3, "attr_value": "a;b"})),
    "malformed custom text": ("13002011", attributes({"attr_name": "Finish", "attr_value": "a#b"})),
    "half a custom attribute": (SCHEMA, attributes({"attr_name": "Finish"})),
    "required attribute": (SCHEMA, {"category_id": MUGS}),
    "no skus": (SCHEMA, skus()),
    "empty code": ("F00-00-10007-009", skus(sku(""))),
    "blank code": ("F00-00-10007-009", skus(sku(" "))),
    "code too long": (SCHEMA, skus(sku("A" * 21))),
    "code with space": (SCHEMA, skus(sku("AB 12"))),
    "code with angle": (SCHEMA, skus(sku("AB<12"))),
    "code full width": (SCHEMA, skus(sku("ＡＢ１２"))),
    "codes repeat": ("F00-00-10007-007", skus(sku("A"), sku("A", RED))),
    "no price": (SCHEMA, skus(sku("A", price=""))),
    "price 0": (SCHEMA, skus(sku("A", price="0"))),
    "price too high": (SCHEMA, skus(sku("A", price="100000.01"))),
    "three decimals": (SCHEMA, skus(sku("A", price="4.205"))),
    "price no number": (SCHEMA, skus(sku("A", price="cheap"))),
    "price not finite": (SCHEMA, skus(sku("A", price="NaN"))),
    "discount not below": (SCHEMA, skus(sku("A", sku_discount_price="4.20"))),
    "no stock": ("13002001", skus({**sku("A"), "ipm_sku_stock": None})),
    "stock too high": ("13002001", skus(sku("A", stock=1_000_000))),
    "stock negative": ("13002001", skus(sku("A", stock=-1))),
    "all without stock": ("13004001", skus(sku("A", stock=0), sku("B", RED, stock=0))),
    "total too high": ("13004001", skus(sku("A", stock=999_999), sku("B", RED, stock=1))),
    "foreign sale property": ("F00-00-10007-015", parts(part(SIZE, 100014064))),
    "attribute as sale property": ("F00-00-10007-015", parts(part(10, 100006064))),
    "foreign sale value": ("13002004", parts(part(COLOR, 1))),
    "alias not allowed": ("13002009", parts(part(SHIPS_FROM, SPAIN, property_value_definition_name="EU"))),
    "alias malformed": ("13002011", parts(part(COLOR, BLACK, property_value_definition_name="a=b"))),
    "alias too long": ("13002011", parts(part(COLOR, BLACK, property_value_definition_name="x" * 71))),
    "four properties": (SCHEMA, parts(*[part(COLOR, BLACK)] * 4)),
    "property twice": (SCHEMA, parts(part(COLOR, BLACK), part(COLOR, RED))),
    "properties differ": (
        SCHEMA,
        skus(sku("A"), {**sku("B"), "aeop_s_k_u_property": [part(COLOR, RED), part(SHIPS_FROM, CHINA)]}),
    ),
    "order of properties differs": (
        SCHEMA,
        skus(
            {**sku("A"), "aeop_s_k_u_property": [part(COLOR, RED), part(SHIPS_FROM, CHINA)]},
            {**sku("B"), "aeop_s_k_u_property": [part(SHIPS_FROM, CHINA), part(COLOR, NAVY)]},
        ),
    ),
    "combination twice": (SCHEMA, skus(sku("A"), sku("B"))),
    "two without properties": (
        SCHEMA,
        skus({**sku("A"), "aeop_s_k_u_property": []}, {**sku("B"), "aeop_s_k_u_property": []}),
    ),
    "no weight": ("CHK_BASIC_REQUIRED", {"gross_weight": None}),
    "weight 0": (SCHEMA, {"gross_weight": "0"}),
    "too heavy": (SCHEMA, {"gross_weight": "500.001"}),
    "no side": ("CHK_BASIC_REQUIRED", {"package_width": None}),
    "side 0": (SCHEMA, {"package_width": 0}),
    "side too long": (SCHEMA, {"package_length": 701}),
    "side not whole": (SCHEMA, {"package_length": 10.5}),
    "girth": (SCHEMA, {"package_length": 700, "package_width": 600, "package_height": 500}),
    "lot of one": (SCHEMA, {"package_type": True, "lot_num": 1}),
    "pieces in a lot of none": (SCHEMA, {"package_type": False, "lot_num": 2}),
    "bulk half": (SCHEMA, {"bulk_order": 10}),
    "bulk discount": (SCHEMA, {"bulk_order": 10, "bulk_discount": 100}),
    "custom weight half": ("CHK_BASIC_REQUIRED", {"is_pack_sell": True, "base_unit": 1, "add_unit": 2}),
    "custom weight unit": (SCHEMA, {"is_pack_sell": True, "base_unit": 0, "add_unit": 2, "add_weight": "1"}),
    "no handling time": (SCHEMA, {"delivery_time": None}),
    "handling 0": (SCHEMA, {"delivery_time": 0}),
    "handling 61": (SCHEMA, {"delivery_time": 61}),
    "validity": (SCHEMA, {"ws_valid_num": 31}),
    "deduction": (SCHEMA, {"reduce_strategy": "never"}),
    "unit": ("F00-00-10020-004", {"product_unit": 1}),
    "no unit": ("F00-00-10020-004", {"product_unit": None}),
    "template of another store": (SCHEMA, {"freight_template_id": FOREIGN_TEMPLATE}),
    "no template": (SCHEMA, {"freight_template_id": None}),
    "service template": (SCHEMA, {"promise_template_id": 510077}),
    "group of another store": (SCHEMA, {"group_id": 262009001}),
    "group no number": (SCHEMA, {"group_id": "lamps"}),
    "currency": (SCHEMA, {"currency_code": "EUR"}),
    "size chart of another store": (SCHEMA, {"sizechart_id": 880201}),
    "size chart of another category": (SCHEMA, {"sizechart_id": 880102}),
    "unknown locale": ("13006006", title("Case", "xx_XX")),
    "sku picture not allowed": (
        "13002009",
        parts(part(COLOR, BLACK), part(SHIPS_FROM, SPAIN, sku_image=PICTURE)),
    ),
    "properties not in the category's order": (SCHEMA, parts(part(SHIPS_FROM, CHINA), part(COLOR, BLACK))),
    "quotes of no kind": (SCHEMA, quotes("guessed", spain(2))),
    "quotes are no list": (
        SCHEMA,
        {**quotes("absolute")}
        | {"aeop_national_quote_configuration": {"configuration_type": "absolute", "configuration_data": "{broken"}},
    ),
    "quote without country": (SCHEMA, quotes("absolute", {"absoluteQuoteMap": {"14:193": 2}})),
    "quote of no sku": ("F00-00-10014-015", quotes("absolute", spain(2, "14:1"))),
    "quote no number": (SCHEMA, quotes("absolute", spain("cheap"))),
    "percentage too low": (SCHEMA, quotes("percentage", {"shiptoCountry": "ES", "percentage": "-31"})),
    "marketing picture of no kind": (SCHEMA, marketing("3")),
    "marketing picture elsewhere": ("F00-00-10020-004", marketing("1", "https://shop.example/1.jpg")),
    "flag no flag": (SCHEMA, {"package_type": "perhaps"}),
    "list no list": (SCHEMA, {"aeop_ae_product_s_k_us": {"aeop_ae_product_sku": []}}),
    "text no text": (SCHEMA, {"reduce_strategy": ["never"]}),
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=list(GOOD))
async def test_good(shop: Client, changes: dict[str, Any]) -> None:
    assert await shop.post_offer(**changes) > 1_005_000_000_000_000


@pytest.mark.parametrize(("code", "changes"), BAD.values(), ids=list(BAD))
async def test_bad(shop: Client, code: str, changes: dict[str, Any]) -> None:
    assert await shop.code(OFFER_POST, {"aeop_a_e_product": offer(**changes)}) == code
    assert await shop.ids(product_status_type="auditing") == [], "nothing was kept"


async def test_schema_refusals_point_to_the_field(shop: Client) -> None:
    body = await shop.call(OFFER_POST, {"aeop_a_e_product": offer(**skus(sku("A"), sku("B" * 21, RED)))})
    assert body["error_response"]["sub_msg"].startswith("#/sku_info_list/1/sku_code: ")
    body = await shop.call(OFFER_POST, {"aeop_a_e_product": offer(category_id=MUGS)})
    assert "[Material]" in body["error_response"]["sub_msg"]


async def test_a_required_attribute_given(shop: Client) -> None:
    value = attributes({"attr_name_id": 10, "attr_value_id": CERAMIC})
    assert await shop.post_offer(category_id=MUGS, **value)


@pytest.mark.parametrize(
    ("number", "changes"),
    [
        (7090001, {"subject": "Кружка"}),
        (13002001, {"aeop_ae_product_s_k_us": [sku("A", stock=-1)]}),
        (13002008, {"category_id": MUGS}),
        (13010996, {"package_height": 0}),
    ],
)
async def test_older_methods_refuse_by_number(shop: Client, number: int, changes: dict[str, Any]) -> None:
    result = await shop.result(LEGACY_POST, {"aeop_a_e_product": legacy(**changes)})
    assert (result["is_success"], result["error_code"]) == (False, number)


def info(**changes: Any) -> dict[str, Any]:
    first = {**solution()["sku_info_list"][0], **changes}
    return {"sku_info_list": [first]}


def countries(country: str = "ES", kind: str = "absolute", **item: Any) -> dict[str, Any]:
    """Prices of one SKU in one country; the SKU costs 4.20."""
    price = {"sku_code": "CF1231-BK", "price": "3.00", **item}
    rows = [{"ship_to_country": country, "sku_price_by_country_list": [price]}]
    return {"multi_country_price_configuration": {"price_type": kind, "country_price_list": rows}}


SOLUTION_BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "platform template": (SCHEMA, {"freight_template_id": 1000}),
    "no stock": ("13002001", info(inventory=0)),
    "unknown language": (SCHEMA, {"language": "xx"}),
    "title in no language": (SCHEMA, {"multi_language_subject_list": [{"language": "xx", "subject": "Case"}]}),
    "no description": (SCHEMA, {"multi_language_description_list": None}),
    "price too high": (SCHEMA, info(price="1000000")),
    "code too long": (SCHEMA, info(sku_code="A" * 51)),
    "country price below 70 %": (SCHEMA, countries(price="2.93")),
    "country discount not below": (SCHEMA, countries(discount_price="3.00")),
    "country discount below 10 %": (SCHEMA, countries(discount_price="0.29")),
    "unknown country": (SCHEMA, countries("XX")),
    "country prices of no kind": (SCHEMA, countries(kind="relative")),
    "country price of no sku": ("F00-00-10014-015", countries(sku_code="nobody")),
    "unknown property": (
        "F00-00-10007-015",
        info(sku_attributes_list=[{"sku_attribute_name": "Flavour", "sku_attribute_value": "Mint"}]),
    ),
    "unknown value": (
        "13002004",
        info(sku_attributes_list=[{"sku_attribute_name": "Color", "sku_attribute_value": "Octarine"}]),
    ),
    "html in a mobile detail": (
        SCHEMA,
        {
            "multi_language_description_list": [
                {
                    "language": "en",
                    "mobile_detail": '{"version":"2.0.0","moduleList":[{"type":"html","html":{"content":"x"}}]}',
                }
            ]
        },
    ),
}


@pytest.mark.parametrize(("code", "changes"), SOLUTION_BAD.values(), ids=list(SOLUTION_BAD))
async def test_solution_refuses(shop: Client, code: str, changes: dict[str, Any]) -> None:
    assert await shop.code(SOLUTION_POST, {"post_product_request": solution(**changes)}) == code


@pytest.mark.parametrize(
    "changes",
    [
        info(sku_code="A" * 50),
        info(price="999999.00"),
        {"weight": 0.5},
        countries(price="2.94", discount_price="0.30"),
    ],
)
async def test_solution_is_wider_in_places(shop: Client, changes: dict[str, Any]) -> None:
    assert (await shop.result(SOLUTION_POST, {"post_product_request": solution(**changes)}))["product_id"]
