"""Rules are data that say where they come from and when that was true (DESIGN.md 3.9)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import ROOT

RULES = sorted((ROOT / "resources" / "rules").rglob("*"))
DATE = re.compile(r"20\d\d-\d\d(-\d\d)?")


def test_there_are_rules() -> None:
    assert RULES


@pytest.mark.parametrize("path", [path for path in RULES if path.suffix == ".json"], ids=lambda path: path.name)
def test_rules_name_source_and_date(path: Path) -> None:
    rules: dict[str, Any] = json.loads(path.read_text("utf-8"))
    source = rules.get("source") or rules.get("_source")
    date = rules.get("as_of") or rules.get("date") or rules.get("_date")
    assert isinstance(source, str), "source"
    assert len(source) > 5
    assert isinstance(date, str), "as_of"
    assert DATE.fullmatch(date)


def test_rules_are_json_or_explained_beside() -> None:
    """Another format carries its source in its first line."""
    others = [path for path in RULES if path.is_file() and path.suffix != ".json"]
    silent = [path.name for path in others if "source" not in path.read_text("utf-8").split("\n")[0].lower()]
    assert not silent
