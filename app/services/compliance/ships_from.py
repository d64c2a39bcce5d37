"""Sale properties by the names sheets use, and dispatch countries by theirs (domain.md 8.2)."""

from __future__ import annotations

from functools import cache

from app.services.compliance.names import NameIndex
from app.services.compliance.rule_data import rule_file
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.warehouses.countries import countries

Part = dict[str, str]


class ShipsFrom:
    """Property names and spellings of countries (`ships_from.json`) over the table of countries."""

    def __init__(self) -> None:
        raw, table = rule_file("ships_from"), countries()
        self.property_id, self.home = table.property_id, table.home
        self.value_ids = {code: country.value_ids for code, country in table.dispatch.items()}
        self._country_of = table.by_value_id
        self._properties = NameIndex((name, key) for key, names in raw["property_names"].items() for name in names)
        self._countries = NameIndex((name, code) for code, names in raw["spellings"].items() for name in names)
        for code, name in table.names.items():
            for spelling in (code, *name.values()):
                self._countries.add(spelling, code)
        for spelling, code in table.aliases.items():
            self._countries.add(spelling, code)

    def property_alias(self, name: str) -> str | None:
        """The id a property name such as 颜色分类 stands for, where every category uses the same one."""
        return self._properties.find(name)

    def country(self, text: str) -> str | None:
        """The country code that *text* means: a code, a value id, or a name in either language."""
        return self._country_of.get(text) or self._countries.find(text)

    def country_of(self, sku: SkuRecord) -> str | None:
        """Where a variant says it is dispatched: its property, else its own column; None where neither says so."""
        for part in sku.properties:
            if self.is_ships_from(part):
                found = self.country(part.get("value_id") or "") or self.country(part.get("value") or "")
                if found:
                    return found
        return self.country(sku.ships_from) if sku.ships_from else None

    def is_ships_from(self, part: Part) -> bool:
        """Whether a sale property of a variant is Ships From."""
        name_id = part.get("name_id") or self.property_alias(part.get("name") or "")
        return name_id == self.property_id

    def is_overseas(self, sku: SkuRecord) -> bool:
        """Whether a variant is dispatched from another country than home."""
        return self.country_of(sku) not in (None, self.home)

    def properties(self, record: ListingRecord) -> list[list[Part]]:
        """The sale properties of every variant as they will be sent: once one variant names its country beside them,
        each has Ships From as its last property, home where it names none.
        """
        if not any(sku.ships_from for sku in record.skus):
            return [sku.properties for sku in record.skus]
        return [
            sku.properties
            if any(self.is_ships_from(part) for part in sku.properties)
            else [*sku.properties, {"name_id": self.property_id, "value": sku.ships_from or self.home}]
            for sku in record.skus
        ]


@cache
def ships_from() -> ShipsFrom:
    """The table, read once."""
    return ShipsFrom()
