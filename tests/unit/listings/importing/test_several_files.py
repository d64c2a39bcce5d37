"""Several files of one drop are one change: one undo takes back what they did, also to the same listings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.services.db import Database
from app.services.errors import NotFound
from app.services.history.listing import list_changes
from app.services.history.undo import redo, undo
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.importing import session
from app.services.tasks import TaskContext
from tests.unit.listings.importing.conftest import Prepare, Sheet

HEADERS = ("Product key", "Title", "SKU", "Color", "Price USD", "Stock")
LAMP = ("LM4402", "Bedside Table Lamp", "LM4402-WH", "White", 18.9, 120)
MUG = ("CF1240", "Insulated Coffee Mug", "CF1240-BK", "Black", 8.4, 588)
CABLE = ("CB2210", "Braided Charging Cable", "CB2210-BK", "Black", 2.35, 900)
Stored = Callable[[], list[tuple[Any, ...]]]


@pytest.fixture
def stored(db: Database) -> Stored:
    """(key, title, code, price) of every variant."""

    def read() -> list[tuple[Any, ...]]:
        with db.reader.connect() as reader:
            rows = reader.exec_driver_sql(
                "SELECT product_key, title, sku.code, price_minor FROM sku JOIN listing ON listing.id = listing_id "
                "ORDER BY product_key, sku.code"
            )
            return [tuple(row) for row in rows]

    return read


@pytest.fixture
def drop(sheet: Sheet, prepare: Prepare) -> Callable[..., list[Any]]:
    """Import several sheets, each a list of rows, as one drop. Results."""

    def run(*sheets: Any, name: str = "drop") -> list[Any]:
        paths = [sheet(*rows, headers=HEADERS, name=f"{name}-{n}.xlsx") for n, rows in enumerate(sheets, 1)]
        heads = [prepare(*paths, path=path, drop=name) for path in paths[-session.KEPT_PLANS :]]
        return [session.apply(head.token, ctx=TaskContext()) for head in heads]

    return run


def test_new_listings_of_two_files_go_with_one_undo_and_come_back(db: Database, drop: Any, stored: Stored) -> None:
    first, second = drop([LAMP], [MUG, CABLE])
    assert first.change.uid == second.change.uid
    assert second.change.listing_count == 3
    after = stored()
    assert [row[0] for row in after] == ["CB2210", "CF1240", "LM4402"]
    change = list_changes(db)[0]
    assert (change.label, change.params, change.listing_count) == (
        "change.imports",
        {"file": "drop-1.xlsx", "n": 2},
        3,
    )
    assert undo(db).restored == 3
    assert stored() == []
    redo(db)
    assert stored() == after


def test_files_that_change_the_same_listing(db: Database, drop: Any, stored: Stored) -> None:
    drop([LAMP, MUG], name="before")
    before = stored()
    dearer = (*LAMP[:4], 19.9, 120)
    renamed = (LAMP[0], "Bedside Lamp", LAMP[2], "White", 21.5, 90)
    black = (*LAMP[:2], "LM4402-BK", "Black", 18.9, 5)
    results = drop([dearer], [renamed, black], [CABLE, (*MUG[:4], 7, 588)])
    assert len({result.change.uid for result in results}) == 1
    assert results[-1].change.listing_count == 3
    after = stored()
    assert ("LM4402", "Bedside Lamp", "LM4402-WH", 2150) in after
    result = undo(db)
    assert (result.restored, result.conflicts) == (3, ())
    assert stored() == before
    redo(db)
    assert stored() == after


def test_a_file_that_changes_what_the_one_before_it_brought(db: Database, drop: Any, stored: Stored) -> None:
    results = drop([LAMP], [(*LAMP[:4], 19.9, 120), MUG])
    assert results[-1].change.listing_count == 2
    assert stored()[-1][3] == 1990
    result = undo(db)
    assert (result.restored, result.conflicts) == (2, ())
    assert stored() == []


def test_what_was_changed_between_two_files_stays_its_own_change(
    db: Database, sheet: Sheet, prepare: Prepare, stored: Stored
) -> None:
    paths = [sheet(row, headers=HEADERS, name=f"{row[0]}.xlsx") for row in (LAMP, MUG)]
    first = session.apply(prepare(*paths, path=paths[0], drop="d").token, ctx=TaskContext())
    with db.reader.connect() as reader:
        listing_id = reader.exec_driver_sql("SELECT id FROM listing").scalar_one()
    edit_listings(db, [ListingEdit(listing_id, fields={"title": "Lamp"})], label="change.edit")
    second = session.apply(prepare(*paths, path=paths[1], drop="d").token, ctx=TaskContext())
    assert first.change.uid != second.change.uid
    undo(db)
    assert [row[0] for row in stored()] == ["LM4402"]


def test_drops_of_their_own_are_changes_of_their_own(db: Database, drop: Any) -> None:
    first, second = drop([LAMP], name="one")[0], drop([MUG], name="two")[0]
    assert first.change.uid != second.change.uid
    assert first.change.label == second.change.label == "change.import"


def test_refused_cells_are_given_back_file_by_file(drop: Any, tmp_path: Path) -> None:
    results = drop([LAMP, (*MUG[:4], "free", 1)], [(*CABLE[:4], "cheap", 1), MUG])
    uid, out = results[0].change.uid, str(tmp_path / "out.xlsx")
    for name, value in (("drop-1.xlsx", "free"), ("drop-2.xlsx", "cheap")):
        session.export_errors(tmp_path / "shangjia.db", uid, str(tmp_path / name), out, "en", ctx=TaskContext())
        comments = [cell.comment.text for row in openpyxl.load_workbook(out).active for cell in row if cell.comment]
        assert len(comments) == 1
        assert value in comments[0]
    with pytest.raises(NotFound):
        session.export_errors(tmp_path / "shangjia.db", uid, "other.xlsx", out, "en", ctx=TaskContext())
