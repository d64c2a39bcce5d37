"""What a code stands for, with everything that is known of its goods: cost, weight, attributes, verdicts, picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.services.codes.known import code_rules
from app.services.codes.reading import Reader
from app.services.codes.records import Component, Reading
from app.services.codes.rules import CodeRules
from app.services.codes.virtual import BadVirtualCode, NoVirtualCodeFree, Proposal, propose
from app.services.company_tables.verdicts import Verdict, verdicts_in_force
from app.services.db import Database
from app.services.stock_items.adding_up import add_up
from app.services.stock_items.reading import stock_items
from app.services.stock_items.records import Goods, StockItem

_PICTURE = (
    "SELECT coalesce((SELECT json_extract(part.value, '$.image') FROM json_each(sku.properties) AS part "
    "WHERE coalesce(json_extract(part.value, '$.image'), '') <> '' LIMIT 1), "
    "(SELECT source FROM image WHERE listing_id = sku.listing_id ORDER BY position LIMIT 1)) AS source "
    "FROM sku WHERE match_key = ? AND source IS NOT NULL LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One stock item of a code: how often, what the product table says of it (None: nothing), the verdict in force."""

    component: Component
    item: StockItem | None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A code, read.

    Attributes:
        proposal: the virtual code for one that is too long, None where it fits or none can help.
        lines: its items in their order; none of a code that cannot be read.
        goods: what they come to; None of a code that cannot be read, or where no product table was received.
        picture: of the item, else of a variant with the same goods; "" without one.
    """

    reading: Reading
    proposal: Proposal | None = None
    lines: tuple[ItemLine, ...] = ()
    goods: Goods | None = None
    picture: str = ""


def explain_code(db: Database, code: str, store_id: int | None = None) -> Explanation:
    """A code as its store means it."""
    reading = Reader(code_rules(db, store_id, texts=[code])).read(code)
    return explained(db, [reading])[0]


def explain_codes(db: Database, codes: Iterable[str], rules: CodeRules) -> list[Explanation]:
    """Codes read with *rules*."""
    reader = Reader(rules)
    return explained(db, [reader.read(code) for code in codes])


def explained(db: Database, readings: list[Reading]) -> list[Explanation]:
    """Readings with what is known of their goods."""
    with db.reader.connect() as connection:
        items = stock_items(connection, {one.base for reading in readings for one in reading.components})
        verdicts = verdicts_in_force(connection)
        is_known = connection.exec_driver_sql("SELECT 1 FROM stock_item LIMIT 1").first() is not None
        found = []
        for reading in readings:
            lines = tuple(
                ItemLine(one, items.get(one.base), verdicts.get(one.base) or verdicts.get(reading.match_key))
                for one in reading.components
            )
            goods = add_up(reading.components, items) if is_known and not reading.error else None
            found.append(Explanation(reading, None, lines, goods, _picture(connection, reading, lines)))
    return [replace(one, proposal=_proposal(db, one.reading)) for one in found]


def _proposal(db: Database, reading: Reading) -> Proposal | None:
    """None also where no virtual code can help: too many items, or no number free. The warning about the length
    stays."""
    try:
        return propose(db, reading)
    except (BadVirtualCode, NoVirtualCodeFree):
        return None


def _picture(connection: Connection, reading: Reading, lines: tuple[ItemLine, ...]) -> str:
    if reading.error:
        return ""
    if len(lines) == 1 and lines[0].item is not None and lines[0].item.picture:
        return lines[0].item.picture
    own = connection.exec_driver_sql(_PICTURE, (reading.match_key,)).scalar()
    first = next((line.item.picture for line in lines if line.item is not None and line.item.picture), "")
    return str(own) if own else first
