"""Repairing one picture: upright, on white or its own edge colour, large enough, JPEG, light enough (domain.md 5.1).

Nothing is guessed into a picture: one that is far too small, damaged or too large to be unpacked is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

from app.services.compliance.image_facts import ImageFacts
from app.services.compliance.images import FORMATS
from app.services.compliance.rule_data import Limits
from app.services.errors import AppError
from app.services.images.looks import ORIENTATION, flat

Pad = Literal["no", "white", "edge"]
MOST_ENLARGED = 2.0
"""Enlarged further than this a picture is a blur."""
QUALITIES = (92, 88, 84, 80, 75, 70, 60, 50)
"""Tried from the best downwards until the file is light enough."""
SHRINK = 0.8
"""Of the side, where even the lowest quality is too heavy."""


class CannotRepair(AppError):
    """A picture that no repair makes good; `why` is one of `REASONS`, its word `images.refused.<why>`."""

    code = "images.cannot_repair"


REASONS = ("missing", "damaged", "huge", "heavy", "too_small", "too_long", "unwritable")


@dataclass(frozen=True, slots=True)
class RepairOptions:
    """What may be done.

    Attributes:
        enlarges: make a picture that is too small larger, at most `MOST_ENLARGED` times.
        pad: how one that is too long becomes square: not at all, on white, or on the colour of its edge.
        squares: pad every picture to a square, also those whose ratio is allowed.
    """

    enlarges: bool = True
    pad: Pad = "white"
    squares: bool = False


def needs_repair(facts: ImageFacts, limits: Limits, options: RepairOptions) -> bool:
    """Whether a repair would change a readable picture."""
    width, height = facts.width or 0, facts.height or 0
    short, long = sorted((width, height))
    return (
        facts.format not in limits.image_formats
        or (facts.byte_count or 0) > min(limits.image_bytes_max, limits.photobank_bytes_max)
        or long > limits.photobank_side_max_px
        or facts.orientation != 1
        or (options.enlarges and short < limits.image_side_min_px)
        or (options.pad != "no" and long > short * limits.image_ratio_max)
        or (options.pad != "no" and options.squares and long > short)
    )


def repaired(data: bytes, limits: Limits, options: RepairOptions) -> bytes:
    """The picture as a JPEG that the platform takes.

    Raises:
        CannotRepair: it cannot be unpacked, or would have to be enlarged too far.
    """
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > limits.image_pixels_max:
                raise CannotRepair(why="huge")
            profile = _screen_profile(picture)
            upright = _upright(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise CannotRepair(why="huge") from error
    except CannotRepair:
        raise
    except Exception as error:  # a hostile file may raise anything inside the decoder; it is one bad picture
        raise CannotRepair(why="damaged") from error
    is_squared = _is_squared(upright, limits, options)
    sized = _sized(upright, limits, options, is_squared=is_squared)  # first: a square of a long strip fills all memory
    return _light_jpeg(_padded(sized, options) if is_squared else sized, limits, profile)


def _screen_profile(picture: Any) -> bytes | None:
    """What its red, green and blue mean; a profile of printing colours says nothing about the JPEG's."""
    profile = picture.info.get("icc_profile")
    return profile if isinstance(profile, bytes) and profile[16:20] == b"RGB " else None


def _upright(picture: Any) -> Any:
    """Turned as its camera says, as RGB, all of it unpacked."""
    from PIL import ImageOps

    turned = ImageOps.exif_transpose(picture) if picture.getexif().get(ORIENTATION, 1) != 1 else picture
    return flat(turned)


def _is_squared(picture: Any, limits: Limits, options: RepairOptions) -> bool:
    """Whether it is to be padded."""
    short, long = sorted(picture.size)
    return options.pad != "no" and (long > short * limits.image_ratio_max or (options.squares and long > short))


def _padded(picture: Any, options: RepairOptions) -> Any:
    """In the middle of a square."""
    from PIL import Image

    side = max(picture.size)
    made = Image.new("RGB", (side, side), "white" if options.pad == "white" else _edge_colour(picture))
    made.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return made


def _edge_colour(picture: Any) -> tuple[int, int, int]:
    """The middle colour of the outermost pixels."""
    import numpy as np

    pixels = np.asarray(picture)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(part) for part in np.median(edge, axis=0))
    return red, green, blue


def _sized(picture: Any, limits: Limits, options: RepairOptions, *, is_squared: bool) -> Any:
    """As large as it may be, its shape kept; one that is padded afterwards counts as the square it will be."""
    from PIL import Image

    least, most = limits.image_side_min_px, limits.photobank_side_max_px
    long = max(picture.size)
    short = long if is_squared else min(picture.size)
    factor = 1.0
    if short < least:
        factor = least / short
        if not options.enlarges or factor > MOST_ENLARGED:
            raise CannotRepair(why="too_small")
    elif long > most:
        factor = most / long
    if round(long * factor) > most or round(short * factor) < least:
        raise CannotRepair(why="too_long")
    if factor == 1.0:
        return picture
    size = tuple(max(round(side * factor), 1) for side in picture.size)
    return picture.resize(size, Image.Resampling.LANCZOS)


def _light_jpeg(picture: Any, limits: Limits, profile: bytes | None) -> bytes:
    """The best quality that is light enough; a picture that is too heavy at the lowest one becomes smaller."""
    from PIL import Image

    most = min(limits.image_bytes_max, limits.photobank_bytes_max)
    while True:
        for quality in QUALITIES:
            out = BytesIO()
            picture.save(out, "JPEG", quality=quality, optimize=True, icc_profile=profile)
            if out.tell() <= most:
                return out.getvalue()
        side = tuple(round(part * SHRINK) for part in picture.size)
        if min(side) < limits.image_side_min_px:
            raise CannotRepair(why="heavy")
        picture = picture.resize(side, Image.Resampling.LANCZOS)
