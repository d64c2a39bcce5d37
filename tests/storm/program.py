"""One of the programs in a storm: `… DATABASE SECRETS GATEWAY KILL_AT CLOCK_HOURS FEED_FROM` publishes store 1 and may
die anywhere.

SECRETS is a file that all programs share, as they share a credential store: renewed tokens are written there before
the old ones are dropped. KILL_AT names a point of `publisher_program`, "" none. CLOCK_HOURS turns this program's
clock, as a computer with a wrong clock would show it. FEED_FROM: new listings from which on they go as a feed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.services.db import Database
from app.services.marketplace.aliexpress.adapter import AliExpressMarketplace
from app.services.marketplace.aliexpress.clock import SystemClock
from app.services.marketplace.aliexpress.gateway import Gateway
from app.services.marketplace.port import MarketplaceError, StoreCredentials
from app.services.publishing import run
from app.services.publishing.settings import PublishSettings
from tests.unit.publishing.publisher_program import Points, around_calls, around_claims, around_commits

SETTINGS = PublishSettings(
    settle_s=1.2,
    confirm_s=0.3,
    lookup_patience_s=20.0,
    review_first_s=0.3,
    review_pause_max_s=0.6,
    review_patience_s=1.5,
    outage_patience_s=4.0,
    limit_patience_s=3.0,
    feed_items=15,
    feed_first_s=0.2,
    feed_pause_max_s=0.6,
    feed_patience_s=8.0,
)
PARALLEL = 4


class SharedSecrets:
    """Credentials in a file, replaced whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> StoreCredentials:
        """What is stored."""
        known = json.loads(self.path.read_bytes())
        names = ("app_key", "app_secret", "access_token", "refresh_token")
        return StoreCredentials(**{name: known[name] for name in names})

    def save(self, credentials: StoreCredentials) -> None:
        """Store renewed ones."""
        fresh = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        fresh.write_text(json.dumps(asdict(credentials), default=str), "utf-8")
        fresh.replace(self.path)


def ready_file(folder: Path, pid: int) -> Path:
    """Appears once a program is about to publish."""
    return folder / f"ready-{pid}"


def turn_clock(hours: float) -> None:
    """Let everything in this program believe that it is *hours* later."""
    real = time.time_ns
    time.time_ns = lambda: real() + int(hours * 3.6e12)
    SystemClock.now = lambda self: datetime.now(UTC) + timedelta(hours=hours)  # type: ignore[method-assign]


async def main(database: str, secrets: str, gateway_url: str, kill_at: str, feed_from: int) -> None:
    """Publish what is queued; print what came of it."""
    db, shared, gateway = Database(Path(database)), SharedSecrets(Path(secrets)), Gateway(gateway_url)
    marketplace = AliExpressMarketplace(
        shared.load(), gateway, store_key="one", on_new_credentials=shared.save, reload_credentials=shared.load
    )
    point = Points(kill_at)
    if kill_at:
        around_commits(point)
        around_claims(point)
        around_calls(marketplace, point)
    said: dict[str, object] = {}
    ready_file(shared.path.parent, os.getpid()).touch()
    try:
        settings = replace(SETTINGS, feed_from=feed_from)
        result = await run.publish(db, marketplace, 1, settings=settings, parallel=PARALLEL)
        said = {name: getattr(result, name) for name in ("attempts", "failed", "unknown", "queued", "ending")}
    except MarketplaceError as error:
        said = {"error": error.error_code}
    finally:
        await marketplace.close()
        await gateway.close()
        db.dispose()
    print(json.dumps(said, default=str))  # noqa: T201 - its answer


if __name__ == "__main__":
    turn_clock(float(sys.argv[5]))
    asyncio.run(main(*sys.argv[1:5], int(sys.argv[6])))
