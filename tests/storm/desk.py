"""The desktop in a storm: a database with one store, listings that pass the checker, and what is done to them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from random import Random

from PIL import Image

from app.models import Category, CategoryAttribute, FreightTemplate, Setting, Store, StoreHealth
from app.services.clock import now_ms
from app.services.db import Database
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing, load_listings
from app.services.listings.records import SkuRecord
from app.services.listings.writing import insert_skus, refresh_derived, replace_images, sku_row
from app.services.marketplace.aliexpress.adapter import AliExpressMarketplace
from app.services.marketplace.aliexpress.gateway import Gateway
from app.services.marketplace.port import RemoteAttribute, StoreCredentials
from app.services.publishing.doubles import doubles_of
from app.services.publishing.queue import enqueue
from app.services.publishing.settling import decide, undecided
from app.services.stores.reading import mark_health
from app.services.upgrade import open_database
from tests.listing_rows import add_listing
from tests.storm.market import Product, StormMarket
from tests.storm.program import SharedSecrets

LEAF = "200004104"
TWINS = 3
PRICES = (400, 600)
"""Cents, each within the jump from any other that the price guard lets pass."""
"""Every so often as many listings have one title and the same codes."""


class StormDesk:
    """The data folder that both programs work on. `secrets` is the credential file they share."""

    def __init__(self, folder: Path, market: StormMarket) -> None:
        self.db: Database = open_database(folder / "shangjia.db")
        self.secrets = SharedSecrets(folder / "secrets.json")
        store = market.told["stores"][0]
        known = market.told
        credentials = StoreCredentials(
            known["app_key"], known["app_secret"], store["access_token"], store["refresh_token"]
        )
        self.secrets.save(credentials)
        self._pictures = _pictures(folder)
        self._template = asyncio.run(self._learn(market.gateway, credentials))
        self._numbers = iter(range(1, 1_000_000))

    async def _learn(self, url: str, credentials: StoreCredentials) -> str:
        """A store with one category and one freight template. Returns: the template's id."""
        gateway = Gateway(url)
        marketplace = AliExpressMarketplace(credentials, gateway, store_key="one")
        templates = [one for one in await marketplace.freight_templates() if one.template_id != "1000"]
        attributes = await marketplace.category_attributes(LEAF)
        await marketplace.close()
        await gateway.close()
        moment, names = now_ms(), {"name_zh": "台灯配件", "name_en": "Lamp Parts"}
        paths = {"path_zh": "台灯配件", "path_en": "Lamp Parts"}
        place = {"gateway": url, "category_id": LEAF, "fetched_ms": moment}
        with self.db.write() as session:
            # twins are sent on purpose: nobody is there to tell them apart
            session.add(Setting(name="compliance", value={"severities": {"listing.twice": "warn"}}, updated_ms=moment))
            session.add(Store(name="晨帆数码", gateway=url, credential_ref="one", created_ms=moment))
            session.flush()
            session.add(FreightTemplate(store_id=1, template_id=templates[0].template_id, name="x", synced_ms=moment))
            session.add(Category(parent_id="0", level=1, is_leaf=True, **place, **names, **paths))
            session.add_all(CategoryAttribute(**place, **_attribute(found)) for found in attributes)
        return templates[0].template_id

    def make(self, dice: Random) -> list[int]:
        """A new listing, or now and then twins. Returns: their ids."""
        number = next(self._numbers)
        return [self._insert(number) for _ in range(TWINS if dice.random() < 0.04 else 1)]

    def _insert(self, number: int) -> int:
        moment = now_ms()
        skus = [SkuRecord(None, f"LP{number:05d}-{end}", 489, 120, [{"name": "Color", "value": end}]) for end in "BW"]
        with self.db.write() as session:
            listing = add_listing(
                session, store_id=1, category_id=LEAF,
                title=f"Brass Lamp Socket With Switch For Bedside Lights Series {number}",
                freight_template_id=self._template, unit="100000015", handling_days=5, weight_g=90, length_cm=8,
                width_cm=8, height_cm=6, detail_html="<p>Solid brass, fits E27 bulbs.</p>", created_ms=moment,
                updated_ms=moment,
            )  # fmt: skip
            connection = session.connection()
            insert_skus(connection, [sku_row(listing.id, place, sku) for place, sku in enumerate(skus)])
            replace_images(connection, listing.id, self._pictures[: 1 + number % 3])
            refresh_derived(connection, [load_listing(session, listing.id)], moment)
            connection.exec_driver_sql("UPDATE listing SET status = 'ready' WHERE id = ?", (listing.id,))
            return listing.id

    def edit(self, listing_ids: Sequence[int], dice: Random) -> None:
        """Another price, stock and handling time; the title stays, so that twins stay twins of each other's codes."""
        with self.db.read() as session:
            records = load_listings(session, listing_ids)
        edits = [
            ListingEdit(
                record.id,
                fields={"handling_days": dice.randrange(3, 8)},
                skus={
                    sku.id: {"price_minor": dice.randrange(*PRICES), "stock": dice.randrange(1, 200)}
                    for sku in record.skus
                    if sku.id is not None
                },
            )
            for record in records
        ]
        edit_listings(self.db, edits, label="change.edit")

    def queue(self, listing_ids: Sequence[int]) -> int:
        """Press the button. Returns: how many were queued."""
        self.sign_in_again()
        return enqueue(self.db, 1, listing_ids).queued if listing_ids else 0

    def sign_in_again(self) -> None:
        """A person mends what made the store red: nothing starts for one that is signed out."""
        mark_health(self.db, 1, StoreHealth.OK)

    def ids(self, *states: str) -> list[int]:
        """Listings in one of these statuses."""
        with self.db.reader.connect() as connection:
            marks = ", ".join("?" * len(states))
            return list(
                connection.exec_driver_sql(
                    f"SELECT id FROM listing WHERE status IN ({marks}) ORDER BY id", tuple(states)
                ).scalars()
            )

    def unsent(self) -> list[int]:
        """Listings whose content is not what the platform has, and that nobody is sending."""
        with self.db.reader.connect() as connection:
            return list(
                connection.exec_driver_sql(
                    "SELECT id FROM listing WHERE sent_hash IS NOT content_hash "
                    "AND status NOT IN ('queued', 'sending', 'unknown', 'in_review') ORDER BY id"
                ).scalars()
            )

    def open_tasks(self) -> int:
        """Tasks that are not settled."""
        with self.db.reader.connect() as connection:
            sql = "SELECT count(*) FROM publish_task WHERE state IN ('queued', 'sending', 'unknown', 'in_review')"
            return int(connection.exec_driver_sql(sql).scalar_one())

    def decide_all(self, market: StormMarket) -> int:
        """A person's part: of several products that could be a listing, choose one that is no other listing's."""
        waiting = undecided(self.db, 1)
        for one in waiting:
            taken = set(self.listings())
            used = {product.product_id for product in taken}
            free = [number for number in one.candidates if number not in used]
            decide(self.db, one.listing_id, free[0] if free else None)
        return len(waiting)

    def listings(self) -> list[Product]:
        """What the desktop means to have on the platform."""
        with self.db.reader.connect() as connection:
            ids = list(connection.exec_driver_sql("SELECT id FROM listing ORDER BY id").scalars())
        with self.db.read() as session:
            return [
                Product(
                    record.title,
                    tuple(sorted((sku.code, int(sku.price_minor or 0), int(sku.stock or 0)) for sku in record.skus)),
                    len(record.images),
                    record.category_id,
                    int(record.handling_days or 0),
                    record.product_id or "",
                )
                for record in load_listings(session, ids)
            ]

    def doubles(self) -> set[str]:
        """Products that the desktop tells are superfluous."""
        with self.db.read() as session:
            return {double.double_id for double in doubles_of(session.connection(), 1)}

    def errors(self) -> dict[str, int]:
        """Reasons in the journal, of all tasks that ended badly on the way."""
        with self.db.reader.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT error_code, count(*) FROM publish_task WHERE error_code <> '' GROUP BY 1 ORDER BY 1"
            )
            return dict(map(tuple, rows))


def _pictures(folder: Path) -> list[str]:
    paths = []
    for number, colour in enumerate(("orange", "teal", "gray")):
        path = folder / f"lamp-{number}.jpg"
        Image.new("RGB", (800, 800), colour).save(path, quality=40)
        paths.append(str(path))
    return paths


def _attribute(found: RemoteAttribute) -> dict[str, object]:
    return {
        "attribute_id": found.attribute_id,
        "name_zh": found.name_zh,
        "name_en": found.name_en,
        "is_required": found.is_required,
        "is_sku": found.is_sku,
        "allows_custom_name": found.allows_custom_name,
        "show_type": found.show_type,
        "position": found.order,
        "values": [{"id": value.value_id, "zh": value.name_zh, "en": value.name_en} for value in found.values],
    }
