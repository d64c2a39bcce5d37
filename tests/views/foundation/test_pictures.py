"""Icons, glyphs and the words of every state."""

import re
from itertools import combinations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon

from app.messages import messages
from app.paths import resources
from app.views import glyphs, icons
from app.views.glyphs import GLYPHS, glyph
from app.views.icons import app_icon, app_mark, icon, pixmap
from app.views.language import language
from app.views.status import status, vocabulary
from app.views.theme import apply_theme, current_theme

NAMES = sorted(path.stem for path in (resources() / "icons").glob("*.svg") if path.stem != "app-mark")


class Colours(set):
    """Colours of a picture; a thin line is nowhere opaque, so that its colour is only nearly the one asked for."""

    def __contains__(self, name):
        wanted = QColor(name).getRgb()[:3]
        return any(all(abs(a - b) <= 4 for a, b in zip(wanted, got, strict=True)) for got in self)


def colours(picture):
    image = picture.toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return Colours(color.getRgb()[:3] for color in pixels if color.alpha() > 100)


def test_every_icon_is_drawn_in_the_colour_asked_for():
    for name in NAMES:
        picture = pixmap(name, 24, "red")
        assert picture.deviceIndependentSize().toSize() == QSize(24, 24), name
        assert current_theme().ink("red").name() in colours(picture), name


def test_the_icons_licence_is_there():
    text = (resources() / "icons" / "LICENSE-tabler.txt").read_text("utf-8")
    assert "MIT License" in text
    assert "Paweł Kuna" in text


def test_an_icon_has_pictures_for_its_states():
    made = icon("send")
    size = QSize(16, 16)
    normal, disabled, selected = (
        made.pixmap(size, mode) for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled, QIcon.Mode.Selected)
    )
    theme = current_theme()
    assert theme.color("text2").name() in colours(normal)
    assert theme.color("off").name() in colours(disabled)
    assert theme.color("accentText").name() in colours(selected)
    switched_on = made.pixmap(size, QIcon.Mode.Normal, QIcon.State.On)
    assert theme.color("accentText").name() in colours(switched_on)


def test_icons_follow_the_theme(qapp):
    light = pixmap("send", 16, "text")
    apply_theme(qapp, "dark")
    dark = pixmap("send", 16, "text")
    assert colours(light) != colours(dark)
    assert current_theme().color("text").name() in colours(dark)


def test_icons_are_drawn_once():
    assert pixmap("bell", 18, "text").cacheKey() == pixmap("bell", 18, "text").cacheKey()
    assert pixmap("bell", 18, "text").cacheKey() != pixmap("bell", 18, "text2").cacheKey()


def test_sharp_screens_get_sharp_icons(monkeypatch):
    monkeypatch.setattr(icons, "device_ratio", lambda: 2.0)
    monkeypatch.setattr(glyphs, "device_ratio", lambda: 2.0)
    for picture, size in ((pixmap("bell", 16), 16), (glyph("disc", "green"), 10)):
        assert picture.devicePixelRatio() == 2
        assert picture.size() == QSize(2 * size, 2 * size)


def test_an_unknown_icon_is_an_error():
    with pytest.raises(FileNotFoundError):
        pixmap("no-such-icon")


def test_the_mark_is_a_red_seal():
    assert QColor("#C43D2B").name() in colours(app_mark(48))
    assert {size.width() for size in app_icon().availableSizes()} >= {16, 32, 256}


def test_glyphs_differ_in_shape_not_only_in_colour():
    images = {name: glyph(name, "text").toImage() for name in GLYPHS}
    for (first, one), (second, other) in combinations(images.items(), 2):
        differing = sum(
            abs(one.pixelColor(x, y).alpha() - other.pixelColor(x, y).alpha()) > 100
            for x in range(one.width())
            for y in range(one.height())
        )
        assert differing >= 5, f"{first} looks like {second}"


@pytest.mark.parametrize("name", GLYPHS)
def test_glyphs_stay_within_their_square(name):
    image = glyph(name, "red", 20).toImage()
    edge = [(x, y) for x in range(image.width()) for y in range(image.height()) if x in (0, 19) or y in (0, 19)]
    inked = [at for at in edge if image.pixelColor(*at).alpha() > 160]
    assert len(inked) <= 6
    assert current_theme().ink("red").name() in colours(glyph(name, "red", 20))


def test_every_state_has_a_word_a_glyph_and_a_tone():
    for key, one in vocabulary().items():
        assert one.glyph in GLYPHS
        assert one.tone in current_theme().tones
        for code in ("zh", "en"):
            language.set_language(code)
            assert one.word
            assert bool(re.search(r"[\u4e00-\u9fff]", one.word)) == (code == "zh"), key


def test_only_what_waits_for_a_person_is_filled():
    filled = {key for key, one in vocabulary().items() if one.filled}
    assert {"listing.rejected", "listing.failed", "listing.held", "listing.unknown"} <= filled
    assert not filled & {"listing.live", "listing.draft", "listing.in_review", "order.FINISH", "store.ok"}


def test_states_of_one_thing_are_told_apart_without_colour():
    listing = [one for key, one in vocabulary().items() if key.startswith("listing.")]
    assert len({one.glyph for one in listing}) == len(listing)
    words = {messages.text(f"status.{one.key}") for one in listing}
    assert len(words) == len(listing)


def test_an_unknown_state_is_an_error():
    with pytest.raises(KeyError):
        status("listing.gone")


def test_pixmaps_are_see_through():
    assert pixmap("x", 16).toImage().pixelColor(0, 0) == QColor(Qt.GlobalColor.transparent)
