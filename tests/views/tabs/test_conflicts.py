"""Both sides of a conflict in the window: shown field by field, decided one by one or in bulk."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget

from app.services.errors import NotFound
from app.services.stores.sync.conflicts import conflicts, count_conflicts, resolve_each
from app.views.stores.conflicts import ConflictRows, ConflictsDialog, field_name, value_text
from tests.unit.conftest import db, empty_database
from tests.unit.stores.conftest import make_lamp, market, sync
from tests.unit.stores.test_conflicts import clash, only

__all__ = ["clash", "db", "empty_database", "make_lamp", "market", "sync"]


@pytest.fixture
def dialog(qtbot, context, runner, db, clash):
    """The dialog over real services, read."""
    context.services = SimpleNamespace(
        conflicts=lambda: (count_conflicts(db), conflicts(db)),
        resolve_conflicts=lambda choices, side: resolve_each(db, choices, side),
    )
    parent = QWidget()
    parent.resize(1300, 800)
    qtbot.addWidget(parent)
    shown = ConflictsDialog(context, parent)
    shown.show()
    qtbot.waitUntil(lambda: shown.model.rowCount() == 5)
    yield shown
    qtbot.waitUntil(lambda: runner.is_idle and not context.jobs.is_keeping)
    shown.close()


def line(dialog, field):
    return next(at for at, (_, one) in enumerate(dialog.model.lines) if one.field == field)


def test_each_field_is_a_line_with_both_values(dialog, each_language):
    assert isinstance(dialog.model, ConflictRows)
    QAbstractItemModelTester(dialog.model)
    at = line(dialog, "title")
    texts = [dialog.model.index(at, column).data() for column in range(dialog.model.columnCount())]
    assert texts == ["Ours", "", field_name("title"), "Ours", "Theirs"]
    at = line(dialog, "sku.price_minor")
    assert dialog.model.index(at, 1).data() == "LM4402-WH"
    assert "17.90" in dialog.model.index(at, 3).data()
    assert all(dialog.model.headerData(at, Qt.Orientation.Horizontal) for at in range(5))


def test_without_a_selection_everything_is_decided(dialog, qtbot, db):
    assert "5" in dialog.theirs.text()
    with qtbot.waitSignal(dialog.decided):
        dialog.theirs.click()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 0)
    assert (only(db).title, count_conflicts(db)) == ("Theirs", 0)
    assert not dialog.theirs.isEnabled()


def test_what_is_selected_is_decided_and_the_rest_stays(dialog, qtbot, db):
    dialog.table.selectRow(line(dialog, "title"))
    assert "1" in dialog.ours.text()
    with qtbot.waitSignal(dialog.decided):
        dialog.ours.click()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 4)
    dialog.table.selectRow(line(dialog, "handling_days"))
    with qtbot.waitSignal(dialog.decided):
        dialog.theirs.click()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 3)
    assert (only(db).title, only(db).handling_days) == ("Ours", 7)


def test_a_failure_is_told_and_nothing_is_lost(dialog, qtbot, context):
    def broken(*_):
        raise NotFound(noun="store", name="1")

    context.services.resolve_conflicts = broken
    before = dialog.hint.text()
    dialog.ours.click()
    qtbot.waitUntil(lambda: dialog.hint.text() != before)
    assert dialog.model.rowCount() == 5


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("title", None, "–"),
        ("weight_g", 840, "0.84"),
        ("images", ["a.jpg", "b.jpg"], "a.jpg, b.jpg"),
        ("sku.properties", [{"name": "Color", "value": "Red"}], "Color: Red"),
        ("handling_days", 7, "7"),
        ("detail_html", "x" * 500, "x" * 200),
    ],
)
def test_values_are_readable(qapp, field, value, text):
    assert value_text(field, value).startswith(text)
