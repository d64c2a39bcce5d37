"""What was recognised, and putting it right: sheet, header row, columns, store; kept for the next time."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from app.services.workbooks.fields import field_book
from app.views.importing.meanings import GROUPS, MORE


def button_of(user, header):
    return next(one for one in user.dialog.options.mapping.buttons if one.source.header == header)


def open_menu(user, button):
    user.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    menus = [menu for menu in button.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    return menus[0]


def actions_of(menu):
    """Texts → actions, those of submenus, too."""
    found = {}
    for action in menu.actions():
        if action.menu() is not None:
            found.update({f"{action.text()} > {text}": one for text, one in actions_of(action.menu()).items()})
        elif not action.isSeparator():
            found[action.text()] = action
    return found


def choose(user, header, text):
    menu = open_menu(user, button_of(user, header))
    actions_of(menu)[text].trigger()
    menu.close()
    user.waits_for_rows()


def test_what_was_recognised_is_said(open_import, sheet, samples):
    user = open_import(sheet(samples.lamp, above=[("2026 supplier quote",)]))
    options = user.dialog.options
    line = options.files.lines[0]
    assert (line.name, line.detail, line.count) == ("供应商报价_0612.xlsx", "Listings · 报价", "1 row")
    assert options.sheets.currentText() == "报价"
    assert options.header_row.value() == 2
    assert options.first_row.text() == "Data from row 3"
    assert options.recognised.text() == "7 of 8 columns recognised, 1 kept as they are"
    assert [one.text() for one in options.mapping.buttons] == [
        "Product key",
        "Title",
        "Merchant code",
        "Colour · Sale property",
        "Price · USD",
        "Stock",
        "Weight · g",
        "Kept as it is",
    ]
    assert [options.stores.itemText(at) for at in range(options.stores.count())] == ["晨帆数码", "橙屿家居"]


def test_a_column_is_given_another_meaning(open_import, sheet, samples, stored):
    user = open_import(sheet(samples.lamp, samples.mug))
    assert "Brand" not in user.rows[0]
    choose(user, "FBA 备注", "Brand")
    assert user.rows[1]["Brand"] == "rack 7"
    assert button_of(user, "FBA 备注").text() == "Brand"
    choose(user, "FBA 备注", "Kept as it is")
    assert "Brand" not in user.rows[0]


def test_the_menu_marks_what_is_chosen_and_offers_every_field(open_import, sheet, samples):
    user = open_import(sheet(samples.lamp))
    menu = open_menu(user, button_of(user, "商家编码"))
    found = actions_of(menu)
    assert [text for text, action in found.items() if action.isChecked()] == ["Merchant code"]
    assert "Weight > kg" in found
    assert "Sale property > Ships from" in found
    menu.close()
    menu = open_menu(user, button_of(user, "重量（g）"))
    assert [text for text, action in actions_of(menu).items() if action.isChecked()] == ["Weight > g"]
    menu.close()
    offered = [field for group in (*GROUPS, MORE) for field in group]
    assert len(offered) == len(set(offered))
    assert set(offered) == set(field_book().fields) - {"reason", "row_mark"}
    assert "More > Barcode" in found


def test_the_unit_of_a_weight_can_be_chosen(open_import, sheet, samples, change_row):
    headers = tuple("重量" if header.startswith("重量") else header for header in samples.headers)
    user = open_import(sheet(change_row(samples.lamp, weight="12"), headers=headers))
    assert user.counts()["refused"] == 1, "12 is grams or kilograms"
    choose(user, "重量", "Weight > g")
    assert user.rows[0]["Weight kg"] == "0.012"
    choose(user, "重量", "Weight > kg")
    assert user.rows[0]["Weight kg"] == "12.000"


def test_a_missing_column_is_chosen_and_it_goes_on(open_import, sheet, samples):
    headers = tuple("wholesale" if header == "单价($)" else header for header in samples.headers)
    user = open_import(sheet(samples.lamp, samples.mug, headers=headers))
    preview = user.dialog.preview
    assert preview.state.isVisible()
    assert "no column is the price" in preview.state.texts[1]
    assert not user.dialog.primary.isEnabled()
    assert preview.table is None
    user.presses(preview.state.button)
    focused = user.dialog.focusWidget()
    assert focused is button_of(user, "wholesale"), "the first column without a meaning"
    choose(user, "wholesale", "Price")
    assert [row["Price USD"] for row in user.rows] == ["18.90", "8.40"]
    assert user.dialog.primary.isEnabled()


def test_a_mapping_is_made_by_keyboard_alone(open_import, sheet, samples):
    user = open_import(sheet(samples.lamp, samples.mug))
    button = button_of(user, "FBA 备注")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    menu = next(one for one in button.findChildren(QMenu) if one.isVisible())
    menu.setActiveAction(actions_of(menu)["Brand"])
    QTest.keyClick(menu, Qt.Key.Key_Return)
    user.waits_for_rows()
    assert user.rows[1]["Brand"] == "rack 7"
    assert button_of(user, "FBA 备注").accessibleName() == "“FBA 备注” means Brand"


def test_enter_on_a_meaning_opens_the_menu_and_does_not_apply(open_import, sheet, samples, stored):
    user = open_import(sheet(samples.lamp))
    button = button_of(user, "商家编码")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    menu = next(one for one in button.findChildren(QMenu) if one.isVisible())
    menu.close()
    assert user.dialog.isVisible()
    assert stored() == []


def test_columns_with_one_header_are_told_apart(open_import, sheet, samples):
    headers = (*samples.headers, "FBA 备注")
    user = open_import(sheet((*samples.mug, "Northlane"), headers=headers))
    buttons = [one for one in user.dialog.options.mapping.buttons if one.source.header == "FBA 备注"]
    assert [one.source.key for one in buttons] == ["H", "I"]
    menu = open_menu(user, buttons[1])
    actions_of(menu)["Brand"].trigger()
    menu.close()
    user.waits_for_rows()
    assert user.rows[0]["Brand"] == "Northlane"


class TestKeptMapping:
    def test_by_its_link(self, open_import, sheet, samples, qtbot):
        path = sheet(samples.lamp, samples.mug)
        user = open_import(path)
        choose(user, "FBA 备注", "Brand")
        user.presses(user.dialog.options.save)
        said = user.dialog.options.recognised
        user.waits_until(lambda: said.text() == "Mapping kept; sheets with the same headers will use it.")
        again = open_import(sheet(samples.mug, name="next week.xlsx"))
        assert again.rows[0]["Brand"] == "rack 7"
        assert again.dialog.options.recognised.text().endswith("mapping of last time")

    def test_by_applying_what_was_corrected(self, open_import, sheet, samples):
        user = open_import(sheet(samples.lamp, samples.mug))
        choose(user, "FBA 备注", "Brand")
        with user.qtbot.waitSignal(user.dialog.applied):
            user.presses(user.dialog.primary)
        again = open_import(sheet(samples.mug, name="next week.xlsx"))
        assert button_of(again, "FBA 备注").text() == "Brand"

    def test_is_corrected_further_column_by_column(self, open_import, sheet, samples):
        user = open_import(sheet(samples.mug))
        choose(user, "FBA 备注", "Brand")
        user.presses(user.dialog.options.save)
        user.waits_until(lambda: "kept" in user.dialog.options.recognised.text())
        again = open_import(sheet(samples.mug, name="next week.xlsx"))
        choose(again, "颜色分类", "Kept as it is")
        assert button_of(again, "FBA 备注").text() == "Brand", "one correction must not lose the others"
        assert "Colour" not in again.rows[0]


class TestHeaderRow:
    def test_is_typed(self, open_import, sheet, samples, stored):
        above = [("价格表", "标题", "", "", "", "", "", ""), ("", "", "", "", "", "", "", "")]
        user = open_import(sheet(samples.lamp, samples.mug, above=above))
        options = user.dialog.options
        assert options.header_row.value() == 3
        options.header_row.setFocus()
        options.header_row.selectAll()
        QTest.keyClicks(options.header_row, "4")
        user.waits_until(lambda: user.dialog.head.header_row == 4)
        user.waits_for_rows()
        assert options.mapping.buttons[0].source.header == "LM4402"
        assert options.header_row.value() == 4
        QTest.keyClick(options.header_row, Qt.Key.Key_Return)
        assert user.dialog.isVisible(), "Enter in a field does not apply"
        assert stored() == []
        options.header_row.selectAll()
        QTest.keyClicks(options.header_row, "3")
        user.waits_until(lambda: user.dialog.head.header_row == 3)
        user.waits_for_rows()
        assert len(user.rows) == 2

    def test_while_it_is_typed_nothing_is_read_for_every_digit(self, open_import, sheet, samples, monkeypatch):
        user = open_import(sheet(samples.lamp, above=[("x",)] * 11))
        asked = []
        monkeypatch.setattr(user.dialog, "_ask", asked.append)
        options = user.dialog.options
        options.header_row_chosen.connect(lambda number: asked.append(number))
        options.header_row.setFocus()
        options.header_row.selectAll()
        QTest.keyClicks(options.header_row, "13")
        user.waits_until(lambda: len(asked) == 2)
        assert asked[1] == 13 or asked[0] == 13
        assert sum(isinstance(one, int) for one in asked) == 1


def test_another_sheet_of_the_file(open_import, sheet, samples, tmp_path):
    import openpyxl

    path = sheet(samples.lamp)
    book = openpyxl.load_workbook(path)
    page = book.create_sheet("旧报价")
    for row in (samples.headers, samples.mug, samples.cable):
        page.append(list(row))
    book.save(path)
    user = open_import(path)
    sheets = user.dialog.options.sheets
    assert [sheets.itemText(at) for at in range(sheets.count())] == ["报价", "旧报价"]
    assert len(user.rows) == 1
    sheets.setFocus()
    QTest.keyClick(sheets, Qt.Key.Key_Down)
    user.waits_for_rows()
    assert [row["Merchant code"] for row in user.rows] == ["CF1240-BK", "CB2210-BK"]
    assert user.dialog.options.files.lines[0].detail == "Listings · 旧报价"


def test_another_store(open_import, sheet, samples, stored):
    user = open_import(sheet(samples.lamp), store_id=2)
    assert user.dialog.options.stores.currentText() == "橙屿家居"
    user.dialog.options.stores.setFocus()
    QTest.keyClick(user.dialog.options.stores, Qt.Key.Key_Up)
    user.waits_for_rows()
    with user.qtbot.waitSignal(user.dialog.applied):
        user.presses(user.dialog.primary)
    assert [row["code"] for row in stored(1)] == ["LM4402-WH"]
    assert stored(2) == []


def test_prices_of_another_currency_are_refused_with_the_reason(open_import, sheet, samples, change_row):
    headers = tuple("单价(元)" if header == "单价($)" else header for header in samples.headers)
    user = open_import(sheet(samples.lamp, headers=headers))
    assert user.dialog.options.caution.isVisible()
    assert "CNY" in user.dialog.options.caution.text()
    assert user.counts()["refused"] == 1
    assert [error.code for error in user.dialog.head.errors] == ["price_currency"]
    assert not user.dialog.primary.isEnabled()
    assert not open_import(sheet(samples.lamp, name="usd.xlsx")).dialog.options.caution.isVisible()


def test_a_second_sheet_with_listings_is_named_until_it_is_chosen(open_import, sheet, samples):
    import openpyxl

    path = sheet(samples.lamp, title="春")
    book = openpyxl.load_workbook(path)
    page = book.create_sheet("秋")
    for line in (samples.headers, samples.mug, samples.cable):
        page.append(list(line))
    book.save(path)
    user = open_import(path)
    options = user.dialog.options
    assert options.sheets_left.isVisible()
    assert "“秋” (2 rows)" in options.sheets_left.text()
    options.sheets.setCurrentText("秋")
    options.sheets.activated.emit(1)
    user.waits_for_rows()
    assert len(user.rows) == 2
    assert "“春” (1 row)" in options.sheets_left.text()
    user = open_import(sheet(samples.lamp, name="one.xlsx"))
    assert not user.dialog.options.sheets_left.isVisible()


def test_without_a_store_to_import_into_it_says_what_to_do(open_import, sheet, samples, app):
    with app.db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET access = 'read'")
    user = open_import(sheet(samples.lamp), waits=False)
    user.waits_until(lambda: user.dialog.preview.state.texts[0] == "No store yet")
    assert not user.dialog.primary.isEnabled()
