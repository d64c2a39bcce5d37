"""Controls of the editor on their own: typing is told, showing is not, composing is left alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.services.listings.details import Choice
from app.views.listings.lines import ChoiceBox, HtmlBox, NumberLine, TextLine, refusal, whole_number

Key = Qt.Key


@pytest.fixture
def desk(qtbot):
    """A shown window for controls that need the focus."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 200)

    def put(control):
        control.setParent(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        control.show()
        control.setFocus()
        qtbot.waitUntil(control.hasFocus)
        return control

    return put


def heard(signal):
    said = []
    signal.connect(said.append)
    return said


def number_line(**options):
    return NumberLine(whole_number, str, **options)


class TestText:
    def test_showing_is_not_typing(self, desk):
        line = desk(TextLine())
        said = heard(line.typed)
        line.show_value("Lamp", is_other=True)
        assert (line.text(), said) == ("Lamp", [])

    def test_typing_is_told_without_blanks_at_the_ends(self, desk, qtbot):
        line = desk(TextLine())
        said = heard(line.typed)
        qtbot.keyClicks(line, " ab ")
        assert said == ["", "a", "ab", "ab"]

    def test_undoing_in_the_line_is_typing_too(self, desk, qtbot):
        line = desk(TextLine())
        line.show_value("Lamp", is_other=True)
        said = heard(line.typed)
        qtbot.keyClicks(line, "X")
        qtbot.keyClick(line, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert said == ["XLamp", "Lamp"]

    def test_letters_being_composed_are_left_alone(self, desk):
        line = desk(TextLine())
        line.show_value("Lamp", is_other=True)
        QApplication.sendEvent(line, QInputMethodEvent("ni", []))
        line.show_value("Other", is_other=False)
        commit = QInputMethodEvent("", [])
        commit.setCommitString("你")
        QApplication.sendEvent(line, commit)
        assert "你" in line.text()
        assert "Other" not in line.text()

    def test_another_value_keeps_the_cursor_where_it_was(self, desk):
        line = desk(TextLine())
        line.show_value("Bedside Lamp", is_other=True)
        line.setCursorPosition(7)
        line.show_value("Walnut Lamp", is_other=False)
        assert (line.text(), line.cursorPosition()) == ("Walnut Lamp", 7)

    def test_leaving_is_told(self, desk, qtbot):
        line = desk(TextLine())
        with qtbot.waitSignal(line.left):
            qtbot.keyClick(line, Key.Key_Return)


class TestNumber:
    @pytest.mark.parametrize(
        ("text", "scale", "value"),
        [
            ("12", 1, 12),
            ("0.84", 1000, 840),
            ("１２", 1, 12),
            (" 7 ", 1, 7),
            ("", 1, None),
            ("–", 1, None),
            ("0", 1, 0),
        ],
    )
    def test_whole_numbers(self, text, scale, value):
        assert whole_number(text, scale=scale) == value

    @pytest.mark.parametrize("text", ["1.5", "-1", "x", "1,234", "10000000000"])
    def test_others_are_refused(self, text):
        with pytest.raises(ValueError, match=r".*"):
            whole_number(text)

    def test_refusals_say_what_to_write(self):
        assert refusal("abc") == "“abc” is not a number. Write it like 12 or 12.50."
        assert refusal("1,234") == "“1,234” may be a thousand or a decimal. Write 1234 or 1.234."
        assert refusal(" -1 ") == "“-1” is below 0. Write 0 or more."
        assert refusal("99999999999") == "“99999999999” is too large. See whether there is a digit too many."
        assert refusal("$7.777") == "“$7.777” has too many decimals. Leave some out."
        assert refusal("0") == "“0” cannot be used here. Enter another number."
        for amount in ("¥35", "￥35", "35 €"):
            assert refusal(amount).startswith(f"“{amount}” is in another currency, and nothing is converted here.")

    def test_the_beginning_of_a_bad_number_is_taken_back(self, desk, qtbot):
        line = desk(number_line())
        line.show_value(840, is_other=True)
        said, problems = heard(line.typed), heard(line.refused)
        line.selectAll()
        qtbot.keyClicks(line, "12x")
        assert said == [1, 12, 840]
        assert problems[-1]
        qtbot.keyClick(line, Key.Key_Backspace)
        assert (said[-1], problems[-1]) == (12, "")

    def test_leaving_shows_the_normal_form_or_the_bad_text(self, desk, qtbot):
        line = desk(NumberLine(lambda text: whole_number(text, scale=1000), lambda grams: f"{grams / 1000:.3f}"))
        line.show_value(840, is_other=True)
        line.selectAll()
        qtbot.keyClicks(line, "1,5")
        qtbot.keyClick(line, Key.Key_Return)
        assert line.text() == "1.500"
        qtbot.keyClicks(line, "kg")
        qtbot.keyClick(line, Key.Key_Return)
        assert line.text() == "1.500kg"

    def test_a_line_that_needs_a_value_keeps_it(self, desk, qtbot):
        line = desk(number_line(needs_value=True))
        line.show_value(3, is_other=True)
        said = heard(line.typed)
        line.selectAll()
        qtbot.keyClick(line, Key.Key_Delete)
        assert said == []
        qtbot.keyClick(line, Key.Key_Return)
        assert line.text() == "3"


class TestChoice:
    CHOICES = (Choice("1", "Small"), Choice("2", "Large"))

    def test_the_value_is_an_id_and_what_matched_nothing_stays(self, qtbot):
        box = ChoiceBox()
        qtbot.addWidget(box)
        box.show_choices(self.CHOICES, "2")
        assert (box.value, box.currentText(), box.count()) == ("2", "Large", 2)
        box.show_choices(self.CHOICES, "Sheet's own")
        assert (box.value, box.currentText()) == ("Sheet's own", "Sheet's own")
        box.show_choices(self.CHOICES, "", may_be_empty=True)
        assert (box.value, box.currentText(), box.count()) == ("", "–", 3)

    def test_only_another_choice_is_told(self, qtbot):
        box = ChoiceBox()
        qtbot.addWidget(box)
        box.show_choices(self.CHOICES, "2")
        said = heard(box.chosen)
        box.activated.emit(1)
        box.setCurrentIndex(0)
        box.activated.emit(0)
        box.activated.emit(0)
        assert said == ["1"]

    def test_news_do_not_close_an_open_list(self, desk):
        box = desk(ChoiceBox())
        box.show_choices(self.CHOICES, "2")
        box.showPopup()
        box.show_choices(self.CHOICES, "1")
        assert box.view().isVisible()
        assert box.value == "2"
        box.hidePopup()

    def test_locked_it_can_be_read_but_not_opened(self, desk, qtbot):
        box = desk(ChoiceBox())
        box.show_choices(self.CHOICES, "2")
        box.set_locked(True)
        qtbot.keyClick(box, Key.Key_S)
        qtbot.keyClick(box, Key.Key_Down)
        box.showPopup()
        assert box.value == "2"
        assert not box.view().isVisible()
        assert box.isEnabled()


class TestHtml:
    def test_showing_is_not_typing_and_keeps_the_cursor(self, desk, qtbot):
        box = desk(HtmlBox())
        said = heard(box.typed)
        box.show_value("<p>Warm light</p>", is_other=True)
        assert said == []
        cursor = box.textCursor()
        cursor.setPosition(5)
        box.setTextCursor(cursor)
        box.show_value("<p>Cold light</p>", is_other=False)
        assert box.textCursor().position() == 5
        qtbot.keyClicks(box, "x")
        assert said == ["<p>Coxld light</p>"]

    def test_leaving_is_told_but_not_for_a_menu(self, desk, qtbot):
        box = desk(HtmlBox())
        told = []
        box.left.connect(lambda: told.append(1))
        from PySide6.QtGui import QFocusEvent

        QApplication.sendEvent(box, QFocusEvent(QFocusEvent.Type.FocusOut, Qt.FocusReason.PopupFocusReason))
        assert told == []
        QApplication.sendEvent(box, QFocusEvent(QFocusEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason))
        assert told == [1]
