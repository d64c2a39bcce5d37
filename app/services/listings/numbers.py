"""What follows from prices and stocks of variants, renewed by SQL for very many listings at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from app.models import ListingStatus
from app.services.history.columns import Staged
from app.services.listings.content import HALF, NUMBERS_HALF, NUMBERS_SQL, numbers_hash
from app.services.listings.writing import REOPENED
from app.services.pricing.watching import noted_at_once

FORESEEN = (
    "(listing_id INTEGER PRIMARY KEY, store_id INTEGER, old_low INTEGER, old_high INTEGER, old_total INTEGER, "
    "was TEXT, low INTEGER, high INTEGER, total INTEGER, numbers TEXT)"
)
"""Columns of a table of what is said of listings and what will be, once their variants have other numbers: prices from
and to, stock, the second half of the hash. Listings whose half is `was` have the numbers it was reckoned from."""

RENEWED = "temp.renewed"
"""The same of the listings of a block as they are, with `hash`, what the hash will be; `forget_renewed` drops it."""

_FOLLOWING = {
    "price_minor": {"price_min_minor": "low", "price_max_minor": "high"},
    "stock": {"stock_total": "total"},
}
"""By column of a variant the columns of `listing` that follow, and where they stand in `RENEWED`."""

MAX_ID = (1 << 63) - 1
"""SQLite's largest id."""

_NOTED = "temp.noted"
"""Between `note_numbers` and `forget_noted`: what follows for each listing, with the second half of its hash."""
_NOTES = f"""
INSERT INTO {_NOTED}
SELECT listing_id, min(price_minor), max(price_minor), sum(stock), numbers_hash({NUMBERS_SQL})
FROM sku INDEXED BY ix_sku_listing WHERE listing_id IN ({{chosen}}) GROUP BY listing_id
"""
"""That index is by listing and position: the variants come in their order, with nothing to sort."""
_SAID = f"""
CREATE TABLE {RENEWED} AS
SELECT listing.id AS listing_id, listing.store_id, price_min_minor AS old_low, price_max_minor AS old_high,
       stock_total AS old_total, {NUMBERS_HALF} AS was, low, high, total, numbers,
       substr(content_hash, 1, {HALF}) || numbers AS hash
"""
_RENEWED = (
    f"{_SAID} FROM {_NOTED} CROSS JOIN listing ON listing.id = noted.listing_id WHERE noted.listing_id IN ({{chosen}})"
)
_FORESEEN = (
    f"{_SAID} FROM {{foreseen}} AS foreseen CROSS JOIN listing ON listing.id = listing_id "
    f"WHERE listing_id > {{first}} AND listing_id <= {{last}} AND {NUMBERS_HALF} = foreseen.was"
)
_REFUSED = f"""
SELECT id, status FROM listing INDEXED BY ix_listing_status
WHERE store_id IN (SELECT id FROM store) AND status IN ({", ".join(f"'{status!s}'" for status in REOPENED)})
  AND id BETWEEN ? AND ? AND ({{is_chosen}})
"""


def make_hash_known(connection: Connection) -> None:
    """Let SQL of this connection call `numbers_hash`."""
    driver: Any = connection.connection.driver_connection
    driver.create_function("numbers_hash", 1, numbers_hash, deterministic=True)


def reopen(connection: Connection, staged: Sequence[Staged]) -> list[int]:
    """Make refused listings of staged columns drafts again. Returns: which."""
    first, last = _ends(staged)
    is_chosen = " OR ".join(f"EXISTS (SELECT 1 FROM {one.table} AS stage WHERE listing_id = id)" for one in staged)
    found = connection.exec_driver_sql(_REFUSED.format(is_chosen=is_chosen), (first + 1, last)).all()
    rows = [(str(REOPENED[ListingStatus(status)]), number) for number, status in found]
    if rows:
        connection.exec_driver_sql("UPDATE listing SET status = ? WHERE id = ?", rows)
    return [number for number, _ in found]


def find_foreseen(connection: Connection, staged: Sequence[Staged], foreseen: str) -> bool:
    """Make `RENEWED` of what was worked out before and stands in *foreseen*, a table of the columns `FORESEEN` without
    listings that are not staged.

    Returns: whether that holds for all listings of *staged*. Otherwise there is no `RENEWED`: some had other numbers.
    """
    first, last = _ends(staged)
    connection.exec_driver_sql(_FORESEEN.format(foreseen=foreseen, first=first, last=last))
    wanted = connection.exec_driver_sql(f"SELECT count(*) FROM ({_chosen(staged)})").scalar_one()
    if connection.exec_driver_sql(f"SELECT count(*) FROM {RENEWED}").scalar_one() == wanted:
        return True
    forget_renewed(connection)
    return False


def note_numbers(connection: Connection, staged: Sequence[Staged]) -> None:
    """Note what follows for the listings of staged columns, which were just written, for `find_renewed`;
    `forget_noted` drops it."""
    make_hash_known(connection)
    connection.exec_driver_sql(
        f"CREATE TABLE IF NOT EXISTS {_NOTED} (listing_id INTEGER PRIMARY KEY, low INTEGER, high INTEGER, "
        "total INTEGER, numbers TEXT)"
    )
    connection.exec_driver_sql(_NOTES.format(chosen=_chosen(staged)))


def forget_noted(connection: Connection) -> None:
    """Drop what `note_numbers` left."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_NOTED}")


def find_renewed(connection: Connection, staged: Sequence[Staged]) -> None:
    """Make `RENEWED` of what `note_numbers` noted of the listings of staged columns."""
    connection.exec_driver_sql(_RENEWED.format(chosen=_chosen(staged)))


def renew_numbers(connection: Connection, staged: Sequence[Staged], moment_ms: int) -> None:
    """Bring the listings of `RENEWED`, which are those of staged columns, in step.

    An error ends the whole transaction (`OR FAIL`), so that no page is copied for taking one statement back.
    """
    following = {name: source for one in staged for name, source in _FOLLOWING[one.column].items()}
    sets = ", ".join(f"{name} = renewed.{source}" for name, source in following.items())
    with noted_at_once(connection, f"SELECT listing_id FROM {RENEWED}"):
        connection.exec_driver_sql(
            f"UPDATE OR FAIL listing SET {sets}, content_hash = renewed.hash, updated_ms = ? "
            f"FROM {RENEWED} WHERE renewed.listing_id = listing.id",
            (moment_ms,),
        )


def forget_renewed(connection: Connection) -> None:
    """Drop `RENEWED`."""
    connection.exec_driver_sql(f"DROP TABLE {RENEWED}")


def _chosen(staged: Sequence[Staged]) -> str:
    """A SELECT of the listings of staged columns, each once."""
    return " UNION ".join(f"SELECT DISTINCT listing_id FROM {one.rows}" for one in staged)


def _ends(staged: Sequence[Staged]) -> tuple[int, int]:
    """The listings of a block are above the first id and up to the second."""
    first, last = staged[0].block or (0, MAX_ID)
    return int(first), int(last)
