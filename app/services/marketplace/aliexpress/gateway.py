"""HTTP to one gateway host: forms out, bytes back, and the difference between "not sent" and "not answered"."""

from __future__ import annotations

import asyncio
import logging
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from yarl import URL

from app.services.errors import InputError
from app.services.marketplace.aliexpress.clock import Clock, SystemClock
from app.services.marketplace.aliexpress.limits import Limits
from app.services.marketplace.aliexpress.proxies import check_proxy, is_loopback, proxy_for, shown
from app.services.marketplace.aliexpress.trace import HttpTrace
from app.services.marketplace.port import MarketplaceError, RateLimited, Refused, Unanswered, Unreachable

log = logging.getLogger(__name__)

SYNC_PATH = "/sync"
REST_PATH = "/rest"
_FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
_SAME_TIME = timedelta(seconds=30)
_LARGEST_ANSWER = 64 * 1024 * 1024
_SANE_YEARS = range(2000, 2200)
"""Of a server's clock: ours is set by it, and a date must bear a few days more or less."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file part: `field` is the API parameter's name."""

    field: str
    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the body, and the `Date` header, "" where there is none."""

    body: bytes
    date: str = ""

    @property
    def served_at(self) -> datetime | None:
        """The server's clock, None where the answer does not name it, or names a time that nobody can reckon with."""
        try:
            served_at = parsedate_to_datetime(self.date).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return served_at if served_at.year in _SANE_YEARS else None


class Gateway:
    """One gateway host, pinned: TLS is verified, redirects are refused, only loopback may be plain http.

    One keep-alive session serves all stores; it is opened by the first call, in the loop that is running then
    (asyncio, uvloop or qasync). One Gateway belongs to one loop; after `close` the next call opens a new session.
    `limits` is shared by all stores of the process that use this Gateway.

    Args:
        url: the base address.
        connections: requests under way at a time, for each store: a slow one does not hold up its neighbours.
        proxy: address of an HTTP proxy, "" for the system's, `direct` for none.
        trace: where calls are noted while it is on.

    Raises:
        InputError: `marketplace.bad_gateway`, `marketplace.insecure_gateway` or `marketplace.bad_proxy`.
    """

    def __init__(
        self,
        url: str,
        *,
        connections: int = 64,
        connect_timeout_s: float = 15,
        read_timeout_s: float = 30,
        upload_timeout_s: float = 120,
        clock: Clock | None = None,
        limits: Limits | None = None,
        proxy: str = "",
        trace: HttpTrace | None = None,
    ) -> None:
        check_proxy(proxy)
        self.url = _pinned(url)
        self.trace = trace
        self.clock = clock or SystemClock()
        self.limits = limits or Limits(self.clock)
        self._connections = connections
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._proxy_setting = proxy
        self._proxy: URL | None = None
        self._through: dict[str, Any] = {}
        self._session: aiohttp.ClientSession | None = None
        self._retired: list[aiohttp.ClientSession] = []
        self._urls: dict[str, URL] = {}
        self._ahead = timedelta()
        self._told: tuple[Reply, datetime] | None = None
        self._timeout = aiohttp.ClientTimeout(
            total=upload_timeout_s, connect=connect_timeout_s, sock_connect=connect_timeout_s, sock_read=read_timeout_s
        )

    async def post(
        self, path: str, params: Mapping[str, str], upload: Upload | None = None, *, store: str = ""
    ) -> Reply:
        """Post *params* as a form, or as multipart beside *upload*, in the turn of *store*.

        Raises:
            Unreachable: nothing was sent.
            Unanswered: sent, but no usable answer.
            RateLimited: HTTP 429.
            Refused: a redirect, a proxy that lets nothing through, or a status that no marketplace sends.
        """
        slots = self._slots.get(store) or self._slots.setdefault(store, asyncio.Semaphore(self._connections))
        async with slots:
            try:
                return await self._exchange(path, params, upload)
            except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as error:
                raise self._fault(Refused("marketplace.certificate", host=self._host), error) from error
            except aiohttp.ClientProxyConnectionError as error:
                raise self._fault(
                    Unreachable("marketplace.proxy_unreachable", proxy=self._shown_proxy), error
                ) from None
            except aiohttp.ClientHttpProxyError as error:
                # The proxy would not open the way: the platform saw nothing.
                refused = Refused("marketplace.proxy_refused", proxy=self._shown_proxy, status=str(error.status))
                raise self._fault(refused, error) from None
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
                raise self._fault(Unreachable(host=self._host), error) from error
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise self._fault(Unanswered(), error) from error

    async def download(self, url: URL, most: int) -> bytes:
        """The file at *url*, of at most *most* bytes; no token goes along.

        Raises:
            Unreachable, Unanswered: not now. Refused: a redirect, no such file, or one that is too large.
        """
        session = self._open()
        through = _through(proxy_for(url, self._proxy_setting))
        try:
            async with session.get(url, allow_redirects=False, **through) as response:
                _check_status(response.status, response.headers.get("Location", ""))
                if (response.content_length or 0) > most:
                    raise Refused("marketplace.http_status", status="413")
                data = await _limited_body(response)
                if len(data) > most:  # it had not said so
                    raise Refused("marketplace.http_status", status="413")
                return data
        except aiohttp.ClientConnectorError as error:
            raise self._fault(Unreachable(host=url.authority), error) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._fault(Unanswered(), error) from error

    def use_proxy(self, setting: str) -> None:
        """Go another way from the next request on; those under way end on theirs. Any thread.

        Raises:
            InputError: `marketplace.bad_proxy`; nothing is changed.
        """
        check_proxy(setting)
        if setting != self._proxy_setting:
            self._proxy_setting = setting
            session, self._session = self._session, None
            if session is not None:
                self._retired.append(session)

    def now(self) -> datetime:
        """The time to put on a request, aware: the computer's clock as corrected by `set_clock`."""
        return self.clock.now() + self._ahead

    def set_clock(self, reply: Reply) -> bool:
        """Take the server's clock from *reply*; False where it says nothing new."""
        served_at = reply.served_at
        if served_at is None or abs(served_at - self.now()) < _SAME_TIME:
            return False
        self._ahead = served_at - self.clock.now()
        log.warning("the computer's clock is off by %.0f s", -self._ahead.total_seconds())
        return True

    def heed(self, reply: Reply) -> None:
        """Remember when an answer came by both clocks; read by `ahead`, and only then worked out."""
        self._told = (reply, self.clock.now())

    @property
    def ahead(self) -> timedelta:
        """How far the server's clock is ahead of the computer's, by its last answer; zero where they agree or none
        is known. Unlike `now`, which is corrected only once a request was refused: the platform accepts clocks that
        are two hours off, and its times then do not fit ours."""
        if self._told is None or (served_at := self._told[0].served_at) is None:
            return timedelta()
        ahead = served_at - self._told[1]
        return ahead if abs(ahead) >= _SAME_TIME else timedelta()

    async def close(self) -> None:
        """Close the connections; calls still under way end as `Unanswered`."""
        session, self._session = self._session, None
        retired, self._retired = self._retired, []
        for one in (session, *retired):
            if one is not None:
                await one.close()

    @property
    def _host(self) -> str:
        return self.url.authority

    @property
    def _shown_proxy(self) -> str:
        return shown(self._proxy) if self._proxy else ""

    async def _exchange(self, path: str, params: Mapping[str, str], upload: Upload | None) -> Reply:
        url = self._urls.get(path) or self._urls.setdefault(path, self.url.joinpath(path.lstrip("/")))
        data: bytes | aiohttp.FormData = _form(params) if upload is None else _multipart(params, upload)
        headers = _FORM if upload is None else None
        session = self._open()
        request = session.post(url, data=data, headers=headers, allow_redirects=False, **self._through)
        async with request as response:
            _check_status(response.status, response.headers.get("Location", ""))
            body = await _limited_body(response)
            return Reply(body, response.headers.get("Date", ""))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._proxy = proxy_for(self.url, self._proxy_setting)
            self._through = _through(self._proxy)
            # Idle connections are dropped before the platform does it: a race there would cost an `Unanswered`.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=15)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), timeout=self._timeout
            )
        return self._session

    def _fault(self, fault: MarketplaceError, cause: Exception) -> MarketplaceError:
        log.info("%s: %s (%s)", self._host, fault.error_code, type(cause).__name__)
        return fault


def _pinned(url: str) -> URL:
    """The base address, without the `/sync` or `/rest` a user may have copied along."""
    try:
        base = URL(url.strip())
        host = base.host
        port = base.port
    except ValueError:
        host, port, base = None, None, URL()
    if not host or not port or base.scheme not in ("http", "https") or base.user or base.query_string or base.fragment:
        raise InputError("marketplace.bad_gateway", url=url)
    if base.scheme == "http" and not is_loopback(host):
        raise InputError("marketplace.insecure_gateway", url=url)
    path = base.path.rstrip("/")
    for ending in (SYNC_PATH, REST_PATH):
        path = path.removesuffix(ending)
    return base.with_path(path or "/")


def _through(proxy: URL | None) -> dict[str, Any]:
    """How a request is told its proxy: user and password apart from the address, which errors repeat."""
    if proxy is None:
        return {}
    if not proxy.user:
        return {"proxy": proxy}
    word = b64encode(f"{proxy.user}:{proxy.password or ''}".encode()).decode()
    return {"proxy": proxy.with_user(None), "proxy_headers": {"Proxy-Authorization": f"Basic {word}"}}


def _form(params: Mapping[str, str]) -> bytes:
    # yarl quotes in C: urllib takes ten times as long, a twelfth of all a publish costs.
    return URL.build(query=dict(params)).raw_query_string.encode("ascii")


def _multipart(params: Mapping[str, str], upload: Upload) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    for name, value in params.items():
        form.add_field(name, value)
    form.add_field(upload.field, upload.data, filename=upload.name, content_type=upload.content_type)
    return form


def _check_status(status: int, location: str) -> None:
    """Success and 400 carry answers (protocol reference 1.2); nothing else comes from the marketplace itself."""
    if 200 <= status < 300 or status == 400:
        return
    if status == 429:
        raise RateLimited(platform_code="429")
    if status >= 500:
        raise Unanswered(platform_code=str(status))
    if 300 <= status < 400:
        raise Refused("marketplace.redirected", status=str(status), to=_host_of(location))
    raise Refused("marketplace.http_status", status=str(status))


def _host_of(location: str) -> str:
    try:
        return URL(location).host or ""
    except ValueError:
        return ""


async def _limited_body(response: Any) -> bytes:
    """The whole body; an endless one is cut off as unusable."""
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > _LARGEST_ANSWER:
            raise Unanswered("marketplace.unreadable", method="", part="size")
    return parts[0] if len(parts) == 1 else b"".join(parts)
