"""Checking and repairing pictures for the window: calls for the worker process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.services.images.repair_plans import FOLDER, RepairPlan
from app.services.images.repairing import RepairOptions
from app.services.listings.chosen import Chosen

if TYPE_CHECKING:
    from app.services.application import Application

_PLANS = "app.services.images.repair_plans"


class ImageDesk:
    """Repaired pictures lie in the data folder; the originals stay where they are."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def check_call(self, chosen: Chosen) -> tuple[Any, ...]:
        """Look into the pictures of these listings. Result: `ImageReport`."""
        return "app.services.images.checking:check", self._app.database_path, chosen

    def prepare_call(self, chosen: Chosen, options: RepairOptions) -> tuple[Any, ...]:
        """Repair pictures beside their originals; no listing is changed. Result: `RepairPlan`."""
        return f"{_PLANS}:prepare", self._app.database_path, self._app.data_dir / FOLDER, chosen, options

    def store_call(self, plan: RepairPlan) -> tuple[Any, ...]:
        """Show the repaired pictures, as one change. Result: `Repaired`."""
        return f"{_PLANS}:store", self._app.database_path, plan

    def let_go_call(self, new_files: Sequence[str]) -> tuple[Any, ...]:
        """Remove repaired pictures that nobody wants."""
        return f"{_PLANS}:let_go", self._app.database_path, tuple(new_files)
