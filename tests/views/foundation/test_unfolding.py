"""Rows below rows, and rows under headings."""

from PySide6.QtCore import Qt

from app.services.paging import Query
from tests.views.foundation.test_paged_table_model import asked, loaded, make

__all__ = ["make"]


class TestUnfolding:
    def test_children_appear_below_their_row(self, make, folding_source, qtbot):
        model = asked(qtbot, make(folding_source(300)))
        with qtbot.waitSignal(model.rowsInserted) as told:
            model.unfold(1)
        assert told.args[1:] == [2, 3]
        assert model.rowCount() == 302
        assert model.is_unfolded(1)
        assert [model.index(row, 0).data() for row in range(5)] == [
            "Lamp 000001", "Lamp 000002", "variant 1", "variant 2", "Lamp 000003",
        ]  # fmt: skip
        assert model.id_at(2) == 20001
        assert model.place(2).kind == "child"
        assert model.index(2, 1).data() == ""

    def test_folding_takes_them_away(self, make, folding_source, qtbot):
        model = asked(qtbot, make(folding_source(300)))
        with qtbot.waitSignal(model.rowsInserted):
            model.unfold(0)
        with qtbot.waitSignal(model.rowsRemoved) as told:
            model.fold(0)
        assert told.args[1:] == [1, 2]
        assert model.rowCount() == 300
        model.fold(0)
        assert not model.is_unfolded(0)

    def test_children_survive_a_reload_under_their_moved_parent(self, make, folding_source, qtbot):
        source = folding_source(300)
        model = asked(qtbot, make(source))
        with qtbot.waitSignal(model.rowsInserted):
            model.unfold(5)
        del source.data[1]
        with qtbot.waitSignal(model.ordered):
            model.reload()
        assert model.is_unfolded(4)
        assert model.id_at(5) == 60001

    def test_a_new_question_folds_everything(self, make, folding_source, qtbot):
        model = asked(qtbot, make(folding_source(300)))
        with qtbot.waitSignal(model.rowsInserted):
            model.unfold(0)
        asked(qtbot, model, Query(text="Lamp"))
        assert model.rowCount() == 300
        assert model.is_flat

    def test_stale_children_are_read_again(self, make, folding_source, qtbot):
        source = folding_source(300)
        model = asked(qtbot, make(source))
        with qtbot.waitSignal(model.rowsInserted):
            model.unfold(0)
        before = source.asked["children"]
        model.mark_stale([1])
        qtbot.waitUntil(lambda: source.asked["children"] == before + 1)

    def test_a_flat_source_does_not_unfold(self, make, fake_source, qtbot):
        model = asked(qtbot, make(fake_source(10)))
        assert not model.unfolds
        model.unfold(0)
        assert model.rowCount() == 10


class TestGroups:
    def test_headings_stand_between_their_rows(self, make, fake_source, qtbot):
        model = asked(qtbot, make(fake_source(250)), Query(group="g"))
        assert model.rowCount() == 253
        kinds = [model.place(row).kind for row in (0, 1, 100, 101, 202)]
        assert kinds == ["group", "row", "row", "group", "group"]
        assert model.index(0, 0).data() == "Nothing here yet 100"
        assert model.index(0, 1).data() is None
        assert model.index(0, 0).flags() == Qt.ItemFlag.ItemIsEnabled
        assert model.id_at(0) is None
        assert model.id_at(102) == 101
        assert loaded(qtbot, model, 252).id == 250

    def test_a_folded_group_shows_its_heading_alone(self, make, fake_source, qtbot):
        model = asked(qtbot, make(fake_source(250)), Query(group="g"))
        with qtbot.waitSignals([model.replacing, model.replaced]):
            model.fold_group(0, True)
        assert model.rowCount() == 153
        assert model.is_group_folded(0)
        assert model.row_of(5) == -1
        assert model.id_at(2) == 101
        model.fold_group(0, False)
        assert model.rowCount() == 253
