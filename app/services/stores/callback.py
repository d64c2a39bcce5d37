"""The address a browser comes back to after a sign-in: on this computer, once, and only with our own `state`."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING

from app.messages import tr
from app.services.errors import AppError, InputError
from app.services.stores.gateways import is_loopback

if TYPE_CHECKING:
    from aiohttp import web

HOST = "127.0.0.1"
PATH = "/callback"
LONGEST_CODE = 2_000
SHUTDOWN_S = 2.0
"""How long the last page may take to reach the browser."""
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}


class CallbackBusy(InputError):
    """Another program listens on `port`: perhaps a second sign-in."""

    code = "store.callback_busy"


class SignInRefused(AppError):
    """The owner, or the platform, said no on the sign-in page; `detail` is its own word."""

    code = "store.sign_in_refused"


class SignInTimedOut(AppError):
    """Nobody finished the sign-in within `minutes`."""

    code = "store.sign_in_timed_out"


class Callback:
    """Waits for one answer. `async with Callback(port) as callback`; one loop.

    What comes without our `state` is refused and changes nothing: another page cannot slip in a code of its own. The
    first right answer ends it; later ones are refused.

    Attributes:
        state: what must come back, 43 signs of chance.
        address: what to give the platform as `redirect_uri`.
    """

    def __init__(self, port: int = 0) -> None:
        self.state = secrets.token_urlsafe(32)
        self.address = ""
        self._port = port
        self._runner: web.AppRunner | None = None
        self._code: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def code(self, timeout_s: float) -> str:
        """The code the browser brings.

        Raises:
            SignInRefused: the answer was no.
            SignInTimedOut: no answer.
        """
        try:
            return await asyncio.wait_for(asyncio.shield(self._code), timeout_s)
        except TimeoutError:
            raise SignInTimedOut(minutes=round(timeout_s / 60)) from None

    async def __aenter__(self) -> Callback:
        web = await asyncio.to_thread(import_module, "aiohttp.web")  # a tenth of a second, the first time
        application = web.Application()
        application.router.add_get(PATH, self._take)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_S)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise CallbackBusy(port=self._port) from error
        self.address = f"http://{HOST}:{self._runner.addresses[0][1]}{PATH}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._code.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        query = request.query
        is_ours = hmac.compare_digest(query.get("state", "").encode(), self.state.encode())
        if not is_loopback(f"http://{request.host}") or not is_ours:
            return _page("store.callback.foreign", 403)
        if self._code.done():
            return _page("store.callback.used", 410)
        code = query.get("code", "")
        if 0 < len(code) <= LONGEST_CODE:
            self._code.set_result(code)
            return _page("store.callback.done", 200)
        self._code.set_exception(SignInRefused(detail=_word(query.get("error_description") or query.get("error", ""))))
        return _page("store.callback.refused", 200)


def _word(text: str) -> str:
    """The platform's word, short and in one line."""
    return " ".join(text.split())[:200] or "–"


def _page(key: str, status: int) -> web.Response:
    from aiohttp import web

    style = "font:16px system-ui,sans-serif;max-width:32em;margin:20vh auto;padding:0 1em"
    text = f'<!doctype html><meta charset="utf-8"><title>上架 Shangjia</title><body style="{style}">{tr(key)}</body>'
    response = web.Response(text=text, status=status, content_type="text/html", headers=_HEADERS)
    response.force_close()
    return response
