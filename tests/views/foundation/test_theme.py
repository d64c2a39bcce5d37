"""Colours that can be read, fonts and sizes that follow the settings, a theme that can be switched."""

import json

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLineEdit

from app.paths import resources
from app.views.theme import DENSITIES, Theme, apply_theme, current_theme, density, load_tokens
from app.views.theme.apply import style_sheet
from app.views.theme.density import TWO_LINE, stepped
from app.views.theme.fonts import ROLE_PX
from app.views.theme.palette import high_contrast_tokens, make_palette
from app.views.theme.tokens import THEMES, contrast
from app.views.widgets.label import Label

GROUNDS = ("surface", "header", "hover", "sel")
TEXT_ON = {"text": GROUNDS, "text2": (*GROUNDS, "bar", "sunken", "selOff", "raised", "chg"), "accentText": GROUNDS}


@pytest.mark.parametrize("name", THEMES)
class TestContrast:
    def test_of_the_formula_itself(self, name):
        assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
        assert contrast("#777777", "#777777") == pytest.approx(1)
        assert contrast("#2558D4", "#FFFFFF") == pytest.approx(6.1, abs=0.05)

    @pytest.mark.parametrize(("ink", "ground"), [(ink, g) for ink, grounds in TEXT_ON.items() for g in grounds])
    def test_texts(self, name, ink, ground):
        tokens = load_tokens(name)
        assert contrast(tokens.hex(ink), tokens.hex(ground)) >= 4.5

    @pytest.mark.parametrize("ground", ["surface", "header", "hover", "bar", "sunken"])
    def test_hints(self, name, ground):
        tokens = load_tokens(name)
        assert contrast(tokens.hex("text3"), tokens.hex(ground)) >= 4.5

    def test_tones_as_chip_on_surface_and_on_a_selected_row(self, name):
        tokens = load_tokens(name)
        for key, tone in tokens.tones.items():
            for ground in (tone.ground, tokens.hex("surface"), tokens.hex("sel")):
                assert contrast(tone.text, ground) >= 4.5, (key, ground)

    @pytest.mark.parametrize("tone", ["red", "amber", "violet"])
    def test_banners(self, name, tone):
        tokens = load_tokens(name)
        for ink in (tokens.tones[tone].text, tokens.hex("text"), tokens.hex("text2")):
            assert contrast(ink, tokens.hex(f"{tone}Soft")) >= 4.5

    @pytest.mark.parametrize(
        ("ink", "ground"),
        [("onAccent", "accent"), ("onAccent", "accentHover"), ("onSeal", "seal"), ("onToast", "toast"),
         ("toastAction", "toast"), ("text", "accSoft"), ("text2", "accSoft")],
    )  # fmt: skip
    def test_texts_on_colours(self, name, ink, ground):
        tokens = load_tokens(name)
        assert contrast(tokens.hex(ink), tokens.hex(ground)) >= 4.5

    @pytest.mark.parametrize(("mark", "ground"), [("edge", "surface"), ("edge", "bar"), ("chgMark", "chg")])
    def test_edges_and_marks(self, name, mark, ground):
        tokens = load_tokens(name)
        assert contrast(tokens.hex(mark), tokens.hex(ground)) >= 3

    def test_store_colours_stand_out_and_carry_white_letters(self, name):
        tokens = load_tokens(name)
        assert len(set(tokens.stores)) == 10
        for color in tokens.stores:
            assert contrast(color, "#FFFFFF") >= 3.2
            assert contrast(color, tokens.hex("surface")) >= 3
            assert contrast(color, tokens.hex("bar")) >= 2.9


def test_both_themes_have_the_same_names():
    light, dark = load_tokens("light"), load_tokens("dark")
    assert light.colors.keys() == dark.colors.keys()
    assert light.tones.keys() == dark.tones.keys() == {"green", "teal", "blue", "violet", "amber", "red", "gray"}


def test_an_unknown_colour_is_an_error():
    theme = Theme()
    with pytest.raises(KeyError):
        theme.color("pink")
    with pytest.raises(KeyError):
        theme.ink("pink")


def test_palette_has_every_group(each_theme):
    palette, theme = make_palette(each_theme), each_theme
    active, inactive, disabled = QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled
    assert palette.color(active, QPalette.ColorRole.Base) == theme.color("surface")
    assert palette.color(active, QPalette.ColorRole.Highlight) == theme.color("accent")
    assert palette.color(inactive, QPalette.ColorRole.Highlight) == theme.color("selOff")
    assert palette.color(disabled, QPalette.ColorRole.Text) == theme.color("off")
    assert palette.color(active, QPalette.ColorRole.PlaceholderText) == theme.color("text3")


def test_style_sheet_is_short_and_complete(each_theme):
    sheet = style_sheet(each_theme)
    assert len(sheet.splitlines()) < 150
    assert "$" not in sheet
    assert each_theme.tokens.hex("accent") in sheet
    for line in sheet.splitlines():
        for picture in (part.split(")")[0] for part in line.split("url(")[1:]):
            assert (resources() / "theme" / picture.rsplit("/", 1)[1]).is_file()


def test_switching_at_run_time_reaches_widgets_that_are_shown(qapp, qtbot):
    label, edit = Label("window.title", role="small", ink="text2"), QLineEdit()
    for widget in (label, edit):
        qtbot.addWidget(widget)
        widget.show()
    before = label.palette().windowText().color()
    dark = apply_theme(qapp, "dark")
    assert current_theme() is dark
    assert label.palette().windowText().color() == dark.color("text2") != before
    assert edit.palette().color(QPalette.ColorRole.Base) == dark.color("surface")
    assert qapp.palette().color(QPalette.ColorRole.Window) == dark.color("window")


def test_text_size_reaches_widgets_that_are_shown(qapp, qtbot):
    label = Label("window.title", role="small")
    qtbot.addWidget(label)
    label.show()
    assert label.font().pixelSize() == 12
    apply_theme(qapp, "light", body_px=16)
    assert label.font().pixelSize() == 15
    assert qapp.font().pixelSize() == 16


@pytest.mark.parametrize(("asked", "given"), [(8, 12), (12, 12), (16, 16), (40, 16)])
def test_text_size_stays_within_its_range(asked, given):
    theme = Theme(body_px=asked)
    assert theme.body_px == given
    assert theme.font("body").pixelSize() == given


def test_fonts_know_two_weights_and_tabular_figures():
    theme = Theme()
    for role in ROLE_PX:
        assert theme.font(role).weight() == 400
        assert theme.font(role, strong=True).weight() == 600
    metrics = theme.metrics("body")
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")


def test_heights_follow_the_font_not_only_the_number():
    assert Theme().height(28) == 28
    large = Theme(body_px=16)
    assert large.height(28) == 31
    assert large.height(10) == large.metrics().height() + 4


def test_density_steps_stop_at_the_ends():
    assert [step.key for step in DENSITIES] == ["compact", "standard", "roomy"]
    assert stepped("compact", -1).key == "compact"
    assert stepped("compact", 1).key == "standard"
    assert stepped("roomy", 5).key == "roomy"
    assert stepped("two_line", 1).key == "roomy"
    assert density("two_line") is TWO_LINE
    assert density("a step of a newer version").key == "standard"


def test_the_systems_high_contrast_colours_win():
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor("#000000"))
    palette.setColor(QPalette.ColorRole.Text, QColor("#FFFF00"))
    palette.setColor(QPalette.ColorRole.Highlight, QColor("#00FFFF"))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor("#000000"))
    theme = Theme("system", tokens=high_contrast_tokens(palette))
    assert theme.is_dark
    assert theme.color("surface") == QColor("#000000")
    assert theme.ink("red") == theme.color("text") == QColor("#FFFF00")
    for ink in ("text", "text2", "text3", "accentText", "edge"):
        for ground in (*GROUNDS, "bar", "raised"):
            assert contrast(theme.tokens.hex(ink), theme.tokens.hex(ground)) >= 7
    assert contrast(theme.tokens.hex("onAccent"), theme.tokens.hex("accent")) >= 7


def test_theme_files_hold_plain_colours():
    for name in THEMES:
        read = json.loads((resources() / "theme" / f"{name}.json").read_text("utf-8"))
        for key, value in read["colors"].items():
            assert QColor(value).isValid(), key
