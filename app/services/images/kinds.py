"""Findings about pictures by what they are about, in the order in which a person goes through them."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Its word is `images.kind.<kind>`."""

    UNREADABLE = "unreadable"
    """The file is gone, may not be read, is damaged or not looked into."""
    PIXELS = "pixels"
    RATIO = "ratio"
    BYTES = "bytes"
    FORMAT = "format"
    """By content, whatever the file is called."""
    TWICE = "twice"
    VARIANT = "variant"
    """It may be the picture of another variant."""
    NUMBER = "number"
    """None, or more than the platform takes."""
    ELSEWHERE = "elsewhere"
    """It lies at an address outside the platform."""


KIND_OF = {
    "image.missing": Kind.UNREADABLE,
    "image.unread": Kind.UNREADABLE,
    "image.damaged": Kind.UNREADABLE,
    "image.huge": Kind.PIXELS,
    "image.too_small": Kind.PIXELS,
    "image.ratio": Kind.RATIO,
    "image.too_heavy": Kind.BYTES,
    "image.photobank": Kind.BYTES,
    "image.format": Kind.FORMAT,
    "image.not_jpeg": Kind.FORMAT,
    "image.lying_name": Kind.FORMAT,
    "image.repeated": Kind.TWICE,
    "image.alike": Kind.TWICE,
    "image.none": Kind.NUMBER,
    "image.too_many": Kind.NUMBER,
    "image.foreign": Kind.ELSEWHERE,
    "sku.image_missing": Kind.UNREADABLE,
    "sku.image_unread": Kind.UNREADABLE,
    "sku.image_damaged": Kind.UNREADABLE,
    "sku.image_foreign": Kind.ELSEWHERE,
    "sku.image_none": Kind.VARIANT,
    "sku.image_shared": Kind.VARIANT,
    "sku.image_colour": Kind.VARIANT,
    "sku.image_name": Kind.VARIANT,
}
"""By the rule that says it."""
REPAIRED = frozenset({Kind.PIXELS, Kind.RATIO, Kind.BYTES, Kind.FORMAT})
"""Kinds of which a repair may put something right."""
