"""Exchange rates and commissions with day and source (domain.md 10.2, 19). What nobody entered is None, never 0."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Any

from sqlalchemy import Connection

from app.paths import resources
from app.services.clock import now_ms
from app.services.db import Database
from app.services.errors import NotFound
from app.services.history.records import COMMISSION_LABEL, RATE_LABEL, RATE_REMOVED_LABEL, ChangeRecord, Entry
from app.services.history.row_images import insert_row, row_image
from app.services.pricing.errors import BadPriceInput
from app.services.pricing.noting import note_change
from app.services.pricing.sources import TYPED, UNIT, Origin, day, fine, number, today
from app.services.pricing.team_settings import starting_numbers

USD, CNY = "USD", "CNY"
MICRO = 1_000_000
LEAST_RATE, MOST_RATE = Decimal("0.0001"), Decimal(100)
MOST_COMMISSION = Decimal("0.9999")


@dataclass(frozen=True, slots=True)
class Rate:
    """CNY for one unit of `currency`, from a day on."""

    currency: str
    rate: Decimal
    origin: Origin
    id: int = 0

    @property
    def whole(self) -> int:
        """In ten thousandths, as whole columns are computed with."""
        return int(self.rate * UNIT)

    @property
    def micro(self) -> int:
        """In millionths."""
        return int(self.rate * MICRO)


@dataclass(frozen=True, slots=True)
class CommissionShare:
    """What the platform keeps in a category; "" is every other one."""

    category_id: str
    share: Decimal
    origin: Origin
    id: int = 0


@dataclass(frozen=True, slots=True)
class Commissions:
    """All commissions: those entered, and above whom each category stands."""

    shares: Mapping[str, CommissionShare]
    parents: Mapping[str, str] = field(default_factory=dict)

    def of(self, category_id: str) -> CommissionShare:
        """The share of a category: its own, that of the next category above it that has one, or the one for all."""
        seen: set[str] = set()
        while category_id and category_id not in seen:
            if category_id in self.shares:
                return self.shares[category_id]
            seen.add(category_id)
            category_id = self.parents.get(category_id, "")
        return self.shares[""]


def exchange_rate(connection: Connection, currency: str = USD, on: str = "") -> Rate | None:
    """The rate of *currency* on the day *on* (today without one): the newest that was in force by then.

    None where nobody knows it. One CNY is one CNY.
    """
    return exchange_rates(connection, on).get(currency)


def exchange_rates(connection: Connection, on: str = "") -> dict[str, Rate]:
    """The rates in force, by currency."""
    found = {CNY: Rate(CNY, Decimal(1), Origin(":same", ""))}
    for row in connection.exec_driver_sql(
        "SELECT currency, rate_micro, source, as_of, id FROM exchange_rate WHERE as_of <= ? ORDER BY as_of, id",
        (on or today(),),
    ):
        rate = _rate(*row)
        if LEAST_RATE <= rate.rate <= MOST_RATE and rate.rate * UNIT == rate.whole:  # no other can be computed with
            found[row[0]] = rate
    return found


def rate_history(connection: Connection) -> list[Rate]:
    """All rates ever entered, newest first."""
    rows = connection.exec_driver_sql(
        "SELECT currency, rate_micro, source, as_of, id FROM exchange_rate ORDER BY as_of DESC, id DESC"
    )
    return [_rate(*row) for row in rows]


def _rate(currency: str, micro: int, source: str, as_of: str, number: int) -> Rate:
    return Rate(currency, Decimal(micro) / MICRO, Origin(source, as_of), number)


def commissions(connection: Connection) -> Commissions:
    """All commissions; the one for all others is the rule file's until one is entered."""
    start = starting_numbers()
    shares = {"": CommissionShare("", Decimal(start["commission"]), Origin(":default", start["as_of"]))}
    for row in connection.exec_driver_sql("SELECT category_id, share_bp, source, as_of, id FROM commission"):
        shares[row[0]] = CommissionShare(row[0], Decimal(row[1]) / UNIT, Origin(row[2], row[3]), row[4])
    parents = dict[str, str]()
    if len(shares) > 1:
        rows = connection.exec_driver_sql("SELECT DISTINCT category_id, parent_id FROM category")
        parents = {str(row[0]): str(row[1]) for row in rows}
    return Commissions(shares, parents)


def commission_of(connection: Connection, category_id: str = "") -> CommissionShare:
    """The commission of a category."""
    return commissions(connection).of(category_id)


# -- entering ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EnteredRate:
    """A rate as it was typed or stood in a sheet; `as_of` "" is today."""

    rate: str
    currency: str = USD
    as_of: str = ""

    def wrong(self) -> str:
        """Which of its parts cannot be kept: `rate`, `currency` or `day`; "" where all can."""
        for part, check, text in (
            ("rate", _whole_rate, self.rate),
            ("currency", _currency, self.currency),
            ("day", day, self.as_of),
        ):
            try:
                check(text)
            except BadPriceInput:
                return part
        return ""


def is_commission(text: str) -> bool:
    """Whether *text* can be kept as a commission; "" is none of its own."""
    try:
        return not text.strip() or _whole_share(text) >= 0
    except BadPriceInput:
        return False


def enter_rates(db: Database, entered: list[EnteredRate], source: str = TYPED) -> ChangeRecord | None:
    """Keep rates, as one change that can be undone; one that says nothing new is left out.

    Returns: the change, None where all of it was known.
    Raises: BadPriceInput: no currency, no day, or no number from 0.0001 to 100 with four decimals at most.
    """
    rows = [(_currency(one.currency), _whole_rate(one.rate), day(one.as_of)) for one in entered]
    with db.bulk() as connection:
        entries = [
            entry for currency, whole, as_of in rows if (entry := _put_rate(connection, currency, whole, as_of, source))
        ]
        told = {"currency": rows[-1][0], "rate": f"{Decimal(rows[-1][1]) / UNIT:f}", "n": len(entries)} if rows else {}
        return note_change(connection, RATE_LABEL, told, entries, source)


def remove_rate(db: Database, rate_id: int) -> ChangeRecord | None:
    """Take a rate out of the history, as a change that can be undone. Raises: NotFound."""
    with db.bulk() as connection:
        before = row_image(connection, "exchange_rate", rate_id)
        if before is None:
            raise NotFound(noun="exchange_rate", name=str(rate_id))
        connection.exec_driver_sql("DELETE FROM exchange_rate WHERE id = ?", (rate_id,))
        told = {"currency": before["currency"], "rate": f"{(Decimal(before['rate_micro']) / MICRO).normalize():f}"}
        return note_change(connection, RATE_REMOVED_LABEL, told, [Entry("rate", rate_id, -rate_id, before, None)])


def _put_rate(connection: Connection, currency: str, whole: int, as_of: str, source: str) -> Entry | None:
    known = exchange_rate(connection, currency, as_of)
    if known is not None and known.whole == whole and known.origin.as_of == as_of:
        return None
    after = {
        "currency": currency,
        "rate_micro": whole * (MICRO // UNIT),
        "as_of": as_of,
        "source": source,
        "entered_ms": now_ms(),
    }
    return Entry("rate", (made := insert_row(connection, "exchange_rate", after)), -made, None, after)


def set_commissions(
    db: Database, shares: Mapping[str, str], source: str = TYPED, as_of: str = ""
) -> ChangeRecord | None:
    """Give categories ("" for all others) their commission, "" as a share for none of its own; one change, undoable.

    Raises: BadPriceInput: no share from 0 to 0.9999 with four decimals at most, or no category's id.
    """
    from_day = day(as_of)
    for category in shares:
        if category.strip() and not category.strip().isdecimal():
            raise BadPriceInput("pricing.no_category", value=category)
    wanted = {category.strip(): None if not text.strip() else _whole_share(text) for category, text in shares.items()}
    with db.bulk() as connection:
        known = commissions(connection).shares
        entries = [
            entry
            for category, whole in wanted.items()
            if (entry := _put_share(connection, known.get(category), category, whole, source, from_day))
        ]
        return note_change(connection, COMMISSION_LABEL, {"n": len(entries)}, entries, source)


def _put_share(
    connection: Connection, known: CommissionShare | None, category: str, whole: int | None, source: str, as_of: str
) -> Entry | None:
    stored = known.id if known is not None else 0
    before = row_image(connection, "commission", stored) if stored else None
    if whole is None:
        if before is None:
            return None
        connection.exec_driver_sql("DELETE FROM commission WHERE id = ?", (stored,))
        return Entry("commission", stored, -stored, before, None)
    after: dict[str, Any] = {"category_id": category, "share_bp": whole, "source": source, "as_of": as_of}
    if before is None:
        return Entry("commission", (made := insert_row(connection, "commission", after)), -made, None, after)
    if before["share_bp"] == whole:
        return None
    connection.exec_driver_sql(
        "UPDATE commission SET share_bp = ?, source = ?, as_of = ? WHERE id = ?", (whole, source, as_of, stored)
    )
    return Entry("commission", stored, -stored, before, after)


@cache
def known_currencies() -> frozenset[str]:
    """Codes of the rule file: all currencies in circulation."""
    told: dict[str, Any] = json.loads((resources() / "rules" / "currencies.json").read_text("utf-8"))
    return frozenset(told["codes"])


def _currency(text: str) -> str:
    """A foreign currency by its code. Raises: BadPriceInput, with the codes that look like it."""
    code = text.strip().upper()
    if code == CNY:
        raise BadPriceInput("pricing.home_currency", value=code)
    if code not in known_currencies():
        near = get_close_matches(code, sorted(known_currencies()), 3) or [USD]
        raise BadPriceInput("pricing.no_currency", value=text.strip(), near=", ".join(near))
    return code


def _whole_rate(text: str) -> int:
    return fine("rate", number("rate", text), LEAST_RATE, MOST_RATE)


def _whole_share(text: str) -> int:
    return fine("commission", number("commission", text), Decimal(0), MOST_COMMISSION)
