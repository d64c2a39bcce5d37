"""Sync the listings of the first practice store of a data folder: `… FOLDER STOP`; with STOP it is stopped like by
Ctrl+C once so many are here, 0 lets it end.

Says what it cost this process (the market is another one) and how many calls the market saw.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import time
from pathlib import Path
from typing import Any

from app.__main__ import COLLECT_FROM
from app.services.application import Application
from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway
from app.services.stores.practice import reachable
from app.services.stores.reading import list_stores
from app.services.stores.sync import What, sync_store
from app.services.tasks import TaskCancelled, TaskContext
from tests.benchmarks.market import change_faults, state
from tests.benchmarks.measuring import cpu_s, peak_mb, resident_mb, tell


def main(folder: Path, stop_at: int) -> None:
    """Run it on the command line's event loop."""
    gc.set_threshold(*COLLECT_FROM)
    tell(**asyncio.run(_sync(folder, stop_at)))


class _Watched(TaskContext):
    """Stops the work once so many listings are done."""

    def __init__(self, stop_at: int) -> None:
        super().__init__()
        self._stop_at = stop_at
        self.seen = 0

    def report(self, done: int, total: int | None = None, **told: Any) -> None:
        """Count, and stop."""
        super().report(done, total, **told)
        self.seen = done
        if self._stop_at and done >= self._stop_at:
            self.stop.set()


async def _sync(folder: Path, stop_at: int) -> dict[str, Any]:
    with Application(folder) as app:
        store = await reachable(app, list_stores(app.db)[0])
        change_faults(store.gateway, {"qps": {}})
        gateway = Gateway(store.gateway)
        marketplace = AliExpressMarketplace(app.credentials.load(store.credential_ref), gateway, store_key="1")
        calls, ctx = _calls(store.gateway), _Watched(stop_at)
        failed = 0
        gc.collect()
        resident, spent, started = resident_mb(), cpu_s(), time.perf_counter()
        with contextlib.suppress(TaskCancelled):
            result = await sync_store(app.db, marketplace, store.id, [What.LISTINGS], ctx=ctx, is_whole=True)
            failed = len(result.listings.failed)
        took, spent = time.perf_counter() - started, cpu_s() - spent
        calls = _calls(store.gateway) - calls
        await marketplace.close()
        await gateway.close()
        told = {"listings": ctx.seen, "failed": failed, "calls": calls, "cpu_s": spent, "took_s": took}
        return {**told, "grown_mb": peak_mb() - resident}


def _calls(gateway: str) -> int:
    return int(sum(state(gateway)["calls"].values()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
