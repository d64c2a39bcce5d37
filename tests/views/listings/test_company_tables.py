"""The inbox as a data clerk uses it: drop the tables, see what they hit, deal with it, take one back."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from app.services.codes.rekeying import rekey
from app.services.company_tables.hits import table_hits
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.records import InboxRow
from app.services.history.undo import undo
from app.services.listings.bulk_edit.desk import BulkEditDesk
from app.services.listings.bulk_edit.operations import ChangeNumber
from app.services.listings.holding import hold_listings
from app.services.settings import Settings
from app.views.company_tables.dialog import TablesDialog
from app.views.company_tables.opening import BANNER, Inbox
from app.views.language import language
from app.views.listings.bulk_edit.dialog import BulkEditDialog
from app.views.listings.code_dialog import CodeDialog
from app.views.listings.delist_dialog import DelistDialog
from app.views.listings.hold_dialog import HoldDialog

TABLES = {
    "a.csv": "SKU,名称,成本价,重量(g)\nAB1234,床头灯,6.5,85\nCD5678,灯泡,0,140\n",
    "b.csv": "SKU,最低限价\nAB1234,25\n",
    "违禁.csv": "SKU,违禁类型,违禁词\nCD5678,专利,\n,品牌,Tesla\n",
    "c.csv": "SKU,备注\nAB1234,x\n",
}


@pytest.fixture
def lamps(db, make_sellable):
    made = [
        make_sellable("Ash Lamp", skus=(("AB1234", 1890, 7), ("AB1234+CD5678", 2890, 5))),
        make_sellable("Tesla Lamp", skus=(("GH3456", 1890, 7),)),
    ]
    with db.bulk() as connection:
        rekey(connection)
    return made


def drop(dialog, paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, button, no_key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    dialog.dropEvent(QDropEvent(QPointF(QPoint(5, 5)), copy, data, button, no_key))


def cells(table, *columns):
    return [tuple(table.item(at, column).text() for column in columns) for at in range(table.rowCount())]


@pytest.fixture
def inbox(open_page, lamps, services, lane, db, settle, tmp_path):
    """The page and its inbox, with what was dropped on it."""
    services.bulk_edit = BulkEditDesk(SimpleNamespace(db=db, database_path=db.path, worker=lane, settings=Settings()))
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, "utf-8")
    page = open_page()
    page.actions_of_page["tables"].trigger()
    dialog = page.findChild(TablesDialog)
    settle()
    assert dialog.said.text().startswith("No company table yet.")
    assert not any(button.isEnabled() for button in dialog.acts.values())
    drop(dialog, [tmp_path / name for name in TABLES])
    settle()
    return page, dialog


def test_tables_are_dropped_named_and_taken_back(inbox, settle):
    page, dialog = inbox
    assert [row[0] for row in cells(dialog.tables, 1)] == ["a.csv", "b.csv", "违禁.csv", "–", "–"]
    assert [row[0] for row in cells(dialog.tables, 5)] == ["0", "1", "2", "–", "–"]
    said, refused = dialog.said.text(), dialog.received.refused.text()
    language.set_language("zh")
    assert said != dialog.said.text() and refused != dialog.received.refused.text()
    language.set_language("en")
    assert (said, refused) == (dialog.said.text(), dialog.received.refused.text())
    assert "this cannot be 0" in dialog.received.cells.text()
    assert dialog.received.refused.text().startswith("c.csv: this may be")
    assert [button.text() for button in dialog.received.ways] == [
        "Store as “IP and prohibited table”",
        "Store as “Infringement feedback”",
    ]
    dialog.received.ways[1].click()
    settle()
    assert dialog.tables.row_in_view.kind is TableKind.FEEDBACK
    assert cells(dialog.hits, 2, 3, 4, 5) == [
        ("AB1234", "AB1234", "Block", "x"),
        ("AB1234+CD5678", "AB1234", "Block", "x"),
    ]
    page.actions_of_page["tables"].trigger()
    assert len(page.findChildren(TablesDialog)) == 1
    explained = CodeDialog(page.context, dialog, 1, "AB1234+CD5678", page.pictures)
    settle()
    assert (explained.lines["cost"].text(), explained.lines["weight"].text()) == ("unknown", "225 g")
    assert explained.doubts.text() == "Cost unknown: CD5678. Enter it in the product table."
    assert cells(explained.items, 0, 1, 3, 6)[0] == ("AB1234", "床头灯", "6.50 CNY", "Block · x")
    explained.close()
    dialog.undo.click()
    settle()
    assert [row[0] for row in cells(dialog.tables, 1)][3] == "–"


def test_hits_are_dealt_with(inbox, lamps, db, settle, qtbot):
    page, dialog = inbox
    dialog.tables.choose(TableKind.FLOORS)
    settle()
    assert cells(dialog.hits, 2, 6) == [("AB1234", "18.90 → 35.72")]
    assert dialog.acts["reprice"].isVisible() and dialog.acts["reprice"].isEnabled()
    dialog.acts["reprice"].click()
    settle()
    assert dialog.said.text() == "No live listing or draft is hit by this table"
    assert page.context.notices.kept[0].text == "1 listing raised to the floor"
    undo(db)

    dialog.tables.choose(TableKind.FORBIDDEN)
    settle()
    assert cells(dialog.hits, 1, 2, 3) == [("Ash Lamp", "AB1234+CD5678", "CD5678"), ("Tesla Lamp", "", "Tesla")]
    assert not dialog.acts["reprice"].isVisible()
    dialog.acts["delist"].click()
    delisting = page.findChild(DelistDialog)
    assert delisting.codes.toPlainText() == "CD5678"
    qtbot.waitUntil(lambda: delisting.plan is not None)
    delisting.apply()
    settle()
    qtbot.waitUntil(lambda: not page.context.jobs.running)
    settle()
    assert cells(dialog.hits, 2, 7) == [("", "–"), ("AB1234+CD5678", "0")]  # dealt with, below what is open
    dialog.hits.selectRow(0)
    with qtbot.waitSignal(dialog.replace_wanted) as wanted:
        dialog.acts["replace"].click()
    assert wanted.args == [[lamps[1].id]]
    page.findChild(BulkEditDialog).close()
    settle()
    with qtbot.waitSignal(dialog.take_off_wanted):
        dialog.acts["take_off"].click()
    with qtbot.waitSignal(dialog.hold_wanted):
        dialog.acts["hold"].click()
    settle()
    with qtbot.waitSignal(dialog.show_wanted):
        dialog.acts["show"].click()
    settle()


def test_another_cost_leads_to_new_prices_and_hits_are_held(inbox, lamps, db, settle, qtbot, tmp_path):
    page, dialog = inbox
    (tmp_path / "a.csv").write_text(TABLES["a.csv"].replace("6.5,", "7.5,"), "utf-8")
    drop(dialog, [tmp_path / "a.csv"])
    settle()
    assert dialog.tables.row_in_view.kind is TableKind.PRODUCTS
    assert cells(dialog.hits, 2, 3, 6) == [("AB1234", "AB1234", "18.90"), ("AB1234+CD5678", "AB1234", "28.90")]
    shown = {name for name, button in dialog.acts.items() if button.isVisible()}
    assert shown == {"delist", "reprice", "take_off", "hold", "show"}
    assert dialog.acts["reprice"].text() == "Reprice…"
    dialog.acts["reprice"].click()
    edit = page.findChildren(BulkEditDialog)[-1]
    card = edit.changes.cards[-1]
    card.form.prefill("cost * 3")
    assert card.read() == ChangeNumber("price_minor", "formula", formula="cost * 3")
    edit.close()

    dialog.hits.selectRow(0)
    dialog.acts["hold"].click()
    asked = page.findChild(HoldDialog)
    qtbot.keyClicks(asked.reason, "dearer since today")
    asked.primary.click()
    settle()
    with db.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT listing_id, reason FROM listing_hold").all() == [
            (lamps[0].id, "dearer since today")
        ]
    dialog.load()
    settle()
    assert dialog.said.text().endswith("still open: 0"), "a draft that is held is dealt with"
    undo(db)
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET product_id = id, status = 'live'")
    hold_listings(db, [lamps[0].id], "dearer since today")
    assert [hit.is_open for hit in table_hits(db, TableKind.PRODUCTS)] == [True, True], "it sells on"
    undo(db)
    with db.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM listing_hold").scalar() == 0


def test_old_tables_are_said_and_dropped_ones_go_to_the_inbox(context, services, qtbot, settle, tmp_path):
    context.services = services
    shown, others = [], []
    host = QWidget()
    qtbot.addWidget(host)
    opener = Inbox(context, host, lambda paths: shown.append(list(paths)))
    opener.begin()
    settle()
    assert context.notices.banners("listings") == []
    old, sheet = tmp_path / "反馈 2020-01-02.csv", tmp_path / "supplier.csv"
    old.write_text("SKU,侵权类型\nAB1234,x\n", "utf-8")
    sheet.write_text("Title,SKU,Price,Cost\nLamp,AB1234,5,5\n", "utf-8")
    for paths in ([old], [sheet], [old, sheet]):
        opener.take_files(paths, others.append)
        settle()
    assert (shown, others) == ([[old]], [[sheet], [old, sheet]])
    handle = context.runner.start_heavy(*services.tables.import_call([old]))
    qtbot.waitSignal(handle.finished).wait()
    context.changes.tell({"company_table"})
    settle()
    (banner,) = context.notices.banners("listings")
    assert (banner.name, banner.text) == (BANNER, "1 company table is old: Infringement feedback")
    assert banner.detail.startswith("Missing: Company product table, ")
    opener._tell([InboxRow(TableKind.FLOORS)])
    (banner,) = context.notices.banners("listings")
    assert (banner.text, banner.detail) == ("1 company table is missing: Price-floor table", "")
    banner.offers[0].do()
    assert shown[-1] == []
