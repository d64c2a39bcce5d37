"""The layers of one data folder, built without Qt: settings, credentials, database, worker, marketplaces.

Nothing heavy is imported before it is needed: looking at the settings costs neither SQLAlchemy nor asyncio, so that the
window paints first and loads afterwards.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.services.settings import Settings, SettingsFile

if TYPE_CHECKING:
    import asyncio

    from app.services.credentials import Credentials
    from app.services.db import Database
    from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway
    from app.services.marketplace.aliexpress.trace import HttpTrace
    from app.services.marketplace.port import StoreCredentials
    from app.services.stores.practice import PracticeMarketProcess
    from app.services.stores.records import StoreRecord
    from app.services.worker import WorkerProcess

log = logging.getLogger(__name__)

DATABASE_NAME = "shangjia.db"
TRACE_DIR = "trace"


def load_network() -> None:
    """Import what speaks to a marketplace. It takes a tenth of a second at the first time: not for the GUI thread."""
    from app.services.marketplace import aliexpress  # noqa: F401


class Application:
    """Everything that belongs to one data folder, made at the first look. Threads: any; `marketplace` and
    `connected` belong to a running event loop.

    Args:
        data_dir: the folder; made when something is written.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._settings = SettingsFile(data_dir)
        self._lock = threading.RLock()
        self._db: Database | None = None
        self._credentials: Credentials | None = None
        self._worker: WorkerProcess | None = None
        self._practice: PracticeMarketProcess | None = None
        self._trace: HttpTrace | None = None
        self._gateways: dict[str, Gateway] = {}
        self._families: dict[int, dict[str, str]] = {}
        self._proxy: str | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def settings(self) -> Settings:
        """The user's settings. Raises: SettingsTooNew."""
        return self._settings.settings

    def change_settings(self, **values: Any) -> Settings:
        """Set some settings; they are on disk when this returns. A new proxy holds from the next request on.

        Raises:
            InputError: `marketplace.bad_proxy`, or its password has nowhere to lie.
            TypeError, ValueError: no setting, or no value for it.
        """
        forgotten = ""
        if "proxy" in values:
            from app.services.proxy_secret import stored_proxy

            values |= stored_proxy(values["proxy"], self.settings, self.credentials)
            forgotten = self.settings.proxy_secret if self.settings.proxy_secret != values["proxy_secret"] else ""
        settings = self._settings.change(**values)
        if forgotten:
            self.credentials.delete(forgotten)
        if self._trace is not None:
            self._trace.is_on = settings.http_trace
        self._proxy = self.proxy_of(settings.proxy)
        for gateway in list(self._gateways.values()):
            gateway.use_proxy(self._proxy)
        return settings

    def proxy_of(self, setting: str) -> str:
        """The proxy address that *setting* stands for, with the password that is kept for it. May touch the disk.

        Raises:
            CredentialsMissing, VaultLocked, NoCredentialStore, CredentialStoreFailed: the password cannot be read.
        """
        if not self.settings.proxy_secret:
            return setting
        from app.services.proxy_secret import whole_proxy

        return whole_proxy(setting, self.settings, self.credentials)

    @property
    def trace(self) -> HttpTrace:
        """Where calls to marketplaces are noted while the setting `http_trace` is on."""
        with self._lock:
            if self._trace is None:
                from app.services.marketplace.aliexpress.trace import HttpTrace

                self._trace = HttpTrace(self.data_dir / TRACE_DIR, is_on=self.settings.http_trace)
            return self._trace

    @property
    def database_path(self) -> Path:
        """The database file, whether or not it is there yet."""
        return self.data_dir / DATABASE_NAME

    @property
    def db(self) -> Database:
        """The database, opened and brought up to date at the first look.

        Raises:
            DatabaseTooNew, DatabaseDamaged, NoRoomToUpgrade: see `app.services.upgrade.open_database`.
        """
        with self._lock:
            if self._db is None:
                from app.services.upgrade import open_database

                self._make_private()
                self._db = open_database(self.database_path)
            return self._db

    @property
    def credentials(self) -> Credentials:
        """Where tokens are kept."""
        with self._lock:
            if self._credentials is None:
                from app.services.credentials import Credentials

                self._make_private()
                self._credentials = Credentials(self.data_dir)
            return self._credentials

    @property
    def worker(self) -> WorkerProcess:
        """The process for files and bulk work; it starts with its first job or with `worker.start()`."""
        with self._lock:
            if self._worker is None:
                from app.services.worker import WorkerProcess

                self._worker = WorkerProcess()
            return self._worker

    @property
    def practice(self) -> PracticeMarketProcess:
        """The practice market of this data folder, not started by looking at it."""
        with self._lock:
            if self._practice is None:
                from app.services.stores.practice import PracticeMarketProcess

                self._practice = PracticeMarketProcess(self.data_dir)
            return self._practice

    def marketplace(self, store: StoreRecord) -> AliExpressMarketplace:
        """The marketplace of a store, in the running event loop; reads its credentials, so it may touch the disk.

        All stores of a gateway share connections and limits. Close the marketplace when done; the connections stay
        until `disconnect`.

        Raises:
            CredentialsMissing, VaultLocked, NoCredentialStore, CredentialStoreFailed: the tokens cannot be read.
            InputError: the gateway's address is not safe.
            RuntimeError: no event loop is running.
        """
        return self._connect(*self._known(store))

    @asynccontextmanager
    async def connected(
        self, store: StoreRecord, *, attempts: int | None = None
    ) -> AsyncIterator[AliExpressMarketplace]:
        """`async with app.connected(store) as marketplace`: as `marketplace`, with the tokens read off the loop's
        thread, and closed at the end. A call is tried *attempts* times at most, None for the usual patience."""
        import asyncio

        from app.services.stores.quotas import note_calls

        await asyncio.to_thread(load_network)
        known = await asyncio.to_thread(self._known, store)
        marketplace = self._connect(*known, attempts)
        try:
            yield marketplace
        finally:
            await marketplace.close()
            await asyncio.to_thread(note_calls, self.db, store.id, marketplace.calls_made())

    async def disconnect(self) -> None:
        """Close all connections of the running loop; the next call opens new ones."""
        gateways, self._gateways = self._gateways, {}
        for gateway in gateways.values():
            await gateway.close()

    def close(self) -> None:
        """End worker and practice market, close the database. Safe to call twice; the object can be used again."""
        with self._lock:
            worker, self._worker = self._worker, None
            practice, self._practice = self._practice, None
            database, self._db = self._db, None
            trace, self._trace = self._trace, None
            self._families = {}
        if trace is not None:
            trace.close()
        if worker is not None:
            worker.close()
        if practice is not None:
            practice.stop()
        if database is not None:
            database.dispose()

    def __enter__(self) -> Application:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _make_private(self) -> None:
        """The folder holds the database and perhaps the vault: nobody else's business."""
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _known(self, store: StoreRecord) -> tuple[StoreRecord, StoreCredentials, dict[str, str]]:
        """A store, its tokens and the families of methods its account may call; may touch the disk."""
        from app.services.marketplace.remembered import load_families

        store, credentials = self._signed_in(store)
        if self._proxy is None:
            self._proxy = self.proxy_of(self.settings.proxy)
        families = self._families.get(store.id)
        if families is None:
            families = self._families.setdefault(store.id, load_families(self.db, store.id))
        return store, credentials, families

    def _signed_in(self, store: StoreRecord) -> tuple[StoreRecord, StoreCredentials]:
        """A store and its tokens. Where it was signed in again since somebody looked at it: as it is now."""
        from app.services.credentials import CredentialsMissing
        from app.services.stores.reading import get_store

        try:
            return store, self.credentials.load(store.credential_ref)
        except CredentialsMissing:
            now = get_store(self.db, store.id)
            if now.credential_ref == store.credential_ref:
                raise
        return now, self.credentials.load(now.credential_ref)

    def _connect(
        self,
        store: StoreRecord,
        credentials: StoreCredentials,
        families: Mapping[str, str],
        attempts: int | None = None,
    ) -> AliExpressMarketplace:
        import asyncio

        from app.models import StoreAccess
        from app.services.marketplace.aliexpress import AliExpressMarketplace
        from app.services.marketplace.remembered import save_families
        from app.services.stores.renewal import renewing_alone

        held = store

        def reload() -> StoreCredentials:
            nonlocal held
            held, stored = self._signed_in(held)
            return stored

        async def save(renewed: StoreCredentials) -> None:
            await asyncio.to_thread(self._keep_renewed, store.id, held.credential_ref, renewed)

        async def remember(learned: Mapping[str, str]) -> None:
            self._families[store.id] = dict(learned)
            await asyncio.to_thread(save_families, self.db, store.id, learned)

        return AliExpressMarketplace(
            credentials,
            self.gateway(store.gateway),
            store_key=str(store.id),
            on_new_credentials=save,
            reload_credentials=reload,
            attempts=attempts,
            renewing_alone=lambda: renewing_alone(self.database_path, store.id),
            reads_only=store.access != StoreAccess.OPERATE,
            families=families,
            on_families=remember,
        )

    def gateway(self, url: str) -> Gateway:
        """One gateway an address and event loop: limits hold for all stores together."""
        import asyncio

        from app.services.marketplace.aliexpress import Gateway
        from app.services.marketplace.aliexpress.clock import SystemClock
        from app.services.marketplace.aliexpress.limits import Limits

        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._gateways, self._loop = {}, loop
        if url not in self._gateways:
            clock, pace = SystemClock(), self.settings.calls_per_s
            self._gateways[url] = Gateway(
                url,
                clock=clock,
                limits=Limits(clock, {"store": pace} if pace else None),
                proxy=self.proxy_of(self.settings.proxy) if self._proxy is None else self._proxy,
                trace=self.trace,
            )
        return self._gateways[url]

    def _keep_renewed(self, store_id: int, reference: str, renewed: StoreCredentials) -> None:
        from app.services.stores.reading import note_renewal

        self.credentials.replace(reference, renewed)
        if note_renewal(self.db, store_id, reference, renewed):
            log.info("renewed the sign-in of store %s", store_id)
        else:  # signed in again or disconnected meanwhile: nothing refers to these any more
            self.credentials.delete(reference)
