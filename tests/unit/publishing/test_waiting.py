"""Refusals "not now": a review is waited for, a promotion is told with its end, and every wait is said in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.cli.spoken import Spoken
from app.services.clock import OFFICE
from app.services.db import Database
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.records import ListingRecord
from app.services.marketplace.aliexpress.errors import Problem, error_for
from app.services.marketplace.port import NotNow
from app.services.publishing.report import batch_report
from app.services.publishing.report_book import sentence
from app.services.tasks import TaskContext
from tests.unit.publishing.conftest import FAST, REVIEWED
from tests.unit.publishing.fake_marketplace import FakeMarketplace
from tests.unit.publishing.helpers import publish_all, states, write

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
Make = Callable[..., ListingRecord]


class Heard(TaskContext):
    """Remembers what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[str] = []

    def report(self, done: int, total: int | None = None, *, failed: int = 0, note: str = "", **params: object) -> None:
        super().report(done, total, failed=failed, note=note, **params)
        self.notes.append(note)


async def edited(db: Database, market: FakeMarketplace, make: Make) -> int:
    """A live listing with a change to send."""
    record = make()
    await publish_all(db, market, [record.id])
    write(db, "UPDATE publish_task SET state = 'live'")
    write(db, "UPDATE listing SET status = 'live'")
    edit_listings(db, [ListingEdit(record.id, fields={"weight_g": 900})], label="change.edit")
    return record.id


async def test_an_edit_waits_for_the_review_to_end(db: Database, market: FakeMarketplace, make_sellable: Make) -> None:
    listing_id, ctx = await edited(db, market, make_sellable), Heard()
    market.script.extend([NotNow(), NotNow()])

    result = await publish_all(db, market, [listing_id], settings=REVIEWED, ctx=ctx)

    assert (result.live, result.failed, len(market.edits)) == (1, 0, 3)
    assert "publishing.waits_for_review" in ctx.notes


@pytest.mark.parametrize("settings", [FAST, replace(REVIEWED, review_patience_s=0.02)])
async def test_a_review_that_outlasts_the_run_is_a_reason(
    db: Database, market: FakeMarketplace, make_sellable: Make, settings: Any
) -> None:
    listing_id = await edited(db, market, make_sellable)
    market.script.extend([NotNow()] * 50)

    result = await publish_all(db, market, [listing_id], settings=settings)

    assert (result.failed, states(db)[-1]) == (1, "failed")
    assert batch_report(db, result.batch_ids[0]).groups[0].code == "marketplace.in_review"


async def test_a_promotion_is_a_reason_at_once_with_its_end(
    db: Database, market: FakeMarketplace, make_sellable: Make
) -> None:
    listing_id = await edited(db, market, make_sellable)
    text = "product 7 is in a promotion until 2026-11-30 23:59:00"
    market.script.append(error_for(Problem("15", "13001030", text), now=NOW))

    result = await publish_all(db, market, [listing_id], settings=REVIEWED)

    (group,) = batch_report(db, result.batch_ids[0]).groups
    until = datetime(2026, 11, 30, 15, 59, tzinfo=UTC).astimezone(OFFICE).strftime("%Y-%m-%d %H:%M")
    assert (result.failed, len(market.edits), group.code) == (1, 1, "marketplace.in_promotion_until")
    assert until in sentence(group.message_key, group.params, group.code)


def test_a_promotion_whose_end_nobody_names_is_one_all_the_same() -> None:
    for text in ("in a promotion until it ends", "until 2026-13-45 99:00:00"):
        error = error_for(Problem("15", "13001030", text), now=NOW)
        assert (type(error), error.error_code) == (NotNow, "marketplace.in_promotion")


def test_the_command_line_says_each_wait_once(capsys: pytest.CaptureFixture[str]) -> None:
    ctx = Spoken()
    for seconds in (9, 8, 7):
        ctx.report(1, 5, note="publishing.rate_limited", seconds=seconds)
    ctx.report(1, 5, note="publishing.quota_used_up", until="00:00")
    ctx.report(2, 5, note="publishing.in_review", n=3)
    ctx.report(2, 5, note="publishing.rate_limited", seconds=4)

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert "9 s" in lines[0] and "00:00" in lines[1] and "4 s" in lines[2]
    assert ctx.progress.done == 2
