"""One AliExpress store behind the port: the parts of the adapter put together."""

from __future__ import annotations

from collections.abc import Mapping

from app.services.marketplace.aliexpress.bulk import BulkCalls
from app.services.marketplace.aliexpress.categories import CategoryCalls
from app.services.marketplace.aliexpress.clock import Clock
from app.services.marketplace.aliexpress.families import FamilyChoice, Remember
from app.services.marketplace.aliexpress.gateway import Gateway
from app.services.marketplace.aliexpress.images import ImageCalls
from app.services.marketplace.aliexpress.orders import OrderCalls
from app.services.marketplace.aliexpress.permissions import PermissionCalls
from app.services.marketplace.aliexpress.session import StoreSession
from app.services.marketplace.aliexpress.templates import TemplateCalls
from app.services.marketplace.aliexpress.tokens import Alone, Loader, Saver, TokenKeeper
from app.services.marketplace.port import StoreCredentials
from app.services.marketplace.records import CallsMade, Pause


class AliExpressMarketplace(BulkCalls, CategoryCalls, TemplateCalls, ImageCalls, OrderCalls, PermissionCalls):
    """One store, as `port.Marketplace`. One loop.

    Args:
        credentials: to speak for the store with.
        gateway: shared by all stores, so that they share limits and connections; `close` leaves it open.
        store_key: names the store in limits and log; not a secret.
        clock: the gateway's unless given.
        on_new_credentials: called with renewed credentials, and awaited where it is a coroutine, before the old
            ones are dropped. Store them.
        reload_credentials: reads the stored credentials, in a thread; asked before renewing, for another program
            on this computer may have done so. Its errors come out of the call that found the token dead.
        attempts: tries of a call, the first one included; None for those of the rule file.
        renewing_alone: makes what is held while renewing, so that one program at a time does.
        reads_only: nothing that changes the store leaves: such calls raise.
        families: which family of methods the account may call, as `on_families` was told earlier; learned where
            it is empty or has become wrong.
        on_families: told when that changes, and awaited where it is a coroutine. Store it.
    """

    def __init__(
        self,
        credentials: StoreCredentials,
        gateway: Gateway,
        *,
        store_key: str,
        clock: Clock | None = None,
        on_new_credentials: Saver | None = None,
        reload_credentials: Loader | None = None,
        attempts: int | None = None,
        renewing_alone: Alone | None = None,
        reads_only: bool = False,
        families: Mapping[str, str] | None = None,
        on_families: Remember | None = None,
    ) -> None:
        keeper = TokenKeeper(gateway, credentials, on_new_credentials, reload_credentials, renewing_alone)
        self._session = StoreSession(gateway, keeper, store_key, attempts, reads_only=reads_only)
        self._clock = clock or gateway.clock
        self._families = FamilyChoice(families, on_families)
        self._questions = {}

    def pauses(self) -> tuple[Pause, ...]:
        """The limits that hold this store's calls up now, the longest first."""
        return self._session.pauses()

    def calls_made(self) -> CallsMade:
        """Calls since the last time this was asked."""
        return self._session.calls_made()

    async def close(self) -> None:
        """Finish what must not be cut off. The gateway is closed by whoever made it."""
        await self._session.close()
