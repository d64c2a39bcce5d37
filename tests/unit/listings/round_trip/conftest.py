"""A workbook to edit as Excel gives it back: written by the program, opened and saved by another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.messages import messages
from app.models import FreightTemplate, ProductGroup
from app.services.clock import now_ms
from app.services.db import Database
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.planning import Plan
from app.services.listings.bulk_edit.records import Applied
from app.services.listings.bulk_edit.showing import all_lines, sections
from app.services.listings.records import ListingRecord
from app.services.listings.round_trip.mark import read_mark
from app.services.listings.round_trip.planning import SheetReport, plan_sheet
from app.services.listings.round_trip.writing import write_to_edit
from app.services.tasks import TaskContext
from app.services.workbooks import open_workbook


@dataclass
class Sheet:
    """The workbook at *path* as a person has it open; cells go by the key of their column and Excel's row."""

    path: Path
    book: Any
    columns: dict[str, int]

    @property
    def page(self) -> Any:
        """The sheet with the listings."""
        return self.book.worksheets[0]

    def cell(self, row: int, key: str) -> Any:
        """One cell."""
        return self.page.cell(row, self.columns[key])

    def put(self, row: int, key: str, value: Any) -> None:
        """Type into a cell."""
        self.cell(row, key).value = value

    def save(self) -> Path:
        """Save, as another program does."""
        self.book.save(self.path)
        return self.path


@dataclass
class Read:
    """What a workbook would change."""

    plan: Plan
    report: SheetReport
    db: Database

    @property
    def lines(self) -> dict[tuple[str, str], tuple[Any, Any, str]]:
        """Before, after and refusal by the variant's code (else the title's first word) and field."""
        total = sections(self.plan, TaskContext()).total
        return {
            (one.code or one.title.split()[0], one.field): (one.before, one.after, one.why)
            for one in all_lines(self.plan, range(total))
        }

    @property
    def errors(self) -> list[tuple[str, int, str]]:
        """Code, row and column of what is not used."""
        return [(one.code, one.row, one.column) for one in self.report.errors]

    def said(self, translate: Callable[..., str]) -> list[str]:
        """The sentences about it."""
        return [error.message(translate) for error in self.report.errors]

    def apply(self) -> Applied:
        """Store it."""
        return apply_plan(self.plan, TaskContext())


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Headers in English."""
    monkeypatch.setattr(messages, "language", "en")


@pytest.fixture
def two(db: Database, make_sellable: Callable[..., ListingRecord]) -> list[ListingRecord]:
    """Two listings of the store, of two and one variants, with templates and groups to choose from."""
    with db.write() as session:
        session.add(FreightTemplate(store_id=1, template_id="700126549", name="Large parcels", synced_ms=now_ms()))
        for number, name in (("51", "Lamps"), ("52", "Desks")):
            session.add(ProductGroup(store_id=1, group_id=number, name=name, synced_ms=now_ms()))
    ash = make_sellable("Ash lamp", skus=(("0012", 1890, 5), ("ASH-2", 1990, 6)), product_key="A", group_id="51")
    return [ash, make_sellable("=Birch lamp", skus=(("BI-1", 500, None),), product_key="B", keywords="birch, lamp")]


@pytest.fixture
def opened(db: Database, two: list[ListingRecord], tmp_path: Path) -> Sheet:
    """Both in a workbook."""
    return to_sheet(db, [one.id for one in two], tmp_path / "lamps.xlsx")


@pytest.fixture
def read(db: Database) -> Any:
    """Take a workbook back; plans are closed at the end."""
    made: list[Plan] = []

    def take(path: Path, **options: Any) -> Read:
        plan, report = plan_sheet(db, path, TaskContext(), **options)
        made.append(plan)
        return Read(plan, report, db)

    yield take
    for plan in made:
        plan.close()


def to_sheet(db: Database, ids: list[int], path: Path) -> Sheet:
    """Write listings to edit and open the workbook."""
    write_to_edit(db, path, ids)
    with open_workbook(path) as source:
        headers = read_mark(source).headers
    book = openpyxl.load_workbook(path)
    places = {cell.value: cell.column for cell in book.worksheets[0][1]}
    return Sheet(path, book, {key: places[header] for key, header in headers.items()})
