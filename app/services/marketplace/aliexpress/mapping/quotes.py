"""Prices by country of the offer family: kept by SKU id, so they follow the variants (protocol reference 5.2, 5.9).

The platform refuses a quote for a SKU the listing does not have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.services.marketplace.aliexpress.encoding import json_text
from app.services.marketplace.aliexpress.mapping.losses import REGIONAL_PRICE, loss
from app.services.marketplace.aliexpress.mapping.table import rows
from app.services.marketplace.aliexpress.values import embedded, text
from app.services.marketplace.port import SkuProperty
from app.services.marketplace.records import Loss

QUOTES, DATA = "aeop_national_quote_configuration", "configuration_data"
NO_ID = "<none>"
COUNTRY, MAP_ENDING = "shiptoCountry", "QuoteMap"


def key_before(sku: Mapping[str, Any], properties: Iterable[SkuProperty]) -> str:
    """The id a variant of a detail has in quotes: "" for the only one of a listing without sale properties."""
    return text(sku.get("id")).replace(NO_ID, "") or key_after("", properties)


def key_after(before: str, properties: Iterable[SkuProperty]) -> str:
    """The id in quotes of a variant with *properties*, which stand in the category's order; *before* while it is the
    same in another order."""
    pairs = [f"{part.name_id}:{part.value_id}" for part in properties]
    return before if sorted(before.split(";")) == sorted(pairs) else ";".join(pairs)


def carry_quotes(
    record: dict[str, Any], lost: list[Loss], moved: Mapping[str, str | None], gone: Mapping[str, str]
) -> None:
    """Put quotes under the ids their variants have now, and name those that go in *lost*.

    Args:
        record: what will be sent; its configuration is replaced where something changes.
        moved: the new id by old id, None for a variant that goes.
        gone: merchant codes of the variants that go, by old id.

    Raises:
        ValueError: the configuration is in no documented form.
    """
    configuration = record.get(QUOTES)
    if not isinstance(configuration, dict) or all(old == new for old, new in moved.items()):
        return
    before = rows(embedded(configuration.get(DATA)))
    after = [carried for row in before if (carried := _carried(row, lost, moved, gone))]
    if after:
        record[QUOTES] = {**configuration, DATA: json_text(after)}
    else:
        del record[QUOTES]


def _carried(
    row: dict[str, Any], lost: list[Loss], moved: Mapping[str, str | None], gone: Mapping[str, str]
) -> dict[str, Any] | None:
    """One country's quotes; None where none is left."""
    carried, maps = dict(row), [name for name in row if name.endswith(MAP_ENDING) and isinstance(row[name], dict)]
    for name in maps:
        carried[name] = {}
        for old, value in row[name].items():
            new = moved.get(old, old)
            if new is not None:
                carried[name][new] = value
                continue
            country = text(row.get(COUNTRY))
            lost.append(loss(f"{QUOTES}[{country}][{old}]", REGIONAL_PRICE, country, text(value), gone.get(old, "")))
    return carried if not maps or any(carried[name] for name in maps) else None
