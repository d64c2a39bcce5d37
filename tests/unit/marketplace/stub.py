"""A gateway that says what a test tells it to, over real HTTP, and a clock that only moves when somebody waits."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from app.services.marketplace.aliexpress.mapping.listing import write_listing
from app.services.marketplace.port import ListingContent, SkuContent, SkuProperty, StoreCredentials
from app.services.regional_prices import RegionalPrices

DATA = Path(__file__).parent / "data"
SECRETS = {
    "app_secret": "shh-app-9a8b7c6d5e4f3a2b",
    "access_token": "shh-access-50000000000",
    "refresh_token": "shh-refresh-50001000000",
}
START = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
CUT = object()
"""Answer: the connection is cut instead."""
HALF = object()
"""Answer: the connection is cut in the middle of the body."""


def sample(name: str) -> Any:
    """A recorded document of the protocol."""
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


def refusal(code: str | int, text: str = "", sub_code: str = "") -> dict[str, Any]:
    """An error of the gateway, or with *sub_code* of the business behind it."""
    said: dict[str, Any] = {"type": "ISV", "code": code, "msg": text, "request_id": "r"}
    if sub_code:
        said |= {"sub_code": sub_code, "sub_msg": text, "msg": "Remote service error"}
    return {"error_response": said}


def content(**changes: Any) -> ListingContent:
    """A listing as a seller would send it."""
    black = SkuProperty("14", "193", "Night", "https://ae01.alicdn.com/kf/Hsku193.jpg")
    values = {
        "title": "Ceramic mug 350 ml",
        "category_id": "200000346",
        "detail_html": "<p>Mug</p>",
        "images": ("https://ae01.alicdn.com/kf/Ha.jpg", "https://ae01.alicdn.com/kf/Hb.jpg"),
        "skus": (
            SkuContent("MUG-BLK-CN", 1100, 120, (black, SkuProperty("200007763", "201336100"))),
            SkuContent("MUG-BLK-ES", 1250, 35, (black, SkuProperty("200007763", "201336104"))),
        ),
        "freight_template_id": "-1700000001",
        "handling_days": 3,
        "unit_id": "100000015",
        "weight_g": 420,
        "length_cm": 15,
        "width_cm": 12,
        "height_cm": 12,
        "regional_prices": RegionalPrices(),
    }
    return ListingContent(**{**values, **changes})


def detail(product_id: int = 1, **changes: Any) -> dict[str, Any]:
    """A detail answer in the simplified form, for `content()`."""
    record = write_listing(content()) | {"product_id": product_id, "product_status_type": "onSelling"}
    for sku in record["aeop_ae_product_s_k_us"]:
        sku["aeop_s_k_u_property_list"] = sku.pop("aeop_s_k_u_property")
    return {"result": record | changes, "request_id": "r"}


def row(product_id: int, title: str = "Ceramic mug 350 ml", created: str = "2026-03-02 12:00:00") -> dict[str, Any]:
    """A row of the product list, created at `START`."""
    return {"product_id": product_id, "subject": title, "gmt_create": created, "currency_code": "USD"}


def page(*rows: dict[str, Any], pages: int = 1) -> dict[str, Any]:
    """A page of the product list."""
    return {
        "result": {
            "aeop_a_e_product_display_d_t_o_list": list(rows),
            "current_page": 1,
            "total_page": pages,
            "product_count": len(rows),
            "success": True,
        }
    }


class FakeClock:
    """Time that passes only while somebody sleeps; sleepers wake in the order of their hours."""

    def __init__(self, start: datetime = START) -> None:
        self.start = start
        self.elapsed = 0.0
        self.sleeps: list[float] = []
        self._wakeups: list[float] = []

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return 1_000.0 + self.elapsed

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        at = self.elapsed + max(seconds, 0.0)
        self._wakeups.append(at)
        try:
            await asyncio.sleep(0)
            while self.elapsed < at:
                if min(self._wakeups) == at:
                    self.elapsed = at
                else:
                    await asyncio.sleep(0)
        finally:
            self._wakeups.remove(at)


@dataclass(slots=True)
class Seen:
    """A request as the server saw it."""

    path: str
    params: dict[str, str]
    files: dict[str, tuple[str, str, bytes]]

    def body(self, name: str) -> Any:
        """A parameter that carries JSON."""
        return json.loads(self.params[name])


class StubMarket:
    """Answers per method, in order; the last one goes on for ever. A callable gets the request.

    Attributes:
        now: what its clock says in every answer; by default the same as the fake clock of the program.
    """

    def __init__(self) -> None:
        self.now = START
        self.seen: list[Seen] = []
        self.url = ""
        self._answers: dict[str, deque[Any]] = defaultdict(deque)
        application = web.Application(client_max_size=8 * 1024 * 1024)
        application.router.add_post("/{path:.*}", self._handle)
        self._server = TestServer(application)

    def answer(self, method: str, *answers: Any) -> None:
        """What *method* (its dotted name, its last part, or a path) answers from now on."""
        self._answers[method] = deque(answers)

    def of(self, method: str) -> list[Seen]:
        """The requests for *method*, by full name or last part."""
        return [seen for seen in self.seen if _names(_method(seen), method)]

    async def start(self) -> None:
        await self._server.start_server()
        self.url = str(self._server.make_url("")).rstrip("/")

    async def stop(self) -> None:
        await self._server.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        seen = Seen("/" + request.match_info["path"], {}, {})
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                seen.files[name] = (value.filename, value.content_type, value.file.read())
            else:
                seen.params[name] = value
        self.seen.append(seen)
        answer = self._next(_method(seen))
        if isinstance(answer, Callable):
            answer = answer(seen)
            if asyncio.iscoroutine(answer):
                answer = await answer
        return await _send(request, answer, self.now)

    def _next(self, method: str) -> Any:
        for name, answers in self._answers.items():
            if _names(method, name):
                return answers.popleft() if len(answers) > 1 else answers[0]
        return refusal("InvalidApiPath", method)


def _method(seen: Seen) -> str:
    return seen.params.get("method") or seen.path.removeprefix("/rest")


def _names(method: str, name: str) -> bool:
    return method == name or method.endswith("." + name)


async def _send(request: web.Request, answer: Any, now: datetime) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        return answer
    if answer is CUT or answer is HALF:
        assert request.transport is not None
        if answer is HALF:
            request.transport.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"half": ')
        request.transport.close()
        return web.Response()
    headers = {"Date": now.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    if isinstance(answer, bytes):
        return web.Response(body=answer, headers=headers)
    return web.json_response(answer, headers=headers)


def credentials() -> StoreCredentials:
    """Invented keys that must not show up anywhere."""
    return StoreCredentials(app_key="500123", **SECRETS)
