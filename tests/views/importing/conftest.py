"""The import as a user meets it: a real window, a real worker process, a real database, real files."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from app.models import Store
from app.services.application import Application
from app.services.clock import now_ms
from app.services.desktop import DesktopServices
from app.services.upgrade import open_database
from app.services.worker import WorkerProcess
from app.views.context import ViewContext
from app.views.event_loop import WindowLoop
from app.views.importing.dialog import ImportDialog
from app.views.task_runner import TaskRunner
from app.views.view_settings import MemorySettings

PATIENCE_MS = 20_000
HEADERS = ("货号", "英文标题 Title", "商家编码", "颜色分类", "单价($)", "可用库存", "重量（g）", "FBA 备注")
LAMP = ("LM4402", "Bedside Table Lamp Dimmable Touch Control", "LM4402-WH", "米白", "18.90", "120", "840", "")
MUG = ("CF1240", "Insulated Coffee Mug with Lid 350 ml", "CF1240-BK", "黑色", "8.40", "588", "420", "rack 7")
CABLE = ("CB2210", "USB C to USB C Cable 100W Braided Fast Charging", "CB2210-BK", "黑色", "2.35", "999", "62", "")
Row = Sequence[str]


@pytest.fixture(scope="session")
def worker() -> Iterator[WorkerProcess]:
    """One worker process for all tests: starting one takes longer than a test."""
    process = WorkerProcess()
    process.submit("app.services.listings.importing.session:survey", []).result()
    yield process
    process.close()


@pytest.fixture(scope="session")
def two_stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with two stores to import into and one that may only be read."""
    path = tmp_path_factory.mktemp("database") / "shangjia.db"
    database = open_database(path)
    with database.write() as session:
        for name, access in (("晨帆数码", "operate"), ("橙屿家居", "operate"), ("北弦音频", "read_only")):
            gateway = "http://127.0.0.1:1"
            session.add(Store(name=name, gateway=gateway, access=access, credential_ref=name, created_ms=now_ms()))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture
def app(tmp_path: Path, two_stores: Path, worker: WorkerProcess) -> Iterator[Application]:
    """A data folder of its own."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(two_stores, folder / "shangjia.db")
    made = Application(folder)
    made._worker = worker
    yield made
    if made._worker is worker:
        made._worker = None  # it goes on with the next test
    made.close()


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[WindowLoop]:
    """Coroutines run in Qt's loop, as in the program."""
    made = WindowLoop(qapp, already_running=True)
    pool = ThreadPoolExecutor(2, "io")
    made.set_default_executor(pool)
    yield made
    pool.shutdown()
    made._QEventLoop__is_running = False  # its own `stop` would quit the application, and every later test with it
    asyncio.events._set_running_loop(None)
    made._after_run_forever()
    made.close()


@pytest.fixture
def runner(app: Application) -> Iterator[TaskRunner]:
    """Threads, coroutines and the worker process."""
    heavy = SimpleNamespace(submit=lambda *args, ctx: app.worker.submit(*args, ctx=ctx))
    made = TaskRunner(workers=4, heavy=heavy)
    yield made
    made.shutdown()


@pytest.fixture
def context(runner: TaskRunner, app: Application, loop: WindowLoop) -> ViewContext:
    """What the dialog is given."""
    return ViewContext(runner, MemorySettings(), DesktopServices(app))


@pytest.fixture
def window(qtbot: Any) -> Iterator[QWidget]:
    """What the dialog lies over."""
    made = QWidget()  # not given to qtbot, which would delete it before the dialogs in it were closed
    made.resize(1440, 900)
    made.show()
    yield made
    made.close()
    made.deleteLater()


class User:
    """What a person does with the dialog."""

    def __init__(self, qtbot: Any, dialog: ImportDialog) -> None:
        self.qtbot, self.dialog = qtbot, dialog

    def waits_until(self, condition: Callable[[], Any]) -> None:
        """Wait for something."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def waits_for_rows(self) -> None:
        """Until the sheet is read and its rows are shown."""
        dialog = self.dialog
        self.waits_until(lambda: dialog.head is not None and dialog.reading.handle is None)
        if dialog.preview.table is not None:
            self.waits_until(self._is_fresh)

    def waits_for_problem(self) -> str:
        """Until the dialog says why there are no rows. Returns: the sentence."""
        self.waits_until(lambda: self.dialog._problem is not None and self.dialog.preview.state.isVisible())
        return self.dialog.preview.state.texts[1]

    def _is_fresh(self) -> bool:
        """Whether the first rows are here as the newest plan has them; asks for those that are not."""
        paged = self.dialog.preview.table.paged
        if not paged.is_ordered or paged._loader.is_busy or paged._stale_timer.isActive():
            return False
        return all(paged.record(row) is not None for row in range(min(paged.rowCount(), 100))) and not (
            paged._loader.is_busy or (paged.rowCount() and 0 in paged._cache.stale)
        )

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows in view as texts by column title."""
        table = self.dialog.preview.table
        assert table is not None
        model = table.paged
        shown = [span.logical for span in table.spans()]
        titles = {at: model.headerData(at, Qt.Orientation.Horizontal) for at in shown}
        return [
            {str(titles[at]): model.data(model.index(row, at)) or "" for at in shown} for row in range(model.rowCount())
        ]

    def column(self, title: str) -> int:
        """Number of the column with this title."""
        model = self.dialog.preview.table.paged
        titles = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
        return titles.index(title)

    def types_into_cell(self, row: int, title: str, text: str) -> None:
        """Double-click, type, Enter."""
        table = self.dialog.preview.table
        index = table.paged.index(row, self.column(title))
        table.scrollTo(index)
        at = table.visualRect(index).center()
        self.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        self.qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        editors = [edit for edit in table.viewport().findChildren(QLineEdit) if edit.isVisible()]
        assert len(editors) == 1, "no editor opened"
        editors[0].selectAll()
        QTest.keyClicks(editors[0], text)
        QTest.keyClick(editors[0], Qt.Key.Key_Return)
        QApplication.processEvents()  # Qt commits a moment after the key

    def chooses_segment(self, key: str) -> None:
        """Click a segment."""
        segments = self.dialog.preview.segments
        at: QPoint = segments.part_rect(key).center()
        self.qtbot.mouseClick(segments, Qt.MouseButton.LeftButton, pos=at)
        self.waits_for_rows()

    def presses(self, button: QWidget) -> None:
        """Click a button."""
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def counts(self) -> dict[str, int]:
        """What the segments say."""
        return self.dialog.preview.segments._counts


@pytest.fixture
def open_import(qtbot: Any, context: ViewContext, window: QWidget) -> Iterator[Callable[..., User]]:
    """Opens the import with files, as a drop does; what is open at the end is closed."""
    opened: list[ImportDialog] = []

    def make(*paths: Path, store_id: int | None = None, waits: bool = True) -> User:
        dialog = ImportDialog(context, list(paths), store_id, window)
        opened.append(dialog)
        dialog.open()
        user = User(qtbot, dialog)
        if waits:
            user.waits_for_rows()
        return user

    yield make
    context.jobs.cancel_all()
    for dialog in opened:
        if isValid(dialog):
            dialog.reject()
    qtbot.waitUntil(lambda: context.runner.is_idle and not context.jobs.running, timeout=PATIENCE_MS)


@pytest.fixture
def busy_worker(worker: WorkerProcess) -> Callable[[], Any]:
    """`with busy_worker():` – somebody else uses the worker process; whatever is asked of it waits."""
    return lambda: worker._turn


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """Writes a supplier's sheet."""

    def write(
        *rows: Row,
        name: str = "供应商报价_0612.xlsx",
        headers: Row = HEADERS,
        above: Sequence[Row] = (),
        title: str = "报价",
    ) -> Path:
        import openpyxl

        book = openpyxl.Workbook()
        page = book.active
        page.title = title
        for row in (*above, headers, *rows):
            page.append(list(row))
        path = tmp_path / name
        book.save(path)
        return path

    return write


@pytest.fixture
def stored(app: Application) -> Callable[..., list[dict[str, Any]]]:
    """What the database holds: a listing and SKU a line."""

    def read(store_id: int = 1) -> list[dict[str, Any]]:
        with app.db.reader.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT product_key, title, status, weight_g, sku.code, price_minor, sku.stock FROM listing "
                "JOIN sku ON sku.listing_id = listing.id WHERE store_id = ? ORDER BY listing.id, position",
                (store_id,),
            )
            return [dict(row) for row in rows.mappings()]

    return read


def changed(row: Row, **values: str) -> tuple[str, ...]:
    """*row* with other cells: code, price, stock, weight, title, key."""
    places = {"key": 0, "title": 1, "code": 2, "color": 3, "price": 4, "stock": 5, "weight": 6, "note": 7}
    cells = list(row)
    for name, value in values.items():
        cells[places[name]] = value
    return tuple(cells)


@pytest.fixture
def change_row() -> Callable[..., tuple[str, ...]]:
    """`change_row(LAMP, price="19.90")`."""
    return changed


@pytest.fixture
def samples() -> SimpleNamespace:
    """Rows of a sheet."""
    return SimpleNamespace(headers=HEADERS, lamp=LAMP, mug=MUG, cable=CABLE)
