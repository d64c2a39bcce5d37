"""The side panel as a user meets it: what is typed is stored at once, stands at its field, and can be taken back."""

import threading

import pytest
from PySide6.QtCore import Qt

from app.services.listings.editing import ListingEdit

Key, Mod, Left = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton
TOO_LONG = ("Bedside Table Lamp " * 9).strip()


class TestTyping:
    def test_a_title_is_stored_after_a_pause_without_leaving_the_field(
        self, open_panel, make_sellable, loaded, qtbot, type_into, settle
    ):
        record = make_sellable()
        panel = open_panel(record.id)
        type_into(panel.editor.title, "Walnut Bedside Lamp")
        assert loaded(record.id).title == record.title
        qtbot.waitUntil(lambda: loaded(record.id).title == "Walnut Bedside Lamp")
        settle()
        assert panel.editor.title.hasFocus()
        assert panel.editor.title.text() == "Walnut Bedside Lamp"
        assert panel.card.name.text() == "Walnut Bedside Lamp"

    def test_leaving_the_field_stores_at_once_and_typing_is_one_step_of_undo(
        self, open_panel, make_sellable, loaded, services, qtbot, type_into, settle
    ):
        record = make_sellable()
        panel = open_panel(record.id)
        type_into(panel.editor.title, "Walnut")
        panel.saver.flush()
        settle()
        qtbot.keyClicks(panel.editor.title, " Bedside Lamp")
        qtbot.keyClick(panel.editor.title, Key.Key_Tab)
        settle()
        assert loaded(record.id).title == "Walnut Bedside Lamp"
        assert len(services.listings.history()) == 1
        services.listings.undo()
        assert loaded(record.id).title == record.title

    def test_two_visits_of_a_field_are_two_steps(self, open_panel, make_sellable, services, qtbot, type_into, settle):
        panel = open_panel(make_sellable().id)
        for text in ("Walnut Lamp", "Oak Lamp"):
            type_into(panel.editor.title, text)
            qtbot.keyClick(panel.editor.title, Key.Key_Tab)
            settle()
        assert len(services.listings.history()) == 2

    def test_changing_the_row_stores_what_was_typed_for_the_row_before(
        self, open_panel, make_sellable, loaded, type_into, settle
    ):
        first, second = make_sellable(), make_sellable()
        panel = open_panel(first.id)
        type_into(panel.editor.title, "Typed in the first")
        panel.show_listing(second.id)
        settle()
        assert loaded(first.id).title == "Typed in the first"
        assert loaded(second.id).title == second.title
        assert panel.editor.title.text() == second.title

    def test_closing_the_panel_stores_what_was_typed(self, open_panel, make_sellable, loaded, type_into, settle):
        record = make_sellable()
        panel = open_panel(record.id)
        type_into(panel.editor.keywords, "lamp, bedside")
        panel.hide()
        settle()
        assert loaded(record.id).keywords == "lamp, bedside"

    def test_every_field_is_stored(self, open_panel, make_sellable, loaded, qtbot, type_into, settle):
        record = make_sellable()
        panel = open_panel(record.id)
        for name, text in (
            ("keywords", "lamp"),
            ("weight_g", "1.25"),
            ("length_cm", "30"),
            ("width_cm", "20"),
            ("height_cm", "10"),
            ("handling_days", "3"),
            ("lot_size", "2"),
        ):
            line = getattr(panel.editor, name)
            type_into(line, text)
            qtbot.keyClick(line, Key.Key_Tab)
        settle()
        stored = loaded(record.id)
        assert (stored.keywords, stored.weight_g, stored.handling_days, stored.lot_size) == ("lamp", 1250, 3, 2)
        assert (stored.length_cm, stored.width_cm, stored.height_cm) == (30, 20, 10)
        assert panel.editor.weight_g.text() == "1.250"

    def test_an_emptied_number_is_unknown_and_never_zero(
        self, open_panel, make_sellable, loaded, qtbot, type_into, settle
    ):
        record = make_sellable()
        panel = open_panel(record.id)
        type_into(panel.editor.weight_g, "")
        qtbot.keyClick(panel.editor.weight_g, Key.Key_Tab)
        settle()
        assert loaded(record.id).weight_g is None
        assert panel.editor.fields["weight_g"].problem.isVisible()

    def test_an_emptied_lot_goes_back_to_what_is_stored(
        self, open_panel, make_sellable, loaded, qtbot, type_into, settle
    ):
        record = make_sellable()
        panel = open_panel(record.id)
        type_into(panel.editor.lot_size, "")
        qtbot.keyClick(panel.editor.lot_size, Key.Key_Tab)
        settle()
        assert (loaded(record.id).lot_size, panel.editor.lot_size.text()) == (1, "1")

    def test_html_keeps_its_no_break_spaces_and_tab_leaves(self, open_panel, make_sellable, loaded, qtbot, settle):
        record = make_sellable(detail_html="<p>24\u00a0cm</p>\n<p>Warm</p>")
        panel = open_panel(record.id)
        panel.editor.sections["detail_html"].fold(False)
        panel.editor.detail_html.setFocus()
        panel.editor.detail_html.moveCursor(panel.editor.detail_html.textCursor().MoveOperation.End)
        qtbot.keyClicks(panel.editor.detail_html, "<p>New</p>")
        qtbot.keyClick(panel.editor.detail_html, Key.Key_Tab)
        settle()
        assert loaded(record.id).detail_html == "<p>24\u00a0cm</p>\n<p>Warm</p><p>New</p>"
        assert not panel.editor.detail_html.hasFocus()

    def test_looking_at_html_with_windows_line_ends_changes_nothing(self, open_panel, make_sellable, services, settle):
        record = make_sellable(detail_html="<p>A</p>\r\n<p>B</p>")
        panel = open_panel(record.id)
        panel.refresh()
        settle()
        assert services.listings.history() == []
        assert panel.editor.detail_html.value == "<p>A</p>\n<p>B</p>"


class TestBadNumbers:
    @pytest.mark.parametrize("text", ["0,84kg?", "abc", "-3", "1.2345", "1,234", "99999999999"])
    def test_what_is_no_number_is_marked_and_not_stored(
        self, open_panel, make_sellable, loaded, qtbot, type_into, settle, text
    ):
        record = make_sellable()
        panel = open_panel(record.id)
        line = panel.editor.weight_g
        type_into(line, text)
        qtbot.keyClick(line, Key.Key_Tab)
        settle()
        assert loaded(record.id).weight_g == 840
        assert line.text() == text
        assert line.property("bad")
        assert text in panel.editor.fields["weight_g"].problem.text()
        assert panel.editor.fields["weight_g"].problem.isVisible()
        assert text in line.accessibleDescription()

    def test_pasted_spellings_are_read(self, open_panel, make_sellable, loaded, qtbot, type_into, settle):
        record = make_sellable()
        panel = open_panel(record.id)
        for text, grams in (("１．２５", 1250), ("0,9", 900), (" 2 ", 2000)):
            type_into(panel.editor.weight_g, "")
            panel.editor.weight_g.insert(text)
            panel.editor.weight_g.textEdited.emit(panel.editor.weight_g.text())
            qtbot.keyClick(panel.editor.weight_g, Key.Key_Tab)
            settle()
            assert loaded(record.id).weight_g == grams

    def test_a_reload_leaves_the_marked_text_and_correcting_it_clears_the_mark(
        self, open_panel, make_sellable, loaded, qtbot, type_into, settle
    ):
        record = make_sellable()
        panel = open_panel(record.id)
        type_into(panel.editor.handling_days, "soon")
        panel.refresh()
        settle()
        assert panel.editor.handling_days.text() == "soon"
        type_into(panel.editor.handling_days, "4")
        qtbot.keyClick(panel.editor.handling_days, Key.Key_Tab)
        settle()
        assert loaded(record.id).handling_days == 4
        assert not panel.editor.handling_days.property("bad")
        assert not panel.editor.fields["group_id"].problem.isVisible()

    def test_a_bad_number_is_there_again_when_the_listing_is(self, open_panel, make_sellable, type_into, settle):
        first, second = make_sellable(), make_sellable()
        panel = open_panel(first.id)
        type_into(panel.editor.weight_g, "heavy")
        panel.show_listing(second.id)
        settle()
        assert panel.editor.weight_g.text() == "0.840"
        assert not panel.editor.weight_g.property("bad")
        panel.show_listing(first.id)
        settle()
        assert panel.editor.weight_g.text() == "heavy"
        assert panel.editor.weight_g.property("bad")


class TestForeignNews:
    def edit(self, services, record, **fields):
        services.listings.save([ListingEdit(record.id, fields=fields)], record.title)

    def test_what_is_being_typed_is_never_overwritten(
        self, open_panel, make_sellable, services, loaded, type_into, settle
    ):
        record = make_sellable()
        panel = open_panel(record.id)
        type_into(panel.editor.title, "Typed but not stored")
        self.edit(services, record, title="Somebody else's", keywords="theirs")
        panel.refresh()
        settle()
        assert panel.editor.title.text() == "Typed but not stored"
        assert panel.editor.keywords.text() == "theirs"
        panel.saver.flush()
        settle()
        assert loaded(record.id).title == "Typed but not stored"

    def test_a_blank_at_the_end_stays_while_typing_goes_on(
        self, open_panel, make_sellable, loaded, qtbot, type_into, settle
    ):
        record = make_sellable()
        panel = open_panel(record.id)
        type_into(panel.editor.title, "Walnut ")
        panel.saver.flush()
        settle()
        assert loaded(record.id).title == "Walnut"
        assert panel.editor.title.text() == "Walnut "
        qtbot.keyClicks(panel.editor.title, "Lamp")
        panel.saver.flush()
        settle()
        assert loaded(record.id).title == "Walnut Lamp"

    def test_a_decimal_point_stays_while_typing_goes_on(self, open_panel, make_sellable, qtbot, type_into, settle):
        panel = open_panel(make_sellable().id)
        type_into(panel.editor.weight_g, "1.")
        panel.saver.flush()
        settle()
        assert panel.editor.weight_g.text() == "1."
        qtbot.keyClicks(panel.editor.weight_g, "5")
        assert panel.editor.weight_g.text() == "1.5"

    def test_undo_shows_in_the_focused_field_once_it_is_stored(
        self, open_panel, make_sellable, services, type_into, settle
    ):
        record = make_sellable()
        panel = open_panel(record.id)
        type_into(panel.editor.title, "Walnut Lamp")
        panel.saver.flush()
        settle()
        services.listings.undo()
        panel.refresh()
        settle()
        assert panel.editor.title.hasFocus()
        assert panel.editor.title.text() == record.title

    def test_an_answer_from_before_a_save_is_read_again(
        self, open_panel, make_sellable, services, qtbot, type_into, settle
    ):
        record = make_sellable()
        panel = open_panel(record.id)
        gate, reading = threading.Event(), threading.Event()
        detail = services.listings.detail
        answers = []

        def slow(listing_id):
            found = detail(listing_id)
            answers.append(found.record.title)
            reading.set()
            assert gate.wait(10)
            return found

        services.listings.detail = slow
        panel.refresh()
        qtbot.waitUntil(reading.is_set)
        type_into(panel.editor.title, "Stored meanwhile")
        with qtbot.waitSignal(panel.saver.saved):
            panel.saver.flush()
        panel.editor.title.clearFocus()
        gate.set()
        settle()
        assert answers[0] == record.title
        assert panel.editor.title.text() == "Stored meanwhile"

    def test_a_listing_that_is_gone_leaves_the_panel_empty(self, open_panel, make_sellable, write, settle):
        record = make_sellable()
        panel = open_panel(record.id)
        write("DELETE FROM listing WHERE id = ?", record.id)
        panel.refresh()
        settle()
        assert panel.editor.isHidden()
        assert panel.card.name.text() == "No listing selected"
