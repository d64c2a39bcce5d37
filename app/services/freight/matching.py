"""Which template and channel listings should have, by weight, size, attributes and price; and what looks wrong.

A template fits goods where its name says so (one template a type of goods, domain.md 9.1): battery goods go with one
that names them, plain goods with one that names none. Of those that fit, serve the destination and lose nothing, the
listing's own stays; else the one that serves most of the usual countries, then the one that is cheapest for the buyer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection

from app.services.db import Database
from app.services.freight.candidates import Candidate, candidates, fitting
from app.services.freight.channels import Channels, read_channels
from app.services.freight.doubts import item_sides, size_flags
from app.services.freight.errors import BadFreightInput, BadFreightRule
from app.services.freight.quoting import Parcel, Quote, Quoter, best
from app.services.freight.subjects import Subject, listing_subjects
from app.services.freight.tariffs import charge
from app.services.freight.trial import profit_on, usual_countries
from app.services.freight.weights import Size
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import SetValue
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.bulk_edit.records import Applied
from app.services.listings.loading import chunks, id_list
from app.services.paging import Query
from app.services.pricing.errors import BadPriceInput
from app.services.pricing.rates import USD, exchange_rate
from app.services.pricing.team_settings import team_settings
from app.services.tasks import TaskContext
from app.services.warehouses.countries import countries

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Match:
    """A listing with what is proposed for it.

    Attributes:
        template, proposed: id and name of the template it has and of the one proposed; ids equal: it stays.
        reason: `freight.match.<name>`: why, or why nothing can be proposed.
        channel: the tariff its parcels go with, "" for none; `cheaper`: one that may carry them for less, "" for none.
        channel_cny, cheaper_cny: their fees to `country`.
        country: where it was reckoned for.
        worst_cny: the lowest profit of its variants with the proposed template there, None where it is not known.
        losing: usual countries where a variant loses money with the proposed template.
        flags: `freight.flag.<name>`: what looks wrong.
    """

    id: int
    store_id: int
    title: str
    template: tuple[str, str]
    proposed: tuple[str, str]
    reason: str
    country: str
    channel: str
    channel_cny: Decimal | None
    cheaper: str
    cheaper_cny: Decimal | None
    worst_cny: Decimal | None
    losing: tuple[str, ...]
    flags: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether another template is proposed."""
        return bool(self.proposed[0]) and self.proposed[0] != self.template[0]


@dataclass(frozen=True, slots=True)
class _Facts:
    store_id: int
    title: str
    template_id: str


class Matcher:
    """Proposes for listings of any stores; what they share is read once."""

    def __init__(self, connection: Connection, channels: Channels) -> None:
        self._connection = connection
        rate = exchange_rate(connection, USD)
        self._channels = channels
        self._quoter = Quoter(channels, None if rate is None else rate.rate)
        self._country = team_settings(connection).destination
        self._templates = candidates(connection)
        self._names = {(store, one.template_id): one.name for store, group in self._templates.items() for one in group}

    def match(self, listing_ids: Sequence[int]) -> list[Match]:
        """Proposals for these listings, in the order of their ids."""
        if not listing_ids:
            return []
        rows = self._connection.exec_driver_sql(
            "SELECT id, store_id, title, freight_template_id FROM listing "
            f"WHERE id IN ({id_list(listing_ids)}) ORDER BY id"
        )
        facts = {row[0]: _Facts(*row[1:]) for row in rows}
        by_listing = defaultdict[int, list[Subject]](list)
        for id, subject in listing_subjects(self._connection, list(facts)):
            by_listing[id].append(subject)
        sides = item_sides(self._connection, list(facts))
        return [self._match(id, one, by_listing[id], sides.get(id)) for id, one in facts.items()]

    def _match(self, id: int, facts: _Facts, subjects: Sequence[Subject], item: Size | None) -> Match:
        known = [one for one in subjects if one.parcel is not None]
        own = (facts.template_id, self._names.get((facts.store_id, facts.template_id), facts.template_id))
        flags = tuple(sorted({flag for one in known for flag in size_flags(one.parcel, item)}))
        if not known:
            return Match(id, facts.store_id, facts.title, own, ("", ""), "no_weight", self._country, "", None, "", None,
                         None, (), flags)  # fmt: skip
        heaviest = max((one.parcel for one in known if one.parcel), key=lambda parcel: parcel.weight_g)
        proposed, reason, worst = self._choose(facts, known)
        channel, fee, cheaper, less = self._channel(heaviest)
        losing = () if proposed is None else tuple(self._losing(proposed, known))
        if losing:
            flags = (*flags, "losing")
        return Match(
            id, facts.store_id, facts.title, own,
            ("", "") if proposed is None else (proposed.template_id, proposed.name),
            reason, self._target(heaviest), channel, fee, cheaper, less, worst, losing, flags,
        )  # fmt: skip

    def _choose(self, facts: _Facts, subjects: Sequence[Subject]) -> tuple[Candidate | None, str, Decimal | None]:
        """The template, why, and the worst profit with it."""
        group = self._templates.get(facts.store_id, [])
        found = fitting(group, [one.parcel.attributes for one in subjects if one.parcel])
        judged = [(one, *self._judge(one, subjects)) for one in found]
        served = [row for row in judged if row[1]]
        if not served:
            return None, "none_fits" if not found else "none_serves", None
        earning = [row for row in served if row[2] is None or row[2] >= 0] or served
        for one, _, worst, _ in earning:
            if one.template_id == facts.template_id:
                return one, "stays", worst
        best_one = min(earning, key=lambda row: (-row[0].reach, row[3], row[0].template_id))
        is_own = any(one.template_id == facts.template_id for one in found)
        return best_one[0], "earns_more" if is_own else "fits_goods", best_one[2]

    def _judge(self, one: Candidate, subjects: Sequence[Subject]) -> tuple[bool, Decimal | None, Decimal]:
        """Whether it serves all of them where they are reckoned for, the worst profit (None: one is unknown), and what
        a buyer pays at most."""
        profits: list[Decimal | None] = []
        most = Decimal(0)
        for subject in subjects:
            quote = self._quote(one, subject.parcel, self._target(subject.parcel)) if subject.parcel else None
            if quote is None or not quote.is_served:
                return False, None, most
            most = max(most, quote.buyer_usd or Decimal(0))
            profits.append(_profit(quote, subject))
        known = [one for one in profits if one is not None]
        return True, min(known) if len(known) == len(profits) else None, most

    def _losing(self, one: Candidate, subjects: Sequence[Subject]) -> Iterator[str]:
        for country in usual_countries():
            for subject in subjects:
                if subject.parcel is None or subject.sale is None:
                    continue
                quote = self._quote(one, subject.parcel, country)
                left = None if quote is None else _profit(quote, subject)
                if left is not None and left < 0:
                    yield country
                    break

    def _quote(self, one: Candidate, parcel: Parcel, country: str) -> Quote | None:
        try:
            return best([self._quoter.quote(service, parcel, country) for service in one.services])
        except (BadFreightInput, BadFreightRule):
            return None

    def _target(self, parcel: Parcel | None) -> str:
        """Where it is reckoned for: from abroad it stays in its country."""
        start = countries().code(parcel.ships_from) if parcel is not None else ""
        return self._country if start in ("", countries().home) else start

    def _channel(self, parcel: Parcel) -> tuple[str, Decimal | None, str, Decimal | None]:
        """The channel with its fee, and a cheaper one that may carry the parcel."""
        target = self._target(parcel)
        choice = self._channels.choose(parcel.ships_from, parcel.attributes, target)
        fees: dict[str, Decimal] = {}
        for key, stored in self._channels.tariffs.items():
            tariff = stored.tariff
            allowed = self._channels.may_carry(stored, parcel.attributes or ())
            found = charge(tariff, target, parcel.total_g, parcel.size, tuple(parcel.attributes or ()))
            if allowed and found.fee is not None and (fee := self._quoter.in_cny(tariff, found.fee)) is not None:
                fees[key] = fee
        fee = fees.get(choice.key) if choice.tariff is not None else None
        cheapest = min(fees, key=lambda key: (fees[key], key), default="")
        is_cheaper = bool(cheapest) and (fee is None or fees[cheapest] < fee)
        key = choice.key if choice.tariff is not None else ""
        return key, fee, cheapest if is_cheaper else "", fees[cheapest] if is_cheaper else None


def match_listings(database: Path, chosen: Sequence[int] | Query, *, ctx: TaskContext) -> list[Match]:
    """Proposals for listings, ids or all of a filter. Runs in the worker process.

    Raises:
        TaskCancelled: stopped.
    """
    from app.services.listings.source import ListingSource

    db = Database(database)
    try:
        ids = list(ListingSource(db).ids(chosen, ctx)) if isinstance(chosen, Query) else list(chosen)
        found: list[Match] = []
        with db.reader.connect() as connection:
            matcher = Matcher(connection, read_channels(connection))
            for chunk in chunks(sorted(ids), CHUNK):
                ctx.checkpoint()
                found += matcher.match(chunk)
                ctx.report(len(found), len(ids))
        return found
    finally:
        db.dispose()


def apply_matches(
    database: Path, wanted: Mapping[tuple[int, str], Sequence[int]], *, ctx: TaskContext
) -> list[Applied]:
    """Give listings the template of their store and id, as `by_template` groups them: a bulk edit a template, each a
    change of its own that can be undone. Runs in the worker process.

    Raises:
        TaskCancelled: stopped between two of them.
    """
    db = Database(database)
    try:
        done = []
        for (_, template_id), ids in wanted.items():
            edit = BulkEdit((SetValue("freight_template_id", template_id),))
            plan = plan_edit(db, edit, ids, ctx, checks=False)
            try:
                done.append(apply_plan(plan, ctx))
            finally:
                plan.close()
        return done
    finally:
        db.dispose()


def by_template(matches: Iterable[Match]) -> dict[tuple[int, str], list[int]]:
    """Listings that are to get another template, by store and template."""
    found = defaultdict[tuple[int, str], list[int]](list)
    for one in matches:
        if one.changes:
            found[one.store_id, one.proposed[0]].append(one.id)
    return dict(found)


def _profit(quote: Quote, subject: Subject) -> Decimal | None:
    if subject.sale is None or subject.parcel is None:
        return None
    try:
        found = profit_on(quote, subject.sale, subject.parcel.pieces)
    except BadPriceInput:
        return None
    return None if found is None else found.profit_cny
