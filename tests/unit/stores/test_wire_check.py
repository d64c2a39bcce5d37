"""The way to a gateway against small local servers: what stands in the way gets its own plain line."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.messages import Messages, catalogue, messages
from app.services.stores.wire_check import CERTIFICATE, STEPS, check_wire
from tests.unit.marketplace.test_bad_wire import certificate, trusting

JSON = b'{"error_response":{"code":40,"msg":"Missing method","sub_code":"isv.missing-method"}}'


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """Those of the computer the tests run on."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@asynccontextmanager
async def gateway(answer, tls=None):
    """A server that answers every request with *answer*; yields its address."""

    async def handle(_request):
        return answer() if callable(answer) else web.Response(body=answer, content_type="application/json")

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    server = TestServer(application, scheme="https" if tls else "http")
    await server.start_server(ssl=tls)
    try:
        yield f"{'https' if tls else 'http'}://localhost:{server.port}"
    finally:
        await server.close()


def found(report):
    """Level and message of every step."""
    assert tuple(line.key for line in report.lines) == STEPS
    for line in report.lines:
        for language in ("zh", "en"):
            said = Messages(language).text(line.fact, **line.params)
            assert "{" not in said
        assert line.title
    return {line.key: (line.level, line.fact.removeprefix("doctor.")) for line in report.lines}


SKIPPED = ("skipped", "skipped")


async def test_a_gateway_that_answers():
    async with gateway(JSON) as url:
        report = await check_wire(url)
    assert found(report) == {
        "proxy": ("ok", "proxy.loopback"),
        "dns": ("ok", "dns.found"),
        "connection": ("ok", "connection.plain"),
        "answer": ("ok", "answer.ok"),
        "clock": ("ok", "clock.ok"),
    }
    assert report.works


def redirect():
    return web.Response(status=302, headers={"Location": "https://login.elsewhere.example/portal?x=1"})


@pytest.mark.parametrize(
    ("answer", "fact"),
    [
        (b"\xef\xbb\xbf\n<!DOCTYPE html><title>Sign in to the network</title>", "answer.html"),
        (b'{"error_response": {"code"', "answer.unreadable"),
        (b"", "answer.unreadable"),
        (b"[1]", "answer.unreadable"),
        (redirect, "answer.redirect"),
        (lambda: web.Response(status=404, body=b"<html>"), "answer.status"),
        (lambda: web.Response(status=502, body=b"<html>"), "answer.none"),
    ],
)
async def test_something_that_is_not_the_marketplace(answer, fact):
    async with gateway(answer) as url:
        report = await check_wire(url)
    told = found(report)
    assert told["connection"] == ("ok", "connection.plain")
    assert told["answer"] == ("bad", fact)
    assert told["clock"] == SKIPPED
    assert not report.works
    line = report.lines[3]
    assert line.remedy
    if fact == "answer.redirect":
        assert "login.elsewhere.example" in line.text
        assert "portal" not in line.text


@pytest.mark.parametrize(
    ("minutes", "level", "fact"),
    [(0.5, "ok", "ok"), (-3, "warn", "ahead"), (5, "warn", "behind"), (90, "bad", "behind"), (-600, "bad", "ahead")],
)
async def test_the_clock_is_compared_with_the_platforms(minutes, level, fact):
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
    answer = lambda: web.Response(body=JSON, headers={"Date": date})  # noqa: E731 - read when it is asked
    async with gateway(answer) as url:
        report = await check_wire(url)
    line = report.lines[4]
    assert (line.level, line.fact) == (level, f"doctor.clock.{fact}")
    if level != "ok":
        assert line.params["n"] == pytest.approx(abs(minutes), abs=1)
        assert line.remedy == "doctor.remedy.clock"


async def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        report = await check_wire(f"http://127.0.0.1:{taken.getsockname()[1]}")
    told = found(report)
    assert told["connection"] == ("bad", "error.marketplace.unreachable")
    assert told["answer"] == SKIPPED


@pytest.mark.parametrize(("number", "fact"), [(socket.EAI_AGAIN, "dns.offline"), (socket.EAI_NONAME, "dns.unknown")])
async def test_a_name_that_is_not_found(monkeypatch, number, fact):
    async def fail(*_args, **_more):
        raise socket.gaierror(number, "invented")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", fail)
    report = await check_wire("https://gateway.example")
    told = found(report)
    assert told["dns"] == ("bad", fact)
    assert "gateway.example" in report.lines[1].text
    assert (told["connection"], told["answer"], told["clock"]) == (SKIPPED,) * 3


class TestCertificates:
    async def test_a_good_one(self, tmp_path, monkeypatch):
        context = certificate(tmp_path, ["localhost"])
        monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting(tmp_path))
        async with gateway(JSON, context) as url:
            assert found(await check_wire(url))["connection"] == ("ok", "connection.tls")

    async def test_one_of_another_host(self, tmp_path, monkeypatch):
        context = certificate(tmp_path, ["elsewhere.example"])
        monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting(tmp_path))
        async with gateway(JSON, context) as url:
            report = await check_wire(url)
        assert found(report)["connection"] == ("bad", "connection.host")
        assert report.lines[2].remedy == "doctor.remedy.certificate"

    async def test_one_that_nobody_signed(self, tmp_path, monkeypatch):
        monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", ssl.create_default_context())
        async with gateway(JSON, certificate(tmp_path, ["localhost"])) as url:
            assert found(await check_wire(url))["connection"] == ("bad", "connection.self_signed")

    async def test_no_tls_at_all(self):
        async with gateway(JSON) as url:
            report = await check_wire(url.replace("http:", "https:"))
        assert found(report)["connection"] == ("bad", "connection.no_tls")

    @pytest.mark.parametrize("kind", sorted({*CERTIFICATE.values(), "other"}))
    def test_every_problem_has_its_words(self, kind):
        for language in ("zh", "en"):
            assert kind and Messages(language).text(f"doctor.connection.{kind}", host="h", detail="d")


class TestProxies:
    SECRET = "pass-of-the-proxy"

    async def check(self, setting="", url="http://gateway.example"):
        """Through a proxy to a host that only the proxy could find; https is what may leave this computer."""
        return await check_wire(url.replace("http:", "https:"), setting)

    async def test_one_of_the_settings_is_named_without_its_password(self):
        async with gateway(lambda: web.Response(status=407)) as proxy:
            report = await self.check(proxy.replace("//", f"//user:{self.SECRET}@"))
        told = found(report)
        assert told["proxy"] == ("ok", "proxy.settings")
        assert told["dns"] == ("ok", "dns.found")
        assert told["connection"] == ("bad", "error.marketplace.proxy_refused")
        assert report.lines[2].action == "settings"
        assert self.SECRET not in repr(report) + "".join(line.text for line in report.lines)

    async def test_one_of_the_environment_says_so(self, monkeypatch):
        async with gateway(lambda: web.Response(status=403)) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.replace("//", f"//user:{self.SECRET}@"))
            report = await self.check()
            assert found(report)["proxy"] == ("ok", "proxy.environment")
            assert proxy in report.lines[0].text
            assert self.SECRET not in repr(report)
            assert found(await check_wire(proxy))["proxy"] == ("ok", "proxy.loopback")

    async def test_one_that_does_not_listen(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            report = await self.check(f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert found(report)["connection"] == ("bad", "error.marketplace.proxy_unreachable")

    @pytest.mark.parametrize("setting", ["ftp://x.example:1", "http://", "http://:99999", "so wrong"])
    async def test_a_bad_address_is_named(self, setting):
        report = await self.check(setting)
        told = found(report)
        assert told["proxy"] == ("bad", "error.marketplace.bad_proxy")
        assert report.lines[0].action == "settings"
        assert told["dns"] == SKIPPED


def test_every_line_has_both_languages():
    keys = [key for key in catalogue() if key.startswith("doctor.")]
    assert len(keys) > 60
    assert all(messages.has(f"doctor.{step}") for step in STEPS)
