"""Two templates side by side, country by country: what buyers pay there, and by which rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.messages import Messages, messages
from app.services.freight.buyer_fee import zone_of
from app.services.freight.finding import Named
from app.services.freight.quoting import Parcel, Quoter, best
from app.services.freight.trial import all_countries, usual_countries
from app.services.freight.wording import zone_text


@dataclass(frozen=True, slots=True)
class Side:
    """One template in one country: service and rule of each carrier that goes there; what a buyer pays for the sample
    parcel by the cheapest of them, None where it is not served or not known."""

    rules: tuple[tuple[str, str], ...]
    buyer_usd: Decimal | None

    def text(self, texts: Messages = messages) -> str:
        """All rules, one a line; "not served" where there is none."""
        lines = [f"{carrier} · {rule}" for carrier, rule in self.rules]
        return "\n".join(lines) if lines else texts.text("freight.not_served_here")


@dataclass(frozen=True, slots=True)
class Difference:
    """A country in both templates."""

    country: str
    left: Side
    right: Side

    @property
    def is_same(self) -> bool:
        """Whether both have the same services and rules there."""
        return self.left.rules == self.right.rules


def compare(left: Named, right: Named, parcel: Parcel, quoter: Quoter, texts: Messages = messages) -> list[Difference]:
    """Every country, those a team sells to most first.

    Args:
        parcel: a sample, for the buyer's fees.

    Raises:
        BadFreightInput, BadFreightRule: as `Quoter.quote`.
    """
    order = dict.fromkeys([*usual_countries(), *all_countries()])
    return [
        Difference(country, *(_side(one, country, parcel, quoter, texts) for one in (left, right))) for country in order
    ]


def differing(rows: Iterable[Difference]) -> list[Difference]:
    """Only those that are not the same."""
    return [row for row in rows if not row.is_same]


def _side(named: Named, country: str, parcel: Parcel, quoter: Quoter, texts: Messages) -> Side:
    zones = [(one.carrier, zone) for one in named.services if (zone := zone_of(one, country)) is not None]
    chosen = best([quoter.quote(one, parcel, country) for one in named.services]) if zones else None
    rules = tuple((carrier, zone_text(zone, texts)) for carrier, zone in zones)
    return Side(rules, None if chosen is None else chosen.buyer_usd)
