"""Rates, figures and explained prices for the window and the command line. Everything here touches the disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.services.db import Database
from app.services.errors import NotFound
from app.services.history.records import ChangeRecord
from app.services.paging import Query
from app.services.pricing.charting import Charts, charts
from app.services.pricing.explaining import Explanation, explain, terms_of
from app.services.pricing.linked import list_price_for, wanted_value
from app.services.pricing.rates import (
    CommissionShare,
    EnteredRate,
    Rate,
    commissions,
    enter_rates,
    rate_history,
    remove_rate,
    set_commissions,
)
from app.services.pricing.renewing import renew_figures
from app.services.pricing.team_settings import TeamSettings, change_settings, team_settings
from app.services.pricing.terms import Wanted
from app.services.pricing.watching import is_waiting
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.application import Application


@dataclass(frozen=True, slots=True)
class RatesOverview:
    """Everything the editor of rates and commissions shows; `names` are categories' by their id."""

    history: list[Rate]
    commissions: list[CommissionShare]
    settings: TeamSettings
    names: Mapping[str, str]


class PricingDesk:
    """The use cases of prices. Calls are (function path, arguments) for the task runner's heavy lane."""

    def __init__(self, app: Application | Callable[[], Database]) -> None:
        self._app = app

    @property
    def db(self) -> Database:
        """The database."""
        return self._app() if callable(self._app) else self._app.db

    # -- figures -----------------------------------------------------------------------------------------------

    def is_waiting(self) -> bool:
        """Whether stored figures are of yesterday."""
        with self.db.reader.connect() as connection:
            return is_waiting(connection)

    def renew_call(self) -> tuple[Any, ...]:
        """Bring stored figures up to date. Result: `Renewed`."""
        return "app.services.pricing.renewing:renew_stored", self.db.path

    def renew(self, ctx: TaskContext | None = None) -> int:
        """The same here and now. Returns: how many listings got new figures. Raises: TaskCancelled."""
        return renew_figures(self.db, ctx).listings

    # -- one price ---------------------------------------------------------------------------------------------

    def explain(self, listing_id: int, sku_id: int, price_minor: int | None = None) -> Explanation:
        """A variant's price step by step, or another price for it. Raises: NotFound."""
        with self.db.reader.connect() as connection:
            return explain(connection, listing_id, sku_id, price_minor)

    def with_price_for(self, listing_id: int, sku_id: int, wanted: Wanted, text: str) -> Explanation:
        """The list price that earns what was typed (`15 %`, `0.15`, or CNY), explained.

        Raises: NotFound, NoPriceReaches, BadPriceInput: a number that is none, or something is unknown.
        """
        with self.db.reader.connect() as connection:
            settings = team_settings(connection)
            given = explain(connection, listing_id, sku_id).given
            found = list_price_for(terms_of(given, settings), wanted, wanted_value(wanted, text))
            return explain(connection, listing_id, sku_id, found)

    def find_variant(self, store_id: int, code: str) -> tuple[int, int]:
        """Listing and variant of a merchant code, the newest of several. Raises: NotFound."""
        with self.db.reader.connect() as connection:
            row = connection.exec_driver_sql(
                "SELECT listing_id, sku.id FROM sku JOIN listing ON listing.id = listing_id "
                "WHERE sku.code = ? AND store_id = ? ORDER BY listing_id DESC, position LIMIT 1",
                (code, store_id),
            ).first()
        if row is None:
            raise NotFound(noun="sku", name=code)
        return int(row[0]), int(row[1])

    def charts(self, chosen: Sequence[int] | Query, ctx: TaskContext | None = None) -> Charts:
        """What the charts of these listings show. Raises: TaskCancelled."""
        return charts(self.db, chosen, ctx)

    # -- rates -------------------------------------------------------------------------------------------------

    def overview(self, language: str) -> RatesOverview:
        """All rates, commissions and settings."""
        with self.db.reader.connect() as connection:
            shares = list(commissions(connection).shares.values())
            column = "name_zh" if language == "zh" else "name_en"
            marks = ", ".join("?" * len(shares))
            names = connection.exec_driver_sql(
                f"SELECT category_id, {column} FROM category WHERE category_id IN ({marks})",
                tuple(one.category_id for one in shares),
            )
            found = {str(row[0]): str(row[1]) for row in names}
            return RatesOverview(rate_history(connection), shares, team_settings(connection), found)

    def enter_rate(self, rate: str, currency: str, as_of: str) -> ChangeRecord | None:
        """Keep a rate as typed. Raises: BadPriceInput."""
        return enter_rates(self.db, [EnteredRate(rate, currency, as_of)])

    def remove_rate(self, rate_id: int) -> ChangeRecord | None:
        """Take a rate out of the history. Raises: NotFound."""
        return remove_rate(self.db, rate_id)

    def set_commission(self, category_id: str, share: str) -> ChangeRecord | None:
        """Give a category its commission as typed, "" for none of its own. Raises: BadPriceInput."""
        return set_commissions(self.db, {category_id: share})

    def change_settings(self, texts: Mapping[str, str]) -> ChangeRecord | None:
        """Store the team's numbers as typed. Raises: BadPriceInput."""
        return change_settings(self.db, texts)

    def import_sheet(self, path: Path) -> list[ChangeRecord]:
        """Rates or commissions out of a sheet. Raises: BadRateSheet, UnreadableFile, WorkbookError, BadPriceInput."""
        from app.services.pricing.rate_sheets import import_rates

        return import_rates(self.db, path)
