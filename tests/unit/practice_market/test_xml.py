"""XML answers: the older gateway's default, and what `format=xml` asks for (aliexpress-open-platform.md 1.5, 4.2)."""

from __future__ import annotations

import hashlib
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.practice_market.xml_form import to_xml
from tests.unit.practice_market.client import OFFER_QUERY, SOLUTION_LIST, Client, sku

GROUPS = "aliexpress.product.productgroups.get"
QUERY = {"aeop_a_e_product_list_query": '{"product_status_type":"auditing"}'}


async def read(shop: Client, path: str, params: dict[str, str]) -> ElementTree.Element:
    """The root of an XML answer."""
    async with shop.http.post(shop.gateway + path, data=params) as response:
        assert (response.status, response.content_type, response.charset) == (200, "text/xml", "utf-8")
        return ElementTree.fromstring(await response.read())


def top(shop: Client, method: str, values: dict[str, str], **more: str) -> dict[str, str]:
    """A call of the older gateway that does not say which format it wants."""
    params = {"app_key": shop.app_key, "method": method, "session": shop.token, "v": "2.0", "sign_method": "md5"}
    params |= {"timestamp": str(shop._clock()), **values, **more}
    joined = "".join(key + value for key, value in sorted(params.items()))
    return {**params, "sign": hashlib.md5(f"{shop.secret}{joined}{shop.secret}".encode()).hexdigest().upper()}


def plain(element: ElementTree.Element) -> Any:
    """What a careless converter makes of it: one item is an object, two are a list."""
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for part in element:
        value = plain(part)
        if part.tag in found:
            found[part.tag] = [*(found[part.tag] if isinstance(found[part.tag], list) else [found[part.tag]]), value]
        else:
            found[part.tag] = value
    return found


async def test_the_older_gateway_answers_xml_unless_asked_otherwise(shop: Client) -> None:
    first = await shop.post_offer()
    root = await read(shop, "/router/rest", top(shop, SOLUTION_LIST, QUERY))
    assert root.tag == "aliexpress_solution_product_list_get_response"
    rows = root.findall("result/aeop_a_e_product_display_d_t_o_list/item_display_dto")
    assert [row.findtext("product_id") for row in rows] == [str(first)]
    assert root.findtext("result/success") == "true"
    assert root.findtext("request_id")
    body = await shop.send(top(shop, SOLUTION_LIST, QUERY, format="json"), "/router/rest")
    assert body["aliexpress_solution_product_list_get_response"]["result"]["product_count"] == 1


async def test_a_list_of_one_collapses_for_who_converts_it(shop: Client) -> None:
    for _ in range(2):
        root = await read(shop, "/router/rest", top(shop, SOLUTION_LIST, QUERY))
        listed = plain(root)["result"].get("aeop_a_e_product_display_d_t_o_list", {}).get("item_display_dto", {})
        await shop.post_offer()
    assert isinstance(listed, dict)
    root = await read(shop, "/router/rest", top(shop, SOLUTION_LIST, QUERY))
    assert len(plain(root)["result"]["aeop_a_e_product_display_d_t_o_list"]["item_display_dto"]) == 2


async def test_it_can_be_asked_of_the_newer_gateway_and_is_never_simplified(shop: Client) -> None:
    title = "Slim Phone Case & Stand 'Soft' Touch"
    product_id = await shop.post_offer(
        subject_list=[{"locale": "en_US", "value": title}], aeop_ae_product_s_k_us=[sku("A&B")]
    )
    params = shop.signed({**shop.params(OFFER_QUERY, {"product_id": product_id}, simplify=True), "format": "xml"})
    root = await read(shop, "/sync", params)
    assert root.tag == "aliexpress_offer_product_query_response"
    assert root.findtext("result/subject_list/subject/value") == title
    assert root.findtext("result/aeop_ae_product_s_k_us/aeop_ae_product_sku/sku_code") == "A&B"


async def test_errors_of_both_gateways(shop: Client) -> None:
    root = await read(shop, "/router/rest", {**top(shop, GROUPS, {}), "sign": "0" * 32})
    assert (root.tag, root.findtext("code")) == ("error_response", "25")
    xml = shop.signed({**shop.params(OFFER_QUERY, {"product_id": 1}), "format": "xml"})
    root = await read(shop, "/sync", xml)
    assert (root.findtext("code"), root.findtext("sub_code")) == ("15", "F00-00-10001-002")


async def test_another_format_is_refused(shop: Client) -> None:
    body = await shop.send(top(shop, GROUPS, {}, format="yaml"), "/router/rest")
    assert body["error_response"]["code"] == 23
    refused = await shop.send(shop.signed({**shop.params(GROUPS), "format": "yaml"}))
    assert refused["error_response"]["code"] == "InvalidFormat"


async def test_path_apis_stay_json(shop: Client) -> None:
    body = await shop.path("/auth/token/refresh", {"refresh_token": shop.refresh_token, "format": "xml"})
    assert body["code"] == "0"


async def test_a_store_can_be_listed_in_xml_like_in_json(full: Client) -> None:
    """The same values, all of them text."""
    wanted = await full.call(GROUPS, simplify=False)

    def texts(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: texts(part) for key, part in value.items()}
        if isinstance(value, list):
            items = [texts(part) for part in value]
            return items[0] if len(items) == 1 else items
        return str(value).lower() if isinstance(value, bool) else str(value)

    root = await read(full, "/router/rest", top(full, GROUPS, {}))
    (wrapper,) = wanted.values()
    assert plain(root)["result"] == texts(wrapper)["result"]


names = st.from_regex(r"\A[a-z_]{1,9}\Z")


@settings(max_examples=60)
@given(st.dictionaries(names, st.text(max_size=20), max_size=5))
def test_any_text_survives_but_for_what_xml_cannot_say(fields: dict[str, str]) -> None:
    root = ElementTree.fromstring(to_xml({"root": fields}))
    for name, text in fields.items():
        said = "".join(sign for sign in text if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff"))
        assert (root.findtext(name) or "") == said.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("value", "written"),
    [(True, "true"), (None, ""), (-1700000001, "-1700000001"), (2**63 - 1, "9223372036854775807"), ([], None)],
)
def test_values(value: Any, written: str | None) -> None:
    root = ElementTree.fromstring(to_xml({"root": {"a": value}}))
    assert (None if root.find("a") is None else root.findtext("a")) == written
