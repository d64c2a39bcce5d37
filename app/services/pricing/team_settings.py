"""The team's own numbers: fees beside the commission, packing, planned discount, reference route (domain.md 20).

Those of `resources/rules/pricing_settings.json` hold until the team enters another one; each says where it is from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection

from app.paths import resources
from app.services.db import Database
from app.services.freight.channels import folded
from app.services.freight.tariff_store import stored_tariffs
from app.services.history.records import PRICING_LABEL, ChangeRecord, Entry
from app.services.history.row_images import insert_row, row_image
from app.services.pricing.errors import BadPriceInput, named
from app.services.pricing.noting import note_change
from app.services.pricing.sources import DEFAULT, TYPED, Origin, fine, number, today
from app.services.pricing.terms import Rates
from app.services.warehouses.countries import countries

LOSSES = ("affiliate", "refund", "payment")
"""Shares of a sale that are lost besides the commission."""
SHARES = (*LOSSES, "discount")
NAMES = (*SHARES, "packing", "destination", "channel")


@dataclass(frozen=True, slots=True)
class TeamSettings:
    """All of them.

    Attributes:
        affiliate, refund, payment: shares of a sale (domain.md 10.1: a, r, w).
        packing: CNY a parcel, K.
        discount: planned item discount of a listing whose marketing group says none, d.
        destination: country that goods sent from home are worked out for.
        channel: carrier's tariff for them, "" for the one the place of dispatch and the goods ask for.
        origins: by name.
    """

    affiliate: Decimal
    refund: Decimal
    payment: Decimal
    packing: Decimal
    discount: Decimal
    destination: str
    channel: str
    origins: Mapping[str, Origin]

    def rates(self, exchange: Decimal, commission: Decimal) -> Rates:
        """With rate and commission all that a sale is reckoned with."""
        return Rates(exchange, commission, self.affiliate, self.refund, self.payment)

    def text(self, name: str) -> str:
        """A setting as it is typed."""
        value = getattr(self, name)
        return value if isinstance(value, str) else f"{value:f}"


@cache
def starting_numbers() -> dict[str, Any]:
    """The rule file: what a team starts with."""
    found: dict[str, Any] = json.loads((resources() / "rules" / "pricing_settings.json").read_text("utf-8"))
    return found


def team_settings(connection: Connection) -> TeamSettings:
    """The settings in force."""
    start = starting_numbers()
    values = {name: one["value"] for name, one in start["settings"].items()}
    origins = dict.fromkeys(values, Origin(DEFAULT, start["as_of"]))
    for name, value, source, as_of in connection.exec_driver_sql(
        "SELECT name, value, source, as_of FROM pricing_setting"
    ):
        if name in values:
            values[name], origins[name] = value, Origin(source, as_of)
    shares = {name: Decimal(values[name]) for name in (*SHARES, "packing")}
    return TeamSettings(**shares, destination=values["destination"], channel=values["channel"], origins=origins)


def change_settings(db: Database, texts: Mapping[str, str], source: str = TYPED) -> ChangeRecord | None:
    """Store settings as typed, as one change that can be undone; one that is as it was is left out.

    Raises: BadPriceInput: no such number, country or channel.
    """
    wanted = {name: _checked(name, text) for name, text in texts.items()}
    with db.bulk() as connection:
        now = team_settings(connection)
        _demand_rest(connection, now, wanted)
        if channel := wanted.get("channel"):
            wanted["channel"] = _tariff_key(connection, channel)
        entries = [
            _put(connection, name, text, source) for name, text in wanted.items() if not _is_same(now, name, text)
        ]
        return note_change(connection, PRICING_LABEL, {"n": len(entries)}, entries, source)


def _demand_rest(connection: Connection, now: TeamSettings, wanted: Mapping[str, str]) -> None:
    """Something of a sale must be left after all that is taken from it, the highest commission too. Raises:
    BadPriceInput."""
    from app.services.pricing.rates import commissions  # it begins with the rule file read here

    if wanted.keys().isdisjoint(LOSSES):
        return
    commission = max(one.share for one in commissions(connection).shares.values())
    shares = {name: Decimal(wanted[name]) if name in wanted else getattr(now, name) for name in LOSSES}
    taken = sum(shares.values(), commission)
    if taken >= 1:
        said = " + ".join(f"{share.normalize():f}" for share in (*shares.values(), commission))
        raise BadPriceInput("pricing.nothing_left", value=said, total=f"{taken.normalize():f}")


def _is_same(now: TeamSettings, name: str, text: str) -> bool:
    value = getattr(now, name)
    return bool(value == (text if isinstance(value, str) else Decimal(text)))


def _put(connection: Connection, name: str, text: str, source: str) -> Entry:
    stored = connection.exec_driver_sql("SELECT id FROM pricing_setting WHERE name = ?", (name,)).scalar()
    after = {"name": name, "value": text, "source": source, "as_of": today()}
    if stored is None:
        return Entry("pricing", (made := insert_row(connection, "pricing_setting", after)), -made, None, after)
    before = row_image(connection, "pricing_setting", stored)
    connection.exec_driver_sql(
        "UPDATE pricing_setting SET value = ?, source = ?, as_of = ? WHERE id = ?",
        (text, source, after["as_of"], stored),
    )
    return Entry("pricing", stored, -stored, before, after)


def _tariff_key(connection: Connection, text: str) -> str:
    """The key of the carrier's tariff that *text* names by its key or one of its names. Raises: BadPriceInput."""
    tariffs = stored_tariffs(connection)
    if text in tariffs:
        return text
    named_so = [key for key, one in tariffs.items() if folded(text) in map(folded, (key, *one.names))]
    if len(named_so) != 1:
        raise BadPriceInput("pricing.no_channel", value=text, known=", ".join(tariffs))
    return named_so[0]


def _checked(name: str, text: str) -> str:
    """A setting as it is kept. Raises: BadPriceInput."""
    if name not in NAMES:
        raise BadPriceInput("pricing.no_setting", name=name, known=", ".join(NAMES))
    if name == "destination":
        code = countries().code(text)
        if code not in countries().names:
            raise BadPriceInput(field=named(name), value=text.strip())
        return code
    if name == "channel":
        return text.strip()
    most = Decimal(starting_numbers()["settings"][name]["most"])
    value = number(name, text)
    fine(name, value, Decimal(0), most)
    return f"{value:f}"
