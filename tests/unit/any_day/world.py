"""What the machine of `test_any_day.py` works on: a data folder, the practice market over real HTTP, plain dicts."""

from __future__ import annotations

import asyncio
import csv
import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from app.models import Category, CategoryAttribute, FreightTemplate, ProductGroup, Store
from app.practice_market import PracticeMarket
from app.services.db import Database
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.bulk_edit.records import Applied
from app.services.listings.desk import ListingDesk
from app.services.listings.importing.session import plan_import, store
from app.services.listings.loading import load_listings
from app.services.listings.records import ListingRecord
from app.services.listings.tags import tags_of
from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway
from app.services.marketplace.port import RemoteAttribute, StoreCredentials
from app.services.marketplace.records import PriceChange, SkuPrice
from app.services.price_guard.settings import SETTING as GUARD
from app.services.publishing.queue import enqueue
from app.services.publishing.results import BatchResult
from app.services.publishing.run import publish
from app.services.stores.sync import SyncResult, What, sync_store
from app.services.tasks import TaskContext
from app.services.upgrade import open_database
from tests.unit.publishing.conftest import REVIEWED

T = TypeVar("T")
Row = dict[str, Any]
"""A listing in plain words: `title`, `handling_days`, `weight_g`, `tags`, `images`, `skus` by code, and those of
`TEXTS`; its attributes are a name, a value and the value's number each."""
LEAVES = {"200004104": "台灯配件", "200001901": "手机壳"}
"""Categories: both know a colour and a material, and ask for nothing."""
TEMPLATES = {"700126540": "小件普货", "700126541": "带电特货"}
GROUPS = {"262007001": "Phone Cases", "262007003": "Audio"}
MATERIAL_ID, MATERIALS = "10", {"Brass": "100006079", "Iron": "100006078"}
"""An attribute that the platform knows by its number, and two of its values with theirs."""
TEXTS = ("keywords", "category_id", "freight_template_id", "group_id", "detail_html", "attributes")
HEADERS = (
    "商品编号", "标题", "商家编码", "颜色", "价格(USD)", "库存", "重量(g)", "类目", "运费模板", "单位", "发货期",
    "长(cm)", "宽(cm)", "高(cm)", "详细描述", "主图", "关键词", "产品分组", "产品属性",
)  # fmt: skip
COLOURS = ("Black", "White")
_EMPTIED = ("accepted_write", "sku_code", "product")


@dataclass(frozen=True)
class Ground:
    """What all examples share: the running market, a database that knows its store, three pictures."""

    market: PracticeMarket
    database: Path
    pictures: tuple[str, ...]

    @property
    def credentials(self) -> StoreCredentials:
        """Of the market's first store."""
        keys, first = self.market.credentials, self.market.credentials["stores"][0]
        return StoreCredentials(keys["app_key"], keys["app_secret"], first["access_token"], first["refresh_token"])


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """A market that reviews at once, in a thread of its own, until the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="practice-market")
    thread.start()
    market = PracticeMarket(seed=False, faults={"audit_delay_s": 0})
    try:
        asyncio.run_coroutine_threadsafe(market.start(), loop).result()
        shared = Ground(market, folder / "shangjia.db", _pictures(folder))
        asyncio.run(_learn(shared))
        yield shared
    finally:
        asyncio.run_coroutine_threadsafe(market.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _learn(shared: Ground) -> None:
    """A store with two categories, freight templates and product groups, as a sync would have left it."""
    gateway = Gateway(shared.market.gateway)
    marketplace = AliExpressMarketplace(shared.credentials, gateway, store_key="1")
    attributes = {leaf: await marketplace.category_attributes(leaf) for leaf in LEAVES}
    await marketplace.close()
    await gateway.close()
    db = open_database(shared.database)
    with db.write() as session:
        session.add(Store(name="晨帆数码", gateway=shared.market.gateway, credential_ref="one", created_ms=1))
        session.flush()
        for template_id, name in TEMPLATES.items():
            session.add(FreightTemplate(store_id=1, template_id=template_id, name=name, synced_ms=1))
        for group_id, name in GROUPS.items():
            session.add(ProductGroup(store_id=1, group_id=group_id, name=name, synced_ms=1))
        for leaf, own in attributes.items():
            session.add_all(_category(shared.market.gateway, leaf, own))
        unheld = '{"changes": false, "far_below": false}'  # what the guard holds would not be sent
        session.connection().exec_driver_sql("INSERT INTO setting VALUES (?, ?, 1)", (GUARD, unheld))
    db.dispose()
    with closing(sqlite3.connect(shared.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _category(gateway: str, leaf: str, attributes: Sequence[RemoteAttribute]) -> Iterator[Category | CategoryAttribute]:
    place = {"gateway": gateway, "category_id": leaf, "fetched_ms": 1}
    names = dict.fromkeys(("name_zh", "name_en", "path_zh", "path_en"), LEAVES[leaf])
    yield Category(parent_id="0", level=1, is_leaf=True, **place, **names)
    for one in attributes:
        values = [{"id": value.value_id, "zh": value.name_zh, "en": value.name_en} for value in one.values]
        yield CategoryAttribute(
            **place, attribute_id=one.attribute_id, name_zh=one.name_zh, name_en=one.name_en,
            is_required=one.is_required, is_sku=one.is_sku, allows_custom_name=one.allows_custom_name,
            show_type=one.show_type, position=one.order, values=values,
        )  # fmt: skip


def _pictures(folder: Path) -> tuple[str, ...]:
    paths = []
    for colour in ("orange", "teal", "gray"):
        path = folder / f"{colour}.jpg"
        Image.new("RGB", (800, 800), colour).save(path, quality=30)
        paths.append(str(path))
    return tuple(paths)


class World:
    """One example's database beside the shared market, which begins without products."""

    def __init__(self, shared: Ground, folder: Path) -> None:
        self.shared, self.folder = shared, folder
        shutil.copyfile(shared.database, folder / "shangjia.db")
        self.db = Database(folder / "shangjia.db")
        self.desk = ListingDesk(lambda: self.db)
        storage = shared.market._storage  # the market's own record, emptied between two examples
        assert storage is not None
        with storage.transaction():
            for table in _EMPTIED:
                storage.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        """Let the files go."""
        self.db.dispose()
        shutil.rmtree(self.folder)

    # -- acts ----------------------------------------------------------------------------------------------------

    def load(self, rows: dict[str, Row]) -> str | None:
        """Import a sheet with these listings. Returns: the uid of the change, None where nothing differed."""
        path = self.shared.database.with_name("sheet.csv")  # pictures lie beside their sheet
        with path.open("w", encoding="utf-8-sig", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(HEADERS)
            for key, row in rows.items():
                for place, (code, (price, stock)) in enumerate(row["skus"].items()):
                    writer.writerow((
                        key, row["title"], code, COLOURS[place], f"{price / 100:.2f}", stock, row["weight_g"],
                        LEAVES[row["category_id"]], TEMPLATES[row["freight_template_id"]], "件", row["handling_days"],
                        8, 8, 6, row["detail_html"], ";".join(row["images"]), row["keywords"],
                        GROUPS.get(row["group_id"], ""), "; ".join(": ".join(one[:2]) for one in row["attributes"]),
                    ))  # fmt: skip
        plan, table = plan_import(self.db, self.db.path, path, 1, TaskContext())
        assert not plan.errors, plan.errors
        change = store(self.db, plan, table.error_count, TaskContext()).change
        return change.uid if change is not None else None

    def bulk(self, edit: BulkEdit, ids: Sequence[int]) -> Applied:
        """Work a bulk edit out and store it."""
        plan = plan_edit(self.db, edit, ids, TaskContext(), checks=False)
        try:
            return apply_plan(plan, TaskContext())
        finally:
            plan.close()

    def publish(self, ids: Sequence[int]) -> BatchResult | None:
        """Send these listings and wait for the verdicts; None where none of them was to be sent."""
        made = enqueue(self.db, 1, ids)
        if not made.queued:
            return None
        return self._connected(lambda marketplace: publish(self.db, marketplace, 1, made.batch_id, settings=REVIEWED))

    def sync(self) -> SyncResult:
        """Read the store's listings, all of them: each counts as read in the second it was changed in."""
        with self.db.bulk() as connection:
            connection.exec_driver_sql("UPDATE listing_synced SET read_ms = modified_ms")
        return self._connected(lambda marketplace: sync_store(self.db, marketplace, 1, (What.LISTINGS,)))

    def reprice_there(self, product_id: str, code: str, price_minor: int) -> None:
        """Somebody else changes a price on the platform. The platform's clock has whole seconds, so what was read of
        it before counts as read long ago."""
        change = PriceChange(product_id, (SkuPrice(code, price_minor),))
        outcome = self._connected(lambda marketplace: marketplace.set_prices([change]))
        assert not outcome.failed
        storage = self.shared.market._storage
        assert storage is not None
        with storage.transaction():
            storage.execute("UPDATE product SET modified_ms = modified_ms + 5000 WHERE product_id = ?", (product_id,))

    def _connected(self, act: Callable[[AliExpressMarketplace], Coroutine[Any, Any, T]]) -> T:
        async def run() -> T:
            gateway = Gateway(self.shared.market.gateway)
            marketplace = AliExpressMarketplace(self.shared.credentials, gateway, store_key="1")
            try:
                return await act(marketplace)
            finally:
                await marketplace.close()
                await gateway.close()

        return asyncio.run(run())

    # -- what is stored ------------------------------------------------------------------------------------------

    def records(self) -> list[ListingRecord]:
        """All listings."""
        with self.db.read() as session:
            ids = session.connection().exec_driver_sql("SELECT id FROM listing ORDER BY id").scalars()
            return load_listings(session, list(ids))

    def rows(self) -> dict[str, Row]:
        """All listings in plain words, by product key."""
        found = self.records()
        with self.db.read() as session:
            tags = tags_of(session.connection(), [record.id for record in found])
        return {record.product_key: plain(record, tags.get(record.id, ())) for record in found}

    def there(self) -> list[Row]:
        """What the market holds of every product, as far as a listing has it."""
        return [_there(product["record"]) for product in self.shared.market.products(is_full=True)]

    def one(self, sql: str, *params: Any) -> Any:
        """The first value of a question."""
        with self.db.reader.connect() as connection:
            return connection.exec_driver_sql(sql, params).scalar()


def _there(record: dict[str, Any]) -> Row:
    """A product of the market in plain words; it keeps no keywords."""
    (detail,) = json.loads(record["detail_source_list"][0]["web_detail"])["moduleList"]
    skus = record["aeop_ae_product_s_k_us"]
    return {
        "title": record["subject_list"][0]["value"],
        "handling_days": record["delivery_time"],
        "weight_g": round(float(record["gross_weight"]) * 1000),
        "category_id": str(record["category_id"]),
        "freight_template_id": str(record["freight_template_id"]),
        "group_id": "".join(map(str, record["group_ids"])),
        "detail_html": detail["html"]["content"],
        "attributes": tuple(_attribute(one) for one in record["aeop_ae_product_propertys"]),
        "skus": {one["sku_code"]: (_cents(one["sku_price"]), int(one["ipm_sku_stock"])) for one in skus},
    }


def _attribute(said: dict[str, Any]) -> tuple[str, str]:
    """Name and value; those the platform knows it keeps as numbers."""
    if "attr_name_id" not in said:
        return said["attr_name"], said["attr_value"]
    assert str(said["attr_name_id"]) == MATERIAL_ID, said
    return "Material", next(name for name, number in MATERIALS.items() if number == str(said["attr_value_id"]))


def plain(record: ListingRecord, tags: Sequence[str]) -> Row:
    """A listing in plain words."""
    return {
        "title": record.title,
        "handling_days": record.handling_days,
        "weight_g": record.weight_g,
        "tags": tuple(tags),
        "images": tuple(record.images),
        "skus": {sku.code: (sku.price_minor, sku.stock) for sku in record.skus},
        **{name: getattr(record, name) for name in TEXTS},
        "attributes": tuple((one["name"], one["value"], one["value_id"]) for one in record.attributes),
    }


def copied(rows: dict[str, Row]) -> dict[str, Row]:
    """Rows that may be changed without changing these."""
    return {key: {**row, "skus": dict(row["skus"])} for key, row in rows.items()}


def _cents(text: str) -> int:
    return round(float(text) * 100)
