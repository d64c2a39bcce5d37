"""Which listing is in which marketing group: at most one (domain.md 15). It is no content: it neither reopens nor dates
a listing, and the marketplace never sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.listings.loading import id_list
from app.services.listings.text import fold

NOUN = "marketing_group"
"""What a change calls it; its image is `{"marketing_group": <name, "" for none>, "id": <id or None>}`."""
_NOWHERE: dict[str, Any] = {NOUN: "", "id": None}


def images_of(connection: Connection, listing_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The image of each of these listings that is in a group."""
    rows = connection.exec_driver_sql(
        "SELECT listing_id, name, id FROM marketing_member JOIN marketing_group ON id = group_id "
        f"WHERE listing_id IN ({id_list(listing_ids)})"
    )
    return {listing_id: {NOUN: name, "id": group_id} for listing_id, name, group_id in rows}


def image_of(connection: Connection, listing_id: int) -> dict[str, Any]:
    """The image of one listing, of none as well."""
    return images_of(connection, [listing_id]).get(listing_id, dict(_NOWHERE))


def names_of(connection: Connection, listing_ids: Sequence[int]) -> dict[int, str]:
    """The name of the group of each of these listings that is in one."""
    return {listing_id: image[NOUN] for listing_id, image in images_of(connection, listing_ids).items()}


def known_names(connection: Connection, store_id: int) -> dict[str, str]:
    """Folded names of a store's groups, and as they are written."""
    rows = connection.exec_driver_sql("SELECT name FROM marketing_group WHERE store_id = ?", (store_id,)).scalars()
    return {fold(name): name for name in rows}


def cannot_return(connection: Connection, group_id: int, before: dict[str, Any] | None) -> bool:
    """Whether a group cannot be made what *before* says (None: nothing): another group of its store is called so,
    however it is cased, or there are listings in it that would be left without one."""
    if before is None:
        held = "SELECT EXISTS (SELECT 1 FROM marketing_member WHERE group_id = ?)"
        return bool(connection.exec_driver_sql(held, (group_id,)).scalar())
    others = connection.exec_driver_sql(
        "SELECT name FROM marketing_group WHERE id <> ? AND store_id = "
        "coalesce((SELECT store_id FROM marketing_group WHERE id = ?), ?)",
        (group_id, group_id, before.get("store_id")),
    )
    return fold(before["name"]) in map(fold, others.scalars())


def put_into(connection: Connection, listing_id: int, name: str) -> bool:
    """Put a listing into the group *name* of its store, "" for none. Returns: whether there is such a group."""
    if not name:
        connection.exec_driver_sql("DELETE FROM marketing_member WHERE listing_id = ?", (listing_id,))
        return True
    done = connection.exec_driver_sql(
        "INSERT OR REPLACE INTO marketing_member (listing_id, group_id) SELECT listing.id, marketing_group.id "
        "FROM listing JOIN marketing_group USING (store_id) WHERE listing.id = ? AND name = ?",
        (listing_id, name),
    )
    return done.rowcount > 0


def restore(connection: Connection, listing_id: int, image: dict[str, Any]) -> None:
    """Make it what *image* says; a group that was renamed is found by its id, one that was deleted is made anew."""
    renamed = connection.exec_driver_sql("SELECT name FROM marketing_group WHERE id = ?", (image["id"],)).scalar()
    name = renamed or image[NOUN]
    if not put_into(connection, listing_id, name):
        connection.exec_driver_sql(
            "INSERT INTO marketing_group (store_id, name, created_ms) SELECT store_id, ?, ? FROM listing WHERE id = ?",
            (name, now_ms(), listing_id),
        )
        put_into(connection, listing_id, name)
