"""Benchmarks run seldom: that each still fits the program is proven with every test run."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import tests.benchmarks
from tests.benchmarks.__main__ import NAMES

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
