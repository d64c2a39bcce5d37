"""Which family of methods each store's account may call, as it was learned: one row of the `setting` table a store."""

from __future__ import annotations

from collections.abc import Mapping

from app.models import Setting
from app.services.clock import now_ms
from app.services.db import Database


def load_families(db: Database, store_id: int) -> dict[str, str]:
    """Noun → key of the family, as `AliExpressMarketplace` was told; empty for a store nobody has called yet."""
    with db.read() as session:
        row = session.get(Setting, _name(store_id))
        value = row.value if row is not None else {}
    if not isinstance(value, dict):
        return {}
    return {noun: key for noun, key in value.items() if isinstance(noun, str) and isinstance(key, str)}


def save_families(db: Database, store_id: int, families: Mapping[str, str]) -> None:
    """Remember *families* in place of what was known."""
    with db.write() as session:
        session.merge(Setting(name=_name(store_id), value=dict(families), updated_ms=now_ms()))


def _name(store_id: int) -> str:
    return f"store.{store_id}.families"
