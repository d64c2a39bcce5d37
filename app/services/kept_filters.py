"""Filters kept under a name, in one small JSON file of the data folder: the window saves them, the command line uses
them as `--where @NAME`."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path
from typing import Any

from app.services.errors import InputError
from app.services.paging import Filter

log = logging.getLogger(__name__)

FILE_NAME = "filters.json"
LARGEST_FILE = 200_000
"""Bytes that are read of a file of filters somebody else made; a filter has a few hundred."""
MARK = "@"
"""Before the name of a kept filter, where an expression could stand as well."""


class NoSuchFilter(InputError):
    """No filter is kept as `name`; `known` lists those that are."""

    code = "filter.no_such_filter"


class FilterFile(InputError):
    """A file of filters cannot be read, or written with `.unwritable`; `file` names it."""

    code = "filter.bad_file"


def write_filter_file(path: Path, text: str) -> None:
    """Write filters as text. Raises: FilterFile."""
    try:
        path.write_text(f"{text}\n", "utf-8")
    except OSError as error:
        raise FilterFile("filter.unwritable_file", file=path.name) from error


def read_filter_file(path: Path) -> str:
    """The text of a file of filters. Raises: FilterFile."""
    try:
        with path.open("rb") as source:
            data = source.read(LARGEST_FILE + 1)
        if len(data) <= LARGEST_FILE:
            return data.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise FilterFile(file=path.name) from error
    raise FilterFile(file=path.name)


class KeptFilters:
    """The kept filters of one data folder, by page and name, as plain JSON. Threads: any."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / FILE_NAME
        self._lock = threading.RLock()

    def all(self, page: str) -> dict[str, Any] | None:
        """Those of a page by name; None where nothing was ever kept, or the file is no such file."""
        try:
            found = json.loads(self.path.read_text("utf-8"))[page]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("kept filters cannot be read: %s", type(error).__name__)
            return None
        return found if isinstance(found, dict) else None

    def put(self, page: str, filters: dict[str, Any]) -> None:
        """Keep exactly these of a page: the old file or the new one is there, never half of one. Raises: OSError."""
        with self._lock:
            pages = self._pages()
            part = self.path.with_name(f"{FILE_NAME}.part")
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            part.write_text(json.dumps({**pages, page: filters}, ensure_ascii=False, indent=1), "utf-8")
            part.replace(self.path)

    def get(self, page: str, name: str) -> tuple[str, tuple[Filter, ...]]:
        """Words and conditions of a kept filter, whatever its capitals. Raises: NoSuchFilter."""
        known = self.all(page) or {}
        wanted = next((one for one in known if one.casefold() == name.strip().casefold()), None)
        try:
            stored = known[wanted or ""]
            return str(stored["text"]), tuple(Filter.from_json(one) for one in stored["filters"])
        except (KeyError, TypeError, ValueError):
            raise NoSuchFilter(name=name, known=", ".join(known) or "–") from None

    def _pages(self) -> dict[str, Any]:
        try:
            pages = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return pages if isinstance(pages, dict) else {}
