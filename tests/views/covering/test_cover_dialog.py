"""Covering from the window: ids pasted or dropped, rules with their effect, the run, its report, the drafts."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from shiboken6 import isValid

from app.messages import tr
from app.models import Store
from app.services.clock import now_ms
from app.services.covering.ids import TooManyIds
from app.services.covering.rules import CoverRules, load_rules, save_rules
from app.services.history.undo import undo
from app.services.marketplace.port import Unreachable
from app.services.pricing.own_rules import own_rule, save_rule
from app.views.covering.dialog import CoverDialog
from app.views.covering.rules_form import RulesForm
from app.views.language import language
from tests.unit.covering.conftest import OUR_TEMPLATE
from tests.views.covering.conftest import MemoryDesk


@pytest.fixture
def shown():
    """Ids the dialog went to."""
    return []


@pytest.fixture
def dialog(qtbot, pair, services, context, window, settle, shown):
    """The dialog, open on their store and ours."""
    services.covering = MemoryDesk(pair)
    made = CoverDialog(context, shown.extend, window)
    made.begin()
    qtbot.waitUntil(lambda: made.source.count() == 2)
    settle()
    yield made
    settle()
    if isValid(made):
        made.done(0)


def paste(dialog, qtbot, settle, text="1005001\n1005002\nrubbish"):
    dialog.ids.lines.setPlainText(text)
    dialog.ids.changed.emit()
    qtbot.waitUntil(lambda: dialog.sample is not None)
    settle()


def lines(dialog, kind):
    return [line for line in dialog.report.lines if line.kind == kind]


def test_nothing_can_be_covered_before_there_are_ids_and_two_stores(dialog, settle):
    assert (dialog.store(dialog.source).id, dialog.store(dialog.target).id) == (2, 1)
    assert not dialog.primary.isEnabled()
    assert [dialog.target.itemData(at) for at in range(dialog.target.count())] == [1]
    dialog.source.setCurrentIndex(1)
    dialog.source.activated.emit(1)
    settle()
    assert not dialog.primary.isEnabled()


def test_the_whole_way_from_ids_to_drafts(dialog, qtbot, settle, pair, shown, each_language):
    paste(dialog, qtbot, settle)
    assert dialog.primary.isEnabled()
    assert "2" in dialog.primary.text()
    assert "3" in dialog.ids.told.text()
    previewed = dialog.hint.text()
    dialog.ids.lines.setPlainText("hello")
    dialog.ids.changed.emit()
    settle()
    assert dialog.hint.text() == tr("cover.promise") != previewed, "nothing is previewed any more"
    paste(dialog, qtbot, settle)
    assert {line.field for line in lines(dialog, "unmapped")} == {"group_id", "size_chart"}
    dialog.form.maps["groups"]["5081"].choose("9001")
    dialog.form.factor.setText("2")
    dialog.form.rounding.choose("end_99")
    dialog.form.affixes["add_prefix"].setText("CF-")
    dialog._try_rules()
    settle()
    prices = {(line.before, line.after) for line in lines(dialog, "replaced") if line.field == "sku.price"}
    assert prices == {("18.90", "37.99"), ("19.90", "39.99")}
    assert pair.sql("SELECT count(*) FROM listing")[0][0] == 0
    with qtbot.waitSignal(dialog.covered) as covered:
        dialog.primary.click()
    settle()
    result = covered.args[0]
    draft = pair.listing(result.copied["1005001"])
    assert (draft.freight_template_id, draft.group_id, draft.skus[0].code) == (OUR_TEMPLATE, "9001", "CF-LM4402-WH")
    assert load_rules(pair.db, 2, 1).groups == {"5081": "9001"}
    assert len(lines(dialog, "junk")) == 1
    dialog.report.segments.choose("junk")
    qtbot.waitUntil(lambda: dialog.report.table.paged.total == 1)
    assert dialog.drafts.isVisible()
    dialog.drafts.click()
    assert shown == [*result.copied.values()]


def test_covered_products_are_skipped_or_brought_up_to_date(dialog, qtbot, settle, pair):
    pair.cover("1005001 1005002", CoverRules(default_group="-"))
    paste(dialog, qtbot, settle, "1005001")
    with qtbot.waitSignal(dialog.covered) as covered:
        dialog.start()
    assert (len(covered.args[0].skipped), dialog.drafts.isVisible()) == (1, False)
    dialog.existing.choose("update")
    dialog.form.stock.setText("9")
    with qtbot.waitSignal(dialog.covered) as covered:
        dialog.start()
    assert len(covered.args[0].updated) == 1
    undo(pair.db)


def test_ids_come_from_dropped_files(dialog, qtbot, settle, tmp_path):
    path = tmp_path / "ids.txt"
    path.write_text("product id\n1005001\nhttps://www.aliexpress.com/item/1005002.html\nhello\n", "utf-8")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    dialog.ids.lines.dropEvent(event)
    qtbot.waitUntil(lambda: dialog.ids.text == "1005001\n1005002")
    dialog._read_ids()
    settle()
    assert (dialog.ids.wanted.ids, [one.line for one in dialog.ids.wanted.junk]) == (("1005001", "1005002"), [4])
    dialog.read_files([tmp_path / "gone.txt"])
    qtbot.waitUntil(lambda: "gone.txt" in dialog.ids.told.text())
    dialog._read_ids()  # the pause after the last key is over
    settle()
    assert "gone.txt" in dialog.ids.told.text()
    dialog._on_no_ids(TooManyIds(most=5))
    assert dialog.ids.wanted.ids == ()
    assert not dialog.primary.isEnabled()


def test_junk_of_a_file_goes_with_its_ids(dialog, qtbot, settle, tmp_path):
    path = tmp_path / "ids.txt"
    path.write_text("1005001\nhello\n", "utf-8")
    dialog.read_files([path])
    qtbot.waitUntil(lambda: dialog.ids.text == "1005001")
    qtbot.waitUntil(lambda: [one.line for one in dialog.ids.wanted.junk] == [2])
    dialog.ids.lines.setPlainText("1005002\n1005001")
    qtbot.waitUntil(lambda: dialog.ids.wanted.ids == ("1005002", "1005001"))
    assert len(dialog.ids.wanted.junk) == 1, "the file is still there"
    dialog.ids.lines.setPlainText("1005002")
    qtbot.waitUntil(lambda: dialog.ids.wanted.ids == ("1005002",))
    assert dialog.ids.wanted.junk == ()
    assert dialog.ids.told.text() == tr("cover.ids_count", n=1)
    dialog.ids.lines.setPlainText("1005001")
    qtbot.waitUntil(lambda: dialog.ids.wanted.ids == ("1005001",))
    assert dialog.ids.wanted.junk == ()
    settle()


def test_what_cannot_be_used_is_said_below_its_field(dialog, qtbot, settle):
    paste(dialog, qtbot, settle)
    for control, wrong in ((dialog.form.price, "price * ("), (dialog.form.stock, "many"), (dialog.form.factor, "-1")):
        control.setText(wrong)
        dialog._try_rules()
        assert not dialog.primary.isEnabled()
        assert any(field.problem.text() for field in dialog.form.fields.values())
        control.clear()
        dialog._try_rules()
        assert dialog.primary.isEnabled()


def test_a_price_rule_of_the_team_is_chosen_by_its_name(dialog, qtbot, settle, pair):
    assert not dialog.form.fields["team"].isVisibleTo(dialog.form), "there is none yet"
    rules = {"Half more": "price * 1.5", "By cost": "cost * 1.35 / rate", "By freight": "cost + freight"}
    for name, formula in rules.items():
        save_rule(pair.db, name, own_rule("formula", formula))
    dialog._on_pair()
    settle()
    box = dialog.form.team
    assert [box.itemText(at) for at in range(box.count())] == ["By cost", "Half more"], "nobody knows their freight"
    dialog.form.factor.setText("1.2")
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert (dialog.form.price.text(), dialog.form.factor.text()) == ("price * 1.5", "")
    assert dialog.form.read().price == "price * 1.5"
    dialog.form.price.setText("price * 2")
    assert box.value is None, "that is another one"
    dialog.form.price.setText("price * 1.5")
    assert box.currentText() == "Half more"


def test_a_store_out_of_reach_is_told_and_tried_again(dialog, qtbot, settle, pair):
    pair.theirs.faults["read_listing"] = gone = [Unreachable(host="h")] * 9
    dialog.ids.lines.setPlainText("1005001")
    dialog.ids.changed.emit()
    settle()
    assert dialog.sample is None
    gone.clear()
    dialog.look()
    qtbot.waitUntil(lambda: dialog.sample is not None)
    pair.theirs.faults["read_listing"] = [Unreachable(host="h")]
    dialog.start()
    settle()
    assert dialog.result is None
    assert dialog.primary.isEnabled()
    assert pair.sql("SELECT count(*) FROM listing")[0][0] == 0


def test_the_report_goes_into_a_workbook_and_is_searched(dialog, qtbot, settle, tmp_path):
    paste(dialog, qtbot, settle)
    dialog.report.search.setText("1005002")
    dialog.report._ask()
    expected = sum("1005002" in line.product_id for line in dialog.report.lines)
    qtbot.waitUntil(lambda: dialog.report.table.paged.total == expected)
    dialog.export_to(str(tmp_path / "report.xlsx"))
    settle()
    assert (tmp_path / "report.xlsx").exists()
    assert "report.xlsx" in dialog.hint.text()


def test_all_rules_survive_the_form(qtbot, pair, settle, dialog):
    rules = CoverRules(
        templates={"700126540": "800900200"},
        default_template=OUR_TEMPLATE,
        services={"510101": "520202"},
        default_service="520202",
        groups={"5081": "-"},
        default_group="9001",
        same_names=False,
        brand="NONE",
        units={"100000015": "100000014"},
        inches=True,
        words=(("Northlane", ""), ("Old", "New")),
        remove_prefix="NL",
        remove_suffix="-X",
        add_prefix="CF",
        add_suffix="_1",
        price="price * 1.1",
        rounding="whole",
        stock=3,
    )
    save_rules(pair.db, 2, 1, rules)
    paste(dialog, qtbot, settle)
    dialog._on_pair()
    settle()
    assert dialog.form.read() == rules
    form = RulesForm()
    qtbot.addWidget(form)
    form.show_rules(rules)
    assert form.read().templates == rules.templates
    assert dialog.form.defaults["groups"].itemText(0) == "Choose later"
    language.set_language("zh")
    assert dialog.form.read() == rules
    assert dialog.form.defaults["groups"].itemText(0) == "以后再选"


def test_a_run_is_stopped_and_begun_anew(dialog, qtbot, settle, pair):
    paste(dialog, qtbot, settle)
    dialog.start()
    assert dialog._running is not None and not dialog.primary.isEnabled()
    dialog.stop()
    settle()
    qtbot.waitUntil(lambda: dialog._running is None)
    assert dialog.report.state.texts[0] == "Stopped; nothing was written" and dialog.result is None
    assert pair.sql("SELECT id FROM listing") == []
    dialog.stop()  # nothing runs: nothing happens


def test_one_store_is_never_source_and_target(dialog, settle, services):
    stores = dialog.stores
    dialog._asked = (1, 0)
    dialog._on_stores([stores[0], replace(stores[0], id=3, name="Third", access="operate"), *stores[1:]])
    settle()
    assert dialog.source.currentData() == 1
    assert dialog.target.currentData() != 1
    dialog._asked = (0, 0)
    dialog._on_stores([stores[0], replace(stores[0], id=3, name="Third", access="operate")])
    settle()
    assert dialog.source.currentData() != dialog.target.currentData(), "nor where nobody chose any"


def third_store(dialog, pair):
    """One more store to cover into."""
    pair.sql("UPDATE store SET access = 'operate'")
    with pair.db.write() as session:
        session.add(Store(name="Third", gateway="http://127.0.0.1:1", credential_ref="three", created_ms=now_ms()))
    dialog._asked = (2, 1)
    dialog._on_stores(dialog._context.services.stores())


def choose(box, store_id):
    box.setCurrentIndex(box.findData(store_id))
    box.activated.emit(box.currentIndex())


def test_another_store_after_a_run_is_looked_at_anew(dialog, qtbot, settle, pair):
    third_store(dialog, pair)
    paste(dialog, qtbot, settle)
    with qtbot.waitSignal(dialog.covered):
        dialog.start()
    settle()
    assert dialog.drafts.isVisible()
    choose(dialog.target, 3)
    settle()
    assert (dialog.result, dialog.drafts.isVisible()) == (None, False)
    assert dialog.hint.text() == tr("cover.preview_of", n=2, of=2)
    assert lines(dialog, "replaced") and dialog.report.table.isVisible()


def test_the_same_store_twice_after_a_run_is_told(dialog, qtbot, settle, pair):
    third_store(dialog, pair)
    paste(dialog, qtbot, settle)
    with qtbot.waitSignal(dialog.covered):
        dialog.start()
    settle()
    choose(dialog.target, 2)
    settle()
    assert (dialog.report.state.texts[0], dialog.drafts.isVisible()) == (tr("cover.choose_two"), False)
