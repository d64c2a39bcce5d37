"""The before-images of single rows: read, compared with what stands there now, put back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, text

from app.services.clock import now_ms
from app.services.codes.keys import match_key
from app.services.history.kept import NOUN as KEPT
from app.services.history.kept import is_as, put_thing
from app.services.history.nouns import OWN_ROWS, READ_FROM, TABLES
from app.services.history.records import Entry, Noun
from app.services.history.sales import stays
from app.services.listings.apart import apart_of, replace_apart
from app.services.listings.holds import image_of as image_of_hold
from app.services.listings.holds import put_hold, read_holds
from app.services.listings.loading import id_list
from app.services.listings.marketing.membership import cannot_return, image_of, restore
from app.services.listings.service_templates import NOUN as SERVICE
from app.services.listings.service_templates import put_template, template_of
from app.services.listings.tags import replace_tags, tags_of
from app.services.listings.warehouse_kinds import kinds_of, put_kind
from app.services.listings.writing import insert_columns, replace_images, update_columns
from app.services.price_guard.releases import image_of as release_of
from app.services.price_guard.releases import put_release
from app.services.publishing.sale_changes import NOUN as SALE
from app.services.warehouses.template_rows import can_go_back, go_back


def entries_of(connection: Connection, change_id: int, listing_ids: Sequence[int]) -> list[Entry]:
    """The entries of a change about listings, newest first: a row changed twice in one change goes back in steps."""
    # They are found by their listings (+): by the change, every chunk of a large one would go through all of it.
    rows = connection.exec_driver_sql(
        "SELECT noun, row_id, listing_id, before, after FROM change_entry "
        f"WHERE +change_id = ? AND listing_id IN ({id_list(listing_ids)}) ORDER BY id DESC",
        (change_id,),
    )
    return [
        Entry(noun, row_id, listing_id, _loaded(before), _loaded(after))
        for noun, row_id, listing_id, before, after in rows
    ]


def _loaded(image: str | None) -> dict[str, Any] | None:
    """An image as it would be kept today: a code's match key follows from the code, whichever grammar noted it."""
    if image is None:
        return None
    values: dict[str, Any] = orjson.loads(image)
    if "match_key" in values and "code" in values:
        values["match_key"] = match_key(values["code"])
    return values


def reversed_entry(entry: Entry) -> Entry:
    """The entry that takes *entry* back."""
    return Entry(entry.noun, entry.row_id, entry.listing_id, entry.after, entry.before)


def moved_on(connection: Connection, entries: Sequence[Entry]) -> set[int]:
    """Listings of which a row is not any more what the change left behind."""
    moved = set(stays(connection, entries))
    groups: dict[tuple[Noun, tuple[str, ...]], list[Entry]] = defaultdict(list)
    for entry in entries:
        if (is_left := _IS_LEFT.get(entry.noun)) is not None:
            moved |= set() if is_left(connection, entry) else {entry.listing_id}
        else:
            groups[entry.noun, tuple(entry.after or ())].append(entry)
    for (noun, columns), group in groups.items():
        listed = ", ".join(f'"{column}"' for column in ("id", *columns))
        inside = id_list([entry.row_id for entry in group])
        now = {
            row[0]: tuple(row[1:])
            for row in connection.exec_driver_sql(f"SELECT {listed} FROM {READ_FROM[noun]} WHERE id IN ({inside})")
        }
        for entry in group:
            expected = None if entry.after is None else tuple(entry.after.values())
            if _is_stuck(connection, entry) or now.get(entry.row_id) != expected:
                moved.add(entry.listing_id)
    return moved


def _are_tags(connection: Connection, entry: Entry) -> bool:
    tags = tags_of(connection, [entry.listing_id]).get(entry.listing_id, ())
    return bool([*tags] == (entry.after or {})["tags"])


def _are_apart(connection: Connection, entry: Entry) -> bool:
    apart = [list(one) for one in apart_of(connection, [entry.listing_id]).get(entry.listing_id, [])]
    return bool(apart == (entry.after or {})["apart"])


def _is_in_group(connection: Connection, entry: Entry) -> bool:
    return bool(image_of(connection, entry.listing_id)["id"] == (entry.after or {}).get("id"))


def _is_release(connection: Connection, entry: Entry) -> bool:
    return bool(release_of(connection, entry.listing_id) == (entry.after or {})["release"])


def _is_hold(connection: Connection, entry: Entry) -> bool:
    return image_of_hold(read_holds(connection, [entry.listing_id]).get(entry.listing_id)) == entry.after


def _is_kind(connection: Connection, entry: Entry) -> bool:
    kind = kinds_of(connection, [entry.listing_id]).get(entry.listing_id, "")
    return bool(kind == (entry.after or {})["warehouse_kind"])


def _is_served(connection: Connection, entry: Entry) -> bool:
    return bool(template_of(connection, entry.listing_id) == (entry.after or {})[SERVICE])


def _are_images(connection: Connection, entry: Entry) -> bool:
    now = connection.exec_driver_sql(
        "SELECT source FROM image WHERE listing_id = ? ORDER BY position", (entry.listing_id,)
    ).scalars()
    return bool(list(now) == (entry.after or {"sources": []})["sources"])


_IS_LEFT: dict[str, Callable[[Connection, Entry], bool]] = {
    "images": _are_images,
    "warehouse_template": lambda connection, entry: can_go_back(connection, entry.row_id, entry.before, entry.after),
    "tags": _are_tags,
    "marketing_group": _is_in_group,
    "apart": _are_apart,
    "release": _is_release,
    "hold": _is_hold,
    KEPT: lambda connection, entry: is_as(connection, entry.after or {}),
    "warehouse_kind": _is_kind,
    SERVICE: _is_served,
    SALE: lambda _, __: True,  # `stays` has looked
}
"""Whether a thing that is no row of its own still is what the change left, by the noun."""


def _is_stuck(connection: Connection, entry: Entry) -> bool:
    """Whether something else stands where the row would go back to: a group of the same name, the code given to
    somebody under another number, a word, tariff or commission entered again; or the word's list is gone."""
    if entry.noun == "group":
        return cannot_return(connection, entry.row_id, entry.before)
    if entry.noun == "assignment" and entry.after is None and entry.before is not None:
        taken = "SELECT EXISTS (SELECT 1 FROM sku_assignment WHERE match_key = ? AND id <> ?)"
        return bool(connection.exec_driver_sql(taken, (entry.before["match_key"], entry.row_id)).scalar())
    if entry.before is None or entry.noun not in OWN_ROWS:
        return False
    if entry.noun == "word" and entry.after is None and _list_is_gone(connection, str(entry.before["list_key"])):
        return True
    return _is_taken(connection, entry, entry.before)


def _is_taken(connection: Connection, entry: Entry, before: Mapping[str, Any]) -> bool:
    """Whether another row of the noun stands where only one can."""
    kind = OWN_ROWS[entry.noun]
    for columns in kind.unique:
        if before.keys().isdisjoint(columns):
            continue  # what did not change is still the row's own
        same = " AND ".join(f"{column} IS ?" for column in columns) + (f" AND {kind.among}" if kind.among else "")
        taken = f"SELECT EXISTS (SELECT 1 FROM {kind.table} WHERE {same} AND id <> ?)"
        place = {**_now(connection, kind.table, columns, entry.row_id), **before}
        values = (*(place.get(column) for column in columns), entry.row_id)
        if connection.exec_driver_sql(taken, values).scalar():
            return True
    return False


def _now(connection: Connection, table: str, columns: Sequence[str], row_id: int) -> Mapping[str, Any]:
    """Columns of a row as it is; none where it is gone."""
    row = connection.exec_driver_sql(f"SELECT {', '.join(columns)} FROM {table} WHERE id = ?", (row_id,)).mappings()
    return dict(row.first() or {})


def _list_is_gone(connection: Connection, key: str) -> bool:
    """Whether a list of the team's own, with words that would go back, was removed."""
    known = "SELECT EXISTS (SELECT 1 FROM word_list WHERE key = ?)"
    return key.startswith("own-") and not connection.exec_driver_sql(known, (key,)).scalar()


def put_back(connection: Connection, entry: Entry) -> None:
    """Make the row what it was before *entry*; what follows from it is not renewed. The sale of listings goes back all
    at once (`SalesBack.put`)."""
    if entry.noun == SALE:
        return
    if entry.noun == "images":
        replace_images(connection, entry.listing_id, (entry.before or {"sources": []})["sources"])
    elif entry.noun == "warehouse_template":
        go_back(connection, entry.row_id, entry.before, entry.after, now_ms())
    elif entry.noun == "tags":
        replace_tags(connection, entry.listing_id, (entry.before or {})["tags"])
    elif entry.noun == "marketing_group":
        restore(connection, entry.listing_id, entry.before or {})
    elif entry.noun == "apart":
        replace_apart(connection, entry.listing_id, (entry.before or {})["apart"])
    elif entry.noun == "release":
        put_release(connection, entry.listing_id, entry.before)
    elif entry.noun == KEPT:
        put_thing(connection, entry.before or {})
    elif entry.noun == "hold":
        put_hold(connection, entry.listing_id, entry.before)
    elif entry.noun == SERVICE:
        put_template(connection, entry.listing_id, (entry.before or {})[SERVICE])
    elif entry.noun == "warehouse_kind":
        put_kind(connection, entry.listing_id, (entry.before or {})["warehouse_kind"])
    elif entry.before is None:
        connection.execute(text(f"DELETE FROM {TABLES[entry.noun]} WHERE id = :id"), {"id": entry.row_id})
    elif entry.after is None:
        insert_columns(connection, TABLES[entry.noun], entry.row_id, entry.before)
    else:
        update_columns(connection, TABLES[entry.noun], entry.row_id, entry.before)
