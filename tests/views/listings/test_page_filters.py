"""The Listings tab narrowed by what a person writes: typed, completed, changed, saved, renamed, shared."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog, QMenu

from app.services.listings.tags import add_tags
from app.services.paging import Filter
from app.views.expression_editor import ExpressionEditor
from app.views.field_picker import FieldPicker
from app.views.filter_editor import FilterEditor
from app.views.filter_files import FilterFiles
from app.views.language import language

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
RICH = Filter("", "where", "status in (live) or title ~ desk")


@pytest.fixture
def page(open_page, make_sellable, services, db):
    """Three listings: Ash is live, Birch ready and tagged, Cedar a draft without a weight."""
    make_sellable("Ash Bedside Lamp", status="live", created_ms=5_000)
    birch = make_sellable("Birch Desk Lamp", status="ready", created_ms=4_000, skus=(("BI1*2+CD5", 500, 0),))
    make_sellable("Cedar Floor Lamp", status="draft", created_ms=3_000, weight_g=None)
    with db.bulk() as connection:
        add_tags(connection, [(birch.id, "summer sale")])
    return open_page()


@pytest.fixture
def write(page, qtbot, settle):
    """Put a text into the search box (Qt's test keys are ASCII) and press Enter."""

    def type_it(text):
        page.filters.search.setText(text)
        qtbot.keyClick(page.filters.search, Key.Key_Return)
        settle()

    return type_it


def titles(page):
    rows = page.rows.paged
    return [rows.record(row).title.split()[0] for row in range(rows.total)]


def chips(page):
    return [chip.accessibleName() for chip in page.filters._chips]


def shown(page, kind):
    return next(widget for widget in page.findChildren(kind) if widget.isVisible())


class TestTyping:
    @pytest.mark.parametrize(
        ("text", "read", "found"),
        [
            ("price < 6 and stock = 0", ["Price < 6 USD", "Stock 0"], ["Birch"]),
            ("= weight is missing or status = live", ["weight is missing or status = live"], ["Ash", "Cedar"]),
            ("stock > 0 and not title ~ cedar", ["Stock > 0", "not title ~ cedar"], ["Ash"]),
            ("price between 6 and 20", ["Price ≥ 6 USD", "Price ≤ 20 USD"], ["Ash", "Cedar"]),
            ('tag = "summer sale"', ["Tag summer sale"], ["Birch"]),
            ("item = CD5", ["Contains item CD5"], ["Birch"]),
            ("(template = 小件普货 and price > 6) or sku = bi1*2+cd5", None, ["Ash", "Birch", "Cedar"]),
            ("title !~ lamp", ["Title without lamp"], []),
            ("created < 2026-01-01 and 库存 = 0", ["Added on < 2026-01-01", "Stock 0"], ["Birch"]),
        ],
    )
    def test_an_expression_becomes_chips_and_narrows_the_rows(self, page, write, text, read, found):
        write(text)
        assert page.filters.text == ""
        assert chips(page) == (read or ["freight_template = 小件普货 and price > 6 or sku = bi1*2+cd5"])
        assert titles(page) == found

    def test_words_of_an_expression_stay_in_the_search_box(self, page, write):
        write('text ~ "lamp ash" and stock > 0')
        assert page.filters.text == "lamp ash"
        assert chips(page) == ["Stock > 0"]
        assert titles(page) == ["Ash"]

    def test_a_wrong_one_says_where_in_the_language_of_the_window_and_stays(self, page, write, each_language):
        write("price < 6 and wieght > 1")
        said = {"zh": "第 15 个字符：没有“wieght”这个字段。是不是 weight？"}
        assert page.filters.problem.text() == said.get(
            each_language, "Character 15: there is no field “wieght”. Did you mean weight?"
        )
        assert page.filters.search.text() == "price < 6 and wieght > 1"
        assert page.filters.filters == ()
        assert len(titles(page)) == 3

    def test_names_are_completed_behind_the_sign_only(self, page, qtbot):
        box = page.filters.search
        qtbot.keyClicks(box, "pric")
        assert box.completer().completionCount() == 0
        box.clear()
        qtbot.keyClicks(box, "=stock > 0 and pri")
        assert box.completer().currentCompletion() == "=stock > 0 and price"
        qtbot.keyClicks(box, "ce < pri")
        assert box.completer().completionCount() == 0
        box.setText("=库")
        box.completer().setCompletionPrefix("=库")
        assert box.completer().currentCompletion() == "=库存"


class TestWriting:
    def test_the_chip_opens_it_and_what_is_changed_takes_its_place(self, page, write, qtbot, settle):
        write("stock >= 0 and (status = live or title ~ desk) and price > 1")
        assert page.filters.filters[1] == RICH
        qtbot.mouseClick(page.filters._chips[1], Left, pos=QPoint(10, 10))
        editor = shown(page, ExpressionEditor)
        assert editor.line.text() == "status = live or title ~ desk"
        editor.line.setText("status = live or")
        qtbot.keyClick(editor.line, Key.Key_Return)
        assert editor.isVisible()
        assert "character 17" in editor.problem.text()
        language.set_language("zh")
        assert "第 17 个字符" in editor.problem.text()
        assert editor.line.accessibleDescription() == editor.problem.text()
        language.set_language("en")
        editor.line.setText("title ~ cedar")
        assert not editor.problem.isVisible()
        qtbot.mouseClick(editor.apply, Left)
        settle()
        assert chips(page) == ["Stock ≥ 0", "Title cedar", "Price > 1 USD"]
        assert titles(page) == ["Cedar"]

    def test_it_is_offered_below_the_fields(self, page, qtbot, settle):
        qtbot.mouseClick(page.filters.add, Left)
        picker = shown(page, FieldPicker)
        button = picker.layout().itemAt(picker.layout().count() - 1).widget()
        assert button.text() == "Write an expression…"
        qtbot.mouseClick(button, Left)
        editor = shown(page, ExpressionEditor)
        qtbot.keyClicks(editor.line, "lamp")
        qtbot.keyClick(editor.line, Key.Key_Return)
        assert editor.problem.text()
        editor.line.setText("not price = 5")
        editor.accept()
        settle()
        assert titles(page) == ["Ash", "Cedar"]

    def test_in_chinese_the_chip_reads_chinese(self, page, write, settle):
        write("status = live or weight is missing")
        language.set_language("zh")
        assert chips(page) == ["状态 = 在售 或 毛重 为空"]
        settle()

    def test_a_date_is_asked_for_as_one(self, page, write, qtbot, settle):
        write("created < 2026-01-01")
        qtbot.mouseClick(page.filters._chips[0], Left, pos=QPoint(10, 10))
        editor = shown(page, FilterEditor)
        editor.value.setText("soon")
        editor.accept()
        assert editor.problem.text() == "“soon” is not a date. Write 2026-11-01."
        editor.value.setText("1969-01-01")
        editor.accept()
        settle()
        assert titles(page) == []


class TestSaved:
    def test_a_rich_filter_is_kept_renamed_and_used_again(self, page, write, qtbot, settle):
        write("status = live or title ~ desk")
        page.filters.save_as("mine")
        page.filters.clear_all()
        settle()
        page.filters.ask_new_name("mine")
        dialog = page.findChild(QInputDialog)
        assert dialog.textValue() == "mine"
        dialog.setTextValue("Live & desks")
        dialog.accept()
        page.filters._show_saved()
        menu = shown(page.filters, QMenu)
        menu.actions()[0].trigger()
        menu.close()
        settle()
        assert page.filters.filters == (RICH,)
        assert titles(page) == ["Ash", "Birch"]

    def test_filters_travel_as_text(self, page, write, qtbot, settle):
        heard = []
        page.context.notices.toasted.connect(lambda toast: heard.append((toast.key, toast.params)))
        write("freight_template = 小件普货 and (status = live or stock = 0) and text ~ lamp")
        page.filters.save_as("Ours: small")
        write("price < 6")
        page.filters.save_as("cheap")
        page.filters.copy_saved("Ours: small", "cheap")
        text = QGuiApplication.clipboard().text()
        assert text.splitlines() == [
            "Ours small: text ~ lamp and freight_template = 小件普货 and (status = live or stock = 0)",
            "cheap: freight_template = 小件普货 and (status = live or stock = 0) and price < 6",
        ]
        for name in list(page.filters.saved_filters()):
            page.filters.forget_saved(name)
        page.filters.clear_all()
        QGuiApplication.clipboard().setText(text.splitlines()[0])
        page.filters.paste_saved()
        settle()
        assert list(page.filters.saved_filters()) == ["Ours small"]
        assert page.filters.text == "lamp"
        assert titles(page) == ["Ash", "Birch"]
        assert heard == [("filter.copied", {"n": 2}), ("filter.taken", {"n": 1})]

    def test_all_go_to_a_file_and_come_from_one(self, page, write, tmp_path, qtbot):
        files = page.filters.findChild(FilterFiles)
        write("price < 6")
        page.filters.save_as("cheap")
        with qtbot.waitSignal(page.filters.file_wanted) as asked:
            page.filters.file_wanted.disconnect(files._ask_where)
            page.filters.write_saved()
        file = tmp_path / "filters.txt"
        files.write(file, asked.args[0])
        qtbot.waitUntil(lambda: file.exists() and file.stat().st_size > 0)
        page.filters.forget_saved("cheap")
        with qtbot.waitSignal(page.filters.taken):
            files.take([file])
        assert list(page.filters.saved_filters()) == ["cheap"]
        file.write_bytes(b"\xff\x00")
        for path in (file, tmp_path / "none.txt"):
            page.filters.show_problem("")
            files.take([path])
            qtbot.waitUntil(lambda path=path: path.name in page.filters.problem.text())

    @pytest.mark.parametrize(
        ("text", "said"), [("", "holds no filter"), ("mine: price <", "stops at character 8"), ("hello", "character 6")]
    )
    def test_what_is_no_filter_is_not_taken(self, page, text, said):
        QGuiApplication.clipboard().setText(text)
        page.filters.paste_saved()
        assert said in page.filters.problem.text()
        assert page.filters.saved_filters() == {}

    def test_a_bare_expression_is_its_own_name(self, page, settle):
        QGuiApplication.clipboard().setText("price < 6 or stock = 0\n状态: status = live\n")
        page.filters.paste_saved()
        assert list(page.filters.saved_filters()) == ["price < 6 or stock = 0", "状态"]
        assert page.filters.filters == ()
        settle()
