"""One signed request and its answer, noted in the trace: no waiting, no repeating, no renewing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.services.marketplace.aliexpress.certainty import believed
from app.services.marketplace.aliexpress.envelope import open_answer
from app.services.marketplace.aliexpress.errors import WrongClock
from app.services.marketplace.aliexpress.gateway import REST_PATH, SYNC_PATH, Gateway, Reply, Upload
from app.services.marketplace.aliexpress.mapping.methods import Method
from app.services.marketplace.aliexpress.signing import sign_iop
from app.services.marketplace.port import MarketplaceError, StoreCredentials

_NOTHING = Reply(b"")

_LONGEST_CALL = timedelta(minutes=10)
"""A clock that moved further than this during a call was set."""


async def exchange(
    gateway: Gateway,
    method: Method,
    params: Mapping[str, str],
    credentials: StoreCredentials,
    *,
    upload: Upload | None = None,
    hide: tuple[str, ...] = (),
    store: str = "",
) -> dict[str, Any]:
    """Send *params* to *method* and return the content of the answer.

    A dotted method goes to `/sync` with the access token, a path method to `/rest`. Where the platform finds our
    clock wrong, its own is taken from then on and the call repeated once: such a request was not carried out.

    Raises:
        MarketplaceError: whatever became of it.
    """
    secrets = (*secrets_of(credentials), *hide)
    for is_last in (False, True):
        noted = _note(gateway, method, params, (*secrets, credentials.app_key), store)
        reply, asked_at = _NOTHING, gateway.now()
        try:
            reply = await _send(gateway, method, params, credentials, upload, store)
            gateway.heed(reply)
            answer = open_answer(reply.body, method, now=gateway.now(), secrets=secrets)
        except MarketplaceError as error:
            if noted:
                noted(reply, error.error_code)
            if (doubtful := believed(error, method)) is not error:
                raise doubtful from error
            if not isinstance(error, WrongClock) or is_last:
                raise
            if not (gateway.set_clock(reply) or _is_corrected(asked_at, gateway.now())):
                raise
        else:
            if noted:
                noted(reply, "ok")
            return answer
    raise AssertionError("unreachable")


def _note(
    gateway: Gateway, method: Method, params: Mapping[str, str], secrets: tuple[str, ...], store: str
) -> Callable[[Reply, str], None] | None:
    """What to tell the trace when the call that leaves now is over; None while the trace is off."""
    trace = gateway.trace
    if trace is None or not trace.is_on:
        return None
    at, left_s = gateway.clock.now(), gateway.clock.monotonic()

    def over(reply: Reply, outcome: str) -> None:
        trace.note(
            at,
            store=store,
            method=method.name,
            params=params,
            body=reply.body,
            outcome=outcome,
            took_ms=round((gateway.clock.monotonic() - left_s) * 1000),
            secrets=secrets,
        )

    return over


def secrets_of(credentials: StoreCredentials) -> tuple[str, ...]:
    """What must not come out in any sentence, log or trace."""
    return (credentials.access_token, credentials.refresh_token, credentials.app_secret)


def _is_corrected(asked_at: datetime, now: datetime) -> bool:
    """Whether another call has set the clock since this one was sent."""
    return abs(now - asked_at) > _LONGEST_CALL


async def _send(
    gateway: Gateway,
    method: Method,
    params: Mapping[str, str],
    credentials: StoreCredentials,
    upload: Upload | None,
    store: str,
) -> Reply:
    is_path = method.name.startswith("/")
    signed = {
        **params,
        "app_key": credentials.app_key,
        "timestamp": str(int(gateway.now().timestamp() * 1000)),
        "sign_method": "sha256",
    }
    if not is_path:
        signed["method"] = method.name
        signed["session"] = credentials.access_token
        signed["format"] = "json"
        signed["simplify"] = "true"
    signed["sign"] = sign_iop(signed, credentials.app_secret, method.name if is_path else "")
    return await gateway.post(REST_PATH + method.name if is_path else SYNC_PATH, signed, upload, store=store)
