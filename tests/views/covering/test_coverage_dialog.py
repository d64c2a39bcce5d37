"""The coverage view: who lists what, gaps, operators, the sheet, and two clicks from a gap to covering."""

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from shiboken6 import isValid

from app.services.coverage.assignments import members
from app.services.history.undo import undo
from app.services.workbooks import OutColumn, OutSheet, write_xlsx
from app.views.covering.assign_dialog import AssignDialog
from app.views.covering.coverage_dialog import NOBODY, CoverageDialog


@pytest.fixture
def dialog(qtbot, shops, services, context, window, settle):
    """The view over three stores."""
    made = CoverageDialog(context, window)
    made.begin()
    qtbot.waitUntil(lambda: made.pane.table is not None and made.pane.table.paged.total == 4)
    settle()
    yield made
    settle()
    if isValid(made):
        made.done(0)


def choose(dialog, settle, place="", member=""):
    dialog.pane.place.choose(place)
    dialog.pane.member.choose(member)
    dialog.pane.ask()
    settle()


def codes(dialog):
    model = dialog.pane.table.paged
    return [model.index(at, 0).data() for at in range(model.rowCount())]


def test_a_row_a_code_and_a_column_a_store(dialog, settle, each_language):
    model = dialog.pane.table.paged
    QAbstractItemModelTester(model)
    assert [model.headerData(at, dialog.pane.table.horizontalHeader().orientation()) for at in range(2, 5)] == [
        "晨帆数码",
        "海岚饰品",
        "北弦音频",
    ]
    assert codes(dialog) == ["AB1", "AB2", "AB3", "AB4"]
    cell = model.columns[2].show(model.record(0))
    assert "10.00" in cell.text
    assert (cell.status, model.columns[4].show(model.record(0)).is_excluded) == ("listing.live", True)
    assert "海岚饰品 2" in dialog.hint.text()


def test_a_gap_is_covered_in_two_clicks(dialog, settle, qtbot):
    assert not dialog.primary.isEnabled()
    dialog.pane.place.choose("gap:3")
    dialog.pane.ask()
    assert not dialog.primary.isEnabled(), "how many there are is not known yet"
    settle()
    assert dialog.primary.isEnabled()
    assert dialog.primary.text() == f"Cover {len(codes(dialog))} codes…"
    with qtbot.waitSignal(dialog.cover_wanted) as wanted:
        dialog.primary.click()
    assert wanted.args == [1, 3, ("11",)]
    choose(dialog, settle, "only:1")
    assert codes(dialog) == ["AB2"]
    assert not dialog.primary.isEnabled()
    choose(dialog, settle, "gap:2")
    assert (codes(dialog), dialog.primary.text()) == (["AB2"], "Cover 1 code…")
    dialog.pane.clear()
    settle()
    assert len(codes(dialog)) == 4


def test_codes_are_given_to_operators_and_undone(dialog, settle, qtbot, shops, context):
    dialog.pane.search.setText("AB1")
    dialog.pane.ask()
    settle()
    dialog.ask_member()
    asked = dialog.findChild(AssignDialog)
    assert not asked.primary.isEnabled()
    asked.member.setEditText(" Li  Wei")
    asked.primary.click()
    settle()
    assert members(shops) == {"Li Wei": 1}
    dialog.pane.search.clear()
    choose(dialog, settle, member="Li Wei")
    assert codes(dialog) == ["AB1"]
    choose(dialog, settle, member=NOBODY)
    assert codes(dialog) == ["AB2", "AB3", "AB4"]
    undo(shops)
    context.changes.tell({"change"})
    settle()
    assert codes(dialog) == ["AB1", "AB2", "AB3", "AB4"]
    dialog.assign([], "")
    settle()


def test_nothing_matches_and_a_name_that_is_too_long(dialog, settle):
    dialog.pane.search.setText("no such code")
    dialog.pane.ask()
    settle()
    assert dialog.pane.nothing.isVisible()
    dialog.assign([1], "x" * 50)
    settle()
    assert "x" * 40 in dialog.hint.text()


def test_sheets_go_out_and_come_back(dialog, settle, tmp_path, shops):
    dialog.export_to(tmp_path / "coverage.xlsx")
    settle()
    assert (tmp_path / "coverage.xlsx").exists()
    columns = [OutColumn("Merchant code", is_text=True), OutColumn("Operator")]
    write_xlsx(tmp_path / "team.xlsx", [OutSheet("Sheet", columns, [("AB1", "Anna"), ("AB2", ""), ("AB4", "Li")])])
    dialog.import_files([tmp_path / "team.xlsx", tmp_path / "gone.xlsx"])
    settle()
    assert members(shops) == {"Anna": 1, "Li": 1}


def test_names_follow_the_language(dialog, settle):
    from app.views.language import language

    before = dialog.pane.place.itemText(0)
    language.set_language("zh")
    settle()
    assert dialog.pane.place.itemText(0) != before
