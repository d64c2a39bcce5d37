"""The use cases as the window is given them: one object over an `Application`, nothing of Qt in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.messages import messages
from app.services.application import load_network
from app.services.errors import AppError, InputError
from app.services.late import Late, late
from app.services.settings import Settings

if TYPE_CHECKING:
    from app.services.application import Application
    from app.services.codes.desk import CodesDesk
    from app.services.company_tables.desk import TablesDesk
    from app.services.compliance.word_desk import WordDesk
    from app.services.coverage.desk import CoverageDesk
    from app.services.covering.desk import CoverDesk
    from app.services.freight.desk import FreightDesk
    from app.services.images.desk import ImageDesk
    from app.services.listings.bulk_edit.desk import BulkEditDesk
    from app.services.listings.delisting.desk import DelistDesk
    from app.services.listings.desk import ListingDesk
    from app.services.listings.exporting import ExportOptions
    from app.services.listings.groups.desk import GroupDesk
    from app.services.listings.importing.desk import ImportDesk
    from app.services.listings.round_trip.desk import RoundTripDesk
    from app.services.listings.similar.desk import SimilarDesk
    from app.services.listings.source import ListingSource
    from app.services.orders.source import OrderSource
    from app.services.paging import Query
    from app.services.price_guard.desk import GuardDesk
    from app.services.pricing.desk import PricingDesk
    from app.services.publishing.desk import PublishDesk
    from app.services.publishing.preview import PublishPreview
    from app.services.stores.desk import StoreDesk
    from app.services.stores.names import StoreName
    from app.services.stores.records import StoreRecord
    from app.services.stores.source import StoreSource
    from app.services.stores.sync.conflicts import Choices, Conflict, Resolved, Side
    from app.services.stores.training import TrainingDesk
    from app.services.stores.wire_check import Line, WireReport
    from app.services.tasks import TaskContext
    from app.services.warehouses.desk import WarehouseDesk
    from app.services.warehouses.overseas.desk import OverseasDesk
    from app.services.warehouses.source import WarehouseTemplateSource


class DesktopServices:
    """What pages and dialogs call. Plain methods touch the disk: call them through the task runner; coroutines
    are for the running loop.

    Its attributes are the desks of their nouns. They and everything else are imported at their first use: the first
    rows of a start need none of them. `warm` imports what is usual.
    """

    def __init__(self, app: Application) -> None:
        self.app = app
        self.listings: ListingDesk = late(
            "app.services.listings.desk:ListingDesk", lambda: app.db, lambda: app.settings.role
        )
        self.bulk_edit: BulkEditDesk = late("app.services.listings.bulk_edit.desk:BulkEditDesk", app)
        self.warehouses: WarehouseDesk = late("app.services.warehouses.desk:WarehouseDesk", app)
        self.overseas: OverseasDesk = late("app.services.warehouses.overseas.desk:OverseasDesk", app)
        self.delisting: DelistDesk = late("app.services.listings.delisting.desk:DelistDesk", app)
        self.codes: CodesDesk = late("app.services.codes.desk:CodesDesk", app)
        self.tables: TablesDesk = late("app.services.company_tables.desk:TablesDesk", app)
        self.groups: GroupDesk = late("app.services.listings.groups.desk:GroupDesk", app)
        self.pricing: PricingDesk = late("app.services.pricing.desk:PricingDesk", app)
        self.guard: GuardDesk = late("app.services.price_guard.desk:GuardDesk", app)
        self.publishing: PublishDesk = late("app.services.publishing.desk:PublishDesk", app)
        self.importing: ImportDesk = late("app.services.listings.importing.desk:ImportDesk", app)
        self.round_trip: RoundTripDesk = late("app.services.listings.round_trip.desk:RoundTripDesk", app)
        self.store_desk: StoreDesk = late("app.services.stores.desk:StoreDesk", app)
        self.training: TrainingDesk = late("app.services.stores.training:TrainingDesk", app)
        self.covering: CoverDesk = late("app.services.covering.desk:CoverDesk", app)
        self.coverage: CoverageDesk = late("app.services.coverage.desk:CoverageDesk", app)
        self.words: WordDesk = late("app.services.compliance.word_desk:WordDesk", lambda: app.db)
        self.freight: FreightDesk = late("app.services.freight.desk:FreightDesk", app)
        self.similar: SimilarDesk = late("app.services.listings.similar.desk:SimilarDesk", app)
        self.images: ImageDesk = late("app.services.images.desk:ImageDesk", app)

    def warm(self) -> None:
        """Import what the window is going to ask for, so that it does not wait for that when it does."""
        for desk in vars(self).values():
            if isinstance(desk, Late):
                desk.made()
        from app.services.publishing import preview  # noqa: F401
        from app.services.stores import practice, sync  # noqa: F401

    # -- settings ----------------------------------------------------------------------------------------------

    @property
    def data_dir(self) -> Path:
        """Where everything lies."""
        return self.app.data_dir

    def settings(self) -> Settings:
        """The settings of the data folder. Raises: SettingsTooNew."""
        return self.app.settings

    def change_settings(self, values: Mapping[str, Any]) -> Settings:
        """Store some settings. Raises: InputError for a proxy that is no address; ValueError, TypeError for what
        makes no sense."""
        return self.app.change_settings(**values)

    def store_settings(self, values: Mapping[str, Any], guard: Mapping[str, str]) -> Settings:
        """The same, and what the price guard looks at, by the right of the role there was. Raises: NotAllowed,
        BadGuardSetting besides."""
        if guard:
            self.guard.change_settings(guard)
        return self.change_settings(values)

    def proxy_line(self, setting: str) -> Line:
        """Which proxy *setting* would mean, without its password, or what is wrong with it."""
        from app.services.stores.wire_check import proxy_line

        return proxy_line(self._usual_gateway, self.app.proxy_of(setting))

    async def check_wire(self, proxy: str, ctx: TaskContext) -> WireReport:
        """Go the way to the platform through *proxy*, as it would be stored."""
        import asyncio

        from app.services.stores.wire_check import check_wire

        await asyncio.to_thread(load_network)
        return await check_wire(self._usual_gateway, await asyncio.to_thread(self.app.proxy_of, proxy))

    @property
    def _usual_gateway(self) -> str:
        hosts = self.app.settings.gateway_hosts
        return f"https://{hosts[0] if hosts else Settings().gateway_hosts[0]}"

    def export_trace(self, path: Path) -> int:
        """Pack the trace into a zip; how many calls are in it. Raises: InputError where it cannot be written."""
        try:
            return self.app.trace.export(path)
        except OSError as error:
            raise InputError("trace.not_written", file=path.name, detail=error.strerror or "") from error

    # -- page sources ------------------------------------------------------------------------------------------

    def listing_source(self) -> ListingSource:
        """Rows of the Listings tab."""
        from app.services.listings.source import ListingSource

        return ListingSource(self.app.db)

    def store_source(self) -> StoreSource:
        """Rows of the Stores tab."""
        return self.store_desk.source()

    def order_source(self) -> OrderSource:
        """Rows of the Orders tab."""
        from app.services.orders.source import OrderSource

        return OrderSource(self.app.db)

    def warehouse_source(self) -> WarehouseTemplateSource:
        """Rows of the Warehouse templates tab."""
        from app.services.warehouses.source import WarehouseTemplateSource

        return WarehouseTemplateSource(self.app.db)

    # -- stores ------------------------------------------------------------------------------------------------

    def store_names(self) -> list[StoreName]:
        """All stores by name: quick, whatever they hold."""
        from app.services.stores.names import store_names

        return store_names(self.app.db)

    def stores(self) -> list[StoreRecord]:
        """All stores."""
        from app.services.stores.reading import list_stores

        return list_stores(self.app.db, warn_days=self.app.settings.token_warn_days)

    def store_name(self, store_id: int) -> str:
        """The name of a store. Raises: NotFound."""
        from app.services.stores.reading import get_store

        return get_store(self.app.db, store_id).name

    def find_store(self, name: str) -> StoreRecord:
        """A store by name or alias. Raises: NotFound."""
        from app.services.stores.reading import find_store

        return find_store(self.app.db, name)

    async def open_practice(self, language: str, ctx: TaskContext) -> Any:
        """Start the practice market, register its stores, fetch their data."""
        from app.services.stores.practice import set_up_practice

        return await set_up_practice(self.app, language=language, ctx=ctx)

    async def start_up(self, language: str, ctx: TaskContext) -> None:
        """What a start does in the background: worker process, daily copy, practice market if it is in use."""
        import asyncio

        from app.services.stores.practice import reachable

        await asyncio.to_thread(self.app.worker.start)
        await asyncio.to_thread(self._back_up)
        if not any(store.is_practice for store in await asyncio.to_thread(self.store_names)):
            return
        for store in await asyncio.to_thread(self.stores):
            if store.is_practice and not store.is_disconnected:
                await reachable(self.app, store, language=language)
                break

    async def sync(self, store_ids: Sequence[int], ctx: TaskContext) -> dict[str, AppError]:
        """Fetch everything of these stores, one after the other; all stores without ids. A store that fails does not
        stop the next one.

        Returns: what went wrong, by the store's name.
        Raises: TaskCancelled.
        """
        import asyncio

        failures: dict[str, AppError] = {}
        for store in await asyncio.to_thread(self.stores):
            if not store_ids or store.id in store_ids:
                ctx.checkpoint()
                try:
                    await self._sync_one(store, ctx)
                except AppError as error:
                    failures[store.name] = error
        return failures

    async def _sync_one(self, store: StoreRecord, ctx: TaskContext) -> None:
        from app.services.stores.practice import reachable
        from app.services.stores.sync import sync_store

        settings, store = self.app.settings, await reachable(self.app, store)
        async with self.app.connected(store) as marketplace:
            await sync_store(
                self.app.db,
                marketplace,
                store.id,
                ctx=ctx,
                parallel=settings.parallel_calls,
                order_days=settings.order_days,
            )

    def conflicts(self) -> tuple[int, list[Conflict]]:
        """How many listings were changed here and on the platform, and the first of them."""
        from app.services.stores.sync.conflicts import conflicts, count_conflicts

        return count_conflicts(self.app.db), conflicts(self.app.db)

    def resolve_conflicts(self, choices: Choices, side: Side) -> Resolved:
        """Let one side count for these fields."""
        from app.services.stores.sync.conflicts import resolve_each

        return resolve_each(self.app.db, choices, side)

    def _back_up(self) -> None:
        """Today's copy of the database and of pictures beside it, unless there is one."""
        from app.services.kept_pictures import keep_pictures
        from app.services.upgrade import backup_dir, daily_backup

        path = self.app.database_path
        if daily_backup(path) is not None:
            keep_pictures(path.parent, backup_dir(path))

    # -- publishing --------------------------------------------------------------------------------------------

    def publish_preview(self, listing_ids: Sequence[int]) -> PublishPreview:
        """What pressing Publish would do."""
        from app.services.publishing.preview import publish_preview

        return publish_preview(self.app.db, listing_ids)

    def restore(self, path: Path) -> None:
        """Put a copy of the database file at *path* in place of the present one, which is kept among the backups;
        pictures that lie beside it and are missing here come back, and listings show them where they lie now.

        Raises: DatabaseDamaged, DatabaseTooNew, NoRoomToUpgrade; nothing was changed.
        """
        import shutil

        from app.services.kept_pictures import bring_pictures_back
        from app.services.moved_pictures import follow_pictures
        from app.services.upgrade import DatabaseDamaged, backup, backup_dir, open_database, revision_of

        if revision_of(path) is None:
            raise DatabaseDamaged(file=path.name)
        target = self.app.database_path
        probe = target.with_suffix(".restored")
        try:
            shutil.copyfile(path, probe)
            open_database(probe).dispose()
            backup(target, backup_dir(target), label="before-restore")
            with closing(sqlite3.connect(probe)) as source, closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
        finally:
            for leftover in (probe, probe.with_name(f"{probe.name}-wal"), probe.with_name(f"{probe.name}-shm")):
                leftover.unlink(missing_ok=True)
        self.app.db.dispose()
        bring_pictures_back(path.parent, target.parent)
        follow_pictures(self.app.db, target.parent)

    # -- files -------------------------------------------------------------------------------------------------

    def export_call(self, path: Path, chosen: Sequence[int] | Query, options: ExportOptions) -> tuple[Any, ...]:
        """The call for the worker process that writes these listings, ids or all of a filter, to *path*."""
        options = replace(options, separator=self.app.settings.code_separator)
        call = "app.services.listings.exporting:export_file"
        return call, self.app.database_path, path, chosen, options, messages.language

    def save_template(self, path: Path) -> None:
        """Write the ready-made sheet to *path*. Raises: InputError where it cannot be written or is named otherwise."""
        from app.services.workbooks import check_kind, save_template

        check_kind(path, (".xlsx",))
        save_template(path)
