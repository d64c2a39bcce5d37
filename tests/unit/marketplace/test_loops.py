"""The adapter on the loops the program runs on: Qt's in the window, asyncio's on the command line."""

from __future__ import annotations

import asyncio
import gc

from pytestqt.qtbot import QtBot

from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway
from app.services.marketplace.aliexpress.limits import Limits
from app.views.event_loop import WindowLoop
from tests.unit.marketplace.stub import SECRETS, FakeClock, Seen, StubMarket, content, credentials, refusal

FRESH = {"access_token": "fresh", "refresh_token": "fresh-refresh", "code": "0"}


async def work() -> tuple[list[str], int, int]:
    """Creates under a limit, with a token that dies on the way; ids, renewals, calls."""

    def answer(seen: Seen) -> dict[str, object]:
        if seen.params["session"] == SECRETS["access_token"]:
            return refusal("IllegalAccessToken")
        return {"result": {"product_id": len(market.seen)}}

    market = StubMarket()
    await market.start()
    market.answer("offer.product.post", answer)
    market.answer("/auth/token/refresh", FRESH)
    clock = FakeClock()
    gateway = Gateway(market.url, clock=clock, limits=Limits(clock, {"app_method": 50}))
    store = AliExpressMarketplace(credentials(), gateway, store_key="mugs")
    ids = await asyncio.gather(*(store.create_listing(content()) for _ in range(20)))
    await store.close()
    await gateway.close()
    await market.stop()
    return ids, len(market.of("/auth/token/refresh")), len(market.seen)


def check(outcome: tuple[list[str], int, int]) -> None:
    ids, renewals, calls = outcome
    assert len(set(ids)) == 20
    assert renewals == 1
    assert 22 <= calls <= 41


def test_on_asyncio() -> None:
    check(asyncio.run(work()))


def test_on_the_loop_of_the_window(qtbot: QtBot, qapp: object) -> None:
    on_qt(qapp)
    # The loop is part of cycles; left to chance, a later test's thread would delete its timers, which Qt forbids.
    gc.collect()


def on_qt(qapp: object) -> None:
    loop = WindowLoop(qapp)
    try:
        check(loop.run_until_complete(work()))
    finally:
        loop.close()
        asyncio.set_event_loop(None)
