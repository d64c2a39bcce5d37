"""The trace: everything a supporter needs, nothing secret."""

from __future__ import annotations

import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway, create_credentials
from app.services.marketplace.aliexpress.trace import HttpTrace
from app.services.marketplace.port import MarketplaceError
from tests.unit.marketplace.stub import CUT, SECRETS, START, FakeClock, StubMarket, content, credentials, refusal

POST = "offer.product.post"
FRESH = {"access_token": "shh-fresh-access", "refresh_token": "shh-fresh-refresh"}


@pytest.fixture
def trace(tmp_path: Path) -> Iterator[HttpTrace]:
    opened = HttpTrace(tmp_path / "trace", is_on=True)
    yield opened
    opened.close()


@pytest.fixture
async def traced(market: StubMarket, clock: FakeClock, trace: HttpTrace) -> AsyncIterator[AliExpressMarketplace]:
    gateway = Gateway(market.url, clock=clock, trace=trace)
    yield AliExpressMarketplace(credentials(), gateway, store_key="mugs")
    await gateway.close()


def entries(trace: HttpTrace) -> list[dict[str, Any]]:
    trace.close()
    return [json.loads(line) for line in trace.path.read_text("utf-8").splitlines()] if trace.path.exists() else []


def note(
    trace: HttpTrace, body: bytes = b"{}", params: dict[str, str] | None = None, secrets: tuple[str, ...] = ()
) -> None:
    trace.note(START, store="s", method="a.b", params=params or {}, body=body, outcome="ok", took_ms=1, secrets=secrets)


async def test_a_call_is_told_with_what_was_sent_and_answered(
    traced: AliExpressMarketplace, market: StubMarket, trace: HttpTrace
) -> None:
    market.answer(POST, {"result": {"product_id": 5}})

    await traced.create_listing(content())

    (entry,) = entries(trace)
    assert entry["store"] == "mugs"
    assert entry["method"] == "aliexpress.offer.product.post"
    assert (entry["outcome"], entry["at"]) == ("ok", START.isoformat(timespec="milliseconds"))
    assert entry["sent"]["aeop_a_e_product"]["category_id"] == 200000346
    assert entry["answer"] == {"result": {"product_id": 5}}


async def test_failures_are_told_by_their_code(
    traced: AliExpressMarketplace, market: StubMarket, trace: HttpTrace
) -> None:
    market.answer(POST, refusal(15, "dup", "F00-00-10007-007"), CUT)

    for _ in range(2):
        with pytest.raises(MarketplaceError):
            await traced.create_listing(content())

    assert [entry["outcome"] for entry in entries(trace)] == [
        "marketplace.sku_code_duplicate",
        "marketplace.unanswered",
    ]


async def test_no_secret_is_in_it_whatever_the_platform_repeats(
    traced: AliExpressMarketplace, market: StubMarket, trace: HttpTrace
) -> None:
    market.answer(
        POST,
        refusal("IllegalAccessToken", f"{SECRETS['access_token']} is dead"),
        {
            "result": {
                "product_id": 5,
                "session": "another",
                "echo": json.dumps({"sign": "ABC", "t": SECRETS["app_secret"]}),
            }
        },
    )
    market.answer("/auth/token/refresh", {**FRESH, "code": "0"})
    market.answer("/auth/token/create", {**FRESH, "code": "0"})

    await traced.create_listing(content())
    await create_credentials(traced._session.gateway, "500123", SECRETS["app_secret"], "shh-code")

    written = trace.path.read_text("utf-8") if entries(trace) else ""
    assert "/auth/token/refresh" in written
    assert [
        secret
        for secret in (*SECRETS.values(), *FRESH.values(), "shh-code", "another", "ABC", "500123")
        if secret in written
    ] == []


async def test_people_are_not_in_it(traced: AliExpressMarketplace, market: StubMarket, trace: HttpTrace) -> None:
    order = {"order_id": 1, "buyer_signer_fullname": "Invented Person", "order_status": "FINISH"}
    market.answer("solution.order.get", {"result": {"success": True, "total_page": 1, "target_list": [order]}})

    await traced.list_orders(created_from=START, created_to=START)

    assert "Invented Person" not in trace.path.read_text("utf-8") if entries(trace) else True


def test_nothing_is_written_while_it_is_off(tmp_path: Path) -> None:
    trace = HttpTrace(tmp_path / "trace")
    note(trace)
    trace.close()

    assert not (tmp_path / "trace").exists()
    trace.is_on = True
    note(trace)
    assert len(entries(trace)) == 1


def test_answers_that_are_no_json_or_very_long(trace: HttpTrace) -> None:
    note(trace, b"<html>sign in</html>")
    note(trace, b'{"access_token": "half of an ans')
    note(trace, json.dumps({"rows": ["x" * 100] * 2000, "session": "gone"}).encode())

    html, half, long = entries(trace)
    assert html["answer"] == "<html>sign in</html>"
    assert half["answer"] == "(32 characters that are no JSON)"
    assert long["answer"].startswith('{"rows":["xxx')
    assert len(long["answer"]) < 70_000
    assert "gone" not in long["answer"]


def test_a_secret_with_signs_that_json_escapes_is_found(trace: HttpTrace) -> None:
    secret = 'a"b\\c'

    note(trace, json.dumps({"said": f"your secret {secret} is wrong"}).encode(), secrets=(secret,))

    assert entries(trace)[0]["answer"] == {"said": "your secret *** is wrong"}


def test_its_size_is_bounded(tmp_path: Path) -> None:
    trace = HttpTrace(tmp_path, is_on=True, largest=2000)
    for number in range(50):
        note(trace, params={"number": str(number)})

    last = entries(trace)[-1]
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == 2
    assert max(sizes) <= 2000
    assert last["sent"] == {"number": "49"}


def test_it_is_packed_for_support_and_forgotten(trace: HttpTrace, tmp_path: Path) -> None:
    for _ in range(3):
        note(trace)

    assert trace.export(tmp_path / "out.zip") == 3
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["http-trace.jsonl"]
        assert archive.read("http-trace.jsonl").count(b"\n") == 3
    trace.clear()
    assert trace.export(tmp_path / "empty.zip") == 0


@pytest.mark.logs_errors
def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "trace").write_text("a file where the folder should be")
    trace = HttpTrace(tmp_path / "trace", is_on=True)

    note(trace)
    trace.close()

    assert "the trace cannot be written" in caplog.text
