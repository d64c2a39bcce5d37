"""Publish what is ready of a data folder: `… FOLDER LOOP COUNT PACED`; LOOP is asyncio or qasync, PACED 1 or 0.

Says what it cost this process (the market is another one) and what the market saw.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.__main__ import COLLECT_FROM
from app.services.application import Application
from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway
from app.services.marketplace.aliexpress.clock import SystemClock
from app.services.marketplace.aliexpress.limits import Limits
from app.services.publishing.queue import enqueue
from app.services.publishing.run import publish
from app.services.publishing.settings import PRACTICE
from app.services.stores.practice import reachable
from app.services.stores.reading import get_store
from tests.benchmarks.market import change_faults, seen
from tests.benchmarks.measuring import cpu_s, peak_mb, resident_mb, tell
from tests.benchmarks.outbox import DATABASE, ready

FREE = {"aliexpress.offer.product.post": {"app_method": None}}
"""Our own pace where the market has no limit either."""
SENDING_ONLY = replace(PRACTICE, review_patience_s=0.0)
"""Reviews are asked for while listings are sent, as ever; nobody waits for the last ones."""


def main(folder: Path, loop: str, count: int, *, is_paced: bool) -> None:
    """Run it on the loop that is asked for."""
    gc.set_threshold(*COLLECT_FROM)
    work = _publish(folder, count, is_paced=is_paced)
    told = asyncio.run(work) if loop == "asyncio" else _on_qt(work)
    tell(**told)


def _on_qt(work: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """The window's event loop, without a window."""
    from PySide6.QtWidgets import QApplication

    from app.views.event_loop import WindowLoop
    from app.views.start import IO_THREADS

    gc.disable()  # as the window, which sweeps by a timer
    qt = QApplication([])

    async def run() -> dict[str, Any]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(IO_THREADS, "io"))
        return await work

    with asyncio.Runner(loop_factory=lambda: WindowLoop(qt)) as runner:
        return runner.run(run())


async def _publish(folder: Path, count: int, *, is_paced: bool) -> dict[str, Any]:
    store_id, ids = ready(folder / DATABASE, count)
    with Application(folder) as app:
        store = await reachable(app, get_store(app.db, store_id))
        if not is_paced:
            change_faults(store.gateway, {"qps": {}})
        batch = enqueue(app.db, store_id, ids)
        clock = SystemClock()
        gateway = Gateway(store.gateway, clock=clock, limits=Limits(clock, None if is_paced else FREE))
        marketplace = AliExpressMarketplace(app.credentials.load(store.credential_ref), gateway, store_key="1")
        gc.collect()
        resident, spent, started_ms = resident_mb(), cpu_s(), time.time() * 1000
        result = await publish(app.db, marketplace, store_id, batch.batch_id, settings=SENDING_ONLY)
        spent = cpu_s() - spent
        told = seen(folder, store.gateway, started_ms)
        await marketplace.close()
        await gateway.close()
    grown = peak_mb() - resident
    return {**told, "accepted": result.live + result.in_review, "cpu_s": spent, "grown_mb": grown}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), is_paced=sys.argv[4] == "1")
