"""Codes given to operators: in bulk, from a sheet, undone and done again."""

from __future__ import annotations

import pytest

from app.services.coverage.assignments import BadMember, NoAssignments, assign, import_assignments, members
from app.services.coverage.matrix import CoverageMatrix
from app.services.history.contents import ChangeContents
from app.services.history.undo import redo, undo
from app.services.paging import Query
from app.services.workbooks import OutColumn, OutSheet, write_xlsx


@pytest.fixture
def ids(shops):
    return list(CoverageMatrix(shops).ids(Query()))


def test_codes_are_given_taken_and_counted(shops, ids):
    done = assign(shops, ids, "  Li   Wei ")
    assert (done.codes, done.change.listing_count) == (4, 4)
    assert members(shops) == {"Li Wei": 4}
    assert assign(shops, ids, "Li Wei").change is None
    assert assign(shops, ids[:2], "Anna").codes == 2
    assert assign(shops, ids[:1], "").codes == 1
    assert members(shops) == {"Anna": 1, "Li Wei": 2}


@pytest.mark.parametrize("name", ["x" * 41])
def test_a_name_that_is_none(shops, ids, name):
    with pytest.raises(BadMember):
        assign(shops, ids, name)


def test_every_way_of_assigning_is_undone_and_done_again(shops, ids):
    given = assign(shops, ids[:3], "Li Wei").change
    assign(shops, ids[1:], "Anna")
    assign(shops, ids[:1], "")
    assert members(shops) == {"Anna": 3}
    assert undo(shops).restored == 1
    assert members(shops) == {"Anna": 3, "Li Wei": 1}
    assert undo(shops).restored == 3
    assert members(shops) == {"Li Wei": 3}
    redo(shops)
    assert members(shops) == {"Anna": 3, "Li Wei": 1}
    left_alone = undo(shops, given.uid)
    assert (left_alone.restored, len(left_alone.conflicts)) == (1, 2)


def test_the_history_shows_whose_a_code_became(shops, ids):
    change = assign(shops, ids[:1], "Li Wei").change
    moved = assign(shops, ids[:1], "Anna").change
    contents = ChangeContents(shops, change.uid)
    (row,) = contents.first_page(Query(), 10)
    assert (row.code, row.values[0].after) == ("AB1", "Li Wei")
    (row,) = ChangeContents(shops, moved.uid).first_page(Query(), 10)
    assert (row.values[0].field, row.values[0].before, row.values[0].after) == ("member", "Li Wei", "Anna")


def test_a_sheet_of_codes_and_operators(shops, tmp_path):
    path = tmp_path / "team.xlsx"
    columns = [OutColumn("负责人"), OutColumn("Note"), OutColumn("商家编码", is_text=True)]
    rows = [
        ("Anna", "", "ab1"),
        ("Li", "", "AB2"),
        ("", "", "AB3"),
        ("Li", "", ""),
        ("x" * 41, "", "AB4"),
        ("Li", "", "AB1"),
    ]
    write_xlsx(path, [OutSheet("Sheet", columns, rows)])
    done = import_assignments(shops, path)
    assert done.codes == 2
    assert [(one.row, one.why) for one in done.refused] == [
        (4, "no_member"),
        (5, "no_code"),
        (6, "long_member"),
        (7, "twice"),
    ]
    assert members(shops) == {"Anna": 1, "Li": 1}
    assert import_assignments(shops, path).change is None
    undo(shops)
    assert members(shops) == {}


def test_a_sheet_without_the_columns(shops, tmp_path):
    path = tmp_path / "other.xlsx"
    write_xlsx(path, [OutSheet("Sheet", [OutColumn("Title"), OutColumn("Price")], [("Lamp", 3)])])
    with pytest.raises(NoAssignments):
        import_assignments(shops, path)
