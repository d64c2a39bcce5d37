"""Benchmarks run seldom: that each still fits the program is proven with every test run."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil

import pytest

import tests.benchmarks
from tests.benchmarks.__main__ import NAMES
from tests.benchmarks.programs import window_gaps

MODULES = [
    found.name
    for found in pkgutil.walk_packages(tests.benchmarks.__path__, "tests.benchmarks.")
    if not found.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_every_benchmark_and_measured_program_loads(name: str) -> None:
    assert importlib.import_module(name).__doc__


def test_every_name_has_a_benchmark() -> None:
    assert {f"tests.benchmarks.{module}" for module in NAMES.values()} <= set(MODULES)


def test_the_window_that_is_driven_has_what_is_called_of_it() -> None:
    source = ast.parse(inspect.getsource(window_gaps.Watched))
    called = {
        node.func.attr
        for node in ast.walk(source)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "self"
    }
    assert "listings_page" in called
    assert [name for name in called if not hasattr(window_gaps.Watched, name)] == []
