"""With which carrier's tariff a parcel goes: the team's channels by dispatch country, destination and logistics
attributes (domain.md 10.3), within what tariffs exclude and what the company's table of channels allows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from unicodedata import normalize

from sqlalchemy import Connection

from app.services.freight.tariff_store import StoredTariff, stored_tariffs
from app.services.freight.tariffs import Tariff
from app.services.warehouses.countries import countries


class NoChannel(StrEnum):
    """Why no tariff was found; the freight is unknown then, never 0."""

    NO_RULE = "no_rule"
    NO_TARIFF = "no_tariff"
    COUNTRY = "country"
    EXCLUDED = "excluded"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """Parcels from `ships_from` to `country` ("": any) with `attribute` ("": any goods) go with the tariff
    `tariff_key`. `id` is 0 until it is stored."""

    ships_from: str
    tariff_key: str
    country: str = ""
    attribute: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """The tariff a parcel goes with, or None and why; `key` is the tariff that was looked at ("": none). `is_sure` is
    False where nobody told the goods' attributes: it is chosen as for plain goods."""

    tariff: Tariff | None
    key: str = ""
    reason: NoChannel | None = None
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Channels:
    """Everything that decides about a channel.

    Attributes:
        tariffs: by key.
        rules: the team's, in any order; the one that names most wins, an attribute before a country.
        allowed: what the company's table says: attribute → folded channel name → whether it may carry it.
    """

    tariffs: Mapping[str, StoredTariff]
    rules: Sequence[ChannelRule]
    allowed: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)

    def choose(self, ships_from: str, attributes: Collection[str] | None = (), country: str = "") -> Choice:
        """The tariff of a parcel.

        Args:
            ships_from: code of the dispatch country, "" for the home country.
            attributes: logistics attributes of the goods, None where nobody told them.
            country: code of the destination; "" where none is asked for: from abroad it is the dispatch country.
        """
        known = countries()
        start = known.code(ships_from) or known.home
        target = known.code(country) or ("" if start == known.home else start)
        has = frozenset(attributes or ())
        first: Choice | None = None
        for rule in sorted(self.rules, key=_generality):
            if rule.ships_from not in ("", start) or rule.country not in ("", target):
                continue
            if rule.attribute and rule.attribute not in has:
                continue
            stored = self.tariffs.get(rule.tariff_key)
            reason = self._refusal(stored, target, has)
            found = Choice(
                stored.tariff if stored and reason is None else None, rule.tariff_key, reason, attributes is not None
            )
            if reason is None:
                return found
            first = first or found
        return first or Choice(None, "", NoChannel.NO_RULE, attributes is not None)

    def may_carry(self, stored: StoredTariff, attributes: Collection[str]) -> bool:
        """Whether the company's table lets the channel *stored* carry goods with *attributes*. An attribute it does
        not speak of is free; one it allows on some channels is forbidden on all others."""
        names = {folded(stored.key), *(folded(name) for name in stored.names)}
        for attribute in attributes:
            told = self.allowed.get(attribute, {})
            verdicts = [told[name] for name in names if name in told]
            if not all(verdicts) if verdicts else any(told.values()):
                return False
        return True

    def _refusal(self, stored: StoredTariff | None, country: str, attributes: frozenset[str]) -> NoChannel | None:
        if stored is None:
            return NoChannel.NO_TARIFF
        if country and stored.tariff.countries and country not in stored.tariff.countries:
            return NoChannel.COUNTRY
        if stored.tariff.excluded & attributes:
            return NoChannel.EXCLUDED
        return None if self.may_carry(stored, attributes) else NoChannel.FORBIDDEN


def read_channels(connection: Connection) -> Channels:
    """The team's tariffs and channels, and the company's table, as they stand."""
    rules = connection.exec_driver_sql("SELECT ships_from, tariff_key, country, attribute, id FROM freight_channel")
    allowed: dict[str, dict[str, bool]] = {}
    for attribute, channel, is_allowed in connection.exec_driver_sql(
        "SELECT attribute, channel, is_allowed FROM channel_rule"
    ):
        allowed.setdefault(attribute, {})[folded(channel)] = bool(is_allowed)
    return Channels(stored_tariffs(connection), [ChannelRule(*row) for row in rules], allowed)


def folded(name: str) -> str:
    """A channel's name as it is compared: widths, capitals and blanks do not count."""
    return "".join(normalize("NFKC", name).casefold().split())


def _generality(rule: ChannelRule) -> tuple[bool, bool, bool, int]:
    return not rule.attribute, not rule.country, not rule.ships_from, rule.id
