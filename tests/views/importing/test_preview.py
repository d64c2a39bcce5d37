"""What would become of the rows: new, changed, unchanged, refused; searched, left out, corrected in place."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractItemView

from app.services.listings.marketing.groups import marketing_groups
from app.views.importing.columns import field_name
from app.views.language import language
from app.views.paged_table_model import PagedTableModel


def apply(user):
    with user.qtbot.waitSignal(user.dialog.applied) as told:
        user.presses(user.dialog.primary)
    return told.args[0]


def test_new_rows_are_shown_under_our_names_and_the_sheets(open_import, sheet, samples):
    user = open_import(sheet(samples.lamp, samples.mug, above=[("供应商报价",)]))
    first = user.rows[0]
    assert (first["Row"], first["Result"], first["Title"]) == ("3", "New", samples.lamp[1])
    assert (first["Merchant code"], first["Colour"], first["Price USD"]) == ("LM4402-WH", "米白", "18.90")
    assert (first["Stock"], first["Weight kg"]) == ("120", "0.840")
    table = user.dialog.preview.table
    assert table.paged.columns[user.column("Price USD")].subtitle() == "E · 单价($)"
    assert user.counts() == {"all": 2, "new": 2, "changed": 0, "same": 0, "refused": 0}
    assert user.dialog.primary.text() == "Apply 2 listings"
    assert user.dialog.primary.isEnabled()
    assert user.dialog.primary.hasFocus()  # Enter applies: nothing is left to be done
    assert user.dialog.windowTitle() == "Import · 供应商报价_0612.xlsx"


def test_applied_rows_are_unchanged_the_next_time(open_import, sheet, samples, stored):
    path = sheet(samples.lamp, samples.mug)
    apply(open_import(path))
    assert [row["code"] for row in stored()] == ["LM4402-WH", "CF1240-BK"]
    again = open_import(path)
    assert again.counts() == {"all": 2, "new": 0, "changed": 0, "same": 2, "refused": 0}
    assert not again.dialog.primary.isEnabled()
    assert again.dialog.primary.toolTip() == again.dialog.hint.text() == "There is nothing new or changed to apply."


def test_a_corrected_sheet_changes_only_what_was_corrected(open_import, sheet, samples, change_row, stored):
    apply(open_import(sheet(samples.lamp, samples.mug)))
    user = open_import(sheet(change_row(samples.lamp, price="19.90", stock="1999"), samples.mug))
    assert user.counts() == {"all": 2, "new": 0, "changed": 1, "same": 1, "refused": 0}
    assert user.rows[0]["Price USD"] == "18.90 → 19.90"
    assert user.rows[0]["Stock"] == "120 → 1,999"
    model = user.dialog.preview.table.paged
    assert model.cell(model.index(0, user.column("Price USD"))).is_changed
    assert not model.cell(model.index(0, user.column("Title"))).is_changed
    assert user.dialog.primary.text() == "Apply 1 listing"
    result = apply(user)
    assert (result.counts.changed, result.counts.unchanged) == (1, 1)
    assert [(row["price_minor"], row["stock"]) for row in stored()] == [(1990, 1999), (840, 588)]


def test_only_changed_columns(open_import, sheet, samples, change_row, context):
    apply(open_import(sheet(samples.lamp, samples.mug)))
    user = open_import(sheet(change_row(samples.lamp, price="19.90"), change_row(samples.mug, stock="-")))
    box = user.dialog.preview.only_changed
    assert "Colour" in user.rows[0]
    box.click()
    assert list(user.rows[0]) == ["Row", "Result", "Title", "Merchant code", "Price USD", "Stock"]
    box.click()
    assert "Colour" in user.rows[0]
    assert context.settings.get("table.import") is None, "what is left out for once is remembered for good"


def test_a_kept_column_is_shown_where_it_would_change_something(open_import, sheet, samples, change_row):
    apply(open_import(sheet(samples.lamp, samples.mug)))
    user = open_import(sheet(samples.lamp, change_row(samples.mug, note="rack 9")))
    assert user.counts()["changed"] == 1
    assert user.rows[1]["Kept as it is"] == "rack 7 → rack 9"


def test_the_rows_keep_qts_promises(open_import, sheet, samples, change_row, each_language):
    """Through segments and formatting anew."""
    user = open_import(sheet(samples.lamp, samples.mug, change_row(samples.cable, price="free")))
    model = user.dialog.preview.table.paged
    assert type(model) is PagedTableModel
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    user.chooses_segment("refused")
    assert model.rowCount() == 1
    user.chooses_segment("all")
    model.retranslate()
    assert user.dialog.preview.table.paged is model
    assert model.rowCount() == 3


def test_segments_and_search(open_import, sheet, samples, change_row):
    user = open_import(sheet(samples.lamp, samples.mug, change_row(samples.cable, price="free")))
    user.chooses_segment("refused")
    assert [row["Merchant code"] for row in user.rows] == ["CB2210-BK"]
    user.chooses_segment("changed")
    preview = user.dialog.preview
    assert preview.nothing.isVisible()
    assert preview.nothing.texts[0] == "No changed rows"
    user.presses(preview.nothing.button)
    user.waits_until(lambda: preview.table.isVisible())
    assert len(user.rows) == 3
    QTest.keyClicks(preview.search, "coffee mug")
    user.waits_until(lambda: preview.table.paged.total == 1 and preview.table.paged.is_ordered)
    assert user.rows[0]["Merchant code"] == "CF1240-BK"
    preview.search.setText("ＬＭ4402-wh")  # full width, another case, as an input method commits it
    user.waits_until(lambda: [row["Merchant code"] for row in user.rows] == ["LM4402-WH"])
    QTest.keyClicks(preview.search, "zzz")
    user.waits_until(lambda: preview.nothing.isVisible())
    assert preview.nothing.texts[0] == "No rows match"


def test_enter_in_the_search_box_does_not_apply(open_import, sheet, samples, stored):
    user = open_import(sheet(samples.lamp, samples.mug))
    QTest.keyClick(user.dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert user.dialog.preview.search.hasFocus()
    QTest.keyClicks(user.dialog.preview.search, "mug")
    QTest.keyClick(user.dialog.preview.search, Qt.Key.Key_Return)
    assert user.dialog.isVisible()
    user.waits_until(user.dialog.preview.table.hasFocus)
    user.waits_for_rows()
    assert stored() == []


def test_cells_nobody_reads_are_said(open_import, sheet, samples, change_row, each_language, stored):
    blue = change_row(samples.lamp, code="LM4402-BL", color="蓝色", title="Another lamp")
    user = open_import(sheet(samples.lamp, blue, samples.mug))
    dialog = user.dialog
    assert (
        dialog.overruled.title.text()
        == {
            "zh": "1 个单元格没有采用：与同一商品的首行不同",
            "en": "1 cell not used: the first row of its listing says otherwise",
        }[each_language]
    )
    [line] = dialog.overruled.lines
    assert "Another lamp" in line.reason.text()
    assert not dialog.overruled.save.isVisible()
    assert dialog.errors.isHidden()
    assert dialog.primary.isEnabled()
    apply(user)
    assert {row["title"] for row in stored() if row["code"].startswith("LM")} == {samples.lamp[1]}


class TestRefusedCells:
    @pytest.fixture
    def user(self, open_import, sheet, samples, change_row):
        return open_import(
            sheet(
                change_row(samples.lamp, weight="0,84kg?"),
                change_row(samples.mug, code="5.108E+12"),
                change_row(samples.cable, stock="1.2万"),
            )
        )

    def test_are_red_with_place_and_reason(self, user):
        assert user.counts() == {"all": 3, "new": 0, "changed": 0, "same": 0, "refused": 3}
        model = user.dialog.preview.table.paged
        cell = model.cell(model.index(0, user.column("Weight kg")))
        assert cell.is_refused
        assert cell.tip.startswith("Row 2, column G, 重量（g）:")
        assert user.rows[1]["Result"] == "Refused"
        lines = user.dialog.errors.lines
        assert [line.place.text() for line in lines] == [
            "Row 2, column G · Weight",
            "Row 3, column C · Merchant code",
            "Row 4, column F · Stock",
        ]
        assert lines[0].reason.text() == "“0,84kg?” is not a number. Write 840 (g) or 0.84 (kg)."
        assert user.dialog.errors.title.text() == "3 cells refused"
        assert not user.dialog.primary.isEnabled()
        assert user.dialog.preview.table.hasFocus()

    def test_are_corrected_by_double_click_and_enter(self, user, stored):
        user.types_into_cell(0, "Weight kg", "840")
        user.waits_until(lambda: user.counts()["refused"] == 2)
        user.waits_for_rows()
        assert user.rows[0]["Weight kg"] == "0.840"
        assert user.rows[0]["Result"] == "New"
        assert [line.place.text() for line in user.dialog.errors.lines] == [
            "Row 3, column C · Merchant code",
            "Row 4, column F · Stock",
        ]
        assert user.dialog.primary.text() == "Apply 1 listing · refused rows: 2"
        assert user.dialog.preview.table.currentIndex().row() == 1, "Enter goes down"
        assert apply(user).counts.refused_rows == 2
        assert [(row["code"], row["weight_g"]) for row in stored()] == [("LM4402-WH", 840)]

    def test_what_was_typed_stands_there_until_it_was_judged(self, user, busy_worker):
        with busy_worker():
            user.types_into_cell(0, "Weight kg", "840")
            user.waits_until(lambda: user.dialog.preview.pending)
            model = user.dialog.preview.table.paged
            cell = model.cell(model.index(0, user.column("Weight kg")))
            assert (cell.text, cell.is_refused) == ("840", False)
            assert not user.dialog.primary.isEnabled()
            assert user.dialog.primary.toolTip() == "Being read; can be applied when that is done"
        user.waits_until(lambda: user.counts()["refused"] == 2)

    def test_several_are_typed_without_waiting(self, user, busy_worker):
        with busy_worker():
            user.types_into_cell(0, "Weight kg", "840")
            user.types_into_cell(1, "Merchant code", "CF1240-BK")
            user.types_into_cell(2, "Stock", "12000")
            user.waits_until(lambda: len(user.dialog._wanted.request.fixes) == 3)
        user.waits_until(lambda: user.counts()["refused"] == 0)
        user.waits_for_rows()
        assert (user.rows[0]["Weight kg"], user.rows[2]["Stock"]) == ("0.840", "12,000")

    def test_a_text_that_is_wrong_as_well_is_refused_with_what_was_typed(self, user):
        user.types_into_cell(0, "Weight kg", "heavy")
        user.waits_until(lambda: "heavy" in user.dialog.errors.lines[0].reason.text())
        user.waits_for_rows()
        assert user.counts()["refused"] == 3
        user.types_into_cell(0, "Weight kg", "0.84")  # the header says grams
        user.waits_until(
            lambda: len(user.dialog.errors.lines) != 3 or "0.84" in user.dialog.errors.lines[0].reason.text()
        )

    def test_a_corrected_cell_can_be_corrected_again(self, user):
        user.types_into_cell(0, "Weight kg", "840")
        user.waits_until(lambda: user.counts()["refused"] == 2)
        user.waits_for_rows()
        model = user.dialog.preview.table.paged
        assert model.cell(model.index(0, user.column("Weight kg"))).tip.startswith("Corrected here")
        user.types_into_cell(0, "Weight kg", "900")
        user.waits_until(lambda: user.rows[0]["Weight kg"] == "0.900")

    def test_cells_that_are_fine_cannot_be_typed_into(self, user):
        table = user.dialog.preview.table
        index = table.paged.index(0, user.column("Title"))
        at = table.visualRect(index).center()
        user.qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert table.state() != QAbstractItemView.State.EditingState

    def test_a_proposal_is_a_button(self, user):
        line = user.dialog.errors.lines[2]
        assert line.fix.isVisible()
        assert not user.dialog.errors.lines[0].fix.isVisible()
        assert line.fix.text() == "Change to 12000"
        user.presses(line.fix)
        user.waits_until(lambda: user.counts()["refused"] == 2)
        user.waits_for_rows()
        assert user.rows[2]["Stock"] == "12,000"

    def test_alt_enter_takes_the_proposal_of_the_current_row(self, user):
        table = user.dialog.preview.table
        table.setCurrentIndex(table.paged.index(2, 0))
        QTest.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
        user.waits_until(lambda: user.counts()["refused"] == 2)

    def test_f8_goes_from_one_to_the_next(self, user):
        table = user.dialog.preview.table
        table.setCurrentIndex(table.paged.index(0, 0))
        places = []
        for _ in range(3):
            QTest.keyClick(table, Qt.Key.Key_F8)
            places.append(user.dialog.preview.current_place())
        assert places == [(3, "C"), (4, "F"), (2, "G")]
        QTest.keyClick(table, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
        assert user.dialog.preview.current_place() == (4, "F")

    def test_f2_corrects_by_keyboard_alone(self, user):
        table = user.dialog.preview.table
        QTest.keyClick(table, Qt.Key.Key_F8)
        while user.dialog.preview.current_place() != (4, "F"):
            QTest.keyClick(table, Qt.Key.Key_F8)
        QTest.keyClick(table, Qt.Key.Key_F2)
        assert table.state() == QAbstractItemView.State.EditingState
        editor = table.viewport().focusWidget()
        QTest.keyClicks(editor, "77")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        user.waits_until(lambda: user.counts()["refused"] == 2)

    def test_a_click_on_a_line_goes_to_its_cell(self, user):
        user.chooses_segment("new")
        user.presses(user.dialog.errors.lines[1].place)
        user.waits_until(lambda: user.dialog.preview.current_place() == (3, "C"))
        assert user.dialog.preview.segments.current == "refused"
        assert user.dialog.preview.table.hasFocus()

    def test_the_lines_are_one_stop_of_the_keyboard(self, user):
        lines = user.dialog.errors.lines[0].parentWidget()
        lines.setFocus()
        QTest.keyClick(lines, Qt.Key.Key_Down)
        QTest.keyClick(lines, Qt.Key.Key_Down)
        assert lines.accessibleName().startswith("Row 4, column F")
        QTest.keyClick(lines, Qt.Key.Key_Return)
        assert user.dialog.preview.current_place() == (4, "F")
        assert user.dialog.isVisible()
        lines.setFocus()
        QTest.keyClick(lines, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
        user.waits_until(lambda: user.counts()["refused"] == 2)

    def test_when_the_last_one_is_corrected_the_list_is_gone(self, user):
        user.chooses_segment("refused")
        for row, title, text in ((0, "Weight kg", "840"), (0, "Merchant code", "CF1240-BK"), (0, "Stock", "12000")):
            left = user.counts()["refused"]
            user.types_into_cell(row, title, text)
            user.waits_until(lambda left=left: user.counts()["refused"] == left - 1)
            user.waits_for_rows()
        assert not user.dialog.errors.isVisible()
        assert user.dialog.preview.nothing.isVisible()
        assert user.dialog.preview.nothing.texts[0] == "No refused rows"
        assert user.dialog.primary.text() == "Apply 3 listings"

    def test_say_the_same_in_chinese_when_the_language_changes(self, user):
        language.set_language("zh")
        assert user.dialog.errors.lines[0].place.text() == "第 2 行 G 列 · 毛重"
        assert user.dialog.errors.lines[0].reason.text() == "“0,84kg?” 不是数字。写成 840（克）或 0.84（千克）。"
        assert user.dialog.errors.lines[2].fix.text() == "改为 12000"
        assert user.rows[0]["结果"] == "被拒"
        assert user.dialog.windowTitle() == "导入 · 供应商报价_0612.xlsx"
        assert user.dialog.options.recognised.text().startswith("8 列已识别 7 列")
        assert user.dialog.options.files.lines[0].detail == "商品表 · 报价"


def test_many_refused_cells_are_counted_and_all_of_them_can_be_seen(open_import, sheet, samples, change_row):
    rows = [change_row(samples.lamp, key=f"K{n}", code=f"K{n}-1", price="?") for n in range(60)]
    user = open_import(sheet(*rows))
    errors = user.dialog.errors
    assert errors.title.text() == "60 cells refused"
    assert len(errors.lines) == 40
    assert errors.more.isVisible()
    user.presses(errors.more)
    user.waits_for_rows()
    assert user.dialog.preview.segments.current == "refused"
    assert user.dialog.preview.table.paged.total == 60


def test_a_refused_cell_far_down_is_found(open_import, sheet, samples, change_row):
    rows = [change_row(samples.lamp, key=f"K{n}", code=f"K{n}-1") for n in range(700)]
    rows[650] = change_row(rows[650], price="?")
    user = open_import(sheet(*rows))
    user.presses(user.dialog.errors.lines[0].place)
    user.waits_until(lambda: user.dialog.preview.current_place() == (652, "E"))
    assert user.dialog.preview.table.currentIndex().row() == 650


def test_correcting_keeps_place_and_width(open_import, sheet, samples, change_row):
    rows = [change_row(samples.lamp, key=f"K{n}", code=f"K{n}-1") for n in range(300)]
    rows[200] = change_row(rows[200], price="?")
    user = open_import(sheet(*rows))
    table = user.dialog.preview.table
    table.header.resizeSection(user.column("Title"), 333)
    user.dialog.preview.go_to(202, "E")
    user.waits_until(lambda: user.dialog.preview.current_place() == (202, "E"))
    scrolled = table.verticalScrollBar().value()
    assert scrolled > 0
    user.dialog.fix(202, "E", "4.20")
    user.waits_until(lambda: user.counts()["refused"] == 0)
    user.waits_for_rows()
    assert user.dialog.preview.table is table
    assert table.verticalScrollBar().value() == scrolled
    assert user.dialog.preview.current_place() == (202, "E")
    assert table.header.sectionSize(user.column("Title")) == 333


def test_names_of_columns():
    assert field_name("property", "color") == "Colour · Sale property"
    assert field_name("property", "发光颜色") == "发光颜色 · Sale property"
    assert field_name("attribute", "Power") == "Power · Attribute"
    assert field_name("weight", unit="g") == "Weight · g"
    assert field_name(None) == "Kept as it is"
    assert field_name("something new") == "Other"


def test_new_marketing_groups_are_made_when_the_user_agrees(open_import, sheet, samples, app):
    header = (*samples.headers, "营销分组")
    user = open_import(sheet((*samples.lamp, "Summer"), (*samples.mug, ""), headers=header))
    options = user.dialog.options
    assert options.new_groups.isVisible() and "Summer" in options.new_groups.text()
    assert user.counts()["refused"] == 1
    user.presses(options.make_groups)
    user.waits_until(lambda: user.dialog._wanted.request.makes_groups)
    user.waits_for_rows()
    assert user.counts()["refused"] == 0
    assert not options.make_groups.isVisible() and options.new_groups.isVisible()
    apply(user)
    user.waits_until(lambda: [one.name for one in marketing_groups(app.db)] == ["Summer"])
