"""Proxies: from the settings, from the system, never for this computer, and what they may do wrong."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp.test_utils import unused_port
from yarl import URL

from app.services.errors import InputError
from app.services.marketplace.aliexpress.gateway import SYNC_PATH, Gateway
from app.services.marketplace.aliexpress.proxies import proxy_for, shown
from app.services.marketplace.port import MarketplaceError, Refused, Unreachable

GATEWAY = URL("https://api-sg.aliexpress.com")
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def no_proxy_of_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("setting", "proxy"),
    [
        ("", None),
        ("direct", None),
        ("http://127.0.0.1:7890", "http://127.0.0.1:7890"),
        (" 10.0.0.1:3128 ", "http://10.0.0.1:3128"),
        ("https://user:word@proxy.example:8443", "https://user:word@proxy.example:8443"),
    ],
)
def test_the_setting(setting: str, proxy: str | None) -> None:
    assert proxy_for(GATEWAY, setting) == (URL(proxy) if proxy else None)


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")

    assert proxy_for(GATEWAY) == URL("http://proxy.example:3128")
    assert proxy_for(GATEWAY, "direct") is None
    assert proxy_for(GATEWAY, "http://10.0.0.1:1") == URL("http://10.0.0.1:1")


@pytest.mark.parametrize("hosts", ["aliexpress.com", ".aliexpress.com", "*", "api-sg.aliexpress.com:443"])
def test_hosts_the_environment_excepts(monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", hosts)

    assert proxy_for(GATEWAY) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:8123", "http://localhost:8123", "https://[::1]:8123"])
def test_this_computer_is_reached_straight(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")

    assert proxy_for(URL(url)) is None
    assert proxy_for(URL(url), "http://proxy.example:3128") is None


@pytest.mark.parametrize("setting", ["socks5://127.0.0.1:1080", "http://", "http://host:99999", "ftp://u:secret@x"])
def test_an_address_that_is_no_proxy(setting: str) -> None:
    with pytest.raises(InputError) as caught:
        Gateway(str(GATEWAY), proxy=setting)

    assert caught.value.error_code == "marketplace.bad_proxy"
    assert "secret" not in str(caught.value)


def test_credentials_of_a_proxy_are_not_shown() -> None:
    assert shown(URL("http://user:secret@proxy.example:3128")) == "http://proxy.example:3128"


@asynccontextmanager
async def proxy(answer: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A proxy that says *answer* to every CONNECT; yields its port and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()
        await server.wait_closed()


async def failure(setting: str) -> MarketplaceError:
    gateway = Gateway("https://gateway.invalid", proxy=setting)
    with pytest.raises(MarketplaceError) as caught:
        await gateway.post(SYNC_PATH, {"session": "shh"})
    await gateway.close()
    return caught.value


async def test_a_proxy_that_is_not_there() -> None:
    error = await failure(f"http://user:secret@127.0.0.1:{unused_port()}")

    assert (type(error), error.error_code) == (Unreachable, "marketplace.proxy_unreachable")
    assert "secret" not in repr(error) + str(error.__cause__) + str(error.__context__)


async def test_a_proxy_that_wants_a_password() -> None:
    async with proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as (port, asked):
        error = await failure(f"http://user:secret@127.0.0.1:{port}")

    assert (type(error), error.error_code) == (Refused, "marketplace.proxy_refused")
    assert error.params["status"] == "407"
    assert asked[0].startswith(b"CONNECT gateway.invalid:443 HTTP/1.1")
    assert base64.b64encode(b"user:secret") in asked[0]
    assert b"shh" not in asked[0]
    assert "secret" not in repr(error) + str(error.__cause__) + str(error.__context__)


async def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") as (port, asked):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        error = await failure("")

    assert error.error_code == "marketplace.proxy_refused"
    assert len(asked) == 1


async def test_another_proxy_holds_from_the_next_request_on() -> None:
    gateway = Gateway("https://gateway.example", proxy=f"http://127.0.0.1:{unused_port()}")
    for port in (unused_port(), unused_port()):
        with pytest.raises(MarketplaceError):
            await gateway.post(SYNC_PATH, {})
        gateway.use_proxy(f"http://127.0.0.1:{port}")
        with pytest.raises(Unreachable) as caught:
            await gateway.post(SYNC_PATH, {})
        assert caught.value.params["proxy"] == f"http://127.0.0.1:{port}"
    with pytest.raises(InputError):
        gateway.use_proxy("so wrong")
    with pytest.raises(Unreachable) as caught:
        await gateway.post(SYNC_PATH, {})
    assert caught.value.params["proxy"] == f"http://127.0.0.1:{port}"
    await gateway.close()
