"""The result of a batch in a person's hands: what the platform refused is marked, what went through is not offered."""

import pytest
from PySide6.QtCore import Qt

from app.services.publishing.queue import enqueue
from app.services.worker import WorkerDied
from app.views.errors import sentence
from app.views.language import language
from app.views.listings.result_rows import FIELD, NOW
from app.views.theme import current_theme
from tests.views.listings.test_publish_result import NO_FIELD, TITLE, batch, choose, open_result, put, shown

__all__ = ["batch", "open_result"]
LEFT = Qt.MouseButton.LeftButton

GROUND, INK = Qt.ItemDataRole.BackgroundRole, Qt.ItemDataRole.ForegroundRole


def refuse(*_, **__):
    raise WorkerDied(exit_code=1)


def died():
    return sentence(WorkerDied(exit_code=1))


class TestMarks:
    def test_what_the_platform_refused_is_marked_until_it_is_changed(
        self, batch, open_result, make_sellable, loaded, settle
    ):
        """The checker passes it: only the platform's own rule is against it."""
        dialog = open_result(batch([make_sellable(), make_sellable()], TITLE, TITLE))
        field, now, red = dialog.model.index(0, FIELD), dialog.model.index(0, NOW), current_theme().tone("red")
        assert (field.data(GROUND), field.data(INK), now.data(INK)) == (red.ground, red.text, red.text)
        assert now.data() == "Refused, not changed yet"
        put(dialog, "Walnut Lamp")
        settle()
        assert field.data(GROUND) == current_theme().color("chg") and now.data() == "Fixed, can be sent"
        other = dialog.model.index(1, FIELD)
        assert other.data(GROUND) == red.ground
        language.set_language("zh")
        assert shown(dialog, 1, NOW) == "平台拒收了，还没有改"

    def test_what_was_fixed_and_sent_is_not_offered_again(
        self, batch, open_result, make_sellable, loaded, write, settle
    ):
        """The result of the first batch, opened again after a second one sent what was put right here."""
        dialog = open_result(batch([make_sellable(), make_sellable()], TITLE, TITLE))
        first = dialog.model.group.rows[0].listing_id
        put(dialog, "Walnut Lamp")
        settle()
        assert dialog.again_ids() == [first]
        write("UPDATE listing SET sent_hash = content_hash, product_id = '1', status = 'live' WHERE id = ?", first)
        dialog._context.changes.tell({"listing"})
        settle()
        assert shown(dialog, 0, NOW) == "On the platform as it is"
        assert dialog.model.index(0, NOW).data(INK) == current_theme().color("text")
        assert dialog.progress.text() == "1 fixed, 1 to go"
        assert first not in dialog.again_ids()
        language.set_language("zh")
        assert shown(dialog, 0, NOW) == "与平台一致，不用重发"

    def test_without_a_field_there_is_nothing_to_mark(self, batch, open_result, make_sellable):
        dialog = open_result(batch([make_sellable()], NO_FIELD))
        assert shown(dialog, 0, NOW) == "Passes the checks"
        assert dialog.model.index(0, FIELD).data(GROUND) is None


class TestFailures:
    """Whatever cannot be read or stored is told in the dialog, which stays as it was."""

    @pytest.fixture
    def said(self, settle):
        """What the foot of a dialog says when all is done."""

        def read(dialog):
            settle()
            return dialog.hint.text()

        return read

    def test_a_result_that_cannot_be_read_anew(self, batch, open_result, make_sellable, services, said, monkeypatch):
        dialog = open_result(batch([make_sellable()], TITLE))
        monkeypatch.setattr(services.publishing, "rows_now", refuse)
        dialog._context.changes.tell({"listing"})
        assert said(dialog) == died() and dialog.reason.isVisible()

    def test_a_correction_that_cannot_be_stored(
        self, batch, open_result, make_sellable, services, loaded, said, monkeypatch
    ):
        record = make_sellable()
        dialog = open_result(batch([record], TITLE))
        monkeypatch.setattr(services.listings, "save", refuse)
        put(dialog, "Walnut Lamp")
        assert said(dialog) == died() and loaded(record.id).title == record.title

    def test_a_name_that_cannot_be_looked_up(self, db, open_result, make_sellable, services, said, monkeypatch):
        dialog = open_result(enqueue(db, 1, [make_sellable(category_id="").id]).batch_id)
        choose(dialog, "category_id")
        monkeypatch.setattr(services.publishing, "resolve_name", refuse)
        put(dialog, "Table lamps")
        assert said(dialog) == died()


class TestUndecided:
    @pytest.fixture
    def dialog(self, db, open_result, make_sellable, write):
        """The result of a listing that could be either of two products."""
        record = make_sellable()
        number = enqueue(db, 1, [record.id]).batch_id
        write(
            "UPDATE publish_task SET state = 'unknown', attempts = 1, error_code = 'publishing.several_found', "
            "sent_ms = 1, error_params = ?, title = ?, codes = 'A' WHERE batch_id = ?",
            '{"n": 2, "candidates": ["1005001", "1005002"]}',
            record.title,
            number,
        )
        write("UPDATE listing SET status = 'unknown' WHERE id = ?", record.id)
        shown = open_result(number, kind="unknown")
        shown.record = record
        return shown

    @staticmethod
    def press(dialog, qtbot, text):
        buttons = dialog.undecided.findChildren(type(dialog.copy))
        qtbot.mouseClick(next(one for one in buttons if one.isVisible() and one.text() == text), LEFT)

    def test_one_of_the_candidates_is_named_by_its_button(self, dialog, loaded, qtbot, settle):
        self.press(dialog, qtbot, "It is 1005002")
        settle()
        assert loaded(dialog.record.id).product_id == "1005002"

    def test_none_of_them_is_sent_again_at_once(self, dialog, qtbot, settle):
        with qtbot.waitSignal(dialog.look_up_wanted):
            self.press(dialog, qtbot, "None of them: send again")
        settle()

    def test_a_decision_that_cannot_be_stored_is_told(self, dialog, services, loaded, qtbot, settle, monkeypatch):
        monkeypatch.setattr(services.publishing, "decide", refuse)
        self.press(dialog, qtbot, "It is 1005001")
        settle()
        assert dialog.hint.text() == died() and loaded(dialog.record.id).product_id is None

    def test_one_without_candidates_is_looked_up_by_its_button(self, batch, open_result, make_sellable, write, qtbot):
        record = make_sellable()
        number = batch([record], TITLE)
        write("UPDATE publish_task SET state = 'unknown', error_code = 'marketplace.unanswered'")
        dialog = open_result(number, kind="unknown")
        with qtbot.waitSignal(dialog.look_up_wanted):
            self.press(dialog, qtbot, "Look it up now")
