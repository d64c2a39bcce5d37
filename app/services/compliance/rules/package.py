"""Rules about weight and size of the parcel (domain.md 5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Hit, Label
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ListingRecord

SIDES = ("length_cm", "width_cm", "height_cm")


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    weight, length, width, height = record.weight_g, record.length_cm, record.width_cm, record.height_cm
    if weight is None or length is None or width is None or height is None:
        return False
    limits = context.limits
    low, high = limits.side_min_cm, limits.side_max_cm
    return (
        limits.weight_min_g <= weight <= limits.weight_max_g
        and low <= length <= high
        and low <= width <= high
        and low <= height <= high
        and 2 * (length + width + height) - max(length, width, height) <= limits.girth_max_cm
    )


GROUP = RuleGroup(_is_fine, ("weight_g", *SIDES))


@GROUP.rule("weight.missing", "weight_g", reads=("weight_g",))
def weight_missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The gross weight is unknown."""
    if record.weight_g is None:
        yield Hit()


@GROUP.rule("weight.range", "weight_g", reads=("weight_g",))
def weight_range(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Lighter or heavier than the platform takes."""
    low, high = context.limits.weight_min_g, context.limits.weight_max_g
    if record.weight_g is not None and not low <= record.weight_g <= high:
        yield Hit({"weight": _kilograms(record.weight_g), "min": _kilograms(low), "max": _kilograms(high)})


@GROUP.rule("size.missing", "length_cm", reads=SIDES)
def size_missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A side of the parcel is unknown."""
    for side in SIDES:
        if getattr(record, side) is None:
            yield Hit({"side": Label.of(f"finding_side.{side}")}, field=side)


@GROUP.rule("size.range", "length_cm", reads=SIDES)
def size_range(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A side shorter or longer than the platform takes."""
    low, high = context.limits.side_min_cm, context.limits.side_max_cm
    for side in SIDES:
        value = getattr(record, side)
        if value is not None and not low <= value <= high:
            yield Hit({"side": Label.of(f"finding_side.{side}"), "value": value, "min": low, "max": high}, field=side)


@GROUP.rule("size.girth", "length_cm", reads=SIDES)
def size_girth(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Longest side and twice the other two together are too much."""
    sides = [value for side in SIDES if (value := getattr(record, side)) is not None]
    limit = context.limits.girth_max_cm
    if len(sides) == len(SIDES) and (girth := 2 * sum(sides) - max(sides)) > limit:
        yield Hit({"size": " × ".join(map(str, sides)), "girth": girth, "max": limit})


def _kilograms(grams: int) -> str:
    sign, rest = ("-" if grams < 0 else ""), abs(grams)
    return f"{sign}{rest // 1000}.{rest % 1000:03d}"
