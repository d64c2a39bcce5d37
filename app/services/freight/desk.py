"""The use cases of freight for the window and the command line. Plain methods touch the disk; calls are for the worker
process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection

from app.messages import messages
from app.services.errors import NotFound
from app.services.freight.channels import ChannelRule, Channels, read_channels
from app.services.freight.comparing import Difference, compare
from app.services.freight.errors import BadFreightInput
from app.services.freight.finding import Named
from app.services.freight.keeping import (
    TariffDraft,
    TemplateDraft,
    remove_tariff,
    remove_template,
    save_channels,
    save_tariff,
    save_template,
)
from app.services.freight.matching import Match, by_template
from app.services.freight.quoting import Parcel, Quoter
from app.services.freight.settings import read_services
from app.services.freight.source import FreightTemplateSource
from app.services.freight.subjects import (
    Subject,
    TypedPrices,
    item_subject,
    listing_subjects,
    sent_as,
    typed_subject,
)
from app.services.freight.tariff_source import TariffSource
from app.services.freight.trial import TrialRow, all_countries, try_freight, usual_countries, with_tax
from app.services.history.records import ChangeRecord
from app.services.listings.chosen import Chosen
from app.services.paging import Query
from app.services.pricing.rates import USD, exchange_rate, exchange_rates
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.application import Application

SAMPLE = Parcel(200)
"""The parcel two templates are compared with."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a trial is asked: an item's `code`, a `listing_id`, else the `parcel` as typed.

    Attributes:
        parcel: weight and size as typed. Of a code or listing its pieces count, and size, attributes and dispatch
            country where they are given: they take the place of what is known of the goods.
        by_weight: the parcel's weight does so, too.
        prices: sale price and cost as typed; they take the place of what is known.
        tariff_key: a tariff to use whatever the channels say.
        service: one service of the template, "" for all.
        targets: codes of the destinations; () for the usual ones.
    """

    parcel: Parcel = SAMPLE
    code: str = ""
    listing_id: int | None = None
    prices: TypedPrices = field(default_factory=TypedPrices)
    tariff_key: str = ""
    service: str = ""
    targets: tuple[str, ...] = ()
    by_weight: bool = False


class FreightDesk:
    """Everything that can be done with templates, tariffs and channels."""

    def __init__(self, app: Application) -> None:
        self._app = app

    # -- reading -----------------------------------------------------------------------------------------------

    def templates(self) -> FreightTemplateSource:
        """Page source of the templates."""
        return FreightTemplateSource(self._app.db)

    def tariffs(self) -> TariffSource:
        """Page source of the tariffs."""
        return TariffSource(self._app.db)

    def channels(self) -> Channels:
        """Tariffs, channels and what the company's table allows."""
        with self._app.db.reader.connect() as connection:
            return read_channels(connection)

    def names(self, store_ids: Sequence[int] = ()) -> list[Named]:
        """All local templates and those of these stores (none: all) whose settings were read, then all tariffs: what a
        trial or comparison can be made with."""
        with self._app.db.reader.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT freight_template.id, freight_template.name, services, coalesce(store.name, ''), store_id "
                "FROM freight_template LEFT JOIN store ON store.id = store_id WHERE services IS NOT NULL "
                "ORDER BY store_id IS NOT NULL, store.name, lower(freight_template.name)"
            ).all()
            tariffs = read_channels(connection).tariffs.values()
        wanted = {None, *store_ids}
        found = [
            Named(row[0], row[1], read_services(orjson.loads(row[2])), store=row[3])
            for row in rows
            if not store_ids or row[4] in wanted
        ]
        return found + [Named(one.id, one.name, tariff=one) for one in tariffs]

    # -- trying ------------------------------------------------------------------------------------------------

    def try_freight(self, named: Named | None, asked: Asked, ctx: TaskContext | None = None) -> list[TrialRow]:
        """A trial with a template or tariff; None: each variant of the listing with the listing's own template.

        Raises:
            BadFreightInput, BadFreightRule: what is asked makes no sense, or is not known.
            NotFound: the listing, or its template, is gone.
            TaskCancelled: stopped.
        """
        with self._app.db.reader.connect() as connection:
            subjects = self._subjects(connection, asked)
            quoter, rates = quoter_of(connection, asked.tariff_key), exchange_rates(connection)
            if named is None:
                named = _own_template(connection, subjects)
        if all(one.parcel is None for one in subjects):
            raise BadFreightInput("freight.no_weight", value=", ".join(one.name for one in subjects))
        targets = asked.targets or usual_countries()
        return with_tax(try_freight(named, subjects, targets, quoter, asked.service, ctx), rates)

    def all_countries(self) -> tuple[str, ...]:
        """For a trial to the whole world."""
        return all_countries()

    def compare(self, left: Named, right: Named, parcel: Parcel = SAMPLE) -> list[Difference]:
        """Two templates, country by country. Raises: BadFreightRule."""
        with self._app.db.reader.connect() as connection:
            return compare(left, right, parcel, quoter_of(connection))

    @staticmethod
    def _subjects(connection: Connection, asked: Asked) -> list[Subject]:
        pieces = asked.parcel.pieces
        if asked.listing_id is not None:
            found = (one for _, one in listing_subjects(connection, [asked.listing_id], pieces, asked.prices))
            return [sent_as(one, asked.parcel, by_weight=asked.by_weight) for one in found]
        if asked.code:
            goods = item_subject(connection, asked.code, pieces, asked.prices)
            return [sent_as(goods, asked.parcel, by_weight=asked.by_weight)]
        return [typed_subject(connection, asked.parcel, asked.prices)]

    # -- changing ----------------------------------------------------------------------------------------------

    def save_template(self, draft: TemplateDraft, id: int | None = None) -> ChangeRecord | None:
        """Store a local template, as a change. Raises: BadFreightInput, BadFreightRule, NotFound."""
        return save_template(self._app.db, draft, id)

    def remove_template(self, id: int) -> ChangeRecord | None:
        """Delete a local template, as a change. Raises: BadFreightInput, NotFound."""
        return remove_template(self._app.db, id)

    def save_tariff(self, draft: TariffDraft, id: int | None = None) -> ChangeRecord | None:
        """Store a tariff, as a change. Raises: BadFreightInput, BadFreightRule, NotFound."""
        return save_tariff(self._app.db, draft, id)

    def remove_tariff(self, id: int) -> ChangeRecord | None:
        """Delete a tariff, as a change. Raises: BadFreightInput, NotFound."""
        return remove_tariff(self._app.db, id)

    def save_channels(self, rules: Sequence[ChannelRule]) -> ChangeRecord | None:
        """Let these be all channels, as a change. Raises: BadFreightRule."""
        return save_channels(self._app.db, rules)

    # -- calls for the worker process --------------------------------------------------------------------------

    def export_call(self, path: Path, template_ids: Sequence[int] = ()) -> tuple[Any, ...]:
        """Write the freight workbook. Result: how many tariffs and templates."""
        call = "app.services.freight.sheet_storing:export_freight"
        return call, self._app.database_path, path, messages.language, tuple(template_ids)

    def import_call(self, path: Path, is_trial: bool) -> tuple[Any, ...]:
        """Read one; with *is_trial* nothing is stored. Result: `FreightImport`."""
        return "app.services.freight.sheet_storing:import_freight", self._app.database_path, path, is_trial

    def match_call(self, chosen: Chosen) -> tuple[Any, ...]:
        """Propose templates and channels. Result: a list of `Match`."""
        return "app.services.freight.matching:match_listings", self._app.database_path, chosen

    def table_call(self, path: Path, store_ids: Sequence[int] = ()) -> tuple[Any, ...]:
        """Write carriers' fees of all variants of these stores (none: all) to the usual countries. Result: how many."""
        call = "app.services.freight.mass:export_table"
        return call, self._app.database_path, path, Query(store_ids=tuple(store_ids)), (), messages.language

    def apply_call(self, matches: Sequence[Match]) -> tuple[Any, ...]:
        """Give listings the templates proposed for them. Result: an `Applied` a template."""
        return "app.services.freight.matching:apply_matches", self._app.database_path, by_template(matches)


def quoter_of(connection: Connection, tariff_key: str = "", rate: Decimal | None = None) -> Quoter:
    """With the team's channels and rate. Raises: BadFreightInput (`freight.no_tariff`)."""
    channels = read_channels(connection)
    if tariff_key and tariff_key not in channels.tariffs:
        raise BadFreightInput("freight.no_tariff", name=tariff_key, known=", ".join(channels.tariffs))
    stored = exchange_rate(connection, USD)
    return Quoter(channels, rate or (None if stored is None else stored.rate), tariff_key)


def _own_template(connection: Connection, subjects: Sequence[Subject]) -> Named:
    """The template of the listing that *subjects* are variants of."""
    store_id, template_id = next((one.template for one in subjects if one.template), (0, ""))
    row = connection.exec_driver_sql(
        "SELECT freight_template.id, freight_template.name, services, store.name FROM freight_template "
        "JOIN store ON store.id = store_id WHERE store_id = ? AND template_id = ?",
        (store_id, template_id),
    ).first()
    if row is None:
        raise NotFound("freight.no_template", name=template_id or "–")
    if row[2] is None:
        raise BadFreightInput("freight.unread", name=row[1], store=row[3])
    return Named(row[0], row[1], read_services(orjson.loads(row[2])), store=row[3])
