"""The create calls of a publish and nothing else, by aiohttp and orjson: `… FOLDER COUNT PACED`; PACED is 1 or 0.

What is sent is built before; measured is spelling, signing, sending and reading the answers.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from app.services.application import Application
from app.services.marketplace.aliexpress.mapping.families import OFFER
from app.services.marketplace.port import StoreCredentials
from app.services.publishing.preparing import Preparer
from app.services.publishing.queue import enqueue
from app.services.publishing.run import PARALLEL
from app.services.stores.practice import reachable
from app.services.stores.reading import get_store
from tests.benchmarks.market import change_faults, seen
from tests.benchmarks.measuring import cpu_s, tell
from tests.benchmarks.outbox import DATABASE, ready

METHOD = "aliexpress.offer.product.post"
PACE_S = 1 / 99
"""Between two departures of a paced run."""


async def main(folder: Path, count: int, *, is_paced: bool) -> None:
    """Send them once."""
    store_id, ids = ready(folder / DATABASE, count)
    with Application(folder) as app:
        store = await reachable(app, get_store(app.db, store_id))
        if not is_paced:
            change_faults(store.gateway, {"qps": {}})
        batch = enqueue(app.db, store_id, ids)
        chunk = Preparer(app.db, store_id, "bare", batch.batch_id).next_chunk(count)
        records = [OFFER.write(prepared.content) for prepared in chunk.ready if prepared.content is not None]
        credentials = app.credentials.load(store.credential_ref)
        spent, started_ms = cpu_s(), time.time() * 1000
        answers = await _send_all(f"{store.gateway}/sync", records, credentials, PACE_S if is_paced else 0.0)
        spent = cpu_s() - spent
        tell(**seen(folder, store.gateway, started_ms), accepted=sum(map(_is_accepted, answers)), cpu_s=spent)


async def _send_all(
    url: str, records: list[dict[str, Any]], credentials: StoreCredentials, pace_s: float
) -> list[dict[str, Any]]:
    """As many at a time as a publish sends."""
    waiting, answers = iter(enumerate(records)), []
    started = time.monotonic()
    async with aiohttp.ClientSession() as session:

        async def work(todo: Iterator[tuple[int, dict[str, Any]]]) -> None:
            for number, record in todo:
                await asyncio.sleep(max(0.0, started + number * pace_s - time.monotonic()) if pace_s else 0)
                content = {OFFER.created: orjson.dumps(record).decode()}
                async with session.post(url, data=signed(METHOD, content, credentials)) as response:
                    answers.append(orjson.loads(await response.read()))

        await asyncio.gather(*(work(waiting) for _ in range(PARALLEL)))
    return answers


def signed(method: str, content: dict[str, str], credentials: StoreCredentials) -> dict[str, str]:
    """The form of one call: *content* beside what every call carries, signed."""
    params = {
        **content,
        "app_key": credentials.app_key,
        "timestamp": str(time.time_ns() // 1_000_000),
        "sign_method": "sha256",
        "method": method,
        "session": credentials.access_token,
        "format": "json",
        "simplify": "true",
    }
    joined = "".join(name + params[name] for name in sorted(params))
    params["sign"] = hmac.new(credentials.app_secret.encode(), joined.encode(), hashlib.sha256).hexdigest().upper()
    return params


def _is_accepted(answer: dict[str, Any]) -> bool:
    return "product_id" in str(answer)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), is_paced=sys.argv[3] == "1"))
