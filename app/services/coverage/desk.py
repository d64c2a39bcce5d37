"""The coverage view's front door for the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.messages import messages
from app.services.coverage.assignments import Assigned, assign, import_assignments, members
from app.services.coverage.covering import Source, sources_for
from app.services.coverage.matrix import CoverageMatrix
from app.services.paging import Query

if TYPE_CHECKING:
    from app.services.application import Application


class CoverageDesk:
    """Everything touches the disk; calls are (function path, arguments) for the worker process."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def source(self) -> CoverageMatrix:
        """Rows of the view."""
        return CoverageMatrix(self._app.db)

    def shares(self) -> dict[int, int]:
        """How many codes each store has."""
        return CoverageMatrix(self._app.db).shares()

    def members(self) -> dict[str, int]:
        """Operators who have codes, with how many."""
        return members(self._app.db)

    def assign(self, row_ids: Sequence[int] | Query, member: str) -> Assigned:
        """Give codes to an operator, "" to nobody. Raises: BadMember."""
        return assign(self._app.db, self._ids(row_ids), member)

    def import_sheet(self, path: Path) -> Assigned:
        """Take a sheet of codes and operators. Raises: NoAssignments, WorkbookError."""
        return import_assignments(self._app.db, path)

    def sources_for(self, row_ids: Sequence[int] | Query, to_store_id: int) -> list[Source]:
        """Where these codes can be covered from."""
        return sources_for(self._app.db, self._ids(row_ids), to_store_id)

    def export_call(self, path: Path, asked: Query | Sequence[int]) -> tuple[Any, ...]:
        """The call that writes the matrix. Result: how many codes."""
        chosen = asked if isinstance(asked, Query) else list(asked)
        function = "app.services.coverage.exporting:export_matrix"
        return function, self._app.database_path, path, chosen, messages.language

    def _ids(self, asked: Sequence[int] | Query) -> Sequence[int]:
        return CoverageMatrix(self._app.db).ids(asked) if isinstance(asked, Query) else asked
