"""A program that publishes a store and may die at any point.

Every step of the journal and of the wire is a point with a name; at `in commit 3`, say, the program ends as a power
cut would end it. "": it lives and says what it did. `feed_from`: new listings from which on they go as a feed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.services.db import Database
from app.services.marketplace.aliexpress.adapter import AliExpressMarketplace
from app.services.marketplace.aliexpress.gateway import Gateway
from app.services.marketplace.port import StoreCredentials
from app.services.publishing import journal, run
from app.services.publishing.group_commit import GroupCommit
from app.services.publishing.settings import PublishSettings

SETTINGS = PublishSettings(
    settle_s=0.4,
    confirm_s=0.1,
    lookup_patience_s=30.0,
    review_first_s=0.2,
    review_pause_max_s=0.3,
    review_patience_s=20.0,
    feed_first_s=0.1,
    feed_pause_max_s=0.2,
    feed_patience_s=20.0,
)
CALLS = (
    "create_listing", "edit_listing", "upload_image", "find_listings", "submit_feed", "feed_report", "feed_jobs",
    "set_stock", "set_prices", "read_listing",
)  # fmt: skip
"""Calls with points before, in and after them."""


class Points:
    """Ends the program at the *n*th passing of a named point, which is then its last word."""

    def __init__(self, kill_at: str) -> None:
        self.kill_at = kill_at
        self.passed: Counter[str] = Counter()

    def __call__(self, name: str) -> None:
        self.passed[name] += 1
        if f"{name} {self.passed[name]}" == self.kill_at:
            os.write(1, self.kill_at.encode())
            os._exit(9)


def around_commits(point: Points) -> None:
    """Before a transaction, inside it with everything written but nothing committed, and after it."""
    commit = GroupCommit._commit

    def counted(self: GroupCommit, works: list[Callable[..., Any]]) -> list[Any]:
        def last(connection: Any) -> None:
            point("in commit")

        point("before commit")
        values = commit(self, [*works, last])
        point("after commit")
        return values[:-1]

    GroupCommit._commit = counted  # type: ignore[method-assign]


def around_claims(point: Points) -> None:
    """While tasks are being claimed."""
    claim = journal.claim

    def counted(*args: Any) -> Any:
        claimed = claim(*args)
        point("in claim")
        return claimed

    sys.modules["app.services.publishing.preparing"].claim = counted  # type: ignore[attr-defined]


def around_calls(marketplace: AliExpressMarketplace, point: Points) -> None:
    """Before a request, while it is under way, and after its answer was read."""
    for name in CALLS:
        call = getattr(marketplace, name)

        async def counted(*args: Any, call: Any = call, name: str = name, **kwargs: Any) -> Any:
            point(f"before {name}")
            request = asyncio.ensure_future(call(*args, **kwargs))
            await asyncio.wait({request}, timeout=0.01)
            point(f"in {name}")
            answer = await request
            point(f"after {name}")
            return answer

        setattr(marketplace, name, counted)


async def main(database: str, credentials: dict[str, Any], kill_at: str, feed_from: int) -> None:
    """Publish everything that is queued."""
    db = Database(Path(database))
    gateway = Gateway(credentials["gateway"])
    store = credentials["stores"][0]
    secrets = StoreCredentials(
        credentials["app_key"], credentials["app_secret"], store["access_token"], store["refresh_token"]
    )
    marketplace = AliExpressMarketplace(secrets, gateway, store_key="one")
    point = Points(kill_at)
    if kill_at:
        around_commits(point)
        around_claims(point)
        around_calls(marketplace, point)
    settings = replace(SETTINGS, feed_from=feed_from)
    result = await run.publish(db, marketplace, 1, settings=settings, parallel=4)
    await marketplace.close()
    await gateway.close()
    db.dispose()
    counts = {name: getattr(result, name) for name in ("live", "in_review", "failed", "unknown", "queued", "attempts")}
    os.write(1, json.dumps(counts).encode())


def run_program(*arguments: Any) -> None:
    """The program, with the arguments of `main`."""
    asyncio.run(main(*arguments))
