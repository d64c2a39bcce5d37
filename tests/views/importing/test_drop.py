"""From a drop on the real window to rows in the Listings tab, and back with Ctrl+Z."""

import zipfile

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from shiboken6 import isValid

from app.views.desktop import Desktop
from app.views.importing.dialog import ImportDialog
from app.views.language import language

COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
PATIENCE_MS = 20_000


@pytest.fixture
def desktop(context, qtbot):
    services, context.services = context.services, None
    made = Desktop(context, lambda: services)
    made.window.resize(1440, 900)
    with qtbot.waitSignal(made.ready, timeout=PATIENCE_MS):
        made.start()
    page = made.window.page
    qtbot.waitUntil(lambda: page.table.paged.is_loaded and bool(made.window.app_bar.stores.stores), timeout=PATIENCE_MS)
    yield made
    for dialog in made.window.findChildren(ImportDialog):
        if dialog.isVisible():
            dialog.reject()
    qtbot.waitUntil(lambda: context.runner.is_idle, timeout=PATIENCE_MS)
    made.window.toast_box.dismiss()
    made.window.activity._late.stop()
    made.window.close()
    made.window.deleteLater()
    made.deleteLater()


def drag(paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def hover(desktop, data, target=None):
    """The pointer comes over the window with files; the veil lies on top from then on."""
    window = desktop.window
    enter = QDragEnterEvent(QPoint(700, 450), COPY, data, LEFT, NONE)
    QApplication.sendEvent(target or window, enter)
    assert enter.isAccepted()
    overlay = window.drop_overlay
    assert overlay.isVisible()
    again = QDragEnterEvent(QPoint(700, 450), COPY, data, LEFT, NONE)
    QApplication.sendEvent(overlay, again)
    move = QDragMoveEvent(QPoint(710, 460), COPY, data, LEFT, NONE)
    QApplication.sendEvent(overlay, move)
    assert move.isAccepted()
    return overlay


def drop(desktop, data, qtbot):
    QApplication.sendEvent(desktop.window.drop_overlay, QDropEvent(QPointF(710, 460), COPY, data, LEFT, NONE))
    return opened(desktop, qtbot)


def opened(desktop, qtbot):
    """The one import dialog: it opens when it is known what the files are."""
    qtbot.waitUntil(lambda: len(desktop.window.findChildren(ImportDialog)) == 1, timeout=PATIENCE_MS)
    return desktop.window.findChild(ImportDialog)


def activate(desktop, qtbot):
    """Shortcuts work in the active window only."""
    with qtbot.waitActive(desktop.window):
        desktop.window.activateWindow()


def listings(desktop):
    model = desktop.window.pages["listings"].table.paged
    return [model.data(model.index(row, 1)) for row in range(model.rowCount())]


def test_from_the_drop_to_the_rows_and_back(desktop, sheet, samples, qtbot, context):
    data = drag([sheet(samples.lamp, samples.mug)])
    overlay = hover(desktop, data)
    assert [name.partition(" Sheet")[0] for name in overlay.names] == ["供应商报价_0612.xlsx"]
    dialog = drop(desktop, data, qtbot)
    assert overlay.isHidden()
    assert dialog.windowTitle() == "Import · 供应商报价_0612.xlsx"
    qtbot.waitUntil(dialog.primary.isEnabled, timeout=PATIENCE_MS)
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sorted(listings(desktop)) == ["CF1240-BK", "LM4402-WH"], timeout=PATIENCE_MS)
    toast = context.notices.kept[0]
    assert toast.text == "Imported: 2 new, 0 changed, 0 rows refused."
    assert (toast.offer.text, toast.offer.shortcut) == ("Undo", "Ctrl+Z")
    qtbot.waitUntil(lambda: not isValid(dialog), timeout=PATIENCE_MS)
    activate(desktop, qtbot)
    table = desktop.window.page.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: listings(desktop) == [], timeout=PATIENCE_MS)


def test_the_toast_takes_it_back_too(desktop, sheet, samples, qtbot, context):
    desktop.import_files([sheet(samples.lamp)])
    dialog = desktop.window.findChild(ImportDialog)
    qtbot.waitUntil(dialog.primary.isEnabled, timeout=PATIENCE_MS)
    dialog.primary.click()
    qtbot.waitUntil(lambda: listings(desktop) == ["LM4402-WH"], timeout=PATIENCE_MS)
    context.notices.kept[0].offer.do()
    qtbot.waitUntil(lambda: listings(desktop) == [], timeout=PATIENCE_MS)


def test_the_veil_names_every_file_and_the_store(desktop, sheet, samples, tmp_path):
    packed, other = tmp_path / "主图_0612.zip", tmp_path / "readme.docx"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.jpg", b"x")
    other.write_bytes(b"x")
    stores = desktop.window.app_bar.stores
    stores.choose(stores.stores[1].id)
    language.set_language("zh")
    overlay = hover(desktop, drag([sheet(samples.lamp), packed, other]))
    names = overlay.names
    assert [name.split(" ")[0] for name in names] == ["供应商报价_0612.xlsx", "主图_0612.zip", "readme.docx"]
    assert names[2].endswith("将跳过")
    assert overlay._title.text() == "松开鼠标，导入 3 个文件到 橙屿家居"
    overlay.hide()


def test_files_come_in_over_a_line_edit_and_on_every_tab(desktop, sheet, samples, qtbot):
    data = drag([sheet(samples.lamp)])
    hover(desktop, data, desktop.window.page.filters.search)
    desktop.window.drop_overlay.hide()
    desktop.window.show_tab("stores")
    hover(desktop, data)
    dialog = drop(desktop, data, qtbot)
    assert desktop.window.current_key == "listings", "that is where the rows will be"
    qtbot.waitUntil(dialog.primary.isEnabled, timeout=PATIENCE_MS)


def test_the_store_in_view_is_proposed(desktop, sheet, samples, qtbot):
    stores = desktop.window.app_bar.stores
    stores.choose(stores.stores[1].id)
    desktop.import_files([sheet(samples.lamp)])
    dialog = desktop.window.findChild(ImportDialog)
    qtbot.waitUntil(dialog.primary.isEnabled, timeout=PATIENCE_MS)
    assert dialog.options.stores.currentText() == "橙屿家居"


def test_ctrl_o_chooses_files(desktop, sheet, samples, qtbot):
    path = sheet(samples.lamp)
    activate(desktop, qtbot)
    QTest.keyClick(desktop.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    chooser = desktop.window.findChild(QFileDialog)
    chooser.filesSelected.emit([str(path)])
    chooser.close()
    dialog = opened(desktop, qtbot)
    qtbot.waitUntil(dialog.primary.isEnabled, timeout=PATIENCE_MS)
    assert dialog.head.path == str(path)
