"""What the user wants of each file: sheet, header, meanings, cells; kept while others are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.services.listings.importing.preview import ImportHead, ImportRequest

SHEET_AS_FOUND: dict[str, Any] = {"header_row": None, "mapping": None, "fixes": {}}
"""What was corrected in one sheet means nothing in another."""


class Corrections:
    """The request in view, and those of the files shown before.

    Attributes:
        paths: everything that was dropped.
        request: what was asked last; None before the stores are known and after the dialog closed.
        stored: paths of files that were applied.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(dict.fromkeys(map(str, paths)))
        self.request: ImportRequest | None = None
        self.stored: set[str] = set()
        self._others: dict[str, ImportRequest] = {}

    @property
    def path(self) -> str:
        """The file in view, "" while it is not known which one holds listings."""
        return (self.request.path if self.request is not None else None) or ""

    @property
    def file_name(self) -> str:
        """Its name; of the first file while it is not known."""
        return Path(self.path or self.paths[0]).name

    def begin(self, store_id: int) -> ImportRequest:
        """The first question."""
        self.request = ImportRequest(self.paths, store_id, drop=uuid4().hex)
        return self.request

    def changed(self, **changes: Any) -> ImportRequest | None:
        """The request with *changes*; None where nothing was asked yet."""
        return None if self.request is None else replace(self.request, **changes)

    def with_meaning(self, changed: Mapping[str, str | None]) -> ImportRequest | None:
        """The request with other meanings of some columns."""
        known = self.request.mapping if self.request is not None else None
        return self.changed(mapping={**(known or {}), **changed})

    def with_cell(self, row: int, letter: str, text: str) -> ImportRequest | None:
        """The request with another text in a cell."""
        return None if self.request is None else self.changed(fixes={**self.request.fixes, (row, letter): text})

    def add(self, paths: Sequence[Path]) -> ImportRequest | None:
        """The request with further files; None where they are all there already."""
        added = [str(path) for path in paths if str(path) not in self.paths]
        if not added:
            return None
        self.paths = (*self.paths, *added)
        return self.changed(paths=self.paths)

    def switched(self, path: str) -> ImportRequest | None:
        """The request for another file, with what was corrected in it before."""
        if self.request is None or path == self.request.path:
            return None
        if self.request.path is not None:
            self._others[self.request.path] = self.request
        known = self._others.get(path) or ImportRequest(
            self.paths, self.request.store_id, path=path, drop=self.request.drop
        )
        return replace(known, paths=self.paths, store_id=self.request.store_id)

    def keep(self, path: str, request: ImportRequest) -> None:
        """Remember what was asked of a file."""
        self._others[path] = request

    def next_file(self, head: ImportHead | None) -> str | None:
        """The next sheet that may hold listings and was not stored."""
        files = head.files if head is not None else ()
        left = [one.path for one in files if one.may_hold_listings and one.path not in self.stored]
        return next((path for path in left if head is not None and path != head.path), None)
