"""The tariffs of `resources/rules/carrier_tariffs.json`: what a team starts its own from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from app.paths import resources
from app.services.freight.tariffs import Tariff, TariffBand, Volumetric, WeightRange


@cache
def starting_tariffs() -> dict[str, Tariff]:
    """All of them by their key."""
    raw = json.loads((resources() / "rules" / "carrier_tariffs.json").read_text("utf-8"))
    return {row["key"]: tariff_of(row) for row in raw["tariffs"]}


def tariff_of(row: Mapping[str, Any]) -> Tariff:
    """A tariff as the rule file writes it.

    Raises:
        BadFreightRule: it contradicts itself.
    """
    divisor = row.get("divisor")
    return Tariff(
        key=row["key"],
        currency=row["currency"],
        ranges=tuple(_range(one) for one in row["ranges"]),
        step_g=row.get("step_g", 1),
        countries=frozenset(row.get("countries", ())),
        volumetric=None if divisor is None else Volumetric(divisor, Decimal(row.get("from_side_cm", "0"))),
        least_g=row.get("least_g", 0),
        excluded=frozenset(row.get("excluded", ())),
    )


def _range(row: Mapping[str, Any]) -> WeightRange:
    bands = (TariffBand(band["above_g"], Decimal(band["unit_g"]), Decimal(band["fee"])) for band in row["bands"])
    return WeightRange(row["to_g"], Decimal(row["base"]), tuple(bands))
