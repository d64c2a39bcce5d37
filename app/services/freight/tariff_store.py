"""Carrier tariffs as they are stored: the team's own copies, started from the rule file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.freight.starting_tariffs import source_told, starting_names, tariff_of
from app.services.freight.tariffs import Tariff

_ALL = "SELECT id, key, name, currency, rules, source, as_of, updated_ms FROM carrier_tariff ORDER BY id"


@dataclass(frozen=True, slots=True)
class StoredTariff:
    """A tariff with what the team calls it, where it is from and from which day (`YYYY-MM-DD`, "" if untold) on."""

    id: int
    key: str
    name: str
    tariff: Tariff
    source: str
    as_of: str
    updated_ms: int

    @property
    def told_source(self) -> str:
        """Where it is from, as a person reads it."""
        return source_told(self.source)

    @property
    def names(self) -> tuple[str, ...]:
        """What other tables may call it."""
        return (self.key, self.name, *starting_names().get(self.key, ()))


def stored_tariffs(connection: Connection) -> dict[str, StoredTariff]:
    """All tariffs by key, oldest first."""
    found = {}
    for id, key, name, currency, rules, source, as_of, updated in connection.exec_driver_sql(_ALL):
        tariff = tariff_from(key, currency, orjson.loads(rules))
        found[key] = StoredTariff(id, key, name, tariff, source, as_of, updated)
    return found


def tariff_from(key: str, currency: str, rules: Mapping[str, Any]) -> Tariff:
    """A tariff out of its columns."""
    return tariff_of({"key": key, "currency": currency, **rules})
