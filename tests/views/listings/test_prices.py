"""Prices from the user's side: what the guard holds leaves by no button; released with a reason; simulated; by rule."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.services.errors import AppError
from app.services.listings.marketing.groups import create_marketing_group
from app.services.listings.marketing.membership import put_into
from app.services.listings.marketing.plans import PlanText
from app.services.publishing.queue import SkipReason
from app.views.language import language
from app.views.listings.prices.quarantine_dialog import QuarantineDialog
from app.views.listings.prices.rules_dialog import PriceRulesDialog
from app.views.listings.prices.simulator_dialog import SimulatorDialog
from app.views.theme import apply_theme

SHOTS = os.environ.get("PRICE_SHOTS")
FLOOR = "INSERT OR REPLACE INTO price_floor (match_key, code, floor_minor, currency) VALUES (?, ?, ?, 'USD')"


def shoot(dialog, name):
    """Pictures for a person to look at, where one is asked for."""
    if SHOTS:
        for code in ("zh", "en"):
            for theme, scale in (("light", 13), ("dark", 13), ("light", 16)):
                language.set_language(code)
                apply_theme(QApplication.instance(), theme, body_px=scale)
                QApplication.processEvents()
                dialog.grab().save(str(Path(SHOTS) / f"{name}-{code}-{theme}-{scale}.png"))
        language.set_language("en")
        apply_theme(QApplication.instance(), "light")


@pytest.fixture
def held(make_sellable, write, services):
    """Two listings at 20.00 of which one has a floor above, and a plan for both."""
    first = make_sellable("Ash Bedside Table Lamp Dimmable Touch Control", skus=(("AB1234", 2000, 50),))
    second = make_sellable("Birch Bedside Table Lamp Dimmable Touch Control", skus=(("CD5678", 2000, 50),))
    write(FLOOR, "AB1234", "AB1234", 2500)
    services.listings.recheck([first.id, second.id])
    return [first.id, second.id]


def open_from(page, action, kind, settle):
    page.actions_of_page[action].trigger()
    settle()
    return page.findChild(kind)


def test_a_held_price_is_seen_found_and_released_only_with_right_and_reason(
    open_page, services, held, settle, qtbot, monkeypatch, write
):
    page = open_page()
    assert services.publishing.enqueue(1, held).count(SkipReason.HELD) == 1
    dialog = open_from(page, "quarantine", QuarantineDialog, settle)
    qtbot.waitUntil(lambda: dialog.held is not None)
    texts = [dialog.table.item(0, column).text() for column in range(1, 7)]
    assert texts == ["AB1234", "Below the price floor", "20.00", "14.00", "25.00", "–"]
    assert dialog.counts.text() == "Prices of 1 listing are held and cannot be published"
    dialog.table.selectRow(0)
    assert "below its floor 25.00" in dialog.said.text()
    assert not dialog.primary.isEnabled()
    dialog.comment.setText("ok")
    shoot(dialog, "quarantine")
    dialog.primary.click()
    settle()
    assert "3 to 500 characters" in dialog.problem.text()
    services.guard._app.settings.role = "operator"
    dialog.comment.setText("clearance until Sunday")
    assert not dialog.primary.isEnabled()
    assert dialog.hint.text() == "Only a supervisor can release prices. The role is in Settings."
    dialog.release()  # a hidden button is no protection
    settle()
    assert "operator may not" in dialog.problem.text()
    services.guard._app.settings.role = "supervisor"
    shown = []
    monkeypatch.setattr(page, "show_rows", shown.append)
    dialog.rows_wanted.connect(shown.append)
    dialog.release()
    settle()
    assert page.context.notices.kept[0].text == "Prices of 1 listing released."
    assert services.guard.quarantine().listings == 0
    write("UPDATE sku SET price_minor = 1999 WHERE code = 'AB1234'")
    services.listings.recheck(held)
    again = open_from(page, "quarantine", QuarantineDialog, settle)
    qtbot.waitUntil(lambda: again.held is not None)
    again.show_rows.click()
    assert shown == [held[:1]]


def test_an_order_is_simulated_as_the_book_says(open_page, services, held, settle, qtbot, tmp_path, db):
    create_marketing_group(db, 1, "Summer", "40", PlanText({"spend_off": "3/20", "store_coupon": "2/19"}))
    with db.bulk() as connection:
        assert put_into(connection, held[0], "Summer")
    page = open_page()
    page.rows.select_ids(held)
    dialog = open_from(page, "simulate", SimulatorDialog, settle)
    qtbot.waitUntil(lambda: dialog.found is not None)
    assert dialog.reductions["spend_off"].text() == "3/20"
    assert dialog.basket.rowCount() == 2
    first = next(at for at in range(2) if dialog.basket.item(at, 0).text() == "AB1234")
    assert [dialog.basket.item(first, column).text() for column in range(4)] == ["AB1234", "20.00", "40", "1"]
    other = 1 - first
    for column, text in ((1, "8"), (2, "25"), (3, "2")):
        dialog.basket.item(other, column).setText(text)
    dialog.reductions["select_coupon"].setText("1")
    dialog.reductions["platform_coupon"].setText("4/20")
    shown = [[dialog.steps.item(at, column).text() for column in (1, 2)] for at in range(dialog.steps.rowCount())]
    assert shown == [
        ["", "24.00"],
        ["−3.00", "21.00"],
        ["−2.00", "19.00"],
        ["−1.00", "18.00"],
        ["not reached", "18.00"],
    ]
    assert {dialog.lines.item(at, 2).text() for at in range(2)} == {"2.50"}
    assert {dialog.lines.item(at, 6).text() for at in range(2)} == {"–"}
    assert "cost" in dialog.lines.item(0, 8).text()
    assert dialog.whole.text() == "Buyer pays USD 18.00 · seller gives USD 5.00 · profit –"
    shoot(dialog, "simulator")
    dialog.export_to(tmp_path / "order.csv")
    settle()
    assert "AB1234" in (tmp_path / "order.csv").read_text("utf-8-sig")
    dialog.reductions["spend_off"].setText("20/3")
    assert dialog.found is None and "not below" in dialog.problem.text() and not dialog.export.isEnabled()
    dialog.reductions["spend_off"].setText("")
    dialog.add.click()  # an empty line changes nothing until it has a price
    assert dialog.found is not None and dialog.basket.rowCount() == 3 and dialog.lines.rowCount() == 2
    dialog.basket.item(2, 1).setText("5")
    assert dialog.lines.rowCount() == 3
    dialog.basket.item(0, 1).setText("NaN")
    assert "NaN" in dialog.problem.text() and dialog.steps.rowCount() == 0
    dialog.accept()


def test_prices_are_set_by_a_rule_of_the_teams_own(open_page, services, held, settle, qtbot, monkeypatch):
    page = open_page()
    dialog = open_from(page, "price_rules", PriceRulesDialog, settle)
    assert dialog.primary.isEnabled() and "ceil(" in dialog.text.text()
    dialog.fields["steps"].setText("5:3, 2:4, :5")
    assert not dialog.primary.isEnabled() and "2:4" in dialog.problem.text()
    dialog.fields["steps"].setText("2:3, :5")
    dialog.name.setText("Cheap goods")
    shoot(dialog, "price-rules")
    told = []
    page.context.changes.happened.connect(told.append)
    dialog.keep()
    settle()
    qtbot.waitUntil(lambda: dialog.list.count() == 1)
    assert dialog.list.currentItem().text() == "Cheap goods"
    dialog.kind.choose("formula")
    dialog.kind.chosen.emit("formula")
    assert dialog.lines["steps"].isHidden() and not dialog.primary.isEnabled()
    dialog.fields["formula"].setText("prise * 2")
    assert "price" in dialog.problem.text()
    dialog.fields["formula"].setText("price / 0")
    dialog.list.setCurrentRow(-1)
    dialog.list.setCurrentRow(0)
    assert dialog.kind.value == "free_shipping"
    dialog.forget()
    qtbot.waitUntil(lambda: dialog.list.count() == 0)
    assert told == [frozenset({"change"})] * 2, "undo knows of both"
    opened = []
    monkeypatch.setattr(page.acts, "_price_by_rule", lambda text, chosen, count: opened.append((text, count)))
    dialog.kind.choose("formula")
    dialog.fields["formula"].setText("price * 1.1")
    dialog._on_typed()
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    settle()
    assert opened == [("price * 1.1", 2)]


class TestOwnRules:
    @pytest.fixture
    def dialog(self, open_page, services, held, settle):
        made = open_from(open_page(), "price_rules", PriceRulesDialog, settle)
        yield made
        settle()
        made.close()

    @pytest.fixture
    def fails(self, services, monkeypatch):
        def make(name):
            def fail(*_, **__):
                raise AppError("publishing.journal", reason="disk full")

            monkeypatch.setattr(services.guard, name, fail)

        return make

    def test_a_rule_is_kept_under_a_name_and_removed_by_the_buttons(self, dialog, qtbot, settle):
        assert not dialog.save.isEnabled(), "it has no name yet"
        qtbot.keyClicks(dialog.name, "Cheap goods")
        assert dialog.save.isEnabled()
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: dialog.list.count() == 1)
        assert dialog.remove.isEnabled()
        qtbot.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: dialog.list.count() == 0)
        dialog.name.clear()
        assert not dialog.save.isEnabled()

    def test_what_cannot_be_kept_removed_or_read_is_told(self, dialog, qtbot, settle, fails):
        qtbot.keyClicks(dialog.name, "Cheap goods")
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: dialog.list.count() == 1)
        fails("save_price_rule")
        fails("remove_price_rule")
        for button in (dialog.save, dialog.remove):
            dialog.problem.setText("")
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            qtbot.waitUntil(lambda: "disk full" in dialog.problem.text())
        assert dialog.list.count() == 1
        dialog.problem.setText("")
        fails("price_rules")
        dialog.load()
        qtbot.waitUntil(lambda: "disk full" in dialog.problem.text())
