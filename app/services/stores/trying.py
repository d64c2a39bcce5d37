"""Trying a store's connection: small questions, so that "connected" is said only of what has answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.models import StoreHealth
from app.services.errors import AppError
from app.services.marketplace.port import Marketplace, MarketplaceError, Refused, RemoteStatus
from app.services.stores.practice import reachable
from app.services.stores.reading import mark_health
from app.services.stores.records import StoreRecord
from app.services.stores.verdicts import health_after, note_error

if TYPE_CHECKING:
    from app.services.application import Application

ATTEMPTS = 3
"""A person waits for this answer: about a second and a half of patience, not the quarter of a minute of a sync."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How the marketplace took the tokens.

    Attributes:
        live: listings on sale there, None where nothing was learned.
        error: why nothing was learned, None where it answered.
    """

    live: int | None = None
    error: MarketplaceError | None = None


async def try_connection(app: Application, store: StoreRecord) -> Trial:
    """Ask the marketplace how many listings the store has on sale. What is the matter is noted in the store's health.

    Raises:
        CredentialsMissing, VaultLocked, NoCredentialStore, CredentialStoreFailed: the tokens cannot be read.
    """
    try:
        async with app.connected(store, attempts=ATTEMPTS) as marketplace:
            page = await marketplace.list_listings(RemoteStatus.ON_SALE, page_size=1)
    except MarketplaceError as error:
        await asyncio.to_thread(note_error, app.db, store.id, error)
        return Trial(error=error)
    return Trial(live=page.total)


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing the store was asked: what it is (`store.probe.<part>`), whether it works, or why not.

    Attributes:
        part: `listings`, `orders`, `freight`, `groups` or `categories`.
        error: why it does not work; its sentence carries the remedy.
        count: how many there are, None where the answer does not tell.
    """

    part: str
    error: AppError | None = None
    count: int | None = None

    @property
    def works(self) -> bool:
        """Whether it answered."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """All that was asked, in order; after a sign-in or network fault the rest is not asked."""

    store: StoreRecord
    probes: tuple[Probe, ...]

    @property
    def works(self) -> bool:
        """Whether everything answered."""
        return all(probe.works for probe in self.probes)


async def probe_connection(app: Application, store: StoreRecord) -> ConnectionReport:
    """Ask a store for one thing of each kind: what its account may call, and what not with its remedy.

    A refusal of one kind does not stop the others; a dead token or an unreachable gateway does. The store's light
    follows: what is the matter, or well again. Nothing is written to the store.

    Raises:
        PracticeMarketDown: the practice market did not start.
    """
    probes: list[Probe] = []
    try:
        store = await reachable(app, store)
        async with app.connected(store, attempts=ATTEMPTS) as marketplace:
            for part, ask in _QUESTIONS.items():
                probes.append(await _probe(part, ask, marketplace))
                error = probes[-1].error
                if error is not None and not isinstance(error, Refused):
                    break
    except AppError as error:  # the tokens cannot be read: that is an answer, too
        probes.append(Probe(next(iter(_QUESTIONS)), error))
    await asyncio.to_thread(_note, app, store, probes)
    return ConnectionReport(store, tuple(probes))


async def _probe(part: str, ask: Callable[[Marketplace], Awaitable[int | None]], marketplace: Marketplace) -> Probe:
    try:
        return Probe(part, count=await ask(marketplace))
    except MarketplaceError as error:
        return Probe(part, error)


def _note(app: Application, store: StoreRecord, probes: list[Probe]) -> None:
    health = next(filter(None, (health_after(probe.error) for probe in probes)), None)
    if health is not None:
        mark_health(app.db, store.id, health)
    elif any(probe.works for probe in probes):
        mark_health(app.db, store.id, StoreHealth.OK)


async def _listings(marketplace: Marketplace) -> int | None:
    return (await marketplace.list_listings(RemoteStatus.ON_SALE, page_size=1)).total


async def _orders(marketplace: Marketplace) -> int | None:
    now = datetime.now(UTC)
    page = await marketplace.list_orders(created_from=now - timedelta(days=1), created_to=now, page_size=1)
    return page.total


async def _freight(marketplace: Marketplace) -> int | None:
    return len(await marketplace.freight_templates())


async def _groups(marketplace: Marketplace) -> int | None:
    return len(await marketplace.product_groups())


async def _categories(marketplace: Marketplace) -> int | None:
    await marketplace.category_children()
    return None


_QUESTIONS: dict[str, Callable[[Any], Awaitable[int | None]]] = {
    "listings": _listings,
    "orders": _orders,
    "freight": _freight,
    "groups": _groups,
    "categories": _categories,
}
