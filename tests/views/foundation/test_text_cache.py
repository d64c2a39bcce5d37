"""Texts are measured as Qt draws them and cut where they do not fit."""

import pytest
from PySide6.QtGui import QFont, QFontMetrics

from app.views.elide import elided
from app.views.text_cache import KEPT, TextCache
from app.views.theme import Theme, current_theme
from tests.views.foundation.test_painting import canvas

__all__ = ["canvas"]


class TestTexts:
    def test_laid_once_and_cut_to_fit(self):
        cache = TextCache(current_theme())
        whole = cache.lay("Bedside Table Lamp", -1)
        assert whole.shown == "Bedside Table Lamp"
        assert cache.lay("Bedside Table Lamp", -1) is whole
        cut = cache.lay("Bedside Table Lamp", 60)
        assert cut.width <= 60
        assert cut.shown != whole.shown
        assert cut.shown.startswith("Bed")

    @pytest.mark.parametrize(
        "text",
        ["Wi", "iiiiiiiiiiiiiiiiiiiiiiii", "MMMMMMMM", "蓝牙耳机 lamp", "\u2212 1,234.50", "il" * 300, "M蓝" * 200],
    )
    def test_it_is_cut_where_it_does_not_fit_and_nowhere_else(self, text):
        cache = TextCache(current_theme())
        metrics = QFontMetrics(cache.lay(text, -1).font)
        needed = metrics.horizontalAdvance(text)
        assert cache.lay(text, needed).shown == text
        assert cache.lay(text, needed).width == needed
        for width in (needed - 1, needed // 2, needed // 4):
            cut = cache.lay(text, width)
            kept = cut.shown.removesuffix("...")
            assert cut.width == metrics.horizontalAdvance(cut.shown) <= width
            assert text.startswith(kept)
            assert metrics.horizontalAdvance(text[: len(kept) + 1] + "...") > width  # as much as there is room for
            assert cut.shown == (kept + "..." if width >= metrics.horizontalAdvance("...") else "")

    @pytest.mark.parametrize("text", ["LM4402-WH_CES", "iiiiiiiiiiiiWWWWWWWWWWWW", "M蓝" * 40])
    def test_cut_in_the_middle_both_ends_are_left(self, text):
        cache = TextCache(current_theme())
        metrics = QFontMetrics(cache.lay(text, -1).font)
        for width in (metrics.horizontalAdvance(text) - 1, metrics.horizontalAdvance(text) // 2):
            cut = cache.lay(text, width, elide="middle")
            head, tail = cut.shown.split("...")
            assert text.startswith(head)
            assert text.endswith(tail)
            assert cut.width == metrics.horizontalAdvance(cut.shown) <= width
            assert metrics.horizontalAdvance(f"{head}...{text[-len(tail) - 1 :]}") > width
            assert metrics.horizontalAdvance(head) <= width / 2
        assert cache.lay(text, 2, elide="middle").shown == ""

    def test_three_dots_of_its_own_stay_one(self):
        cut = TextCache(current_theme()).lay("Wait… for it, and a little longer", 90)
        assert cut.shown.startswith("Wait…")
        assert cut.shown.endswith("...")

    def test_dots_of_a_text_whose_letters_join_are_left_as_they_are(self):
        cut = TextCache(current_theme()).lay("مصباح… مكتب مصباح مكتب مصباح", 90)
        assert "…" in cut.shown
        assert "..." not in cut.shown

    def test_letters_that_join_are_cut_with_the_font_asked(self):
        text = "مصباح مكتب " * 9
        cut = TextCache(current_theme()).lay(text, 90)
        assert 0 < cut.width <= 90
        assert len(cut.shown) < len(text)

    @pytest.mark.parametrize("text", ["Lamp 3.50 é", "Наушники", "蓝牙耳机（黑）", "− 1,234.50 …"])
    def test_letters_in_one_piece_stand_as_they_come(self, text):
        laid = TextCache(current_theme()).lay(text, -1)
        assert laid.font.styleStrategy() == QFont.StyleStrategy.PreferNoShaping
        assert laid.font.family() == current_theme().font().family()

    @pytest.mark.parametrize("text", ["مصباح", "e\u0301clairage", "โคมไฟ", "lamp 👍🏽"])
    def test_letters_that_join_are_joined(self, text):
        laid = TextCache(current_theme()).lay(text, -1)
        assert laid.font.styleStrategy() != QFont.StyleStrategy.PreferNoShaping
        assert abs(laid.width - current_theme().metrics().horizontalAdvance(text)) <= 1

    def test_codes_are_cut_in_the_middle(self):
        shown = TextCache(current_theme()).lay("LM4402-WH_CES", 60, elide="middle").shown
        assert shown.startswith("LM")
        assert shown.endswith("S")

    def test_markup_of_a_title_is_text(self):
        bold = TextCache(current_theme()).lay("<b>Lamp</b>", -1)
        assert bold.width > current_theme().metrics().horizontalAdvance("Lamp") + 20
        entity = TextCache(current_theme()).lay("Salt &amp; Pepper", -1)
        assert entity.width > current_theme().metrics().horizontalAdvance("Salt & Pepper") + 10

    def test_it_forgets_the_oldest(self):
        cache = TextCache(current_theme())
        for n in range(KEPT + 10):
            cache.lay(str(n), -1)
        assert len(cache._laid) <= KEPT

    def test_what_just_fits_is_not_cut(self):
        metrics = Theme().metrics("small")
        assert elided(metrics, "+ Filter", metrics.horizontalAdvance("+ Filter")) == "+ Filter"
        assert elided(metrics, "+ Filter", 20) != "+ Filter"
        assert elided(metrics, "+ Filter", -5) in ("", "…")
