"""Every refusal the code speaks of has its sentence, with the parameters it needs; no sentence is left over."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from app.practice_market.catalogue import load
from app.practice_market.faults import KINDS
from app.practice_market.refusals import Refusal

CODE = Path(__file__).parents[3] / "app" / "practice_market"
NAMED = {"app_key.missing", "timestamp.missing"}
"""Keys that the code puts together."""
REFUSALS: dict[str, dict[str, Any]] = load("refusals")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def keys() -> dict[str, set[str]]:
    """All keys, reasons as `entry.reason`, and the parameters each needs."""
    found = {}
    for key, entry in REFUSALS.items():
        needed = placeholders(entry["text"]) | placeholders(str(entry.get("top", ("", ""))[1]))
        if "reasons" not in entry:
            found[key] = needed
        for kind, reason in entry.get("reasons", {}).items():
            found[f"{key}.{kind}"] = needed - {"reason"} | placeholders(reason)
    return found


def constants(node: ast.expr) -> Iterator[str]:
    """The texts an expression may be: a constant or either side of a choice."""
    if isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)
    elif isinstance(node, ast.Constant):
        yield str(node.value)


def spoken() -> Iterator[tuple[str, str, set[str]]]:
    """Place, key and named parameters of every refusal in the code."""
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            given = {keyword.arg or "" for keyword in node.keywords}
            place = f"{path.relative_to(CODE)}:{node.lineno}"
            if isinstance(node.func, ast.Name) and node.func.id == "Refusal":
                for key in constants(node.args[0]):
                    yield place, key, given
            elif isinstance(node.func, ast.Attribute) and node.func.attr == "refuse":
                for kind in constants(node.args[1]):
                    yield place, f"schema.{kind}", given | {"pointer"}


def test_what_is_spoken_is_written() -> None:
    known = keys()
    wrong = [f"{place} {key}" for place, key, given in spoken() if known.get(key) != given]
    assert not wrong


def test_what_is_written_is_spoken() -> None:
    used = {key for _, key, _ in spoken()} | {kind.refusal for kind in KINDS.values()} | NAMED
    assert keys().keys() - used == set()


@pytest.mark.parametrize("key", keys())
def test_every_sentence_can_be_said(key: str) -> None:
    refusal = Refusal(key, **dict.fromkeys(keys()[key], "x"))
    assert refusal.code
    assert refusal.wording.text == str(refusal)
    assert isinstance(refusal.wording.number, int)
    assert refusal.wording.is_gateway == ("iop" in REFUSALS.get(key, {}))


def test_a_reason_stands_behind_its_pointer() -> None:
    refusal = Refusal("schema.range", pointer="gross_weight", value="0", low="0.001", high="500.000")
    assert refusal.wording.text == "#/gross_weight: 0 is not between 0.001 and 500.000"
    assert refusal.code == "F00-00-10020-002"
