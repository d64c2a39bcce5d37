"""Files and functions stay small enough to be read, and tests keep up with the code (CONTRIBUTING.md)."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source import functions, modules

MOST_LINES = 500
MOST_FUNCTION_LINES = 60
LEAST_TEST_SHARE = 0.6
EVERYTHING = ("run.py", "launcher", "app", "installer", "tests")
MIGRATIONS = "app.models.migrations.versions"
"""Spelled out table by table, and never edited again."""


@pytest.mark.parametrize("folder", EVERYTHING)
def test_files_are_short(folder: str) -> None:
    long = {str(module): module.lines for module in modules(folder) if module.lines > MOST_LINES}
    assert {name for name in long if "migrations/versions" not in name} == set()


@pytest.mark.parametrize("folder", EVERYTHING)
def test_functions_are_short(folder: str) -> None:
    long = [
        f"{module}:{function.lineno} {function.name}: {lines} lines"
        for module in modules(folder)
        if not module.name.startswith(MIGRATIONS)
        for function in functions(module)
        if (lines := _own_lines(function)) > MOST_FUNCTION_LINES
    ]
    assert not long


def _own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body; a docstring is not to be saved on."""
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return (function.end_lineno or function.lineno) - body[0].lineno + 1


def test_tests_keep_up() -> None:
    code = sum(module.lines for module in modules("run.py", "launcher", "app"))
    tests = sum(module.lines for module in modules("tests"))
    assert tests >= LEAST_TEST_SHARE * code
