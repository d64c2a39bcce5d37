"""Figures of variants where the table's filters and orders read them, without a pricing run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sqlalchemy import Connection

from app.services.listings.figure_fields import SHOWN
from app.services.pricing.given import UNKNOWN
from app.services.pricing.sku_columns import BESIDE, searched_code, store_numbers


def fill_columns(connection: Connection, figures: Mapping[int, Mapping[str, int | None]]) -> None:
    """Variants of listings that are not due stand in the columns; each has the *figures* of its listing, by the columns
    of `SHOWN`, None or left out where they are not known."""
    skus = connection.exec_driver_sql(
        "SELECT id, listing_id, position, coalesce(price_minor, ?), coalesce(stock, ?), code FROM sku "
        "WHERE listing_id NOT IN (SELECT listing_id FROM figure_due)",
        (UNKNOWN, UNKNOWN),
    ).all()
    *numbers, codes = zip(*skus, strict=True)
    ids, listings, *beside = (np.array(one, np.int64) for one in numbers)
    columns = dict.fromkeys(BESIDE, np.full(len(ids), UNKNOWN)) | {"lacking": ids * 0, "listing": listings}
    columns |= dict(zip(("place", "price", "stock"), beside, strict=True))
    for column in SHOWN:
        known = [figures[one].get(column) for one in listings.tolist()]
        columns[column] = np.array([UNKNOWN if one is None else one for one in known], np.int64)
    store_numbers(connection, ids, columns, ids[:0], [searched_code(code, code) for code in codes])
