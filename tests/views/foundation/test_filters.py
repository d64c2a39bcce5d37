"""Narrowing a page: words, chips, segments, saved filters, expressions."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton

from app.services.errors import InputError
from app.services.paging import Filter
from app.views.field_picker import FieldPicker
from app.views.filter_bar import FilterBar
from app.views.filter_editor import FilterEditor, to_number
from app.views.filter_fields import FilterField, value_text
from app.views.filter_language import FilterLanguage
from app.views.language import language
from app.views.view_settings import MemorySettings

Key, Mod, Left = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton
MARGIN = FilterField("margin", "action.fix", "number", unit_key="action.redo")
STATUS = FilterField("status", "table.name", "choice", lambda: [("live", "Live"), ("draft", "Draft")])
TITLE = FilterField("title", "filter.name", "text")
CHANGED = FilterField("changed", "table.changed", "flag")
FIELDS = (MARGIN, STATUS, TITLE, CHANGED)


@pytest.fixture
def settings():
    return MemorySettings()


@pytest.fixture
def bar(qtbot, settings):
    made = FilterBar("t", settings)
    qtbot.addWidget(made)
    made.set_fields(FIELDS)
    made.resize(900, 40)
    with qtbot.waitExposed(made):
        made.show()
    return made


def chips(bar):
    return [chip.accessibleName() for chip in bar._chips]


class TestWords:
    def test_typing_asks_once_after_the_last_key(self, bar, qtbot):
        heard = []
        bar.changed.connect(lambda: heard.append(bar.text))
        qtbot.keyClicks(bar.search, "lamp")
        qtbot.waitUntil(lambda: heard != [])
        assert heard == ["lamp"]

    def test_it_asks_before_it_is_painted(self, bar, qtbot):
        """The answer is under way while the letter is drawn."""
        told = []
        qtbot.wait(20)
        bar.changed.connect(lambda: told.append("asked"))
        bar.search.paintEvent = lambda event: told.append("painted")
        qtbot.keyClicks(bar.search, "l")
        qtbot.waitUntil(lambda: "painted" in told)
        assert told == ["asked", "painted"]

    def test_blanks_around_are_no_new_question(self, bar, qtbot):
        heard = []
        bar.changed.connect(lambda: heard.append(bar.text))
        bar.search.setText("  lamp ")
        bar.search.search_now()
        bar.search.setText("lamp")
        bar.search.search_now()
        assert heard == ["lamp"]

    def test_arrow_down_goes_to_the_table_and_escape_empties(self, bar, qtbot):
        with qtbot.waitSignal(bar.left_down):
            qtbot.keyClick(bar.search, Key.Key_Down)
        bar.search.setText("x")
        qtbot.keyClick(bar.search, Key.Key_Escape)
        assert bar.text == ""

    def test_hint_and_name(self, bar, each_language):
        wanted = {"zh": "搜索", "en": "Search"}[each_language]
        assert bar.search.placeholderText() == bar.search.accessibleName() == wanted

    def test_its_buttons_say_what_they_do(self, bar, each_language):
        wanted = {"zh": {"搜索", "清空搜索"}, "en": {"Search", "Empty the search box"}}[each_language]
        buttons = bar.search.findChildren(QToolButton)
        assert {button.accessibleName() for button in buttons} == wanted
        assert {button.toolTip() for button in buttons} == wanted


class TestChips:
    def test_a_condition_reads_in_both_languages(self, bar):
        bar.set_filters([Filter("margin", "<", 20), Filter("status", "in", ("live", "draft"))])
        assert chips(bar) == ["Fix the current finding < 20 Redo", "Table 2 chosen"]
        language.set_language("zh")
        assert chips(bar) == ["处理当前问题 < 20 重做", "表格 2 项"]

    @pytest.mark.parametrize(
        ("field", "condition", "text"),
        [
            (MARGIN, Filter("margin", "<=", 2.5), "≤ 2.5 Redo"),
            (MARGIN, Filter("margin", "missing"), "is empty"),
            (STATUS, Filter("status", "in", ("live",)), "Live"),
            (STATUS, Filter("status", "not in", ("live",)), "≠ Live"),
            (STATUS, Filter("status", "in", ("gone",)), "gone"),
            (TITLE, Filter("title", "contains", "lamp"), "lamp"),
            (CHANGED, Filter("changed", "=", True), "Yes"),
            (CHANGED, Filter("changed", "=", False), "No"),
        ],
    )
    def test_values(self, field, condition, text):
        assert value_text(field, condition) == text

    def test_the_cross_removes_and_so_do_delete_and_backspace(self, bar, qtbot):
        bar.set_filters([Filter("margin", "<", 20), Filter("title", "contains", "a"), Filter("changed", "=", True)])
        chip = bar._chips[1]
        with qtbot.waitSignal(bar.changed):
            qtbot.mouseClick(chip, Left, pos=QPoint(chip.width() - 8, chip.height() // 2))
        assert [condition.field for condition in bar.filters] == ["margin", "changed"]
        with qtbot.waitSignal(bar.changed):
            qtbot.keyClick(bar._chips[0], Key.Key_Delete)
        with qtbot.waitSignal(bar.changed):
            qtbot.keyClick(bar.search, Key.Key_Backspace)
        assert bar.filters == ()
        assert not bar.clear.isVisible()

    def test_backspace_in_a_text_only_deletes_letters(self, bar, qtbot):
        bar.set_filters([Filter("margin", "<", 20)])
        bar.search.setText("ab")
        qtbot.keyClick(bar.search, Key.Key_Backspace)
        assert bar.search.text() == "a"
        assert len(bar.filters) == 1

    def test_clear_takes_words_and_chips(self, bar, qtbot):
        bar.set_filters([Filter("margin", "<", 20)], "lamp")
        with qtbot.waitSignal(bar.changed):
            qtbot.mouseClick(bar.clear, Left)
        assert (bar.filters, bar.text) == ((), "")

    def test_the_same_condition_is_not_added_twice(self, bar):
        bar.add_filter(Filter("margin", "<", 20))
        bar.add_filter(Filter("margin", "<", 20))
        assert len(bar.filters) == 1

    def test_conditions_on_unknown_fields_are_dropped(self, bar):
        bar.set_filters([Filter("of a newer version", "=", 1)])
        assert bar.filters == ()

    def test_many_chips_wrap_and_never_scroll(self, bar, qtbot):
        one = bar.layout().heightForWidth(900)
        bar.set_filters([Filter("title", "contains", f"a rather long text {n}") for n in range(6)])
        assert bar.layout().heightForWidth(900) > one
        assert all(chip.geometry().right() <= bar.width() for chip in bar._chips)

    def test_clicking_a_chip_edits_it(self, bar, qtbot):
        bar.set_filters([Filter("margin", "<", 20), Filter("changed", "=", True)])
        bar._chips[0].click()
        editor = bar.findChild(FilterEditor)
        assert editor.value.text() == "20"
        editor.value.setText("12,5")
        qtbot.keyClick(editor, Key.Key_Return)
        assert bar.filters == (Filter("margin", "<", 12.5), Filter("changed", "=", True))

    def test_without_expressions_what_cannot_be_shown_is_asked_anew(self, bar, qtbot):
        """Such as a kept filter of another version, on a page where nothing can be typed."""
        bar.set_filters([Filter("margin", "in", (1, 2))])
        bar._chips[0].click()
        editor = bar.findChild(FilterEditor)
        assert (editor.operator.currentText(), editor.value.text()) == ("less than", "")
        editor.accept()
        assert bar.filters == (Filter("margin", "in", (1, 2)),)
        assert editor.problem.text() == "Enter the value to compare with."
        editor.value.setText("3")
        editor.accept()
        assert bar.filters == (Filter("margin", "<", 3),)

    def test_adding_lists_the_fields(self, bar, qtbot):
        qtbot.mouseClick(bar.add, Left)
        picker = bar.findChild(FieldPicker)
        assert picker.names == ["Fix the current finding", "Table", "Name", "Changed"]
        assert picker.line.hasFocus()
        qtbot.keyClick(picker.line, Key.Key_Return)
        assert not picker.isVisible()
        editor = bar.findChild(FilterEditor)
        editor.value.setText("7")
        qtbot.keyClick(editor, Key.Key_Return)
        assert bar.filters == (Filter("margin", "<", 7),)


class TestFindingAField:
    @pytest.fixture
    def picker(self, bar, qtbot):
        bar.set_filters([Filter("status", "in", ("live",))])
        bar.choose_field()
        return bar.findChild(FieldPicker)

    @pytest.mark.parametrize(
        ("typed", "names"),
        [
            ("nam", ["Name"]),
            ("NAME", ["Name"]),
            ("名称", ["Name"]),
            ("status", ["Table"]),
            ("t", ["Table", "Name", "Fix the current finding"]),
            ("nothing of the kind", []),
        ],
    )
    def test_by_a_part_of_its_name_in_either_language(self, picker, qtbot, typed, names):
        picker.line.setText(typed)
        assert picker.names == names
        assert picker.nothing.isVisible() is (names == [])

    def test_keys_move_choose_and_leave(self, bar, picker, qtbot):
        qtbot.keyClick(picker.line, Key.Key_Down)
        qtbot.keyClick(picker.line, Key.Key_Down)
        assert picker.list.currentItem().text() == "Name"
        qtbot.keyClick(picker.line, Key.Key_Return)
        editor = bar.findChild(FilterEditor)
        assert editor.value.accessibleName() == "Name"
        qtbot.keyClick(editor, Key.Key_Escape)
        bar.choose_field()
        again = next(one for one in bar.findChildren(FieldPicker) if one.isVisible())
        again.line.setText("nothing of the kind")
        qtbot.keyClick(again.line, Key.Key_Return)
        assert again.isVisible()
        qtbot.keyClick(again, Key.Key_Escape)
        assert not again.isVisible()
        assert len(bar.filters) == 1

    def test_a_click_chooses(self, bar, picker, qtbot):
        qtbot.mouseClick(picker.list.viewport(), Left, pos=picker.list.visualItemRect(picker.list.item(3)).center())
        assert bar.findChild(FilterEditor).list.count() == 2

    def test_what_is_in_force_is_marked(self, picker, each_language):
        marked = [picker.list.item(at).toolTip() != "" for at in range(4)]
        assert marked == [False, True, False, False]

    def test_it_stays_on_the_screen(self, bar, picker):
        room = picker.screen().availableGeometry()
        picker.popup(room.bottomRight())
        assert room.contains(picker.geometry())


class TestEditor:
    @pytest.fixture
    def open_editor(self, bar, qtbot):
        def make(field, condition=None):
            editor = FilterEditor(field, condition, bar)
            qtbot.addWidget(editor)
            editor.popup(QPoint(0, 0))
            editor.heard = []
            editor.accepted.connect(editor.heard.append)
            return editor

        return make

    def test_several_of_a_choice(self, open_editor):
        editor = open_editor(STATUS, Filter("status", "in", ("draft",)))
        assert [editor.list.item(n).checkState().value for n in range(2)] == [0, 2]
        editor.list.item(0).setCheckState(Qt.CheckState.Checked)
        heard = editor.heard
        editor.accept()
        assert heard == [Filter("status", "in", ("live", "draft"))]

    def test_a_long_list_is_searched_and_keeps_its_ticks(self, open_editor, qtbot):
        many = FilterField("category", "table.name", "choice", lambda: [(n, f"Lamps {n}") for n in range(20)])
        editor = open_editor(many, Filter("category", "in", (3,)))
        assert editor.value.hasFocus()
        qtbot.keyClicks(editor.value, "lamps 1")
        shown = [at for at in range(20) if not editor.list.item(at).isHidden()]
        assert shown == [1, *range(10, 20)]
        editor.list.item(11).setCheckState(Qt.CheckState.Checked)
        editor.accept()
        assert editor.heard == [Filter("category", "in", (3, 11))]

    def test_what_is_ticked_is_in_view(self, open_editor):
        many = FilterField("category", "table.name", "choice", lambda: [(n, f"Lamps {n}") for n in range(200)])
        editor = open_editor(many, Filter("category", "in", (150,)))
        seen = editor.list.visualItemRect(editor.list.item(150))
        assert editor.list.viewport().rect().contains(seen)

    def test_words_to_find_a_value_with_are_no_change(self, open_editor, qtbot):
        many = FilterField("category", "table.name", "choice", lambda: [(n, f"Lamps {n}") for n in range(20)])
        editor = open_editor(many, Filter("category", "=", 3))
        qtbot.keyClicks(editor.value, "lamps 1")
        editor.accept()
        assert editor.heard == [Filter("category", "=", 3)]

    def test_a_short_list_is_not(self, open_editor):
        assert not open_editor(STATUS).value.isVisible()

    def test_none_of_a_choice_is_refused(self, open_editor):
        editor = open_editor(STATUS)
        editor.accept()
        assert editor.heard == []
        assert editor.problem.text() == "Choose at least one."
        assert editor.isVisible()

    def test_yes_and_no_exclude_each_other(self, open_editor):
        editor = open_editor(CHANGED)
        for n in (0, 1):
            editor.list.item(n).setCheckState(Qt.CheckState.Checked)
        assert editor.list.item(0).checkState() == Qt.CheckState.Unchecked
        heard = editor.heard
        editor.accept()
        assert heard == [Filter("changed", "=", False)]

    @pytest.mark.parametrize(("typed", "why"), [("", "Enter the value"), ("abc", "“abc” is not a number")])
    def test_a_wrong_number_stays_and_says_why(self, open_editor, typed, why):
        editor = open_editor(MARGIN)
        editor.value.setText(typed)
        editor.accept()
        assert editor.heard == []
        assert editor.problem.text().startswith(why)
        assert editor.value.property("bad")

    def test_empty_needs_no_value(self, open_editor):
        editor = open_editor(MARGIN)
        editor.operator.setCurrentIndex(editor.operator.findData("missing"))
        assert not editor.value.isEnabled()
        heard = editor.heard
        editor.accept()
        assert heard == [Filter("margin", "missing")]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("20", 20), ("12.5", 12.5), ("12,5", 12.5), ("1,200", 1200), ("1,234,567.50", 1234567.5), ("１２．５", 12.5),
        (" 20 % ", 20), ("$ 3.36", 3.36), ("−2.6", -2.6), ("1 200", 1200), ("x", None), ("", None), ("1..2", None),
        ("nan", None), ("inf", None), ("1e999", None),
    ],
)  # fmt: skip
def test_numbers_as_people_paste_them(typed, number):
    assert to_number(typed) == number


class TestExpressions:
    @pytest.fixture
    def parsing(self, bar):
        def read(text):
            number = to_number(text.split("margin<")[1])
            if number is None:
                raise InputError("not_found", noun="number", name=text)
            words, condition = text.split("margin<")[0].strip(), Filter("margin", "<", number)
            return words.removesuffix("|").strip(), [Filter("", "where", text) if "|" in words else condition]

        def write(filters, text):
            shown = [one.value if one.operator == "where" else f"{one.field}<{one.value}" for one in filters]
            return " ".join([text, *map(str, shown)]).strip()

        def is_meant(text):
            return "margin<" in text

        bar.set_expressions(
            FilterLanguage(read, write, lambda filters: write(filters, ""), is_meant, lambda: ["margin", "Marge"])
        )
        return bar

    def test_enter_turns_an_expression_into_a_chip(self, parsing, qtbot):
        qtbot.keyClicks(parsing.search, "lamp margin<5")
        qtbot.keyClick(parsing.search, Key.Key_Return)
        assert parsing.filters == (Filter("margin", "<", 5),)
        assert parsing.text == "lamp"

    def test_words_stay_words(self, parsing, qtbot):
        qtbot.keyClicks(parsing.search, "desk lamp")
        qtbot.keyClick(parsing.search, Key.Key_Return)
        assert parsing.text == "desk lamp"
        assert parsing.filters == ()

    def test_a_wrong_one_is_marked_and_says_why(self, parsing, qtbot):
        qtbot.keyClicks(parsing.search, "margin<x")
        qtbot.keyClick(parsing.search, Key.Key_Return)
        assert parsing.problem.isVisible()
        assert parsing.problem.text()
        assert parsing.search.property("bad")
        assert parsing.search.accessibleDescription() == parsing.problem.text()
        qtbot.keyClick(parsing.search, Key.Key_Backspace)
        qtbot.waitUntil(lambda: not parsing.problem.isVisible())
        assert not parsing.search.property("bad")


class TestSegments:
    @pytest.fixture
    def segments(self, bar):
        return bar.set_segments((("all", "table.columns", ""), ("live", "status.listing.live", "green")))

    def test_a_click_and_arrows_choose(self, bar, segments, qtbot):
        bar.layout().activate()
        with qtbot.waitSignal(bar.changed):
            qtbot.mouseClick(segments, Left, pos=segments.part_rect("live").center())
        assert bar.segment == "live"
        with qtbot.waitSignal(bar.changed):
            qtbot.keyClick(segments, Key.Key_Left)
        assert bar.segment == "all"
        with qtbot.assertNotEmitted(bar.changed):
            qtbot.keyClick(segments, Key.Key_Left)
        assert segments.accessibleName() == "Columns"

    def test_counts_take_room(self, bar, segments):
        before = segments.sizeHint().width()
        segments.show_counts({"live": 12846})
        assert segments.sizeHint().width() > before
        segments.set_parts((("live", "status.listing.live", ""),))
        assert segments.current == "live"
        segments.set_parts((("all", "table.columns", ""),))
        assert segments.current == "all"

    def test_without_segments_there_is_none(self, bar):
        assert bar.segment == ""


class TestSaved:
    def test_a_filter_is_kept_under_a_name_and_used_again(self, bar, qtbot, settings):
        bar.set_filters([Filter("status", "in", ("live", "draft")), Filter("margin", "<", 2.5)], "lamp")
        bar.save_as("mine")
        bar.clear_all()
        again = FilterBar("t", settings)
        qtbot.addWidget(again)
        again.set_fields(FIELDS)
        again.use_saved("mine")
        assert again.filters == (Filter("status", "in", ("live", "draft")), Filter("margin", "<", 2.5))
        assert again.text == "lamp"
        again.forget_saved("mine")
        assert bar.saved_filters() == {}

    def test_the_menu_lists_saves_and_deletes(self, bar, qtbot):
        bar.set_filters([Filter("margin", "<", 20)])
        bar.save_as("low")
        qtbot.mouseClick(bar.saved, Left)
        menu = next(menu for menu in bar.findChildren(QMenu) if menu.isVisible())
        texts = [action.text() for action in menu.actions() if action.text()]
        assert texts == ["low", "Rename", "Delete", "Save this filter…"]
        menu.close()

    def test_naming_happens_without_blocking(self, bar, qtbot):
        bar.set_filters([Filter("margin", "<", 20)])
        bar.ask_name()
        dialog = bar.findChild(QInputDialog)
        dialog.setTextValue("  low margin ")
        dialog.accept()
        assert list(bar.saved_filters()) == ["low margin"]

    def test_damaged_settings_do_no_harm(self, bar, settings):
        settings.put("filters.t", ["not", "a", "dict"])
        assert bar.saved_filters() == {}


@pytest.mark.parametrize(
    "condition",
    [Filter("a", "in", (1, 2)), Filter("a", "<", 2.5), Filter("a", "missing"), Filter("a", "=", "x")],
)
def test_conditions_survive_the_settings_file(condition):
    assert Filter.from_json(condition.to_json()) == condition
