"""The market on HTTP: one loopback listener for all gateways, the pictures and the practice controls.

Everything the platform would refuse is answered with status 200; other statuses occur only where the platform's
infrastructure would fail, and on the practice addresses (aliexpress-open-platform.md 1.2, 4.3).
"""

from __future__ import annotations

import asyncio
import gzip
from email.utils import formatdate
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
from aiohttp import web

from app.practice_market import access, pictures
from app.practice_market.call import read_call
from app.practice_market.controls import add_controls
from app.practice_market.desk import Answer, Desk
from app.practice_market.envelope import Gateway
from app.practice_market.photobank import LOOPBACK
from app.practice_market.xml_form import to_xml

BODY_MAX = 16 * 1024 * 1024
COMPRESS_FROM = 4096


def make_application(desk: Desk) -> web.Application:
    """The routes of a market."""
    pages = Pages(desk)
    application = web.Application(client_max_size=BODY_MAX, middlewares=[_only_loopback])
    for verb in ("GET", "POST"):
        application.router.add_route(verb, "/sync", pages.sync)
        application.router.add_route(verb, "/router/rest", pages.top)
        application.router.add_route(verb, "/rest", pages.rest)
        application.router.add_route(verb, "/rest/{path:.+}", pages.rest)
    for path in ("/oauth/authorize", "/authorize"):
        application.router.add_get(path, pages.authorise)
    application.router.add_post("/token", pages.token)
    application.router.add_get("/kf/{name}", pages.picture)
    add_controls(application, desk)
    return application


@web.middleware
async def _only_loopback(request: web.Request, handler: Any) -> web.StreamResponse:
    """Refuse other host names: a page in a browser could rebind one to this machine."""
    if not _is_loopback(f"//{request.host}"):
        raise web.HTTPForbidden
    answered: web.StreamResponse = await handler(request)
    return answered


class Pages:
    """HTTP handlers around a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def sync(self, request: web.Request) -> web.StreamResponse:
        """The business gateway."""
        return await self._send(request, await self._desk.answer(await read_call(request, Gateway.SYNC)))

    async def top(self, request: web.Request) -> web.StreamResponse:
        """The legacy gateway."""
        return await self._send(request, await self._desk.answer(await read_call(request, Gateway.TOP)))

    async def rest(self, request: web.Request) -> web.StreamResponse:
        """The system gateway; the API path is what follows `/rest`, or the parameter `method`."""
        path = request.match_info.get("path", "")
        call = await read_call(request, Gateway.REST, f"/{path}" if path else "")
        return await self._send(request, await self._desk.answer(call))

    async def authorise(self, request: web.Request) -> web.Response:
        """The consent page: one link per store; following it brings the code to the callback, or shows it."""
        query, storage = request.query, self._desk.storage
        app_key, back = query.get("client_id", ""), query.get("redirect_uri", "")
        if storage.value("SELECT 1 FROM app WHERE app_key = ?", (app_key,)) is None:
            raise web.HTTPBadRequest
        if back and not _is_loopback(back):
            raise web.HTTPBadRequest
        if "store" not in query:
            return _page(self._store_links(query))
        store_id = storage.value("SELECT store_id FROM store WHERE store_id = ?", (query["store"],))
        if store_id is None:
            raise web.HTTPBadRequest
        with storage.transaction():
            code = access.issue_code(storage, app_key, store_id, self._desk.clock())
        if not back:
            return _page(f"<code>{escape(code)}</code>")
        parameters = {"code": code} | ({"state": query["state"]} if "state" in query else {})
        raise web.HTTPFound(f"{back}{'&' if urlsplit(back).query else '?'}{urlencode(parameters)}")

    async def token(self, request: web.Request) -> web.Response:
        """The legacy token page: secret and code in a form, no signature (3.2)."""
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        storage, switches = self._desk.storage, self._desk.faults.switches
        with storage.transaction():
            tokens = access.exchange_with_secret(storage, form, switches, self._desk.clock())
        if tokens is None:
            return _json({"error": "invalid_grant", "error_description": "code or secret is wrong"}, status=400)
        return _json(tokens)

    async def picture(self, request: web.Request) -> web.Response:
        """A photobank picture, also as thumbnail `<hash>.jpg_50x50.jpg`."""
        found = await pictures.fetch(self._desk.storage, request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        content, kind = found
        return web.Response(body=content, content_type=kind, headers={"Cache-Control": "max-age=31536000, immutable"})

    async def _send(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        if answer.page in INSTEAD:
            return INSTEAD[answer.page]()
        content = to_xml(answer.body) if answer.is_xml else orjson.dumps(answer.body)
        if answer.page == "truncated":
            content = content[: len(content) // 2]
        if answer.cut:
            return await _cut(request, content if answer.cut == "half" else b"")
        headers = {"Date": formatdate(self._desk.clock() / 1000, usegmt=True)}  # clients set their clock by it
        if len(content) >= COMPRESS_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
            content = gzip.compress(content, compresslevel=1)
            headers["Content-Encoding"] = "gzip"
        kind = "text/xml" if answer.is_xml else "application/json"
        return web.Response(body=content, status=answer.status, content_type=kind, charset="utf-8", headers=headers)

    def _store_links(self, query: Any) -> str:
        links = []
        for row in self._desk.storage.rows("SELECT store_id, name, name_en FROM store WHERE NOT is_neighbour"):
            address = "?" + urlencode({**query, "store": row["store_id"]})
            links.append(f'<p><a href="{escape(address)}">{escape(row["name"])} · {escape(row["name_en"])}</a></p>')
        return "".join(links)


def _html() -> web.Response:
    return _page("<h1>Sorry, we have detected unusual traffic from your network.</h1>")


def _unavailable() -> web.Response:
    return web.Response(text="<html><body>503 Service Temporarily Unavailable</body></html>", status=503)


def _redirect() -> web.Response:
    return web.Response(status=302, headers={"Location": "https://elsewhere.invalid/login"})


INSTEAD = {"html": _html, "unavailable": _unavailable, "redirect": _redirect}
"""What a proxy, a guard or a broken front end answers instead of the gateway."""


def _is_loopback(address: str) -> bool:
    try:
        return urlsplit(address).hostname in LOOPBACK
    except ValueError:
        return False


async def _cut(request: web.Request, content: bytes) -> web.StreamResponse:
    """Break the connection, after half of *content* if there is any."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(content))})
    if content:
        await response.prepare(request)
        await response.write(content[: len(content) // 2])
        await asyncio.sleep(0)
    if request.transport is not None:
        request.transport.abort() if not content else request.transport.close()
    return response


def _json(document: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(document), content_type="application/json", status=status)


def _page(body: str) -> web.Response:
    text = f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>AliExpress</title><body>{body}</body></html>'
    return web.Response(text=text, content_type="text/html")
