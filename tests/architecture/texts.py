"""Which sentences the source asks for: keys in calls, codes of errors, findings and cells, parts of keys."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.architecture.source import ROOT, Module, docstrings, modules

KEY = re.compile(r"[a-z][a-z0-9_]*(\.\w+)+", re.ASCII)
SPEAKERS = ("tr", "text")
"""Functions whose first argument is a key; SQLAlchemy's `text` takes SQL, which is no key."""
KEY_WORDS = ("note", "key", "message_key")
"""Keyword arguments that carry a key, besides everything that ends in `_key` of the window's tables."""
PROGRAM = (
    "app/messages.py",
    "app/services",
    "app/views",
    "app/cli",
    "app/__main__.py",
    "launcher",
    "run.py",
    "installer",
)


@cache
def program() -> tuple[Module, ...]:
    """Every module that speaks to a person; the practice market and the samples speak the platform's words."""
    return modules(*(part for part in PROGRAM if (ROOT / part).exists()))


@cache
def rule_files() -> dict[str, Any]:
    """Every rule file by its name without ending."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in (ROOT / "resources" / "rules").glob("*.json")}


def spoken_keys() -> Iterator[tuple[str, str]]:
    """Keys that stand as a literal where a key is wanted, with their place."""
    for module in program():
        for call in (node for node in module.nodes if isinstance(node, ast.Call)):
            if name_of(call.func) in SPEAKERS and call.args:
                yield from _keys(module, call.args[0])
            for keyword in call.keywords:
                if keyword.arg in KEY_WORDS:
                    yield from _keys(module, keyword.value)


def _keys(module: Module, node: ast.expr) -> Iterator[tuple[str, str]]:
    choices = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    for choice in choices:
        if isinstance(choice, ast.Constant) and isinstance(choice.value, str) and KEY.fullmatch(choice.value):
            yield choice.value, f"{module}:{choice.lineno}"


def error_classes() -> dict[str, bool]:
    """Names of `AppError` and every class of ours below it, and whether its first argument is a code."""
    classes = [node for module in modules("app") for node in module.nodes if isinstance(node, ast.ClassDef)]
    known: dict[str, bool] = {"AppError": True}
    while found := [node for node in classes if node.name not in known and _parents(node) & set(known)]:
        for node in found:
            makers = [item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"]
            inherited = all(known[parent] for parent in _parents(node) & set(known))
            known[node.name] = _takes_code(makers[0]) if makers else inherited
    return known


def _parents(node: ast.ClassDef) -> set[str]:
    return {name_of(base) for base in node.bases}


def _takes_code(maker: ast.FunctionDef) -> bool:
    names = [argument.arg for argument in (*maker.args.posonlyargs, *maker.args.args)]
    return names[1:2] == ["code"]


def error_codes() -> Iterator[tuple[str, str]]:
    """Codes of error classes and of raised errors, with their place."""
    known = error_classes()
    for module in program():
        for node in module.nodes:
            if isinstance(node, ast.ClassDef) and node.name in known:
                for item in node.body:
                    yield from _class_code(module, item)
            elif isinstance(node, ast.Call) and known.get(name_of(node.func)) and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield code.value, f"{module}:{node.lineno}"


def _class_code(module: Module, item: ast.stmt) -> Iterator[tuple[str, str]]:
    target = (
        item.target if isinstance(item, ast.AnnAssign) else item.targets[0] if isinstance(item, ast.Assign) else None
    )
    if isinstance(target, ast.Name) and target.id == "code" and isinstance(item.value, ast.Constant):  # type: ignore[attr-defined]
        yield str(item.value.value), f"{module}:{item.lineno}"  # type: ignore[attr-defined]


def finding_codes() -> Iterator[tuple[str, str]]:
    """Codes the checker can find: each has a severity in the rules."""
    for code in rule_files().get("listing_limits", {}).get("severities", {}):
        yield code, "listing_limits.json"


def cell_codes() -> Iterator[tuple[str, str]]:
    """Codes of refused cells: the literal after `cell.` in docstrings does not count, the argument `code` does."""
    for module in program():
        for call in (node for node in module.nodes if isinstance(node, ast.Call)):
            if name_of(call.func) in ("CellError", "Refusal", "CellRefused"):
                for node in [*call.args[:1], *(word.value for word in call.keywords if word.arg == "code")]:
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        yield node.value, f"{module}:{node.lineno}"


def name_of(node: ast.expr) -> str:
    """The last part of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def literals() -> tuple[set[str], set[str]]:
    """Every string of the source and the rules, and the beginnings of those that are put together."""
    whole: set[str] = set()
    beginnings: set[str] = set()
    for module in program():
        ignored = docstrings(module)
        for node in module.nodes:
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in ignored:
                whole.add(node.value)
    for rules in rule_files().values():
        whole |= set(_strings(rules))
    return whole, beginnings


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
