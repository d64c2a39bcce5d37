"""The parts of the dialog on their own: cells of the preview, counts below it, the cards, controls. No page opens."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from app.messages import tr
from app.services.listings.bulk_edit.choosing import EditChoices
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.formulas import NAMES
from app.services.listings.bulk_edit.operations import (
    NUMBER_FIELDS,
    AddKeyword,
    ChangeCase,
    ChangeNumber,
    ConvertInches,
    Operation,
    SetText,
)
from app.services.listings.bulk_edit.records import SAME, Applied, FindingCount, PlanCounts, PreviewLine
from app.services.listings.details import Choice
from app.views.language import language
from app.views.listings.bulk_edit import applying
from app.views.listings.bulk_edit.catalogue import FIELDS, make_form
from app.views.listings.bulk_edit.changes_pane import ChangesPane
from app.views.listings.bulk_edit.columns import columns
from app.views.listings.bulk_edit.formula_line import FormulaLine
from app.views.listings.bulk_edit.outcome import LINES, OutcomePane, finding_text
from app.views.listings.bulk_edit.parts import Lines, OptionBox, Surroundings

LONG = "Bedside Table Lamp Dimmable Touch Control With A Warm Light And A Wooden Foot "


def line(field: str = "price_minor", before: object = 1890, after: object = 2079, why: str = "", **more: object):
    """One line of a preview."""
    told = {"position": 0, "listing_id": 7, "sku_id": 3, "title": "Desk Lamp", "code": "LM1-WH", **more}
    return PreviewLine(**told, field=field, before=before, after=after, why=why)


def cells(shown: PreviewLine, *, is_narrow: bool = False, fields: tuple[str, ...] = ("price_minor",)):
    """The cells of a line by column."""
    return {one.key: one.cell(shown) for one in columns(fields, is_narrow=is_narrow)}


class TestCells:
    def test_a_price_before_and_after(self):
        found = cells(line())
        assert [found[name].text for name in ("title", "code", "before", "after", "change")] == [
            "Desk Lamp", "LM1-WH", "18.90", "20.79", "+10.0\u202f%",
        ]  # fmt: skip
        assert found["after"].strong and found["verdict"].status == "edit.changed"
        assert found["change"].copied == "10.00"

    @pytest.mark.parametrize(("after", "shown"), [(945, "−50.0"), (3780, "+100.0"), (1900, "+0.5")])
    def test_by_how_much(self, after, shown):
        assert cells(line(after=after))["change"].text.replace("-", "−") == f"{shown}\u202f%"

    def test_what_is_so_already_has_no_after(self):
        found = cells(line(after=1890, why=SAME))
        assert (found["after"].text, found["change"].text, found["verdict"].status) == ("", "", "edit.same")
        assert found["title"].tone == "text2"

    def test_a_refused_number_is_shown_struck_with_its_reason(self):
        found = cells(line(after=99_000, why="above_most"))
        assert found["after"].is_refused and found["after"].text == "990.00"
        assert "highest" in found["verdict"].tip and found["verdict"].tip in found["verdict"].text

    @pytest.mark.parametrize("why", [f"unknown_{name}" for name in NAMES] + ["unknown", "read_only", "gone"])
    def test_every_reason_has_its_words(self, why, each_language):
        found = cells(line(before=None, after=None, why=why))
        assert found["verdict"].tip and not found["verdict"].tip.startswith("bulk_edit.")
        assert not found["after"].is_refused, "there is no number to strike"

    def test_a_whole_listing_that_may_not_be_edited(self):
        found = cells(line("", None, None, "sending", code="", sku_id=None))
        assert (found["field"].text, found["code"].text, found["after"].text) == ("", "", "")

    def test_an_emptied_text_is_said(self):
        found = cells(line("keywords", "lamp, light", ""), fields=("keywords",))
        assert found["after"].text and found["after"].tone == "text3"
        assert found["before"].text == "lamp, light"

    def test_two_long_texts_begin_where_they_differ(self):
        found = cells(line("title", f"{LONG} White", f"{LONG} Grey"), fields=("title",))
        assert found["before"].text.startswith("…") and found["before"].text.endswith("White")
        assert found["after"].text.endswith("Grey") and len(found["after"].text) < len(LONG)
        assert found["after"].tip == f"{LONG} Grey"

    def test_lists_are_one_line_with_the_whole_as_tip(self):
        attributes = [{"name": "Plug", "value": "EU"}, {"name": "Colour", "value": "White"}]
        found = cells(line("attributes", [], attributes), fields=("attributes",))
        assert "\n" not in found["after"].text and "Colour" in found["after"].text
        assert found["before"].text != "[]"

    def test_a_narrow_preview_names_variants_by_code(self):
        found = cells(line(), is_narrow=True)
        assert list(found) == ["what", "field", "before", "after", "verdict"]
        assert (found["what"].text, found["what"].tip) == ("LM1-WH", "Desk Lamp")
        assert found["after"].tip == "+10.0\u202f%"
        of_listing = cells(line(code="", sku_id=None), is_narrow=True)
        assert (of_listing["what"].text, of_listing["what"].tip) == ("Desk Lamp", "")

    def test_numbers_alone_stand_right(self):
        sides = {one.key: one.align for one in columns(("price_minor", "stock"))}
        assert (sides["before"], sides["after"]) == ("right", "right")
        assert {one.key: one.align for one in columns(("price_minor", "title"))}["before"] == "left"


class TestOutcome:
    @pytest.fixture
    def pane(self, qtbot):
        made = OutcomePane()
        qtbot.addWidget(made)
        made.resize(600, 160)
        return made

    def test_reasons_come_with_the_most_frequent_first(self, pane):
        pane.show_counts(PlanCounts(10, 6, 4, 0, reasons={"unknown_cost": 1, "above_most": 3}))
        assert pane.texts[0].startswith("Above the highest")
        assert "cost" in pane.texts[1]
        assert pane.more.isVisible() and all(word in pane.title.text() for word in ("10", "6", "4"))

    def test_findings_follow_by_their_names(self, pane):
        finding = FindingCount("title_too_long", "block", 3, 2)
        pane.show_counts(PlanCounts(3, 3, findings=(finding,)))
        assert pane.texts == [finding_text(finding)]
        assert not pane.more.isVisible(), "nothing was refused"

    def test_a_rule_without_a_name_is_called_by_its_code(self):
        assert "brand_new_rule" in finding_text(FindingCount("brand_new_rule", "warn", 1, 1))

    def test_a_few_lines_show_and_the_rest_scrolls(self, pane):
        reasons = {f"unknown_{name}": 1 for name in NAMES}
        pane.show_counts(PlanCounts(99, 0, 99, reasons=reasons))
        assert len(pane.texts) == len(NAMES) > LINES
        tall = pane._area.height()
        pane.show_counts(PlanCounts(1, 0, 1, reasons={"gone": 1}))
        assert pane._area.height() < tall

    def test_the_language_changes(self, pane):
        pane.show_counts(PlanCounts(2, 1, 1, reasons={"negative": 1}))
        before = (pane.title.text(), pane.texts)
        language.set_language("zh")
        QApplication.processEvents()
        assert (pane.title.text(), pane.texts) != before
        assert "结果小于 0" in pane.texts[0]

    def test_checking_is_said_while_it_lasts(self, pane):
        pane.show_counts(PlanCounts(1, 1))
        pane.show_checking(True)
        assert pane.checking.isVisible()
        pane.show_checking(False)
        assert not pane.checking.isVisible()


class TestWhatBecameOfIt:
    def test_a_job_counts_each_listing_once(self):
        applied = Applied(None, 5, moved=(1, 2), refused=(2, 3))
        told = applying._count(applied)
        assert (told.done, told.total, told.failed) == (8, 8, 3)
        assert applying._summary(applied)[1] == {"n": 5, "refused": 2, "moved": 2, "why": ""}

    def test_the_two_most_frequent_reasons_are_said(self):
        applied = Applied(None, 5, refused=(2, 3), reasons={"negative": 1, "unknown_cost": 9, "above_most": 3})
        key, told = applying._summary(applied)
        said = tr(key, **told)
        assert said.index("cost is unknown") < said.index("Above the highest") and "below 0" not in said


@pytest.fixture
def around():
    """What forms need, without a window: nothing here reads the disk."""
    return Surroundings(SimpleNamespace(services=SimpleNamespace(), runner=None, settings={}))


class TestCards:
    @pytest.fixture
    def pane(self, qtbot, around):
        made = ChangesPane(around)
        qtbot.addWidget(made)
        made.resize(360, 700)
        made.show()
        return made

    def test_nothing_filled_in_is_no_edit_and_no_error(self, pane):
        pane.add_change("title", "set_text")
        assert (pane.read(), pane.problem) == (None, "")

    def test_cards_are_read_from_top_to_bottom_and_moved(self, pane, qtbot):
        first, second = pane.add_change("title", "set_text"), pane.add_change("keywords", "add_keyword")
        first.form.text.setText("Lamp")
        second.form.keyword.setText("light")
        operations: tuple[Operation, ...] = (SetText("title", "Lamp"), AddKeyword("light"))
        assert pane.read() == BulkEdit(operations)
        with qtbot.waitSignal(pane.changed):
            qtbot.mouseClick(second.up, Qt.MouseButton.LeftButton)
        assert pane.read() == BulkEdit(operations[::-1])
        assert [card.number.text() for card in pane.cards] == ["1", "2"]
        assert (second.up.isEnabled(), first.down.isEnabled()) == (False, False)

    def test_a_removed_card_is_gone_and_focus_stays_here(self, pane, qtbot):
        first, second = pane.add_change("title", "case"), pane.add_change("inches")
        with qtbot.waitSignal(pane.changed):
            qtbot.mouseClick(first.remove, Qt.MouseButton.LeftButton)
        assert pane.cards == [second]
        assert pane.read() == BulkEdit((ConvertInches(),))
        qtbot.mouseClick(second.remove, Qt.MouseButton.LeftButton)
        assert (pane.cards, pane.read()) == ([], None)

    def test_a_number_worked_out_twice_is_said_at_the_second(self, pane):
        for text in ("5", "6"):
            pane.add_change("stock", "set").form.value.setText(text)
        assert pane.read() is None
        assert pane.cards[1].form.is_wrong and not pane.cards[0].form.is_wrong
        assert "Stock" in pane.problem

    def test_the_next_card_is_about_a_field_that_is_free(self, pane, qtbot):
        for _ in range(3):
            qtbot.mouseClick(pane.add, Qt.MouseButton.LeftButton)
        fields = [card.field.value for card in pane.cards]
        assert fields == list(FIELDS)[:3]

    def test_another_field_brings_its_ways(self, pane):
        card = pane.add_change("price_minor")
        card.field.choose("title")
        card.field.chosen.emit("title")
        assert [card.way.itemData(at) for at in range(card.way.count())] == list(FIELDS["title"])
        card.way.choose("case")
        card.way.chosen.emit("case")
        card.form.case.choose("upper")
        assert card.read() == ChangeCase("title", "upper")
        assert pane.read() == BulkEdit((ChangeCase("title", "upper"),))

    def test_choices_arrive_late_and_keep_what_was_chosen(self, pane):
        card = pane.add_change("group_id", "choose")
        assert card.form.value.count() == 0
        groups = (Choice("55", "Lamps"), Choice("56", "Mugs"))
        pane.show_choices(EditChoices(groups=groups))
        card.form.value.choose("56")
        pane.show_choices(EditChoices(groups=groups[1:]))
        assert card.form.value.value == "56"

    def test_it_leaves_the_preview_the_larger_part(self, pane):
        pane.fit(2000)
        wide = pane.width()
        pane.fit(700)
        assert pane.width() < wide <= 2000 * 2 / 5


class TestControls:
    def test_a_list_has_nothing_chosen_and_ignores_the_wheel(self, qtbot):
        box = OptionBox(lambda id: f"bulk_edit.direction.{id}", ("nearest", "up", "down"))
        qtbot.addWidget(box)
        assert box.value is None and box.placeholderText()
        box.choose("up")
        no = QPoint(0, -120)
        wheel = QWheelEvent(
            QPointF(5, 5), QPointF(5, 5), no, no, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(box, wheel)
        assert box.value == "up"
        box.choose("sideways")
        assert box.value is None

    def test_names_of_options_follow_the_language(self, qtbot):
        box = OptionBox(lambda id: f"bulk_edit.direction.{id}", ("nearest", "up"))
        qtbot.addWidget(box)
        before = box.itemText(1)
        language.set_language("zh")
        QApplication.processEvents()
        assert box.itemText(1) not in ("", before)

    def test_several_lines_are_as_high_as_their_rows(self, qtbot):
        low, high = Lines(2), Lines(6)
        for one in (low, high):
            qtbot.addWidget(one)
        assert low.height() < high.height()

    def test_names_are_put_in_at_the_cursor(self, qtbot):
        formula = FormulaLine(tuple(NAMES))
        for widget in (formula.line, formula.names):
            qtbot.addWidget(widget)
        for text in ("cost", "* 1.35 /", "rate"):
            formula.put(text)
        assert formula.line.text() == "cost * 1.35 / rate"
        formula.line.setText("max(")
        formula.put("price")
        assert formula.line.text() == "max(price"
        assert all(name in formula.line.toolTip() for name in ("cost", "rate", "freight", "round_to"))

    @pytest.mark.parametrize("field", NUMBER_FIELDS)
    def test_every_number_takes_a_formula(self, field, qtbot, around):
        form = make_form(around, field, "formula")
        qtbot.addWidget(form)
        assert form.read() is None and not form.is_wrong
        form.formula.line.setText("cost * 1.35 / rate + freight")
        assert form.read() == ChangeNumber(field, "formula", formula="cost * 1.35 / rate + freight")
        form.formula.line.setText("cost * 1.35 / rte")
        assert form.read() is None and form.is_wrong
        assert "rate" in form.fields["formula"].problem.text(), "the closest name is offered"
