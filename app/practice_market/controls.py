"""The practice addresses: the market's own record, and its switches, for tests and trainers.

| address | answers |
| --- | --- |
| `GET /practice/state` | counters of this run, and what each store holds |
| `GET /practice/writes?store=&kind=&subject=&item=&after=&limit=` | accepted writes in their order (`journal`) |
| `GET /practice/products?store=&after=&limit=&full=1` | products held, with a digest of their content or the content |
| `GET /practice/faults` | the switches in force |
| `POST /practice/faults` | changes the switches named in a JSON object, lastingly; null brings a default back |
| `GET /practice/switches` | every switch: value, default, choices, and the behaviours of the reference it belongs to |
| `GET /practice/codes` | shared-store codes issued so far, and the stores one can be issued for (`shared`) |
| `POST /practice/codes` | `{"store": 240017303}` issues a code of that store; answers it with its alias |
| `POST /practice/codes/withdraw` | `{"code": "AliExpress_…"}` makes it worthless, and the tokens given for it |

On loopback only, like everything the market serves; a web page cannot post JSON here without asking, and it would
have to know the port.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web

from app.practice_market import journal, shared
from app.practice_market.call import whole
from app.practice_market.catalogue import load
from app.practice_market.desk import Desk
from app.practice_market.faults import KINDS
from app.practice_market.switches import CHOICES, DEFAULTS


def add_controls(application: web.Application, desk: Desk) -> None:
    """Add the practice addresses of *desk* to an application."""
    controls = Controls(desk)
    application.router.add_get("/practice/state", controls.state)
    application.router.add_get("/practice/writes", controls.writes)
    application.router.add_get("/practice/products", controls.products)
    application.router.add_get("/practice/faults", controls.faults)
    application.router.add_post("/practice/faults", controls.change_faults)
    application.router.add_get("/practice/switches", controls.switches)
    application.router.add_get("/practice/codes", controls.codes)
    application.router.add_post("/practice/codes", controls.issue_code)
    application.router.add_post("/practice/codes/withdraw", controls.withdraw_code)


def described(values: dict[str, Any]) -> dict[str, Any]:
    """Every switch with its value, its default, what it may be, and the behaviours it belongs to."""
    behaviours = load("behaviours")
    return {
        name: {
            "value": values[name],
            "default": default,
            "kind": type(default).__name__,
            "choices": list(CHOICES.get(name, ())),
            "behaviours": [int(number) for number, entry in behaviours.items() if name in entry["switches"]],
        }
        for name, default in DEFAULTS.items()
    }


class Controls:
    """HTTP handlers of the practice addresses."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def state(self, request: web.Request) -> web.Response:
        """What the market saw and holds."""
        return _json(self._desk.tally.document(self._desk.storage, self._desk.limits.peaks))

    async def writes(self, request: web.Request) -> web.Response:
        """Accepted writes."""
        query = request.query
        found = journal.writes(
            self._desk.storage,
            store_id=_number(query, "store"),
            kind=query.get("kind", ""),
            subject=_number(query, "subject"),
            feed_item=query.get("item", ""),
            after=_number(query, "after"),
            limit=_number(query, "limit", journal.PAGE_MAX),
        )
        return _json({"writes": found})

    async def products(self, request: web.Request) -> web.Response:
        """Products held."""
        query = request.query
        found = journal.products(
            self._desk.storage,
            store_id=_number(query, "store"),
            after=_number(query, "after"),
            limit=_number(query, "limit", journal.PAGE_MAX),
            is_full=query.get("full") == "1",
        )
        return _json({"products": found})

    async def faults(self, request: web.Request) -> web.Response:
        """The switches in force."""
        return _json(self._desk.faults.document())

    async def switches(self, request: web.Request) -> web.Response:
        """What can be switched, for a panel; `faults` are the names `rates` and `script` may use."""
        switches = described(self._desk.faults.document())
        behaviours = {number: entry["what"] for number, entry in load("behaviours").items()}
        return _json({"switches": switches, "behaviours": behaviours, "faults": list(KINDS)})

    async def change_faults(self, request: web.Request) -> web.Response:
        """Change switches."""
        document = await _sent(request)
        try:
            self._desk.switch(document)
        except ValueError as error:
            return _json({"error": str(error)}, status=400)
        return _json(self._desk.faults.document())

    async def codes(self, request: web.Request) -> web.Response:
        """Shared-store codes, and the stores there are."""
        storage = self._desk.storage
        return _json({"codes": shared.codes(storage), "stores": shared.sharable(storage)})

    async def issue_code(self, request: web.Request) -> web.Response:
        """A new shared-store code."""
        return await self._on_codes(
            request, "store", int, lambda store: shared.issue(self._desk.storage, store, self._desk.clock())
        )

    async def withdraw_code(self, request: web.Request) -> web.Response:
        """Withdraw one; answers all codes."""

        def withdraw(code: str) -> dict[str, Any]:
            shared.withdraw(self._desk.storage, code)
            return {"codes": shared.codes(self._desk.storage)}

        return await self._on_codes(request, "code", str, withdraw)

    async def _on_codes(
        self, request: web.Request, name: str, kind: type, act: Callable[[Any], dict[str, Any]]
    ) -> web.Response:
        document = await _sent(request)
        value = document.get(name) if isinstance(document, dict) else None
        try:
            if type(value) is not kind:
                raise ValueError(name)
            with self._desk.storage.transaction():
                return _json(act(value))
        except ValueError as error:
            return _json({"error": str(error)}, status=400)


async def _sent(request: web.Request) -> Any:
    """The JSON a request carries, None where it is none; JSON only, for plain text could be sent by any web page."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        return orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        return None


def _number(query: Any, name: str, default: int = 0) -> int:
    try:
        return whole(query.get(name) or str(default))
    except ValueError:
        raise web.HTTPBadRequest from None


def _json(document: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(document), content_type="application/json", status=status)
