"""Answers of every documented shape: wrapped or simplified, numbers as text, keys missing, JSON inside JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.marketplace.aliexpress.envelope import open_answer
from app.services.marketplace.aliexpress.mapping import methods
from app.services.marketplace.aliexpress.mapping.batch import read_outcome, read_verdict
from app.services.marketplace.aliexpress.mapping.listing import read_listing, read_summary
from app.services.marketplace.aliexpress.mapping.lists import plain_lists
from app.services.marketplace.aliexpress.mapping.methods import Method
from app.services.marketplace.aliexpress.mapping.order import read_order
from app.services.marketplace.aliexpress.mapping.store import (
    read_attribute,
    read_category,
    read_freight_services,
    read_freight_template,
    read_image,
    read_profile,
)
from app.services.marketplace.aliexpress.mapping.table import rows
from app.services.marketplace.aliexpress.values import embedded, listed
from app.services.marketplace.port import RemoteStatus
from tests.unit.marketplace.stub import START, sample

Reader = Callable[[dict[str, Any]], Any]


def first(name: str) -> Any:
    """A recorded document's body."""
    document = sample(name)
    return document.get("body") or document.get("bodies", [document])[0]


RECORDED: dict[str, tuple[Any, Method, Reader]] = {
    "detail": (
        first("product-info-get"),
        methods.SOLUTION_READ,
        lambda answer: read_listing(plain_lists(answer)).content,
    ),
    "list": (
        first("product-list-get"),
        methods.SOLUTION_LIST,
        lambda answer: [
            read_summary(row, RemoteStatus.ON_SALE) for row in rows(answer.get("aeop_a_e_product_display_d_t_o_list"))
        ],
    ),
    "orders": (
        first("order-get"),
        methods.ORDER_LIST,
        lambda answer: [told(read_order(row, now=START)) for row in rows(answer.get("target_list"))],
    ),
    "order": (
        first("order-info-get"),
        methods.ORDER_READ,
        lambda answer: told(read_order(plain_lists(answer), now=START)),
    ),
    "price batch": (first("batch-price-update.partial"), methods.PRICE_BATCH, read_outcome),
    "feed": (
        sample("feed-life-cycle")["query"],
        methods.FEED_QUERY,
        lambda answer: [read_verdict(row) for row in rows(answer.get("result_list"))],
    ),
    "photobank": (first("photobank-upload"), methods.IMAGE_UPLOAD, read_image),
}


def told(order: Any) -> Any:
    """An order without the record it was read from."""
    return [getattr(order, name) for name in ("order_id", "status", "created_at", "amount_minor", "currency", "lines")]


def simplified(value: Any) -> Any:
    """The same answer as `simplify=true` gives it: no wrapper, plain lists (4.2)."""
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(next(iter(value.values())), list):
            return [simplified(item) for item in next(iter(value.values()))]
        return {name: simplified(part) for name, part in value.items()}
    return [simplified(item) for item in value] if isinstance(value, list) else value


def in_text(value: Any) -> Any:
    """The same answer with its numbers as text."""
    if isinstance(value, dict):
        return {name: in_text(part) for name, part in value.items()}
    if isinstance(value, list):
        return [in_text(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def read(answer: Any, method: Method, reader: Reader) -> Any:
    return reader(open_answer(json.dumps(answer).encode(), method, now=START))


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_answer_reads_the_same_in_every_form(name: str) -> None:
    answer, method, reader = RECORDED[name]
    ((wrapper, body),) = answer.items()
    assert wrapper.endswith("_response")

    plain = read(answer, method, reader)

    assert plain
    assert read(simplified(body), method, reader) == plain
    assert read(in_text(answer), method, reader) == plain


names = st.dictionaries(st.sampled_from(["en", "ru", "zh", "pt"]), st.text(max_size=8), max_size=4)
ids = st.integers(-(2**63), 2**63 - 1)


@st.composite
def shaped(draw: st.DrawFn, record: dict[str, Any], optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """*record* as some answer may spell it: keys missing, numbers and flags as text, JSON as text or object."""
    shown = {}
    for name, value in record.items():
        if name in optional and draw(st.booleans()):
            continue
        if isinstance(value, dict):
            value = orjson.dumps(value).decode() if draw(st.booleans()) else value
        elif isinstance(value, bool):
            value = draw(st.sampled_from([value, str(value).lower()]))
        elif isinstance(value, int):
            value = draw(st.sampled_from([value, str(value)]))
        shown[name] = value
    return shown


@st.composite
def category(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A category as we hold it, and as an answer of either family spells it."""
    number, level, is_leaf, said = draw(ids), draw(st.integers(1, 9)), draw(st.booleans()), draw(names)
    wire = draw(
        st.sampled_from(
            [
                {"id": number, "level": level, "isleaf": is_leaf, "names": said},
                {
                    "children_category_id": number,
                    "level": level,
                    "is_leaf_category": is_leaf,
                    "multi_language_names": said,
                },
            ]
        )
    )
    ours = {"category_id": str(number), "level": level, "is_leaf": is_leaf}
    ours |= {"name_en": said.get("en", ""), "name_zh": said.get("zh", "")}
    return ours, draw(shaped(wire))


@settings(max_examples=40)
@given(category())
def test_a_category_is_read_from_either_family(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    ours, wire = both

    found = read_category(wire, "0")

    assert {name: getattr(found, name) for name in ours} == ours


@settings(max_examples=40)
@given(st.data(), names, st.lists(st.tuples(ids, names), max_size=3), st.booleans(), st.booleans())
def test_an_attribute_is_read_with_its_values(
    data: st.DataObject, said: dict[str, str], values: list[tuple[int, dict[str, str]]], is_sku: bool, is_wrapped: bool
) -> None:
    spelt: Any = [data.draw(shaped({"id": number, "names": told})) for number, told in values]
    wire = data.draw(
        shaped({"id": 5, "names": said, "required": True, "sku": is_sku, "spec": 2}, frozenset(("required", "spec")))
    )
    if values:
        wire["values"] = {"aeop_attr_value_dto": spelt} if is_wrapped else spelt

    found = read_attribute(wire)

    assert (found.attribute_id, found.name_en, found.is_sku) == ("5", said.get("en", ""), is_sku)
    assert [(value.value_id, value.name_zh) for value in found.values] == [
        (str(number), told.get("zh", "")) for number, told in values
    ]


@settings(max_examples=40)
@given(st.data(), ids, st.booleans())
def test_a_freight_template_with_a_negative_id_in_either_generation(
    data: st.DataObject, number: int, is_nested: bool
) -> None:
    setting = {"logistics_company": "CPAM", "all_free_shipping": "Y"}
    row: dict[str, Any] = {"template": setting} if is_nested else dict(setting)
    row["selfdefine_list"] = {"aeop_freight_selfdefine": [{"per_add_num": 1}]}
    wire = data.draw(
        shaped({"template_id": number, "template_name": "a", "is_default": True}, frozenset(("is_default",)))
    )

    (service,) = read_freight_services([row])
    found = read_freight_template(wire, [service])

    assert found.template_id == str(number)
    assert service["template"] == setting
    assert service["selfdefine_list"] == [{"per_add_num": 1}]


@settings(max_examples=40)
@given(st.data(), st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_counts_of_a_profile_are_texts(data: st.DataObject, online: int, waiting: int) -> None:
    counts = {"online_store_product_number": str(online), "auth_store_product_number": str(waiting)}
    wire = data.draw(shaped({**counts, "seller_id": 7}, frozenset(("online_store_product_number",))))

    found = read_profile(wire)

    assert found.listings == waiting + (online if "online_store_product_number" in wire else 0)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 9), max_size=4), st.sampled_from(["plain", "wrapped", "missing", "empty"]))
def test_a_list_reads_the_same_in_every_form(items: list[int], form: str) -> None:
    spelt = {"plain": items, "wrapped": {"number": items}, "missing": None, "empty": {}}[form]

    assert listed(spelt) == (items if form in ("plain", "wrapped") else [])


@settings(max_examples=40)
@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.none(), max_size=4))
def test_json_inside_json_survives_as_text_and_as_object(value: dict[str, Any]) -> None:
    assert embedded(json.dumps(value, ensure_ascii=False)) == embedded(value) == value


@settings(max_examples=40)
@given(st.text(max_size=12), st.booleans(), ids, st.booleans())
def test_a_verdict_of_a_feed(item: str, is_done: bool, product: int, is_text: bool) -> None:
    result = {"success": is_done, "productId": product} if is_done else {"success": is_done, "errorCode": "F00-1"}
    wire = {"item_content_id": item, "item_execution_result": json.dumps(result) if is_text else result}

    found = read_verdict(wire)

    assert (found.item_id, found.is_done) == (item, is_done)
    made = str(product) if product > 0 else ""
    assert (found.product_id, found.code) == ((made, "") if is_done else ("", "F00-1"))
