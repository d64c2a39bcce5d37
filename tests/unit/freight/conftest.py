"""A store with freight templates and stock items, for trials and proposals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import orjson
import pytest

from app.services.db import Database
from app.services.freight.records import Band, Service, Zone, ZoneKind
from app.services.freight.written import written_services

STEPS = (Band(Decimal("0.5"), Decimal(2), Decimal("0.1"), Decimal("0.6")),)
FREE = (
    Service("STANDARD", (Zone(ZoneKind.FREE, ("US", "ES")), Zone(ZoneKind.STANDARD, ("RU",), discount_percent=30))),
)
PAID = (Service("STANDARD", (Zone(ZoneKind.BY_WEIGHT, is_everywhere=True, first_fee=Decimal(4), bands=STEPS),)),)
TEMPLATES = {"700": ("Small goods", FREE), "701": ("Paid everywhere", PAID), "702": ("带电特货", PAID)}


@pytest.fixture
def goods(db: Database, make_listing: Callable) -> Callable:
    """Templates of store 1, and a maker of listings whose stock item costs 18.00 CNY and weighs 200 g."""
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO freight_template (store_id, template_id, name, is_default, services, synced_ms, source) "
            "VALUES (1, ?, ?, 0, ?, 0, '')",
            [(id, name, orjson.dumps(written_services(services))) for id, (name, services) in TEMPLATES.items()],
        )

    def make(code: str, price: int | None = 999, item: dict | None = None, **fields):
        listing = make_listing(skus=((code, price, 5),), **({"freight_template_id": "700", "weight_g": 200} | fields))
        told = {"cost_micro": 18_000_000, "weight_mg": 200_000, "attributes": []} | (item or {})
        columns = ", ".join(told)
        values = [orjson.dumps(value).decode() if isinstance(value, list) else value for name, value in told.items()]
        with db.bulk() as connection:
            connection.exec_driver_sql(
                f"INSERT INTO stock_item (code, name, picture, updated_ms, {columns}) "
                f"VALUES (?, '', '', 0, {', '.join('?' * len(told))})",
                (code, *values),
            )
        return listing

    return make
