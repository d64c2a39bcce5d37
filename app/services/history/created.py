"""Taking back listings a change created: the whole run at once, in SQL, however many there are."""

from __future__ import annotations

from sqlalchemy import Connection

from app.services.clock import to_ms
from app.services.history.left import Left, left_listings
from app.services.history.records import ChangeRecord
from app.services.listings.loading import id_list
from app.services.listings.tables import PARTS, WHOLE

_SENT = (
    "SELECT id FROM listing WHERE id BETWEEN ? AND ? AND EXISTS (SELECT 1 FROM publish_task "
    "WHERE publish_task.listing_id = listing.id AND (state <> 'cancelled' OR attempts > 0))"
)
"""Listings of which a request left: deleting them would lose its trace. A task that was taken back before anything left
is no such trace."""

_TOUCHED = "SELECT id, updated_ms FROM listing WHERE id BETWEEN ? AND ? AND updated_ms <> ?"
_STANDING = (
    "FROM change JOIN {table} ON {table}.change_id = change.id "
    "WHERE change.id > ? AND kind <> 'undo' AND undone_ms IS NULL AND change.id NOT IN ({{partly}})"
)
_EDITED = (
    f"SELECT listing_id {_STANDING.format(table='change_entry')} AND listing_id BETWEEN ? AND ? UNION "
    f"SELECT value FROM (SELECT listing_ids {_STANDING.format(table='change_column')} "
    "AND last_listing_id >= ? AND first_listing_id <= ?), json_each(listing_ids) WHERE value BETWEEN ? AND ?"
)
_PARTLY = (
    "SELECT DISTINCT later.id FROM change AS back JOIN change AS later ON later.id = json_extract(back.params, '$.of') "
    "WHERE back.id > ?1 AND back.kind = 'undo' AND back.undone_ms IS NULL "
    "AND later.id > ?1 AND later.kind <> 'undo' AND later.undone_ms IS NULL"
)
_UNDOS = (
    "SELECT created_ms FROM change WHERE id > ?1 AND kind = 'undo' "
    "UNION SELECT undone_ms FROM change WHERE id > ?1 AND kind = 'undo' AND undone_ms IS NOT NULL"
)


def _stuck(connection: Connection, change_id: int, first: int, last: int, made_ms: int | None) -> set[int]:
    """Listings from *first* to *last* that were sent, or worked on since the change made them. What was worked on and
    taken back is not: its time of change is that of an undo, and no change of it stands. A tag moves no time."""
    sent = set(connection.exec_driver_sql(_SENT, (first, last)).scalars())
    touched = {row[0]: row[1] for row in connection.exec_driver_sql(_TOUCHED, (first, last, made_ms))}
    undos = set(connection.exec_driver_sql(_UNDOS, (change_id,)).scalars())
    return (
        sent
        | _edited(connection, change_id, first, last)
        | {number for number, moment in touched.items() if moment not in undos}
    )


def _edited(connection: Connection, change_id: int, first: int, last: int) -> set[int]:
    """Listings of which something of a later change stands, which may have been taken back for others."""
    partly = list(connection.exec_driver_sql(_PARTLY, (change_id,)).scalars())
    of_later = (change_id, first, last)
    whole = _EDITED.format(partly=id_list(partly))
    edited = set(connection.exec_driver_sql(whole, (*of_later, *of_later, first, last)).scalars())
    for later in partly:
        edited |= {number for number in left_listings(connection, later) if first <= number <= last}
    return edited


def take_back_created(connection: Connection, undo_id: int, change: ChangeRecord, left: Left) -> tuple[int, set[int]]:
    """Delete the listings of the change's ranges, keeping them as entries of the undo. Returns: how many, and
    those left alone."""
    deleted, stuck = 0, set[int]()
    ranges = connection.exec_driver_sql(
        "SELECT first_listing_id, last_listing_id FROM change_range WHERE change_id = ?", (left.change_id,)
    ).all()
    for first, last in ranges:
        kept = _stuck(connection, left.change_id, first, last, to_ms(change.created_at))
        chosen = left.created_condition()
        asked = f"SELECT id FROM listing WHERE id IN ({id_list(sorted(kept))}){chosen.format(id='id')}"
        stuck |= set(connection.exec_driver_sql(asked).scalars())
        condition = f"BETWEEN {first} AND {last}{chosen}"
        if kept:
            condition += f" AND {{id}} NOT IN ({id_list(sorted(kept))})"
        deleted += _delete(connection, undo_id, condition)
    return deleted, stuck


def _delete(connection: Connection, undo_id: int, condition: str) -> int:
    """Move listings into the undo's entries. *condition* follows the id column, `{id}` stands for it."""
    of_listing, of_child = (f"{name} {condition.format(id=name)}" for name in ("id", "listing_id"))
    insert = "INSERT INTO change_entry (change_id, noun, row_id, listing_id, before, after) "
    connection.exec_driver_sql(
        f"{insert} SELECT {undo_id}, 'listing', id, id, {_row_image(connection, *PARTS)}, NULL "
        f"FROM {WHOLE} WHERE {of_listing}"
    )
    connection.exec_driver_sql(
        f"{insert} SELECT {undo_id}, 'sku', id, listing_id, {_row_image(connection, 'sku')}, NULL "
        f"FROM sku WHERE {of_child}"
    )
    connection.exec_driver_sql(
        f"{insert} SELECT {undo_id}, 'images', listing_id, listing_id, "
        "json_object('sources', json_group_array(source)), NULL "
        f"FROM (SELECT listing_id, source FROM image WHERE {of_child} ORDER BY listing_id, position) "
        "GROUP BY listing_id"
    )
    connection.exec_driver_sql(
        f"{insert} SELECT {undo_id}, 'marketing_group', listing_id, listing_id, "
        "json_object('marketing_group', name, 'id', group_id), NULL "
        f"FROM marketing_member JOIN marketing_group ON id = group_id WHERE {of_child}"
    )  # the group a sheet put it into; whatever was done later is a change of its own, and keeps the listing
    for table in ("image", "sku", "publish_task"):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE {of_child}")
    return connection.exec_driver_sql(f"DELETE FROM listing WHERE {of_listing}").rowcount


def _row_image(connection: Connection, *tables: str) -> str:
    """An SQL expression for all columns of a row of joined *tables* but its id, as a JSON object of raw values."""
    told = [row[1] for table in tables for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
    columns = [column for column in told if column != "id"]
    return "json_object({})".format(", ".join(f"'{column}', \"{column}\"" for column in columns))
