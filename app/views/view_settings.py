"""What the window remembers: geometry, column widths, order, sort, density, theme, text size. The language is the
command line's, too: it lies with the settings of the data folder (`DeskSettings`)."""

from __future__ import annotations

import json
import logging
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QByteArray, QSettings

from app.services.chosen_language import chosen_language

if TYPE_CHECKING:
    from app.services.application import Application
    from app.services.kept_filters import KeptFilters
    from app.views.task_runner import TaskRunner

log = logging.getLogger(__name__)

LANGUAGE = "window.language"
FILTERS = "filters."
"""Beginning of the names of saved filters; the name of their page follows."""


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


class DeskSettings:
    """`ViewSettings` of a data folder: the window's own in *window*; the language and saved filters where the command
    line reads them."""

    def __init__(self, window: ViewSettings, app: Application, runner: TaskRunner, data_dir: Path) -> None:
        self._window, self._app, self._runner, self._data_dir = window, app, runner, data_dir
        self._language: str | None = None
        self._filters: dict[str, Any] = {}
        self._writing = threading.Lock()

    @cached_property
    def _kept(self) -> KeptFilters:
        from app.services.kept_filters import KeptFilters

        return KeptFilters(self._data_dir)

    def get(self, name: str, default: Any = None) -> Any:
        """The value called *name*, or *default*."""
        if name.startswith(FILTERS):
            if name not in self._filters:
                kept = self._kept.all(name.removeprefix(FILTERS))
                self._filters[name] = self._window.get(name, default) if kept is None else kept
            return self._filters[name]
        if name != LANGUAGE:
            return self._window.get(name, default)
        return self._language or chosen_language(self._data_dir) or default

    def put(self, name: str, value: Any) -> None:
        """Remember *value*; language and filters are written on a thread."""
        if name.startswith(FILTERS):
            self._filters[name] = value
            handle = self._runner.call(self._keep_filters, name)
            handle.failed.connect(lambda error: log.warning("filters could not be kept: %s", error))
            return
        if name != LANGUAGE:
            self._window.put(name, value)
            return
        self._language = value
        handle = self._runner.call(self._keep_language)
        handle.failed.connect(lambda error: log.warning("the language could not be remembered: %s", error))

    def _keep_filters(self, name: str) -> None:
        """Those of now, as with the language."""
        with self._writing:
            self._kept.put(name.removeprefix(FILTERS), self._filters[name])

    def _keep_language(self) -> None:
        """The choice of now, not of the call: two calls may overtake each other, but none writes an older choice."""
        with self._writing:
            self._app.change_settings(language=self._language)


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
