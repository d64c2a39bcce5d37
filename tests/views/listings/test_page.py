"""The Listings tab as a user meets it: rows, variants, segments, chips, keys, actions, empty states."""

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QMenu

from app.services.errors import AppError
from app.services.listings.editing import ListingEdit
from app.services.paging import Filter
from app.views.language import language
from app.views.listings.columns import columns
from app.views.listings.page import ListingsPage
from app.views.theme import current_theme
from tests.views.listings.rows import ask, cell, titles

Key, Mod, Left = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton
Pick = QItemSelectionModel.SelectionFlag


class TestRows:
    def test_rows_come_newest_first_with_what_matters(self, open_page, five):
        page = open_page()
        assert titles(page) == [record.title for record in five]
        assert [cell(page, 0, name) for name in ("status", "price", "stock", "category", "freight_template")] == [
            "Live",
            "18.90 – 19.90",
            "210",
            "Table lamps",
            "小件普货",
        ]
        assert cell(page, 1, "price") == "5.00"
        assert cell(page, 4, "status") == "Off sale · expired"

    def test_the_title_has_room_for_forty_characters(self, open_page, five, each_language):
        """In a window of 1440 pixels, side panel open, a reason beside a state in view, the sorted column marked."""
        page = open_page((1440, 820))
        assert page.is_panel_shown
        page.rows.viewport().repaint()
        page.rows.viewport().repaint()  # a column that was too narrow has grown by now
        theme, table = current_theme(), page.rows
        title = "Insulated Coffee Mug with Lid 350 ml Travel Cup"
        room = table.header.sectionSize(0) - table.header.lead - 2 * 8 - table.density.thumbnail - 8
        shown = theme.metrics().elidedText(title, Qt.TextElideMode.ElideRight, room)
        assert len(shown) >= 38
        assert table.header.length() <= table.viewport().width()
        status = table.column_at("status")
        for row in range(5):
            word = table.paged.index(row, status).data()
            assert table.tip_of(table.paged.index(row, status)) in ("", word)

    def test_the_model_keeps_qts_promises(self, open_page, five, settle):
        page = open_page()
        QAbstractItemModelTester(page.rows.paged, QAbstractItemModelTester.FailureReportingMode.Fatal)
        page.rows.toggle_fold(0)
        settle()
        page.reload()
        settle()
        page.ask()
        settle()

    def test_variants_unfold_by_key_and_menu(self, open_page, five, qtbot, settle):
        page = open_page()
        page.rows.setFocus()
        page.rows.setCurrentIndex(page.rows.paged.index(0, 0))
        qtbot.keyClick(page.rows, Key.Key_Right)
        settle()
        assert page.rows.paged.rowCount() == 7
        assert cell(page, 1, "code") == five[0].skus[0].code
        assert cell(page, 2, "price") == "19.90"
        page.rows.setCurrentIndex(page.rows.paged.index(0, 0))
        menu = QMenu()
        page.fill_menu(menu)
        next(action for action in menu.actions() if action.text() == "Fold the variants").trigger()
        assert page.rows.paged.rowCount() == 5
        menu.deleteLater()

    def test_a_currency_that_is_not_the_usual_one_stands_with_the_number(self, open_page, make_sellable, settle):
        make_sellable(currency="EUR", skus=(("E1", 500, 1), ("E2", 700, 1)))
        page = open_page()
        assert cell(page, 0, "price") == "5.00 – 7.00 EUR"
        page.rows.toggle_fold(0)
        settle()
        assert cell(page, 1, "price") == "5.00 EUR"

    def test_findings_are_countable_marks(self, open_page, make_sellable, services):
        make_sellable(handling_days=None, weight_g=None)
        services.listings.recheck(None)
        page = open_page()
        badges = page.rows.paged.cell(page.rows.paged.index(0, page.rows.column_at("findings"))).badges
        assert [(badge.glyph, badge.text) for badge in badges] == [("octagon", "2")]

    def test_what_is_not_published_has_a_dot(self, open_page, make_sellable, write):
        record = make_sellable(status="live")
        write("UPDATE listing SET sent_hash = 'older' WHERE id = ?", record.id)
        page = open_page()
        first = page.rows.paged.cell(page.rows.paged.index(0, 0))
        assert first.dot
        assert first.tip == "Changes not published"

    def test_an_unknown_reason_of_a_delisting_is_another_reason(self, open_page, make_sellable):
        make_sellable(status="off", off_reason="never_heard_of")
        assert cell(open_page(), 0, "status") == "Off sale · other reason"

    def test_columns_are_unique_and_all_named(self):
        keys = [column.key for column in columns()]
        assert len(set(keys)) == len(keys)
        assert keys[0] == "title"
        assert keys[-1] == "updated"
        edited = {"title", "code", "price", "stock", "margin", "profit"}
        assert {column.key for column in columns() if column.edit} == edited

    def test_hidden_columns_can_be_chosen(self, open_page, five):
        page = open_page()
        assert not page.rows.is_column_shown("images")
        page.rows.set_column_shown("images", True)
        assert cell(page, 0, "images") == "1"

    def test_copying_gives_plain_numbers(self, open_page, five, qtbot):
        page = open_page()
        page.rows.setFocus()
        page.rows.setCurrentIndex(page.rows.paged.index(0, page.rows.column_at("price")))
        qtbot.keyClick(page.rows, Key.Key_C, Mod.ControlModifier)
        assert QGuiApplication.clipboard().text() == "18.90 - 19.90"

    def test_sorting_by_a_click_on_the_header(self, open_page, five, settle):
        page = open_page()
        page.rows.sort_by(page.rows.column_at("price"))
        settle()
        assert titles(page)[0] == "Birch Desk Lamp"


class TestNarrowing:
    def test_segments_count_and_narrow(self, open_page, five, settle, qtbot):
        page = open_page()
        assert page.segments._counts == {"all": 5, "drafts": 2, "on_the_way": 0, "live": 1, "refused": 1, "off": 1}
        page.segments.choose("drafts")
        settle()
        assert titles(page) == ["Birch Desk Lamp", "Cedar Floor Lamp"]
        assert page.segments._counts["live"] == 1

    def test_the_badge_counts_what_waits_whatever_is_searched_for(self, open_page, five, qtbot, settle):
        page = open_page()
        badges = []
        page.badge_changed.connect(lambda count, tone: badges.append((count, tone)))
        ask(page, settle, text="Birch")
        assert badges[-1] == (1, "red")
        assert page.segments._counts["all"] == 1

    def test_the_status_bar_says_how_many_of_how_many(self, open_page, five, settle):
        page = open_page()
        ask(page, settle, text="Birch")
        assert page.status.counts.text() == "1 of 5"

    def test_words_are_searched_while_typing(self, open_page, five, qtbot, settle):
        page = open_page()
        page.filters.search.setFocus()
        qtbot.keyClicks(page.filters.search, "floor")
        qtbot.waitUntil(lambda: page.rows.paged.query.text == "floor")
        settle()
        assert titles(page) == ["Cedar Floor Lamp"]

    def test_an_expression_keeps_the_rows_and_becomes_a_chip_at_enter(self, open_page, five, qtbot, settle):
        page = open_page()
        page.filters.search.setFocus()
        qtbot.keyClicks(page.filters.search, "price < 6")
        page.filters.search.search_now()
        settle()
        assert len(titles(page)) == 5
        qtbot.keyClick(page.filters.search, Key.Key_Return)
        settle()
        assert titles(page) == ["Birch Desk Lamp"]
        assert page.filters.filters == (Filter("price", "<", "6"),)
        assert page.filters.search.text() == ""

    def test_a_wrong_expression_says_what_is_meant_and_keeps_the_rows(self, open_page, five, qtbot, settle):
        page = open_page()
        page.filters.search.setFocus()
        qtbot.keyClicks(page.filters.search, "pric < 6")
        qtbot.keyClick(page.filters.search, Key.Key_Return)
        settle()
        assert "Did you mean price?" in page.filters.problem.text()
        assert len(titles(page)) == 5

    def test_chips_name_categories_and_templates(self, open_page, five, settle):
        page = open_page()
        page.filters.add_filter(Filter("category", "in", ("39050502",)))
        settle()
        chip = page.filters._chips[0]
        assert chip.text() == "Category Table lamps"
        language.set_language("zh")
        settle()
        assert page.filters._chips[0].text() == "类目 台灯"

    @pytest.mark.parametrize(
        ("condition", "found"),
        [
            (("changed", "=", True), []),
            (("stock", "=", 0), ["Birch Desk Lamp"]),
            (("sku", "contains", "BI"), ["Birch Desk Lamp"]),
            (("weight", "missing"), ["Cedar Floor Lamp"]),
            (("skus", "=", 1), ["Birch Desk Lamp"]),
        ],
    )
    def test_conditions(self, open_page, five, settle, condition, found):
        page = open_page()
        ask(page, settle, filters=[condition])
        assert titles(page) == found


class TestEmpty:
    def test_nothing_yet_offers_the_import(self, open_page, qtbot):
        page = open_page()
        assert page.empty.isVisible()
        assert page.empty.texts[0] == "No listings yet"
        with qtbot.waitSignal(page.import_wanted):
            page.empty.button.click()

    def test_nothing_of_this_kind_leads_to_all(self, open_page, make_sellable, settle):
        make_sellable(status="live")
        page = open_page()
        page.segments.choose("off")
        settle()
        assert page.empty.texts[0] == "No listings of this kind"
        page.empty.button.click()
        settle()
        assert page.segments.current == "all"
        assert page.rows.isVisible()

    def test_nothing_matches_offers_to_clear(self, open_page, five, settle):
        page = open_page()
        ask(page, settle, text="sofa")
        assert page.empty.isVisible()
        page.empty.button.click()
        settle()
        assert len(titles(page)) == 5


class TestPanel:
    def test_the_panel_follows_the_current_row_and_variants_mean_their_listing(self, open_page, five, settle):
        page = open_page()
        page.rows.setCurrentIndex(page.rows.paged.index(1, 0))
        settle()
        assert page.editor.editor.title.text() == "Birch Desk Lamp"
        page.rows.setCurrentIndex(page.rows.paged.index(0, 0))
        page.rows.toggle_fold(0)
        settle()
        page.rows.setCurrentIndex(page.rows.paged.index(2, 0))
        settle()
        assert page.editor.listing_id == five[0].id

    def test_an_edit_shows_in_its_row_without_moving_it(self, open_page, five, loaded, qtbot, type_into, settle):
        page = open_page()
        page.rows.setCurrentIndex(page.rows.paged.index(3, 0))
        settle()
        heard = []
        page.context.changes.happened.connect(heard.append)
        type_into(page.editor.editor.title, "Zebrano Wall Lamp")
        qtbot.keyClick(page.editor.editor.title, Key.Key_Tab)
        qtbot.waitUntil(lambda: titles(page)[3] == "Zebrano Wall Lamp")
        settle()
        assert page.rows.currentIndex().row() == 3
        assert frozenset({"listing", "change"}) in heard
        assert loaded(five[3].id).status == "ready"
        assert page.segments._counts["drafts"] == 3

    def test_a_change_made_elsewhere_is_read_at_once(self, open_page, five, services, qtbot, settle):
        page = open_page()
        page.rows.setCurrentIndex(page.rows.paged.index(0, 0))
        settle()
        services.listings.save([ListingEdit(five[0].id, fields={"title": "Changed elsewhere"})], "x")
        page.context.changes.tell({"listing"})
        settle()
        qtbot.waitUntil(lambda: "Changed elsewhere" in titles(page))
        assert page.editor.editor.title.text() == "Changed elsewhere"

    def test_changing_the_row_stores_what_was_typed(self, open_page, five, loaded, type_into, settle):
        page = open_page()
        page.rows.setCurrentIndex(page.rows.paged.index(0, 0))
        settle()
        type_into(page.editor.editor.title, "Typed and left")
        page.rows.setCurrentIndex(page.rows.paged.index(2, 0))
        settle()
        assert loaded(five[0].id).title == "Typed and left"
        assert page.editor.editor.title.text() == "Cedar Floor Lamp"

    def test_alt_enter_makes_the_banners_fix(self, open_page, make_sellable, loaded, settle):
        record = make_sellable(title=("Bedside Lamp " * 12).strip())
        page = open_page()
        page.rows.setCurrentIndex(page.rows.paged.index(0, 0))
        settle()
        page.actions_of_page["fix"].trigger()
        settle()
        assert len(loaded(record.id).title) <= 128

    def test_undo_for_this_listing_only(self, open_page, five, services, loaded, settle):
        edits = [ListingEdit(record.id, fields={"keywords": "lamp"}) for record in five[:2]]
        change = services.listings.save(edits, "both")
        page = open_page()
        page.rows.setCurrentIndex(page.rows.paged.index(0, 0))
        settle()
        page.editor.undo_here_wanted.emit(change.uid, page.editor.listing_id)
        settle()
        by_id = {record.id: loaded(record.id).keywords for record in five[:2]}
        assert sorted(by_id.values()) == ["", "lamp"]
        assert by_id[page.editor.listing_id] == ""
        assert page.context.notices.kept[0].text == "Undone for this listing."

    def test_undo_here_says_when_the_listing_moved_on(self, open_page, five, services, settle):
        edits = [ListingEdit(record.id, fields={"keywords": "lamp"}) for record in five[:2]]
        change = services.listings.save(edits, "both")
        services.listings.save([ListingEdit(five[0].id, fields={"keywords": "other"})], "one")
        page = open_page()
        page.editor.undo_here_wanted.emit(change.uid, five[0].id)
        settle()
        assert page.context.notices.kept[0].text == "This listing was edited since and left alone."


class TestChosen:
    def test_without_a_selection_the_primary_counts_the_filter(self, open_page, five, settle):
        page = open_page()
        assert page.actions_of_page["publish"].text() == "Publish 5"
        ask(page, settle, text="Birch")
        assert page.actions_of_page["publish"].text() == "Publish 1"

    def test_with_one_it_counts_that(self, open_page, five, settle):
        page = open_page()
        page.rows.select_ids([five[0].id, five[2].id])
        assert page.actions_of_page["publish"].text() == "Publish 2"
        assert "2" in page.status.chosen.text()

    def test_chosen_variants_mean_their_listing_once(self, open_page, five, settle):
        page = open_page()
        page.rows.toggle_fold(0)
        settle()
        model, chooser = page.rows.paged, page.rows.selectionModel()
        for row in (1, 2):
            chooser.select(model.index(row, 0), Pick.Select | Pick.Rows)
        acted = []
        page.with_ids(acted.append)
        settle()
        assert page.actions_of_page["publish"].text() == "Publish 1"
        assert acted == [[five[0].id]]

    def test_the_whole_filter_is_read_when_nothing_is_chosen(self, open_page, five, settle):
        page = open_page()
        page.segments.choose("drafts")
        settle()
        acted = []
        page.with_ids(acted.append)
        settle()
        assert acted == [[five[1].id, five[2].id]]

    def test_what_is_typed_is_stored_before_something_is_done_with_it(self, open_page, five, loaded, type_into, settle):
        page = open_page()
        page.rows.setCurrentIndex(page.rows.paged.index(0, 0))
        settle()
        type_into(page.editor.editor.title, "Typed just now")
        seen = []
        page.with_ids(lambda ids: seen.append(loaded(ids[0]).title))
        settle()
        assert seen == ["Typed just now"]

    def test_with_nothing_there_the_actions_say_why_not(self, open_page):
        page = open_page()
        action = page.actions_of_page["publish"]
        assert not action.isEnabled()
        assert "There are no listings here" in action.toolTip()

    def test_a_right_click_opens_the_menu_of_the_chosen_rows(self, open_page, five, qtbot):
        page = open_page()
        rect = page.rows.visualRect(page.rows.paged.index(1, 0))
        at = rect.center()
        qtbot.mousePress(page.rows.viewport(), Qt.MouseButton.RightButton, pos=at)
        QApplication.sendEvent(
            page.rows.viewport(),
            QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, page.rows.viewport().mapToGlobal(at)),
        )
        menu = next(menu for menu in page.findChildren(QMenu) if menu.isVisible())
        texts = [action.text() for action in menu.actions() if action.text()]
        assert texts[0] == "Publish 1"
        assert {"Check again", "Unfold the variants"} <= set(texts)
        menu.close()

    def test_rows_a_result_speaks_of_are_chosen(self, open_page, five, settle):
        page = open_page()
        page.show_rows([five[1].id, five[3].id])
        settle()
        assert list(page.rows.selection().ids) == [five[1].id, five[3].id]
        assert page.editor.listing_id == five[1].id

    def test_a_listing_outside_the_filter_is_shown_in_the_panel(self, open_page, five, settle):
        page = open_page()
        page.segments.choose("live")
        settle()
        page.show_rows([five[4].id])
        settle()
        assert page.editor.editor.title.text() == "Elm Table Lamp"


class TestFindingSteps:
    def test_f8_goes_round_the_rows_with_a_finding(self, open_page, five, qtbot, settle):
        page = open_page()
        page.rows.setFocus()
        visited = []
        for modifier in (Mod.NoModifier, Mod.NoModifier, Mod.ShiftModifier):
            qtbot.keyClick(page.rows, Key.Key_F8, modifier)
            settle()
            visited.append(titles(page)[page.rows.currentIndex().row()])
        assert visited == ["Birch Desk Lamp", "Cedar Floor Lamp", "Birch Desk Lamp"]
        assert page.rows.hasFocus()

    def test_without_any_finding_it_says_so(self, open_page, make_sellable, services, qtbot, settle):
        make_sellable()
        services.listings.recheck(None)
        page = open_page()
        page.rows.setFocus()
        qtbot.keyClick(page.rows, Key.Key_F8)
        settle()
        assert page.context.notices.kept[0].text == "Nothing here has a finding."

    def test_what_cannot_be_read_is_told(self, open_page, five, services, qtbot, settle, monkeypatch):
        page = open_page()

        def fail(*_, **__):
            raise AppError("publishing.journal", reason="disk full")

        monkeypatch.setattr(page.steps, "_find", fail)
        page.rows.setFocus()
        qtbot.keyClick(page.rows, Key.Key_F8)
        qtbot.waitUntil(lambda: any("disk full" in one.params["why"] for one in page.context.notices.banners(page.key)))


class TestLive:
    def test_everything_follows_the_language(self, open_page, five, qtbot, settle):
        page = open_page()
        page.rows.setCurrentIndex(page.rows.paged.index(0, 0))
        settle()
        language.set_language("zh")
        settle()
        assert page.actions_of_page["publish"].text() == "发布 1 件"
        assert cell(page, 0, "status") == "在售"
        qtbot.waitUntil(lambda: cell(page, 0, "category") == "台灯")
        assert page.editor.editor.unit.currentText() == "件/个"
        assert page.segments.accessibleName() == "全部"

    def test_the_palette_knows_segments_and_saved_filters(self, open_page, five, settle):
        page = open_page()
        page.filters.set_filters([Filter("stock", "=", 0)])
        page.filters.save_as("Sold out")
        assert page.palette_entries("") == []
        entries = {entry.text: entry for entry in page.palette_entries("x")}
        entries["Show only: Live"].do()
        assert page.segments.current == "live"
        assert "Filter: Sold out" in entries
        settle()

    def test_stores_narrow_rows_counts_and_names(self, open_page, five, settle):
        page = open_page()
        page.set_stores((7,))
        settle()
        assert page.rows.paged.total == 0
        assert page.segments._counts["all"] == 0
        page.set_stores((1,))
        settle()
        assert page.rows.paged.total == 5

    def test_f5_asks_the_window_to_sync(self, open_page, qtbot):
        page = open_page()
        with qtbot.waitSignal(page.sync_wanted):
            page.sync()

    def test_the_page_knows_its_frame(self):
        assert ListingsPage.key == "listings"
        assert ListingsPage.can_sync
        assert "listing" in ListingsPage.reads
