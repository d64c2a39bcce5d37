"""List prices that margins and profits of stored variants lead to, for one cell and for a block of them."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from sqlalchemy import Connection

from app.services.pricing.errors import BadPriceInput, named
from app.services.pricing.explaining import terms_of
from app.services.pricing.inputs import InputReader, Missing, SkuInput
from app.services.pricing.linked import list_price_for
from app.services.pricing.terms import Wanted


class LinkedPrices:
    """Reads what prices are made from once it is asked for, listing by listing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._reader: InputReader | None = None
        self._read: dict[int, dict[int, SkuInput]] = {}

    def price_for(self, listing_id: int, sku_id: int, wanted: str, value: Decimal) -> int:
        """The lowest list price in hundredths that earns *value*, of what `LINKED` calls *wanted*, with this variant.

        Raises:
            BadPriceInput: `pricing.unknown`, where something besides the price is unknown; a value out of range.
            NoPriceReaches: fees and margin take the whole price.
        """
        if self._reader is None:
            self._reader = InputReader.of(self._connection)
        if listing_id not in self._read:
            self._read[listing_id] = {one.sku_id: one for one in self._reader.read([listing_id])}
        given = self._read[listing_id][sku_id]
        if missing := [one for one in given.missing if one != Missing.PRICE]:
            raise BadPriceInput("pricing.unknown", field=named(_FIELD.get(missing[0], "freight")))
        return list_price_for(terms_of(given, self._reader.settings), cast(Wanted, wanted), value)


_FIELD = {Missing.COST: "cost", Missing.RATE: "rate", Missing.TEMPLATE: "buyer_freight", Missing.ROUTE: "buyer_freight"}
"""What is said to be unknown; the rest is the carrier's freight."""
