"""A chip of the Listings tab opens where it can be changed, whoever set it; that a value is empty can be clicked."""

from typing import get_args

import pytest
from PySide6.QtCore import QPoint, Qt

from app.messages import tr
from app.services.errors import AppError
from app.services.listings.choice_names import FilterChoices
from app.services.listings.details import Choice
from app.services.listings.filter_fields import OPERATORS, known_fields
from app.services.listings.source import ListingSource
from app.services.listings.tags import add_tags
from app.services.paging import Filter, Operator, Query
from app.views.expression_editor import ExpressionEditor
from app.views.filter_bar import FilterBar
from app.views.filter_editor import FilterEditor
from app.views.filter_fields import value_text
from app.views.listings.filters import fields, filter_language, parse, write
from app.views.view_settings import MemorySettings
from tests.views.listings.rows import titles

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
CHOICES = FilterChoices(
    categories=(Choice("44", "Phone cases"),),
    templates=(Choice("7001", "Small parcels"),),
    groups=(Choice("55", "Lamps"), Choice("56", "Mugs")),
    import_runs=(Choice("7", "supplier.xlsx"),),
    stores=(Choice("1", "Chenfan"), Choice("2", "Second")),
    tags=(Choice("summer", "summer"),),
    marketing_groups=(Choice("Autumn", "Autumn"),),
    services=(Choice("520202", "Standard"),),
)
FIELDS = {field.name: field for field in fields(lambda: CHOICES)}
OF_KIND = {
    "number": ("price", 5),
    "date": ("created", "2026-01-01"),
    "text": ("title", "lamp"),
    "item": ("item", "CD5"),
    "choice": ("group", "55"),
    "flag": ("changed", True),
}
SIGNS = {"contains": "~", "lacks": "!~"}
ALWAYS_SET = {"status", "store"}


def every_shape():
    """Each kind of field with each operator there is, and a choice of a value that its list does not have."""
    for name, value in (*OF_KIND.values(), ("status", "live"), ("group", "gone")):
        for operator in get_args(Operator):
            if operator in ("missing", "present"):
                yield Filter(name, operator)
            elif operator != "where":
                yield Filter(name, operator, (value,) if operator in ("in", "not in") else value)
    yield Filter("group", "in", ("gone", "55"))
    yield Filter("price", "<", "5")
    yield Filter("", "where", "price in (3, 5)")


def typed(name):
    """A field with each operator that its kind can be written with."""
    kind, field = known_fields()[name].kind, FIELDS[name]
    labels = field.labels() if field.choices else {"RU": ""}
    value = {"number": "5", "date": "2026-01-01", "flag": "yes"}.get(kind) or next(iter(labels))
    for operator in OPERATORS[kind]:
        if operator in ("missing", "present"):
            yield f"{name} is {operator}"
        elif operator in ("in", "not in"):
            yield f"{name} {operator} ({value})"
        else:
            yield f"{name} {SIGNS.get(operator, operator)} {value}"


@pytest.fixture
def bar(qtbot):
    made = FilterBar("t", MemorySettings())
    qtbot.addWidget(made)
    made.set_fields(tuple(FIELDS.values()))
    made.set_expressions(filter_language(lambda: CHOICES))
    made.resize(900, 40)
    with qtbot.waitExposed(made):
        made.show()
    return made


def opened(widget, qtbot, at=0):
    """Click a chip. Returns: the window that opens."""
    bar = getattr(widget, "filters", widget) if not isinstance(widget, FilterBar) else widget
    bar.layout().activate()
    qtbot.mouseClick(bar._chips[at], Left, pos=QPoint(10, 10))
    editors = [*bar.findChildren(FilterEditor), *bar.findChildren(ExpressionEditor)]
    return next(editor for editor in editors if editor.isVisible())


def ticked(editor):
    items = map(editor.list.item, range(editor.list.count()))
    return [item.text() for item in items if item.checkState() == Qt.CheckState.Checked]


def tick(editor, qtbot, label):
    """Tick a value, or take its tick away, by keyboard."""
    (item,) = [item for item in map(editor.list.item, range(editor.list.count())) if item.text() == label]
    editor.list.setFocus()
    editor.list.setCurrentItem(item)
    qtbot.keyClick(editor.list, Key.Key_Space)


def choose(editor, qtbot, operator):
    """Choose how to compare, by keyboard."""
    editor.operator.setFocus()
    qtbot.keyClick(editor.operator, Key.Key_Home)
    while editor.operator.currentData() != operator:
        before = editor.operator.currentIndex()
        qtbot.keyClick(editor.operator, Key.Key_Down)
        assert editor.operator.currentIndex() != before, f"{operator} is not offered"


def meaning(condition):
    """What the written condition is read as."""
    return tuple(parse(write([condition], "", CHOICES), CHOICES)[1])


class TestNothingIsLost:
    @pytest.mark.parametrize("condition", [*every_shape()], ids=str)
    def test_what_is_opened_and_applied_stays(self, bar, qtbot, condition):
        bar.set_filters([condition, Filter("stock", ">", 0)])
        editor = opened(bar, qtbot)
        if isinstance(editor, FilterEditor):
            assert editor.operator.currentText()
            wanted = (condition,)
        else:
            assert editor.line.text()
            try:
                wanted = meaning(condition)
            except AppError:  # from a file somebody wrote: said, and kept
                wanted = None
        qtbot.mouseClick(editor.apply, Left)
        assert editor.isVisible() is (wanted is None)
        assert bar.filters == (*(wanted or (condition,)), Filter("stock", ">", 0))
        editor.close()

    @pytest.mark.parametrize("name", FIELDS)
    def test_whatever_is_typed_can_be_opened_and_applied(self, bar, qtbot, name):
        for text in typed(name):
            _, conditions = parse(text, CHOICES)
            bar.set_filters(conditions)
            assert bar.filters == tuple(conditions)
            means = write(bar.filters, "", CHOICES)
            editor = opened(bar, qtbot)
            assert isinstance(editor, ExpressionEditor) or editor.operator.currentText()
            qtbot.mouseClick(editor.apply, Left)
            assert not editor.isVisible(), text
            assert write(bar.filters, "", CHOICES) == means
            assert isinstance(editor, ExpressionEditor) or bar.filters == tuple(conditions)

    @pytest.mark.parametrize(("operator", "shown"), [("=", "in"), ("!=", "not in")])
    def test_one_value_is_a_list_of_one(self, bar, qtbot, operator, shown):
        bar.set_filters([Filter("group", operator, "55")])
        editor = opened(bar, qtbot)
        assert editor.operator.currentData() == shown
        assert ticked(editor) == ["Lamps"]
        tick(editor, qtbot, "Mugs")
        qtbot.mouseClick(editor.apply, Left)
        assert bar.filters == (Filter("group", shown, ("55", "56")),)

    def test_a_value_without_an_entry_gets_one(self, bar, qtbot):
        bar.set_filters([Filter("group", "=", "gone")])
        editor = opened(bar, qtbot)
        assert ticked(editor) == ["gone"]
        tick(editor, qtbot, "Lamps")
        qtbot.mouseClick(editor.apply, Left)
        assert set(bar.filters[0].value) == {"gone", "55"}
        editor = opened(bar, qtbot)
        tick(editor, qtbot, "gone")
        qtbot.mouseClick(editor.apply, Left)
        assert bar.filters == (Filter("group", "in", ("55",)),)

    def test_what_no_form_shows_is_opened_as_it_is_written(self, bar, qtbot):
        bar.set_filters([Filter("price", "in", ("3", "5"))])
        editor = opened(bar, qtbot)
        assert isinstance(editor, ExpressionEditor)
        assert editor.line.text() == "price in (3, 5)"
        editor.line.setText("price = 3")
        qtbot.keyClick(editor.line, Key.Key_Return)
        assert bar.filters == (Filter("price", "=", "3"),)

    @pytest.mark.parametrize(
        "damaged", [Filter("group", None, ("55",)), Filter("group", "is"), Filter("group", "="), Filter("group", "in")]
    )
    def test_what_is_no_condition_is_not_in_force(self, bar, damaged):
        """An older version kept such filters under a name."""
        bar.set_filters([damaged, Filter("stock", ">", 0)])
        assert bar.filters == (Filter("stock", ">", 0),)
        assert len(bar._chips) == 1


class TestEmptiness:
    def test_choices_that_a_row_may_lack_offer_it(self, bar, qtbot):
        for field in FIELDS.values():
            bar._edit(field, None, QPoint(0, 0))
            editor = next(one for one in bar.findChildren(FilterEditor) if one.isVisible())
            offered = {editor.operator.itemData(at) for at in range(editor.operator.count())}
            wanted = "missing" in OPERATORS[field.kind] and field.name not in ALWAYS_SET
            assert ({"missing", "present"} <= offered) is wanted, field.name
            assert (not {"missing", "present"} & offered) is not wanted, field.name
            editor.close()
            editor.deleteLater()
            qtbot.wait(0)

    @pytest.mark.parametrize("operator", ["missing", "present"])
    def test_it_is_shown_and_leaves_nothing_to_tick(self, bar, qtbot, operator):
        bar.set_filters([Filter("group", operator)])
        editor = opened(bar, qtbot)
        assert editor.operator.currentData() == operator
        assert editor.operator.hasFocus()
        assert not editor.list.isEnabled()
        choose(editor, qtbot, "in")
        assert editor.list.isEnabled()
        tick(editor, qtbot, "Mugs")
        qtbot.keyClick(editor, Key.Key_Return)
        assert bar.filters == (Filter("group", "in", ("56",)),)
        editor = opened(bar, qtbot)
        choose(editor, qtbot, operator)
        assert not editor.list.isEnabled()
        qtbot.keyClick(editor, Key.Key_Return)
        assert bar.filters == (Filter("group", operator),)

    def test_a_group_can_be_asked_for_though_there_is_none(self, bar, qtbot):
        bar.set_fields(fields(FilterChoices))
        bar.set_filters([Filter("group", "missing")])
        editor = opened(bar, qtbot)
        assert editor.list.count() == 0
        choose(editor, qtbot, "present")
        qtbot.mouseClick(editor.apply, Left)
        assert bar.filters == (Filter("group", "present"),)

    @pytest.mark.parametrize(
        ("condition", "texts"),
        [
            (Filter("group", "missing"), {"zh": "分组 为空", "en": "Group is empty"}),
            (Filter("tag", "present"), {"zh": "标签 不为空", "en": "Tag is set"}),
            (Filter("group", "=", "55"), {"zh": "分组 Lamps", "en": "Group Lamps"}),
            (Filter("group", "!=", "55"), {"zh": "分组 ≠ Lamps", "en": "Group ≠ Lamps"}),
        ],
    )
    def test_the_chip_and_the_editor_say_the_same(self, bar, qtbot, each_language, condition, texts):
        bar.set_filters([condition])
        assert bar._chips[0].accessibleName() == texts[each_language]
        editor = opened(bar, qtbot)
        if condition.value is None:
            assert editor.operator.currentText() == value_text(FIELDS[condition.field], condition)
            assert editor.operator.currentText() == tr(f"filter.operator.{condition.operator}")

    def test_typed_emptiness_is_a_chip_of_its_field(self):
        assert parse("group is missing", CHOICES)[1] == [Filter("group", "missing")]
        assert parse("标签 不为空", CHOICES)[1] == [Filter("tag", "present")]
        assert parse("status is missing", CHOICES)[1] == [Filter("", "where", "status is missing")]

    def test_every_row_is_without_or_with(self, db, five):
        with db.bulk() as connection:
            add_tags(connection, [(five[1].id, "summer")])
        source = ListingSource(db)
        for field in FIELDS.values():
            if field.kind == "choice" and field.name not in ALWAYS_SET:
                counts = [
                    source.count(Query(filters=(Filter(field.name, operator),))) for operator in ("missing", "present")
                ]
                assert sum(counts) == len(five), field.name


class TestOnThePage:
    def test_rows_without_a_tag_are_found_by_clicking(self, open_page, five, db, qtbot, settle):
        with db.bulk() as connection:
            add_tags(connection, [(five[1].id, "summer")])
        page = open_page()
        page.filters._edit(page.filters._fields["tag"], None, QPoint(0, 0))
        editor = next(one for one in page.findChildren(FilterEditor) if one.isVisible())
        choose(editor, qtbot, "missing")
        qtbot.mouseClick(editor.apply, Left)
        settle()
        assert page.filters.filters == (Filter("tag", "missing"),)
        assert [title.split()[0] for title in titles(page)] == ["Ash", "Cedar", "Douglas", "Elm"]
        editor = opened(page, qtbot)
        choose(editor, qtbot, "present")
        qtbot.mouseClick(editor.apply, Left)
        settle()
        assert [title.split()[0] for title in titles(page)] == ["Birch"]
