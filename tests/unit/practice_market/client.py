"""A client of the practice market that shares no code with it, and documents to send."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import struct
import zlib
from io import BytesIO
from typing import Any

import aiohttp

from app.practice_market import PracticeMarket

LEAF = 200001901  # Phone Cases: no required attribute
MUGS = 200003101  # Mugs: Material is required
CERAMIC = 100006063
TEMPLATE = 700126540  # of the first store
FOREIGN_TEMPLATE = 700126544  # of the second store
NEGATIVE_TEMPLATE = -1700000001
PICTURE = "https://ae01.alicdn.com/kf/Hexample0001.jpg"
BLACK, RED, NAVY = 193, 10, 200004870
COLOR, SIZE, SHIPS_FROM, CHINA, SPAIN = 14, 5, 200007763, 201336100, 201336104

OFFER_POST = "aliexpress.offer.product.post"
OFFER_EDIT = "aliexpress.offer.product.edit"
OFFER_QUERY = "aliexpress.offer.product.query"
LEGACY_POST = "aliexpress.postproduct.redefining.postaeproduct"
LEGACY_EDIT = "aliexpress.postproduct.redefining.editaeproduct"
LEGACY_FIND = "aliexpress.postproduct.redefining.findaeproductbyid"
SOLUTION_POST = "aliexpress.solution.product.post"
SOLUTION_EDIT = "aliexpress.solution.product.edit"
SOLUTION_GET = "aliexpress.solution.product.info.get"
SOLUTION_LIST = "aliexpress.solution.product.list.get"
LEGACY_LIST = "aliexpress.postproduct.redefining.findproductinfolistquery"
STATUS = "aliexpress.postproduct.redefining.findaeproductstatusbyid"
ONLINE = "aliexpress.postproduct.redefining.onlineaeproduct"
OFFLINE = "aliexpress.postproduct.redefining.offlineaeproduct"
UPLOAD = "aliexpress.photobank.redefining.uploadimageforsdk"


class Turned:
    """A clock that stands still until a test turns it; epoch milliseconds."""

    def __init__(self, moment_ms: int = 1_700_000_000_000) -> None:
        self.moment_ms = moment_ms

    def __call__(self) -> int:
        return self.moment_ms

    def turn(self, seconds: float) -> None:
        self.moment_ms += round(seconds * 1000)


class Client:
    """One store of a market, called the way a public SDK would."""

    def __init__(self, market: PracticeMarket, http: aiohttp.ClientSession, clock: Any, store: int = 0) -> None:
        credentials = market.credentials
        self.gateway = market.gateway
        self.app_key: str = credentials["app_key"]
        self.secret: str = credentials["app_secret"]
        self.token: str = credentials["stores"][store]["access_token"]
        self.refresh_token: str = credentials["stores"][store]["refresh_token"]
        self.http = http
        self._clock = clock

    def params(self, method: str, values: dict[str, Any] | None = None, *, simplify: bool = False) -> dict[str, str]:
        """Signed parameters of a dotted method for `/sync`."""
        params = {
            "app_key": self.app_key,
            "method": method,
            "session": self.token,
            "timestamp": str(self._clock()),
            "sign_method": "sha256",
            "format": "json",
            "simplify": "true" if simplify else "false",
            **texts(values or {}),
        }
        return self.signed(params)

    def signed(self, params: dict[str, str], path: str = "") -> dict[str, str]:
        """The parameters with their signature."""
        message = path + "".join(key + value for key, value in sorted(params.items()) if key != "sign")
        sign = hmac.new(self.secret.encode(), message.encode(), hashlib.sha256).hexdigest().upper()
        return {**params, "sign": sign}

    async def send(self, params: dict[str, str], path: str = "/sync") -> dict[str, Any]:
        """POST a form and read the JSON body; the status is always 200."""
        async with self.http.post(self.gateway + path, data=params) as response:
            assert response.status == 200
            body: dict[str, Any] = await response.json()
        return body

    async def call(self, method: str, values: dict[str, Any] | None = None, *, simplify: bool = True) -> dict[str, Any]:
        """The whole body of an answer, an error included."""
        return await self.send(self.params(method, values, simplify=simplify))

    async def result(self, method: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """`result` of a simplified answer that must not be an error."""
        body = await self.call(method, values)
        assert "error_response" not in body, body
        found: dict[str, Any] = body["result"]
        return found

    async def code(self, method: str, values: dict[str, Any] | None = None) -> str:
        """Code of an error that must come: the sub code of code 15, else the code."""
        error = (await self.call(method, values))["error_response"]
        return str(error.get("sub_code") or error["code"])

    async def path(self, path: str, values: dict[str, str]) -> dict[str, Any]:
        """The body of a path API on `/rest`."""
        params = {"app_key": self.app_key, "timestamp": str(self._clock()), "sign_method": "sha256", **values}
        return await self.send(self.signed(params, path), "/rest" + path)

    async def post_offer(self, **changes: Any) -> int:
        """Create a product with `offer.product.post`."""
        return int((await self.result(OFFER_POST, {"aeop_a_e_product": offer(**changes)}))["product_id"])

    async def status(self, product_id: int) -> str:
        """Where a product stands."""
        return str((await self.result(OFFER_QUERY, {"product_id": product_id}))["product_status_type"])

    async def ids(self, method: str = SOLUTION_LIST, **query: Any) -> list[int]:
        """Product ids of a list, on sale unless said otherwise."""
        query = {"product_status_type": "onSelling", "page_size": 99, **query}
        found = await self.result(method, {"aeop_a_e_product_list_query": query})
        return [row["product_id"] for row in found.get("aeop_a_e_product_display_d_t_o_list", [])]

    async def upload(self, content: bytes, name: str = "case-1.png", **values: str) -> dict[str, Any]:
        """Answer of a picture upload: text signed in the query, the file in a multipart body."""
        form = aiohttp.FormData()
        form.add_field("image_bytes", BytesIO(content), filename=name, content_type="application/octet-stream")
        query = self.params(UPLOAD, {"file_name": name, **values}, simplify=True)
        async with self.http.post(self.gateway + "/sync", params=query, data=form) as response:
            body: dict[str, Any] = await response.json()
        return body

    async def switch(self, **switches: Any) -> dict[str, Any]:
        """Change switches of the running market."""
        async with self.http.post(self.gateway + "/practice/faults", json=switches) as response:
            body: dict[str, Any] = await response.json()
            assert response.status == 200, body
        return body

    async def state(self) -> dict[str, Any]:
        """What the market saw and holds."""
        async with self.http.get(self.gateway + "/practice/state") as response:
            body: dict[str, Any] = await response.json()
        return body

    async def writes(self, **query: Any) -> list[dict[str, Any]]:
        """The market's own record of accepted writes."""
        async with self.http.get(self.gateway + "/practice/writes", params=query) as response:
            assert response.status == 200
            body: dict[str, Any] = await response.json()
        return list(body["writes"])

    async def held(self, **query: Any) -> list[dict[str, Any]]:
        """The products the market holds, with digests or, by `full=1`, with their content."""
        async with self.http.get(self.gateway + "/practice/products", params=query) as response:
            assert response.status == 200
            body: dict[str, Any] = await response.json()
        return list(body["products"])


async def live(shop: Client, clock: Turned, **changes: Any) -> int:
    """A product on sale: its review is over."""
    product_id = await shop.post_offer(**changes)
    clock.turn(2)
    assert await shop.status(product_id) == "onSelling"
    return product_id


def texts(values: dict[str, Any]) -> dict[str, str]:
    """Values as SDKs send them: text as it is, everything else as JSON."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def sku(code: str, color: int = BLACK, price: str = "4.20", stock: int = 50, **more: Any) -> dict[str, Any]:
    """One variant of the China family, by colour."""
    part = {"sku_property_id": COLOR, "property_value_id": color}
    return {
        "sku_code": code,
        "sku_price": price,
        "ipm_sku_stock": stock,
        "currency_code": "USD",
        "aeop_s_k_u_property": [part],
        **more,
    }


def offer(**changes: Any) -> dict[str, Any]:
    """A product that `offer.product.post` accepts, with top-level *changes*; a change to None removes the field."""
    detail = {"version": "2.0.0", "moduleList": [{"type": "html", "html": {"content": "<p>Soft touch</p>"}}]}
    document = {
        "category_id": LEAF,
        "locale": "en_US",
        "currency_code": "USD",
        "subject_list": [{"locale": "en_US", "value": "Slim Matte Phone Case Soft Touch Back Cover"}],
        "detail_source_list": [{"locale": "en_US", "web_detail": json.dumps(detail)}],
        "image_u_r_ls": PICTURE,
        "aeop_ae_product_propertys": [{"attr_name_id": 3, "attr_value": "CF1231"}],
        "aeop_ae_product_s_k_us": [sku("CF1231-BK"), sku("CF1231-RD", RED, "4.50", 20)],
        "freight_template_id": TEMPLATE,
        "delivery_time": 5,
        "product_unit": 100000015,
        "gross_weight": "0.045",
        "package_length": 18,
        "package_width": 10,
        "package_height": 2,
        "reduce_strategy": "place_order_withhold",
        "ws_valid_num": 30,
        **changes,
    }
    return without_none(document)


def legacy(**changes: Any) -> dict[str, Any]:
    """The same product for `postaeproduct`."""
    document = offer(subject_list=None, detail_source_list=None, locale=None)
    return without_none({**document, "subject": "Slim Matte Phone Case", "detail": "<p>Soft touch</p>", **changes})


def solution(**changes: Any) -> dict[str, Any]:
    """The same product for `solution.product.post`."""
    detail = json.dumps({"version": "2.0.0", "moduleList": [{"type": "html", "html": {"content": "<p>Soft</p>"}}]})
    document = {
        "aliexpress_category_id": LEAF,
        "language": "en",
        "multi_language_subject_list": [{"language": "en", "subject": "Slim Matte Phone Case Soft Touch"}],
        "multi_language_description_list": [{"language": "en", "web_detail": detail}],
        "main_image_urls_list": [PICTURE],
        "attribute_list": [{"attribute_name": "Finish", "attribute_value": "Matte"}],
        "sku_info_list": [
            {
                "sku_code": "CF1231-BK",
                "price": "4.20",
                "inventory": 50,
                "sku_attributes_list": [{"sku_attribute_name": "Color", "sku_attribute_value": "black"}],
            }
        ],
        "product_unit": 100000015,
        "inventory_deduction_strategy": "place_order_withhold",
        "weight": "0.045",
        "package_length": 18,
        "package_width": 10,
        "package_height": 2,
        "shipping_lead_time": 5,
        "freight_template_id": TEMPLATE,
        **changes,
    }
    return without_none(document)


def without_none(document: dict[str, Any]) -> dict[str, Any]:
    """A deep copy without the fields that are None."""
    return copy.deepcopy({key: value for key, value in document.items() if value is not None})


def png(width: int = 8, height: int = 8, shade: int = 90) -> bytes:
    """A small valid PNG file of one grey."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([shade]) * width) * height
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts
