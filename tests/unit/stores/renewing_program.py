"""A program that works for one store: says when it is ready, waits for the word, then calls with many workers.

Its last line is the JSON list of what failed. Used by `test_renewal.py`, twice at once.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from app.services.application import Application
from app.services.errors import AppError
from app.services.stores.reading import get_store

WORKERS, CALLS = 6, 5


async def work(app: Application, store_id: int) -> list[str]:
    """Every worker has a connection of its own, as a sync beside a publish run has."""
    store, failures = get_store(app.db, store_id), []

    async def worker() -> None:
        async with app.connected(store) as marketplace:
            for _ in range(CALLS):
                try:
                    await marketplace.product_groups()
                except AppError as error:
                    failures.append(error.error_code)

    await asyncio.gather(*(worker() for _ in range(WORKERS)))
    await app.disconnect()
    return failures


def main(data_dir: str, store_id: str) -> None:
    """Ready, go, report."""
    with Application(Path(data_dir)) as app:
        _ = app.db
        say("ready")
        sys.stdin.readline()
        say(json.dumps(asyncio.run(work(app, int(store_id)))))


def say(line: str) -> None:
    """One line to whoever started it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
