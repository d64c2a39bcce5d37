"""Pictures of a covered listing go into the own photobank before it is published: main, variant and detail pictures."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from app.services.publishing.taking_over import picture_name
from tests.unit.publishing.helpers import loaded, publish_all, states, write

THEIRS = "https://ae01.alicdn.com/kf/H"
MAIN, ON_PAGE, OF_SKU = f"{THEIRS}main.jpg", f"{THEIRS}page.jpg", f"{THEIRS}sku.png"


@pytest.fixture
def covered(db, store, make_sellable, market, pictures):
    """A listing whose pictures lie elsewhere; one of them twice, another on the own side already."""
    data = [Path(path).read_bytes() for path in pictures]
    market.elsewhere = {MAIN: data[0], ON_PAGE: data[1], OF_SKU: data[2]}
    page = f'<p>Warm light</p><img src="{ON_PAGE}"><img src="{MAIN}"><img src="{THEIRS}own.jpg">'
    record = make_sellable(images=(MAIN, f"{THEIRS}own.jpg"), detail_html=page)
    parts = orjson.dumps([{"name": "Color", "value": "Black", "name_id": "14", "value_id": "193", "image": OF_SKU}])
    write(db, "UPDATE sku SET properties = ? WHERE id = ?", parts.decode(), record.skus[0].id)
    for url in market.elsewhere:
        write(db, "INSERT INTO foreign_picture (store_id, url) VALUES (1, ?)", url)
    return record.id


async def test_every_picture_is_taken_over_once_and_the_page_names_the_new_addresses(db, covered, market):
    await publish_all(db, market, [covered])
    sent = market.creates[0]
    assert (market.calls.count("fetch"), market.calls.count("upload")) == (3, 3)
    assert sorted(market.uploads) == ["Hmain.jpg", "Hpage.jpg", "Hsku.jpg"]
    assert THEIRS not in str(sent.images[0])
    assert sent.images[1] == f"{THEIRS}own.jpg"
    assert sent.skus[0].properties[0].image_url.endswith("Hsku.jpg")
    assert ON_PAGE not in sent.detail_html
    assert f'<img src="{sent.images[0]}"><img src="{THEIRS}own.jpg">' in sent.detail_html
    assert ON_PAGE in loaded(db, covered).detail_html


async def test_a_second_listing_needs_no_download(db, covered, market, make_sellable):
    await publish_all(db, market, [covered])
    other = make_sellable(images=(MAIN,), detail_html=f'<p>Same light</p><img src="{ON_PAGE}">')
    await publish_all(db, market, [other.id])
    assert (market.calls.count("fetch"), len(market.creates)) == (3, 2)
    assert market.creates[1].images[0] == market.creates[0].images[0]


async def test_a_picture_that_is_gone_fails_its_listing_alone(db, covered, market, make_sellable):
    del market.elsewhere[ON_PAGE]
    other = make_sellable()
    await publish_all(db, market, [covered, other.id])
    assert states(db)[0] == "failed"
    assert loaded(db, covered).error_code == "marketplace.picture_gone"
    assert len(market.creates) == 1


async def test_what_is_no_picture_is_not_uploaded(db, covered, market):
    market.elsewhere[MAIN] = b"<html>not found</html>"
    await publish_all(db, market, [covered])
    assert loaded(db, covered).error_code == "publishing.picture_not_taken_over"
    assert not market.creates


@pytest.mark.parametrize(
    ("address", "data", "name"),
    [
        ("https://h/kf/Ha.jpg_640x640.webp", b"\xff\xd8x", "Ha.jpg"),
        ("https://h/kf/Ha.jpg", b"\x89PNG\r\n\x1a\nx", "Ha.png"),
        ("//h/kf/", b"GIF89a", "kf.gif"),
        ("https://h/kf/Ha.jpg", b"RIFF", ""),
    ],
)
def test_a_picture_is_called_what_it_is(address, data, name):
    assert picture_name(address, data) == name
