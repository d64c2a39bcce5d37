"""A code or a key that was corrected in the sheet changes what it named, and adds nothing beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.services.db import Database
from app.services.history.undo import undo
from app.services.listings.importing import session
from app.services.tasks import TaskContext
from tests.unit.listings.importing.conftest import Prepare, Sheet

HEADERS = ("Product key", "Title", "SKU", "Color", "Price USD", "Stock", "Barcode")
WHITE = ("LM4402", "Bedside Table Lamp", "LM4402-WH", "White", 18.9, 120, "690000000001")
BLACK = ("LM4402", "Bedside Table Lamp", "LM4402-BK", "Black", 18.9, 80, "690000000002")
MUG = ("CF1240", "Insulated Coffee Mug", "CF1240-BK", "Black", 8.4, 588, "690000000003")
Again = Callable[..., Any]
Stored = Callable[[], list[tuple[str, str]]]


@pytest.fixture
def again(sheet: Sheet, prepare: Prepare) -> Again:
    """Import three rows, then look at others."""

    def run(*rows: Any) -> Any:
        session.apply(prepare(sheet(WHITE, BLACK, MUG, headers=HEADERS)).token, ctx=TaskContext())
        return prepare(sheet(*rows, headers=HEADERS))

    return run


@pytest.fixture
def stored(db: Database) -> Stored:
    """(product key, code) of every stored variant."""

    def read() -> list[tuple[str, str]]:
        with db.reader.connect() as reader:
            return [
                tuple(row)
                for row in reader.exec_driver_sql(
                    "SELECT product_key, sku.code FROM sku JOIN listing ON listing.id = listing_id ORDER BY sku.id"
                )
            ]

    return read


def applied(head: Any) -> Any:
    return session.apply(head.token, ctx=TaskContext())


def changed(row: tuple[Any, ...], **values: Any) -> tuple[Any, ...]:
    places = {"key": 0, "title": 1, "code": 2, "color": 3, "price": 4, "barcode": 6}
    cells = list(row)
    for name, value in values.items():
        cells[places[name]] = value
    return tuple(cells)


class TestCodes:
    def test_a_corrected_code_is_shown_before_and_after(self, again: Again, stored: Stored, db: Database) -> None:
        head = again(changed(WHITE, code="LM4402-WHITE"), BLACK, MUG)
        assert head.verdict_counts == {"changed": 1, "same": 2}
        cell = session.rows(head.token, [1], ctx=TaskContext())[0].cells["C"]
        assert (cell.before, cell.text) == ("LM4402-WH", "LM4402-WHITE")
        result = applied(head)
        assert stored() == [("LM4402", "LM4402-WHITE"), ("LM4402", "LM4402-BK"), ("CF1240", "CF1240-BK")]
        undo(db, result.change.uid)
        assert stored()[0] == ("LM4402", "LM4402-WH")

    def test_with_other_corrections_in_the_same_row(self, again: Again, stored: Stored) -> None:
        head = again(changed(WHITE, code="LM4402-WHITE", price=19.9, barcode=None), BLACK, MUG)
        assert head.verdict_counts == {"changed": 1, "same": 2}
        cells = session.rows(head.token, [1], ctx=TaskContext())[0].cells
        assert (cells["C"].before, cells["E"].before) == ("LM4402-WH", "18.90")
        applied(head)
        assert len(stored()) == 3

    def test_code_and_colour_corrected_together_are_known_by_the_barcode(self, again: Again, stored: Stored) -> None:
        head = again(changed(WHITE, code="LM4402-IV", color="Ivory"), BLACK, MUG)
        assert head.verdict_counts == {"changed": 1, "same": 2}
        applied(head)
        assert stored()[0] == ("LM4402", "LM4402-IV")

    def test_all_codes_of_a_listing(self, again: Again, stored: Stored) -> None:
        head = again(changed(BLACK, code="LAMP-BK"), changed(WHITE, code="LAMP-WH"), MUG)
        assert head.verdict_counts == {"changed": 2, "same": 1}
        applied(head)
        assert stored() == [("LM4402", "LAMP-WH"), ("LM4402", "LAMP-BK"), ("CF1240", "CF1240-BK")]

    def test_another_variant_stays_a_new_one(self, again: Again, stored: Stored) -> None:
        red = changed(WHITE, code="LM4402-RD", color="Red", barcode="690000000009")
        head = again(WHITE, BLACK, red, MUG)
        assert head.verdict_counts == {"new": 1, "same": 3}
        applied(head)
        assert stored()[-1] == ("LM4402", "LM4402-RD")

    def test_a_code_the_sheet_still_names_is_not_given_away(self, again: Again) -> None:
        copy = changed(WHITE, code="LM4402-WH2", barcode=None)
        assert again(WHITE, BLACK, copy, MUG).verdict_counts == {"new": 1, "same": 3}

    def test_two_rows_that_fit_one_variant_fit_none(self, again: Again) -> None:
        first, second = (changed(WHITE, code=code, barcode=None) for code in ("LM4402-W1", "LM4402-W2"))
        assert again(first, second, BLACK, MUG).verdict_counts == {"new": 2, "same": 2}


class TestKeys:
    def test_a_corrected_key_is_a_change(self, again: Again, stored: Stored) -> None:
        head = again(changed(WHITE, key="LM-4402"), changed(BLACK, key="LM-4402"), MUG)
        assert (head.counts.new, head.counts.changed, head.counts.unchanged) == (0, 1, 1)
        cell = session.rows(head.token, [1], ctx=TaskContext())[0].cells["A"]
        assert (cell.before, cell.text) == ("LM4402", "LM-4402")
        applied(head)
        assert stored() == [("LM-4402", "LM4402-WH"), ("LM-4402", "LM4402-BK"), ("CF1240", "CF1240-BK")]

    def test_a_key_the_sheet_still_names_keeps_its_listing(self, again: Again) -> None:
        head = again(WHITE, changed(BLACK, key="LM-4402"), MUG)
        assert (head.counts.new, head.counts.changed) == (1, 0)

    def test_other_goods_with_the_same_codes_are_another_listing(self, again: Again) -> None:
        rows = [changed(row, key="LM-4402", title="Canvas Shoulder Bag") for row in (WHITE, BLACK)]
        head = again(*rows, MUG)
        assert (head.counts.new, head.counts.changed) == (1, 0)

    def test_a_part_of_the_codes_is_another_listing(self, again: Again) -> None:
        head = again(changed(WHITE, key="LM-4402"), MUG)
        assert (head.counts.new, head.counts.changed) == (1, 0)

    def test_two_new_keys_share_no_old_one(self, again: Again) -> None:
        head = again(changed(WHITE, key="LM-1"), changed(BLACK, key="LM-2"), MUG)
        assert (head.counts.new, head.counts.changed) == (2, 0)


def test_the_sample_sheet_with_one_code_corrected(prepare: Prepare, tmp_path: Path) -> None:
    import openpyxl

    from app.paths import resources

    sample = resources() / "samples" / "demo-listings.xlsx"
    path = tmp_path / "demo.xlsx"
    path.write_bytes(sample.read_bytes())
    applied(prepare(str(path)))
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    assert page["E3"].value == "CK7428-WH-500"
    page["E3"].value = "CK7428-WHITE"
    book.save(path)
    counts = prepare(str(path)).verdict_counts
    assert (counts["changed"], counts.get("new")) == (1, None)
