"""Whether the overseas warehouse of a listing is real or virtual (domain.md 8.1): a flag of the team's own. It is no
content: it neither reopens nor dates a listing, and the marketplace never sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection

from app.models import WarehouseKind
from app.services.listings.loading import id_list

NOUN: Literal["warehouse_kind"] = "warehouse_kind"
"""What a change and a bulk edit call it; its image is `{"warehouse_kind": <kind, "" where nobody said>}`."""
KINDS = tuple(str(kind) for kind in WarehouseKind)


def kinds_of(connection: Connection, listing_ids: Sequence[int]) -> dict[int, str]:
    """The kind of each of these listings of which somebody said it."""
    sql = f"SELECT listing_id, kind FROM listing_warehouse WHERE listing_id IN ({id_list(listing_ids)})"
    return {row[0]: row[1] for row in connection.exec_driver_sql(sql)}


def put_kind(connection: Connection, listing_id: int, kind: str) -> None:
    """Say that a listing's warehouse is of this kind, "" for nobody knows."""
    if not kind:
        connection.exec_driver_sql("DELETE FROM listing_warehouse WHERE listing_id = ?", (listing_id,))
        return
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO listing_warehouse (listing_id, kind) VALUES (?, ?)",
        (listing_id, str(WarehouseKind(kind))),
    )
