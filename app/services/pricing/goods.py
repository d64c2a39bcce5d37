"""What the goods behind a variant cost and weigh: the stock items its code names, else what its sheet and its listing
say (domain.md 9.2, 10). Unknown stays unknown, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.codes.known import Virtual, known_items, store_marks, virtual_codes
from app.services.codes.reading import Reader
from app.services.codes.records import Reading
from app.services.codes.rules import PLAIN_STORE, CodeRules, StoreMarks, signs
from app.services.stock_items.adding_up import add_up
from app.services.stock_items.reading import stock_items
from app.services.stock_items.records import Goods, StockItem

MG_A_GRAM = 1000
ALONE = re.compile(r"(?!.*X[0-9]+\Z)[A-Z][A-Z0-9]*(?:-[A-Z0-9]+|_[ABD-Z0-9][A-Z0-9]*)?")
"""A code that is one stock item whatever else is known, in a store that writes nothing around its codes: no quantity,
no warehouse mark, no number that a spreadsheet destroyed, no X before a quantity."""
Lean = tuple[int | None, int | None, str, frozenset[str] | None]
"""Cost in millionths of a CNY, weight in milligrams, place of dispatch, logistics attributes."""
_ITEMS = "SELECT code, cost_micro, weight_mg, attributes FROM stock_item WHERE code IN (SELECT value FROM json_each(?))"
NO_GOODS = Goods(None, None, None)


@dataclass(slots=True)
class GoodsBook:
    """Reads codes and adds their stock items up. Made for one connection; `learn` before `goods`."""

    connection: Connection
    virtual: Virtual
    marks: dict[int, StoreMarks]
    items: dict[str, StockItem]
    readers: dict[int, Reader]
    read_before: dict[tuple[int, str], tuple[Reading, Goods]]

    @classmethod
    def of(cls, connection: Connection) -> GoodsBook:
        """With all that is known of virtual codes and of how stores write theirs."""
        virtual, marks = virtual_codes(connection), store_marks(connection)
        stores = connection.exec_driver_sql("SELECT id FROM store").scalars()
        readers = {one: Reader(CodeRules(None, virtual, marks.get(one, PLAIN_STORE))) for one in stores}
        return cls(connection, virtual, marks, {}, readers, {})

    def learn(self, codes: Iterable[tuple[int, str]]) -> None:
        """Get ready for these codes of these stores; what was learnt before is forgotten."""
        wanted = set(codes)
        readers = self._knowing({key for key in wanted if "X" in key[1].upper()})
        readings = {key: readers.get(key, self.readers[key[0]]).read(key[1]) for key in wanted}
        bases = {part.base for reading in readings.values() for part in reading.components}
        self.items = stock_items(self.connection, bases) if bases else {}
        self.read_before = {key: (reading, self._goods(reading)) for key, reading in readings.items()}

    def lean(self, keys: Sequence[tuple[int, str]]) -> list[Lean]:
        """What `goods` would say of these codes of these stores, only as much of it as freight and profit need: codes
        that are nothing but one stock item, as nearly all are, are looked up without being read. Forgets what was
        learnt."""
        wanted = set(keys)
        usual = {store_id for store_id in self.readers if self.marks.get(store_id, PLAIN_STORE) == PLAIN_STORE}
        longest, home = signs().code_max, signs().home
        alone = {
            key
            for key in wanted
            if key[0] in usual and len(key[1]) <= longest and ALONE.fullmatch(key[1]) and key[1] not in self.virtual
        }
        items = self._lean_items({code for _, code in alone}, home)
        unknown: Lean = (None, None, home, None)
        found = {key: items.get(key[1], unknown) for key in alone}
        if rest := wanted - alone:
            self.learn(rest)
            for key, (reading, goods) in self.read_before.items():
                found[key] = (goods.cost_micro, goods.weight_mg, reading.ships_from, goods.attributes)
        return [found[key] for key in keys]

    def _lean_items(self, codes: set[str], home: str) -> dict[str, Lean]:
        """The stock items with these codes, sent from *home*."""
        driver: Any = self.connection.connection.driver_connection
        told: dict[str | None, frozenset[str] | None] = {None: None}
        found: dict[str, Lean] = {}
        for code, cost, weight, attributes in driver.execute(_ITEMS, (orjson.dumps(sorted(codes)).decode(),)):
            if attributes not in told:
                told[attributes] = frozenset(orjson.loads(attributes))
            found[code] = (cost, weight, home, told[attributes])
        return found

    def _knowing(self, with_x: set[tuple[int, str]]) -> dict[tuple[int, str], Reader]:
        """Readers for codes with an X, which is a quantity only beside a stock item that is known."""
        known = known_items(self.connection, {code for _, code in with_x}, self.virtual) if with_x else None
        if not known:
            return {}
        stores = {store_id for store_id, _ in with_x}
        made = {one: Reader(CodeRules(known, self.virtual, self.marks.get(one, PLAIN_STORE))) for one in stores}
        return {key: made[key[0]] for key in with_x}

    def goods(self, store_id: int, code: str) -> tuple[Reading, Goods]:
        """The reading of a code that was learnt, and what its items come to."""
        return self.read_before[store_id, code]

    def _goods(self, reading: Reading) -> Goods:
        if len(reading.components) == 1:  # most codes; the same as adding one item up, in a fifth of the time
            base, quantity = reading.components[0]
            item = self.items.get(base)
            if item is not None and item.cost_micro is not None and item.weight_mg is not None:
                return Goods(item.cost_micro * quantity, item.weight_mg * quantity, item.attributes)
        return add_up(reading.components, self.items) if reading.components else NO_GOODS


def grams(goods: Goods, of_listing: int | None) -> int | None:
    """Whole grams of the parcel, rounded up: its stock items together, else what the listing says."""
    if goods.weight_mg is not None:
        return -(-goods.weight_mg // MG_A_GRAM)
    return of_listing
