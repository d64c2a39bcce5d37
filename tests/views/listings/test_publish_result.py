"""The result of a batch: counts that add up, reasons with their field, corrections in place, sending only the fixed."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from python_calamine import CalamineWorkbook

from app.services.history.wording import change_label
from app.services.listings.editing import ListingEdit
from app.services.marketplace.port import Refused
from app.services.publishing.queue import enqueue
from app.services.publishing.run import publish
from app.views.language import language
from app.views.listings.publish_result import PublishResultDialog
from app.views.listings.reason_list import GROUP, SECOND
from app.views.listings.result_parts import PARTS, SharesBar, group_sentence, part_counts
from app.views.listings.result_rows import FIELD, NOW, ChoiceBox, ResultRows
from app.views.theme import current_theme
from tests.unit.publishing.conftest import FAST

Key = Qt.Key
TITLE = Refused("marketplace.title_length", platform_code="13006001", platform_text="too long", field="title")
NO_FIELD = Refused(None, platform_code="F00-99", platform_text="odd")
TOO_LONG = ("Bedside Table Lamp " * 9).strip()


@pytest.fixture
def batch(db, market):
    """Publish listings; *script* says what the marketplace answers. Returns the batch's number."""

    def run(records, *script):
        market.script.extend(script)
        made = enqueue(db, 1, [record.id for record in records])
        asyncio.run(publish(db, market, 1, made.batch_id, settings=FAST, parallel=1))
        return made.batch_id

    return run


@pytest.fixture
def open_result(qtbot, context, services, settle):
    """Show the result of a batch, with everything about its listings read."""
    parent = QWidget()
    parent.resize(1400, 900)
    qtbot.addWidget(parent)

    def show(batch_id, kind=""):
        context.services = services
        with qtbot.waitActive(parent):
            parent.show()
            parent.activateWindow()
        dialog = PublishResultDialog(services.publishing.report(batch_id), "晨帆数码", context, parent, kind=kind)
        with qtbot.waitActive(dialog):
            dialog.show()
            dialog.activateWindow()
        settle()
        return dialog

    yield show
    settle()


def headings(dialog):
    items = [dialog.reasons.item(at) for at in range(dialog.reasons.count())]
    return [item.text() for item in items if item.data(GROUP) is None]


def choose(dialog, field):
    for at in range(dialog.reasons.count()):
        group = dialog.reasons.item(at).data(GROUP)
        if group is not None and group.field == field:
            dialog.reasons.setCurrentRow(at)
            return
    raise AssertionError(field)


def shown(dialog, row=0, column=FIELD):
    return dialog.model.index(row, column).data()


def put(dialog, text, row=0):
    return dialog.model.setData(dialog.model.index(row, FIELD), text)


class TestHead:
    def test_the_counts_add_up_to_the_batch(self, batch, open_result, make_sellable, services):
        records = [make_sellable() for _ in range(4)]
        bad = make_sellable(title=TOO_LONG)
        dialog = open_result(batch([*records, bad], TITLE))
        counts = part_counts(dialog._report)
        assert counts == {"live": 0, "in_review": 3, "failed": 2, "unknown": 0, "held": 0, "queued": 0, "cancelled": 0}
        assert sum(counts.values()) == dialog._report.total == 5
        figures = {key: label.text() for key, label in dialog.head.figures.items()}
        assert figures == {"on_platform": "3", "live": "0", "in_review": "3", "failed": "2"}

    def test_one_bar_adds_up_to_its_width(self, qtbot):
        bar = SharesBar({"live": 5, "in_review": 3, "failed": 2, "unknown": 0, "held": 0, "queued": 0, "cancelled": 0})
        qtbot.addWidget(bar)
        bar.resize(500, 8)
        assert bar.widths() == {"live": 250.0, "in_review": 150.0, "failed": 100.0}
        assert bar.accessibleName() == "Live 5, In review 3, Failed 2"
        picture = bar.grab().toImage()
        assert picture.pixelColor(10, 4) == current_theme().tone("green").text
        assert picture.pixelColor(480, 4) == current_theme().tone("red").text
        empty = SharesBar(dict.fromkeys((key for key, _ in PARTS), 0))
        qtbot.addWidget(empty)
        assert empty.widths() == {}

    def test_without_failures_it_says_so(self, batch, open_result, make_sellable):
        dialog = open_result(batch([make_sellable()]))
        assert dialog.all_well.isVisible()
        assert not dialog.again.isVisible()
        assert not dialog._middle.isVisible()

    def test_about_names_store_and_count(self, batch, open_result, make_sellable):
        dialog = open_result(batch([make_sellable()]))
        texts = " ".join(label.text() for label in dialog.head.findChildren(type(dialog.all_well)))
        assert "晨帆数码 · 1 listing" in texts


class TestReasons:
    def test_reasons_are_grouped_under_headings_with_field_and_sentence(self, batch, open_result, make_sellable):
        records = [make_sellable() for _ in range(3)]
        bad = make_sellable(weight_g=None)
        dialog = open_result(batch([*records, bad], TITLE, TITLE, NO_FIELD))
        assert headings(dialog) == ["Failed 4 · by reason"]
        assert [(group.field, len(group.rows)) for group in dialog.groups] == [("title", 2), ("", 1), ("weight_g", 1)]
        choose(dialog, "title")
        assert dialog.reason.text() == group_sentence(dialog.groups[0], dialog.groups[0].params)
        assert "too long" in dialog.raw.text()
        dialog.copy.click()
        assert "too long" in QGuiApplication.clipboard().text()

    def test_the_platforms_path_is_called_by_the_fields_name(self, batch, open_result, make_sellable):
        path = Refused(
            "marketplace.schema", platform_code="13010996", platform_text="#/delivery_time: 9 is too much",
            field="handling_days",
        )  # fmt: skip
        dialog = open_result(batch([make_sellable()], path))
        assert "Handling time: 9 is too much" in dialog.reason.text()
        assert "#/" not in dialog.reason.text()
        assert "#/delivery_time" in dialog.raw.text(), "the platform's own words stay within reach"
        language.set_language("zh")
        assert "发货期: 9 is too much" in group_sentence(dialog.groups[0], dialog.groups[0].params)

    def test_a_headline_is_in_one_language_and_the_platforms_words_stand_below(
        self, batch, open_result, make_sellable, settle
    ):
        english = Refused(
            "marketplace.schema", platform_code="13010996", platform_text="#/delivery_time: 9 is too much",
            field="handling_days",
        )  # fmt: skip
        chinese = Refused("marketplace.product_refused", platform_code="7", platform_text="标题重复")
        dialog = open_result(batch([make_sellable(), make_sellable()], english, chinese))
        choose(dialog, "handling_days")
        assert "9 is too much" in dialog.reason.text()
        choose(dialog, "")
        assert dialog.reason.text() == "The listing was refused: see the platform's words (7). Change what it names."
        language.set_language("zh")
        settle()
        choose(dialog, "handling_days")
        assert dialog.reason.text() == "字段不合平台格式：发货期（见平台原文）。按类目要求修改。"
        assert "9 is too much" in dialog.raw.text()
        assert not any("too much" in dialog.reasons.item(at).text() for at in range(dialog.reasons.count()))
        choose(dialog, "")
        assert dialog.reason.text() == "商品内容被拒：标题重复（7）。按说明修改。"

    def test_a_field_the_port_calls_otherwise_is_ours(self, batch, open_result, make_sellable):
        unit = Refused("marketplace.unit", platform_code="1", platform_text="#/product_unit: unknown", field="unit_id")
        dialog = open_result(batch([make_sellable()], unit))
        assert [group.field for group in dialog.groups] == ["unit"]
        assert "Unit" in dialog.reasons.item(dialog.reasons.count() - 1).data(SECOND)

    def test_a_reason_without_a_field_hides_the_column(self, batch, open_result, make_sellable):
        dialog = open_result(batch([make_sellable()], NO_FIELD))
        assert dialog.rows.isColumnHidden(FIELD)
        assert shown(dialog, 0, NOW) == "Passes the checks"

    def test_unconfirmed_ones_stand_apart(self, batch, open_result, make_sellable, write):
        record, other = make_sellable(), make_sellable()
        number = batch([record, other], TITLE)
        write(
            "UPDATE publish_task SET state = 'unknown', error_code = 'marketplace.unanswered' WHERE listing_id = ?",
            other.id,
        )
        dialog = open_result(number, kind="unknown")
        assert headings(dialog) == ["Failed 1 · by reason", "Unconfirmed 1"]
        assert dialog.reasons.current_group.state == "unknown"
        assert dialog._stack.currentIndex() == 1
        buttons = [button.text() for button in dialog.undecided.findChildren(type(dialog.copy))]
        assert buttons == ["Look it up now"]
        assert other.id not in dialog.again_ids()

    def test_held_ones_stand_apart(self, db, open_result, make_sellable, write):
        write(
            "INSERT INTO setting (name, value, updated_ms) VALUES ('compliance', ?, 0)",
            '{"severities": {"title.capitals": "hold"}}',
        )
        shouting = make_sellable(title="BEDSIDE TABLE LAMP DIMMABLE")
        dialog = open_result(enqueue(db, 1, [shouting.id]).batch_id)
        assert dialog._report.held == 1
        assert dialog.head.figures["held"].text() == "1"

    def test_the_model_keeps_qts_promises(self, batch, open_result, make_sellable, settle):
        dialog = open_result(batch([make_sellable(), make_sellable()], TITLE, NO_FIELD))
        assert type(dialog.model) is ResultRows
        QAbstractItemModelTester(dialog.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        for at in range(dialog.reasons.count()):
            dialog.reasons.setCurrentRow(at)
        choose(dialog, "title")
        put(dialog, "Another Lamp")
        settle()


class TestCorrecting:
    def test_a_title_is_corrected_in_its_cell_and_only_it_is_sent_again(
        self, batch, open_result, make_sellable, loaded, services, qtbot, settle
    ):
        records = [make_sellable() for _ in range(3)]
        dialog = open_result(batch(records, TITLE, TITLE))
        first = dialog.model.group.rows[0].listing_id
        assert dialog.again.text() == "Send 2 again"
        dialog.rows.setFocus()
        dialog.rows.setCurrentIndex(dialog.model.index(0, 0))
        qtbot.keyClick(dialog.rows, Key.Key_Return)
        editor = dialog.rows.viewport().findChild(QLineEdit)
        editor.setText("Walnut Bedside Lamp")
        qtbot.keyClick(editor, Key.Key_Return)
        qtbot.waitUntil(lambda: loaded(first).title == "Walnut Bedside Lamp")
        settle()
        assert shown(dialog).endswith("→ Walnut Bedside Lamp")
        assert shown(dialog, 0, NOW) == "Fixed, can be sent"
        assert dialog.model.index(0, FIELD).data(Qt.ItemDataRole.BackgroundRole) == current_theme().color("chg")
        assert dialog.progress.text() == "1 fixed, 1 to go"
        assert dialog.again.text() == "Resend the 1 that are fixed"
        with qtbot.waitSignal(dialog.send_again_wanted) as told:
            dialog.again.click()
        assert told.args == [[first]]
        assert services.listings.history()[0].listing_count == 1

    def test_enter_in_the_rows_never_sends(self, batch, open_result, make_sellable, qtbot):
        dialog = open_result(batch([make_sellable()], NO_FIELD))
        sent = []
        dialog.send_again_wanted.connect(sent.append)
        dialog.rows.setFocus()
        dialog.rows.setCurrentIndex(dialog.model.index(0, 0))
        qtbot.keyClick(dialog.rows, Key.Key_Return)
        assert sent == []
        assert dialog.isVisible()

    def test_a_correction_that_does_not_pass_says_what_is_wrong(self, batch, open_result, make_sellable, settle):
        dialog = open_result(batch([make_sellable()], TITLE))
        put(dialog, TOO_LONG)
        settle()
        assert "128" in shown(dialog, 0, NOW)
        assert dialog.again_ids() == []
        assert not dialog.again.isEnabled()
        assert "Put the field right first" in dialog.again.toolTip()

    def test_a_number_that_is_none_stays_marked(self, db, open_result, make_sellable, services, loaded, settle):
        record = make_sellable(weight_g=None)
        dialog = open_result(enqueue(db, 1, [record.id]).batch_id)
        choose(dialog, "weight_g")
        assert not put(dialog, "heavy")
        settle()
        assert shown(dialog) == "heavy"
        assert "heavy" in dialog.model.index(0, FIELD).data(Qt.ItemDataRole.ToolTipRole)
        assert services.listings.history() == []
        put(dialog, "0.84")
        settle()
        assert loaded(record.id).weight_g == 840
        assert shown(dialog) == "– → 0.840"

    def test_a_category_is_written_by_name_or_id(self, db, open_result, make_sellable, loaded, qtbot, settle):
        record = make_sellable(category_id="")
        dialog = open_result(enqueue(db, 1, [record.id]).batch_id)
        choose(dialog, "category_id")
        put(dialog, "Sofas")
        qtbot.waitUntil(lambda: shown(dialog) == "Sofas")
        assert "was not found" in dialog.model.index(0, FIELD).data(Qt.ItemDataRole.ToolTipRole)
        put(dialog, "Table lamps")
        qtbot.waitUntil(lambda: loaded(record.id).category_id == "39050502")
        settle()
        assert shown(dialog) == "– → Lights > Table lamps"

    def test_a_template_is_chosen_from_the_stores_list(self, db, open_result, make_sellable, loaded, qtbot, settle):
        record = make_sellable(freight_template_id="")
        dialog = open_result(enqueue(db, 1, [record.id]).batch_id)
        choose(dialog, "freight_template_id")
        dialog.rows.setCurrentIndex(dialog.model.index(0, FIELD))
        dialog.rows.edit(dialog.model.index(0, FIELD))
        box = dialog.rows.viewport().findChild(ChoiceBox)
        assert [box.itemText(at) for at in range(box.count())] == ["–", "小件普货"]
        box.setCurrentIndex(1)
        box.activated.emit(1)
        qtbot.waitUntil(lambda: loaded(record.id).freight_template_id == "700126548")
        settle()
        assert shown(dialog) == "– → 小件普货"

    def test_a_variants_price_is_corrected_where_one_variant_is_meant(
        self, db, open_result, make_sellable, loaded, settle
    ):
        record = make_sellable(skus=(("A1", None, 5), ("A2", 900, 5)))
        dialog = open_result(enqueue(db, 1, [record.id]).batch_id)
        choose(dialog, "sku.price")
        assert put(dialog, "12.50")
        settle()
        assert [sku.price_minor for sku in loaded(record.id).skus] == [1250, 900]

    def test_what_cannot_be_edited_here_is_opened_in_the_list(self, db, open_result, make_sellable, qtbot):
        record = make_sellable(images=())
        dialog = open_result(enqueue(db, 1, [record.id]).batch_id)
        choose(dialog, "images")
        index = dialog.model.index(0, FIELD)
        assert not index.flags() & Qt.ItemFlag.ItemIsEditable
        with qtbot.waitSignal(dialog.edit_wanted) as told:
            dialog.rows.doubleClicked.emit(index)
        assert told.args == [[record.id]]

    def test_all_rows_of_a_reason_are_opened_in_the_list(self, batch, open_result, make_sellable, qtbot):
        records = [make_sellable() for _ in range(3)]
        dialog = open_result(batch(records, TITLE, TITLE, TITLE))
        with qtbot.waitSignal(dialog.edit_wanted) as told:
            dialog.show_rows.click()
        assert told.args == [[record.id for record in records]]

    def test_one_button_makes_the_remedy_of_all(self, db, open_result, make_sellable, loaded, services, settle):
        records = [make_sellable(title=TOO_LONG + f" {n}") for n in range(3)]
        dialog = open_result(enqueue(db, 1, [record.id for record in records]).batch_id)
        choose(dialog, "title")
        assert dialog.fix_all.isVisible()
        assert "3" in dialog.fix_all.text()
        dialog.fix_all.click()
        settle()
        assert all(len(loaded(record.id).title) <= 128 for record in records)
        [change, *_] = services.listings.history()
        assert change.listing_count == 3
        assert change_label(change) == "Put right: Title too long"
        language.set_language("zh")
        assert change_label(change) == "统一处理：标题过长"
        language.set_language("en")
        assert dialog.again.text() == "Resend the 3 that are fixed"
        assert not dialog.fix_all.isVisible()
        services.listings.undo()
        assert [loaded(record.id).title for record in records] == [record.title for record in records]

    def test_what_is_put_right_in_the_table_counts_here_too(self, batch, open_result, make_sellable, services, settle):
        record = make_sellable()
        dialog = open_result(batch([record], TITLE))
        services.listings.save([ListingEdit(record.id, fields={"title": "Walnut Lamp"})], "x")
        dialog._context.changes.tell({"listing"})
        settle()
        assert dialog.again.text() == "Resend the 1 that are fixed"

    def test_a_rejected_one_must_be_changed_first(self, batch, open_result, make_sellable, write):
        record = make_sellable()
        number = batch([record])
        write(
            "UPDATE publish_task SET state = 'rejected', error_code = 'publishing.rejected' WHERE batch_id = ?", number
        )
        dialog = open_result(number)
        assert dialog.again_ids() == []

    def test_one_that_is_being_sent_is_left_alone(self, batch, open_result, make_sellable, write):
        record = make_sellable()
        number = batch([record], TITLE)
        write("UPDATE listing SET status = 'sending' WHERE id = ?", record.id)
        dialog = open_result(number)
        assert not dialog.model.index(0, FIELD).flags() & Qt.ItemFlag.ItemIsEditable
        assert shown(dialog, 0, NOW) == "It is being sent"
        assert dialog.again_ids() == []


class TestLive:
    def test_everything_follows_the_language(self, batch, open_result, make_sellable, settle):
        dialog = open_result(batch([make_sellable(), make_sellable()], TITLE))
        before = dialog.reason.text()
        language.set_language("zh")
        settle()
        assert dialog.reason.text() != before
        assert headings(dialog) == ["失败 1 · 按原因"]
        assert dialog.again.text() == "重新发送 1 件"
        assert dialog.model.headerData(FIELD, Qt.Orientation.Horizontal) == "标题（要改的字段）"
        assert dialog.windowTitle() == "发布结果"

    def test_it_paints_in_both_themes(self, batch, open_result, make_sellable, each_theme):
        dialog = open_result(batch([make_sellable()], TITLE))
        picture = dialog.rows.viewport().grab().toImage()
        assert picture.pixelColor(2, picture.height() - 5) == current_theme().color("surface")


def test_the_result_is_saved_as_a_workbook(batch, open_result, make_sellable, qtbot, settle, tmp_path):
    dialog = open_result(batch([make_sellable(), make_sellable()], TITLE))
    target = tmp_path / "report.xlsx"
    dialog.save_report.click()
    chooser = dialog.findChild(QFileDialog)
    assert chooser.selectedFiles()[0].endswith(".xlsx")
    chooser.fileSelected.emit(str(target))
    chooser.close()
    qtbot.waitUntil(lambda: str(target) in dialog.hint.text())
    rows = CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0).to_python()
    assert len(rows) == 3
    settle()


def test_a_place_that_cannot_be_written_is_told(batch, open_result, make_sellable, qtbot, settle, tmp_path):
    dialog = open_result(batch([make_sellable()]))
    dialog.save_report.click()
    chooser = dialog.findChild(QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "no-such-folder" / "report.xlsx"))
    chooser.close()
    qtbot.waitUntil(lambda: "report.xlsx" in dialog.hint.text())
    settle()


class TestDoubles:
    """One request, carried out twice by the network."""

    @pytest.fixture
    def twice(self, market):
        market.before_write = lambda content: market.add(content)

    def test_a_listing_that_is_there_twice_is_named_with_both_ids_and_not_sent_again(
        self, batch, open_result, make_sellable, market, twice, settle
    ):
        dialog = open_result(batch([make_sellable()]))
        settle()
        superfluous, ours = market.products
        assert headings(dialog) == ["There twice 1"]
        assert superfluous in dialog.reason.text()
        assert ours in dialog.reason.text()
        assert shown(dialog, column=NOW) == f"{superfluous} is superfluous"
        assert not dialog.again.isEnabled()
        assert dialog.fix_all.text() == "Take the superfluous one off sale"
        dialog.close()

    def test_the_button_asks_for_taking_it_off_sale(self, batch, open_result, make_sellable, twice, qtbot, settle):
        dialog = open_result(batch([make_sellable(), make_sellable()]))
        settle()
        assert dialog.doubled == 2
        with qtbot.waitSignal(dialog.take_off_wanted):
            dialog.fix_all.click()
        dialog.close()
