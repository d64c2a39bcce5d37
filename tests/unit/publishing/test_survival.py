"""Killed at any point, started again: every listing is on the marketplace exactly once.

A program of its own publishes to the practice market over HTTP and ends without a word, again and again, each time
at another point (`publisher_program`), or is killed from outside. The market counts what arrived.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.models import Category, CategoryAttribute, FreightTemplate
from app.practice_market import PracticeMarket
from app.services.clock import now_ms
from app.services.db import Database
from app.services.listings.records import ListingRecord
from app.services.marketplace.aliexpress.adapter import AliExpressMarketplace
from app.services.marketplace.aliexpress.gateway import Gateway
from app.services.marketplace.port import RemoteStatus, StoreCredentials
from app.services.publishing.batches import open_batches
from app.services.publishing.queue import enqueue
from app.services.publishing.report import batch_report
from app.services.publishing.run import publish
from tests.unit.publishing.forked import Program, load_once
from tests.unit.publishing.helpers import journal, states, statuses, write
from tests.unit.publishing.publisher_program import SETTINGS, run_program

LAMP_PARTS = "200004104"
SWITCHES = {"audit_delay_s": 0.3, "latency_ms": {"aliexpress.offer.product.post": 25.0}}
NO_FEEDS = 1_000_000
Make = Callable[..., ListingRecord]
load_once("tests.unit.publishing.publisher_program")


@asynccontextmanager
async def connected(market: PracticeMarket) -> AsyncIterator[AliExpressMarketplace]:
    """The adapter of the market's first store."""
    known = market.credentials
    store = known["stores"][0]
    gateway = Gateway(market.gateway)
    secrets = StoreCredentials(known["app_key"], known["app_secret"], store["access_token"], store["refresh_token"])
    marketplace = AliExpressMarketplace(secrets, gateway, store_key="one")
    try:
        yield marketplace
    finally:
        await marketplace.close()
        await gateway.close()


@pytest.fixture
async def market(tmp_path: Path, db: Database) -> AsyncIterator[PracticeMarket]:
    """A market over HTTP whose first store is our store 1, with what the checker has to know of it."""
    async with PracticeMarket(tmp_path / "market.db", seed=False, faults=SWITCHES) as market:
        async with connected(market) as marketplace:
            templates = [one for one in await marketplace.freight_templates() if one.template_id != "1000"]
            attributes = await marketplace.category_attributes(LAMP_PARTS)
        write(db, "UPDATE store SET gateway = ?", market.gateway)
        moment = now_ms()
        with db.write() as session:
            session.add(FreightTemplate(store_id=1, template_id=templates[0].template_id, name="x", synced_ms=moment))
            names = {"name_zh": "台灯配件", "name_en": "Lamp Parts", "path_zh": "台灯配件", "path_en": "Lamp Parts"}
            session.add(
                Category(
                    gateway=market.gateway,
                    category_id=LAMP_PARTS,
                    parent_id="0",
                    level=1,
                    is_leaf=True,
                    fetched_ms=moment,
                    **names,
                )
            )
            session.add_all(
                CategoryAttribute(
                    gateway=market.gateway,
                    category_id=LAMP_PARTS,
                    attribute_id=found.attribute_id,
                    name_zh=found.name_zh,
                    name_en=found.name_en,
                    is_required=found.is_required,
                    is_sku=found.is_sku,
                    allows_custom_name=found.allows_custom_name,
                    show_type=found.show_type,
                    position=found.order,
                    values=[{"id": value.value_id, "zh": value.name_zh, "en": value.name_en} for value in found.values],
                    fetched_ms=moment,
                )
                for found in attributes
            )
        yield market


@pytest.fixture
def make_part(market: PracticeMarket, db: Database, make_listing: Make, pictures: list[str]) -> Make:
    """A lamp part the practice market takes."""
    numbers = iter(range(1, 1_000))
    with db.read() as session:
        template_id = session.connection().exec_driver_sql("SELECT template_id FROM freight_template").scalar_one()

    def make(**fields: Any) -> ListingRecord:
        number = next(numbers)
        ready: dict[str, Any] = {
            "title": f"Brass Lamp Socket With Switch For Bedside Lights Series {number}",
            "status": "ready",
            "skus": ((f"LP{number:04d}-BK", 489, 120), (f"LP{number:04d}-WH", 489, 90)),
            "images": tuple(pictures[: 1 + number % 3]),
            "category_id": LAMP_PARTS,
            "freight_template_id": template_id,
            "unit": "100000015",
            "handling_days": 5,
            "weight_g": 90,
            "length_cm": 8,
            "width_cm": 8,
            "height_cm": 6,
            "detail_html": "<p>Solid brass, fits E27 bulbs.</p>",
        }
        return make_listing(**{**ready, **fields})

    return make


async def start(db: Database, market: PracticeMarket, kill_at: str = "", feed_from: int = NO_FEEDS) -> Program:
    """The program, under way."""
    return Program(run_program, str(db.path), market.credentials, kill_at, feed_from)


async def run_to_the_end(db: Database, market: PracticeMarket, feed_from: int = NO_FEEDS) -> dict[str, Any]:
    """The program, left alone. Returns: what it says it did."""
    program = await start(db, market, "", feed_from)
    said, _ = await program.communicate()
    assert program.returncode == 0
    found: dict[str, Any] = json.loads(said)
    return found


def on_sale(market: PracticeMarket) -> int:
    return int(market.state()["stores"][0]["products"].get(RemoteStatus.ON_SALE, 0))


async def titles_there(market: PracticeMarket) -> list[str]:
    """Titles of everything the store has on the marketplace, sorted."""
    found: list[str] = []
    async with connected(market) as marketplace:
        for status in RemoteStatus:
            page, pages = 1, 1
            while page <= pages:
                rows = await marketplace.list_listings(status, page, 99)
                found += [row.title for row in rows.rows]
                page, pages = page + 1, rows.pages
    return sorted(found)


async def check_once_each(db: Database, market: PracticeMarket, records: list[ListingRecord]) -> None:
    """Every listing is there once, the journal is settled, and both agree."""
    assert await titles_there(market) == sorted(record.title for record in records)
    assert market.state()["duplicates"] == 0
    assert set(states(db)) == {"live"}
    assert set(statuses(db)) == {"live"}
    with db.read() as session:
        products = list(session.connection().exec_driver_sql("SELECT product_id FROM listing").scalars())
    assert len(set(products)) == len(records)
    assert {row.owner for row in journal(db)} == {""}
    assert open_batches(db) == []


async def test_over_http_everything_becomes_live(db: Database, market: PracticeMarket, make_part: Make) -> None:
    records = [make_part() for _ in range(12)]
    made = enqueue(db, 1, [record.id for record in records])
    assert (made.queued, made.skipped) == (12, ())
    async with connected(market) as marketplace:
        result = await publish(db, marketplace, 1, made.batch_id, settings=SETTINGS)
    assert (result.live, result.attempts, result.failed) == (12, 12, 0)
    await check_once_each(db, market, records)
    assert market.state()["stores"][0]["images"] == 3, "three pictures, uploaded once each"


async def test_what_the_platform_refuses_comes_back_with_its_field(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    """A green preview that turns red: the platform knows a rule we do not."""
    market.faults.update({"product_limit": 1})
    made = enqueue(db, 1, [make_part().id, make_part().id])
    async with connected(market) as marketplace:
        result = await publish(db, marketplace, 1, made.batch_id, settings=SETTINGS, parallel=1)
    assert made.batch_id is not None
    (group,) = batch_report(db, made.batch_id).groups
    assert (result.live, result.failed, group.code) == (1, 1, "marketplace.product_ceiling")
    assert "150008" in group.platform_text


POINTS = (
    "before commit 1",
    "in commit 1",
    "after commit 1",
    "in claim 1",
    "before upload_image 1",
    "in upload_image 1",
    "after upload_image 1",
    "in commit 2",
    "after commit 2",
    "before create_listing 1",
    "in create_listing 1",
    "before find_listings 1",
    "after create_listing 1",
    "in find_listings 1",
    "in commit 3",
    "after commit 3",
    "in create_listing 2",
    "after find_listings 1",
    "after create_listing 2",
    "after find_listings 2",
    "in commit 4",
    "after commit 4",
    "in create_listing 5",
    "in claim 2",
)
"""Each program dies at the next of these; every one finds what the ones before it left."""


@pytest.mark.slow
async def test_killed_at_any_point_every_listing_is_there_once(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    records, deaths = [], []
    for point in POINTS:
        fresh = [make_part() for _ in range(5)]
        assert enqueue(db, 1, [record.id for record in fresh]).queued == 5
        records += fresh
        program = await start(db, market, point)
        said, _ = await program.communicate()
        assert program.returncode in (0, 9), said
        deaths.append(said.decode())
    assert deaths == list(POINTS)
    last = await run_to_the_end(db, market)
    assert (last["failed"], last["unknown"], last["queued"]) == (0, 0, 0)
    await check_once_each(db, market, records)


@pytest.mark.slow
async def test_killed_from_outside_in_the_middle_of_sending(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    """`kill -9`, whenever the market has seen some more."""
    records = [make_part() for _ in range(40)]
    enqueue(db, 1, [record.id for record in records])
    for wanted in (1, 4, 9, 15, 22):
        program = await start(db, market)
        async with asyncio.timeout(60):
            while market.state()["creates"] < wanted and program.returncode is None:  # noqa: ASYNC110 - polled: HTTP
                await asyncio.sleep(0.002)
        if program.returncode is None:
            program.kill()
        await program.wait()
    assert 0 < market.state()["creates"] <= 40
    await run_to_the_end(db, market)
    await check_once_each(db, market, records)


@pytest.mark.slow
async def test_two_programs_at_once_send_everything_once(db: Database, market: PracticeMarket, make_part: Make) -> None:
    records = [make_part() for _ in range(60)]
    enqueue(db, 1, [record.id for record in records])
    said = await asyncio.gather(*(run_to_the_end(db, market) for _ in range(2)))
    assert sum(one["attempts"] for one in said) == 60
    await run_to_the_end(db, market)  # reviews of whatever both left
    await check_once_each(db, market, records)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    ["cut_after_commit", "cut_before_commit", "cut_mid_answer", "service_timeout_applied", "system_error_applied"],
)
async def test_unanswered_writes_are_looked_up_over_http(
    db: Database, market: PracticeMarket, make_part: Make, fault: str
) -> None:
    post = "aliexpress.offer.product.post"
    market.faults.update({"script": [{"method": post, "fault": fault, "skip": 2, "times": 3}]})
    records = [make_part() for _ in range(10)]
    enqueue(db, 1, [record.id for record in records])
    async with connected(market) as marketplace:
        result = await publish(db, marketplace, 1, settings=SETTINGS)
    assert (result.live, result.unknown, result.failed) == (10, 0, 0)
    assert result.attempts == (13 if fault == "cut_before_commit" else 10)
    await check_once_each(db, market, records)
