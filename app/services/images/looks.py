"""What a picture looks like: a fingerprint that survives saving and resizing, and the colours of what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.services.compliance.colours import colour_rules
from app.services.compliance.images import FORMATS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 64
"""Pixels a side at which a picture is looked at."""
LEAST_STEP = 4
"""Grey levels; a smaller difference of neighbours is noise of the JPEG format. Measured on the pictures of the sample
sheet, see `app.services.compliance.alike`."""
FEWEST_BITS = 8
"""A fingerprint with fewer edges is of a plain surface: it is like every other one."""
ORIENTATION = 0x0112
"""EXIF tag."""
TOPS = {"F": (1, 255, 65_535), "I": (255, 65_535), **dict.fromkeys(("I;16", "I;16L", "I;16B", "I;16N"), (65_535,))}
"""What white may be in Pillow's modes of deep grey."""


@dataclass(frozen=True, slots=True)
class Look:
    """As `ImageLook` stores it. `tone`: mean colour of the foreground, six hex digits."""

    dhash: str = ""
    tone: str = ""
    colours: Mapping[str, float] = field(default_factory=dict)
    orientation: int = 1


def look_at(data: bytes, pixels_max: int) -> Look:
    """The look of a picture's bytes; an empty one of what cannot be unpacked. Never raises, whatever the bytes are.

    Args:
        pixels_max: a picture of more pixels is not unpacked.
    """
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > pixels_max:
                return Look()
            orientation = int(picture.getexif().get(ORIENTATION, 1) or 1)
            picture.draft("RGB", (SIDE, SIDE))
            small = flat(picture).resize((SIDE, SIDE), Image.Resampling.BOX)
    except Exception:  # noqa: BLE001 - a hostile file may raise anything inside the decoder; it is one bad picture
        return Look()
    tone, colours = _colours(small)
    return Look(_fingerprint(small), tone, colours, orientation if 1 <= orientation <= 8 else 1)


def flat(picture: Any) -> Any:
    """A picture as RGB: what is transparent stands on white."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return (_eight_bits(picture) if picture.mode in TOPS else picture).convert("RGB")


def _eight_bits(picture: Any) -> Any:
    """Grey of more than 256 shades in 256; by itself Pillow makes white of all that are brighter than the 255th."""
    brightest = picture.getextrema()[1]
    top = next((top for top in TOPS[picture.mode] if brightest <= top), brightest)
    return picture.point(lambda value: value * (255 / top) + 0).convert("L")


def _fingerprint(small: Any) -> str:
    """Where it gets brighter, across and down: 128 bits."""
    from PIL import Image

    grey = small.convert("L")
    bits = 0
    for across in (True, False):
        size = (9, 8) if across else (8, 9)
        values = list(grey.resize(size, Image.Resampling.BOX).tobytes())
        for row in range(8):
            for column in range(8):
                at = row * size[0] + column
                beside = at + 1 if across else at + size[0]
                bits = bits << 1 | (values[beside] - values[at] > LEAST_STEP)
    return f"{bits:032x}" if bits.bit_count() >= FEWEST_BITS else ""


def _colours(small: Any) -> tuple[str, dict[str, float]]:
    """Mean colour of the foreground, and its share by colour name; nothing where hardly anything stands out."""
    import numpy as np

    rules = colour_rules()
    pixels = np.asarray(small, dtype=np.int16)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ground = np.median(edge, axis=0)
    is_plain = (np.abs(edge - ground).max(axis=1) <= rules["background_distance"]).mean() >= rules["background_share"]
    front = np.abs(pixels - ground).max(axis=2) > rules["background_distance"]
    if not is_plain:
        front[:] = True
    if front.mean() < rules["foreground_least"]:
        return "", {}
    red, green, blue = (round(float(part)) for part in pixels[front].mean(axis=0))
    hsv = np.asarray(small.convert("HSV"))[front]
    return f"{red:02x}{green:02x}{blue:02x}", _shares(hsv, rules)


def _shares(hsv: NDArray[np.uint8], rules: Any) -> dict[str, float]:
    hue, saturation, value = (hsv[:, at].astype(float) / 255 for at in range(3))
    dark = value < rules["black_below_value"]
    pale = ~dark & (saturation < rules["grey_below_saturation"])
    light = pale & (value > rules["white_above_value"])
    found = {"black": dark, "white": light, "grey": pale & ~light}
    degrees = hue * 360
    for name, ranges in rules["hues"].items():
        inside = sum(((degrees >= low) & (degrees < high) for low, high in ranges), start=degrees < 0)
        found[name] = inside & ~dark & ~pale
    return {name: round(float(mask.mean()), 3) for name, mask in found.items() if mask.any()}
