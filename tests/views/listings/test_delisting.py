"""Discontinued codes from the user's side: pasted, seen, delisted, sent; codes explained; virtual codes kept."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from shiboken6 import isValid

from app.messages import tr
from app.services.codes.records import Component
from app.services.codes.rekeying import rekey
from app.services.errors import AppError
from app.views.language import language
from app.views.listings.code_dialog import CodeDialog
from app.views.listings.codes_dialog import CodesDialog
from app.views.listings.delist_dialog import DelistDialog
from app.views.theme import apply_theme
from app.views.widgets.buttons import Button
from tests.views.file_choices import choose_files

STOCK = "SELECT code, stock FROM sku ORDER BY code"


def stocks(db):
    with db.reader.connect() as connection:
        return dict(map(tuple, connection.exec_driver_sql(STOCK)))


def on_sale(db, services, make_sellable):
    """A listing on sale with two variants, one of them a bundle, and a whole one of one variant."""
    first = make_sellable("Ash Lamp", skus=(("AA1111*2+BB2222", 1890, 7), ("CC3333", 1890, 9)))
    second = make_sellable("Birch Lamp", skus=(("AA1111_CUS", 1890, 4),))
    ids = [first.id, second.id]
    with db.bulk() as connection:
        rekey(connection)
    batch = services.publishing.enqueue(1, ids).batch_id
    services.publishing.run(1, batch, None)
    with db.bulk() as connection:  # their reviews are over
        connection.exec_driver_sql("UPDATE publish_task SET state = 'live'")
        connection.exec_driver_sql("UPDATE listing SET status = 'live'")
    return ids


def colours_in(table, rect):
    image = table.viewport().grab(rect).toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def open_dialog(page):
    page.actions_of_page["delist"].trigger()
    return page.findChild(DelistDialog)


def test_pasted_codes_are_seen_then_delisted_then_sent(
    open_page, services, make_sellable, db, market, settle, qtbot, qapp, tmp_path, loaded
):
    first, second = on_sale(db, services, make_sellable)
    page = open_page()
    dialog = open_dialog(page)
    assert not dialog.primary.isEnabled()
    dialog.codes.setPlainText("hello\naa1111 old\nXX9999")
    qtbot.waitUntil(lambda: dialog.plan is not None)
    rows = dialog.rows
    shown = [[rows.item(at, column).text() for column in (2, 3, 4, 5)] for at in range(rows.rowCount())]
    assert shown == [
        ["AA1111_CUS", "AA1111", "4", "Listing off sale"],
        ["AA1111*2+BB2222", "AA1111", "7", "Stock → 0"],
    ]
    for theme in ("dark", "light"):
        amber = apply_theme(qapp, theme).tone("amber").text.name()
        assert amber in colours_in(rows, rows.visualItemRect(rows.item(0, 5)))
    assert dialog.counts.text() == "Stock of 1 variant to 0, listings off sale: 1. Stores: 晨帆数码"
    assert dialog.left_out.text() == "1 code is in no listing: XX9999\n1 line without a code: line 1"
    assert dialog.primary.text() == "Delist 2 variants"
    assert stocks(db)["AA1111*2+BB2222"] == 7  # nothing is written yet
    dialog.export_to(tmp_path / "gone.csv")
    settle()
    assert (tmp_path / "gone.csv").exists()
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    settle()
    qtbot.waitUntil(lambda: not page.context.jobs.running)
    assert stocks(db) == {"AA1111*2+BB2222": 0, "CC3333": 9, "AA1111_CUS": 4}
    assert (loaded(second).status, loaded(second).off_reason) == ("off", "user")
    _, sent = market.edits[-1]
    assert [(sku.code, sku.stock) for sku in sent.skus] == [("AA1111*2+BB2222", 0), ("CC3333", 9)]
    toast = page.context.notices.kept[0]
    said = [notice.text for notice in page.context.notices.kept]
    assert "2 listings delisted, being sent." in said, toast
    sent_notice = next(one for one in page.context.notices.kept if one.key == "publish.done")
    assert sent_notice.offer is not None and sent_notice.offer.key == "action.undo"  # not taken out of sight by sending
    assert loaded(first).status in ("live", "in_review")


def test_a_dropped_file_whole_listings_and_nothing_found(
    open_page, services, make_sellable, db, settle, qtbot, tmp_path
):
    on_sale(db, services, make_sellable)
    dialog = open_dialog(open_page())
    (tmp_path / "gone.txt").write_text("CC3333\n")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "gone.txt"))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    dialog.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, Qt.KeyboardModifier.NoModifier))
    qtbot.waitUntil(lambda: dialog.plan is not None)
    assert (dialog.codes.toPlainText(), dialog.primary.text()) == ("CC3333", "Delist 1 variant")
    dialog.takes_off.click()
    assert dialog.plan is None  # an older answer is not acted on
    qtbot.waitUntil(lambda: dialog.plan is not None)
    assert dialog.rows.item(0, 5).text() == "Listing off sale"
    language.set_language("zh")
    assert dialog.rows.item(0, 5).text() == "整个商品下架"
    assert "正在查找" not in dialog.counts.text()
    language.set_language("en")
    dialog.codes.setPlainText("nothing")
    dialog.look_up()
    settle()
    assert dialog.counts.text().startswith("No codes were found.")
    assert not dialog.primary.isEnabled()
    dialog.take_file(tmp_path / "none.txt")
    settle()
    assert "none.txt" in dialog.counts.text()
    dialog.take_file(tmp_path / "gone.txt")
    dialog.takes_off.click()
    qtbot.waitUntil(lambda: dialog.plan is not None and not dialog.plan.is_empty)
    with qtbot.waitSignal(dialog.delisted):
        dialog.apply()
    with db.reader.connect() as connection:
        newest = connection.exec_driver_sql("SELECT label, source FROM change ORDER BY id DESC LIMIT 1").one()
    assert tuple(newest) == ("change.delist", "gone.txt")  # undo says from which file


def test_a_file_dropped_on_the_text_is_read(open_page, services, make_sellable, db, qtbot, tmp_path):
    on_sale(db, services, make_sellable)
    dialog = open_dialog(open_page())
    (tmp_path / "gone.txt").write_text("CC3333\n")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "gone.txt"))])
    copy, left, alone = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind in (QDragEnterEvent, QDragMoveEvent):
        hovering = kind(QPoint(5, 5), copy, data, left, alone)
        QApplication.sendEvent(dialog.codes.viewport(), hovering)
        assert hovering.isAccepted()
    QApplication.sendEvent(dialog.codes.viewport(), QDropEvent(QPointF(5, 5), copy, data, left, alone))
    qtbot.waitUntil(lambda: dialog.plan is not None)
    assert (dialog.codes.toPlainText(), dialog.primary.text()) == ("CC3333", "Delist 1 variant")


def test_what_fails_leaves_the_preview_as_it_is(
    open_page, services, make_sellable, db, settle, qtbot, tmp_path, monkeypatch
):
    on_sale(db, services, make_sellable)
    dialog = open_dialog(open_page())
    dialog.codes.setPlainText("CC3333")
    qtbot.waitUntil(lambda: dialog.plan is not None)

    def fail(*_, **__):
        raise AppError("publishing.journal", reason="disk full")

    monkeypatch.setattr(services.delisting, "apply", fail)
    for act in (
        lambda: dialog.export_to(tmp_path / "no" / "such" / "folder" / "gone.csv"),
        lambda: dialog.take_file(tmp_path / "none.txt"),
        dialog.apply,
    ):
        before = dialog.counts.text()
        act()
        settle()
        assert dialog.counts.text() not in ("", before)
        assert (dialog.rows.rowCount(), dialog.plan is not None) == (1, True)
        assert (dialog.primary.isEnabled(), dialog.export.isEnabled()) == (True, True)
    assert "disk full" in dialog.counts.text()
    assert stocks(db)["CC3333"] == 9


def test_a_file_of_several_columns_says_which_was_read(open_page, services, make_sellable, db, qtbot, tmp_path):
    on_sale(db, services, make_sellable)
    dialog = open_dialog(open_page())
    (tmp_path / "gone.csv").write_text("SKU,名称,替代SKU\nCC3333,LED Lamp 12V,AA1111\n", "utf-8")
    dialog.take_file(tmp_path / "gone.csv")
    qtbot.waitUntil(lambda: dialog.plan is not None)
    assert dialog.codes.toPlainText() == "CC3333"
    assert dialog.left_out.text() == "Of several columns only this one was read: SKU"
    dialog.codes.setPlainText("编码\t新编码\nCC3333\tAA1111")
    qtbot.waitUntil(lambda: dialog.plan is not None)
    assert [row.because for row in dialog.plan.rows] == ["CC3333"]
    assert dialog.left_out.text() == "Of several columns only this one was read: 编码"


def test_a_code_is_explained_beside_its_variant(open_page, make_sellable, services, db, settle, qtbot):
    record = make_sellable("Ash Lamp", skus=(("AB1234*2+CD5678*3_CUS", 1890, 7), ("AB1234+", 1, 1)))
    page = open_page()
    page.show_rows([record.id])
    qtbot.waitUntil(lambda: len(page.editor.editor.grid.skus.skus) == 2)
    grid = page.editor.editor.grid
    at = grid.cell_rect(0, "code").center()
    grid.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, grid.mapToGlobal(at)))
    menu = grid.findChild(QMenu)
    menu.actions()[0].trigger()
    menu.close()
    dialog = page.findChild(CodeDialog)
    settle()
    assert {name: label.text() for name, label in dialog.lines.items()} == {
        "items": "AB1234 × 2 + CD5678 × 3",
        "kind": "combination",
        "country": "United States",
        "key": "AB1234*2+CD5678*3",
        "proposal": "CB000001_CUS",
    }
    assert dialog.doubts.text().startswith("21 characters")
    language.set_language("zh")
    assert (dialog.lines["kind"].text(), dialog.lines["country"].text()) == ("组合", "美国")
    assert dialog.items.horizontalHeaderItem(2).text() == tr("codes.item.quantity") != "Pieces"
    assert "21 characters" not in dialog.doubts.text()
    language.set_language("en")
    dialog.close()
    other = CodeDialog(page.context, page, 1, "AB1234+")
    settle()
    assert (other.lines, other.doubts.text()) == ({}, "An item is missing, such as after a + at the end.")
    other.close()
    grid.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(-5, -5), QPoint(0, 0)))


def test_virtual_codes_are_kept(context, services, qtbot, settle, tmp_path):
    context.services = services
    host = QWidget()
    qtbot.addWidget(host)
    dialog = CodesDialog(context, host)
    settle()
    dialog.name.setText("cb000007")
    dialog.items.setText("AB1234*2 + CD5678")
    dialog.add.click()
    settle()
    assert services.codes.virtual() == {"CB000007": (Component("AB1234", 2), Component("CD5678"))}
    assert dialog.table.item(0, 1).text() == "AB1234 × 2 + CD5678 × 1"
    dialog.name.setText("AB1")
    dialog.add_typed()
    settle()
    assert dialog.said.text().startswith("“AB1” is no virtual code.")
    (tmp_path / "more.txt").write_text("CB000008=AB1234*10\nXY=3\n")
    dialog.take_file(tmp_path / "more.txt")
    settle()
    assert dialog.said.text() == "1 read, 1 new or changed, 1 rows left out."
    dialog.table.clearSelection()
    dialog.remove.click()
    assert dialog.said.text() == "Choose a row of the table first."
    dialog.table.selectRow(0)
    dialog.remove.click()
    settle()
    assert list(services.codes.virtual()) == ["CB000008"]
    language.set_language("zh")
    assert dialog.table.horizontalHeaderItem(0).text() == "组合编码"
    dialog.close()


def test_codes_of_a_chosen_file_and_the_preview_as_a_sheet(
    open_page, services, make_sellable, db, settle, qtbot, tmp_path
):
    on_sale(db, services, make_sellable)
    dialog = open_dialog(open_page())
    (tmp_path / "gone.txt").write_text("CC3333\n")
    qtbot.mouseClick(dialog.open_file, Qt.MouseButton.LeftButton)
    choose_files(dialog, tmp_path / "gone.txt")
    qtbot.waitUntil(lambda: dialog.plan is not None)
    assert dialog.codes.toPlainText() == "CC3333"
    qtbot.mouseClick(dialog.export, Qt.MouseButton.LeftButton)
    choose_files(dialog, tmp_path / "seen.csv")
    settle()
    assert dialog.counts.text() == "1 row written to seen.csv."
    assert "CC3333" in (tmp_path / "seen.csv").read_text("utf-8-sig")
    dialog.reject()


class TestVirtualCodes:
    @pytest.fixture
    def dialog(self, context, services, qtbot, settle):
        context.services = services
        host = QWidget()
        qtbot.addWidget(host)
        host.resize(1200, 800)
        host.show()
        dialog = CodesDialog(context, host)
        dialog.open()
        settle()
        yield dialog
        settle()
        if isValid(dialog):
            dialog.close()

    def test_enter_keeps_what_is_typed_and_the_dialog_stays(self, dialog, services, qtbot, settle, type_into):
        type_into(dialog.name, "cb000007")
        type_into(dialog.items, "AB1234*2")
        qtbot.keyClick(dialog.items, Qt.Key.Key_Return)
        settle()
        assert list(services.codes.virtual()) == ["CB000007"]
        assert isValid(dialog) and dialog.isVisible()
        assert dialog.name.text() == ""

    def test_a_chosen_file_and_the_button_that_closes(self, dialog, services, qtbot, settle, tmp_path):
        (tmp_path / "more.txt").write_text("CB000008=AB1234*10\n")
        qtbot.mouseClick(dialog.open_file, Qt.MouseButton.LeftButton)
        choose_files(dialog, tmp_path / "more.txt")
        settle()
        assert list(services.codes.virtual()) == ["CB000008"]
        close = next(button for button in dialog.footer.findChildren(Button) if button.text() == "Close")
        qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not isValid(dialog))
