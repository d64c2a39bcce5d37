"""A store that can sell, listings that pass the checker, and a marketplace that does what a test tells it to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.models import Category, CategoryAttribute, FreightTemplate
from app.services.clock import now_ms
from app.services.db import Database
from app.services.listings.records import ListingRecord
from app.services.publishing.settings import PublishSettings
from tests.unit.publishing.fake_marketplace import FakeMarketplace

GATEWAY = "http://127.0.0.1:1"
LEAF = "39050502"
COLOUR, SHIPS_FROM, LAMP_BASE = "14", "200007763", "200000137"
FAST = PublishSettings(
    settle_s=0.0,
    confirm_s=0.0,
    lookup_patience_s=30.0,
    review_first_s=60.0,
    review_pause_max_s=60.0,
    review_patience_s=0.0,
    outage_patience_s=30.0,
)
REVIEWED = replace(FAST, review_first_s=0.01, review_pause_max_s=0.05, review_patience_s=30.0)
"""As `FAST`, and it waits for the verdicts."""


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three pictures the platform would take."""
    folder = tmp_path_factory.mktemp("pictures")
    paths = []
    for number, colour in enumerate(("orange", "teal", "gray")):
        path = folder / f"lamp-{number}.jpg"
        Image.new("RGB", (800, 800), colour).save(path, quality=40)
        paths.append(str(path))
    return paths


@pytest.fixture
def store(db: Database) -> int:
    """Store 1 with a category, its attributes and a freight template."""
    moment = now_ms()
    with db.write() as session:
        session.add(FreightTemplate(store_id=1, template_id="700126548", name="小件普货", synced_ms=moment))
        for number, (parent, zh, en, leaf) in enumerate(
            (("0", "灯具", "Lights", False), ("39050500", "台灯", "Table lamps", True))
        ):
            session.add(
                Category(
                    gateway=GATEWAY,
                    category_id=LEAF if leaf else "39050500",
                    parent_id=parent,
                    name_zh=zh,
                    name_en=en,
                    path_zh=f"灯具 > {zh}" if leaf else zh,
                    path_en=f"Lights > {en}" if leaf else en,
                    level=number + 1,
                    is_leaf=leaf,
                    fetched_ms=moment,
                )
            )
        session.add_all(_attributes(moment))
    return 1


def _attributes(moment: int) -> list[CategoryAttribute]:
    rows = (
        (
            COLOUR,
            "颜色",
            "Color",
            True,
            True,
            1,
            (("193", "黑色", "Black"), ("771", "米色", "Beige"), ("29", "白色", "White")),
        ),
        (
            SHIPS_FROM,
            "发货地",
            "Ships From",
            True,
            False,
            2,
            (("201336100", "中国", "CHINA"), ("201336104", "西班牙", "SPAIN")),
        ),
        (LAMP_BASE, "灯头类型", "Lamp base", False, False, 3, (("1", "E27", "E27"), ("4", "其他", "Other"))),
    )
    return [
        CategoryAttribute(
            gateway=GATEWAY,
            category_id=LEAF,
            attribute_id=number,
            name_zh=zh,
            name_en=en,
            is_required=False,
            is_sku=is_sku,
            allows_custom_name=custom,
            show_type="list_box",
            position=position,
            values=[{"id": value_id, "zh": value_zh, "en": value_en} for value_id, value_zh, value_en in values],
            fetched_ms=moment,
        )
        for number, zh, en, is_sku, custom, position, values in rows
    ]


@pytest.fixture
def make_sellable(
    store: int, make_listing: Callable[..., ListingRecord], pictures: list[str]
) -> Callable[..., ListingRecord]:
    """Store a listing that may be published; every one has codes of its own."""
    numbers = iter(range(1, 100_000))

    def make(title: str = "", **fields: Any) -> ListingRecord:
        number = next(numbers)
        ready: dict[str, Any] = {
            "status": "ready",
            "skus": ((f"LM{number:05d}-BK", 1890, 120), (f"LM{number:05d}-BE", 1990, 90)),
            "images": (pictures[0],),
            "category_id": LEAF,
            "freight_template_id": "700126548",
            "unit": "100000015",
            "handling_days": 5,
            "weight_g": 840,
            "length_cm": 24,
            "width_cm": 24,
            "height_cm": 38,
            "detail_html": "<p>Warm light for the bedside, three steps, touch control.</p>",
        }
        return make_listing(title or f"Bedside Table Lamp Dimmable Touch Control Model {number}", **{**ready, **fields})

    return make


@pytest.fixture
def market() -> FakeMarketplace:
    """A marketplace that takes everything until told otherwise."""
    return FakeMarketplace()


def picture_copy(source: str, target: Path) -> str:
    """A picture file of a test's own."""
    target.write_bytes(Path(source).read_bytes())
    return str(target)
