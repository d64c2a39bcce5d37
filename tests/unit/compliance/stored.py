"""The store of the examples in a real database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models import Category, CategoryAttribute, FreightTemplate, ProductGroup, Sku, Store
from app.models import Image as ImageRow
from app.services.db import Database
from app.services.listings.content import content_hash
from app.services.listings.records import ListingRecord
from tests.listing_rows import add_listing as add_rows
from tests.unit.compliance.examples import ATTRIBUTES, TREE, listing

GATEWAY = "http://127.0.0.1:8765"
OWN, OTHER = 1, 2


def seed_store(db: Database) -> None:
    """Two stores with templates and groups, the tree, and the attributes of two leaves."""
    with db.write() as session:
        for number, name in ((OWN, "Chenfan Digital"), (OTHER, "Amber Isle Home")):
            session.add(Store(id=number, name=name, gateway=GATEWAY, credential_ref=str(number), created_ms=0))
        session.flush()
        for store_id, template_id, name in ((OWN, "700126548", "小件普货"), (OTHER, "700999999", "普货")):
            session.add(FreightTemplate(store_id=store_id, template_id=template_id, name=name, synced_ms=0))
        groups = ((OWN, "51", "", "灯具"), (OWN, "52", "51", "卧室灯具"), (OTHER, "99", "", "厨房"))
        for store_id, group_id, parent_id, name in groups:
            session.add(ProductGroup(store_id=store_id, group_id=group_id, parent_id=parent_id, name=name, synced_ms=0))
        seed_categories(session, GATEWAY)


def seed_categories(session: Session, gateway: str) -> None:
    """The tree of the examples and what its leaves ask for."""
    for node in TREE.by_id.values():
        session.add(Category(gateway=gateway, level=node.path_en.count(">") + 1, fetched_ms=0, **node._asdict()))
    for category_id, attributes in ATTRIBUTES.items():
        for facts in attributes:
            values = [{"id": key, "en": label.en, "zh": label.zh} for key, label in facts.values.items()]
            session.add(
                CategoryAttribute(
                    gateway=gateway,
                    category_id=category_id,
                    attribute_id=facts.attribute_id,
                    name_en=facts.label.en,
                    name_zh=facts.label.zh,
                    is_required=facts.is_required,
                    is_sku=facts.is_sku,
                    allows_custom_name=facts.allows_custom_name,
                    show_type=facts.show_type,
                    position=facts.position,
                    values=values,
                    fetched_ms=0,
                )
            )


def add_listing(db: Database, **changes: Any) -> int:
    """Store the good listing of the examples with *changes*; its id."""
    record = listing(**changes)
    columns = {
        name: getattr(record, name)
        for name in ListingRecord.__dataclass_fields__
        if name not in ("id", "skus", "images", "content_hash", "service_template_id")
    }
    with db.write() as session:
        row = add_rows(session, **columns, content_hash=content_hash(record), created_ms=0)
        for position, sku in enumerate(record.skus):
            session.add(
                Sku(
                    listing_id=row.id,
                    position=position,
                    code=sku.code,
                    price_minor=sku.price_minor,
                    stock=sku.stock,
                    ships_from=sku.ships_from,
                    properties=sku.properties,
                )
            )
        for position, source in enumerate(record.images):
            session.add(ImageRow(listing_id=row.id, position=position, source=source))
        return row.id


def state(db: Database, listing_id: int) -> tuple[str, int, int, int]:
    """Status and counts as they are stored."""
    with db.read() as session:
        row = session.execute(
            text("SELECT status, block_count, hold_count, warn_count FROM listing WHERE id = :id"), {"id": listing_id}
        ).one()
        return tuple(row)  # type: ignore[return-value]


def make_picture(path: Path, size: tuple[int, int] = (900, 900)) -> str:
    """A real JPEG, different for every path."""
    Image.new("RGB", size, f"#{abs(hash(path.name)) % 0xFFFFFF:06x}").save(path, "JPEG")
    return str(path)
