"""Repairing one picture, and what is refused."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from app.services.compliance.image_facts import ImageFacts
from app.services.compliance.rule_data import rule_data
from app.services.images.looks import ORIENTATION
from app.services.images.repairing import CannotRepair, RepairOptions, needs_repair, repaired

LIMITS = replace(rule_data().limits, image_side_min_px=40, photobank_side_max_px=200, image_pixels_max=1_000_000)
"""Small, so that the pictures of the tests are."""


def picture(size: tuple[int, int], kind: str = "JPEG", mode: str = "RGB", colour: Any = "red", **options: Any) -> bytes:
    out = BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def mend(data: bytes, **options: Any) -> Image.Image:
    made = Image.open(BytesIO(repaired(data, LIMITS, RepairOptions(**options))))
    assert (made.format, made.mode) == ("JPEG", "RGB")
    return made


@pytest.mark.parametrize(
    ("size", "options", "expected"),
    [
        ((50, 50), {}, (50, 50)),
        ((30, 30), {}, (40, 40)),
        ((100, 50), {}, (100, 100)),
        ((60, 50), {}, (60, 50)),
        ((60, 50), {"squares": True}, (60, 60)),
        ((100, 50), {"pad": "no"}, (100, 50)),
        ((400, 400), {}, (200, 200)),
        ((30, 45), {}, (45, 45)),
    ],
)
def test_sizes(size: tuple[int, int], options: dict[str, Any], expected: tuple[int, int]) -> None:
    assert mend(picture(size), **options).size == expected


@pytest.mark.parametrize(("pad", "ground"), [("white", (255, 255, 255)), ("edge", (254, 0, 0))])
def test_the_ground_of_a_square(pad: Any, ground: tuple[int, int, int]) -> None:
    assert mend(picture((100, 50)), pad=pad).getpixel((50, 2)) == ground


@pytest.mark.parametrize("size", [(9_000, 45), (45, 9_000)])
@pytest.mark.parametrize("pad", ["white", "edge"])
def test_a_long_strip_becomes_a_square_without_a_square_of_its_length(
    size: tuple[int, int], pad: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The strip has 400 000 pixels, a square of its length 81 million: strips of a detail page ate all memory."""
    strip, made, new = picture(size), [], Image.new

    def counted(mode: str, size: tuple[int, int], *rest: Any) -> Image.Image:
        made.append(size)
        return new(mode, size, *rest)

    monkeypatch.setattr(Image, "new", counted)
    assert mend(strip, pad=pad).size == (200, 200)
    assert made == [(200, 200)]


@pytest.mark.parametrize(("size", "options"), [((190, 20), {}), ((400, 60), {}), ((400, 60), {"enlarges": False})])
def test_a_long_one_that_may_not_be_padded_is_never_stretched_or_made_too_small(
    size: tuple[int, int], options: dict[str, Any]
) -> None:
    with pytest.raises(CannotRepair) as refused:
        repaired(picture(size), LIMITS, RepairOptions(pad="no", **options))
    assert refused.value.params["why"] == "too_long"


def test_what_is_transparent_stands_on_white() -> None:
    assert mend(picture((50, 50), "PNG", "RGBA", (0, 0, 0, 0))).getpixel((25, 25)) == (255, 255, 255)


def test_print_colours_become_screen_colours() -> None:
    red, green, blue = mend(picture((50, 50), mode="CMYK", colour=(0, 255, 255, 0))).getpixel((25, 25))  # type: ignore[misc]
    assert red > 200 > 60 > max(green, blue)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("PNG", np.linspace(0, 65_535, 2500).astype("uint16")),
        ("TIFF", np.linspace(0, 70_000, 2500).astype("int32")),
        ("TIFF", np.linspace(0, 1, 2500).astype("float32")),
        ("TIFF", np.linspace(0, 255, 2500).astype("float32")),
    ],
)
def test_many_shades_of_grey_become_as_many_as_a_screen_shows(kind: str, values: Any) -> None:
    """Not white from the 256th shade on."""
    out = BytesIO()
    Image.fromarray(values.reshape(50, 50)).save(out, kind)
    made = mend(out.getvalue())
    top, middle, bottom = (made.getpixel((25, row))[0] for row in (0, 25, 49))  # type: ignore[index]
    assert top < 10 and 115 < middle < 140 and bottom > 245


def test_the_colours_of_a_screen_with_a_profile_of_its_own_stay_what_they_are() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for mode, colour in (("RGB", "red"), ("RGBA", (255, 0, 0, 0))):
        assert mend(picture((50, 50), "PNG", mode, colour, icc_profile=profile)).info["icc_profile"] == profile
    printing = profile[:16] + b"CMYK" + profile[20:]
    made = mend(picture((50, 50), mode="CMYK", colour=(0, 255, 255, 0), icc_profile=printing))
    assert "icc_profile" not in made.info


def test_a_turned_picture_stands_upright_and_says_so() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    made = mend(picture((50, 60), exif=exif))
    assert (made.size, made.getexif().get(ORIENTATION, 1)) == ((60, 50), 1)


def test_a_heavy_one_loses_quality_and_then_size() -> None:
    noise = Image.effect_noise((180, 180), 90).convert("RGB")
    out = BytesIO()
    noise.save(out, "PNG")
    light = replace(LIMITS, photobank_bytes_max=9_000)
    data = repaired(out.getvalue(), light, RepairOptions())
    assert len(data) <= 9_000
    with pytest.raises(CannotRepair) as refused:
        repaired(out.getvalue(), replace(LIMITS, photobank_bytes_max=100), RepairOptions())
    assert refused.value.params["why"] == "heavy"


def bomb() -> bytes:
    """A PNG of a few bytes that claims to have 40 000 × 40 000 pixels."""
    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 100)) + part(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "damaged"),
        (b"<svg/>", "damaged"),
        (picture((50, 50))[:300], "damaged"),
        (picture((50, 50), "PNG")[:60], "damaged"),
        (picture((15, 15)), "too_small"),
        (picture((1, 900)), "too_small"),
        (bomb(), "huge"),
        (picture((2000, 600)), "huge"),
    ],
)
def test_what_cannot_be_repaired_says_why(data: bytes, why: str) -> None:
    with pytest.raises(CannotRepair) as refused:
        repaired(data, LIMITS, RepairOptions(pad="no"))
    assert refused.value.params["why"] == why


def test_nothing_is_enlarged_unless_wanted() -> None:
    with pytest.raises(CannotRepair):
        repaired(picture((30, 30)), LIMITS, RepairOptions(enlarges=False))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),
        ({"format": "PNG"}, True),
        ({"byte_count": 4_000_000}, True),
        ({"width": 30}, True),
        ({"width": 201, "height": 201}, True),
        ({"width": 100}, True),
        ({"orientation": 3}, True),
        ({"width": 60}, False),
    ],
)
def test_what_needs_a_repair(changes: dict[str, Any], expected: bool) -> None:
    facts = ImageFacts("/a.jpg", "a", 50, 50, 1_000, "JPEG")
    assert needs_repair(replace(facts, **changes), LIMITS, RepairOptions()) is expected
