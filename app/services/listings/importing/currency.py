"""The currency of a store's prices. A sheet that names another one is refused: nothing is exchanged in silence."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from app.services.listings.importing.refusing import Refuser
from app.services.workbooks import ListingTable
from app.services.workbooks.numbers import unit_word

USUAL = "USD"
"""What a store sells in as long as no live listing says otherwise."""

_OF_A_LIVE_ONE = "SELECT currency FROM listing WHERE store_id = ? AND product_id IS NOT NULL LIMIT 1"


def store_currency(connection: Connection, store_id: int) -> str:
    """The currency a store's live listings are priced in."""
    return connection.exec_driver_sql(_OF_A_LIVE_ONE, (store_id,)).scalar() or USUAL


def refuse_other_currencies(table: ListingTable, expected: str) -> None:
    """Refuse every price of *table* that is said to be in another currency than *expected*: by the column's header,
    by one of its cells, or by a column of currencies."""
    column = next(iter((*table.recognition.of("price"), *table.recognition.of("price_info"))), None)
    prices: Sequence[int | None] = table.fields.get("price_minor", ())
    named = _named(table)
    if column is None or not (table.currency or any(named)):
        return
    refuser = Refuser(table)
    for position, minor in enumerate(prices):
        found = table.currency or expected
        if found == expected:
            found = named[position] or expected
        if minor is not None and found != expected and position not in table.refused:
            value = f"{minor // 100}.{minor % 100:02d}"
            refuser.refuse(position, column, value, "price_currency", {"found": found, "expected": expected})
    refuser.done()


def _named(table: ListingTable) -> list[str]:
    """What a column of currencies says, row by row; a word that is no currency we know stands for itself."""
    texts: Sequence[str | None] = table.fields.get("currency", [None] * len(table.rows))
    unit_of = unit_word("price")
    known = {text: (unit_of(text) or text.strip()) if text else "" for text in set(texts)}
    return [known[text] for text in texts]
