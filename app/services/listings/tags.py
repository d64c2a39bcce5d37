"""Tags of listings: words a team sorts its listings by. One tag of a listing stands once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from app.services.errors import InputError
from app.services.listings.loading import id_list

LONGEST = 40


class BadTag(InputError):
    """`tag` is empty or longer than `most` characters."""

    code = "tag"


def clean_tag(tag: str) -> str:
    """A tag as it is stored: single blanks. Raises: BadTag."""
    cleaned = " ".join(tag.split())
    if not 0 < len(cleaned) <= LONGEST:
        raise BadTag(tag=tag[:LONGEST], most=LONGEST)
    return cleaned


def tags_of(connection: Connection, listing_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of each of these listings that has some, in alphabetical order."""
    found: dict[int, tuple[str, ...]] = {}
    sql = f"SELECT listing_id, tag FROM listing_tag WHERE listing_id IN ({id_list(listing_ids)}) ORDER BY tag"
    for listing_id, tag in connection.exec_driver_sql(sql):
        found[listing_id] = (*found.get(listing_id, ()), tag)
    return found


def add_tags(connection: Connection, pairs: Iterable[tuple[int, str]]) -> int:
    """Give listings tags, one `(listing id, cleaned tag)` each; how many were not there before."""
    given = list(pairs)
    if not given:
        return 0
    sql = "INSERT OR IGNORE INTO listing_tag (listing_id, tag) VALUES (?, ?)"
    return int(connection.exec_driver_sql(sql, given).rowcount)


def replace_tags(connection: Connection, listing_id: int, tags: Iterable[str]) -> None:
    """Give a listing exactly these cleaned tags."""
    connection.exec_driver_sql("DELETE FROM listing_tag WHERE listing_id = ?", (listing_id,))
    add_tags(connection, [(listing_id, tag) for tag in tags])


def remove_tags(connection: Connection, pairs: Iterable[tuple[int, str]]) -> int:
    """Take tags from listings; how many were there."""
    given = list(pairs)
    if not given:
        return 0
    return int(connection.exec_driver_sql("DELETE FROM listing_tag WHERE listing_id = ? AND tag = ?", given).rowcount)
