"""Pictures of products: drawn, on white, square, JPEG of 800 to 1000 pixels as domain.md 5.1 asks."""

from __future__ import annotations

import io
from pathlib import Path
from random import Random

from PIL import Image, ImageOps

from app.samples import shapes_devices, shapes_house, shapes_wear
from app.samples.brush import Brush, Colour
from app.samples.products import Product

QUALITY = 68
PLAIN_COLOURS: tuple[Colour, ...] = ((206, 84, 62), (64, 120, 196), (236, 178, 72), (96, 156, 98), (72, 78, 90))
"""For goods that are not sold by colour."""
PICTURES = 2
"""Pictures a product has: the main one and another variant."""


def picture(product: Product, which: int) -> bytes:
    """JPEG of picture *which* (0 or 1) of *product*: its first or last colour, seen from the other side."""
    chance = Random(f"{product.key}:{which}")
    brush = Brush(chance.choice((800, 800, 840, 900)), _varied(_colour(product, which), chance))
    for shapes in (shapes_devices, shapes_house, shapes_wear):
        draw = getattr(shapes, product.family.picture, None)
        if draw is not None:
            draw(brush)
    image = brush.picture()
    if which:
        image = ImageOps.mirror(image)
    return _jpeg(image)


def poor_pictures(product: Product, folder: Path) -> list[Path]:
    """Pictures of *product* as suppliers send them: too long, small and no JPEG, far too small, no picture at all."""
    made = []
    for name, size in (("banner.jpg", (1400, 850)), ("small.png", (520, 520)), ("icon.jpg", (240, 240))):
        with Image.open(io.BytesIO(picture(product, len(made) % PICTURES))) as image:
            made.append(folder / name)
            image.resize(size).save(made[-1])
    made.append(folder / "broken.jpg")
    made[-1].write_bytes(b"<html><title>404 Not Found</title></html>")
    return made


def _colour(product: Product, which: int) -> Colour:
    colours = [sku.first.colour for sku in product.skus if sku.first and sku.first.colour]
    if colours:
        return colours[-1 if which else 0]
    return PLAIN_COLOURS[(product.number // 7 + which) % len(PLAIN_COLOURS)]


def _varied(colour: Colour, chance: Random) -> Colour:
    """A slightly other colour, so that no two products have equal pictures."""
    red, green, blue = (min(250, max(24, part + chance.randint(-11, 11))) for part in colour)
    return red, green, blue


def _jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=QUALITY, optimize=True)
    return stream.getvalue()
