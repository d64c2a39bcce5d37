"""The window, the worker's functions on a thread, and a program that opens workbooks as a person tells it to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app.services.listings.exporting import ExportOptions
from app.services.listings.round_trip.desk import RoundTripDesk
from tests.views.listings.bulk_edit.conftest import lamps, lane
from tests.views.listings.bulk_edit.conftest import services as with_bulk_edits

__all__ = ["lamps", "lane", "services", "with_bulk_edits"]


@pytest.fixture
def services(with_bulk_edits: Any, db: Any, tmp_path: Any, lane: Any) -> Any:
    """What the page is given, with the round trip and exports."""
    made = with_bulk_edits
    app = SimpleNamespace(db=db, database_path=db.path, data_dir=tmp_path, worker=lane)
    made.round_trip = RoundTripDesk(app)  # type: ignore[arg-type]

    def call(path: Any, chosen: Any, options: ExportOptions) -> Any:
        return "app.services.listings.exporting:export_file", db.path, path, chosen, options, "en"

    made.export_call = call
    return made
