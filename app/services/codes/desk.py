"""Codes for the window. Everything here touches the disk: call it through the task runner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.services.codes.explaining import Explanation, explain_code
from app.services.codes.records import Component
from app.services.codes.tables import CodeTable, read_code_table
from app.services.codes.virtual import list_virtual, remove_virtual, save_virtual, virtual_line

if TYPE_CHECKING:
    from app.services.application import Application


class CodesDesk:
    """Explains codes, and keeps the table of virtual ones."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def explain(self, store_id: int, code: str) -> Explanation:
        """A code as its store means it, with its goods, and the virtual code that would make it fit."""
        return explain_code(self._app.db, code, store_id)

    def virtual(self) -> dict[str, tuple[Component, ...]]:
        """All virtual codes."""
        return list_virtual(self._app.db)

    def read_table(self, path: Path) -> CodeTable:
        """The virtual codes of a file. Raises: UnreadableFile, WorkbookError."""
        return read_code_table(path)

    def save(self, entries: Mapping[str, Sequence[Component]]) -> int:
        """Keep virtual codes. Returns: how many are new or changed."""
        return save_virtual(self._app.db, entries)

    def add(self, code: str, items: str) -> int:
        """Keep one virtual code as typed. Raises: BadVirtualCode."""
        return save_virtual(self._app.db, dict([virtual_line(code, items)]))

    def remove(self, codes: Sequence[str]) -> int:
        """Forget virtual codes. Returns: how many there were."""
        return remove_virtual(self._app.db, codes)
