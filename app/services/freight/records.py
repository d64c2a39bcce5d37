"""Freight templates as the window shows them (domain.md 9.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class ZoneKind(StrEnum):
    """Who pays in a zone."""

    FREE = "free"
    STANDARD = "standard"
    BY_PIECES = "by_pieces"
    BY_WEIGHT = "by_weight"


@dataclass(frozen=True, slots=True)
class Band:
    """One step of a custom fee: from–to (pieces, or kg), `per` further units cost `fee` USD. `end` None: and above."""

    start: Decimal
    end: Decimal | None
    per: Decimal | None
    fee: Decimal


@dataclass(frozen=True, slots=True)
class Zone:
    """Countries with one rule.

    Attributes:
        kind: who pays.
        countries: country codes, empty where `is_everywhere`.
        is_everywhere: all countries the carrier serves.
        discount_percent: off the platform's tariff; None where the rule is none of the tariff.
        first_fee: USD for the first pieces or the first weight of a custom rule.
        bands: the further steps of a custom rule.
    """

    kind: ZoneKind
    countries: tuple[str, ...] = ()
    is_everywhere: bool = False
    discount_percent: int | None = None
    first_fee: Decimal | None = None
    bands: tuple[Band, ...] = ()

    @property
    def title(self) -> str:
        """Message key of the rule in words."""
        return f"freight.zone.{self.kind}"

    @property
    def params(self) -> Mapping[str, object]:
        """What the sentence `title` needs."""
        if self.kind == ZoneKind.STANDARD:
            percent = self.discount_percent or 0
            return {"percent": percent, "paid": 100 - percent}
        return {"n": len(self.bands)}


@dataclass(frozen=True, slots=True)
class Service:
    """One carrier of a template with its zones. Countries in no zone are not served: never "0 freight"."""

    carrier: str
    zones: tuple[Zone, ...]

    @property
    def served(self) -> frozenset[str]:
        """Countries named in a zone."""
        return frozenset(country for zone in self.zones for country in zone.countries)

    @property
    def is_everywhere(self) -> bool:
        """Whether some zone covers all countries."""
        return any(zone.is_everywhere for zone in self.zones)


@dataclass(frozen=True, slots=True)
class FreightTemplateRow:
    """One template as the table shows it; `service_count` and `country_count` are None until its settings were read,
    `is_everywhere` says that some carrier serves all countries. A local template has no store. `source`: where it is
    from."""

    id: int
    store_id: int | None
    store: str
    template_id: str
    name: str
    is_default: bool
    service_count: int | None
    country_count: int | None
    is_everywhere: bool
    listing_count: int
    synced_ms: int
    source: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it is the team's own plan."""
        return self.store_id is None


@dataclass(frozen=True, slots=True)
class FreightTemplateDetail:
    """A template with its carriers and zones, for the side panel."""

    template: FreightTemplateRow
    services: tuple[Service, ...] = field(default=())
