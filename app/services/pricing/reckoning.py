"""Figures reckoned again from what is stored of their costs and routes, where nothing but a rate, a share or an amount
became another: no code is read, no parcel weighed. The same to the cent as reading everything again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from app.services.listings.loading import id_list
from app.services.pricing.given import BITS, UNKNOWN, Given
from app.services.pricing.given_reading import ListingTerms
from app.services.pricing.inputs import InputReader, Missing, driver_rows
from app.services.pricing.rates import USD
from app.services.pricing.sku_columns import RATED, RATED_IF_UNKNOWN, SkuColumns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

_STORED = {
    "price_minor": "price",
    "cost_micro": "cost_micro",
    "freight_micro": "freight_micro",
    "buyer_minor": "buyer",
    "lacking": "lacking",
}
"""Columns of `Given` and the stored ones they come from."""
_LISTINGS = "SELECT id, category_id, currency FROM listing WHERE id IN ({ids}) ORDER BY id"


def given_again(reader: InputReader, listing_ids: Sequence[int], *, with_rates: bool) -> Given | None:
    """What stored figures of these listings were made from, with today's shares and rates; None where there is nothing.

    Args:
        reader: knows today's rates, commissions and settings.
        listing_ids: none of them changed since its figures were worked out.
        with_rates: exchange rates are others, too: listings whose freight depends on one are left out.
    """
    import numpy as np

    columns = _columns_of(reader.connection, listing_ids)
    owners = columns.owners.whole()
    at = np.flatnonzero(np.isin(owners, listing_ids))
    if with_rates:
        bits = RATED if USD in reader.rates else RATED | RATED_IF_UNKNOWN
        rated = columns.column("rated").whole(at) & bits > 0
        at = at[~np.isin(owners[at], owners[at][rated])]
    at = at[np.lexsort((columns.column("place").whole(at), owners[at]))]
    if not at.size:
        return None
    stored: dict[str, Any] = {name: columns.column(kept).whole(at) for name, kept in _STORED.items()}
    return _with_terms(reader, owners[at], columns.ids_at(at), stored)


def _with_terms(reader: InputReader, owners: Whole, sku_ids: Whole, stored: dict[str, Any]) -> Given:
    import numpy as np

    listings, of_listing = np.unique(owners, return_inverse=True)
    ids, categories, currencies = zip(
        *driver_rows(reader.connection, _LISTINGS.format(ids=id_list(listings.tolist()))), strict=True
    )
    terms = ListingTerms.of(reader, ids, categories, currencies)
    no_rate = np.where(terms.rate[of_listing] == UNKNOWN, BITS[Missing.RATE], 0)
    stored["lacking"] = stored["lacking"] & ~(BITS[Missing.RATE] | BITS[Missing.FEES]) | no_rate
    return terms.given(of_listing, listing_id=owners, sku_id=sku_ids, **stored)


def ids_of(connection: Connection, listing_ids: Sequence[int]) -> Whole:
    """The ids that variants of these listings have in the columns, among them such as are gone since."""
    import numpy as np

    columns = _columns_of(connection, listing_ids)
    return columns.ids_at(np.flatnonzero(np.isin(columns.owners.whole(), listing_ids)))


def _columns_of(connection: Connection, listing_ids: Sequence[int]) -> SkuColumns:
    """The columns where they have variants of these listings."""
    sql = (
        "SELECT coalesce(min(first_sku), 0), coalesce(max(last_sku), -1) FROM listing_figure "
        f"WHERE listing_id IN ({id_list(listing_ids)})"
    )
    return SkuColumns(connection, *connection.exec_driver_sql(sql).one())
