"""A bulk edit from the user's side: choose, fill in, look, apply, take back; whatever goes wrong on the way."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from shiboken6 import isValid

from app.models import ServiceTemplate
from app.services.listings.bulk_edit import session
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import ChangeNumber
from app.services.paging import Query
from app.services.worker import WorkerDied
from app.views.language import language
from app.views.listings.bulk_edit import applying
from app.views.listings.bulk_edit.dialog import BulkEditDialog
from app.views.paged_table_model import PagedTableModel

PERCENT = "\u202f%"


def prices(loaded, ids):
    return [sku.price_minor for id in ids for sku in loaded(id).skus]


class TestTheWholeWay:
    def test_price_times_and_round(self, open_edit, lamps, loaded, services):
        user = open_edit(lamps[:2])
        user.chooses(user.card().way, "multiply")
        user.types(user.field("value"), "1.1")
        user.chooses(user.field("rounding"), "end_99")
        user.waits_for_preview()
        assert user.rows == [
            ("LM2-BK", "Price", "45.00", "49.99", f"+11.1{PERCENT}", "Will change"),
            ("LM1-WH", "Price", "18.90", "20.99", f"+11.1{PERCENT}", "Will change"),
            ("LM1-GY", "Price", "20.00", "21.99", f"+10.0{PERCENT}", "Will change"),
        ]
        assert user.dialog.primary.text() == "Apply to 2 listings"
        assert prices(loaded, lamps) == [1890, 2000, 4500, None]  # nothing is written before
        user.applies()
        assert prices(loaded, lamps) == [2099, 2199, 4999, None]
        assert user.toasts[0] == "Changed 2 listings."
        wanted = []
        user.page.editor.undo_wanted.connect(wanted.append)
        user.page.context.notices.kept[0].offer.do()
        services.listings.undo(wanted[0])
        assert prices(loaded, lamps) == [1890, 2000, 4500, None]

    def test_several_fields_are_one_change(self, open_edit, lamps, loaded, services):
        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        user.presses(user.dialog.changes.add)
        user.chooses(user.card(1).field, "title")
        user.types(user.field("find", 1), "Lamp")
        user.types(user.field("replacement", 1), "Light")
        user.presses(user.dialog.changes.add)
        user.chooses(user.card(2).field, "freight_template_id")
        user.chooses(user.field("choice", 2), "7001")
        user.waits_for_preview()
        assert user.counts == {"all": 9, "changed": 8, "same": 0, "refused": 1}
        assert user.rows[3][:4] == ("Bedside Table Lamp", "Title", "Bedside Table Lamp", "Bedside Table Light")
        assert ("Coffee Mug", "Freight template", "–", "Small parcels", "", "Will change") in user.rows
        user.applies()
        assert [loaded(id).title for id in lamps] == ["Bedside Table Light", "Floor Light Tall", "Coffee Mug"]
        assert {loaded(id).freight_template_id for id in lamps} == {"7001"}
        assert len(services.listings.history()) == 1

    def test_a_service_template_is_chosen_by_its_name(self, open_edit, lamps, loaded, services, db):
        with db.write() as session:
            session.add(ServiceTemplate(store_id=1, template_id="520202", name="Standard Warranty", synced_ms=1))
        user = open_edit(lamps)
        user.chooses(user.card().field, "service_template_id")
        box = user.field("choice")
        assert [box.itemText(at) for at in range(box.count())] == ["Standard Warranty", "The platform's default"]
        user.chooses(box, "520202")
        user.waits_for_preview()
        assert ("Coffee Mug", "Service template", "–", "Standard Warranty", "", "Will change") in user.rows
        user.applies()
        assert {loaded(id).service_template_id for id in lamps} == {"520202"}
        services.listings.undo()
        assert {loaded(id).service_template_id for id in lamps} == {""}

    def test_a_filter_is_passed_as_it_is(self, open_edit, lamps, lane):
        user = open_edit()
        assert user.dialog.windowTitle() == "Bulk edit · 3 listings in 晨帆数码"
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        call = lane.arguments[lane.calls.index("prepare")]
        assert isinstance(call[2], Query)
        assert user.dialog.head.counts.matched == 3

    def test_all_of_a_table_is_the_filter_too(self, open_page, open_edit, lamps, lane, qtbot):
        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        assert isinstance(lane.arguments[lane.calls.index("prepare")][2], Query)

    def test_what_was_chosen_is_what_is_asked(self, open_edit, lamps, lane):
        user = open_edit([lamps[1]])
        user.types(user.field("value"), "-5")
        user.waits_for_preview()
        _, edit, chosen, checks = lane.arguments[lane.calls.index("prepare")]
        assert (edit, list(chosen), checks) == (
            BulkEdit((ChangeNumber("price_minor", "percent", Decimal(-5)),)),
            [lamps[1]],
            False,
        )
        assert user.rows == [("LM2-BK", "Price", "45.00", "42.75", f"\u22125.0{PERCENT}", "Will change")]

    def test_the_key_and_the_menu(self, open_page, lamps, qtbot, settle):
        page = open_page()
        actions = page.actions_of_page
        assert (actions.shortcut("bulk_edit"), actions.shortcut("replace_text")) == ("Ctrl+E", "Ctrl+H")
        menu = QMenu(page)
        page.fill_menu(menu)
        assert actions["bulk_edit"] in menu.actions()
        qtbot.keyClick(page.rows, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
        dialog = page.findChildren(BulkEditDialog)[0]
        assert (dialog.changes.cards[0].field.value, dialog.changes.cards[0].way.value) == ("title", "replace")
        settle()
        dialog.reject()

    def test_nothing_to_act_on(self, open_page):
        page = open_page()
        assert not page.actions_of_page["bulk_edit"].isEnabled()


class TestWhatIsTyped:
    @pytest.mark.parametrize(
        ("pattern", "said"),
        [
            ("(Lamp", "The pattern is wrong at character 1: a closing ) is missing. Correct it."),
            ("(a+)+", "This pattern may take for ever on some texts"),
        ],
    )
    def test_a_pattern_says_where_it_is_wrong(self, open_edit, lamps, pattern, said):
        user = open_edit(lamps, "replace_text")
        user.types(user.field("find"), pattern)
        user.presses(user.card().form.is_regex)
        user.waits_for_preview()
        assert user.problem().startswith(said)
        assert user.field("find").property("bad")
        assert user.dialog.preview.state.texts == ("Correct what is marked at the left first", user.problem())
        assert not user.dialog.primary.isEnabled()
        user.types(user.field("find"), "(Lamp)")
        user.types(user.field("replacement"), r"\2s")
        user.waits_for_preview()
        assert user.problem().startswith("What it is replaced by is wrong at character 2")
        assert user.field("replacement").property("bad") and not user.field("find").property("bad")
        user.types(user.field("replacement"), r"\1s")
        user.waits_for_preview()
        assert not user.problem()
        assert [row[3] for row in user.rows] == ["Bedside Table Lamps", "Floor Lamps Tall"]

    def test_a_formula_says_where_it_is_wrong(self, open_edit, lamps):
        user = open_edit(lamps)
        user.chooses(user.card().way, "formula")
        user.types(user.field("formula"), "price * wieght")
        user.waits_for_preview()
        assert "9" in user.problem() and "weight" in user.problem()
        user.types(user.field("formula"), "price + ")
        user.card().form.formula.put("stock")
        user.waits_for_preview()
        assert user.field("formula").text() == "price + stock"
        assert user.rows[0][:4] == ("LM1-WH", "Price", "18.90", "138.90")

    def test_no_number(self, open_edit, lamps):
        user = open_edit(lamps)
        user.types(user.field("value"), "ten")
        user.waits_for_preview()
        assert "ten" in user.problem()
        user.types(user.field("value"), "10 %")
        user.waits_for_preview()
        assert not user.problem() and user.dialog.primary.isEnabled()

    def test_a_number_once_only(self, open_edit, lamps):
        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        user.dialog.changes.add_change("price_minor", "add")
        user.types(user.field("value", 1), "1")
        user.waits_for_preview()
        assert user.problem(1) == "“Price” is set above already; a number can be set once only. Remove one of them."
        user.presses(user.card(0).remove)
        user.waits_for_preview()
        assert user.rows[0][:4] == ("LM1-WH", "Price", "18.90", "19.90")

    def test_changes_are_moved(self, open_edit, lamps):
        user = open_edit(lamps, "replace_text")
        user.types(user.field("find"), "Lamp")
        user.types(user.field("replacement"), "Light")
        user.dialog.changes.add_change("title", "case")
        user.chooses(user.field("case", 1), "upper")
        user.waits_for_preview()
        assert user.rows[0][3] == "BEDSIDE TABLE LIGHT"
        user.presses(user.card(1).up)
        user.waits_for_preview()
        assert [card.way.value for card in user.dialog.changes.cards] == ["case", "replace"]
        assert [card.number.text() for card in user.dialog.changes.cards] == ["1", "2"]
        assert user.rows[0][3] == "BEDSIDE TABLE Light"

    def test_what_is_typed_now_is_not_applied_yet(self, open_edit, lamps):
        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        assert user.dialog.primary.isEnabled()
        table = user.dialog.preview.table
        user.types(user.field("value"), "20")
        assert not user.dialog.primary.isEnabled()
        user.waits_for_preview()
        assert user.rows[0][3] == "22.68"
        assert user.dialog.preview.table is table  # the same columns: nothing is built anew while somebody types

    def test_enter_works_out_and_does_not_apply(self, open_edit, lamps, loaded, qtbot):
        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        qtbot.keyClick(user.field("value"), Qt.Key.Key_Return)
        assert user.dialog.working.is_busy
        qtbot.keyClick(user.field("value"), Qt.Key.Key_Return)
        user.waits_for_preview()
        assert isValid(user.dialog) and user.dialog.isVisible()
        assert prices(loaded, lamps)[0] == 1890

    def test_emptied_again(self, open_edit, lamps, qtbot):
        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        user.field("value").clear()
        user.waits_for_preview()
        assert user.dialog.preview.state.texts[0] == "Fill in a change"
        assert user.dialog.primary.toolTip() == "Fill in a change"


class TestRefusals:
    def test_limits_and_reasons(self, open_edit, lamps, loaded, tmp_path):
        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        user.types(user.field("most"), "40")
        user.waits_for_preview()
        assert user.counts == {"all": 4, "changed": 2, "same": 0, "refused": 2}
        said = user.dialog.preview.outcome.title.text()
        assert said == "1 of 3 listings will change · 0 unchanged · 2 with refusals"
        said = user.dialog.preview.outcome.texts
        assert "Above the highest value that is allowed · 1 value" in said
        assert "A value that is needed is unknown · 1 value" in said
        user.presses(user.dialog.preview.outcome.more)
        user.waits_for_preview()
        assert [row[0] for row in user.rows] == ["LM2-BK", "MG1-RD"]
        page = user.page
        user.applies()
        assert prices(loaded, lamps) == [2079, 2200, 4500, None]
        assert user.toasts[0] == "Changed 1 listing; 2 with refused values, which stay as they were."
        (job,) = page.context.jobs
        assert job.state == "done_with_failures"
        assert [offer.text for offer in job.offers] == ["Show the 2 refused", "Save why they were refused…"]
        (token,) = session._plans
        applying.save_reasons(page.context, token, str(tmp_path / "why.xlsx"))
        user.qtbot.waitUntil(lambda: "why.xlsx" in user.toasts[0])
        assert "2" in user.toasts[0] and (tmp_path / "why.xlsx").stat().st_size > 1000
        job.offers[0].do()
        assert list(page.selection().ids) == [lamps[2], lamps[1]]

    def test_rows_that_moved_on_are_named(self, open_edit, lamps, loaded, write):
        user = open_edit(lamps[:2])
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        write("UPDATE sku SET price_minor = 5000 WHERE code = 'LM2-BK'")
        page = user.page
        user.applies()
        assert prices(loaded, lamps[:2]) == [2079, 2200, 5000]
        assert [offer.text for job in page.context.jobs for offer in job.offers] == ["Show the 1 left alone"]

    def test_everything_is_refused(self, open_edit, lamps):
        user = open_edit([lamps[2]])
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        assert not user.dialog.primary.isEnabled()
        assert user.dialog.primary.toolTip() == "Nothing would change"
        user.chooses_segment("changed")
        assert user.dialog.preview.nothing.isVisible()

    def test_new_findings_are_named_by_rule(self, open_edit, lamps, lane):
        user = open_edit([lamps[0]], "replace_text")
        user.types(user.field("find"), "Bedside")
        user.types(user.field("replacement"), "床头")
        user.waits_for_preview()
        said = user.dialog.preview.outcome.texts
        assert "New after the change: Chinese in the title · 1 listing" in said
        assert lane.calls.index("check") > lane.calls.index("prepare")


class TestTrouble:
    def test_stopped_while_working(self, open_edit, lamps, lane, loaded):
        user = open_edit(lamps)
        lane.gate.clear()
        user.types(user.field("value"), "10")
        user.qtbot.waitUntil(lambda: user.dialog.working.is_busy)
        assert user.dialog.preview.state.button.text() == "Stop"
        user.presses(user.dialog.preview.state.button)
        assert user.dialog.preview.state.texts[0] == "Stopped"
        lane.gate.set()
        user.settle()
        assert user.dialog.preview.table is None and not user.dialog.primary.isEnabled()
        user.presses(user.dialog.preview.state.button)
        user.waits_for_preview()
        assert user.counts["changed"] == 3
        assert prices(loaded, lamps)[0] == 1890

    def test_waiting_for_another_job_is_said(self, open_edit, lamps, lane, runner, context):
        user = open_edit(lamps)
        lane.gate.clear()
        other = runner.start_heavy("app.services.listings.bulk_edit.session:discard", "other")
        context.jobs.add(other, "listings.job.recheck", n=3)
        user.types(user.field("value"), "10")
        said = user.dialog.preview.state
        user.qtbot.waitUntil(lambda: said.texts[1] == "Waiting for another job to be finished; starts by itself.")
        lane.gate.set()
        user.waits_for_preview()
        assert user.counts["changed"] == 3

    def test_typing_on_drops_the_older_question(self, open_edit, lamps, lane):
        user = open_edit(lamps)
        lane.gate.clear()
        user.types(user.field("value"), "10")
        user.qtbot.waitUntil(lambda: user.dialog.working.is_busy)
        older = user.dialog.working.handle
        user.types(user.field("value"), "20")
        user.qtbot.waitUntil(lambda: user.dialog.working.handle is not older)
        assert older.context.stop.is_set()
        lane.gate.set()
        user.waits_for_preview()
        assert user.rows[0][3] == "22.68"

    def test_closed_while_working(self, open_edit, lamps, lane, loaded):
        user = open_edit(lamps)
        lane.gate.clear()
        user.types(user.field("value"), "10")
        user.qtbot.waitUntil(lambda: user.dialog.working.is_busy)
        user.dialog.reject()
        lane.gate.set()
        user.settle()
        assert prices(loaded, lamps)[0] == 1890

    def test_a_crash_is_an_answer(self, open_edit, lamps, lane):
        user = open_edit(lamps)
        lane.error = WorkerDied(exit_code=9)
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        assert user.dialog.preview.state.texts[0] == "The changes could not be worked out"
        user.presses(user.dialog.preview.state.button)
        user.waits_for_preview()
        assert user.counts["changed"] == 3

    def test_what_could_not_be_stored_comes_back(self, open_edit, lamps, lane, loaded):
        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        lane.error = WorkerDied(exit_code=9)
        user.presses(user.dialog.primary)
        assert not user.dialog.isVisible()
        user.qtbot.waitUntil(user.dialog.isVisible)
        assert user.dialog.preview.state.texts[0] == "Nothing was stored"
        assert user.field("value").text() == "10"
        user.settle()
        user.presses(user.dialog.preview.state.button)
        user.waits_for_preview()
        user.applies()
        assert prices(loaded, lamps)[0] == 2079

    def test_a_plan_that_is_gone_is_made_again(self, open_edit, lamps, lane):
        from app.services.listings.bulk_edit import session

        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        session.close_all()
        user.chooses_segment("refused")
        user.qtbot.waitUntil(lambda: lane.calls.count("prepare") == 2)
        user.waits_for_preview()
        assert [row[0] for row in user.rows] == ["MG1-RD"]

    def test_export(self, open_edit, lamps, tmp_path):
        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        assert not user.dialog.findChildren(QFileDialog)
        user.presses(user.dialog.preview.export)
        (files,) = user.dialog.findChildren(QFileDialog)
        assert files.acceptMode() == QFileDialog.AcceptMode.AcceptSave and files.isVisible()
        files.fileSelected.emit(str(tmp_path / "preview.csv"))
        files.close()
        user.settle()
        assert user.dialog.hint.text() == "Wrote 4 lines to preview.csv."
        assert "LM1-WH" in (tmp_path / "preview.csv").read_text("utf-8-sig")


class TestLook:
    def test_a_narrow_dialog_leaves_columns_out(self, open_edit, lamps):
        user = open_edit(lamps, "replace_text")
        user.types(user.field("find"), "Table Lamp")
        user.types(user.field("replacement"), "Light")
        user.waits_for_preview()
        assert [column.key for column in user.dialog.preview.table.paged.columns][1] == "code"
        user.dialog.resize(880, 500)
        user.waits_for_preview()
        table = user.dialog.preview.table
        assert [column.key for column in table.paged.columns] == ["what", "field", "before", "after", "verdict"]
        assert table.header.length() <= table.viewport().width()
        assert table.paged.index(0, 3).data() == "Bedside Light"

    def test_long_texts_begin_near_the_difference(self, open_edit, make_listing):
        long = make_listing("Adjustable Reading Lamp with Three Colour Temperatures and a Long Cord")
        user = open_edit([long.id], "replace_text")
        user.types(user.field("find"), "Long Cord")
        user.types(user.field("replacement"), "Short Cord")
        user.waits_for_preview()
        assert user.rows[0][2:4] == ("…Temperatures and a Long Cord", "…Temperatures and a Short Cord")
        assert user.dialog.preview.table.paged.cells(0)[4].tip.startswith("Adjustable")

    def test_the_model_keeps_qts_rules(self, open_edit, lamps):
        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        model = user.dialog.preview.table.paged
        assert isinstance(model, PagedTableModel)
        tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        user.chooses_segment("refused")
        user.chooses_segment("all")
        assert model.rowCount() == 4
        tester.deleteLater()

    def test_nothing_is_cut(self, each_language, open_edit, lamps):
        user = open_edit(lamps)
        user.chooses(user.card().way, "formula")
        user.card().form.section.fold(False)
        user.types(user.field("formula"), "price * 2")
        user.waits_for_preview()
        QApplication.processEvents()
        dialog = user.dialog
        for button in (dialog.primary, dialog.cancel, dialog.changes.add, dialog.preview.export):
            assert button.width() >= button.sizeHint().width()
        for card in dialog.changes.cards:
            assert card.width() <= dialog.changes.area.viewport().width()
            for field in card.form.fields.values():
                assert field.label.height() >= field.label.heightForWidth(field.label.width()) or not field.isVisible()

    def test_what_is_wrong_follows_the_language(self, open_edit, lamps):
        user = open_edit(lamps)
        assert user.dialog.preview.state.texts[0] == "Fill in a change"
        user.types(user.field("value"), "ten")
        user.waits_for_preview()
        language.set_language("zh")
        user.settle()
        assert user.problem().startswith("“ten”")
        assert "is no" not in user.problem()
        assert user.dialog.preview.state.texts == ("先改正左侧标出的内容", user.problem())

    def test_the_language_changes_while_it_is_open(self, open_edit, lamps):
        user = open_edit(lamps)
        user.types(user.field("value"), "10")
        user.waits_for_preview()
        language.set_language("zh")
        user.settle()
        assert user.dialog.windowTitle() == "批量修改 · 晨帆数码 的 3 件商品"
        assert user.card().way.currentText() == "按百分比增减"
        assert user.dialog.primary.text() == "应用到 2 件商品"
        assert user.rows[0][-1] == "将改"
