"""What the window remembers: geometry, column widths, order, sort, density, theme, text size, language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QByteArray, QSettings


class ViewSettings(Protocol):
    """Values by name, kept between starts. Values are JSON: text, numbers, booleans, lists, objects."""

    def get(self, name: str, default: Any = None) -> Any:
        """The value called *name*, or *default*."""

    def put(self, name: str, value: Any) -> None:
        """Remember *value* as *name*."""


class FileSettings:
    """`ViewSettings` in an ini file of the user's data folder, so that two data folders are two desks."""

    def __init__(self, path: Path) -> None:
        self._stored = QSettings(str(path), QSettings.Format.IniFormat)

    def get(self, name: str, default: Any = None) -> Any:
        """The value called *name*; *default* if there is none or the file was damaged."""
        text = self._stored.value(name)
        try:
            return default if text is None else json.loads(text)
        except (TypeError, ValueError):
            return default

    def put(self, name: str, value: Any) -> None:
        """Remember *value*; written to the file soon and at the end."""
        self._stored.setValue(name, json.dumps(value, ensure_ascii=False))

    def sync(self) -> None:
        """Write to the file now."""
        self._stored.sync()


class MemorySettings(dict[str, Any]):
    """`ViewSettings` for one run: tests, pictures, `--self-test`."""

    def put(self, name: str, value: Any) -> None:
        """Remember *value* until the process ends."""
        self[name] = json.loads(json.dumps(value))


def packed(state: QByteArray) -> str:
    """Qt's geometry or state bytes as text."""
    return bytes(state.toBase64().data()).decode("ascii")


def unpacked(text: str | None) -> QByteArray:
    """The reverse of `packed`; empty for nothing."""
    return QByteArray.fromBase64((text or "").encode("ascii"))
