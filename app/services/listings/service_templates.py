"""The service template a new listing is created with; what is on the marketplace keeps the one it has.

The store's templates are those covering reads (`services/covering/reading.py`). A listing's stands with its origin; one
that covers nothing gets a row without a store and product it comes from.
"""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Connection

from app.services.clock import now_ms

NOUN: Literal["service_template_id"] = "service_template_id"
"""What a record, a change and a bulk edit call it. Its image is `{"service_template_id": <id>, "shown": <its name>}`,
both "" for the platform's default."""
_OF_LISTING = "SELECT service_template_id FROM listing_origin WHERE listing_id = ?"
_NAME = (
    "SELECT name FROM service_template WHERE template_id = ? AND store_id = (SELECT store_id FROM listing WHERE id = ?)"
)
_PUT = (
    "INSERT INTO listing_origin (listing_id, store_id, from_store_id, product_id, service_template_id, covered_ms) "
    "SELECT id, store_id, 0, '', ?, ? FROM listing WHERE id = ? "
    "ON CONFLICT (listing_id) DO UPDATE SET service_template_id = excluded.service_template_id"
)


def template_of(connection: Connection, listing_id: int) -> str:
    """The id of a listing's service template, "" for the platform's default."""
    return str(connection.exec_driver_sql(_OF_LISTING, (listing_id,)).scalar() or "")


def image_of(connection: Connection, listing_id: int, template_id: str) -> dict[str, Any]:
    """A listing's service template as a change keeps it: one the store does not have is shown by its id."""
    name = connection.exec_driver_sql(_NAME, (template_id, listing_id)).scalar() if template_id else ""
    return {NOUN: template_id, "shown": str(name or template_id)}


def put_template(connection: Connection, listing_id: int, template_id: str) -> None:
    """Give a listing this service template, "" for the platform's default; a listing that is gone gets none."""
    connection.exec_driver_sql(_PUT, (template_id, now_ms(), listing_id))
