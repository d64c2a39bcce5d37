"""Every item model of the window is put before Qt's own judge of item models (DESIGN.md 8: nothing may ever jump)."""

from __future__ import annotations

import ast
import re

from tests.architecture.source import Module, modules

QT_MODEL = re.compile(r"Q\w+Model")
JUDGE = "QAbstractItemModelTester"


def _bases(tree: ast.AST) -> dict[str, set[str]]:
    """Class → the names it derives from."""
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return {node.name: {name for base in node.bases for name in _names(base)} for node in classes}


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def models_of_the_window(*views: Module) -> set[str]:
    """Classes that derive from one of Qt's models, however far off, and that nothing else derives from."""
    bases = {name: its for module in views for name, its in _bases(module.tree).items()}
    found: set[str] = set()
    while more := {name for name, its in bases.items() if any(map(QT_MODEL.fullmatch, its)) or its & found} - found:
        found |= more
    return found - set().union(*bases.values())


def judged(*tests: Module) -> set[str]:
    """Names that stand in a test function, fixture or method which also calls the judge."""
    named: set[str] = set()
    for module in tests:
        for node in module.nodes:
            if isinstance(node, ast.FunctionDef) and JUDGE in (names := _names(node)):
                named |= names
    return named


def test_every_model_is_judged() -> None:
    models = models_of_the_window(*modules("app/views"))
    assert {"PagedTableModel", "PaletteRows", "SkuModel", "ResultRows"} <= models
    assert not models - judged(*modules("tests/views"))
