"""The parts of the dialog for similar listings by themselves: titles that are drawn, cards, groups, options."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget

from app.services.listings.similar.differences import title_parts
from app.services.listings.similar.records import SimilarGroup, Why
from app.services.listings.similar.showing import SimilarListing
from app.views.language import language
from app.views.listings.similar.cards import CardRows, CardView
from app.views.listings.similar.group_list import GroupList, GroupRows, why_text
from app.views.listings.similar.group_pane import MOST_SHOWN, GroupPane
from app.views.listings.similar.options_bar import OptionsBar
from app.views.listings.similar.title_lines import TitleLines
from app.views.theme import current_theme
from app.views.thumbnails import Thumbnails

STRICT = QAbstractItemModelTester.FailureReportingMode.Fatal
WHITE = QColor("white")


def listing(number, title="Bedside Lamp", **changes):
    usual = SimilarListing(
        number, "晨帆数码", f"K{number}", None, title, "draft", (f"LM{number}",), 1890, 2090, "USD", ""
    )
    return replace(usual, **changes)


def group(number, ids=(1, 2), whys=((Why.CODES, 1.0),), live=(), title="Bedside Lamp"):
    names, shares = zip(*whys, strict=True)
    return SimilarGroup(number, tuple(ids), names, max(shares), frozenset(live), shares, title)


class TestTitles:
    def drawn(self, titles, at=0, width=200, most=3):
        picture = QImage(width, 120, QImage.Format.Format_RGB32)
        picture.fill(WHITE)
        painter = QPainter(picture)
        step = current_theme().metrics("body").lineSpacing()
        TitleLines(title_parts(titles)[at], width, most).paint(painter, QRect(0, 0, width, most * step))
        painter.end()
        return picture, step

    @staticmethod
    def colours(picture, rect):
        inside = [(x, y) for x in range(rect.left(), rect.right()) for y in range(rect.top(), rect.bottom())]
        return {picture.pixelColor(x, y).name() for x, y in inside}

    def test_what_differs_has_a_ground_and_the_rest_has_none(self):
        mark = current_theme().color("chg").name()
        picture, step = self.drawn(["Red Lamp", "Blue Lamp"])
        metrics = current_theme().metrics("body")
        red, lamp = metrics.horizontalAdvance("Red"), metrics.horizontalAdvance("Red ")
        assert mark in self.colours(picture, QRect(0, 0, red, step))
        assert mark not in self.colours(picture, QRect(lamp + 2, 0, 100, step))
        same, step = self.drawn(["Red Lamp", "Red Lamp"])
        assert mark not in self.colours(same, same.rect())

    def test_places_are_counted_as_qt_counts_them(self):
        """A character of two halves before the word does not move its mark."""
        mark = current_theme().color("chg").name()
        picture, step = self.drawn(["😀 Lamp Red", "😀 Lamp Blue"])
        metrics = current_theme().metrics("body")
        before = metrics.horizontalAdvance("😀 Lamp ")
        assert mark not in self.colours(picture, QRect(0, 0, before - 3, step))
        assert mark in self.colours(picture, QRect(before, 0, metrics.horizontalAdvance("Red"), step))

    def test_a_long_title_is_cut_in_its_last_line(self):
        picture, step = self.drawn(["Lamp " * 40], most=2)
        assert self.colours(picture, QRect(0, step, 200, step)) != {WHITE.name()}
        assert self.colours(picture, QRect(0, 2 * step + 1, 200, 120 - 2 * step - 1)) == {WHITE.name()}

    def test_no_title_draws_nothing(self):
        picture, _ = self.drawn(["", "Lamp"])
        assert self.colours(picture, picture.rect()) == {WHITE.name()}


class TestGroups:
    def test_reasons_with_their_shares(self, each_language):
        one = group(0, whys=((Why.CODES, 0.5), (Why.TITLE, 0.999), (Why.PICTURE, 1.0)))
        expected = {
            "en": "Same codes 50 %, Nearly the same title 99 %, Same main picture",
            "zh": "编码相同 50 %，标题相近 99 %，主图相同",
        }
        assert why_text(one) == expected[each_language]  # never rounded up to what is not true

    def test_a_group_is_replaced_and_leaves(self):
        rows = GroupRows()
        tester = QAbstractItemModelTester(rows, STRICT)
        rows.show_groups([group(0, (1, 2, 3)), group(1, (7, 8))])
        rows.put(0, rows.groups[0].without({3}))
        assert rows.groups[0].listing_ids == (1, 2)
        rows.put(0, None)
        assert [one.id for one in rows.groups] == [1]
        assert rows.rowCount(rows.index(0)) == 0 and rows.data(rows.index(9)) is None
        assert tester

    def test_the_list_goes_to_the_last_one_where_there_are_fewer(self, shown, each_theme):
        view = shown(GroupList(), (280, 300))
        assert view.current is None
        view.rows.show_groups([group(0, live=(1,)), group(1, title="")])
        view.go_to(7)
        assert view.current.id == 1
        assert view.accessibleName() == "Groups"
        first = view.visualRect(view.rows.index(0))
        picture = view.grab().toImage()
        assert picture.pixelColor(2, view.visualRect(view.rows.index(1)).center().y()) != picture.pixelColor(
            first.right() - 2, first.center().y()
        )  # the chosen one has another ground


class TestCards:
    def test_what_is_said_of_a_listing(self, each_language):
        rows = CardRows()
        tester = QAbstractItemModelTester(rows, STRICT)
        rows.show_listings(
            [
                listing(1, codes=("A1", "A2", "A3", "A4"), status="live"),
                listing(2, codes=(), price_min_minor=None, price_max_minor=None),
            ]
        )
        first, second = (rows.index(at).data(Qt.ItemDataRole.AccessibleTextRole).split("\n") for at in range(2))
        comma, live, draft, none = {
            "en": (", ", "Live", "Draft", "No code"),
            "zh": ("，", "在售", "草稿", "没有编码"),
        }[each_language]
        assert first == ["Bedside Lamp", f"A1{comma}A2 +2", "USD 18.90 – 20.90", "晨帆数码", live]
        assert second == ["Bedside Lamp", none, "USD –", "晨帆数码", draft]
        assert rows.index(0).data() == "Bedside Lamp" and tester

    def test_cards_are_chosen_by_keys_and_stay_in_order(self, shown, blank_pictures, qtbot, each_theme):
        view = shown(CardView(blank_pictures))
        view.show_listings([listing(number) for number in (4, 2, 9)], {9, 2})
        assert view.chosen == [2, 9]
        view.setFocus()
        qtbot.keyClick(view, Qt.Key.Key_Left)  # from the first chosen one to the one to keep
        qtbot.keyClick(view, Qt.Key.Key_Space)
        assert view.chosen == [4, 2, 9]
        qtbot.keyClick(view, Qt.Key.Key_Right)
        qtbot.keyClick(view, Qt.Key.Key_Space)
        assert view.chosen == [4, 9]
        chosen, other = (view.visualRect(view.rows.index(at)) for at in (0, 1))
        picture, theme = view.grab().toImage(), current_theme()
        grounds = [picture.pixelColor(rect.left() + 160, rect.top() + 100) for rect in (chosen, other)]
        assert grounds == [theme.color("sel"), theme.color("surface")]

    def test_a_picture_that_arrives_is_drawn(self, shown, runner, qtbot):
        def red(source, pixels):
            made = QImage(pixels, pixels, QImage.Format.Format_RGB32)
            made.fill(QColor("#c01010"))
            return made

        view = shown(CardView(Thumbnails(runner, red)))
        view.show_listings([listing(1, picture="/lamp.jpg")], set())
        place = view.visualRect(view.rows.index(0)).topLeft()
        qtbot.waitUntil(lambda: view.grab().toImage().pixelColor(place.x() + 50, place.y() + 50).name() == "#c01010")
        qtbot.waitUntil(lambda: runner.is_idle)


class TestPane:
    def test_buttons_count_and_need_a_choice(self, shown, blank_pictures):
        pane = shown(GroupPane(blank_pictures))
        assert not pane.show_button.isEnabled() and not pane.apart.isEnabled()
        pane.show_group(group(3, (1, 2, 3)))
        pane.show_listings([listing(1), listing(2), listing(3)])
        assert (pane.apart.text(), pane.hold.text()) == ("2 are not the same", "Hold 2")
        pane.cards.clearSelection()
        assert [button.isEnabled() for button in (pane.show_button, pane.apart, pane.off, pane.hold)] == [
            True, False, False, False,
        ]  # fmt: skip

    def test_what_is_read_again_leaves_the_choice_alone(self, shown, blank_pictures):
        pane = shown(GroupPane(blank_pictures))
        pane.show_group(group(3, (1, 2, 3)))
        pane.show_listings([listing(1), listing(2)])
        pane.cards.clearSelection()
        pane.show_listings([listing(1), listing(2, status="off"), listing(3)])
        assert pane.cards.chosen == [3]  # it is new; the others were let go by hand

    def test_a_crowd_says_how_many_are_not_shown(self, shown, blank_pictures):
        pane = shown(GroupPane(blank_pictures))
        pane.show_group(group(3, range(1, MOST_SHOWN + 8)))
        pane.show_listings([listing(1), listing(2)])
        assert pane.left_out.isVisible() and pane.left_out.text().startswith("7 more listings are not shown")
        pane.show_group(group(4))
        assert not pane.left_out.isVisible()

    def test_the_usual_reason_follows_the_language_and_a_typed_one_stays(self, shown, blank_pictures, qtbot):
        pane = shown(GroupPane(blank_pictures))
        assert pane.reason.text() == "possible duplicate"
        language.set_language("zh")
        assert pane.reason.text() == "疑似重复"
        pane.reason.selectAll()
        qtbot.keyClicks(pane.reason, "mine")
        language.set_language("en")
        assert pane.reason.text() == "mine"


class TestOptions:
    @pytest.mark.parametrize(
        ("stores", "chosen", "scopes"),
        [
            ((), 0, ["all"]),
            ((1,), 0, ["stores", "all"]),
            ((1,), 5, ["chosen", "stores", "all"]),
            ((), 5, ["chosen", "all"]),
        ],
    )
    def test_scopes_that_mean_something(self, shown, stores, chosen, scopes):
        bar = shown(OptionsBar(stores, chosen))
        assert bar.scope.current == scopes[0]
        assert [scope for scope in ("chosen", "stores", "all") if self.has(bar, scope)] == scopes
        assert bar.drafts.isVisible() == (scopes[0] == "chosen")

    @staticmethod
    def has(bar, scope):
        try:
            return not bar.scope.part_rect(scope).isNull()
        except ValueError:
            return False

    def test_what_is_ticked_is_what_is_asked(self, shown, qtbot):
        bar = shown(OptionsBar((4, 5), 3, is_filter=True))
        assert bar.options.store_ids == () and bar.is_about_chosen and bar.options.whys == frozenset(Why)
        told = []
        bar.changed.connect(lambda: told.append(bar.options))
        bar.scope.choose("stores")
        bar.across.setChecked(True)
        bar.whys[Why.TITLE].setChecked(False)
        bar.share.setValue(70)
        assert not bar.share.isEnabled() and not told  # told once, after a pause
        qtbot.waitUntil(lambda: bool(told))
        (asked,) = told
        assert (asked.store_ids, asked.is_across, asked.title_share) == ((4, 5), True, 0.7)
        assert asked.whys == frozenset(Why) - {Why.TITLE}
        bar.drafts.setChecked(False)
        bar.stop()
        assert not bar.options.with_drafts


def test_every_control_has_a_name(shown, blank_pictures):
    bar, pane = shown(OptionsBar((1,), 2)), shown(GroupPane(blank_pictures))
    for widget in (bar.scope, bar.share, pane.reason, pane.cards):
        assert widget.accessibleName()
    assert all(isinstance(stop, QWidget) for stop in pane.stops())
