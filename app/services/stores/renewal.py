"""One renewal of a sign-in at a time, among the workers of a program and among programs on one database.

A renewal hands out a new pair of tokens and may end the old one (aliexpress-open-platform.md 3.2): two at once could
lock a store out. The lock is a file beside the database; who gets it reads the stored tokens first and finds that
the other has renewed already.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.services.file_lock import try_lock
from app.services.marketplace.port import TemporaryFault

LOOK_EVERY_S = 0.02
PATIENCE_S = 120.0
"""Longer than a renewal with all its repetitions; a program that hangs must not stop the others for ever."""


@asynccontextmanager
async def renewing_alone(database: Path, store_id: int, patience_s: float = PATIENCE_S) -> AsyncIterator[None]:
    """Hold the right to renew the sign-in of *store_id*; others wait for it.

    Raises:
        TemporaryFault: another program held it for longer than *patience_s*.
    """
    path = lock_path(database, store_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + patience_s
        while not try_lock(handle):
            if time.monotonic() > deadline:
                raise TemporaryFault("store.renewal_busy")
            await asyncio.sleep(LOOK_EVERY_S)
        yield
    finally:
        os.close(handle)


def lock_path(database: Path, store_id: int) -> Path:
    """Where the lock of a store lies. The file stays: removing it would let two hold it."""
    return database.with_name(f"{database.name}.locks") / f"sign-in-{store_id}.lock"
