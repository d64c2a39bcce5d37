"""Calls in the name of one store: in turn, repeated where that is safe, with a token that is renewed when it dies."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.services.marketplace.aliexpress.certainty import believed
from app.services.marketplace.aliexpress.encoding import wire_params
from app.services.marketplace.aliexpress.envelope import body_problem, refusal
from app.services.marketplace.aliexpress.errors import TokenDead
from app.services.marketplace.aliexpress.exchange import exchange, secrets_of
from app.services.marketplace.aliexpress.gateway import Gateway, Upload
from app.services.marketplace.aliexpress.limits import Caller
from app.services.marketplace.aliexpress.mapping.methods import Method, Repeat
from app.services.marketplace.aliexpress.retry import RetryPolicy, with_retries
from app.services.marketplace.aliexpress.tokens import TokenKeeper
from app.services.marketplace.port import MarketplaceError, RateLimited, Refused, StoreCredentials
from app.services.marketplace.records import CallsMade, Pause

log = logging.getLogger(__name__)

DAY_QUOTA = "marketplace.day_quota"
"""The code of a limit that lasts until the platform's midnight (`errors.py`)."""


class StoreSession:
    """Speaks for one store through a shared gateway. One loop.

    Args:
        gateway: shared by all stores; not closed here.
        tokens: the store's credentials.
        store_key: name of the store for limits and the log; never a secret.
        attempts: tries of a call; None for those of the rule file.
        reads_only: refuse every method that is no read, before anything is sent.
    """

    def __init__(
        self,
        gateway: Gateway,
        tokens: TokenKeeper,
        store_key: str,
        attempts: int | None = None,
        *,
        reads_only: bool = False,
    ) -> None:
        self._reads_only = reads_only
        self.gateway = gateway
        self.tokens = tokens
        self.store_key = store_key
        policy = RetryPolicy.from_rules()
        self._policy = policy if attempts is None else replace(policy, attempts=attempts)
        self._callers: dict[str, Caller] = {}
        self._made = 0
        self._is_used_up = False

    async def call(
        self, method: Method, params: Mapping[str, Any] | None = None, upload: Upload | None = None
    ) -> dict[str, Any]:
        """The content of *method*'s answer to *params* (values as Python objects; None and "" are not sent).

        Raises:
            MarketplaceError: see the subclasses; for a write `Unanswered` means that it may have been applied.
        """
        if self._reads_only and method.repeat is not Repeat.READ:
            raise Refused("marketplace.read_only", method=method.name)
        sent = wire_params(params or {})
        try:
            return await with_retries(
                lambda: self._attempt(method, sent, upload),
                method,
                policy=self._policy,
                clock=self.gateway.clock,
                is_waited_for=self.gateway.limits.is_waited_for,
            )
        except MarketplaceError as error:
            error.was_reading = method.repeat is Repeat.READ
            raise

    def pauses(self) -> tuple[Pause, ...]:
        """The limits that hold this store's calls up now."""
        return self.gateway.limits.pauses(Caller(self.tokens.current.app_key, self.store_key, ""))

    def takes_s(self, method: Method, calls: int) -> float:
        """How long that many calls of *method* take at least, by the limits known now."""
        caller = Caller(self.tokens.current.app_key, self.store_key, method.name)
        return self.gateway.limits.takes_s(caller, calls)

    def calls_made(self) -> CallsMade:
        """Calls that left since the last time this was asked."""
        made = CallsMade(self._made, self._is_used_up)
        self._made, self._is_used_up = 0, False
        return made

    def refusal(self, method: Method, answer: dict[str, Any]) -> MarketplaceError:
        """The error that the body of a partial answer names."""
        now, secrets = self.gateway.now(), secrets_of(self.tokens.current)
        return believed(refusal(body_problem(answer), method, now=now, secrets=secrets), method)

    async def close(self) -> None:
        """Let a token renewal under way finish, so that its answer is not lost."""
        await self.tokens.wait()

    async def _attempt(self, method: Method, params: Mapping[str, str], upload: Upload | None) -> dict[str, Any]:
        used = self.tokens.current
        try:
            return await self._in_turn(method, params, upload, used)
        except TokenDead:
            return await self._in_turn(method, params, upload, await self.tokens.renew(used))

    async def _in_turn(
        self, method: Method, params: Mapping[str, str], upload: Upload | None, credentials: StoreCredentials
    ) -> dict[str, Any]:
        caller = self._callers.get(method.name)
        if caller is None:
            caller = self._callers.setdefault(method.name, Caller(credentials.app_key, self.store_key, method.name))
        clock, limits = self.gateway.clock, self.gateway.limits
        turn = await limits.turn(caller)
        was_let_through = True
        self._made += 1
        try:
            return await exchange(self.gateway, method, params, credentials, upload=upload, store=self.store_key)
        except RateLimited as limit:
            was_let_through = False
            self._is_used_up |= limit.error_code == DAY_QUOTA
            log.info("%s %s: %s", self.store_key, method.name, limit.error_code)
            limits.obey(caller, limit)
            raise
        finally:
            turn.over(clock.monotonic(), was_let_through=was_let_through)
