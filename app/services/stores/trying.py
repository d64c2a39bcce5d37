"""Trying a store's connection: one small question, so that "connected" is said only of what has answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.models import StoreHealth
from app.services.marketplace.port import MarketplaceError, RemoteStatus, SignedOut
from app.services.stores.reading import mark_health
from app.services.stores.records import StoreRecord

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
    """Ask the marketplace how many listings the store has on sale. A dead token is noted in the store's health.

    Raises:
        CredentialsMissing, VaultLocked, NoCredentialStore, CredentialStoreFailed: the tokens cannot be read.
    """
    try:
        async with app.connected(store, attempts=ATTEMPTS) as marketplace:
            page = await marketplace.list_listings(RemoteStatus.ON_SALE, page_size=1)
    except SignedOut as error:
        await asyncio.to_thread(mark_health, app.db, store.id, StoreHealth.SIGNED_OUT)
        return Trial(error=error)
    except MarketplaceError as error:
        return Trial(error=error)
    return Trial(live=page.total)
