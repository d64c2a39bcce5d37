"""What a parcel's freight costs the seller and the buyer, on the route its listing is reckoned for.

Goods sent from home go to the team's reference destination with its reference channel; goods sent from abroad stay in
their country (domain.md 8.1, 20). The buyer pays what the listing's template says (domain.md 9.1).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import orjson
from sqlalchemy import Connection

from app.services.freight.buyer_fee import buyer_fee, zone_of
from app.services.freight.channels import Channels, Choice, NoChannel, read_channels
from app.services.freight.errors import BadFreightRule
from app.services.freight.records import Service, ZoneKind
from app.services.freight.settings import read_services
from app.services.pricing.rounding import half_up
from app.services.pricing.team_settings import TeamSettings
from app.services.warehouses.countries import countries

Attributes = Collection[str] | None


@dataclass(frozen=True, slots=True)
class TemplateCopy:
    """A listing's freight template; `services` is None where its settings were never read."""

    name: str
    services: tuple[Service, ...] | None


@dataclass(slots=True)
class Routes:
    """Everything that decides about freight, read once for many parcels."""

    settings: TeamSettings
    channels: Channels
    templates: Mapping[tuple[int, str], TemplateCopy]
    chosen: dict[tuple[str, frozenset[str] | None], Choice] = field(default_factory=dict)
    free: dict[tuple[int, str, str], bool] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, settings: TeamSettings) -> Routes:
        """As everything stands."""
        rows = connection.exec_driver_sql(
            "SELECT store_id, template_id, name, services FROM freight_template WHERE store_id IS NOT NULL"
        )
        templates = {
            (row[0], row[1]): TemplateCopy(row[2], None if row[3] is None else read_services(orjson.loads(row[3])))
            for row in rows
        }
        return cls(settings, read_channels(connection), templates)

    def destination(self, ships_from: str) -> str:
        """Where goods sent from there are reckoned to go."""
        known = countries()
        start = known.code(ships_from) or known.home
        return self.settings.destination if start == known.home else start

    def choice(self, ships_from: str, attributes: Attributes) -> Choice:
        """The tariff a parcel goes with."""
        key = (ships_from, None if attributes is None else frozenset(attributes))
        if key not in self.chosen:
            self.chosen[key] = self._chosen(*key)
        return self.chosen[key]

    def _chosen(self, ships_from: str, attributes: frozenset[str] | None) -> Choice:
        country, known = self.destination(ships_from), countries()
        wanted = self.channels.tariffs.get(self.settings.channel)
        is_home = (known.code(ships_from) or known.home) == known.home
        if is_home and wanted is not None and self.channels.may_carry(wanted, attributes or ()):
            tariff = wanted.tariff
            serves = not tariff.countries or country in tariff.countries
            if serves and not tariff.excluded.intersection(attributes or ()):
                return Choice(tariff, wanted.key, None, attributes is not None)
        return self.channels.choose(ships_from, attributes, country)

    def buyer_usd(
        self, store_id: int, template_id: str, country: str, weight_g: int, standard_usd: Decimal | None
    ) -> Decimal | None:
        """USD the buyer pays for one piece, half up to the cent: of the template's carriers that go there the cheapest,
        as a buyer chooses. None where none of them does.

        Args:
            standard_usd: what the carrier asks, on which "standard rate" gives its discount.

        Raises:
            KeyError: the template or its settings are not known.
            BadFreightRule: its bands contradict themselves.
        """
        services = self._services(store_id, template_id)
        fees = [
            fee
            for service in services
            if (zone := zone_of(service, country)) is not None
            and (fee := buyer_fee(zone, weight_g, 1, standard_usd, service.carrier)) is not None
        ]
        return half_up(min(fees)) if fees else None

    def is_by_standard(self, store_id: int, template_id: str, country: str) -> bool:
        """Whether a carrier of the template asks there for a share of what it costs the seller. Raises: KeyError."""
        zones = (zone_of(service, country) for service in self._services(store_id, template_id))
        return any(zone is not None and zone.kind == ZoneKind.STANDARD for zone in zones)

    def is_free(self, store_id: int, template_id: str, country: str) -> bool:
        """Whether the template has a carrier that goes there free of charge: then no weight matters.

        Raises:
            KeyError: as `buyer_usd`.
        """
        key = (store_id, template_id, country)
        if key not in self.free:
            zones = (zone_of(service, country) for service in self._services(store_id, template_id))
            self.free[key] = any(zone is not None and zone.kind == ZoneKind.FREE for zone in zones)
        return self.free[key]

    def _services(self, store_id: int, template_id: str) -> tuple[Service, ...]:
        services = self.templates[store_id, template_id].services
        if services is None:
            raise KeyError(template_id)
        return services


__all__ = ["BadFreightRule", "NoChannel", "Routes", "TemplateCopy"]
