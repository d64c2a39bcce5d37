"""Delisting for the window. Plain methods touch the disk: call them through the task runner."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.messages import messages
from app.services.listings.delisting.applying import apply_delisting
from app.services.listings.delisting.exporting import export_plan
from app.services.listings.delisting.pasted import Pasted, read_file, read_pasted
from app.services.listings.delisting.plan import plan_delisting
from app.services.listings.delisting.records import Delisted, DelistPlan
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.application import Application


class DelistDesk:
    """Looks codes up, shows what would become of them, does it."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def codes_of(self, path: Path) -> Pasted:
        """The codes of a dropped file. Raises: NoCodes, UnreadableFile, WorkbookError."""
        return read_file(path)

    def plan(self, text: str, takes_off: bool, ctx: TaskContext) -> DelistPlan:
        """What would become of the codes of a pasted *text*, in all stores. Raises: NoCodes, TaskCancelled."""
        return plan_delisting(self._app.db, read_pasted(text), takes_off=takes_off, ctx=ctx)

    def apply(self, plan: DelistPlan, source: str, ctx: TaskContext) -> Delisted:
        """Store and queue it; *source*: the file the codes came from, "" where there is none. Raises: TaskCancelled."""
        return apply_delisting(self._app.db, plan, ctx, source=source)

    def export(self, plan: DelistPlan, path: Path) -> int:
        """Write the plan to a sheet. Returns: how many variants. Raises: UnknownKind, WorkbookError."""
        return export_plan(plan, path, messages)
