"""Opening the window: event loop, look, services behind the first paint, an orderly end."""

from __future__ import annotations

import faulthandler
import gc
import logging
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.paths import data_of, default_data_dir
from app.services.late import late
from app.views.context import ViewContext
from app.views.desktop import Desktop
from app.views.look import Look
from app.views.task_runner import TaskRunner
from app.views.view_settings import DeskSettings, FileSettings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.services.application import Application
    from app.services.worker import WorkerProcess
    from app.views.sweeping import Sweeper

log = logging.getLogger(__name__)

SWITCH_S = 0.0005
"""A thread that computes gives way to the window after so long; the usual 5 ms are paid for at every call of Qt."""
AT_LAST_MS = 5_000
"""So long after the first paint rubbish is looked for whatever became of the start."""
IO_THREADS = 8
PATIENCE_MS = 500
"""A window that is not painted by then (it starts minimised, or on another desktop) is not waited for."""


class LateWorker:
    """The worker process of an application as the task runner's heavy lane, made at the first job."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def submit(self, function: str, /, *args: Any, ctx: Any) -> Any:
        """Run `package.module:function` in the worker."""
        worker: WorkerProcess = self._app.worker
        return worker.submit(function, *args, ctx=ctx)


def open_window(arguments: Sequence[str], *, is_demo: bool = False) -> int:
    """Run the window until it is closed. Returns: the exit code.

    Args:
        arguments: of the command line; `--data DIR` chooses the data folder.
        is_demo: use data of its own, with the practice store open and the demo workbook ready to be imported.
    """
    data_dir = _data_dir(arguments, is_demo=is_demo)
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(qt, QApplication)
    qt.setApplicationName("Shangjia")
    qt.setQuitOnLastWindowClosed(False)  # else "Event loop stopped before Future completed"
    gc.disable()  # a collection in a worker thread would destroy QObjects there; `_run` says who collects
    sys.setswitchinterval(SWITCH_S)
    with _crash_log(data_dir):
        _open(qt, data_dir, is_demo=is_demo)
    return 0


def _open(qt: QApplication, data_dir: Path, *, is_demo: bool) -> None:
    """Paint the window with the least there can be, and only then import the rest and go on in the event loop."""
    app: Application = late("app.services.application:Application", data_dir)
    remembered = FileSettings(data_dir / "window.ini")
    runner = TaskRunner(heavy=LateWorker(app))
    settings = DeskSettings(remembered, app, runner, data_dir)
    Look(qt, settings).apply()
    desktop = Desktop(ViewContext(runner, settings), lambda: load_services(app))
    desktop.show()
    wait_for_paint(desktop.window.centralWidget())
    import asyncio

    from app.views.event_loop import WindowLoop

    with asyncio.Runner(loop_factory=lambda: WindowLoop(qt)) as loop:
        loop.run(_run(app, desktop, is_demo=is_demo))
        remembered.sync()


def wait_for_paint(widget: QWidget) -> None:
    """Let Qt's events run until *widget* was painted for the first time, for half a second at most."""
    loop = QEventLoop()
    watch = _FirstPaint(widget, loop)
    patience = QTimer(loop, singleShot=True, interval=PATIENCE_MS)
    patience.timeout.connect(loop.quit)
    patience.start()
    loop.exec()
    patience.stop()
    widget.removeEventFilter(watch)


class _FirstPaint(QObject):
    """Ends *loop* after the first painting of *widget*."""

    def __init__(self, widget: QWidget, loop: QEventLoop) -> None:
        super().__init__()
        self._loop = loop
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Before it paints: the loop ends when all is painted."""
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._loop, self._loop.quit)
        return False


async def _run(app: Application, desktop: Desktop, *, is_demo: bool) -> None:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(IO_THREADS, "io"))
    loop.set_exception_handler(
        lambda _, context: log.error("in the event loop: %s", context.get("message"), exc_info=context.get("exception"))
    )
    runner, sweeper = desktop.context.runner, swept(desktop)
    closed = asyncio.Event()
    desktop.window.closed.connect(closed.set)
    if is_demo:
        desktop.ready.connect(lambda: desktop.practice.play_demo())
    if desktop.window.isHidden():  # it was closed while it was painted
        closed.set()
    desktop.load()
    await closed.wait()
    sweeper.stop()
    desktop.window.hide()
    runner.stop_all()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    await asyncio.gather(*others, return_exceptions=True)
    await app.disconnect()
    runner.shutdown()
    await asyncio.to_thread(app.close)


def swept(desktop: Desktop) -> Sweeper:
    """Let rubbish be looked for once the data is there, or else after some seconds: there may be none."""
    from app.services.collection import freeze_for_good
    from app.services.heap import give_back
    from app.views.sweeping import Sweeper

    runner, jobs = desktop.context.runner, desktop.context.jobs
    is_idle = lambda: runner.is_idle and not jobs.running  # noqa: E731
    sweeper = Sweeper(is_idle, give_back=lambda: runner.call(give_back))
    desktop.ready.connect(freeze_for_good)  # code and widgets stay: going through them again would hold up a repaint
    desktop.ready.connect(sweeper.start)
    desktop.warm.connect(sweeper.settle)  # else every full sweep looks for 0.1 s at what a start makes
    sweeper.start_within(AT_LAST_MS)
    return sweeper


def load_services(app: Application) -> Any:
    """Open the database, today's tables in it, and build the use cases. Runs on a thread, after the first paint."""
    from app.services.desktop import DesktopServices

    services = DesktopServices(app)
    services.listing_source()
    return services


def _data_dir(arguments: Sequence[str], *, is_demo: bool) -> Path:
    return data_of(arguments) or (default_data_dir() / "demo" if is_demo else default_data_dir())


class _crash_log:  # noqa: N801 - used as a context manager
    """Writes what nobody caught to the log, and a hard crash to `crash.log` of the data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "crash.log"
        self._file: Any = None

    def __enter__(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = self._path.open("a", encoding="utf-8")
        faulthandler.enable(self._file)
        sys.excepthook = _log_unexpected
        threading.excepthook = lambda args: _log_unexpected(args.exc_type, args.exc_value, args.exc_traceback)

    def __exit__(self, *_: object) -> None:
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        faulthandler.disable()
        self._file.close()


def _log_unexpected(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    log.error("unexpected error", exc_info=(kind, error or kind(), trace))
