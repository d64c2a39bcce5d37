"""Findings by rule from the user's side: look, show, fix after a preview, replace listed words, take back."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.services.compliance.findings import Severity
from app.services.errors import AppError
from app.services.listings.findings_overview import RuleCount
from app.services.paging import Filter
from app.views.language import language
from app.views.listings.bulk_edit.dialog import BulkEditDialog
from app.views.listings.finding_rules import RuleRows
from app.views.listings.findings_dialog import FindingsDialog
from tests.views.listings.bulk_edit.conftest import User
from tests.views.listings.rows import titles

LONG = "Bedside Table Lamp Dimmable Touch Control with Ceramic Base and Glass Shade " * 2


@pytest.fixture
def faulty(make_listing: Any, services: Any) -> list[int]:
    """One title too long, one with a listed word, one with both."""
    made = [
        make_listing(LONG.strip()),
        make_listing("Floor Lamp in the manner of Lego with Glass Shade", (("LM2-BK", 4500, 12),)),
        make_listing(f"Lego {LONG}".strip(), (("LM3-BK", 4500, 12),)),
    ]
    services.listings.recheck(None)
    return [one.id for one in made]


@pytest.fixture
def open_findings(qtbot: Any, open_page: Any, settle: Any, faulty: list[int]) -> Any:
    """Opens the page, chooses rows, opens the overview by its action; closed at the end."""
    opened: list[FindingsDialog] = []

    def make(chosen: list[int] | None = None) -> FindingsDialog:
        page = open_page()
        if chosen:
            page.rows.select_ids(chosen)
        page.actions_of_page["findings"].trigger()
        settle()
        opened.extend(page.findChildren(FindingsDialog))
        qtbot.waitUntil(lambda: not opened[-1].is_counting)
        return opened[-1]

    yield make
    for dialog in opened:
        dialog.close()
    settle()


def choose(dialog: FindingsDialog, code: str) -> RuleCount:
    codes = [rule.code for rule in dialog.model.rules]
    dialog.table.selectRow(codes.index(code))
    current = dialog.current
    assert current is not None and current.code == code
    return current


def rows_of(dialog: FindingsDialog) -> dict[str, tuple[str, ...]]:
    model = dialog.model
    return {
        rule.code: tuple(str(model.index(row, at).data()) for at in range(model.columnCount()))
        for row, rule in enumerate(model.rules)
    }


def test_look_show_fix_and_take_back(
    qtbot: Any, open_findings: Any, faulty: list[int], settle: Any, services: Any, loaded: Any
) -> None:
    dialog = open_findings()
    page = dialog.parentWidget()
    assert dialog.windowTitle() == "Findings of 3 listings"
    rows = rows_of(dialog)
    assert rows["title.too_long"] == ("Blocked", "Title too long", "2", "2", "Cut titles at a word")
    assert rows["word.licence"][1:3] == ("Word that needs a licence", "2")
    assert [rule.severity for rule in dialog.model.rules] == sorted(
        (rule.severity for rule in dialog.model.rules), key=["block", "hold", "warn"].index
    )
    unclear = next(rule.code for rule in dialog.model.rules if not rule.remedy)
    choose(dialog, unclear)
    assert not dialog.primary.isEnabled() and "listing by listing" in dialog.primary.toolTip()

    choose(dialog, "title.too_long")
    assert (dialog.show_button.text(), dialog.primary.text()) == ("Show 2 listings", "Fix 2 listings…")
    qtbot.mouseClick(dialog.show_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.rows.paged.is_ordered)
    settle()
    assert page.filters.filters == (Filter("finding", "in", ("title.too_long",)),)
    assert page.filters.reads(page.filters.filters[0]) == "Rule broken Title too long"
    assert len(titles(page)) == 2

    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.findChildren(BulkEditDialog)))
    user = User(qtbot, page, settle)
    user.waits_for_preview()
    assert user.counts["changed"] == 2
    assert user.dialog.primary.text() == "Apply to 2 listings"
    assert loaded(faulty[0]).title == LONG.strip(), "nothing is written before"
    user.applies()
    settle()
    page.context.changes.tell({"listing", "change"})
    settle()
    qtbot.waitUntil(lambda: not dialog.is_counting)
    assert len(loaded(faulty[0]).title) <= 128
    assert "title.too_long" not in rows_of(dialog), "the overview counts anew"
    services.listings.undo()
    assert loaded(faulty[0]).title == LONG.strip()


def test_listed_words_are_replaced_whole(qtbot: Any, open_findings: Any, settle: Any, faulty: list[int]) -> None:
    dialog = open_findings(faulty[1:2])
    page = dialog.parentWidget()
    assert dialog.windowTitle() == "Findings of 1 listing"
    rule = choose(dialog, "word.licence")
    assert (rule.listings, dialog.primary.text()) == (1, "Replace words in 1 listing…")
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.findChildren(BulkEditDialog)))
    user = User(qtbot, page, settle)
    assert user.field("find").text() == r"\bLego\b"
    user.types(user.field("replacement"), "brick")
    user.waits_for_preview()
    assert user.counts["changed"] == 1
    assert "manner of brick" in user.rows[0][3]
    user.dialog.reject()
    settle()


def test_the_model_keeps_qts_promises() -> None:
    model = RuleRows()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_rules([RuleCount("title.too_long", Severity.BLOCK, 3, 2, "fix")])
    model.show_rules([])


def test_nothing_found_and_both_languages(qtbot: Any, open_findings: Any, services: Any, faulty: list[int]) -> None:
    dialog = open_findings()
    language.set_language("zh")
    try:
        choose(dialog, "title.too_long")
        assert rows_of(dialog)["title.too_long"][1] == "标题过长"
        assert dialog.primary.text() == "修复 2 件…"
    finally:
        language.set_language("en")
    dialog.chosen = []
    dialog.model.show_rules(())
    dialog.count()
    qtbot.waitUntil(lambda: not dialog.is_counting)
    assert dialog.state.texts[0] == "Nothing found"
    assert not dialog.primary.isEnabled() and not dialog.show_button.isEnabled()


def test_a_double_click_shows_the_listings(qtbot: Any, open_findings: Any, faulty: list[int], settle: Any) -> None:
    dialog = open_findings()
    page = dialog.parentWidget()
    choose(dialog, "title.too_long")
    at = dialog.table.visualRect(dialog.table.currentIndex()).center()
    qtbot.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: page.filters.filters == (Filter("finding", "in", ("title.too_long",)),))
    settle()
    assert len(titles(page)) == 2


def test_what_could_not_be_counted_is_counted_when_asked_again(
    qtbot: Any, open_findings: Any, faulty: list[int], services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = open_findings()

    def broken(*_: Any, **__: Any) -> Any:
        raise AppError("publishing.journal", reason="disk full")

    with monkeypatch.context() as patch:
        patch.setattr(services.listings, "rules", broken)
        dialog.count()
        qtbot.waitUntil(dialog.state.isVisible)
    assert "disk full" in " ".join(dialog.state.texts)
    qtbot.mouseClick(dialog.state.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.table.isVisible)
    assert "title.too_long" in rows_of(dialog)


def test_how_far_the_counting_is_is_said(
    qtbot: Any, open_findings: Any, services: Any, faulty: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog, may_end = open_findings(), Event()

    def slowly(_: Any, ctx: Any) -> Any:
        ctx.report(1, 4)
        assert may_end.wait(30)
        return []

    monkeypatch.setattr(services.listings, "rules", slowly)
    dialog.model.show_rules(())
    dialog.count()
    qtbot.waitUntil(lambda: dialog.state.bar.isVisible() and dialog.state.bar.share == 0.25)
    may_end.set()
    qtbot.waitUntil(lambda: dialog.state.texts[0] == "Nothing found")
