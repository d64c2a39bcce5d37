"""Drawing on a white square of 1000 × 1000 units, whatever its size in pixels, without jagged edges."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]

UNITS = 1000
OVERSAMPLING = 2
SHADOW_UNITS = 5
"""Side of a pixel of the shadow."""


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """*colour* with *share* (0–1) of *other* in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


class Brush:
    """Shapes in units, in three tones of one colour: `base`, `dark` for shade, `light` for highlights."""

    def __init__(self, pixels: int, base: Colour) -> None:
        self._scale = pixels * OVERSAMPLING / UNITS
        self._image = Image.new("RGB", (pixels * OVERSAMPLING,) * 2, "white")
        self._draw = ImageDraw.Draw(self._image)
        self.base = base
        self.dark = mixed(base, (20, 22, 28), 0.32)
        self.light = mixed(base, (255, 255, 255), 0.38)
        self.line = mixed(base, (30, 32, 38), 0.62)

    def _box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        k = self._scale
        return left * k, top * k, right * k, bottom * k

    def shadow(self, left: float, right: float, y: float) -> None:
        """The soft shadow a thing throws on the table, before the thing itself is drawn."""
        # Small and enlarged: nobody sees the difference in a blur, and it is a hundred times less to compute.
        layer = Image.new("L", (UNITS // SHADOW_UNITS,) * 2, 0)
        box = [part / SHADOW_UNITS for part in (left, y - 22, right, y + 26)]
        ImageDraw.Draw(layer).ellipse(box, fill=70)
        layer = layer.filter(ImageFilter.GaussianBlur(16 / SHADOW_UNITS))
        self._image.paste((70, 74, 84), (0, 0), layer.resize(self._image.size, Image.Resampling.BILINEAR))

    def block(self, left: float, top: float, right: float, bottom: float, fill: Colour, round_by: float = 0) -> None:
        """A rectangle with round corners, outlined."""
        self._draw.rounded_rectangle(
            self._box(left, top, right, bottom), round_by * self._scale, fill, self.line, round(5 * self._scale)
        )

    def disc(self, x: float, y: float, radius_x: float, fill: Colour, radius_y: float = 0) -> None:
        """A circle or ellipse round (*x*, *y*), outlined."""
        radius_y = radius_y or radius_x
        box = self._box(x - radius_x, y - radius_y, x + radius_x, y + radius_y)
        self._draw.ellipse(box, fill, self.line, round(5 * self._scale))

    def ring(self, x: float, y: float, radius: float, width: float, fill: Colour) -> None:
        """A ring of the outer *radius*."""
        self._draw.ellipse(
            self._box(x - radius, y - radius, x + radius, y + radius), outline=fill, width=round(width * self._scale)
        )

    def arc(self, x: float, y: float, radius: float, start: float, end: float, width: float, fill: Colour) -> None:
        """Part of a ring, degrees clockwise from three o'clock."""
        box = self._box(x - radius, y - radius, x + radius, y + radius)
        self._draw.arc(box, start, end, fill, round(width * self._scale))

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        """A polygon, outlined."""
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.polygon(scaled, fill)
        self._draw.line([*scaled, scaled[0]], self.line, round(5 * self._scale), joint="curve")

    def stroke(self, points: Sequence[Point], width: float, fill: Colour) -> None:
        """A thick line through *points* with round joints and ends."""
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(scaled, fill, round(width * self._scale), joint="curve")
        radius = width * self._scale / 2
        for x, y in (scaled[0], scaled[-1]):
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill)

    def picture(self) -> Image.Image:
        """What was drawn, in its final size."""
        return self._image.reduce(OVERSAMPLING)
