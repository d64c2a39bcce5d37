"""Refused by the platform, from the user's side: what is said, which field is marked, fixed in the table, sent again
alone."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from app.services.marketplace.port import Refused
from app.services.publishing.queue import enqueue
from app.services.publishing.run import publish
from app.views.language import language
from app.views.listings.publish_result import PublishResultDialog
from tests.unit.publishing.conftest import FAST

RAW = "#/delivery_time: 90 is not less or equal to 60"
DAYS = Refused("marketplace.schema", platform_code="F00-00-10020-002", platform_text=RAW, field="handling_days")
STOCK = Refused("marketplace.schema", platform_code="F00-00-10020-002", platform_text=RAW, field="sku.stock")


@pytest.fixture
def refused(db, market, make_sellable):
    """Two listings sent, one of them refused. Returns: the batch, the refused one, the other one."""

    def send(problem):
        records = [make_sellable("Walnut Bedside Lamp"), make_sellable("Birch Desk Lamp", skus=(("BI1", 500, 7),))]
        market.script.append(problem)
        made = enqueue(db, 1, [record.id for record in records])
        asyncio.run(publish(db, market, 1, made.batch_id, settings=FAST, parallel=1))
        return made.batch_id, records[0].id, records[1].id

    return send


def test_read_fix_in_the_table_and_send_only_that(refused, open_page, services, settle, loaded, qtbot, market):
    batch_id, bad, good = refused(DAYS)
    page = open_page()
    page.publisher.show_report(batch_id)
    qtbot.waitUntil(lambda: bool(page.findChildren(PublishResultDialog)))
    settle()
    (dialog,) = page.findChildren(PublishResultDialog)
    assert "#/" not in dialog.reason.text() and "Handling time" in dialog.reason.text()
    assert RAW in dialog.raw.text(), "the platform's own words stay, as the second line"

    dialog.show_rows.click()
    settle()
    qtbot.waitUntil(lambda: page.editor.listing_id == bad)
    settle()
    banner, editor = page.editor.worst, page.editor.editor
    for code, name in (("en", "Handling time"), ("zh", "发货期")):
        language.set_language(code)
        settle()
        assert name in banner.text.text() and "#/" not in banner.text.text()
    language.set_language("en")
    settle()
    assert editor.handling_days.property("bad") is True, "the field is marked"
    assert "Handling time" in editor.handling_days.accessibleDescription()
    assert banner.go.isVisible()
    qtbot.mouseClick(banner.go, Qt.MouseButton.LeftButton)
    assert page.window().focusWidget() is editor.handling_days

    assert not dialog.again.text().startswith("Resend")
    editor.handling_days.selectAll()
    qtbot.keyClicks(editor.handling_days, "7")
    editor.commit()
    qtbot.waitUntil(lambda: loaded(bad).handling_days == 7)
    page.context.changes.tell({"listing"})
    settle()
    assert dialog.again.text() == "Resend the 1 that are fixed"
    sent = market.calls.count("create")
    with qtbot.waitSignal(dialog.send_again_wanted) as told:
        dialog.again.click()
    assert told.args == [[bad]]
    settle()
    qtbot.waitUntil(lambda: not page.context.jobs.running)
    settle()
    assert loaded(bad).status in ("in_review", "live") and loaded(good).status in ("in_review", "live")
    assert market.calls.count("create") == sent + 1, "and nothing else"


def test_a_refused_stock_is_fixed_in_its_cell(refused, open_page, settle, loaded, qtbot, market):
    """Typed into the grid of variants, then only what was fixed is sent."""
    batch_id, bad, good = refused(STOCK)
    page = open_page()
    page.publisher.show_report(batch_id)
    qtbot.waitUntil(lambda: bool(page.findChildren(PublishResultDialog)))
    settle()
    (dialog,) = page.findChildren(PublishResultDialog)
    dialog.show_rows.click()
    qtbot.waitUntil(lambda: page.editor.listing_id == bad)
    settle()
    editor = page.editor.editor
    note, grid = editor.notes["skus"], editor.grid
    assert "Variant stock" in note.text() and "#/" not in note.text()
    assert page.editor.worst.go.isVisible()
    qtbot.mouseClick(page.editor.worst.go, Qt.MouseButton.LeftButton)
    assert page.window().focusWidget() is grid

    sku = loaded(bad).skus[0]
    cell = grid.cell_rect(0, "stock").center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    qtbot.keyClick(grid, Qt.Key.Key_5)
    line = grid.viewport().findChild(QLineEdit)
    assert line.text() == "5", "typing over a cell replaces what stands there"
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: loaded(bad).skus[0].stock == 5)
    settle()
    assert loaded(bad).status in ("draft", "ready") and "Variant stock" not in note.text()

    assert dialog.again.text() == "Resend the 1 that are fixed"
    sent = market.calls.count("create")
    with qtbot.waitSignal(dialog.send_again_wanted) as told:
        qtbot.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    assert told.args == [[bad]]
    qtbot.waitUntil(lambda: loaded(bad).status in ("in_review", "live"))
    qtbot.waitUntil(lambda: not page.context.jobs.running)
    settle()
    assert market.calls.count("create") == sent + 1, "and nothing else"
    there = market.products[loaded(bad).product_id]
    assert next(one.stock for one in there.content.skus if one.code == sku.code) == 5
    assert loaded(good).status in ("in_review", "live")
