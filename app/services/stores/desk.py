"""What the window and the command line do with stores, over an `Application`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.models import StoreAccess
from app.services.clock import now_ms, to_ms
from app.services.credentials import from_object
from app.services.errors import AppError, InputError
from app.services.stores.adding import add_store, checked_name, sign_in_again
from app.services.stores.callback import HOST, PATH
from app.services.stores.doctor import Diagnosis, examine_store
from app.services.stores.editing import NameTaken, change_store, set_access
from app.services.stores.gateways import checked_gateway
from app.services.stores.health import waiting_writes
from app.services.stores.leaving import Removal, disconnect_store, removal_of, remove_store
from app.services.stores.light import light_of
from app.services.stores.reading import find_store, get_store, list_stores
from app.services.stores.records import StoreRecord
from app.services.stores.shared_codes import PastedCode, read_codes
from app.services.stores.signing_in import (
    AppKey,
    SharedOutcome,
    SignInPlan,
    add_shared_stores,
    lender,
    sign_in_by_browser,
)
from app.services.stores.source import StoreDetail, StoreSource
from app.services.stores.trying import ConnectionReport, probe_connection
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.application import Application


@dataclass(frozen=True, slots=True)
class StoreView:
    """A store for the side panel, with where its tokens lie.

    Attributes:
        detail: figures and checklist.
        app_key_end: the last four signs of the app key, "" where the tokens cannot be read now.
        place: `keyring`, `vault` or `practice`, "" for none.
    """

    detail: StoreDetail
    app_key_end: str
    place: str


@dataclass(frozen=True, slots=True)
class Attention:
    """A store a person must look after soon: `reason` is that of its light, `waiting` writes are kept."""

    store_id: int
    name: str
    reason: str
    since_ms: int | None
    waiting: int


class StoreDesk:
    """The use cases of stores. Plain methods touch the disk; coroutines are for the network."""

    def __init__(self, app: Application) -> None:
        self._app = app

    # -- looking -----------------------------------------------------------------------------------------------

    def source(self) -> StoreSource:
        """Rows of the Stores tab."""
        return StoreSource(self._app.db, warn_days=self._app.settings.token_warn_days)

    def view(self, store_id: int) -> StoreView:
        """One store for the panel. Raises: NotFound."""
        detail = self.source().detail(store_id)
        reference = detail.store.credential_ref
        if not reference:
            return StoreView(detail, "", "")
        try:
            key = self._app.credentials.load(reference).app_key
            return StoreView(detail, key[-4:], self._app.credentials.place_of(reference))
        except AppError:  # a locked vault must not hide the rest
            return StoreView(detail, "", reference.partition(":")[0])

    def app_key(self, store_id: int) -> str:
        """The whole app key, to copy it. Raises: NotFound, CredentialsMissing, VaultLocked."""
        return self._app.credentials.load(get_store(self._app.db, store_id).credential_ref).app_key

    def attention(self) -> list[Attention]:
        """Stores that are signed out or will be within a day, the worst first."""
        found = []
        with self._app.db.reader.connect() as connection:
            for store in list_stores(self._app.db, warn_days=self._app.settings.token_warn_days):
                light = light_of(store, now_ms())
                if light.reason in ("signed_out", "disconnected", "last_day"):
                    since = to_ms(store.signed_out_at)
                    waiting = waiting_writes(connection, store.id)
                    found.append(Attention(store.id, store.name, light.reason, since, waiting))
        return sorted(found, key=lambda one: (one.reason == "last_day", -one.waiting))

    def waiting_listings(self, store_id: int) -> list[int]:
        """Listings of a store that wait in the queue or for an answer, in the order they were queued."""
        with self._app.db.reader.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT listing_id FROM publish_task WHERE store_id = ? "
                "AND state IN ('waiting', 'queued', 'sending', 'unknown') ORDER BY id",
                (store_id,),
            )
            return list(rows.scalars())

    # -- signing in --------------------------------------------------------------------------------------------

    def callback_address(self) -> str:
        """What the platform must know as the app's callback."""
        return f"http://{HOST}:{self._app.settings.callback_port}{PATH}"

    def lender(self, gateway: str, store_id: int | None = None) -> str:
        """The store whose app is used where none is typed, "" for none or for an address that is none yet."""
        try:
            return lender(self._app, checked_gateway(gateway, self._app.settings.gateway_hosts), store_id)
        except InputError:
            return ""

    def add_by_tokens(self, name: str, gateway: str, secrets: Mapping[str, str]) -> StoreRecord:
        """Connect a new store with pasted tokens. Raises: InputError saying what is missing or wrong."""
        self._must_be_new(name)
        return add_store(self._app, name, gateway, from_object(dict(secrets)))

    def sign_in_by_tokens(self, store_id: int, secrets: Mapping[str, str]) -> StoreRecord:
        """Give a store pasted tokens. Raises: InputError, OtherSeller."""
        return sign_in_again(self._app, get_store(self._app.db, store_id), from_object(dict(secrets)))

    async def sign_in_by_browser(
        self, plan: SignInPlan, show: Callable[[str], object], ctx: TaskContext
    ) -> StoreRecord:
        """Sign in with the browser; `show` opens the page. Raises: see `signing_in.sign_in_by_browser`."""
        if plan.store_id is None:
            await asyncio.to_thread(self._must_be_new, plan.name)
        return await sign_in_by_browser(self._app, plan, show, ctx)

    def _must_be_new(self, name: str) -> None:
        cleaned = checked_name(name)
        if any(store.name.casefold() == cleaned.casefold() for store in list_stores(self._app.db)):
            raise NameTaken(name=cleaned)

    def read_codes(self, text: str) -> tuple[PastedCode, ...]:
        """The shared codes of a pasted text. Raises: NoSharedCode."""
        return read_codes(text)

    async def add_shared(
        self, gateway: str, codes: Sequence[PastedCode], app_key: AppKey, ctx: TaskContext
    ) -> list[SharedOutcome]:
        """Redeem shared codes. Raises: see `signing_in.add_shared_stores`."""
        return await add_shared_stores(self._app, gateway, codes, ctx, app_key)

    # -- looking after -----------------------------------------------------------------------------------------

    def find(self, name: str) -> StoreRecord:
        """A store by name or alias. Raises: NotFound."""
        return find_store(self._app.db, name)

    async def probe(self, store_id: int, ctx: TaskContext) -> ConnectionReport:
        """Ask the store for one thing of each kind. Raises: NotFound, PracticeMarketDown."""
        store = await asyncio.to_thread(get_store, self._app.db, store_id)
        return await probe_connection(self._app, store)

    async def examine(self, store_id: int, ctx: TaskContext) -> Diagnosis:
        """Whether the store can be worked: the way to it, sign-in, permissions, limits. Raises: NotFound."""
        store = await asyncio.to_thread(get_store, self._app.db, store_id)
        return await examine_store(self._app, store)

    def change(
        self,
        store_id: int,
        *,
        name: str | None = None,
        alias: str | None = None,
        colour: int | None = None,
        quota: int | None = None,
    ) -> StoreRecord:
        """Change what a store is called here. Raises: see `editing.change_store`."""
        return change_store(self._app.db, store_id, name=name, alias=alias, colour=colour, quota=quota)

    def set_operable(self, store_id: int, operable: bool, *, is_confirmed: bool = False) -> StoreRecord:
        """Allow writing to a store, which somebody must have confirmed, or reading only; the history tells who.
        Raises: NotConfirmed, StoreBusy, NotFound."""
        access = StoreAccess.OPERATE if operable else StoreAccess.READ_ONLY
        return set_access(self._app.db, store_id, access, is_confirmed=is_confirmed)

    def disconnect(self, store_id: int) -> StoreRecord:
        """Wipe the tokens. Raises: see `leaving.disconnect_store`."""
        return disconnect_store(self._app, store_id)

    def removal(self, store_id: int) -> Removal:
        """What removing would do. Raises: NotFound."""
        return removal_of(self._app.db, store_id)

    def remove(self, store_id: int) -> Path:
        """Remove a store with everything of it; returns the copy made before. Raises: see `leaving.remove_store`."""
        return remove_store(self._app, store_id)
