"""HTTP: pinned hosts, no redirects, verified certificates, and what was and was not sent."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from app.services.errors import InputError
from app.services.marketplace.aliexpress.gateway import SYNC_PATH, Gateway, Reply, Upload
from app.services.marketplace.port import MarketplaceError, RateLimited, Refused, Unanswered, Unreachable
from tests.unit.marketplace.certificates import certificate
from tests.unit.marketplace.stub import CUT, HALF, START, FakeClock, StubMarket


async def failure(gateway: Gateway, params: dict[str, str] | None = None) -> MarketplaceError:
    with pytest.raises(MarketplaceError) as caught:
        await gateway.post(SYNC_PATH, params or {"method": "a.b"})
    return caught.value


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://api-sg.aliexpress.com", "https://api-sg.aliexpress.com/"),
        (" https://api-sg.aliexpress.com/sync ", "https://api-sg.aliexpress.com/"),
        ("https://api-sg.aliexpress.com/rest/", "https://api-sg.aliexpress.com/"),
        ("https://proxy.example:8443/ae/sync", "https://proxy.example:8443/ae"),
        ("http://127.0.0.1:8123", "http://127.0.0.1:8123/"),
        ("http://[::1]:8123", "http://[::1]:8123/"),
        ("http://localhost:8123/sync", "http://localhost:8123/"),
    ],
)
def test_addresses_that_are_taken(url: str, base: str) -> None:
    assert str(Gateway(url).url) == base


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://api-sg.aliexpress.com", "marketplace.insecure_gateway"),
        ("http://192.168.1.5:8080", "marketplace.insecure_gateway"),
        ("http://127.0.0.1.example.com", "marketplace.insecure_gateway"),
        ("http://localhost.example", "marketplace.insecure_gateway"),
        ("ftp://127.0.0.1", "marketplace.bad_gateway"),
        ("api-sg.aliexpress.com", "marketplace.bad_gateway"),
        ("https://user:word@api-sg.aliexpress.com", "marketplace.bad_gateway"),
        ("https://api-sg.aliexpress.com/?x=1", "marketplace.bad_gateway"),
        ("https://api-sg.aliexpress.com:999999", "marketplace.bad_gateway"),
        ("", "marketplace.bad_gateway"),
    ],
)
def test_addresses_that_are_refused(url: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        Gateway(url)
    assert caught.value.error_code == code


async def test_a_form_arrives_as_it_was_meant(gateway: Gateway, market: StubMarket) -> None:
    params = {"method": "a.b", "q": "a b+c&d=e/f%20", "name": "Кружка «Зима» 350 мл – 保温杯 ☕", "json": '{"a":[1]}'}
    market.answer("a.b", {"ok": True})

    reply = await gateway.post(SYNC_PATH, params)

    assert reply.body == b'{"ok": true}'
    assert market.seen[0].path == "/sync"
    assert market.seen[0].params == params


async def test_a_file_travels_beside_the_text(gateway: Gateway, market: StubMarket) -> None:
    market.answer("a.b", {})
    data = bytes(range(256)) * 40

    await gateway.post(SYNC_PATH, {"method": "a.b"}, Upload("image_bytes", "кружка-01.jpg", "image/jpeg", data))

    assert market.seen[0].files == {"image_bytes": ("кружка-01.jpg", "image/jpeg", data)}
    assert market.seen[0].params == {"method": "a.b"}


async def test_one_connection_is_kept_for_all_calls(gateway: Gateway, market: StubMarket) -> None:
    ports = []

    def note(seen: Any) -> dict[str, Any]:
        ports.append(len(market.seen))
        return {}

    market.answer("a.b", note)
    for _ in range(5):
        await gateway.post(SYNC_PATH, {"method": "a.b"})

    connector = gateway._open().connector
    assert connector is not None
    assert sum(len(kept) for kept in connector._conns.values()) == 1


async def test_nothing_is_sent_where_nobody_listens() -> None:
    gateway = Gateway(f"http://127.0.0.1:{unused_port()}")

    error = await failure(gateway)
    await gateway.close()

    assert type(error) is Unreachable
    assert error.retryable
    assert not error.is_unanswered
    assert error.params["host"].startswith("127.0.0.1:")


async def test_nothing_is_sent_where_the_connection_takes_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full backlog: the kernel answers nobody."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        stuck = [socket.socket() for _ in range(4)]
        for sock in stuck:
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        gateway = Gateway(f"http://127.0.0.1:{port}", connect_timeout_s=0.05)
        error = await failure(gateway)
        await gateway.close()
        for sock in stuck:
            sock.close()

    assert type(error) is Unreachable


@pytest.mark.parametrize("cut", [CUT, HALF])
async def test_a_cut_connection_leaves_open_what_happened(gateway: Gateway, market: StubMarket, cut: object) -> None:
    market.answer("a.b", cut)

    error = await failure(gateway)

    assert type(error) is Unanswered
    assert len(market.seen) == 1


async def test_silence_leaves_open_what_happened(market: StubMarket) -> None:
    enough = asyncio.Event()

    async def hang(seen: object) -> dict[str, Any]:
        await enough.wait()
        return {}

    market.answer("a.b", hang)
    gateway = Gateway(market.url, read_timeout_s=0.05)

    error = await failure(gateway)
    enough.set()
    await gateway.close()

    assert type(error) is Unanswered
    assert len(market.seen) == 1


async def test_a_redirect_is_refused_and_not_followed(gateway: Gateway, market: StubMarket) -> None:
    market.answer("a.b", lambda seen: web.Response(status=307, headers={"Location": "https://evil.example/sync"}))

    error = await failure(gateway)

    assert (type(error), error.error_code) == (Refused, "marketplace.redirected")
    assert len(market.seen) == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(429, RateLimited), (500, Unanswered), (503, Unanswered), (403, Refused), (407, Refused)]
)
async def test_other_statuses(gateway: Gateway, market: StubMarket, status: int, kind: type[MarketplaceError]) -> None:
    market.answer("a.b", lambda seen: web.Response(status=status))

    assert type(await failure(gateway)) is kind


async def test_http_400_carries_an_answer(gateway: Gateway, market: StubMarket) -> None:
    market.answer("a.b", lambda seen: web.json_response({"error_response": {"code": 1}}, status=400))

    assert b"error_response" in (await gateway.post(SYNC_PATH, {"method": "a.b"})).body


async def test_an_endless_answer_is_cut_off(
    gateway: Gateway, market: StubMarket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.marketplace.aliexpress.gateway._LARGEST_ANSWER", 1000)
    market.answer("a.b", b"x" * 100_000)

    assert (await failure(gateway)).error_code == "marketplace.unreadable"


async def test_an_unverified_certificate_stops_everything(tmp_path: Path) -> None:
    reached = []

    async def handle(request: web.Request) -> web.Response:
        reached.append(await request.text())
        return web.Response()

    application = web.Application()
    application.router.add_post("/sync", handle)
    server = TestServer(application, scheme="https")
    await server.start_server(ssl=certificate(tmp_path, ["127.0.0.1"], authority=False))
    gateway = Gateway(f"https://127.0.0.1:{server.port}")

    error = await failure(gateway, {"session": "secret"})
    await gateway.close()
    await server.close()

    assert (type(error), error.error_code) == (Refused, "marketplace.certificate")
    assert reached == []


async def test_closed_and_used_again(gateway: Gateway, market: StubMarket) -> None:
    market.answer("a.b", {"ok": 1})
    await gateway.post(SYNC_PATH, {"method": "a.b"})
    await gateway.close()

    assert (await gateway.post(SYNC_PATH, {"method": "a.b"})).body == b'{"ok": 1}'


def test_the_same_gateway_serves_one_run_after_the_other() -> None:
    """As a command line does: a loop, `close`, another loop."""
    gateway = Gateway(f"http://127.0.0.1:{unused_port()}")

    async def use() -> None:
        with pytest.raises(Unreachable):
            await gateway.post(SYNC_PATH, {})
        await gateway.close()

    asyncio.run(use())
    asyncio.run(use())


async def test_the_transport_never_sends_a_request_twice() -> None:
    """A kept connection that dies under a request is tempting: the request may have been carried out all the same."""
    arrived: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number in (1, 2):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            arrived.append(await reader.readexactly(length))
            if number == 1:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    gateway = Gateway(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await gateway.post(SYNC_PATH, {"n": "1"})
    with pytest.raises(Unanswered):
        await gateway.post(SYNC_PATH, {"n": "2"})
    await gateway.close()
    server.close()
    await server.wait_closed()
    assert arrived == [b"n=1", b"n=2"]


async def test_no_more_connections_than_allowed(market: StubMarket) -> None:
    running = most = 0

    async def count(seen: object) -> dict[str, Any]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return {}

    market.answer("a.b", count)
    gateway = Gateway(market.url, connections=3)
    await asyncio.gather(*(gateway.post(SYNC_PATH, {"method": "a.b"}) for _ in range(20)))
    await gateway.close()

    assert 1 <= most <= 3


def test_the_servers_clock_is_taken_when_ours_is_off() -> None:
    gateway = Gateway("http://127.0.0.1:1", clock=FakeClock())

    assert not gateway.set_clock(Reply(b""))
    assert not gateway.set_clock(Reply(b"", "nonsense"))
    assert not gateway.set_clock(Reply(b"", "Mon, 02 Mar 2026 04:00:10 GMT"))
    assert gateway.now() == START
    assert gateway.set_clock(Reply(b"", "Mon, 02 Mar 2026 07:00:00 GMT"))
    assert gateway.now() == START + timedelta(hours=3)


async def test_a_store_that_hangs_does_not_hold_up_its_neighbour(market: StubMarket) -> None:
    enough, is_full = asyncio.Event(), asyncio.Event()

    async def hang(seen: object) -> dict[str, Any]:
        if len(market.seen) == 2:
            is_full.set()
        await enough.wait()
        return {}

    market.answer("a.b", hang)
    market.answer("c.d", {"ok": 1})
    gateway = Gateway(market.url, connections=2)
    stuck = [asyncio.create_task(gateway.post(SYNC_PATH, {"method": "a.b"}, store="one")) for _ in range(5)]
    await is_full.wait()

    reply = await gateway.post(SYNC_PATH, {"method": "c.d"}, store="two")

    assert reply.body == b'{"ok": 1}'
    assert len(market.of("a.b")) == 2
    enough.set()
    await asyncio.gather(*stuck)
    await gateway.close()


@pytest.mark.parametrize(
    "date",
    [
        "Fri, 31 Dec 9999 23:59:59 -2300",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 0100 00:00:00 +2300",
        "Mon, 02 Mar 2026 04:00:10 +9999999999",
    ],
)
def test_an_outlandish_clock_of_the_server_is_none(date: str) -> None:
    assert Reply(b"", date).served_at is None
