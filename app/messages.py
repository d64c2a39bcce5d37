"""Every sentence a person reads, in Chinese and English, looked up by key.

The catalogue is `resources/translations/*.json`; each file is one object
`{"key": {"zh": "…", "en": "…"}}`. An English entry that depends on a count is
`{"one": "…", "other": "…"}` and chosen by the parameter `n`. Placeholders are `str.format` names.
Qt-free, so that window and command line say the same thing.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, Literal

from app.paths import resources

Language = Literal["zh", "en"]
Entry = dict[str, str | dict[str, str]]


@cache
def catalogue() -> dict[str, Entry]:
    """All entries of all translation files.

    Raises:
        ValueError: a key stands in two files.
    """
    entries: dict[str, Entry] = {}
    for path in sorted(_folder().glob("*.json")):
        for key, entry in _read(path).items():
            if key in entries:
                raise ValueError(f"{path.name}: the key {key} stands in another file, too")
            entries[key] = entry
    return entries


@cache
def _of_window() -> dict[str, Entry]:
    """What the frame of the window says: the first paint does not wait for all the rest."""
    return _read(_folder() / "window.json")


def _read(path: Path) -> dict[str, Entry]:
    entries: dict[str, Entry] = json.loads(path.read_text("utf-8"))
    return entries


def _folder() -> Path:
    return resources() / "translations"


def system_language() -> Language:
    """Chinese where the operating system is set to it, else English."""
    name = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    if not name:
        import locale  # here: it takes a millisecond, and only Windows and a macOS desktop have no such variable

        name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


class Messages:
    """The catalogue read in one language, which can be switched at run time."""

    def __init__(self, language: Language = "en") -> None:
        self.language: Language = language

    def text(self, key: str, /, **params: Any) -> str:
        """The sentence *key* with *params* filled in; whole numbers are grouped in threes.

        Raises:
            KeyError: no such key, or a placeholder without a parameter.
        """
        template = (_of_window().get(key) or catalogue()[key])[self.language]
        if isinstance(template, dict):
            template = template["one" if params.get("n") == 1 else "other"]
        if not params and "{" not in template:
            return str(template)  # a word, as most of a table's: nothing to fill in
        return template.format_map({name: self._shown(value) for name, value in params.items()})

    def has(self, key: str) -> bool:
        """Whether the catalogue holds *key*."""
        return key in catalogue()

    def _shown(self, value: Any) -> Any:
        if isinstance(value, Key):
            return self.text(value)
        return _Grouped(value) if type(value) is int else value


class Key(str):
    """A parameter that is itself an entry of the catalogue: shown as its text, in the language of the sentence."""

    __slots__ = ()


class _Grouped(int):
    """A whole number that prints as 12,846."""

    def __format__(self, spec: str) -> str:
        return int.__format__(self, spec or ",")


messages = Messages()
"""The process-wide catalogue in the language the user chose."""

tr = messages.text
"""Short for `messages.text`."""
