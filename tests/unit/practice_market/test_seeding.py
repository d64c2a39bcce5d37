"""What a new practice market holds: believable, complete, and nothing in it that its own checker would refuse."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.practice_market import PracticeMarket, categories
from app.practice_market.catalogue import load, stores
from app.practice_market.checker import check
from app.practice_market.content.reading import Family, main_title
from app.practice_market.context import Context
from app.practice_market.faults import Faults
from app.practice_market.seeding import prepare
from app.practice_market.storage import Storage

NOW = 1_700_000_000_000
NEIGHBOUR = 240017303


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A seeded file."""
    opened = Storage(tmp_path_factory.mktemp("seeded") / "market.db")
    prepare(opened, NOW, is_seeded=True)
    yield opened
    opened.close()


def products(storage: Storage) -> list[Any]:
    return storage.rows("SELECT * FROM product ORDER BY product_id")


def records(storage: Storage) -> list[dict[str, Any]]:
    return [json.loads(row["record"]) for row in products(storage)]


def test_148_listings_in_two_stores_and_four_states(storage: Storage) -> None:
    rows = [row for row in products(storage) if row["store_id"] != NEIGHBOUR]
    assert len(rows) == 148
    assert set(Counter(row["store_id"] for row in rows).values()) == {80, 68}
    for store_id in {row["store_id"] for row in rows}:
        states = Counter(row["status"] for row in rows if row["store_id"] == store_id)
        assert states.keys() == {"onSelling", "offline", "auditing", "editingRequired"}
        assert states["onSelling"] > sum(states.values()) * 0.7


def test_every_listing_passes_the_checker(storage: Storage) -> None:
    for row in products(storage):
        store = storage.row("SELECT * FROM store WHERE store_id = ?", (row["store_id"],))
        assert store is not None
        context = Context(storage, store, Faults(), NOW, "http://127.0.0.1:1", "1", "test")
        check(json.loads(row["record"]), Family.OFFER, context)


def test_titles_read_like_titles(storage: Storage) -> None:
    titles = [main_title(record) for record in records(storage)]
    assert len(set(titles)) == 148 + 8
    for title in titles:
        assert 30 <= len(title) <= 128
        assert len(title.split()) >= 5
        assert not title[0].islower()
    words = {word.casefold() for title in titles for word in title.split()}
    assert not words & {"product", "test", "sample", "lorem"}
    assert not words & {word.casefold() for word in load("rules")["audit_reject_words"]}


def test_codes_are_codes_and_belong_to_one_listing(storage: Storage) -> None:
    codes = [sku["sku_code"] for record in records(storage) for sku in record["aeop_ae_product_s_k_us"]]
    assert len(codes) == len(set(codes)) > 400
    assert max(map(len, codes)) <= 20
    assert any("*" in code for code in codes), "packs"
    assert any(code.endswith("_CES") for code in codes), "overseas variants"


def test_overseas_variants_cost_more_and_ship_from_there(storage: Storage) -> None:
    spain = 201336104
    for record in records(storage):
        by_code = {sku["sku_code"]: sku for sku in record["aeop_ae_product_s_k_us"]}
        for code, sku in by_code.items():
            if code.endswith("_CES"):
                assert float(sku["sku_price"]) > float(by_code[code.removesuffix("_CES")]["sku_price"])
                assert spain in {part["property_value_id"] for part in sku["aeop_s_k_u_property"]}


def test_most_listings_have_variants_and_all_have_pictures(storage: Storage) -> None:
    counts = [len(record["aeop_ae_product_s_k_us"]) for record in records(storage)]
    assert sum(count > 1 for count in counts) > 120
    held = {f"kf/{row['hash']}.jpg" for row in storage.rows("SELECT hash FROM image")}
    for record in records(storage):
        assert len(set(record["image_urls"])) == 4
        assert set(record["image_urls"]) <= held


def test_listings_are_spread_over_the_tree(storage: Storage) -> None:
    used = {record["category_id"] for record in records(storage)}
    assert len(used) > 55
    assert used <= {leaf.category_id for leaf in categories.leaves()}


def test_one_in_review_stays_there(storage: Storage) -> None:
    for row in products(storage):
        if row["status"] == "auditing":
            assert row["review_from_ms"] > NOW + 300 * 86_400_000


def test_times_lie_in_order_and_in_the_past(storage: Storage) -> None:
    for row in products(storage):
        assert row["created_ms"] < row["modified_ms"] <= NOW
    for row in storage.rows("SELECT * FROM trade_order"):
        assert row["created_ms"] < NOW
        steps = [row[name] for name in ("created_ms", "paid_ms", "sent_ms", "ended_ms") if row[name] is not None]
        assert steps == sorted(steps)
        assert row["created_ms"] <= row["modified_ms"] <= NOW


def test_orders_are_of_the_stores_own_listings(storage: Storage) -> None:
    owners = {row["product_id"]: row["store_id"] for row in products(storage)}
    codes = {row["product_id"]: set(row["codes"].split("\n")) for row in products(storage)}
    rows = storage.rows("SELECT store_id, record FROM trade_order")
    assert len(rows) == 40
    assert {row["store_id"] for row in rows} == set(owners.values()) - {NEIGHBOUR}
    for row in rows:
        for line in json.loads(row["record"])["lines"]:
            assert owners[line["product_id"]] == row["store_id"]
            assert line["sku_code"] in codes[line["product_id"]]


def test_seeding_twice_is_seeding_once(storage: Storage) -> None:
    prepare(storage, NOW + 1, is_seeded=True)
    assert len(products(storage)) == 148 + 8
    assert storage.value("SELECT count(*) FROM app") == 1
    assert storage.value("SELECT count(*) FROM token") == 2


def test_two_seeds_are_alike(storage: Storage, tmp_path: Path) -> None:
    other = Storage(tmp_path / "other.db")
    prepare(other, NOW, is_seeded=True)
    assert records(other) == records(storage)
    other.close()


async def test_categories_and_attributes_have_both_names() -> None:
    for category in categories.tree().values():
        assert category.en.isascii()
        assert not category.zh.isascii()
        ids = [attribute.attribute_id for attribute in category.attributes]
        assert len(ids) == len(set(ids))
        assert category.is_leaf == bool(ids)
        if category.is_leaf:
            assert {14, 2, 3, 219} - {14} <= set(ids)
            assert categories.SHIPS_FROM in ids


async def test_templates_of_listings_belong_to_their_store(seeded: PracticeMarket, storage: Storage) -> None:
    for store in stores():
        own = {template["id"] for template in store["templates"]}
        rows = storage.rows("SELECT DISTINCT template_id FROM product WHERE store_id = ?", (store["store_id"],))
        assert {row["template_id"] for row in rows} <= own
