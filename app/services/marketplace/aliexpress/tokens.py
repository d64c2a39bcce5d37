"""Access tokens: exchanged for a code, renewed once for all calls that find them dead (protocol reference 3)."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from app.services.marketplace.aliexpress.encoding import wire_params
from app.services.marketplace.aliexpress.exchange import exchange
from app.services.marketplace.aliexpress.gateway import Gateway
from app.services.marketplace.aliexpress.mapping.methods import TOKEN_CREATE, TOKEN_REFRESH, Method
from app.services.marketplace.aliexpress.retry import RetryPolicy, with_retries
from app.services.marketplace.aliexpress.values import text, whole
from app.services.marketplace.port import SignedOut, StoreCredentials, TemporaryFault, Unanswered

log = logging.getLogger(__name__)

Saver = Callable[[StoreCredentials], Awaitable[None] | None]
Loader = Callable[[], StoreCredentials | None]
Alone = Callable[[], AbstractAsyncContextManager[None]]
"""Makes something to hold while renewing, so that one program at a time does."""


def authorise_url(gateway: Gateway, app_key: str, redirect_uri: str, state: str) -> str:
    """The page on which the owner of a store lets the app in; it returns to *redirect_uri* with `code` and *state*."""
    query = {
        "response_type": "code",
        "force_auth": "true",
        "redirect_uri": redirect_uri,
        "client_id": app_key,
        "state": state,
    }
    return f"{gateway.url.joinpath('oauth', 'authorize')}?{urlencode(query)}"


async def create_credentials(gateway: Gateway, app_key: str, app_secret: str, code: str) -> StoreCredentials:
    """Exchange an authorisation *code*, which works once and for about half an hour.

    Raises:
        SignedOut: `marketplace.code_invalid`.
    """
    empty = StoreCredentials(app_key, app_secret, "", "")
    return await _token_call(gateway, TOKEN_CREATE, empty, {"code": code}, hide=(code,))


async def renew_credentials(gateway: Gateway, credentials: StoreCredentials) -> StoreCredentials:
    """A new pair of tokens for the refresh token, with a lost answer asked for again.

    Raises:
        SignedOut: there is no refresh token, or it is dead as well.
    """
    if not credentials.refresh_token:
        raise SignedOut()
    return await _token_call(gateway, TOKEN_REFRESH, credentials, {"refresh_token": credentials.refresh_token})


class TokenKeeper:
    """The credentials of one store, renewed at most once for all calls that find a token dead. One loop.

    Args:
        on_new_credentials: stores the new pair; called and awaited before the old one is dropped.
        reload_credentials: reads what is stored, in a thread, for another program on this computer may have renewed
            already.
        alone: keeps other programs and other keepers of the store from renewing while it is held.
    """

    def __init__(
        self,
        gateway: Gateway,
        credentials: StoreCredentials,
        on_new_credentials: Saver | None = None,
        reload_credentials: Loader | None = None,
        alone: Alone | None = None,
    ) -> None:
        self.current = credentials
        self._gateway = gateway
        self._save = on_new_credentials
        self._reload = reload_credentials
        self._alone = alone or contextlib.nullcontext
        self._renewal: asyncio.Task[StoreCredentials] | None = None

    async def renew(self, dead: StoreCredentials) -> StoreCredentials:
        """Credentials other than the *dead* ones.

        Raises:
            SignedOut: the refresh token is dead, too.
            TemporaryFault: the platform could not be asked; nothing has changed.
        """
        if self.current.access_token != dead.access_token:
            return self.current
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew_alone(dead))
            self._renewal.add_done_callback(self._renewed)
        # Shielded: the answer of a renewal must be kept even if the call that asked for it is cancelled.
        return await asyncio.shield(self._renewal)

    async def wait(self) -> None:
        """Let a renewal under way finish; its outcome is for those who asked for it."""
        if self._renewal is not None:
            await asyncio.wait([self._renewal])

    async def _renew_alone(self, dead: StoreCredentials) -> StoreCredentials:
        async with self._alone():
            return await self._renew(dead)

    async def _renew(self, dead: StoreCredentials) -> StoreCredentials:
        stored = await asyncio.to_thread(self._reload) if self._reload else None
        if stored is not None and stored.access_token != dead.access_token:
            self.current = stored
            return stored
        try:
            renewed = await renew_credentials(self._gateway, dead)
        except Unanswered as lost:
            # The call that found its token dead was not carried out, whatever became of the renewal.
            raise TemporaryFault(platform_code=lost.platform_code, platform_text=lost.platform_text) from lost
        try:
            if self._save is not None:
                saved = self._save(renewed)
                if inspect.isawaitable(saved):
                    await saved
        finally:
            # Even if storing failed: the platform may have dropped the old pair already.
            self.current = renewed
        log.info("access token renewed")
        return renewed

    def _renewed(self, task: asyncio.Task[StoreCredentials]) -> None:
        self._renewal = None
        if not task.cancelled():
            task.exception()  # taken note of, in case nobody waits any more


async def _token_call(
    gateway: Gateway,
    method: Method,
    credentials: StoreCredentials,
    values: Mapping[str, Any],
    hide: tuple[str, ...] = (),
) -> StoreCredentials:
    params = wire_params(values)

    async def attempt() -> dict[str, Any]:
        return await exchange(gateway, method, params, credentials, hide=hide)

    answer = await with_retries(
        attempt,
        method,
        policy=RetryPolicy.from_rules(),
        clock=gateway.clock,
        is_waited_for=gateway.limits.is_waited_for,
    )
    return _credentials(credentials, answer, method)


def _credentials(old: StoreCredentials, answer: Mapping[str, Any], method: Method) -> StoreCredentials:
    if not answer.get("access_token"):
        raise Unanswered("marketplace.unreadable", method=method.name)
    return replace(
        old,
        access_token=text(answer["access_token"]),
        refresh_token=text(answer.get("refresh_token")) or old.refresh_token,
        seller_id=text(answer.get("seller_id")) or text(answer.get("user_id")) or old.seller_id,
        expires_at=_epoch(answer.get("expire_time")),
        refresh_expires_at=_epoch(answer.get("refresh_token_valid_time")),
    )


def _epoch(milliseconds: Any) -> datetime | None:
    number = whole(milliseconds)
    return None if not number else datetime.fromtimestamp(number / 1000, UTC)
