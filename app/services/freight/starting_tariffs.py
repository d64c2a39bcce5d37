"""The tariffs and channels of `resources/rules/carrier_tariffs.json`: what a team starts its own from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection

from app.messages import messages
from app.paths import resources
from app.services.clock import now_ms
from app.services.freight.tariffs import Tariff, TariffBand, Volumetric, WeightRange
from app.services.freight.written import written_tariff


@cache
def starting_tariffs() -> dict[str, Tariff]:
    """All of them by their key."""
    return {row["key"]: tariff_of(row) for row in rule_file()["tariffs"]}


@cache
def starting_names() -> dict[str, tuple[str, ...]]:
    """What the rule file calls each of them, in every language: company tables are written in one of them."""
    return {row["key"]: (row["zh"], row["en"]) for row in rule_file()["tariffs"]}


def source_told(source: str) -> str:
    """Where a tariff is from, as it is shown: of a starting tariff in the language in force, whichever one the database
    was made in; one made by an older version names the place in our own reference instead."""
    return str(rule_file()["told"][messages.language]) if is_starting_source(source) else source


def is_starting_source(source: str) -> bool:
    """Whether this says, in whichever words, that a tariff is one a team started with."""
    raw = rule_file()
    return source in (raw["source"], *raw["told"].values())


def store_starting_tariffs(connection: Connection) -> None:
    """Give a new database the tariffs and channels of the rule file, named in the language that is set."""
    raw, moment = rule_file(), now_ms()
    tariffs = [
        (
            row["key"],
            row[messages.language],
            row["currency"],
            orjson.dumps(written_tariff(tariff_of(row))).decode(),
            raw["told"][messages.language],
            raw["as_of"],
            moment,
        )
        for row in raw["tariffs"]
    ]
    connection.exec_driver_sql(
        "INSERT INTO carrier_tariff (key, name, currency, rules, source, as_of, updated_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        tariffs,
    )
    connection.exec_driver_sql(
        "INSERT INTO freight_channel (ships_from, country, attribute, tariff_key) VALUES (?, ?, ?, ?)",
        [
            (row["ships_from"], row.get("country", ""), row.get("attribute", ""), row["tariff"])
            for row in raw["channels"]
        ],
    )


@cache
def rule_file() -> Any:
    """The file as it is written."""
    return json.loads((resources() / "rules" / "carrier_tariffs.json").read_text("utf-8"))


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
