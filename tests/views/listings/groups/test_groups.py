"""Groups as a user meets them: the tree beside the table, rows dropped on a group, the same by keyboard."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from app.messages import tr
from app.models import ProductGroup
from app.services.clock import now_ms
from app.services.listings.groups.desk import BadGroupName, checked_name
from app.services.listings.groups.tree import GroupKind, group_tree
from app.services.listings.marketing.groups import marketing_groups
from app.services.paging import Filter
from app.views import row_drag
from app.views.filter_editor import FilterEditor
from app.views.language import language
from app.views.listings.groups.dialogs import ChooseGroupDialog, MarketingGroupDialog, ProductGroupDialog
from tests.views.listings.groups.hands import drop, item_of, lines, press, toast
from tests.views.listings.rows import titles

Key, Mod = Qt.Key, Qt.KeyboardModifier
LEFT = Qt.MouseButton.LeftButton


def opened(page, qtbot, at=0):
    """Click a chip. Returns: its editor."""
    for editor in page.filters.findChildren(FilterEditor):
        editor.close()
    qtbot.mouseClick(page.filters._chips[at], Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    return next(editor for editor in page.filters.findChildren(FilterEditor) if editor.isVisible())


def items(editor):
    return [editor.list.item(at) for at in range(editor.list.count())]


def ticked(editor):
    return [item.text() for item in items(editor) if item.checkState() == Qt.CheckState.Checked]


def tick(editor, qtbot, label):
    editor.list.setCurrentItem(next(item for item in items(editor) if item.text() == label))
    qtbot.keyClick(editor.list, Key.Key_Space)


class TestTree:
    def test_it_counts_narrows_and_follows_the_chips(self, page, qtbot, settle):
        assert page.actions_of_page["groups"].isChecked()
        assert lines(page) == [
            (0, "All listings", 3), (0, "No group", 1), (0, "Lamps", 2), (1, "Table lamps", 1), (0, "Mugs", 0),
        ]  # fmt: skip
        press(page, qtbot, "Lamps")
        settle()
        assert titles(page) == ["Ash Lamp", "Birch Lamp"]
        press(page, qtbot, "No group", Key.Key_Space)
        settle()
        assert titles(page) == ["Cedar Lamp"]
        page.filters.add_filter(Filter("price", ">", "1"))
        press(page, qtbot, "Table lamps")
        settle()
        assert [one.field for one in page.filters.filters] == ["price", "group"]
        assert titles(page) == ["Ash Lamp"]
        page.filters.clear_all()
        settle()
        assert page.grouping.pane.tree.current_place.filters == ()
        page.actions_of_page["groups"].trigger()
        assert not page.grouping.is_shown
        assert page.context.settings.get("page.listings.groups_open", True) is False

    def test_several_stores_stand_above_their_groups(self, db, page, write, settle):
        write(
            "INSERT INTO store (id, name, alias, colour, gateway, credential_ref, seller_id, access, health, "
            "is_practice, created_ms) VALUES (2, 'Read', '', '', 'http://x', 'two', '', 'read_only', 'ok', 0, 1)"
        )
        page.reload()
        settle()
        assert (0, "Read", 0) in lines(page)
        assert (1, "Lamps", 2) in lines(page)
        nowhere = next(place for place in page.grouping.pane.tree.places() if place.store_id == 2 and place.filters[1:])
        assert nowhere.value is None  # a store that may only be read takes nothing
        assert [store.is_writable for store in group_tree(db, GroupKind.PRODUCT, [2])] == [False]

    def test_the_chip_of_a_line_can_be_changed(self, page, qtbot, settle):
        press(page, qtbot, "Table lamps")
        settle()
        assert titles(page) == ["Ash Lamp"]
        editor = opened(page, qtbot)
        assert (editor.operator.currentText(), ticked(editor)) == ("is one of", ["Table lamps"])
        qtbot.mouseClick(editor.apply, Qt.MouseButton.LeftButton)
        settle()
        assert page.grouping.pane.tree.current_place.name == "Table lamps"  # nothing was changed
        editor = opened(page, qtbot)
        tick(editor, qtbot, "Lamps")
        qtbot.mouseClick(editor.apply, Qt.MouseButton.LeftButton)
        settle()
        assert titles(page) == ["Ash Lamp", "Birch Lamp"]
        assert page.grouping.pane.tree.current_place.filters == ()

    def test_a_group_without_listings_is_ticked_by_its_name(self, page, qtbot, settle):
        press(page, qtbot, "Mugs")
        settle()
        editor = opened(page, qtbot)
        assert ticked(editor) == ["Mugs"]
        tick(editor, qtbot, "Lamps")
        qtbot.mouseClick(editor.apply, Qt.MouseButton.LeftButton)
        settle()
        assert set(page.filters.filters[0].value) == {"71", "73"}
        assert titles(page) == ["Birch Lamp"]

    def test_no_group_can_be_changed_to_a_group(self, page, qtbot, settle):
        press(page, qtbot, "No group")
        settle()
        editor = opened(page, qtbot)
        assert editor.operator.currentText() == "is empty"
        editor.operator.setCurrentIndex(editor.operator.findData("present"))
        qtbot.mouseClick(editor.apply, Qt.MouseButton.LeftButton)
        settle()
        assert titles(page) == ["Ash Lamp", "Birch Lamp"]
        editor = opened(page, qtbot)
        editor.operator.setCurrentIndex(editor.operator.findData("in"))
        tick(editor, qtbot, "Table lamps")
        qtbot.mouseClick(editor.apply, Qt.MouseButton.LeftButton)
        settle()
        assert titles(page) == ["Ash Lamp"]

    def test_the_chips_of_a_store_and_its_group_can_be_changed(self, page, write, qtbot, settle):
        write(
            "INSERT INTO store (id, name, alias, colour, gateway, credential_ref, seller_id, access, health, "
            "is_practice, created_ms) VALUES (2, 'Second', '', '', 'http://x', 'two', '', 'operate', 'ok', 0, 1)"
        )
        write("UPDATE listing SET store_id = 2, group_id = '' WHERE title LIKE 'Birch%'")
        page.reload()
        settle()
        place = next(place for place in page.grouping.pane.tree.places() if place.store_id == 2 and place.filters[1:])
        page.grouping.pane.tree.chosen.emit(place)
        settle()
        assert titles(page) == ["Birch Lamp"]
        assert [one.field for one in page.filters.filters] == ["store", "group"]
        assert opened(page, qtbot, 1).operator.currentText() == "is empty"
        editor = opened(page, qtbot)
        assert ticked(editor) == ["Second"]
        tick(editor, qtbot, "Second")
        tick(editor, qtbot, next(iter({item.text() for item in items(editor)} - {"Second"})))
        qtbot.mouseClick(editor.apply, Qt.MouseButton.LeftButton)
        settle()
        assert titles(page) == ["Cedar Lamp"]

    def test_nothing_is_cut_in_either_language(self, page, each_language):
        pane = page.grouping.pane
        assert pane.kinds.minimumSizeHint().width() <= pane.width() - 16
        assert pane.new.sizeHint().width() <= pane.width() - 16


class TestPutting:
    def test_rows_dropped_on_a_group_are_one_change_with_undo(self, page, grouped, loaded, services, settle):
        page.rows.select_ids([grouped[0].id, grouped[2].id])
        assert drop(page, "Mugs")
        settle()
        assert [loaded(one.id).group_id for one in grouped] == ["73", "71", "73"]
        assert (0, "Mugs", 2) in lines(page)
        assert toast(page) == "2 listings are in “Mugs” now."
        assert loaded(grouped[0].id).content_hash != grouped[0].content_hash  # it is sent with the next publish
        services.listings.undo()
        assert [loaded(one.id).group_id for one in grouped] == ["72", "71", ""]
        page.rows.select_ids([grouped[0].id])
        drop(page, "No group")
        settle()
        assert loaded(grouped[0].id).group_id == ""
        assert not drop(page, "All listings")

    def test_rows_are_dragged_by_hand_from_the_table_onto_a_group(
        self, page, grouped, loaded, qtbot, settle, monkeypatch
    ):
        taken = []
        monkeypatch.setattr(row_drag.QDrag, "exec", lambda drag, _: taken.append(drop(page, "Mugs", drag.mimeData())))
        page.rows.select_ids([grouped[0].id, grouped[2].id])
        row = next(at for at in range(3) if page.rows.paged.id_at(at) == grouped[2].id)
        start = page.rows.visualRect(page.rows.paged.index(row, 0)).center()
        qtbot.mousePress(page.rows.viewport(), LEFT, pos=start)
        qtbot.mouseMove(page.rows.viewport(), start + QPoint(40, 0))
        qtbot.mouseRelease(page.rows.viewport(), LEFT, pos=start + QPoint(40, 0))
        settle()
        assert taken == [True]
        assert [loaded(one.id).group_id for one in grouped] == ["73", "71", "73"]
        assert (0, "Mugs", 2) in lines(page)

    def test_the_same_by_keyboard(self, page, grouped, loaded, qtbot, settle):
        page.rows.select_ids([one.id for one in grouped])
        page.rows.setFocus()
        qtbot.keyClick(page, Key.Key_G, Mod.ControlModifier | Mod.ShiftModifier)
        settle()
        (dialog,) = page.findChildren(ChooseGroupDialog)
        assert dialog.windowTitle() == "Put 3 listings into a product group"
        qtbot.keyClicks(dialog.search, "table")
        assert [dialog.list.item(row).text() for row in range(dialog.list.count())] == ["Lamps › Table lamps"]
        qtbot.keyClick(dialog.search, Key.Key_Return)
        settle()
        assert {loaded(one.id).group_id for one in grouped} == {"72"}

    def test_only_groups_of_the_chosen_listings_stores_are_offered(self, db, page, grouped, write, settle):
        write(
            "INSERT INTO store (id, name, alias, colour, gateway, credential_ref, seller_id, access, health, "
            "is_practice, created_ms) VALUES (2, 'Second', '', '', 'http://x', 'two', '', 'operate', 'ok', 0, 1)"
        )
        with db.write() as session:
            session.add(ProductGroup(store_id=2, group_id="99", name="Clocks", synced_ms=now_ms()))
        page.rows.select_ids([grouped[0].id])
        page.grouping.choose()
        settle()
        (dialog,) = page.findChildren(ChooseGroupDialog)
        offered = [dialog.list.item(row).text() for row in range(dialog.list.count())]
        assert offered == ["No group", "Lamps", "Lamps › Table lamps", "Mugs"]
        dialog.list.setCurrentRow(2)
        language.set_language("zh")
        offered = [dialog.list.item(row).text() for row in range(dialog.list.count())]
        assert offered == [tr("groups.none"), "Lamps", "Lamps › Table lamps", "Mugs"]
        assert (offered[0], dialog.list.currentRow()) == ("未分组", 2)
        assert [one.name for one in page.context.services.groups.tree_of(GroupKind.PRODUCT, [])] == []

    def test_the_whole_filter_is_put_without_counting_its_rows(self, page, grouped, loaded, lane, settle):
        page.rows.selectAll()
        drop(page, "Lamps")
        settle()
        assert {loaded(one.id).group_id for one in grouped} == {"71"}
        assert type(lane.arguments[-1][1]).__name__ == "Query"

    def test_marketing_groups_are_made_filled_changed_and_deleted_when_empty(self, page, grouped, db, qtbot, settle):
        page.grouping.pane.kinds.choose("marketing")
        settle()
        assert [line[1:] for line in lines(page)] == [("All listings", 3), ("No group", 3)]
        page.grouping.pane.new.click()
        (dialog,) = page.findChildren(MarketingGroupDialog)
        dialog.name.setText("Summer")
        dialog.discount.setText("a lot")
        dialog.primary.click()
        settle()
        assert "a lot" in dialog.problem.text()
        dialog.discount.setText("15.5")
        dialog.primary.click()
        settle()
        page.rows.select_ids([grouped[1].id])
        drop(page, "Summer")
        settle()
        node = item_of(page, "Summer").data(0, Qt.ItemDataRole.UserRole).node
        assert (node.count, node.discount) == (1, "15.5")
        menu = QMenu(page)
        page.grouping.fill_menu(menu, page.grouping.pane.tree.places()[-1])
        delete = next(action for action in menu.actions() if action.text() == "Delete the empty group")
        delete.trigger()
        settle()
        assert toast(page) == "The group holds 1 listing. Take it out first; that can be undone."
        drop(page, "No group")
        settle()
        delete.trigger()
        settle()
        assert marketing_groups(db) == []

    def test_marketing_groups_go_to_a_sheet_and_come_back(self, page, grouped, db, write, tmp_path, settle):
        page.grouping.pane.kinds.choose("marketing")
        settle()
        menu = QMenu(page)
        page.grouping.sheets.fill_menu(menu, page.grouping._stores)
        assert [one.text() for one in menu.actions()] == ["Export marketing groups…", "Import marketing groups…"]
        path = tmp_path / "groups.csv"
        page.grouping.sheets.write(path, 1)
        settle()
        assert len(path.read_text("utf-8-sig").splitlines()) == 4
        path.write_text("Product ID,Marketing group\n1005006000000001,Summer\n77,Summer\n", "utf-8")
        write("UPDATE listing SET product_id = '1005006000000001' WHERE id = 1")
        page.grouping.sheets.read(path, 1)
        settle()
        assert toast(page).startswith("Changed the marketing group of 1; 1 left out: an unknown listing")
        assert toast(page).endswith("(row 3).")
        assert [(one.name, one.listings) for one in marketing_groups(db)] == [("Summer", 1)]
        assert ("Summer", 1) in [line[1:] for line in lines(page)]

    def test_what_the_platform_has_no_call_for_is_not_offered_and_said(self, page):
        menu = QMenu(page)
        page.grouping.fill_menu(menu, page.grouping.pane.tree.places()[2])
        states = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
        assert states["Put 3 listings here"]
        assert [text for text, enabled in states.items() if not enabled][:2] == [
            "Change name and discount…", "Delete the empty group",
        ]  # fmt: skip
        assert any("seller centre" in text for text in states)


class TestNewProductGroup:
    def test_it_is_made_on_the_platform_at_the_top_or_below_a_top_group(self, page, services, settle):
        made = []
        services.groups.create_product_group = lambda store, name, parent, ctx: made.append((store, name, parent))
        page.grouping.make_new()
        (dialog,) = page.findChildren(ProductGroupDialog)
        assert [dialog.parent_group.itemText(at) for at in range(3)] == ["At the top", "Lamps", "Mugs"]
        language.set_language("zh")
        assert [dialog.parent_group.itemText(at) for at in range(3)] == [tr("groups.at_the_top"), "Lamps", "Mugs"]
        assert tr("groups.at_the_top") != "At the top"
        dialog.parent_group.setCurrentIndex(1)
        dialog.name.setText("Desk lamps")
        dialog.primary.click()
        settle()
        assert made == [(1, "Desk lamps", "71")]

    @pytest.mark.parametrize("name", ["", "台灯", "x" * 51, "a\x07b"])
    def test_a_name_the_platform_refuses_is_refused_before(self, name):
        with pytest.raises(BadGroupName):
            checked_name(name)


def test_a_discount_plan_is_typed_and_a_high_coupon_asked_about_again(page, qtbot, settle, db):
    stores = group_tree(db, GroupKind.MARKETING)
    dialog = MarketingGroupDialog(page.context, stores, page)
    dialog.open()
    dialog.name.setText("Summer")
    dialog.discount.setText("40")
    dialog.reductions["store_coupon"].setText("20/7")
    dialog.save()
    settle()
    assert "may have been swapped" in dialog.problem.text() or "not below" in dialog.problem.text()
    dialog.reductions["store_coupon"].setText("7/20")
    dialog.save()
    settle()
    assert "more than 30%" in dialog.problem.text() and dialog.primary.text() == "Save it anyway"
    dialog.reductions["store_coupon"].setText("8/20")  # another coupon is asked about anew
    assert dialog.primary.text() == "Make it"
    dialog.save()
    settle()
    assert marketing_groups(db) == [] and dialog.primary.text() == "Save it anyway"
    dialog.affiliate.setChecked(False)
    with qtbot.waitSignal(dialog.saved):
        dialog.save()
    [group] = marketing_groups(db)
    assert (group.plan.texts(), group.plan.has_affiliate) == ({"store_coupon": "8/20"}, False)
    [node] = group_tree(db, GroupKind.MARKETING)[0].groups
    again = MarketingGroupDialog(page.context, stores, page, node)
    assert (again.reductions["store_coupon"].text(), again.affiliate.isChecked()) == ("8/20", False)
    again.close()
    settle()
