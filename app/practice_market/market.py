"""A running practice market, and how to run one until somebody stops it."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from aiohttp import web

from app.practice_market import clock as clocks
from app.practice_market import journal
from app.practice_market.desk import SWITCHES, Clock, Desk
from app.practice_market.faults import Faults
from app.practice_market.seeding import credentials_of, prepare
from app.practice_market.server import make_application
from app.practice_market.storage import Storage

HOST = "127.0.0.1"
LINE_MAX = 1024 * 1024  # some clients put everything into the query


class PracticeMarket:
    """A market on loopback inside a running event loop: `async with PracticeMarket() as market`.

    Args:
        database: its file, made if missing; None keeps everything in a temporary folder until `stop`.
        port: 0 takes any free one.
        seed: fill a market that is new with listings and orders; stores, categories and templates always exist.
        faults: switches to begin with, see `app.practice_market.switches.Switches`; they come before those that were
            switched over HTTP in an earlier run, which the file keeps.
        clock: epoch milliseconds, for tests that must not wait.

    Attributes:
        gateway: address such as `http://127.0.0.1:8123`; clients append `/sync` and `/rest`.
        credentials: `{"gateway", "app_key", "app_secret", "stores": [{"name", "access_token", "refresh_token"}],
            "shared": [{"name", "alias", "code"}]}`, the shared-store codes in force.
        faults: the switches, may be changed while it runs.

    Raises:
        ValueError: an unknown switch, or a file of a newer market.
        OSError: from `start`, when the port is taken or the file cannot be opened.
    """

    def __init__(
        self,
        database: Path | None = None,
        *,
        port: int = 0,
        seed: bool = True,
        faults: Mapping[str, Any] | None = None,
        clock: Clock = clocks.now_ms,
    ) -> None:
        self.faults = Faults(faults)
        self._given = faults
        self.gateway = ""
        self.credentials: dict[str, Any] = {}
        self._database, self._port, self._seed, self._clock = database, port, seed, clock
        self._folder: TemporaryDirectory[str] | None = None
        self._storage: Storage | None = None
        self._desk: Desk | None = None
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Open the file, seed it if it is new, and listen."""
        if self._database is None:
            self._folder = TemporaryDirectory(prefix="practice-market-")
        path = self._database or Path(str(self._folder and self._folder.name)) / "market.db"
        try:
            self._storage = Storage(path)
            await asyncio.to_thread(prepare, self._storage, self._clock(), is_seeded=self._seed)
            self.faults.recall(self._storage.note(SWITCHES) or {}, self._given)
            self._desk = Desk(self._storage, self.faults, self._clock)
            await self._listen(self._desk)
        except BaseException:
            await self.stop()
            raise
        self.credentials = {"gateway": self.gateway, **credentials_of(self._storage)}

    async def stop(self) -> None:
        """Stop listening and close the file; a temporary one is gone then."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._storage is not None:
            self._storage.close()
            self._storage = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def state(self) -> dict[str, Any]:
        """What `GET /practice/state` answers; only while it runs."""
        assert self._desk is not None
        return self._desk.tally.document(self._desk.storage, self._desk.limits.peaks)

    def writes(self, **conditions: Any) -> list[dict[str, Any]]:
        """Accepted writes in their order, see `journal.writes`; only while it runs."""
        assert self._storage is not None
        return journal.writes(self._storage, **conditions)

    def products(self, **conditions: Any) -> list[dict[str, Any]]:
        """What is held, see `journal.products`; only while it runs."""
        assert self._storage is not None
        return journal.products(self._storage, **conditions)

    async def _listen(self, desk: Desk) -> None:
        self._runner = web.AppRunner(
            make_application(desk),
            access_log=None,
            shutdown_timeout=1.0,
            max_line_size=LINE_MAX,
            max_field_size=LINE_MAX,
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port, backlog=1024)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.gateway = desk.gateway = f"http://{host}:{port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


async def serve(
    port: int = 0,
    *,
    database: Path | None = None,
    seed: bool = False,
    faults: Mapping[str, Any] | None = None,
    ready: Callable[[dict[str, Any]], None] | None = None,
) -> None:
    """Run a market until SIGTERM, SIGINT or cancellation; *ready* gets the credentials once it listens.

    Raises:
        ValueError, OSError: as `PracticeMarket`.
    """
    async with PracticeMarket(database, port=port, seed=seed, faults=faults) as market:
        stopped = asyncio.Event()
        with _stopping(stopped):
            if ready is not None:
                ready(market.credentials)
            await stopped.wait()


@contextmanager
def _stopping(stopped: asyncio.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set *stopped*; only the main thread may ask for signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
