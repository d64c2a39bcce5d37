"""The dialogs of covering over real services: a database file and two marketplaces in memory."""

import asyncio
import importlib
from concurrent.futures import Future
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QWidget

from app.services.coverage.desk import CoverageDesk
from app.services.covering.desk import CoverDesk
from app.services.errors import AppError
from app.services.stores.reading import list_stores
from tests.unit.conftest import db, empty_database, make_listing
from tests.unit.coverage.conftest import shops
from tests.unit.covering.conftest import pair

__all__ = ["db", "empty_database", "make_listing", "pair", "shops"]


class MemoryDesk(CoverDesk):
    """The real desk; both stores are in memory, on a worker thread with a loop of its own."""

    def __init__(self, pair):
        super().__init__(SimpleNamespace(db=pair.db))
        self.pair = pair

    def sample(self, source, target, wanted, ctx):
        return asyncio.run(self._cover(source, target, None, ctx).sample(wanted))

    def run(self, source, target, rules, wanted, ctx, *, update=False):
        self.save_rules(source.id, target.id, rules)
        return asyncio.run(self._cover(source, target, rules, ctx, update=update).run(wanted))

    def _cover(self, source, target, rules, ctx, **options):
        run = self.pair.run(rules, **options)
        run.from_store, run.to_store, run.ctx = source, target, ctx
        return run


class HereLane:
    """The worker process's jobs, done here and now."""

    def submit(self, function, /, *args, ctx):
        module, _, name = function.partition(":")
        future = Future()
        try:
            future.set_result(getattr(importlib.import_module(module), name)(*args, ctx=ctx))
        except AppError as error:
            future.set_exception(error)
        return future


@pytest.fixture
def services(db, context, runner):
    """What the dialogs are given."""
    runner.heavy = HereLane()
    made = SimpleNamespace(
        stores=lambda: list_stores(db),
        coverage=CoverageDesk(SimpleNamespace(db=db, database_path=db.path)),
    )
    context.services = made
    return made


@pytest.fixture
def window(qtbot, services):
    """What the dialogs stand over."""
    parent = QWidget()
    parent.resize(1400, 900)
    qtbot.addWidget(parent)
    return parent
