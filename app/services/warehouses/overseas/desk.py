"""Overseas builds for the window: calls for the worker process, pages of the grid."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.messages import messages
from app.services.errors import AppError
from app.services.paging import Query
from app.services.tasks import TaskContext
from app.services.warehouses.overseas.grid import GridLine
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.session import BuildHead, BuildRequest
from app.services.warehouses.records import WarehouseTemplateRecord
from app.services.warehouses.templates import get_template
from app.services.workbooks import SheetKind, open_workbook, recognise

if TYPE_CHECKING:
    from app.services.application import Application

_SESSION = "app.services.warehouses.overseas.session"
MOST_BYTES = 8 << 20
"""An overseas sheet of 160 000 rows is smaller; a larger file is a listing sheet, whose import must not wait."""
PACKAGE, OVERSEAS, OTHER = "package", "overseas", ""


class OverseasDesk:
    """Calls are (function path, arguments) for the task runner's heavy lane; everything else touches the disk."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def prepare_call(self, request: BuildRequest) -> tuple[Any, ...]:
        """Read and merge. Result: `BuildHead`."""
        return f"{_SESSION}:prepare", self._app.database_path, request

    def again_call(self, token: str, options: BuildOptions) -> tuple[Any, ...]:
        """The same products with other options. Result: `BuildHead`."""
        return f"{_SESSION}:again", token, options

    def write_call(self, token: str, out: str) -> tuple[Any, ...]:
        """Write the new package. Result: `PackageReport`."""
        return f"{_SESSION}:write", token, out

    def apply_call(self, token: str) -> tuple[Any, ...]:
        """Store the listings as one change. Result: `ListingsBuilt`."""
        return f"{_SESSION}:apply", token

    def upload_call(self, token: str, out: str) -> tuple[Any, ...]:
        """Write the upload sheet. Result: how many rows."""
        return f"{_SESSION}:upload", token, out, messages.language

    def discard_call(self, token: str) -> tuple[Any, ...]:
        """Let a build go."""
        return f"{_SESSION}:discard", token

    @property
    def separator(self) -> str:
        """Between merchant codes where a package shows none."""
        return self._app.settings.code_separator

    def grid_source(self, head: BuildHead) -> GridLines:
        """Page source of the grid."""
        return GridLines(self, head)

    def lines(self, token: str, first: int, count: int) -> list[GridLine]:
        """Lines by position. Blocking. Raises: NotFound where the build is gone."""
        found: list[GridLine] = self._app.worker.submit(f"{_SESSION}:page", token, first, count).result()
        return found

    def templates(self) -> list[WarehouseTemplateRecord]:
        """All warehouse templates, by name."""
        with self._app.db.reader.connect() as connection:
            ids = connection.exec_driver_sql("SELECT id FROM warehouse_template ORDER BY lower(name)").scalars().all()
        return [get_template(self._app.db, number) for number in ids]

    @staticmethod
    def kind_of(path: Path) -> str:
        """What a dropped file is to a build: a data package, an overseas sheet, or nothing. A very large sheet is not
        opened for that."""
        try:
            if path.is_dir() or (path.suffix.lower() != ".zip" and path.stat().st_size > MOST_BYTES):
                return OTHER
            with open_workbook(path) as opened:
                kind = recognise(opened).kind
        except (AppError, OSError):
            return OTHER
        return {SheetKind.PACKAGE: PACKAGE, SheetKind.OVERSEAS: OVERSEAS}.get(kind, OTHER)


class GridLines:
    """Page source over the lines of a build, in their own order.

    Attributes:
        head: of the build that is shown; another one may be set before the table asks again.
    """

    def __init__(self, desk: OverseasDesk, head: BuildHead) -> None:
        self._desk, self.head = desk, head

    def count(self, query: Query, ctx: TaskContext | None = None) -> int:
        """How many lines there are."""
        return self.head.counts["variants"]

    def ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """Positions of all lines."""
        return array("q", range(self.head.counts["variants"]))

    def rows(self, ids: Sequence[int]) -> dict[int, GridLine]:
        """The lines at these positions, which stand beside each other."""
        if not ids:
            return {}
        first, last = min(ids), max(ids)
        return {line.id: line for line in self._desk.lines(self.head.token, first, last - first + 1)}

    def first_page(self, query: Query, limit: int) -> list[GridLine]:
        """The first lines."""
        return self._desk.lines(self.head.token, 0, limit) if self.head.counts["variants"] else []
