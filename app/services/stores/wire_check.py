"""The way to a gateway, step by step: proxy, name, connection and certificate, what answers, its clock.

Nothing secret is sent: an empty request, which the marketplace refuses and anything else answers in its own way.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.messages import tr
from app.services.errors import AppError, InputError

if TYPE_CHECKING:
    from yarl import URL

    from app.services.marketplace.aliexpress.gateway import Gateway, Reply

OK, WARN, BAD, SKIPPED = "ok", "warn", "bad", "skipped"
STEPS = ("proxy", "dns", "connection", "answer", "clock")
SIGNS = {OK: "✓", WARN: "!", BAD: "✗", SKIPPED: "–"}
"""Levels in plain text."""
PATIENCE_S = 10.0
"""A person waits for this: as long for the name, the connection and the answer each."""
SKEW_WARN_S = 60
"""Below this a clock is right: the platform writes whole seconds, and the answer took its time."""
SKEW_BAD_S = 600
"""From this on looking up writes without an answer is no longer sure (`PublishSettings.skew_s`)."""
CERTIFICATE = {
    9: "not_yet",
    10: "expired",
    18: "self_signed",
    19: "self_signed",
    20: "issuer",
    21: "issuer",
    62: "host",
}
"""What OpenSSL's verification codes mean (x509_vfy.h)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an examination.

    Attributes:
        key: what was looked at; its name is `doctor.<key>`.
        level: `ok`, `warn`, `bad`, or `skipped` where something before it must work first.
        fact: message key of what was found, with *params*; an error's own sentence names the remedy, too.
        remedy: message key of what helps, "" for nothing or where *fact* says it.
        action: what a button of the window does about it: `sign_in`, `settings`, or "".
    """

    key: str
    level: str
    fact: str
    params: Mapping[str, Any] = field(default_factory=dict)
    remedy: str = ""
    action: str = ""

    @property
    def title(self) -> str:
        """What was looked at, in the user's language."""
        return tr(f"doctor.{self.key}")

    @property
    def text(self) -> str:
        """What was found, and what helps."""
        said = tr(self.fact, **self.params)
        return tr("doctor.and_remedy", fact=said, remedy=tr(self.remedy, **self.params)) if self.remedy else said


@dataclass(frozen=True, slots=True)
class WireReport:
    """The lines of `STEPS`, in their order."""

    lines: tuple[Line, ...]

    @property
    def works(self) -> bool:
        """Whether the marketplace answered."""
        return all(line.level in (OK, WARN) for line in self.lines)


def line_of_error(key: str, error: AppError, action: str = "") -> Line:
    """A line that says what *error* says."""
    from app.services.marketplace.aliexpress import explain

    fact, params, _ = explain(error)
    return Line(key, BAD, fact, params, action=action)


def skipped(key: str) -> Line:
    """A line for what was not looked at."""
    return Line(key, SKIPPED, "doctor.skipped")


async def check_wire(url: str, proxy: str = "") -> WireReport:
    """Go the way to the gateway *url*, through *proxy* as the setting names it ("": the system's, `direct`: none)."""
    from app.services.marketplace.aliexpress.gateway import Gateway
    from app.services.marketplace.aliexpress.proxies import proxy_for

    try:
        gateway = Gateway(url, connect_timeout_s=PATIENCE_S, read_timeout_s=PATIENCE_S, proxy=proxy)
        through = proxy_for(gateway.url, proxy)
    except InputError as error:
        return _report([line_of_error("proxy", error, "settings")])
    lines = [_proxy_line(gateway.url, through, proxy)]
    target = through or gateway.url
    lines.append(await _look_up(str(target.host), int(target.port or 0)))
    if lines[-1].level == OK:
        try:
            lines += await _knock(gateway)
        finally:
            await gateway.close()
    return _report(lines)


def proxy_line(url: str, setting: str) -> Line:
    """Which proxy leads to the gateway *url* with this *setting*, or what is wrong with its address."""
    from yarl import URL

    from app.services.marketplace.aliexpress.proxies import proxy_for

    gateway = URL(url)
    try:
        return _proxy_line(gateway, proxy_for(gateway, setting), setting)
    except InputError as error:
        return line_of_error("proxy", error, "settings")


def _report(lines: list[Line]) -> WireReport:
    known = {line.key for line in lines}
    return WireReport((*lines, *(skipped(step) for step in STEPS if step not in known)))


def _proxy_line(gateway: URL, through: URL | None, setting: str) -> Line:
    from app.services.marketplace.aliexpress.proxies import DIRECT, is_loopback, shown

    if through is not None:
        return Line("proxy", OK, f"doctor.proxy.{proxy_source(gateway.scheme, setting)}", {"proxy": shown(through)})
    if is_loopback(gateway.host or ""):
        return Line("proxy", OK, "doctor.proxy.loopback")
    return Line("proxy", OK, "doctor.proxy.direct" if setting.strip() == DIRECT else "doctor.proxy.none")


def proxy_source(scheme: str, setting: str) -> str:
    """Where a proxy comes from: `settings`, `environment` (variables such as HTTPS_PROXY) or `system`."""
    if setting.strip():
        return "settings"
    return "environment" if urllib.request.getproxies_environment().get(scheme) else "system"


async def _look_up(host: str, port: int) -> Line:
    """Find the address of *host*: the gateway's, or the proxy's, which finds the gateway's itself."""
    loop = asyncio.get_running_loop()
    try:
        found = await asyncio.wait_for(loop.getaddrinfo(host, port, type=socket.SOCK_STREAM), PATIENCE_S)
    except TimeoutError:
        return Line("dns", BAD, "doctor.dns.offline", {"host": host})
    except OSError as error:
        is_offline = error.errno == socket.EAI_AGAIN
        return Line("dns", BAD, "doctor.dns.offline" if is_offline else "doctor.dns.unknown", {"host": host})
    return Line("dns", OK, "doctor.dns.found", {"host": host, "address": found[0][4][0]})


async def _knock(gateway: Gateway) -> list[Line]:
    """Connect and send an empty request: connection, answer, clock."""
    from app.services.marketplace.aliexpress.gateway import SYNC_PATH
    from app.services.marketplace.port import MarketplaceError, RateLimited, Unreachable

    asked_at = gateway.clock.now()
    host = gateway.url.authority
    try:
        reply = await gateway.post(SYNC_PATH, {})
    except Unreachable as error:
        return [line_of_error("connection", error, "settings" if "proxy" in error.error_code else "")]
    except RateLimited:
        return [_connected(gateway), Line("answer", OK, "doctor.answer.ok", {"host": host})]
    except MarketplaceError as error:
        if error.error_code == "marketplace.certificate":
            return [_certificate_line(host, error.__cause__)]
        if error.error_code.startswith("marketplace.proxy"):
            return [line_of_error("connection", error, "settings")]
        return [_connected(gateway), _answer_error(host, error)]
    half = (gateway.clock.now() - asked_at) / 2
    answer = _answer(reply, host)
    clock = [] if answer.level == BAD else [_clock_line(reply, asked_at + half)]
    return [_connected(gateway), answer, *clock]


def _connected(gateway: Gateway) -> Line:
    kind = "tls" if gateway.url.scheme == "https" else "plain"
    return Line("connection", OK, f"doctor.connection.{kind}", {"host": gateway.url.authority})


def _certificate_line(host: str, cause: BaseException | None) -> Line:
    """The problem of a certificate by its name."""
    wrong = getattr(cause, "certificate_error", None)
    if not isinstance(wrong, ssl.SSLCertVerificationError):
        return Line("connection", BAD, "doctor.connection.no_tls", {"host": host}, "doctor.remedy.gateway")
    kind = CERTIFICATE.get(wrong.verify_code, "other")
    remedy = "doctor.remedy.clock" if kind in ("expired", "not_yet") else "doctor.remedy.certificate"
    return Line("connection", BAD, f"doctor.connection.{kind}", {"host": host, "detail": wrong.verify_message}, remedy)


def _answer_error(host: str, error: AppError) -> Line:
    if error.error_code == "marketplace.redirected":
        params = {"host": host, "to": error.params.get("to") or "?"}
        return Line("answer", BAD, "doctor.answer.redirect", params, "doctor.remedy.gateway")
    if error.error_code == "marketplace.http_status":
        return Line("answer", BAD, "doctor.answer.status", {"host": host, **error.params}, "doctor.remedy.gateway")
    return Line("answer", BAD, "doctor.answer.none", {"host": host}, "doctor.remedy.later")


def _answer(reply: Reply, host: str) -> Line:
    """Whether it is the marketplace that answers: in JSON, whatever it says to an empty request."""
    import orjson

    try:
        body = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        body = None
    if isinstance(body, dict):
        return Line("answer", OK, "doctor.answer.ok", {"host": host})
    is_page = reply.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"
    fact = "doctor.answer.html" if is_page else "doctor.answer.unreadable"
    return Line("answer", BAD, fact, {"host": host}, "doctor.remedy.between")


def _clock_line(reply: Reply, asked_at: Any) -> Line:
    if reply.served_at is None:
        return Line("clock", WARN, "doctor.clock.unknown")
    off_s = round((asked_at - reply.served_at).total_seconds())
    if abs(off_s) <= SKEW_WARN_S:
        return Line("clock", OK, "doctor.clock.ok")
    fact = "doctor.clock.ahead" if off_s > 0 else "doctor.clock.behind"
    level = BAD if abs(off_s) >= SKEW_BAD_S else WARN
    minutes = max(1, round(abs(off_s) / 60))
    return Line("clock", level, fact, {"n": minutes}, "doctor.remedy.clock")
