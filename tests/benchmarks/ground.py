"""What is measured on: made once for a run, in a temporary folder."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from app.samples.families import families
from app.samples.writing import SampleOptions, write_sample

NAME = "shangjia.db"
FAMILIAR_ROWS = 3_000
"""Rows that bring listings of every family once, so that the store knows all categories the big sheet uses."""


@dataclass(frozen=True)
class Sizes:
    """How much is measured on."""

    sheet_rows: int
    listings: int
    sent: int
    synced: int
    package_products: int
    repeats: int


FULL = Sizes(sheet_rows=100_000, listings=1_000_000, sent=1_000, synced=100_000, package_products=20_000, repeats=3)
QUICK = Sizes(sheet_rows=5_000, listings=20_000, sent=100, synced=2_000, package_products=1_000, repeats=1)


class Ground:
    """The folder of a run and what lies in it; everything is made when it is first asked for."""

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        self.folder, self.sizes = folder, sizes
        self._numbers = 0

    def new_folder(self, name: str) -> Path:
        """An empty folder."""
        self._numbers += 1
        path = self.folder / f"{name}-{self._numbers}"
        path.mkdir(parents=True)
        return path

    @property
    def bytecode(self) -> dict[str, str]:
        """Variables of programs that are measured from their start: an installed program lies there compiled, so
        theirs is kept after the first start, in the folder of the run."""
        return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(self.folder / "bytecode")}

    @cached_property
    def sheet(self) -> Path:
        """The big supplier's sheet, 30 columns, its pictures beside it."""
        path = self.new_folder("sheet") / "listings.xlsx"
        write_sample(path, SampleOptions(rows=self.sizes.sheet_rows, columns=30, images=True))
        return path

    @cached_property
    def sheet_to_send(self) -> Path:
        """A sheet that brings about as many listings as are sent."""
        path = self.new_folder("sent") / "listings.xlsx"
        write_sample(
            path, SampleOptions(rows=self.sizes.sent * 9 // 2, seed=7, columns=30, images=True, families=families()[:2])
        )
        return path

    @cached_property
    def store(self) -> Path:
        """A data folder with the practice stores, synced, that knows the categories of the sheets."""
        folder = self.new_folder("store")
        asyncio.run(_set_up(folder))
        with closing(sqlite3.connect(folder / NAME)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return folder

    def copy_of_store(self) -> Path:
        """A data folder to change: a copy of `store`."""
        folder = self.new_folder("data")
        shutil.copytree(self.store, folder, dirs_exist_ok=True)
        return folder

    @cached_property
    def outbox(self) -> Path:
        """A data folder whose first store has listings that only wait to be published; publish from copies."""
        from tests.benchmarks.outbox import fill

        folder = self.copy_of_store()
        fill(folder, self.sheet_to_send)
        return folder

    def copy_of_outbox(self) -> Path:
        """A data folder to publish from."""
        folder = self.new_folder("outbox")
        shutil.copytree(self.outbox, folder, dirs_exist_ok=True)
        return folder

    def copy_of_shop(self, count: int) -> Path:
        """A data folder whose market has *count* listings in the first store, most of which were never synced."""
        from tests.benchmarks.shop import stock

        folder = self.copy_of_store()
        stock(folder, count)
        return folder

    @cached_property
    def million(self) -> Path:
        """A data folder with very many listings; read it only. Its copy of today is there, as after the first start
        of a day, and its stores are no practice stores: a start brings up no market beside the window."""
        from app.services.upgrade import daily_backup
        from tests.benchmarks.many_listings import fill

        folder = self.copy_of_store()
        path = folder / NAME
        daily_backup(path)  # before the filling: nobody reads this copy
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE store SET is_practice = 0")
        fill(path, self.sizes.listings)
        return folder

    @cached_property
    def million_of_today(self) -> Path:
        """The same folder, every figure worked out: a window that opens on it has nothing else to do, as on any day
        but the first."""
        from tests.benchmarks.many_listings import fill_figures

        fill_figures(self.million / NAME)
        return self.million


async def _set_up(folder: Path) -> None:
    """Practice stores, synced; every category of the sheets learnt by importing a few of its rows and taking them
    back."""
    from app.services.application import Application
    from app.services.history.undo import undo
    from app.services.listings.importing.session import plan_import, store
    from app.services.stores.leaves import learn_leaves
    from app.services.stores.practice import set_up_practice
    from app.services.tasks import TaskContext

    sheet = folder / "few.xlsx"
    write_sample(sheet, SampleOptions(rows=FAMILIAR_ROWS))
    with Application(folder) as app:
        first = (await set_up_practice(app))[0]
        plan, table = plan_import(app.db, app.database_path, sheet, first.id, TaskContext())
        store(app.db, plan, table.error_count, TaskContext())
        await learn_leaves(app, first)
        undo(app.db)
        await app.disconnect()
        with app.db.bulk() as connection:
            connection.exec_driver_sql("DELETE FROM change")
    sheet.unlink()
