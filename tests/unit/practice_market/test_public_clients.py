"""Public SDKs, as PyPI offers them, work against the market: token exchange and renewal, product list, order list.

Each runs in a process of its own: one writes a log below the home folder as soon as it is imported.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.practice_market import PracticeMarket

CLIENTS = Path(__file__).parent / "clients"
STORE = "240017301"


@pytest.fixture
async def open_market(tmp_path: Path) -> AsyncIterator[PracticeMarket]:
    """A seeded market with the real time, which the SDKs take."""
    async with PracticeMarket(tmp_path / "open.db", seed=True) as running:
        yield running


async def day(market: PracticeMarket, http: aiohttp.ClientSession, client: str, home: Path) -> dict[str, Any]:
    """What a client's program got, after a seller gave it a code on the consent page."""
    params = {"client_id": market.credentials["app_key"], "store": STORE, "response_type": "code"}
    async with http.get(market.gateway + "/oauth/authorize", params=params) as response:
        code = (await response.text()).split("<code>")[1].split("</code>")[0]
    since = (datetime.now(UTC) - timedelta(days=100)).strftime("%Y-%m-%d %H:%M:%S")
    told = {**market.credentials, "code": code, "since": since}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(CLIENTS / f"{client}.py"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "HOME": str(home), "USERPROFILE": str(home), "NO_PROXY": "*"},
    )
    output, errors = await process.communicate(json.dumps(told).encode())
    assert process.returncode == 0, errors.decode()
    found: dict[str, Any] = json.loads(output)
    return found


async def test_top_style(open_market: PracticeMarket, http: aiohttp.ClientSession, tmp_path: Path) -> None:
    """`aliexpress-sdk`: MD5, system parameters in the query, the answer wrapped, lists with element keys."""
    found = await day(open_market, http, "top", tmp_path)
    assert (found["tokens"]["user_id"], found["tokens"]["sp"]) == (STORE, "ae")
    products = found["products"]["aliexpress_solution_product_list_get_response"]["result"]
    assert len(products["aeop_a_e_product_display_d_t_o_list"]["item_display_dto"]) == 5
    assert products["product_count"] == open_market.state()["stores"][0]["products"]["onSelling"]
    orders = found["orders"]["aliexpress_solution_order_get_response"]["result"]
    assert {row["seller_login_id"] for row in orders["target_list"]["order_dto"]} == {"cn1520034417chenf"}
    assert found["refused"] == {"refused": 27, "sub_code": "invalid-sessionkey"}


async def test_iop_style(open_market: PracticeMarket, http: aiohttp.ClientSession, tmp_path: Path) -> None:
    """`lazop-sdk`: HMAC-SHA256, the path in front of the signed text, GET and POST, the answer simplified."""
    found = await day(open_market, http, "iop", tmp_path)
    assert (found["tokens"]["code"], found["tokens"]["seller_id"]) == ("0", STORE)
    products = found["products"]["result"]
    assert len(products["aeop_a_e_product_display_d_t_o_list"]) == 5
    orders = found["orders"]["result"]
    assert orders["success"] is True
    assert {row["seller_login_id"] for row in orders["target_list"]} == {"cn1520034417chenf"}
    assert found["refused"]["error_response"]["code"] == "IllegalAccessToken"
