"""Every documented sample, read in every spelling the platform may give it: the property behind the single tests.

A spelling changes what says nothing (aliexpress-open-platform.md 4.2): the wrapper, the form of each list, a number or
flag as text, a null that is left out. What is read must not depend on it, of good answers and of refusals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.marketplace.aliexpress.envelope import open_answer
from app.services.marketplace.aliexpress.mapping import methods
from app.services.marketplace.aliexpress.mapping.batch import read_job, read_outcome, read_verdict
from app.services.marketplace.aliexpress.mapping.listing import read_content, read_listing, read_summary
from app.services.marketplace.aliexpress.mapping.lists import plain_lists
from app.services.marketplace.aliexpress.mapping.methods import Method
from app.services.marketplace.aliexpress.mapping.solution import write_solution
from app.services.marketplace.aliexpress.mapping.store import (
    read_attribute,
    read_freight_services,
    read_freight_template,
)
from app.services.marketplace.aliexpress.mapping.table import rows
from app.services.marketplace.aliexpress.tokens import _credentials
from app.services.marketplace.aliexpress.values import listed, text, whole
from app.services.marketplace.port import MarketplaceError, RemoteStatus, StoreCredentials
from tests.unit.marketplace.stub import DATA, START, sample
from tests.unit.marketplace.test_shapes import RECORDED
from tests.unit.marketplace.test_solution_mapping import as_read

Reader = Callable[[dict[str, Any]], Any]
SUMMARIES = "aeop_a_e_product_display_d_t_o_list"
BUYER_ROWS = "aeop_freight_calculate_result_for_buyer_d_t_o_list"
NOBODY = StoreCredentials("1", "secret", "old", "old")
NOT_ANSWERS = {"documented-codes"}
"""Lists for tests, no answers."""


def summaries(answer: dict[str, Any]) -> Any:
    return [read_summary(row, RemoteStatus.ON_SALE) for row in rows(answer.get(SUMMARIES))], whole(
        answer["product_count"]
    )


def refused_ids(answer: dict[str, Any]) -> Any:
    found = [(text(row["error_code"]), listed(row["product_ids"])) for row in rows(answer.get("error_details"))]
    return whole(answer["modify_count"]), [(code, [text(one) for one in ids]) for code, ids in found]


def template(answer: dict[str, Any]) -> Any:
    return read_freight_template(answer, read_freight_services(rows(answer.get("freight_setting_list"))))


def bodies(name: str) -> list[dict[str, Any]]:
    """The answers of a recorded document; notes about it are none."""
    document = sample(name)
    if "bodies" in document:
        return list(document["bodies"])
    return [document.get("body", document)]


GOOD: dict[str, tuple[dict[str, Any], Method, Reader]] = {
    **{f"{what}, recorded": found for what, found in RECORDED.items()},
    "tokens": (
        bodies("auth-token-create")[0],
        methods.TOKEN_CREATE,
        lambda answer: _credentials(NOBODY, answer, methods.TOKEN_CREATE),
    ),
    "attributes": (
        bodies("category-attributes")[0],
        methods.CATEGORY_ATTRIBUTES,
        lambda answer: [read_attribute(plain_lists(row)) for row in rows(answer.get("attributes"))],
    ),
    "templates": (
        sample("freight-templates")["list"],
        methods.FREIGHT_LIST,
        lambda answer: [
            read_freight_template(row, None) for row in rows(answer.get("aeop_freight_template_d_t_o_list"))
        ],
    ),
    "template": (
        sample("freight-templates")["detail"],
        methods.FREIGHT_READ,
        lambda answer: template(answer).template_id,
    ),
    "online": (bodies("online-offline.partial")[0], methods.LISTING_ONLINE, refused_ids),
    "fulfil": (
        bodies("order-fulfill")[0],
        Method("aliexpress.solution.order.fulfill", flags=("result_success",)),
        lambda answer: str(answer["result_success"]).lower(),
    ),
    "simplified list": (bodies("product-list-get.simplified")[0], methods.SOLUTION_LIST, summaries),
    "nothing listed": (bodies("product-list-get.simplified")[1], methods.SOLUTION_LIST, summaries),
    "created": (bodies("product-post")[0], methods.SOLUTION_CREATE, lambda answer: text(answer["product_id"])),
    "feed submitted": (
        sample("feed-life-cycle")["submit"],
        methods.FEED_SUBMIT,
        lambda answer: text(answer["job_id"]),
    ),
    "feeds": (
        sample("feed-life-cycle")["list"],
        methods.FEED_LIST,
        lambda answer: [read_job(row) for row in rows(answer.get("job_list"))],
    ),
    "feed results": (
        sample("feed-life-cycle")["query"],
        methods.FEED_QUERY,
        lambda answer: [read_verdict(row) for row in rows(answer.get("result_list"))],
    ),
    "prices": (bodies("batch-price-update.partial")[0], methods.PRICE_BATCH, read_outcome),
    "freight for buyers": (
        bodies("buyer-freight-calculate")[0],
        Method("aliexpress.logistics.buyer.freight.calculate"),
        lambda answer: [(row["service_name"], whole(row["freight"]["cent"])) for row in rows(answer[BUYER_ROWS])],
    ),
}
BAD: dict[str, tuple[dict[str, Any], Method]] = {
    **{
        f"code 15, {number}": (body, methods.LISTING_CREATE)
        for number, body in enumerate(bodies("error-business-code-15"))
    },
    **{f"limit {number}": (body, methods.LISTING_READ) for number, body in enumerate(bodies("error-rate-limit"))},
    "at the root": (bodies("error-rest-root-level")[0], methods.TOKEN_CREATE),
    "dead token": (bodies("error-sync-illegal-access-token")[0], methods.LISTING_READ),
    "shipment": (bodies("order-fulfill")[1], methods.SHIPMENT_DECLARE),
}


def answers_in(value: Any) -> Iterator[Any]:
    """Every answer that stands in a recorded document."""
    if isinstance(value, list):
        for part in value:
            yield from answers_in(part)
    elif isinstance(value, dict):
        is_answer = {"result", "error_response", "message", "access_token"} & value.keys()
        if is_answer or any(name.endswith("_response") for name in value):
            yield value
        else:
            for part in value.values():
                yield from answers_in(part)


def test_no_sample_is_left_out() -> None:
    """A new document in the folder must be read here, too."""
    read = [answer for answer, *_ in (*GOOD.values(), *BAD.values())]
    documents = sorted(path.stem for path in DATA.glob("*.json") if path.stem not in NOT_ANSWERS)
    assert len(documents) >= 19
    assert [name for name in documents if not all(answer in read for answer in answers_in(sample(name)))] == []


@st.composite
def respelt(draw: st.DrawFn, value: Any) -> Any:
    """*value* in another spelling that says the same."""
    if isinstance(value, dict):
        inner = next(iter(value.values())) if len(value) == 1 else None
        if isinstance(inner, list) and draw(st.booleans()):
            return [draw(respelt(item)) for item in inner]
        kept = {name: part for name, part in value.items() if part is not None or draw(st.booleans())}
        return {name: draw(respelt(part)) for name, part in kept.items()}
    if isinstance(value, list):
        return [draw(respelt(item)) for item in value]
    if isinstance(value, bool):
        return draw(st.sampled_from([value, str(value).lower()]))
    return draw(st.sampled_from([value, str(value)])) if isinstance(value, int) else value


@st.composite
def answered(draw: st.DrawFn, answer: dict[str, Any]) -> bytes:
    """A respelt answer as bytes; its wrapper may be missing, its fields come in any order."""
    ((wrapper, body), *more) = answer.items()
    is_wrapped = wrapper.endswith("_response") and not more
    if is_wrapped and wrapper != "error_response" and draw(st.booleans()):
        answer = body
    found = draw(respelt(answer))
    return orjson.dumps(dict(draw(st.permutations(list(found.items())))))


@settings(max_examples=25)
@pytest.mark.parametrize("name", GOOD)
@given(st.data())
def test_a_sample_reads_the_same_in_every_spelling(name: str, data: st.DataObject) -> None:
    answer, method, reader = GOOD[name]
    plain = reader(open_answer(orjson.dumps(answer), method, now=START))

    assert plain not in (None, "", [])
    assert reader(open_answer(data.draw(answered(answer)), method, now=START)) == plain


def refusal(body: bytes, method: Method) -> tuple[Any, ...]:
    with pytest.raises(MarketplaceError) as caught:
        open_answer(body, method, now=START)
    error = caught.value
    return type(error), error.error_code, error.platform_code, error.platform_text, error.field


@settings(max_examples=25)
@pytest.mark.parametrize("name", BAD)
@given(st.data())
def test_a_refusal_means_the_same_in_every_spelling(name: str, data: st.DataObject) -> None:
    answer, method = BAD[name]

    assert refusal(data.draw(answered(answer)), method) == refusal(orjson.dumps(answer), method)


@settings(max_examples=25)
@given(st.data())
def test_the_recorded_listing_survives_being_sent_and_read(data: st.DataObject) -> None:
    """Detail in any spelling, our content, the request of a create, what the platform answers: the same content."""
    answer, method, _ = RECORDED["detail"]
    read = read_listing(plain_lists(open_answer(data.draw(answered(answer)), method, now=START))).content

    assert read_content(as_read(write_solution(read))) == read
