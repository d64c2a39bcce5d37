"""A trial: parcels to countries by services, with chargeable weight, who pays what and what is left.

One function computes it for the window, the command line and the workbook.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.messages import Messages, messages
from app.services.freight.finding import Named
from app.services.freight.quoting import Parcel, Quote, Quoter, shown_cny, shown_usd
from app.services.freight.starting_tariffs import rule_file
from app.services.freight.subjects import Sale, Subject
from app.services.freight.tax_limits import TaxCheck, check_parcel, tax_text
from app.services.pricing.errors import BadPriceInput
from app.services.pricing.profit import Offer, Profit, profit_of
from app.services.pricing.rates import Rate
from app.services.pricing.rounding import EXACT, half_up
from app.services.pricing.terms import Costs
from app.services.tasks import TaskContext
from app.services.warehouses.countries import countries
from app.services.workbooks import OutColumn, write_sheet

COLUMNS = (
    "subject", "country", "service", "rule", "tariff", "real", "volume", "chargeable", "buyer", "carrier", "seller",
    "profit", "margin", "said",
)  # fmt: skip


class Verdict(StrEnum):
    """What a row comes to; `freight.verdict.<name>` says it."""

    FINE = "fine"
    LOSS = "loss"
    UNKNOWN = "unknown"
    NOT_SERVED = "not_served"


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One parcel to one country by one service. `profit` None where something it needs is unknown: `missing` names it,
    or the quote's reason does. `tax`: the goods against the destination's limit, None where it has none."""

    subject: Subject
    quote: Quote
    profit: Profit | None
    missing: tuple[str, ...] = ()
    tax: TaxCheck | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether the route earns, loses, is not served, or cannot be judged."""
        if not self.quote.is_served:
            return Verdict.NOT_SERVED
        if self.profit is None:
            return Verdict.UNKNOWN
        return Verdict.FINE if self.profit.profit_cny >= 0 else Verdict.LOSS


def usual_countries() -> tuple[str, ...]:
    """Where a team tries first (`carrier_tariffs.json`)."""
    return tuple(rule_file()["trial_countries"])


def all_countries() -> tuple[str, ...]:
    """Every country there is."""
    return tuple(countries().names)


def try_freight(
    named: Named,
    subjects: Sequence[Subject],
    targets: Sequence[str],
    quoter: Quoter,
    service: str = "",
    ctx: TaskContext | None = None,
) -> list[TrialRow]:
    """Every subject of known weight to every country, by all services of a template or by a tariff alone.

    Args:
        service: only this service of the template, "" for all.

    Raises:
        BadFreightInput, BadFreightRule: as `Quoter.quote`.
        TaskCancelled: stopped.
    """
    rows = []
    for subject in subjects:
        if subject.parcel is None:
            continue
        for country in targets:
            if ctx is not None:
                ctx.checkpoint()
            rows += [_row(subject, quote) for quote in _quotes(named, subject.parcel, country, quoter, service)]
    return rows


def with_tax(rows: Iterable[TrialRow], rates: Mapping[str, Rate]) -> list[TrialRow]:
    """The rows that are sold and served, with whether the goods of their parcel keep the destination's limit. Variants
    of virtual warehouses leave China as well; of real stock abroad it says what holds for a parcel from outside."""
    return [replace(row, tax=_tax(row, rates)) for row in rows]


def _tax(row: TrialRow, rates: Mapping[str, Rate]) -> TaxCheck | None:
    sale, parcel = row.subject.sale, row.subject.parcel
    if sale is None or parcel is None or not row.quote.is_served:
        return None
    return check_parcel(row.quote.country, sale.price * parcel.pieces * sale.rates.exchange, rates)


def profit_on(quote: Quote, sale: Sale, pieces: int) -> Profit | None:
    """What is left of a sale on a route; None where the route is not served or a fee is unknown.

    Raises: BadPriceInput.
    """
    if not quote.is_served or quote.carrier_cny is None or quote.buyer_usd is None:
        return None
    buyer = half_up(EXACT.divide(half_up(quote.buyer_usd) * sale.usd, sale.rates.exchange))
    costs = Costs(sale.cost, quote.carrier_cny, sale.packing, pieces)
    return profit_of(Offer(sale.price, buyer_freight=buyer), costs, sale.rates)


def _quotes(named: Named, parcel: Parcel, country: str, quoter: Quoter, service: str) -> Iterator[Quote]:
    if named.tariff is not None:
        yield quoter.tariff_quote(named.tariff.tariff, parcel, country)
    for one in named.services:
        if service in ("", one.carrier):
            yield quoter.quote(one, parcel, country)


def _row(subject: Subject, quote: Quote) -> TrialRow:
    if subject.sale is None or subject.parcel is None:
        return TrialRow(subject, quote, None, subject.missing)
    try:
        return TrialRow(subject, quote, profit_on(quote, subject.sale, subject.parcel.pieces))
    except BadPriceInput:
        return TrialRow(subject, quote, None, ("range",))


def said(row: TrialRow, texts: Messages = messages) -> str:
    """The verdict in words, with what is missing and what of the destination's tax is worth knowing."""
    tax = "" if row.tax is None else tax_text(row.tax, texts)
    return " · ".join(filter(None, (_verdict(row, texts), tax)))


def _verdict(row: TrialRow, texts: Messages) -> str:
    if row.quote.reason:
        return texts.text(f"freight.reason.{row.quote.reason}")
    if row.quote.zone is None:
        return texts.text("freight.verdict.only_carrier")
    if row.verdict == Verdict.UNKNOWN:
        named = texts.text("freight.and").join(texts.text(f"freight.missing.{name}") for name in row.missing)
        return texts.text("freight.verdict.missing", what=named)
    return texts.text(f"freight.verdict.{row.verdict}")


def cells(row: TrialRow, texts: Messages = messages, *, is_exact: bool = False) -> tuple[str, ...]:
    """The row as it is shown, a text a column of `COLUMNS`, "–" for what is not known; *is_exact*: the carrier's fee
    with every digit of its tariff."""
    quote, profit = row.quote, row.profit
    zone = quote.zone
    rule = "" if zone is None else texts.text(f"freight.rule.{zone.kind}", percent=zone.discount_percent or 0)
    values = (
        row.subject.name,
        countries().name(quote.country, texts.language),
        quote.service,
        rule,
        quote.tariff_key,
        str(quote.real_g),
        None if quote.volume_g is None else str(quote.volume_g),
        str(quote.chargeable_g),
        shown_usd(quote.buyer_usd),
        (shown_cny if is_exact else shown_cents)(quote.carrier_cny),
        shown_cents(quote.seller_cny),
        None if profit is None else shown_cents(profit.profit_cny),
        None if profit is None or profit.margin is None else f"{half_up(profit.margin * 100, Decimal('0.1'))} %",
        said(row, texts),
    )
    return tuple(value or "–" for value in values)


def shown_cents(amount: Decimal | None) -> str | None:
    """CNY with two decimals, half up."""
    return None if amount is None else str(half_up(amount))


def told(row: TrialRow) -> dict[str, Any]:
    """The row as one object: money as decimal text, None where not served or not known."""
    quote, profit = row.quote, row.profit
    return {
        "subject": row.subject.name,
        "country": quote.country,
        "service": quote.service,
        "tariff": quote.tariff_key,
        "real_g": quote.real_g,
        "volume_g": quote.volume_g,
        "chargeable_g": quote.chargeable_g,
        "buyer_usd": shown_usd(quote.buyer_usd),
        "carrier_cny": shown_cny(quote.carrier_cny),
        "seller_cny": shown_cny(quote.seller_cny),
        "profit_cny": None if profit is None else shown_cents(profit.profit_cny),
        "margin": None if profit is None or profit.margin is None else str(half_up(profit.margin, Decimal("0.0001"))),
        "served": quote.is_served,
        "verdict": str(row.verdict),
        "reason": quote.reason or None,
        "missing": list(row.missing),
        "tax": None if row.tax is None else _tax_told(row.tax),
    }


def _tax_told(check: TaxCheck) -> dict[str, str | None]:
    return {
        "rule": check.limit.key,
        "limit": f"{check.limit.limit} {check.limit.currency}",
        "goods": None if check.goods is None else f"{half_up(check.goods)} {check.limit.currency}",
        "verdict": str(check.verdict),
    }


def write_trial(path: Path, rows: Sequence[TrialRow], texts: Messages = messages) -> int:
    """Write a trial to .xlsx or .csv. Returns: how many rows.

    Raises:
        UnknownKind: another ending. WorkbookError: it cannot be written.
    """
    columns = [OutColumn(texts.text(f"freight.trial.{name}"), name in ("subject", "tariff")) for name in COLUMNS]
    written = (_written(row, texts) for row in rows)
    return write_sheet(path, texts.text("freight.trial.sheet"), columns, written).row_count


def _written(row: TrialRow, texts: Messages) -> tuple[Any, ...]:
    """Numbers as numbers, nothing where nothing is known."""
    shown = cells(row, texts, is_exact=True)
    return tuple(
        None if text == "–" else float(text) if name in COLUMNS[5:12] else text
        for name, text in zip(COLUMNS, shown, strict=True)
    )
