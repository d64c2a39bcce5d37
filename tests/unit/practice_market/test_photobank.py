"""The photobank: uploads, addresses that outlive a port, drawn practice pictures (aliexpress-open-platform.md 5.13)."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from app.practice_market import PracticeMarket
from app.practice_market.catalogue import load
from app.practice_market.photobank import measure, own_path
from app.practice_market.pictures import draw, drawing_hash
from tests.unit.practice_market.client import BLACK, COLOR, OFFER_QUERY, UPLOAD, Client, Turned, png, sku

PICTURES = "aliexpress.photobank.redefining.listimagepagination"
INFO = "aliexpress.photobank.redefining.getphotobankinfo"


def made(kind: str, width: int = 40, height: int = 30, **options: Any) -> bytes:
    """A picture file made by Pillow."""
    stream = BytesIO()
    Image.new("RGB", (width, height), "navy").save(stream, kind, **options)
    return stream.getvalue()


async def fetched(shop: Client, address: str) -> tuple[int, str, bytes]:
    async with shop.http.get(address) as response:
        return response.status, response.content_type, await response.read()


async def listed(shop: Client, **query: Any) -> dict[str, Any]:
    return await shop.result(PICTURES, {"aeop_image_pagination_request": query})


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (made("PNG"), "png"),
        (made("GIF"), "gif"),
        (made("JPEG"), "jpg"),
        (made("JPEG", progressive=True, exif=Image.Exif()), "jpg"),
    ],
)
def test_measuring(content: bytes, extension: str) -> None:
    found = measure(content)
    assert found is not None
    assert (found.extension, found.width, found.height) == (extension, 40, 30)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF89a", made("BMP"), b"<svg/>", b"\xff\xd8\xff\xe0\x00\x04ab"],
)
def test_what_is_no_picture(content: bytes) -> None:
    assert measure(content) is None


async def test_upload_and_fetch(shop: Client) -> None:
    content = made("JPEG", 800, 600)
    body = await shop.upload(content, "lamp-1.jpg")
    result = body["result"]
    assert (result["is_success"], result["status"], result["file_name"]) == (True, "SUCCESS", "lamp-1.jpg")
    assert (result["width"], result["height"]) == (800, 600)
    assert result["photobank_url"].startswith(shop.gateway + "/kf/H")
    assert result["photobank_url"].endswith(".jpg")
    assert await fetched(shop, result["photobank_url"]) == (200, "image/jpeg", content)


async def test_the_same_bytes_get_the_same_address(shop: Client) -> None:
    first, second = [(await shop.upload(png(), name))["result"] for name in ("a.png", "b.png")]
    other = (await shop.upload(png(shade=7), "c.png"))["result"]
    assert first["photobank_url"] == second["photobank_url"] != other["photobank_url"]
    assert (second["is_success"], second["status"]) == (True, "DUPLICATE")
    assert (await listed(shop))["total"] == 2


@pytest.mark.parametrize(
    ("content", "number"),
    [(b"", 8400003), (b"plain text", 8400001), (png(5001, 2), 8400001), (png() + b"\0" * 3_145_728, 8400001)],
    ids=["empty", "text", "wide", "heavy"],
)
async def test_bad_uploads(shop: Client, content: bytes, number: int) -> None:
    result = (await shop.upload(content))["result"]
    assert (result["is_success"], result["error_code"]) == (False, number)
    assert (await listed(shop))["total"] == 0


async def test_an_upload_needs_a_file_and_a_short_name(shop: Client) -> None:
    assert await shop.code(UPLOAD, {"file_name": "a.png"}) == "MissingParameter"
    assert (await shop.upload(png(), "a" * 257))["result"]["is_success"] is False


async def test_thumbnails(shop: Client) -> None:
    address = (await shop.upload(made("PNG", 800, 400)))["result"]["photobank_url"]
    status, kind, content = await fetched(shop, address + "_50x50.jpg")
    assert (status, kind) == (200, "image/jpeg")
    assert Image.open(BytesIO(content)).size == (50, 25)


@pytest.mark.parametrize(
    "name", ["H" + "0" * 32 + ".jpg", "nothing", "..%2Fmarket.db", "H" + "0" * 32 + ".jpg_5x5.jpg"]
)
async def test_pictures_that_are_not_there(shop: Client, name: str) -> None:
    assert (await fetched(shop, f"{shop.gateway}/kf/{name}"))[0] == 404


async def test_looking_through(shop: Client) -> None:
    for shade, group in ((1, "12"), (2, ""), (3, "")):
        await shop.upload(png(shade=shade), f"{shade}.png", **({"group_id": group} if group else {}))
    found = await listed(shop, page_size=2)
    assert (found["total"], found["total_page"]) == (3, 2)
    assert [row["display_name"] for row in found["images"]] == ["3.png", "2.png"]
    assert [row["display_name"] for row in (await listed(shop, page_size=2, current_page=2))["images"]] == ["1.png"]
    assert [row["group_id"] for row in (await listed(shop, location_type="subGroup", group_id="12"))["images"]] == [
        "12"
    ]
    assert (await listed(shop, location_type="unGroup"))["total"] == 2
    assert (await listed(shop, location_type="temp"))["total"] == 0
    assert (await listed(shop, location_type="attic"))["error_code"] == 13010996
    assert (await listed(shop, page_size=51))["success"] is False


async def test_references_are_counted(shop: Client) -> None:
    address = (await shop.upload(png()))["result"]["photobank_url"]
    assert (await listed(shop))["images"][0]["reference_count"] == 0
    await shop.post_offer(image_u_r_ls=address)
    assert (await listed(shop))["images"][0]["reference_count"] == 1


async def test_size_and_use(shop: Client) -> None:
    content = png()
    await shop.upload(content)
    assert await shop.result(INFO) == {"capicity": 10240 * 1024 * 1024, "useage": len(content)}


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (f"http://127.0.0.1:8123/kf/H{'a' * 32}.jpg", f"kf/H{'a' * 32}.jpg"),
        (f"http://localhost/kf/H{'a' * 32}.gif", f"kf/H{'a' * 32}.gif"),
        (f"https://ae01.alicdn.com/kf/H{'a' * 32}.jpg", None),
        (f"http://127.0.0.1:8123/kf/H{'a' * 31}.jpg", None),
        ("http://[broken", None),
    ],
)
def test_own_addresses(address: str, path: str | None) -> None:
    assert own_path(address) == path


async def test_addresses_follow_the_port(tmp_path: Path, http: aiohttp.ClientSession, clock: Turned) -> None:
    database = tmp_path / "moving.db"
    async with PracticeMarket(database, seed=False, clock=clock) as market:
        shop = Client(market, http, clock)
        address = (await shop.upload(png()))["result"]["photobank_url"]
        part = {"sku_property_id": COLOR, "property_value_id": BLACK, "sku_image": address}
        variant = {**sku("A"), "aeop_s_k_u_property": [part]}
        modules = [{"type": "html", "html": {"content": f'<img src="{address}">'}}]
        detail = json.dumps({"version": "2.0.0", "moduleList": modules})
        product_id = await shop.post_offer(
            image_u_r_ls=address,
            aeop_ae_product_s_k_us=[variant],
            detail_source_list=[{"locale": "en_US", "web_detail": detail}],
        )
        old = market.gateway
    async with PracticeMarket(database, seed=False, clock=clock) as market:
        shop = Client(market, http, clock)
        found = await shop.result(OFFER_QUERY, {"product_id": product_id})
        new = address.replace(old, market.gateway)
        assert found["image_u_r_ls"] == new
        assert found["aeop_ae_product_s_k_us"][0]["aeop_s_k_u_property_list"][0]["sku_image"] == new
        assert new in found["detail_source_list"][0]["web_detail"]
        assert (await fetched(shop, new))[2] == png()
        assert await shop.post_offer(image_u_r_ls=address), "an address from before is known"


@pytest.mark.parametrize("kind", load("drawings")["kinds"])
def test_every_kind_is_drawn(kind: str) -> None:
    picture = Image.open(BytesIO(draw(f"{kind}:Blue:0")))
    assert picture.size == (800, 800)
    assert len(picture.getcolors(800 * 800) or []) > 100, "something is on it"
    assert draw(f"{kind}:Blue:0") == draw(f"{kind}:Blue:0") != draw(f"{kind}:Red:0")


def test_every_colour_and_view_is_drawn() -> None:
    drawings = [draw(f"mug:{colour}:{view}") for view, colour in enumerate(load("drawings")["colours"])]
    assert len(set(drawings)) == len(drawings)
    with pytest.raises(KeyError):
        draw("mug:Octarine:0")


async def test_practice_pictures_are_drawn_when_looked_at(full: Client) -> None:
    row = (await listed(full))["images"][0]
    assert (row["width"], row["file_size"]) == (800, 0)
    status, kind, content = await fetched(full, row["url"])
    assert (status, kind) == (200, "image/jpeg")
    assert Image.open(BytesIO(content)).size == (800, 800)
    assert (await listed(full))["images"][0]["file_size"] == len(content)
    assert (await fetched(full, row["url"]))[2] == content


def test_a_drawing_has_a_name_before_it_is_drawn() -> None:
    assert drawing_hash("mug:Blue:0") != drawing_hash("mug:Blue:1")
    assert own_path(f"http://127.0.0.1:1/kf/{drawing_hash('mug:Blue:0')}.jpg")
