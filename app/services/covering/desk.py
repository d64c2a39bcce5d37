"""Covering for the window and the command line: one front door."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.messages import messages
from app.services.covering.ids import ProductIds, looks_like_ids, read_ids, read_ids_file
from app.services.covering.mapping import Things
from app.services.covering.reading import load_things
from app.services.covering.records import CoverResult
from app.services.covering.report import ReportLine
from app.services.covering.rules import PRICE_NAMES, CoverRules, load_rules, save_rules
from app.services.listings.bulk_edit.formulas import compiled
from app.services.pricing.own_rules import own_rules
from app.services.stores.practice import reachable
from app.services.stores.records import StoreRecord
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.application import Application
    from app.services.covering.run import Sample


class CoverDesk:
    """Plain methods touch the disk; coroutines are for the running loop."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def read_text(self, text: str) -> ProductIds:
        """The ids of a pasted text. Raises: TooManyIds."""
        return read_ids(text)

    def looks_like_ids(self, path: Path) -> bool:
        """Whether a dropped file is a list of product ids, and no sheet of listings."""
        return looks_like_ids(path)

    def read_file(self, path: Path) -> ProductIds:
        """The ids of a dropped file. Raises: FileUnreadable, WorkbookError, NoIds, TooManyIds."""
        return read_ids_file(path)

    def rules(self, from_store_id: int, to_store_id: int) -> CoverRules:
        """What was kept for the pair."""
        return load_rules(self._app.db, from_store_id, to_store_id)

    def save_rules(self, from_store_id: int, to_store_id: int, rules: CoverRules) -> None:
        """Keep *rules* for the pair. Raises: BadRule, FormulaError."""
        save_rules(self._app.db, from_store_id, to_store_id, rules)

    def price_rules(self) -> dict[str, str]:
        """The team's own price rules by name, as formulas; those that read what is known of a listing of another store
        (`PRICE_NAMES`)."""
        rules = {name: rule.text for name, rule in own_rules(self._app.db).items()}
        return {name: text for name, text in rules.items() if not compiled(text).names - PRICE_NAMES}

    def things(self, store_id: int) -> Things:
        """What is known here of a store's templates and groups."""
        return load_things(self._app.db, store_id)

    async def sample(
        self, from_store: StoreRecord, to_store: StoreRecord, wanted: ProductIds, ctx: TaskContext
    ) -> Sample:
        """The first few products, to try rules on. Raises: as `Cover.sample`."""
        found: Sample = await self._with_both(from_store, to_store, CoverRules(), ctx, wanted, update=None)
        return found

    async def run(
        self,
        from_store: StoreRecord,
        to_store: StoreRecord,
        rules: CoverRules,
        wanted: ProductIds,
        ctx: TaskContext,
        *,
        update: bool = False,
    ) -> CoverResult:
        """Cover *wanted* and keep the rules for the pair; *update* listings that are covered already, else skip them.
        Raises: as `Cover.run`."""
        await asyncio.to_thread(self.save_rules, from_store.id, to_store.id, rules)
        result: CoverResult = await self._with_both(from_store, to_store, rules, ctx, wanted, update=update)
        return result

    async def _with_both(
        self,
        from_store: StoreRecord,
        to_store: StoreRecord,
        rules: CoverRules,
        ctx: TaskContext,
        wanted: ProductIds,
        *,
        update: bool | None,
    ) -> Any:
        from app.services.covering.run import Cover, check_pair

        check_pair(from_store, to_store)
        app = self._app
        from_store, to_store = [await reachable(app, store) for store in (from_store, to_store)]
        async with app.connected(from_store) as theirs, app.connected(to_store) as ours:
            parallel = app.settings.parallel_calls
            cover = Cover(app.db, from_store, to_store, theirs, ours, rules, ctx, parallel, update is True)
            return await (cover.sample(wanted) if update is None else cover.run(wanted))

    def export_call(self, path: Path, lines: Sequence[ReportLine]) -> tuple[Any, ...]:
        """The call for the worker process that writes a report. Result: how many lines."""
        return "app.services.covering.report:export_report", path, list(lines), messages.language
