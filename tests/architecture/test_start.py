"""What a start waits for (DESIGN.md 9): few imports before the first paint, no SQLAlchemy before the first rows."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from app.views.ahead import BULK_EDIT, IMPORTING
from app.views.view_settings import FileSettings
from tests.architecture.source import ROOT, imports, is_within, modules

TO_THE_PAINT = """
import sys
import app.__main__
from app.views import start

def painted(widget):
    wait(widget)
    print(*sys.modules, sep="\\n")
    print(widget.window().isVisible(), widget.window().app_bar.tabs["orders"].isChecked())
    sys.exit()

wait, start.wait_for_paint = start.wait_for_paint, painted
app.__main__.main(["--data", sys.argv[1]])
"""
NOT_FOR_THE_PAINT = (
    "aiohttp", "alembic", "asyncio", "concurrent.futures", "dataclasses", "keyring", "locale", "numpy", "orjson",
    "platformdirs", "psutil", "pyqtgraph", "qasync", "sqlalchemy", "sqlite3", "app.models", "app.practice_market",
    "app.cli.main", "app.services.application", "app.services.settings", "app.services.tasks", "app.services.paging",
    "app.services.expressions", "app.services.listings", "app.services.desktop", "app.views.actions",
    "app.views.activity", "app.views.command_palette", "app.views.event_loop", "app.views.filter_bar",
    "app.views.first_run", "app.views.listings", "app.views.notices", "app.views.tab_page", "app.views.text_cache",
    "app.views.window_actions", "PySide6.QtNetwork",
)  # fmt: skip
"""Each takes one to three hundred thousandths of a start; together they were twice as long as all the rest."""
FEW = 40
"""Modules of our own before the first paint: each is found, read and run for a third of a millisecond."""
FOR_THE_ROWS = ("app.views.listings.page", "app.views.event_loop", "app.services.desktop", "app.services.upgrade")
"""What is imported between the first paint and the first rows; `app.services.listings.source` comes with the page."""
NOT_FOR_THE_ROWS = ("sqlalchemy", "alembic", "aiohttp", "numpy", "python_calamine", "app.models.tables", "keyring")


def test_the_first_paint_waits_for_few_modules(tmp_path: Path) -> None:
    settings = FileSettings(tmp_path / "window.ini")
    settings.put("window.tab", "orders")
    settings.sync()
    command = [sys.executable, "-c", TO_THE_PAINT, str(tmp_path)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    *loaded, shown, _ = told
    assert shown == "True True", "the window is in view, the tab marked that will be"
    assert not [name for name in loaded if is_within(name, *NOT_FOR_THE_PAINT)]
    assert "app.views.app_bar" in loaded
    assert len([name for name in loaded if is_within(name, "app")]) <= FEW


def _file(name: str) -> Path | None:
    """Where a module of ours stands; None where the name is no module."""
    path = ROOT.joinpath(*name.split("."))
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.exists()), None)


@cache
def _at_once(name: str) -> frozenset[str]:
    """What importing the module *name* imports, itself and its packages among them, by dotted names."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if not is_within(name, "app"):
            continue
        if "." in name:
            waiting.append(name.rpartition(".")[0])
        file = _file(name)
        if file is not None:
            (module,) = modules(file.relative_to(ROOT).as_posix())
            waiting += [used for used, _, at_once in imports(module) if at_once]
    return frozenset(found)


@pytest.mark.parametrize("part", FOR_THE_ROWS)
def test_the_first_rows_wait_for_nothing_heavy(part: str) -> None:
    wrong = [name for name in _at_once(part) if is_within(name, *NOT_FOR_THE_ROWS)]
    assert not wrong


def test_a_window_that_calls_nobody_keeps_no_network_in_memory() -> None:
    """Ten megabytes; whoever calls a marketplace imports it on a thread first."""
    assert not [name for name in _at_once("app.services.stores.desk") if is_within(name, "aiohttp")]


def _modules_of(package: str, name: str) -> set[str]:
    """Modules of *package* that importing *name* imports."""
    return {found for found in _at_once(name) if is_within(found, package) and _file(found) is not None}


@pytest.mark.parametrize("names", [IMPORTING, BULK_EDIT])
def test_what_is_imported_ahead_comes_a_module_at_a_time_and_whole(names: tuple[str, ...]) -> None:
    """Fifteen modules at once would hold up a repaint; one that is left out holds up the dialog's first opening."""
    package = names[-1].rpartition(".")[0]
    known = {package}
    for name in names:
        brought = _modules_of(package, name) - known
        assert brought <= {name}
        known |= brought
    assert known >= _modules_of(package, names[-1])


def test_what_comes_with_a_module_is_found() -> None:
    """The reader itself, whose silence would let everything pass."""
    found = _at_once("app.views.listings.page")
    assert {"app.services.listings.source", "app.views.paged_table", "PySide6.QtCore.QTimer"} <= found
    assert any(is_within(name, "sqlalchemy") for name in _at_once("app.models.tables"))
