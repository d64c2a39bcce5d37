"""Proxies: from the settings, from the system, never for this computer, and what they may do wrong."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from yarl import URL

from app.services.errors import InputError
from app.services.marketplace.aliexpress.gateway import SYNC_PATH, Gateway
from app.services.marketplace.aliexpress.proxies import proxy_for, shown
from app.services.marketplace.port import MarketplaceError, Refused, Unreachable
from tests.unit.marketplace.certificates import certificate

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


@asynccontextmanager
async def tunnel(port: int) -> AsyncIterator[tuple[int, list[bytes], list[bytes]]]:
    """A proxy that lets every CONNECT through to *port*; yields its own port, what it was asked, and what went by."""
    asked: list[bytes] = []
    passed: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pump(reader, far_writer, passed), pump(far_reader, writer, []))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked, passed
    finally:
        server.close()
        await server.wait_closed()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: list[bytes]) -> None:
    while part := await reader.read(65_536):
        passed.append(part)
        writer.write(part)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def platform(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[int, list[str]]]:
    """A gateway named `gateway.invalid` that this computer trusts and no name server knows; what it was sent."""
    heard: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        heard.append(f"{request.host} {await request.text()}")
        return web.json_response({"fine": True})

    application = web.Application()
    application.router.add_post(SYNC_PATH, handle)
    server = TestServer(application, scheme="https")
    await server.start_server(ssl=certificate(folder, ["gateway.invalid"]))
    trusting = ssl.create_default_context(cafile=str(folder / "cert.pem"))
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)
    try:
        yield int(server.port or 0), heard
    finally:
        await server.close()


@pytest.mark.parametrize("is_setting", [True, False], ids=["from the setting", "from the environment"])
async def test_a_request_goes_through_the_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_setting: bool
) -> None:
    """The name is not known here, so that there is no other way; and the proxy sees no word of what goes by."""
    async with platform(tmp_path, monkeypatch) as (port, heard), tunnel(port) as (proxy_port, asked, passed):
        address = f"http://127.0.0.1:{proxy_port}"
        if not is_setting:
            monkeypatch.setenv("HTTPS_PROXY", address)
        gateway = Gateway("https://gateway.invalid", proxy=address if is_setting else "")
        reply = await gateway.post(SYNC_PATH, {"session": "shh"})
        await gateway.close()

    assert reply.body == b'{"fine": true}'
    assert heard == ["gateway.invalid session=shh"]
    assert [request.split(b"\r\n")[0] for request in asked] == [b"CONNECT gateway.invalid:443 HTTP/1.1"]
    assert sum(map(len, passed)) > 0
    assert b"shh" not in b"".join(asked + passed)
