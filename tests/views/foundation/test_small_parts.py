"""Settings, sentences of errors, store picker, status bar, toolbar, pictures."""

import pytest
from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHeaderView, QLabel, QMenu, QSpinBox, QTableWidget, QWidget

from app.cli.main import _language as spoken_language
from app.services.application import Application
from app.services.errors import AppError, NotFound
from app.services.kept_filters import KeptFilters
from app.services.paging import Filter
from app.views import icons
from app.views.actions import ACTIONS, Actions
from app.views.activity.jobs import Jobs
from app.views.context import Changes
from app.views.errors import sentence
from app.views.language import language
from app.views.listings.plain_table import LEAST_REST, dress_table, fit_columns
from app.views.look import Look
from app.views.shots import grab, settle
from app.views.status_bar import StatusBar
from app.views.store_picker import StoreEntry, StorePicker
from app.views.theme import current_theme
from app.views.toolbar import Toolbar
from app.views.view_settings import DeskSettings, FileSettings, MemorySettings, packed, unpacked
from app.views.widgets.form import Field

Left = Qt.MouseButton.LeftButton


class TestSettings:
    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "data" / "window.ini"

    @pytest.mark.parametrize("value", [7, 2.5, "文字 = ; [x]", True, None, [1, "a"], {"widths": {"price": 80}}])
    def test_values_survive_a_restart(self, path, value):
        settings = FileSettings(path)
        settings.put("table.listings", value)
        settings.sync()
        assert FileSettings(path).get("table.listings", "default") == value

    def test_missing_and_damaged_values_are_the_default(self, path):
        path.parent.mkdir()
        path.write_text("[window]\ntheme=broken json\n", "utf-8")
        settings = FileSettings(path)
        assert settings.get("window.theme", "auto") == "auto"
        assert settings.get("window.theme/other", 3) == 3

    def test_two_data_folders_are_two_desks(self, tmp_path):
        one, other = FileSettings(tmp_path / "a.ini"), FileSettings(tmp_path / "b.ini")
        one.put("x", 1)
        assert other.get("x") is None

    def test_memory_keeps_copies(self):
        settings, value = MemorySettings(), {"a": [1]}
        settings.put("x", value)
        value["a"].append(2)
        assert settings.get("x") == {"a": [1]}

    def test_the_language_is_the_command_lines_too_and_stays(self, qapp, tmp_path, runner, qtbot):
        window = FileSettings(tmp_path / "window.ini")
        look = Look(qapp, DeskSettings(window, Application(tmp_path), runner, tmp_path))
        look.set_language("zh")
        look.set_language("en")
        look.set_language("zh")
        qtbot.waitUntil(lambda: runner.is_idle)
        assert window.get("window.language") is None
        assert spoken_language(Application(tmp_path)) == "zh"
        language.set_language("en")
        Look(qapp, DeskSettings(window, Application(tmp_path), runner, tmp_path)).apply()
        assert language.code == "zh"

    def test_what_the_command_line_chose_is_the_windows(self, qapp, tmp_path, runner):
        Application(tmp_path).change_settings(language="zh")
        settings = DeskSettings(MemorySettings(), Application(tmp_path), runner, tmp_path)
        Look(qapp, settings).apply()
        assert language.code == "zh"
        settings.put("window.tab", "orders")
        assert settings.get("window.tab") == "orders"

    def test_saved_filters_lie_where_the_command_line_finds_them(self, tmp_path, runner, qtbot):
        window = MemorySettings({"filters.listings": {"old": {"text": "", "filters": []}}})
        settings = DeskSettings(window, Application(tmp_path), runner, tmp_path)
        assert list(settings.get("filters.listings")) == ["old"], "saved by an older program"
        settings.put("filters.listings", {"cheap": {"text": "lamp", "filters": [["price", "<", "5"]]}})
        qtbot.waitUntil(lambda: runner.is_idle)
        assert KeptFilters(tmp_path).get("listings", "Cheap") == ("lamp", (Filter("price", "<", "5"),))
        again = DeskSettings(window, Application(tmp_path), runner, tmp_path)
        assert list(again.get("filters.listings")) == ["cheap"]
        assert again.get("filters.orders") is None

    def test_settings_of_a_newer_program_leave_the_systems_language(self, tmp_path, runner):
        (tmp_path / "settings.json").write_text('{"schema": 99}', "utf-8")
        assert DeskSettings(MemorySettings(), Application(tmp_path), runner, tmp_path).get("window.language") is None

    def test_qts_bytes_as_text(self):
        assert unpacked(packed(QByteArray(b"\x00\xff geometry"))) == QByteArray(b"\x00\xff geometry")
        assert unpacked(None).isEmpty()


class TestSentences:
    def test_an_error_a_person_can_act_on(self, each_language):
        said = sentence(NotFound(noun="store", name="Amber"))
        assert "Amber" in said

    def test_a_bug_is_named_and_logged_not_shown(self, caplog, each_language):
        said = sentence(ZeroDivisionError("secret detail"))
        assert "ZeroDivisionError" in said
        assert "secret detail" not in said
        assert "secret detail" in caplog.text

    def test_an_error_without_text_or_parameter_does_not_fail_itself(self, caplog):
        assert "AppError" in sentence(AppError("no.such.code"))
        assert "NotFound" in sentence(NotFound())


class TestStorePicker:
    @pytest.fixture
    def picker(self, qtbot):
        made = StorePicker()
        qtbot.addWidget(made)
        made.heard = []
        made.chosen.connect(made.heard.append)
        return made

    def test_no_store_one_store_many_stores(self, picker, each_language):
        texts = {"zh": ("还没有店铺", "全部店铺"), "en": ("No store yet", "All stores")}[each_language]
        assert picker.text() == texts[0]
        picker.set_stores([StoreEntry(7, "Chenfan Digital")])
        assert (picker.text(), picker.store_ids) == ("Chenfan Digital", (7,))
        picker.set_stores([StoreEntry(7, "Chenfan Digital"), StoreEntry(8, "Amber Isle Home", 1)])
        assert picker.store_ids == (7,)
        picker.choose(None)
        assert (picker.text(), picker.store_ids) == (texts[1], ())
        assert picker.heard == [(7,), ()]
        assert [store.id for store in picker.stores] == [7, 8]

    def test_a_store_that_is_gone_falls_back_to_all(self, picker):
        picker.set_stores([StoreEntry(7, "a"), StoreEntry(8, "b")])
        picker.choose(8)
        picker.set_stores([StoreEntry(7, "a"), StoreEntry(9, "c")])
        assert picker.store_ids == ()
        assert picker.heard == [(8,), ()]

    def test_a_click_lists_them(self, picker, qtbot):
        picker.show()
        qtbot.mouseClick(picker, Left)
        assert picker.findChild(QMenu) is None
        picker.set_stores([StoreEntry(7, "a"), StoreEntry(8, "b", 3)])
        qtbot.mouseClick(picker, Left)
        menu = picker.findChild(QMenu)
        assert [action.text() for action in menu.actions()] == ["All stores", "a", "b"]
        assert [action.isChecked() for action in menu.actions()] == [True, False, False]
        menu.actions()[2].trigger()
        menu.close()
        assert picker.store_ids == (8,)
        assert picker.accessibleName() == "Store b"

    def test_its_square_has_the_stores_colour(self, picker):
        picker.set_stores([StoreEntry(7, "a", 3)])
        picker.show()
        image = picker.grab().toImage()
        row = {image.pixelColor(x, image.height() // 2).name() for x in range(24)}
        assert current_theme().store_color(3).name() in row
        assert current_theme().store_color(13) == current_theme().store_color(3)


class TestStatusBar:
    @pytest.fixture
    def bar(self, qtbot):
        made = StatusBar(Jobs())
        qtbot.addWidget(made)
        made.resize(1000, 28)
        made.show()
        return made

    def test_counts_in_both_languages(self, bar, each_language):
        bar.show_total(1284, 12846, noun="listings")
        assert bar.counts.text() == {"zh": "1,284 / 12,846", "en": "1,284 of 12,846"}[each_language]
        bar.show_total(12846, 12846, noun="listings")
        assert bar.counts.text() == {"zh": "共 12,846 件", "en": "12,846 listings"}[each_language]
        bar.show_selection(3, 1284)
        assert bar.select_all.text() == {"zh": "选择全部 1,284", "en": "Select all 1,284"}[each_language]
        language.set_language("en" if each_language == "zh" else "zh")
        assert bar.select_all.text() == {"en": "选择全部 1,284", "zh": "Select all 1,284"}[each_language]

    def test_parts_without_content_are_hidden(self, bar):
        assert bar.chosen.isHidden()
        assert bar.right.isHidden()
        bar.show_selection(5, 5)
        assert bar.select_all.isHidden()
        assert not bar.chosen.isHidden()
        bar.show_right("1 USD = 6.80 CNY")
        bar.show_notes("6 blocked")
        assert not bar.right.isHidden()
        assert bar.notes.text() == "6 blocked"

    def test_links(self, bar, qtbot):
        bar.show_selection(3, 1284)
        with qtbot.waitSignal(bar.select_all_wanted):
            qtbot.mouseClick(bar.select_all, Left)
        with qtbot.waitSignal(bar.activity_wanted):
            qtbot.mouseClick(bar.job_line, Left)


class TestToolbar:
    def test_buttons_menus_and_parts(self, qtbot):
        owner = QWidget()
        qtbot.addWidget(owner)
        mine, called = Actions(owner), []
        bar = Toolbar(mine, owner)
        mine.on("export", lambda: called.append("export"))
        primary = bar.add_primary("publish")
        bar.add_separator()
        bar.add("fix")
        bar.add_widget(QLabel("Synced"))
        bar.add_right(QLabel("right"))
        more = bar.add_more("export", "columns")
        foreign = Actions(owner, [spec for spec in ACTIONS if spec.id == "import"])
        other = bar.add_action(foreign["import"], "table-import")
        bar.add_icon_right(foreign["import"], "table-import")
        bar.resize(900, 42)
        owner.show()
        assert primary.text() == "Publish"
        assert other.text() == "Import…"
        bar.set_compact(True)
        assert other.text() == ""
        assert primary.text() == "Publish"
        qtbot.mouseClick(more, Left)
        menu = more.findChild(QMenu)
        assert [action.text() for action in menu.actions()] == ["Export the selection…", "Columns"]
        menu.actions()[0].trigger()
        menu.close()
        assert called == ["export"]


def test_changes_are_told_as_a_set(qtbot):
    changes = Changes()
    with qtbot.waitSignal(changes.happened) as told:
        changes.tell(["listing", "listing", "sku"])
    assert told.args == [frozenset({"listing", "sku"})]


def test_a_picture_of_a_widget(qtbot, tmp_path):
    label = QLabel("Lamp")
    qtbot.addWidget(label)
    path = grab(label, tmp_path / "shots" / "lamp.png", (200, 50))
    assert QImage(str(path)).size() == QSize(200, 50) * icons.device_ratio()
    with pytest.raises(OSError, match="cannot write"):
        grab(label, tmp_path / "shots" / "lamp.unknown")


def test_settling_waits_for_a_condition_and_gives_up(qapp):
    assert settle(lambda: True)
    assert not settle(lambda: False, patience_ms=1)


def test_a_spin_boxs_number_keeps_off_the_edge(qtbot):
    box = QSpinBox()
    field = Field("filter.name", box)
    qtbot.addWidget(field)
    assert box.lineEdit().textMargins().left() >= 4


def test_columns_leave_room_for_the_one_that_takes_the_rest(qtbot):
    table = QTableWidget(1, 4)
    qtbot.addWidget(table)
    dress_table(table)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    table.show()
    widths = [0, 130, 230, 240]
    for width, is_narrow in ((1000, False), (600, True), (200, True)):
        table.resize(width, 100)
        fit_columns(table, widths)
        found = [table.columnWidth(at) for at in range(4)]
        assert all(now <= wanted for now, wanted in zip(found[1:], widths[1:], strict=True))
        assert (found[1:] != widths[1:]) is is_narrow
        assert width < LEAST_REST * 2 or found[0] >= LEAST_REST - 2
