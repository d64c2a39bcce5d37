"""What the launcher says, also on consoles and interpreters that know little."""

from __future__ import annotations

import ast
import io
import json
import locale
import sys
from pathlib import Path

import pytest

from launcher import speech

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("system", "start"),
    [
        ("zh_CN", "没有"),
        ("Chinese (Simplified)_China", "没有"),
        ("en_US", "There"),
        (None, "There"),
        ("de_DE", "There"),
    ],
)
def test_language_of_the_system(monkeypatch: pytest.MonkeyPatch, system: str | None, start: str) -> None:
    monkeypatch.setattr(locale, "getlocale", lambda: (system, "UTF-8"))
    text = speech.tr("launcher.unknown_command", command="fly")
    assert text.startswith(start)
    assert "fly" in text


def test_console_without_chinese_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    console = io.TextIOWrapper(io.BytesIO(), "cp1252")
    monkeypatch.setattr(sys, "stderr", console)
    speech.say("环境 ready")
    console.seek(0)
    assert console.read() == "?? ready\n"


@pytest.mark.parametrize("path", ["run.py", "launcher/speech.py", "launcher/__init__.py"])
def test_older_interpreters_can_read_the_refusal(path: str) -> None:
    """Python 3.7 is the oldest anybody may still start us with."""
    ast.parse((ROOT / path).read_text("utf-8"), feature_version=(3, 7))


def test_every_sentence_of_the_launcher_is_spoken() -> None:
    keys = json.loads((ROOT / "resources" / "translations" / "launcher.json").read_text("utf-8"))
    source = "".join(path.read_text("utf-8") for path in [ROOT / "run.py", *(ROOT / "launcher").glob("*.py")])
    assert [key for key in keys if f'"{key}"' not in source] == []
