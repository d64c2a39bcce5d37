"""The three ways to a store's tokens: the browser, pasted tokens (`adding`), shared codes. All end in `add_store`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.models import StoreAccess
from app.services.application import load_network
from app.services.credentials import CredentialsMissing
from app.services.errors import AppError, InputError
from app.services.logs import secrets
from app.services.marketplace.port import StoreCredentials
from app.services.stores.adding import add_store, checked_name, sign_in_again
from app.services.stores.callback import Callback
from app.services.stores.gateways import checked_gateway, is_loopback
from app.services.stores.reading import get_store, list_stores
from app.services.stores.records import StoreRecord
from app.services.stores.shared_codes import PastedCode
from app.services.tasks import TaskCancelled, TaskContext

if TYPE_CHECKING:
    from app.services.application import Application

SIGN_IN_S = 600.0
"""A person reads, logs in, perhaps looks for a phone; the code itself lives for half an hour."""
LOOK_EVERY_S = 0.1


class NoAppKey(InputError):
    """No app key and secret were typed, and no store of the gateway has any to borrow."""

    code = "store.no_app_key"


class SharedCodeTaken(InputError):
    """The shared code opens a store that is here already: `name`."""

    code = "store.shared_known"


class BadCode(InputError):
    """The pasted code was not whole or stood twice; nothing was sent."""

    code = "store.bad_code.short"


@dataclass(frozen=True, slots=True)
class AppKey:
    """What names our app to the platform; empty to borrow that of a store of the same gateway."""

    key: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SignInPlan:
    """What a sign-in with the browser is to bring: a new store called `name`, or new tokens for `store_id`."""

    name: str
    gateway: str
    app_key: AppKey = AppKey()
    alias: str = ""
    store_id: int | None = None


@dataclass(frozen=True, slots=True)
class SharedOutcome:
    """What became of one shared code: the store, or why there is none."""

    pasted: PastedCode
    store: StoreRecord | None = None
    error: AppError | None = None


async def sign_in_by_browser(
    app: Application,
    plan: SignInPlan,
    show: Callable[[str], object],
    ctx: TaskContext,
    *,
    timeout_s: float = SIGN_IN_S,
) -> StoreRecord:
    """Open the platform's page by *show*, receive the code at this computer, exchange it, keep the tokens.

    Raises:
        BadStoreName, BadGateway, NoAppKey, CallbackBusy, NoCredentialStore, VaultLocked: before anything is opened.
        SignInRefused, SignInTimedOut, TaskCancelled: no code came; nothing was changed.
        MarketplaceError: the code was not taken, or the gateway is out of reach.
        OtherSeller, OtherGateway: the tokens are not the store's; they were not kept.
    """
    await asyncio.to_thread(load_network)
    from app.services.marketplace.aliexpress import authorise_url, create_credentials

    if plan.store_id is None:
        checked_name(plan.name)
    address = checked_gateway(plan.gateway, app.settings.gateway_hosts)
    own = await asyncio.to_thread(app_key_for, app, address, plan.app_key, plan.store_id)
    await asyncio.to_thread(app.credentials.ready, is_practice=is_loopback(address))
    gateway = app.gateway(address)
    async with Callback(app.settings.callback_port) as callback:
        show(authorise_url(gateway, own.key, callback.address, callback.state))
        code = await _unless_stopped(callback.code(timeout_s), ctx)
    credentials = await create_credentials(gateway, own.key, own.secret, code)
    return await asyncio.to_thread(_keep, app, plan, address, credentials)


def _keep(app: Application, plan: SignInPlan, gateway: str, credentials: StoreCredentials) -> StoreRecord:
    if plan.store_id is None:
        return add_store(app, plan.name, gateway, credentials, alias=plan.alias)
    return sign_in_again(app, get_store(app.db, plan.store_id), credentials)


async def _unless_stopped(waiting: Coroutine[None, None, str], ctx: TaskContext) -> str:
    """The result of *waiting*, unless the task is told to stop first."""
    task = asyncio.ensure_future(waiting)
    try:
        while not task.done():
            ctx.checkpoint()
            await asyncio.wait({task}, timeout=LOOK_EVERY_S)
        return task.result()
    finally:
        task.cancel()


def app_key_for(app: Application, gateway: str, typed: AppKey, store_id: int | None = None) -> AppKey:
    """The app to speak as: what was typed, else the store's own, else that of another store of the gateway.

    Raises:
        NoAppKey: none is known.
    """
    if typed.key and typed.secret:
        secrets.register((typed.secret,))
        return AppKey(typed.key.strip(), typed.secret.strip())
    stores = [store for store in list_stores(app.db) if store.gateway == gateway and store.credential_ref]
    for store in sorted(stores, key=lambda store: store.id != store_id):
        try:
            credentials = app.credentials.load(store.credential_ref)
        except CredentialsMissing:
            continue
        return AppKey(credentials.app_key, credentials.app_secret)
    raise NoAppKey(gateway=gateway)


def lender(app: Application, gateway: str, store_id: int | None = None) -> str:
    """The name of the store whose app would be borrowed at this gateway, "" for none. No secret is read."""
    stores = [store for store in list_stores(app.db) if store.gateway == gateway and store.credential_ref]
    return min(stores, key=lambda store: store.id != store_id).name if stores else ""


async def add_shared_stores(
    app: Application, gateway: str, codes: Sequence[PastedCode], ctx: TaskContext, typed: AppKey | None = None
) -> list[SharedOutcome]:
    """Redeem shared codes, one after the other; each becomes a store that may only be read. One that is refused stops
    nobody: it comes back with its reason.

    Raises:
        BadGateway, NoAppKey: nothing was sent.
        TaskCancelled: stopped between two codes; stores added before stay.
    """
    address = checked_gateway(gateway, app.settings.gateway_hosts)
    own = await asyncio.to_thread(app_key_for, app, address, typed or AppKey())
    await asyncio.to_thread(app.credentials.ready, is_practice=is_loopback(address))
    secrets.register(pasted.code for pasted in codes)
    outcomes: list[SharedOutcome] = []
    for number, pasted in enumerate(codes):
        ctx.checkpoint()
        try:
            store = await _redeem(app, address, own, pasted)
            outcomes.append(SharedOutcome(pasted, store))
        except TaskCancelled:
            raise
        except AppError as error:
            outcomes.append(SharedOutcome(pasted, error=error))
        ctx.report(number + 1, len(codes), failed=sum(outcome.error is not None for outcome in outcomes))
    return outcomes


async def _redeem(app: Application, gateway: str, own: AppKey, pasted: PastedCode) -> StoreRecord:
    await asyncio.to_thread(load_network)
    from app.services.marketplace.aliexpress import create_credentials

    if pasted.problem:
        raise BadCode(f"store.bad_code.{pasted.problem}", digits=pasted.digits)
    credentials = await create_credentials(app.gateway(gateway), own.key, own.secret, pasted.code)
    return await asyncio.to_thread(_keep_shared, app, gateway, pasted, credentials)


def _keep_shared(app: Application, gateway: str, pasted: PastedCode, credentials: StoreCredentials) -> StoreRecord:
    """A new store, or the tokens of the shared one that has this alias or account; rights stay as they are."""
    stores = [store for store in list_stores(app.db) if store.gateway == gateway]
    for store in stores:
        is_same = bool(credentials.seller_id) and store.seller_id == credentials.seller_id
        if store.is_shared and (is_same or (pasted.alias and store.alias == pasted.alias and not store.seller_id)):
            return sign_in_again(app, store, credentials)
        if is_same:
            raise SharedCodeTaken(name=store.name)
    taken = {store.name for store in list_stores(app.db)}
    aliases = {store.alias for store in list_stores(app.db)}
    wanted = pasted.alias or f"shared-{pasted.code[-4:]}"
    name = next(name for name in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)
    return add_store(
        app,
        name,
        gateway,
        credentials,
        alias="" if pasted.alias in aliases else pasted.alias,
        access=StoreAccess.READ_ONLY,
        is_shared=True,
    )
