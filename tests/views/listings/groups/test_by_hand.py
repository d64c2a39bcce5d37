"""Groups with the mouse: lines clicked, menus opened, files chosen, dialogs answered; and what is said of failures."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from app.services.listings.marketing.groups import marketing_groups
from app.services.paging import Filter
from app.services.worker import WorkerDied
from app.views.language import language
from app.views.listings.groups.dialogs import ChooseGroupDialog, MarketingGroupDialog, ProductGroupDialog
from tests.views.listings.groups.hands import item_of, lines, toast
from tests.views.listings.rows import titles

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def marketing(page, services, settle):
    """Marketing groups in view: one, empty."""
    services.groups.create_marketing_group(1, "Summer", "15")
    page.grouping.pane.kinds.choose("marketing")
    settle()
    return page


def refuse(*_, **__):
    raise WorkerDied(exit_code=1)


def click(page, qtbot, name):
    tree = page.grouping.pane.tree
    qtbot.mouseClick(tree.viewport(), LEFT, pos=tree.visualItemRect(item_of(page, name)).center())


def menu_of(page, qtbot, name):
    """Right-click a line. Returns: the actions of what opens, by their texts."""
    tree = page.grouping.pane.tree
    at = tree.visualItemRect(item_of(page, name)).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, tree.viewport().mapToGlobal(at))
    QApplication.sendEvent(tree.viewport(), event)
    return opened_menu(page, qtbot)


def opened_menu(page, qtbot):
    qtbot.waitUntil(lambda: any(menu.isVisible() for menu in page.findChildren(QMenu)))
    menu = next(menu for menu in page.findChildren(QMenu) if menu.isVisible())
    return menu, {action.text(): action for action in menu.actions() if action.text()}


def undoes(page, qtbot, services):
    """Press what the window offers beside its last sentence, and take back what it asks to be taken back."""
    with qtbot.waitSignal(page.undo_wanted) as told:
        page.context.notices.kept[0].offer.do()
    services.listings.undo(told.args[0])


def pick(menu, action):
    """Choose a line of an open menu."""
    action.trigger()
    menu.close()


class TestTree:
    def test_a_click_narrows_and_a_chip_taken_away_lets_the_line_go(self, page, qtbot, settle):
        click(page, qtbot, "Lamps")
        settle()
        assert titles(page) == ["Ash Lamp", "Birch Lamp"]
        assert page.grouping.pane.tree.current_place.name == "Lamps"
        page.filters.set_filters([])
        assert page.grouping.pane.tree.current_place.filters == ()
        page.filters.set_filters([Filter("price", ">", "1")])
        click(page, qtbot, "Mugs")
        settle()
        assert titles(page) == []

    def test_the_other_kind_of_groups_takes_the_condition_of_the_line_away(self, page, qtbot, settle):
        click(page, qtbot, "Mugs")
        settle()
        page.grouping.pane.kinds.choose("marketing")
        settle()
        assert [line[1] for line in lines(page)] == ["All listings", "No group"]
        assert not page.filters.filters and len(titles(page)) == 3
        assert page.grouping.pane.more.isVisible()
        page.grouping.pane.kinds.choose("product")
        settle()
        assert not page.grouping.pane.more.isVisible() and (0, "Mugs", 0) in lines(page)

    def test_rows_are_put_by_the_menu_of_a_line(self, page, grouped, loaded, qtbot, settle):
        page.rows.select_ids([grouped[2].id])
        menu, actions = menu_of(page, qtbot, "Mugs")
        pick(menu, actions["Put 1 listing here"])
        settle()
        assert loaded(grouped[2].id).group_id == "73"

    def test_a_tree_that_cannot_be_read_is_told(self, page, services, settle, monkeypatch):
        monkeypatch.setattr(services.groups, "tree", refuse)
        page.grouping.refresh()
        settle()
        assert page.context.notices.kept[0].tone == "red"

    def test_lines_that_are_no_groups_follow_the_language(self, page):
        language.set_language("zh")
        assert [line[1] for line in lines(page)] == ["全部商品", "未分组", "Lamps", "Table lamps", "Mugs"]
        pane = page.grouping.pane
        assert (pane.tree.accessibleName(), pane.new.text()) == ("商品的分组", "新建分组…")


class TestChoosing:
    @pytest.fixture
    def dialog(self, page, grouped, qtbot, settle):
        """Where the chosen listing is to go."""
        page.rows.select_ids([grouped[2].id])
        page.grouping.choose()
        settle()
        (shown,) = page.findChildren(ChooseGroupDialog)
        return shown

    def test_arrow_down_goes_to_the_list_and_a_double_click_puts(self, dialog, grouped, loaded, qtbot, settle):
        qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
        assert dialog.focusWidget() is dialog.list
        at = dialog.list.visualItemRect(dialog.list.item(3)).center()
        qtbot.mouseClick(dialog.list.viewport(), LEFT, pos=at)
        qtbot.mouseDClick(dialog.list.viewport(), LEFT, pos=at)
        settle()
        assert loaded(grouped[2].id).group_id == "73"

    def test_what_fails_on_the_way_is_told(self, page, dialog, services, lane, grouped, settle, monkeypatch):
        lane.error = WorkerDied(exit_code=1)
        dialog.primary.click()
        settle()
        assert page.context.notices.kept[0].tone == "red"
        before = len(page.context.notices.kept)
        monkeypatch.setattr(services.groups, "tree_of", refuse)
        page.grouping.choose()
        settle()
        assert len(page.context.notices.kept) == before + 1
        assert page.context.notices.kept[0].tone == "red"

    def test_its_undo_is_one_click_away(self, page, dialog, grouped, loaded, services, settle, qtbot):
        dialog.list.setCurrentRow(3)
        dialog.primary.click()
        settle()
        assert loaded(grouped[2].id).group_id == "73"
        undoes(page, qtbot, services)
        assert loaded(grouped[2].id).group_id == ""


class TestMakingAndChanging:
    def test_a_new_group_is_in_the_tree_at_once_and_one_that_is_refused_stays_open(
        self, page, services, db, qtbot, settle, monkeypatch
    ):
        monkeypatch.setattr(services.groups, "create_product_group", refuse)
        qtbot.mouseClick(page.grouping.pane.new, LEFT)
        (dialog,) = page.findChildren(ProductGroupDialog)
        qtbot.keyClicks(dialog.name, "Clocks")
        dialog.primary.click()
        assert not dialog.primary.isEnabled()
        settle()
        assert dialog.problem.isVisible() and dialog.primary.isEnabled()
        language.set_language("zh")
        assert not dialog.problem.text().isascii()
        language.set_language("en")
        dialog.reject()
        page.grouping.pane.kinds.choose("marketing")
        settle()
        qtbot.mouseClick(page.grouping.pane.new, LEFT)
        (dialog,) = page.findChildren(MarketingGroupDialog)
        qtbot.keyClicks(dialog.name, "Winter")
        dialog.primary.click()
        settle()
        assert (0, "Winter", 0) in lines(page)

    def test_a_marketing_group_is_renamed_and_deleted_by_its_menu_and_comes_back(
        self, marketing, db, qtbot, settle, services, monkeypatch
    ):
        page = marketing
        menu, actions = menu_of(page, qtbot, "Summer")
        pick(menu, actions["Change name and discount…"])
        (dialog,) = page.findChildren(MarketingGroupDialog)
        dialog.name.selectAll()
        qtbot.keyClicks(dialog.name, "Autumn")
        dialog.primary.click()
        settle()
        assert (0, "Autumn", 0) in lines(page)
        delete = services.groups.delete_marketing_group
        monkeypatch.setattr(services.groups, "delete_marketing_group", refuse)
        menu, actions = menu_of(page, qtbot, "Autumn")
        pick(menu, actions["Delete the empty group"])
        settle()
        assert page.context.notices.kept[0].tone == "red"
        monkeypatch.setattr(services.groups, "delete_marketing_group", delete)
        menu, actions = menu_of(page, qtbot, "Autumn")
        pick(menu, actions["Delete the empty group"])
        settle()
        assert marketing_groups(db) == [] and "Autumn" not in [line[1] for line in lines(page)]
        undoes(page, qtbot, services)
        assert [one.name for one in marketing_groups(db)] == ["Autumn"]


class TestSheets:
    def open_sheet_menu(self, page, qtbot):
        qtbot.mouseClick(page.grouping.pane.more, LEFT)
        return opened_menu(page, qtbot)

    def choose_file(self, page, path):
        chooser = page.findChild(QFileDialog)
        if chooser.fileMode() == QFileDialog.FileMode.ExistingFiles:
            chooser.filesSelected.emit([str(path)])
        else:
            chooser.fileSelected.emit(str(path))
        chooser.close()

    def test_they_are_written_and_read_by_the_menu_and_what_was_read_is_undone(
        self, marketing, grouped, write, tmp_path, qtbot, settle, db, services
    ):
        page, path = marketing, tmp_path / "groups.csv"
        write("UPDATE listing SET product_id = '1005006000000001' WHERE id = ?", grouped[0].id)
        menu, actions = self.open_sheet_menu(page, qtbot)
        pick(menu, actions["Export marketing groups…"])
        self.choose_file(page, path)
        settle()
        assert toast(page) == "Exported 3 listings to groups.csv." and path.exists()
        path.write_text("Product ID,Marketing group\n1005006000000001,Summer\n", "utf-8")
        menu, actions = self.open_sheet_menu(page, qtbot)
        pick(menu, actions["Import marketing groups…"])
        self.choose_file(page, path)
        settle()
        assert toast(page) == "1 listing is in another marketing group."
        assert (0, "Summer", 1) in lines(page)
        undoes(page, qtbot, services)
        assert [one.listings for one in marketing_groups(db)] == [0]

    def test_a_sheet_that_cannot_be_read_is_told(self, marketing, tmp_path, settle):
        marketing.grouping.sheets.read(tmp_path / "gone.xlsx", 1)
        settle()
        assert marketing.context.notices.kept[0].tone == "red" and "gone.xlsx" in toast(marketing)


def test_the_action_of_the_groups_is_ticked_while_they_are_in_view(page, settle):
    groups = page.actions_of_page["groups"]
    assert groups.isChecked()
    for is_shown in (False, True):
        page.grouping.show(is_shown)
        assert groups.isChecked() is is_shown
    settle()
