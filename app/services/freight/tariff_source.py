"""The table of carriers' tariffs: search, filters, order, rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from app.services.freight.tariff_store import StoredTariff, stored_tariffs
from app.services.sql_source import Field, SqlSource, TableSpec

FIELDS = {
    "name": Field("lower(name)", lambda value: str(value).lower()),
    "key": Field("key", str),
    "currency": Field("currency", lambda value: str(value).upper()),
    "countries": Field("coalesce(json_array_length(rules, '$.countries'), 0)", int),
    "step": Field("coalesce(json_extract(rules, '$.step_g'), 1)", int),
    "divisor": Field("coalesce(json_extract(rules, '$.divisor'), 0)", int),
    "as_of": Field("as_of", str),
    "source": Field("source", str),
}


class TariffSource(SqlSource[StoredTariff]):
    """Page source of the tariffs; they belong to no store."""

    spec = TableSpec(
        table="carrier_tariff",
        fields=FIELDS,
        default_sort="id ASC",
        store_column="",
        search_column="lower(name || char(10) || key || char(10) || source || char(10) || rules)",
    )

    def load_rows(self, connection: Connection, ids: Sequence[int]) -> list[StoredTariff]:
        """The tariffs of *ids*."""
        wanted = set(ids)
        return [one for one in stored_tariffs(connection).values() if one.id in wanted]
