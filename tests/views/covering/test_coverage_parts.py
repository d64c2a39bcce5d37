"""The coverage view and the rules form a little closer: the form follows what is chosen and the language."""

from __future__ import annotations

import pytest

from app.services.compliance.units import units
from app.services.covering.mapping import Things
from app.services.covering.report import ReportLine
from app.services.covering.rules import NO_GROUP, CoverRules
from app.views.covering.report_rows import ReportPane
from app.views.covering.rules_form import AFFIXES, MAPPED, NamedField, RulesForm
from app.views.listings.bulk_edit.parts import OptionBox

OURS = Things({"800": "Small", "801": "Large"}, {"520": "Warranty"}, {"9001": "Lighting"})
THEIRS = Things({"700": "小件普货"}, {"510": "60 days"}, {"5081": "Lamps", "5082": "Mugs"})


@pytest.fixture
def form(qtbot):
    made = RulesForm()
    qtbot.addWidget(made)
    made.show_things(THEIRS, OURS)
    return made


def options(box):
    return [box.itemText(at) for at in range(box.count())]


class TestForm:
    def test_a_line_for_each_of_theirs_and_only_groups_may_be_none(self, form, each_language):
        assert {name: list(form.maps[name]) for name in MAPPED} == {
            "templates": ["700"],
            "services": ["510"],
            "groups": ["5081", "5082"],
        }
        form.maps["groups"]["5081"].choose(NO_GROUP)
        assert form.maps["groups"]["5081"].value == NO_GROUP
        form.maps["templates"]["700"].choose(NO_GROUP)
        assert form.maps["templates"]["700"].currentIndex() < 0  # a template there must be
        assert len(options(form.defaults["groups"])) == len(options(form.defaults["services"])) + 1

    def test_the_effect_of_each_control_is_told_once(self, form):
        told = []
        form.changed.connect(lambda: told.append(1))
        for change in (
            lambda: form.brand.setText("A"),
            lambda: form.affixes[AFFIXES[0]].setText("X"),
            lambda: form.same_names.toggle(),
            lambda: form.inches.toggle(),
            lambda: form.words.setPlainText("a = b"),
            lambda: form.stock.setText("5"),
        ):
            told.clear()
            change()
            assert told == [1]

    def test_a_factor_and_something_added_become_one_formula(self, form):
        form.factor.setText("1,5")
        form.plus.setText("-0.5")
        assert form.read().price == "price * 1.5 - 0.5"
        form.price.setText("price + 1")
        assert form.read().price == "price * 1.5 - 0.5"  # what was typed last in plain numbers counts
        form.factor.clear()
        form.plus.clear()
        assert form.read().price == "price + 1"

    def test_a_unit_needs_both_sides(self, form):
        first, second = list(units())[:2]
        form.from_unit.choose(first)
        assert form.read().units == {}
        form.to_unit.choose(second)
        assert form.read().units == {first: second}

    def test_rules_of_things_that_are_gone_fall_back(self, form):
        form.show_rules(CoverRules(default_template="999", default_group="9001", rounding="whole"))
        assert (form.defaults["templates"].value or "", form.defaults["groups"].value) == ("", "9001")
        assert form.read().rounding == "whole"

    def test_shown_again_the_lines_are_not_doubled(self, form):
        for _ in range(3):
            form.show_things(THEIRS, OURS)
        shown = [line for line in form.findChildren(NamedField) if not line.isHidden()]
        assert len(shown) == 4

    def test_a_line_says_its_name_to_a_screen_reader(self, qtbot):
        box = OptionBox()
        line = NamedField("小件普货", box)
        qtbot.addWidget(line)
        assert line.box.accessibleName() == "小件普货"


class TestReport:
    @pytest.fixture
    def pane(self, qtbot, context):
        made = ReportPane(context)
        qtbot.addWidget(made)
        yield made
        made.drop_table()

    def test_only_kinds_that_are_there_can_be_chosen(self, pane, qtbot):
        lines = [ReportLine(kind, "1", "T", "", "title", "a", "b", "cover.why.rule") for kind in ("replaced", "failed")]
        pane.show_lines(lines)
        qtbot.waitUntil(lambda: pane.table.paged.is_ordered)
        assert pane.segments._counts == {"all": 2, "replaced": 1, "failed": 1}
        pane.segments.choose("failed")
        qtbot.waitUntil(lambda: pane.table.paged.total == 1)
        pane.show_lines(lines[:1])
        qtbot.waitUntil(lambda: pane.table.paged.is_ordered)
        assert pane.segments._counts == {"all": 1, "replaced": 1}

    def test_a_line_without_a_listing_opens_nothing(self, pane, qtbot):
        opened = []
        pane.opened.connect(opened.append)
        pane.show_lines(
            [
                ReportLine("junk", "", "", "", "", "x", "", "cover.why.junk_no_id", (("line", 1),)),
                ReportLine("replaced", "1", "T", "", "title", "a", "b", "cover.why.rule", listing_id=7),
            ]
        )
        qtbot.waitUntil(lambda: pane.table.paged.is_ordered)
        pane._on_opened(0)
        pane._on_opened(1)
        assert opened == [7]
