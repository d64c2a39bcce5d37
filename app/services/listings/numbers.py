"""What follows from prices and stocks of variants, renewed by SQL for very many listings at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from app.services.history.columns import Staged
from app.services.listings.content import HALF, NUMBERS_SQL, numbers_hash
from app.services.listings.writing import REOPENED
from app.services.pricing.watching import noted_at_once

RENEWED = "temp.renewed"
"""Within `renew_numbers`: listings with what was said of them and what is now, see `_RENEWED`."""

_FOLLOWING = {
    "price_minor": {"price_min_minor": "low", "price_max_minor": "high"},
    "stock": {"stock_total": "total"},
}
"""By column of a variant the columns of `listing` that follow, and where they stand in `RENEWED`."""

_NOTED = "temp.noted"
"""Between `note_numbers` and `forget_noted`: what follows for each listing, with the second half of its hash."""
_NOTES = f"""
INSERT INTO {_NOTED}
SELECT listing_id, min(price_minor), max(price_minor), sum(stock), numbers_hash({NUMBERS_SQL})
FROM sku INDEXED BY ix_sku_listing WHERE listing_id IN ({{chosen}}) GROUP BY listing_id
"""
"""That index is by listing and position: the variants come in their order, with nothing to sort."""
_RENEWED = f"""
CREATE TABLE {RENEWED} AS
SELECT listing.id AS listing_id, listing.status AS old_status, price_min_minor AS old_low, price_max_minor AS old_high,
       stock_total AS old_total, low, high, total, substr(content_hash, 1, {HALF}) || numbers AS hash
FROM {_NOTED} CROSS JOIN listing ON listing.id = noted.listing_id WHERE noted.listing_id IN ({{chosen}})
"""


def note_numbers(connection: Connection, staged: Sequence[Staged]) -> None:
    """Note what follows for the listings of staged columns, which were just written; `renew_numbers` writes it, and
    `forget_noted` drops it."""
    driver: Any = connection.connection.driver_connection
    driver.create_function("numbers_hash", 1, numbers_hash, deterministic=True)
    connection.exec_driver_sql(
        f"CREATE TABLE IF NOT EXISTS {_NOTED} (listing_id INTEGER PRIMARY KEY, low INTEGER, high INTEGER, "
        "total INTEGER, numbers TEXT)"
    )
    chosen = " UNION ".join(f"SELECT listing_id FROM {one.rows}" for one in staged)
    connection.exec_driver_sql(_NOTES.format(chosen=chosen))


def forget_noted(connection: Connection) -> None:
    """Drop what `note_numbers` left."""
    connection.exec_driver_sql(f"DROP TABLE {_NOTED}")


def renew_numbers(connection: Connection, staged: Sequence[Staged], moment_ms: int) -> None:
    """Bring the listings of staged columns, of which `note_numbers` noted what follows, in step; reopens refused ones.

    An error ends the whole transaction (`OR FAIL`), so that no page is copied for taking one statement back.
    Leaves the table `RENEWED` for `number_suspects`; `forget_renewed` drops it.
    """
    chosen = " UNION ".join(f"SELECT listing_id FROM {one.rows}" for one in staged)
    connection.exec_driver_sql(_RENEWED.format(chosen=chosen))
    following = {name: source for one in staged for name, source in _FOLLOWING[one.column].items()}
    sets = ", ".join(f"{name} = renewed.{source}" for name, source in following.items())
    with noted_at_once(connection, f"SELECT listing_id FROM {RENEWED}"):
        connection.exec_driver_sql(
            f"UPDATE OR FAIL listing SET {sets}, content_hash = renewed.hash, updated_ms = ? "
            f"FROM {RENEWED} WHERE renewed.listing_id = listing.id",
            (moment_ms,),
        )
    for old, new in REOPENED.items():
        connection.exec_driver_sql(
            "UPDATE listing SET status = ? WHERE status = ? AND id IN "
            f"(SELECT listing_id FROM {RENEWED} WHERE old_status = ?)",
            (str(new), str(old), str(old)),
        )


def forget_renewed(connection: Connection) -> None:
    """Drop what `renew_numbers` left."""
    connection.exec_driver_sql(f"DROP TABLE {RENEWED}")
