"""Layers point one way (CONTRIBUTING.md, style.md 1)."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT, Module, imports, is_within, modules

BANNED = {
    "app/models": ("app.services", "app.views", "app.cli", "app.practice_market", "PySide6", "qasync"),
    "app/services": ("app.views", "app.cli", "app.practice_market", "PySide6", "shiboken6", "qasync"),
    "app/views": (
        "app.models",
        "app.cli",
        "app.practice_market",
        "sqlalchemy",
        "alembic",
        "sqlite3",
        "pandas",
        "openpyxl",
    ),
    "app/cli": ("app.views", "app.models", "PySide6", "qasync"),
    "app/messages.py": ("app.services", "app.models", "app.views", "app.cli", "PySide6", "sqlalchemy"),
    "app/paths.py": ("app.services", "app.models", "app.views", "app.cli", "PySide6", "sqlalchemy"),
}
ALONE = ("app/models", "app/practice_market", "app/samples")
"""Packages that import nothing else of `app`."""

HEAVY = ("pandas", "numpy", "openpyxl")
"""A tenth to half a second of start-up each (engineering.md 7): imported where they are used, never at the top."""


@pytest.mark.parametrize(("part", "banned"), BANNED.items(), ids=list(BANNED))
def test_layers_point_one_way(part: str, banned: tuple[str, ...]) -> None:
    wrong = [
        f"{module}:{line} imports {name}"
        for module in modules(part)
        for name, line, _ in imports(module)
        if is_within(name, *banned)
    ]
    assert not wrong


@pytest.mark.parametrize("package", ALONE)
def test_these_stand_alone(package: str) -> None:
    own = package.replace("/", ".")
    found = modules(package)
    assert found
    wrong = [
        f"{module}:{line} imports {name}"
        for module in found
        for name, line, _ in imports(module)
        if is_within(name, "app") and not is_within(name, own)
    ]
    assert not wrong


def test_samples_need_little() -> None:
    allowed = {*sys.stdlib_module_names, "app", "PIL", "openpyxl"}
    wrong = [
        f"{module}:{line} imports {name}"
        for module in modules("app/samples")
        for name, line, _ in imports(module)
        if name.split(".")[0] not in allowed
    ]
    assert not wrong


def test_launcher_needs_only_the_standard_library() -> None:
    wrong = [
        f"{module}:{line} imports {name}"
        for module in modules("run.py", "launcher")
        for name, line, _ in imports(module)
        if name.split(".")[0] not in {*sys.stdlib_module_names, "launcher"}
    ]
    assert not wrong


def test_nothing_imports_the_main_program() -> None:
    wrong = [
        f"{module}:{line}"
        for module in modules("app")
        for name, line, _ in imports(module)
        if is_within(name, "app.__main__")
    ]
    assert not wrong


def test_program_never_imports_tests() -> None:
    wrong = [
        f"{module}:{line}"
        for module in modules("app", "launcher", "run.py")
        for name, line, _ in imports(module)
        if is_within(name, "tests", "pytest")
    ]
    assert not wrong


@pytest.mark.parametrize("package", ["app.views", "app.services"])
def test_heavy_packages_are_not_loaded_at_start(package: str) -> None:
    names = [module.name for module in modules(package.replace(".", "/")) if not is_within(module.name, "app.models")]
    code = f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert loaded.returncode == 0, loaded.stderr
    assert not set(HEAVY) & set(loaded.stdout.split())


def test_relative_imports_are_resolved() -> None:
    """The reader of imports itself, whose silence would let everything pass."""
    text = """
import app.services
from .editing import edit
from ..freight import quote
from . import texts
def later():
    import pandas
if sys.platform == "win32":
    import winreg
"""
    path = ROOT / "app" / "services" / "listings" / "undo.py"
    module = Module(path, "app.services.listings.undo", ast.parse(text), 9, text)
    assert list(imports(module)) == [
        ("app.services", 2, True),
        ("app.services.listings.editing.edit", 3, True),
        ("app.services.freight.quote", 4, True),
        ("app.services.listings.texts", 5, True),
        ("pandas", 7, False),
        ("winreg", 9, False),
    ]
