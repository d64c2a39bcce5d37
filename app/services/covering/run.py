"""Covering from start to end: read, map, tell what is covered already, store as one change (DESIGN.md 5, Cover)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.models import StoreAccess
from app.services.codes.known import store_marks
from app.services.codes.rules import PLAIN_STORE
from app.services.compliance import load_context
from app.services.covering.costs import GoodsCosts
from app.services.covering.existing import by_code, by_origin, of_store, twice_among
from app.services.covering.ids import ProductIds
from app.services.covering.mapping import Sides, map_listing
from app.services.covering.reading import load_things, read_products, sync_things, usual_currency
from app.services.covering.records import Already, CoverResult, Failed, Mapped
from app.services.covering.rules import CoverRules
from app.services.covering.storing import Stored, store_drafts
from app.services.db import Database
from app.services.errors import InputError
from app.services.marketplace.port import Marketplace, MarketplaceError, RemoteListing
from app.services.stores.records import StoreRecord
from app.services.stores.sync.categories import ensure_attributes, sync_categories
from app.services.tasks import TaskContext

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Products whose whole records are in memory at the same time."""
SAMPLE = 5
"""Products a preview looks at."""
OWN_PRODUCT = "error.cover.own_product"


@dataclass(frozen=True, slots=True)
class Sample:
    """A few products of theirs, with the names of both stores' things; what the own store covers is looked up anew."""

    db: Database
    to_store_id: int
    sides: Sides
    read: tuple[RemoteListing, ...] = ()
    failed: tuple[Failed, ...] = ()

    def mapped(self, rules: CoverRules, ids: Sequence[str] = (), *, update: bool = False) -> CoverResult:
        """What these products would become under *rules*, and which of all *ids* would be skipped, as far as that can
        be said before all are read: those covered before, and those of the few that have a code of a listing here.
        None is where they are to be brought up to date.

        Raises: BadRule, FormulaError.
        """
        rules.check()
        drafts = [map_listing(one, rules, self.sides) for one in self.read]
        known = {} if update else self._known([*ids, *(one.product_id for one in drafts)], drafts)
        drafts = [one for one in drafts if one.product_id not in known]
        return CoverResult(
            skipped=list(known.values()),
            failed=list(self.failed),
            replacements=[one for draft in drafts for one in draft.replacements],
            unmapped=[one for draft in drafts for one in draft.unmapped],
            titles={draft.product_id: draft.record.title for draft in drafts},
        )

    def _known(self, ids: Sequence[str], drafts: Sequence[Mapped]) -> dict[str, Already]:
        with self.db.reader.connect() as connection:
            known = by_origin(connection, self.to_store_id, ids)
            return known | by_code(connection, self.to_store_id, [one for one in drafts if one.product_id not in known])


class CannotCover(InputError):
    """The pair of stores makes no sense; the code says why."""

    code = "cover.same_store"


@dataclass(slots=True)
class Cover:
    """One run over a pair of stores; `theirs` only reads, `ours` knows the own store's templates.

    Args:
        parallel: products read at the same time.
        update: listings that cover a product already are brought up to date, else skipped.
    """

    db: Database
    from_store: StoreRecord
    to_store: StoreRecord
    theirs: Marketplace
    ours: Marketplace
    rules: CoverRules
    ctx: TaskContext
    parallel: int = 8
    update: bool = False
    result: CoverResult = field(default_factory=CoverResult)

    async def run(self, wanted: ProductIds) -> CoverResult:
        """Cover *wanted*. Doing it again changes nothing.

        Raises:
            CannotCover: the same store twice, or one that may not be written.
            BadRule, FormulaError: a rule cannot be used.
            MarketplaceError: a store cannot be read at all; nothing was written.
            TaskCancelled: stopped; nothing was written.
        """
        self.result.junk, self.result.repeated = wanted.junk, wanted.repeated
        drafts, known = await self._drafts(wanted.ids)
        new, updates = self._sorted(drafts, known)
        sides = self._sides
        assert sides is not None
        store = (self.from_store.id, self.from_store.name)
        stored = await asyncio.to_thread(
            store_drafts, self.db, self.to_store.id, store, new, updates, sides.context.images.is_photobank, self.ctx
        )
        return self._told([*new, *(one for _, one in updates)], stored)

    async def sample(self, wanted: ProductIds) -> Sample:
        """The first few products as they are over there, to try rules on; nothing is written but names of templates.

        Raises:
            CannotCover, MarketplaceError, TaskCancelled.
        """
        check_pair(self.from_store, self.to_store)
        sides = await self._read_sides()
        read, failed = await self._read(wanted.ids[:SAMPLE])
        return Sample(self.db, self.to_store.id, sides, tuple(read), tuple(failed))

    _sides: Sides | None = None

    async def _drafts(self, ids: Sequence[str]) -> tuple[list[Mapped], dict[str, Already]]:
        """Everything that is to be written, mapped, and what covers it already."""
        check_pair(self.from_store, self.to_store)
        self.rules.check()
        self._sides = await self._read_sides()
        known = await asyncio.to_thread(self._known, ids)
        todo = [one for one in ids if self.update or one not in known]
        drafts: list[Mapped] = []
        for start in range(0, len(todo), AT_ONCE):
            self.ctx.checkpoint()
            self.ctx.report(start, len(todo), failed=len(self.result.failed), note="cover.reading")
            chunk = todo[start : start + AT_ONCE]
            read, failed = await self._read(chunk)
            self.result.failed += failed
            drafts += await asyncio.to_thread(self._map, read, self._sides)
        return drafts, known | await asyncio.to_thread(self._known_by_code, drafts, known)

    async def _read(self, ids: Sequence[str]) -> tuple[list[RemoteListing], list[Failed]]:
        """The records of a few products, with what their categories ask; those that cannot be read, and why."""
        read, failed = await read_products(self.theirs, ids, self.parallel, self.ctx)
        leaves = {one.content.category_id for one in read}
        await ensure_attributes(self.db, self.ours, self.to_store.gateway, leaves)
        return read, await asyncio.to_thread(self._explained, failed) if failed else failed

    def _explained(self, failed: Sequence[Failed]) -> list[Failed]:
        """A product of the own store is never one of theirs: that is said in place of what the platform says."""
        with self.db.reader.connect() as connection:
            own = of_store(connection, self.to_store.id, [one.product_id for one in failed])
        told: dict[str, object] = {"store": self.to_store.name}
        return [Failed(one.product_id, OWN_PRODUCT, told) if one.product_id in own else one for one in failed]

    async def _read_sides(self) -> Sides:
        """Names of both stores' things. Theirs may be closed to us: then ids alone can be mapped."""
        self.ctx.report(0, None, note="cover.names")
        await sync_things(self.db, self.ours, self.to_store.id, self.ctx)
        try:
            await sync_things(self.db, self.theirs, self.from_store.id, self.ctx)
        except MarketplaceError as error:
            log.info("names of %s cannot be read: %s", self.from_store.id, error.error_code)
        await sync_categories(self.db, self.ours, self.to_store.gateway, ctx=self.ctx)
        return await asyncio.to_thread(self._load_sides)

    def _load_sides(self) -> Sides:
        with self.db.read() as session:
            context = load_context(session, self.to_store.id)
            marks = store_marks(session.connection()).get(self.to_store.id, PLAIN_STORE)
        theirs, ours = (load_things(self.db, store.id) for store in (self.from_store, self.to_store))
        costs = GoodsCosts(self.db, self.to_store.id)
        return Sides(theirs, ours, context, usual_currency(self.db, self.to_store.id), costs, marks)

    def _known(self, ids: Sequence[str]) -> dict[str, Already]:
        with self.db.reader.connect() as connection:
            return by_origin(connection, self.to_store.id, ids)

    def _known_by_code(self, drafts: Sequence[Mapped], known: Mapping[str, Already]) -> dict[str, Already]:
        with self.db.reader.connect() as connection:
            return by_code(connection, self.to_store.id, [one for one in drafts if one.product_id not in known])

    def _map(self, read: Sequence[RemoteListing], sides: Sides) -> list[Mapped]:
        drafts = []
        for remote in read:
            try:
                drafts.append(map_listing(remote, self.rules, sides))
            except Exception:  # one strange record must not stop the others
                log.exception("product %s cannot be mapped", remote.product_id)
                self.result.failed.append(Failed(remote.product_id, "error.cover.not_mapped", {}))
        return drafts

    def _sorted(
        self, drafts: Sequence[Mapped], known: Mapping[str, Already]
    ) -> tuple[list[Mapped], list[tuple[int, Mapped]]]:
        """New drafts and updates; what is covered already is skipped unless it is to be brought up to date. A product
        that has a code of an earlier one of the same list is the same item once more."""
        result, twice = self.result, twice_among(drafts)
        mapped = {one.product_id for one in drafts}
        result.skipped += [one for number, one in known.items() if number not in mapped or not self.update]
        new, updates, seen = [], [], set[int]()
        for one in drafts:
            covered = known.get(one.product_id)
            if covered is None and one.product_id in twice:
                result.skipped.append(Already(one.product_id, 0, "list", twice[one.product_id]))
            elif covered is None:
                new.append(one)
            elif self.update and covered.listing_id in seen:
                result.skipped.append(covered)
            elif self.update:
                seen.add(covered.listing_id)
                updates.append((covered.listing_id, one))
        return new, updates

    def _told(self, drafts: Sequence[Mapped], stored: Stored) -> CoverResult:
        result = self.result
        result.copied, result.updated, result.unchanged = stored.new, stored.changed, stored.same
        result.change = stored.change
        result.skipped += stored.already
        late = {one.product_id for one in stored.already}
        for one in (one for one in drafts if one.product_id not in late):
            result.titles[one.product_id] = one.record.title
            if one.product_id not in stored.same:
                result.replacements += one.replacements
            result.unmapped += one.unmapped
        return result


def check_pair(from_store: StoreRecord, to_store: StoreRecord) -> None:
    """Raises: CannotCover."""
    if from_store.id == to_store.id:
        raise CannotCover("cover.same_store", store=to_store.name)
    if to_store.access != StoreAccess.OPERATE:
        raise CannotCover("cover.read_only", store=to_store.name)
    for store in (from_store, to_store):
        if store.is_disconnected:
            raise CannotCover("cover.disconnected", store=store.name)
