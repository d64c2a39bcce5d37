"""Every fault at once, in seeded disorder: nothing twice, nothing lost, whatever the marketplace answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import pytest

from app.services.db import Database
from app.services.listings.apart import all_pairs, tell_apart
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import RateLimited, Refused, TemporaryFault, Unanswered, Unreachable
from app.services.publishing import feeding, gate, sending
from app.services.publishing.gate import stop_and_keep
from app.services.publishing.queue import enqueue
from app.services.publishing.run import publish
from app.services.tasks import TaskContext
from tests.unit.publishing.conftest import FAST
from tests.unit.publishing.fake_marketplace import Applied, FakeMarketplace
from tests.unit.publishing.helpers import journal, loaded, states

Make = Callable[..., ListingRecord]
REFUSAL = "marketplace.title_length"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "TICK_S", 0.002)
    monkeypatch.setattr(gate, "FIRST_PAUSE_S", 0.002)
    monkeypatch.setattr(gate, "LONGEST_PAUSE_S", 0.002)
    monkeypatch.setattr(sending, "FAULT_PAUSE_S", 0.001)
    monkeypatch.setattr(feeding, "TWIN_PAUSE_S", 0.005)


def fault(dice: Random) -> Exception | None:
    """What a write meets: two in five are fine, one in five is applied without an answer."""
    kind = dice.randrange(10)
    if kind < 4:
        return None
    if kind < 6:
        return Applied()
    return (
        Unanswered(None),
        RateLimited(None, retry_after_s=0.002),
        Unreachable(None, host="api-sg.aliexpress.com"),
        TemporaryFault("marketplace.system_error", platform_code="F00-10-10000-001"),
    )[kind - 6]


def look_fault(dice: Random) -> Exception | None:
    """What a look-up meets."""
    return None if dice.random() < 0.6 else TemporaryFault(None, platform_code="13009999")


@pytest.mark.parametrize("seed", range(12))
async def test_faults_in_any_order(db: Database, make_sellable: Make, market: FakeMarketplace, seed: int) -> None:
    dice = Random(seed)
    twins = (("TWIN-1", 1890, 5), ("TWIN-2", 1890, 5))
    records = [make_sellable() for _ in range(20)]
    records += [make_sellable("Twin Lamp For Both Bedsides", skus=twins) for _ in range(3)]
    tell_apart(db, all_pairs([record.id for record in records[20:]]))
    market.script.extend(fault(dice) for _ in range(60))
    market.script.insert(dice.randrange(20), Refused(REFUSAL, platform_code="13006001", field="title"))
    market.lookup_script.extend(look_fault(dice) for _ in range(60))
    enqueue(db, 1, [record.id for record in records])

    ctx = TaskContext()
    stop_at = dice.randrange(5, 30)
    market.before_write = lambda content: stop_and_keep(ctx) if len(market.creates) == stop_at else None
    await publish(db, market, 1, ctx=ctx, settings=FAST, parallel=dice.randrange(1, 6), grace_s=dice.choice((0.0, 5.0)))
    await asyncio.gather(*(publish(db, market, 1, settings=FAST, parallel=3) for _ in range(2)))
    await publish(db, market, 1, settings=FAST)

    assert set(states(db)) <= {"in_review", "failed"}
    failed = {row.listing_id for row in journal(db) if row.state == "failed"}
    arrived = [record for record in records if record.id not in failed]
    assert market.titles() == sorted(record.title for record in arrived), "each once, and none that was refused"
    assert len({loaded(db, record.id).product_id for record in arrived}) == len(arrived)
    assert {row.error_code for row in journal(db) if row.state == "failed"} <= {REFUSAL, "marketplace.system_error"}
