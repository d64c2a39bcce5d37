"""Fingerprints and colours: copies are the same, other pictures are not, hostile ones are nothing."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw

from app.services.compliance.alike import are_alike, tones_near
from app.services.compliance.colours import colour_rules, contradicts, named_colour
from app.services.compliance.image_facts import ImageFacts
from app.services.images.looks import Look, look_at

MOST = 1_000_000
SHOWN = {
    "black": (25, 25, 25), "white": (250, 250, 250), "red": (200, 30, 30), "blue": (30, 60, 190),
    "green": (30, 150, 50), "yellow": (240, 215, 40), "orange": (240, 130, 20), "purple": (130, 40, 170),
    "pink": (240, 110, 180),
}  # fmt: skip
GROUNDS = ((255, 255, 255), (200, 200, 205), (120, 130, 120))


def goods(colour: tuple[int, int, int], ground: tuple[int, int, int] = (255, 255, 255), *, tall: bool = True) -> Any:
    """A lamp, or a bowl: a body with a lighter and a darker side."""
    made = Image.new("RGB", (200, 200), ground)
    draw = ImageDraw.Draw(made)
    darker = tuple(part * 3 // 4 for part in colour)
    if tall:
        draw.polygon([(60, 30), (140, 30), (170, 100), (30, 100)], fill=colour)
        draw.rectangle((90, 100, 110, 180), fill=darker)
    else:
        draw.ellipse((20, 80, 180, 190), fill=colour)
        draw.rectangle((20, 60, 100, 130), fill=darker)
    return made


def saved(made: Any, size: int = 200, quality: int = 90, kind: str = "JPEG") -> bytes:
    out = BytesIO()
    made.resize((size, size)).save(out, kind, quality=quality)
    return out.getvalue()


def facts(data: bytes) -> ImageFacts:
    look = look_at(data, MOST)
    return ImageFacts("/a", dhash=look.dhash, tone=look.tone, colours=look.colours)


@pytest.mark.parametrize(("size", "quality", "kind"), [(200, 60, "JPEG"), (120, 85, "JPEG"), (300, 95, "PNG")])
def test_a_copy_is_the_same_picture(size: int, quality: int, kind: str) -> None:
    original = goods(SHOWN["red"])
    assert are_alike(facts(saved(original)), facts(saved(original, size, quality, kind)))


def test_other_goods_and_other_colours_are_other_pictures() -> None:
    lamp = facts(saved(goods(SHOWN["red"])))
    assert not are_alike(lamp, facts(saved(goods(SHOWN["red"], tall=False))))
    assert not are_alike(lamp, facts(saved(goods(SHOWN["blue"]))))


def test_plain_pictures_are_like_nothing() -> None:
    plain = facts(saved(Image.new("RGB", (200, 200), "white")))
    assert plain.dhash == ""
    assert not are_alike(plain, plain)
    assert tones_near("", "ff0000")


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", SHOWN)
def test_no_picture_contradicts_its_own_colour(name: str, ground: tuple[int, int, int]) -> None:
    """The threshold's one side: nine colours before three grounds, not one false alarm."""
    look = look_at(saved(goods(SHOWN[name], ground)), MOST)
    assert contradicts(name, look.colours) == ""


def test_swapped_colours_are_seen() -> None:
    """The other side: of all pairs of clear colours that are not neighbours, before a white ground, each is noticed."""
    rules, missed = colour_rules(), []
    for shown in SHOWN.keys() - {"white"}:
        look = look_at(saved(goods(SHOWN[shown])), MOST)
        for named in SHOWN.keys() - {shown}:
            if shown not in rules["also"][named] and contradicts(named, look.colours) != shown:
                missed.append((named, shown, look.colours))
    assert missed == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Black", "black"), ("黑色", "black"), ("EU Plug / Red", "red"), ("Black White", ""), ("Rose Red", ""),
        ("Size M", ""), ("", ""), ("白", "white"), ("Blackberry", ""),
    ],
)  # fmt: skip
def test_colour_words(value: str, expected: str) -> None:
    assert named_colour(value) == expected


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 60, b"\xff\xd8\xff\xe1\xff\xff"])
def test_what_is_no_picture_has_no_look(data: bytes) -> None:
    assert look_at(data, MOST) == Look()


def test_too_many_pixels_are_not_unpacked() -> None:
    assert look_at(saved(goods(SHOWN["red"])), 100) == Look()
