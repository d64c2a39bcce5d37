"""Two stores on marketplaces in memory: theirs, which is only read, and ours."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from app.models import Store, StoreAccess
from app.services.clock import now_ms
from app.services.covering.ids import ProductIds, read_ids
from app.services.covering.records import CoverResult
from app.services.covering.rules import CoverRules
from app.services.covering.run import Cover
from app.services.db import Database
from app.services.listings.loading import load_listing
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import RemoteFreightTemplate, RemoteGroup
from app.services.marketplace.records import RemotePromiseTemplate
from app.services.stores.reading import get_store
from app.services.tasks import TaskContext
from tests.unit.stores.conftest import MemoryMarketplace, lamp

THEIR_TEMPLATE, OUR_TEMPLATE = "700126540", "800900100"


@dataclass
class StoreMarket(MemoryMarketplace):
    """A marketplace in memory with service templates."""

    services: list[RemotePromiseTemplate] = field(default_factory=list)

    async def promise_templates(self) -> tuple[RemotePromiseTemplate, ...]:
        self._call("promise_templates", None)
        return tuple(self.services)


@dataclass
class Pair:
    """Their store (id 2) and ours (id 1)."""

    db: Database
    theirs: StoreMarket
    ours: StoreMarket
    ctx: TaskContext = field(default_factory=TaskContext)

    def cover(self, ids: str | list[str], rules: CoverRules | None = None, **options: Any) -> CoverResult:
        """Cover these ids."""
        return asyncio.run(self.run(rules, **options).run(self.wanted(ids)))

    def run(self, rules: CoverRules | None = None, **options: Any) -> Cover:
        """A run that was not started."""
        stores = [get_store(self.db, number) for number in (2, 1)]
        return Cover(self.db, *stores, self.theirs, self.ours, rules or CoverRules(), self.ctx, **options)

    @staticmethod
    def wanted(ids: str | list[str]) -> ProductIds:
        return read_ids(ids) if isinstance(ids, str) else ProductIds(tuple(ids))

    def listing(self, number: int) -> ListingRecord:
        with self.db.read() as session:
            return load_listing(session, number)

    def sql(self, text: str, *params: Any) -> list[Any]:
        with self.db.bulk() as connection:
            found = connection.exec_driver_sql(text, params)
            return list(found) if found.returns_rows else []


@pytest.fixture
def pair(db: Database) -> Pair:
    """Two lamps over there; templates of which one has the same name on both sides."""
    with db.write() as session:
        session.add(
            Store(
                name="邻居店",
                gateway="http://127.0.0.1:1",
                credential_ref="two",
                access=StoreAccess.READ_ONLY,
                is_shared=True,
                created_ms=now_ms(),
            )
        )
    theirs, ours = StoreMarket(), StoreMarket()
    theirs.templates = {
        THEIR_TEMPLATE: RemoteFreightTemplate(THEIR_TEMPLATE, "小件普货", False, []),
        "700126999": RemoteFreightTemplate("700126999", "Their own", False, []),
    }
    ours.templates = {
        OUR_TEMPLATE: RemoteFreightTemplate(OUR_TEMPLATE, "小件普货", False, []),
        "800900200": RemoteFreightTemplate("800900200", "Large parcels", True, []),
    }
    theirs.groups, ours.groups = [RemoteGroup("5081", "Lamps", "")], [RemoteGroup("9001", "Lighting", "")]
    theirs.services = [RemotePromiseTemplate("0", "Beginner"), RemotePromiseTemplate("510101", "60 Day Warranty")]
    ours.services = [RemotePromiseTemplate("0", "Beginner"), RemotePromiseTemplate("520202", "Standard Warranty")]
    theirs.put(lamp("1005001"), replace_codes("1005002", "LM5500"))
    return Pair(db, theirs, ours)


def replace_codes(product_id: str, stem: str, **changes: Any) -> Any:
    """A lamp with other merchant codes and another title."""
    first = lamp(product_id, title=f"Lamp {stem} with a title of its own", **changes)
    skus = tuple(replace(sku, code=sku.code.replace("LM4402", stem)) for sku in first.content.skus)
    return replace(first, content=replace(first.content, skus=skus))
