"""The practice market of a data folder: a process of its own, its stores registered here, doing it twice is harmless.

The process ends with this one, also if this one is killed: it watches its parent. Its state is a file beside the
database, so that what was published to it is still there tomorrow.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import multiprocessing
import os
import threading
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.services.errors import OutOfReach
from app.services.marketplace.port import StoreCredentials
from app.services.stores.adding import Surroundings, add_store
from app.services.stores.practice_addresses import PracticeMarketSilent, ask
from app.services.stores.reading import list_stores
from app.services.stores.records import StoreRecord
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.application import Application

log = logging.getLogger(__name__)

MARKET_PROGRAM = "app.practice_market"
"""A program of its own, named and not imported: these services know it no better than the real marketplace."""
MARKET_NAME = "practice-market.db"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0
PROBE_TIMEOUT_S = 2.0
ALIASES = ("prc1", "prc2")
"""Aliases of the practice stores: they are known by them whatever language their names were made in."""


class PracticeMarketDown(OutOfReach):
    """The practice market did not start; `detail` is its own word."""

    code = "practice.down"


def _serve(database: str, port: int, announce: Connection) -> None:
    """Life of the process: serve until told to stop or until the parent is gone; at any port if *port* is taken."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), name="parent-watch", daemon=True).start()

    serve = importlib.import_module(MARKET_PROGRAM).serve
    ports = dict.fromkeys((port, 0))
    for wanted in ports:
        try:
            asyncio.run(serve(wanted, database=Path(database), seed=True, ready=announce.send))
        except (OSError, ValueError) as error:
            if wanted == 0:
                announce.send(f"{type(error).__name__}: {error}")
        else:
            return


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(0)


class PracticeMarketProcess:
    """Runs the practice market of a data folder. Threads: any; who starts it while it is starting waits for it."""

    def __init__(self, data_dir: Path) -> None:
        self._database = data_dir / MARKET_NAME
        self._process: BaseProcess | None = None
        self._announcement: dict[str, Any] = {}
        self._starting = threading.Lock()

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.is_alive()

    def start(self) -> dict[str, Any]:
        """Start the market, or say where it is if it runs. Takes a second or two; not for the GUI thread.

        Returns: `{"gateway", "app_key", "app_secret", "stores": [{"name", "name_en", "access_token", …}]}`.
        Raises:
            PracticeMarketDown: it did not come up.
        """
        with self._starting:
            return self._announcement if self.is_running else self._start()

    def _start(self) -> dict[str, Any]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        self._database.parent.mkdir(parents=True, exist_ok=True)
        self._process = context.Process(
            target=_serve,
            args=(str(self._database), self._usual_port(), theirs),
            name="practice-market",
            daemon=True,
        )
        self._process.start()
        theirs.close()
        with ours:
            self._announcement = self._hear(ours)
        port = urlsplit(self._announcement["gateway"]).port
        self._port_file.write_text(str(port), "ascii")
        log.info("the practice market listens at %s", self._announcement["gateway"])
        return self._announcement

    @property
    def _port_file(self) -> Path:
        return self._database.with_suffix(".port")

    def _usual_port(self) -> int:
        """The port of the last time: addresses of pictures name it. 0, "any", at the first time."""
        try:
            return int(self._port_file.read_text("ascii"))
        except (OSError, ValueError):
            return 0

    def _hear(self, pipe: Connection) -> dict[str, Any]:
        try:
            said = pipe.recv() if pipe.poll(START_TIMEOUT_S) else "no answer"
        except (EOFError, OSError):
            said = "ended"
        if isinstance(said, dict):
            return said
        self.stop()
        raise PracticeMarketDown(detail=str(said))

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        self._announcement = {}
        if process is not None:
            process.terminate()
            process.join(STOP_TIMEOUT_S)
            if process.is_alive():
                process.kill()
                process.join()
            process.close()


def register_practice_stores(
    app: Surroundings, announcement: dict[str, Any], *, language: str = "en", everything: bool = True
) -> list[StoreRecord]:
    """Connect the market's stores, or bring their address and tokens up to date if they are here already.

    `everything`: bring back also what the user removed or disconnected.
    """
    existing = {store.alias: store for store in list_stores(app.db) if store.is_practice}
    taken = {store.name for store in list_stores(app.db) if not store.is_practice}
    registered = []
    for alias, offered in zip(ALIASES, announcement["stores"], strict=False):
        if not everything and (alias not in existing or existing[alias].is_disconnected):
            continue
        name = offered["name"] if language == "zh" else offered.get("name_en") or offered["name"]
        if alias in existing:
            name = existing[alias].name
        elif name in taken:
            name = f"{name} ({alias})"
        credentials = StoreCredentials(
            announcement["app_key"], announcement["app_secret"], offered["access_token"], offered["refresh_token"]
        )
        registered.append(add_store(app, name, announcement["gateway"], credentials, alias=alias))
    return registered


def is_own(store: StoreRecord) -> bool:
    """Whether the store belongs to this data folder's own practice market, not to one that somebody else started."""
    return store.is_practice and store.alias in ALIASES


def answers(gateway: str) -> bool:
    """Whether a practice market answers at this address: another window of the same data folder may run it."""
    try:
        ask(gateway, "state", timeout_s=PROBE_TIMEOUT_S)
    except PracticeMarketSilent:
        return False
    return True


async def start_practice(app: Application, *, language: str = "en", everything: bool = True) -> list[StoreRecord]:
    """Start the market and register its stores, unless they are here and answer; nothing is read from them yet.

    `everything`: bring back also what the user removed or disconnected.
    """
    own = [store for store in await asyncio.to_thread(list_stores, app.db) if is_own(store)]
    connected = [store for store in own if not store.is_disconnected]
    is_enough = len(connected) == len(ALIASES) if everything else bool(connected)
    if is_enough and await asyncio.to_thread(answers, connected[0].gateway):
        return connected
    announcement = await asyncio.to_thread(app.practice.start)
    return await asyncio.to_thread(
        register_practice_stores, app, announcement, language=language, everything=everything
    )


async def set_up_practice(
    app: Application, ctx: TaskContext | None = None, *, language: str = "en"
) -> list[StoreRecord]:
    """The whole practice desk: market up, stores registered and synced, ready-made warehouse templates stored.

    Raises:
        PracticeMarketDown: the market did not start.
        MarketplaceError, TaskCancelled: from the sync; what was read so far stays.
    """
    from app.services.stores.sync import sync_store
    from app.services.warehouses.templates import seed_templates

    stores = await start_practice(app, language=language)
    await asyncio.to_thread(seed_templates, app.db, language)
    for store in stores:
        async with app.connected(store) as marketplace:
            await sync_store(app.db, marketplace, store.id, ctx=ctx)
    return stores


async def reachable(app: Application, store: StoreRecord, *, language: str = "en") -> StoreRecord:
    """The store with its marketplace up: for a store of our own practice market that means to start it if need be.

    Raises:
        PracticeMarketDown: the practice market did not start.
    """
    if not is_own(store) or store.is_disconnected or await asyncio.to_thread(answers, store.gateway):
        return store
    started = await start_practice(app, language=language, everything=False)
    return next((found for found in started if found.id == store.id), store)
