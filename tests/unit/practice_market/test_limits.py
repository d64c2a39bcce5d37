"""Frequency limits, bans and the day quota (aliexpress-open-platform.md 4.4, 6)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from app.practice_market.clock import next_beijing_midnight_ms
from app.practice_market.faults import Switches
from app.practice_market.limits import Limits
from app.practice_market.refusals import Refusal
from tests.unit.practice_market.client import LEGACY_POST, OFFER_POST, OFFER_QUERY, SOLUTION_POST, Client, Turned

GROUPS = "aliexpress.product.productgroups.get"
START = 1_700_000_000_000


def admitted(limits: Limits, switches: Switches, method: str, moment_ms: int, app_key: str = "1") -> str:
    """ "" when let through, else the platform's sentence."""
    try:
        limits.admit(switches, app_key, method, moment_ms)
    except Refusal as refusal:
        return refusal.wording.text
    return ""


@pytest.mark.parametrize("method", [OFFER_POST, LEGACY_POST, SOLUTION_POST])
def test_a_hundred_creates_a_second(method: str) -> None:
    limits, switches = Limits(), Switches()
    for second in range(3):
        moments = [START + second * 1000 + step * 9 for step in range(100)]
        assert not any(admitted(limits, switches, method, moment) for moment in moments)
    text = admitted(limits, switches, method, START + 2999)
    assert text.endswith("This ban will last 1 seconds")
    assert limits.peaks[method] == 101


def test_a_ban_lasts_and_counts_down() -> None:
    limits, switches = Limits(), Switches(qps={"*": 1}, ban_s=37)
    assert not admitted(limits, switches, GROUPS, START)
    assert "37 seconds" in admitted(limits, switches, GROUPS, START + 1)
    assert "12 seconds" in admitted(limits, switches, GROUPS, START + 25_001)
    assert "1 seconds" in admitted(limits, switches, GROUPS, START + 37_000)
    assert not admitted(limits, switches, GROUPS, START + 37_001)


def test_limits_are_per_api_and_app() -> None:
    limits, switches = Limits(), Switches(qps={OFFER_POST: 1})
    assert not admitted(limits, switches, OFFER_POST, START)
    assert admitted(limits, switches, OFFER_POST, START)
    assert not admitted(limits, switches, OFFER_POST, START, app_key="2")
    assert not any(admitted(limits, switches, OFFER_QUERY, START) for _ in range(3000))


def test_reading_is_generous_but_not_endless() -> None:
    limits, switches = Limits(), Switches()
    assert not any(admitted(limits, switches, GROUPS, START) for _ in range(2000))
    assert admitted(limits, switches, GROUPS, START)


def test_the_quota_renews_at_midnight_in_beijing() -> None:
    limits, switches = Limits(), Switches(daily_quota=2)
    evening = int(datetime(2023, 11, 14, 15, 59, 0, tzinfo=UTC).timestamp() * 1000)
    assert not admitted(limits, switches, GROUPS, evening)
    assert not admitted(limits, switches, OFFER_POST, evening)
    assert "60 seconds" in admitted(limits, switches, GROUPS, evening)
    assert not admitted(limits, switches, GROUPS, evening + 60_000)


def test_midnight_in_beijing() -> None:
    midnight = next_beijing_midnight_ms(START)
    assert datetime.fromtimestamp(midnight / 1000, UTC) == datetime(2023, 11, 15, 16, tzinfo=UTC)
    assert next_beijing_midnight_ms(midnight) == midnight + 86_400_000


async def test_over_http_with_the_documented_error(shop: Client, clock: Turned) -> None:
    await shop.switch(qps={GROUPS: 2})
    bodies = [await shop.call(GROUPS) for _ in range(3)]
    error = bodies[2]["error_response"]
    assert (error["type"], error["code"]) == ("ISV", "AppApiCallLimit")
    assert re.search(r"ban will last (\d+) seconds", error["msg"])
    assert (await shop.state())["calls"] == {GROUPS: 2}, "a refused call reaches nobody"
    clock.turn(1)
    assert "result" in await shop.call(GROUPS)


async def test_refusals_of_the_gateway_do_not_count(shop: Client) -> None:
    await shop.switch(qps={GROUPS: 1})
    good = shop.token
    shop.token = "50000nobody"
    assert await shop.code(GROUPS) == "IllegalAccessToken"
    shop.token = good
    assert "result" in await shop.call(GROUPS)


async def test_the_quota_over_http(shop: Client) -> None:
    await shop.switch(daily_quota=1)
    await shop.call(GROUPS)
    assert await shop.code(OFFER_QUERY, {"product_id": 1}) == "AppCallLimit"
