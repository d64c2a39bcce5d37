"""价格信息: read exactly, written as the platform takes it, repaired only as a proposal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.packages import PriceInfo, PriceInfoError, Variant, read_price_info
from app.services.packages.lenient import proposal
from tests.unit.packages.conftest import LAMP, PLAIN, info


def test_the_documented_example_is_read_and_written_as_it_is():
    found = read_price_info(LAMP)
    assert [(one.code, one.price, one.stock, one.properties) for one in found.variants] == [
        ("AB1234-BK", "3.36", "999", {"14": "193"}),
        ("AB1234-WH", "3.36", "999", {"14": "29"}),
    ]
    assert found.text() == LAMP
    (plain,) = read_price_info(PLAIN).variants
    assert (plain.properties, read_price_info(PLAIN).text()) == ({}, PLAIN)


def test_keys_nobody_knows_survive_with_the_digits_they_had():
    text = '{"v":1.10,"skuArray":[{"价格":"3.36","x":{"y":[1,null,true,2e3]},"商家编码":"A1"}],"z":"\\ud83d"}'
    found = read_price_info(text)
    found.variants[0].price = "4.00"
    assert found.text() == text.replace("3.36", "4.00")


def test_what_we_write_are_strings():
    found = read_price_info(
        '{"skuArray":[{"价格":3.360,"属性":{"14":193},"库存":999,"商家编码":12345678901234567890}]}'
    )
    assert found.text() == info(("12345678901234567890", "3.360", "999", {"14": "193"}))


def test_a_new_variant_has_the_keys_of_the_example():
    made = PriceInfo.of([Variant.of("AB1234-BK", "3.36", "999", {"14": "193"}), Variant.of("CD5678", "5.99", "0")])
    assert made.text() == info(("AB1234-BK", "3.36", "999", {"14": "193"}), ("CD5678", "5.99", "0"))


def test_a_copy_of_a_variant_changes_on_its_own():
    found = read_price_info(LAMP)
    copy = found.variants[0].copy()
    copy.properties = {"14": "193", "200007763": "201336106"}
    copy.code += "_CUS"
    assert found.text() == LAMP
    found.variants = [*found.variants, copy]
    assert [one.code for one in found.variants] == ["AB1234-BK", "AB1234-WH", "AB1234-BK_CUS"]
    copy.properties = {}
    assert "属性" not in copy.data


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("{'skuArray':[]}", "package_json", 2),
        ('{"skuArray":[{"价格":"3.36",}]}', "package_json", None),
        ('{"skuArray":[{"价格":"3.36"', "package_json_cut", 25),
        ('{"skuArray":[{"价格":NaN}]}', "package_json", 20),
        ('{"skuArray":[{"备注":"NaN \\"NaN","价格":-Infinity}]}', "package_json", 37),
        ("[", "package_json_cut", 1),
        ('{"skuArray":[{"价格":"1","价格":"2"}]}', "package_json_twice", 0),
        ('{"skuArray":[]}', "package_json_shape", 0),
        ('{"skuArray":{}}', "package_json_shape", 0),
        ('{"skuArray":["A"]}', "package_json_shape", 0),
        ('{"skuArray":[{"价格":{"a":"1"}}]}', "package_json_shape", 0),
        ('{"skuArray":[{"价格":true}]}', "package_json_shape", 0),
        ('{"skuArray":[{"属性":["14"]}]}', "package_json_shape", 0),
        ('{"skuArray":[{"属性":{"14":["1"]}}]}', "package_json_shape", 0),
        ("[]", "package_json_shape", 0),
        ("[" * 100_000, "package_json_shape", 0),
        ('{"skuArray":[{"x":' + "[" * 40 + "]" * 40 + "}]}", "package_json_shape", 0),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, code, position):
    with pytest.raises(PriceInfoError) as caught:
        read_price_info(text)
    assert caught.value.code == code
    assert position is None or caught.value.position == position


@pytest.mark.parametrize(
    "damaged",
    [
        LAMP.replace('"', "'"),
        LAMP.replace("}]", "},]"),
        LAMP.replace("},{", "}{"),
        LAMP.replace('"999"', "999"),
        LAMP.replace('"库存"', "库存"),
        LAMP.replace(":", "：").replace(",", "，").replace("{", "｛").replace("}", "｝"),
        LAMP.replace('{"价格"', "{“价格”"),
        LAMP.replace(",", ",\n\t"),
        "\ufeff" + LAMP.replace('"', "'"),
        LAMP[:-2],
        LAMP + ",",
    ],
)
def test_a_repair_is_proposed_where_one_thing_can_be_meant(damaged):
    assert proposal(damaged) == LAMP


@pytest.mark.parametrize(
    "text", ["", "free text", LAMP[:40], "{'skuArray':", "[" * 5000, '{"a":1}', '{"skuArray":[{a b}]}']
)
def test_nothing_is_proposed_where_the_meaning_is_lost(text):
    assert proposal(text) is None


def test_an_apostrophe_inside_stays():
    assert proposal("{'skuArray':[{'商家编码':'O'Neil','x':'5\\u0022','y':None}]}") == (
        '{"skuArray":[{"商家编码":"O\'Neil","x":"5\\"","y":null}]}'
    )


texts = st.text(max_size=12)
objects = st.dictionaries(
    texts.filter(lambda key: key not in ("价格", "库存", "商家编码", "属性")), texts | st.integers(), max_size=3
)
entries = st.builds(
    lambda more, code, price, properties: {**more, "商家编码": code, "价格": price, "属性": properties},
    objects,
    texts,
    texts,
    st.dictionaries(texts, texts, max_size=2),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(entries, min_size=1, max_size=3))
def test_whatever_json_says_comes_out_the_same(variants):
    text = json.dumps({"skuArray": variants}, ensure_ascii=False, separators=(",", ":"))
    assert json.loads(read_price_info(text).text()) == json.loads(text)
    assert json.loads(proposal(text) or "0") == json.loads(text)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="{}[]:,\"'“”\\ 1a价", max_size=30))
def test_no_text_makes_it_stumble(text):
    fixed = proposal(text)
    assert fixed is None or read_price_info(fixed).variants
