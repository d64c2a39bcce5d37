"""Pictures a listing page takes (domain.md 5.1, 14.2)."""

from __future__ import annotations

import io
from hashlib import sha256

import pytest
from PIL import Image, ImageChops

from app.samples.brush import mixed
from app.samples.families import families
from app.samples.pictures import PICTURES, picture
from app.samples.products import Products

PRODUCTS = Products(1)


@pytest.mark.parametrize("number", range(len(families())))
def test_picture_is_a_square_jpeg_on_white_filled_by_the_product(number: int) -> None:
    content = picture(PRODUCTS[number], 0)
    assert len(content) < 60_000
    image = Image.open(io.BytesIO(content))
    assert image.format == "JPEG"
    assert 800 <= image.width <= 1000
    assert image.width == image.height
    corner = image.getpixel((4, 4))
    assert min(corner) >= 250
    grey = image.convert("L").point(lambda light: 0 if light > 235 else 255)
    left, top, right, bottom = grey.getbbox()
    assert max(right - left, bottom - top) >= 0.7 * image.width


def test_no_two_pictures_are_equal() -> None:
    count = 2 * len(families())
    pictures = [picture(PRODUCTS[number], which) for number in range(count) for which in range(PICTURES)]
    assert len({sha256(content).digest() for content in pictures}) == len(pictures)


def test_the_same_picture_comes_out_each_time() -> None:
    assert picture(PRODUCTS[3], 1) == picture(Products(1)[3], 1)


def test_the_picture_shows_the_colour_of_the_variant() -> None:
    """The most frequent colour that is neither white nor an outline is near one of the first variant's tones."""
    product = next(
        item
        for item in map(PRODUCTS.__getitem__, range(500))
        if item.family.picture == "tote" and item.skus[0].first and item.skus[0].first.name == "蓝色"
    )
    image = Image.open(io.BytesIO(picture(product, 0))).convert("RGB").resize((100, 100))
    blue = [pixel for pixel in image.get_flattened_data() if pixel[2] > pixel[0] + 60]
    assert len(blue) > 2_000


def test_second_picture_differs_visibly() -> None:
    product = PRODUCTS[0]
    one, other = (Image.open(io.BytesIO(picture(product, which))).resize((64, 64)) for which in (0, 1))
    assert ImageChops.difference(one, other).getbbox() is not None


def test_mixing_colours() -> None:
    assert mixed((0, 100, 200), (100, 200, 0), 0.5) == (50, 150, 100)
    assert mixed((9, 9, 9), (255, 255, 255), 0) == (9, 9, 9)
