"""Rules about inches where centimetres are meant, and the reverse, on variants and on the package (domain.md 14.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Fix, Hit, Label
from app.services.compliance.lengths import (
    in_centimetres,
    inch_sides,
    is_centimetres,
    is_converted,
    known_sides,
    whole_centimetres,
)
from app.services.compliance.registry import RuleGroup
from app.services.compliance.rules.package import SIDES
from app.services.compliance.written_sizes import Size, sizes_of
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.listings.text import fold


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    for look in context.variant_look.all(record.skus):
        if look.has_length:
            return False
    return not any((text := entry.get("value")) and sizes_of(text) for entry in record.attributes)


GROUP = RuleGroup(_is_fine, ("skus", *SIDES))


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of a variant that is one length: its variant and property by number, and what is written."""

    sku: int
    part: int
    text: str
    size: Size

    @property
    def number(self) -> Decimal:
        """How long."""
        return self.size.numbers[0]


@GROUP.rule("property.inch", "sku.properties", has_fix=True)
def inch(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A length 2.54 times off that of a sibling variant, or off the package. The remedy is the other unit, where only
    one can be meant and no variant is like that already."""
    sides = known_sides(getattr(record, side) for side in SIDES)
    values = _values(record)
    for value in values:
        siblings = [one for one in values if one.part == value.part and one.sku != value.sku]
        meant, other = _meant(value, siblings, sides)
        if not meant:
            continue
        sku = record.skus[value.sku]
        name = sku.properties[value.part].get("name") or "–"
        shown = {"sku": sku.code.strip() or f"#{value.sku + 1}", "property": name, "value": value.text}
        fix = _fix(record, value, meant)
        yield Hit({**shown, "other": other, "meant": meant}, value.sku, fix)


def _values(record: ListingRecord) -> list[_Value]:
    found = []
    for at, sku in enumerate(record.skus):
        for place, part in enumerate(sku.properties):
            text = (part.get("value") or "").strip()
            sizes = sizes_of(text)
            if len(sizes) == 1 and len(sizes[0].numbers) == 1:
                found.append(_Value(at, place, text, sizes[0]))
    return found


def _meant(value: _Value, siblings: list[_Value], sides: list[int]) -> tuple[str, str | Label]:
    """What the value must have meant, and what tells so; "" where nothing is wrong."""
    centimetres = [one for one in siblings if not one.size.is_inch]
    if value.size.is_inch:
        same = next((one for one in centimetres if one.number == value.number), None)
        if same is not None and len(centimetres) == len(siblings):
            return in_centimetres(value.text, value.size), same.text
        if sides and is_centimetres(value.number, sides):
            return in_centimetres(value.text, value.size), Label.of("finding_length.package")
        return "", ""
    exact = next((one for one in centimetres if is_converted(one.number, value.number)), None)
    return (exact.text, exact.text) if exact is not None else ("", "")


def _fix(record: ListingRecord, value: _Value, meant: str) -> Fix | None:
    properties = [dict(part) for part in record.skus[value.sku].properties]
    if properties[value.part].get("value_id"):
        return None  # the platform's own value: another text would be another value
    properties[value.part]["value"] = meant
    wanted = _key(properties)
    if any(_key(sku.properties) == wanted for sku in _others(record, value.sku)):
        return None
    return Fix("length", "sku.properties", properties, value.sku, {"value": meant})


def _others(record: ListingRecord, at: int) -> list[SkuRecord]:
    return [sku for number, sku in enumerate(record.skus) if number != at]


def _key(properties: list[dict[str, str]]) -> list[str]:
    return [part.get("value_id") or fold(part.get("value") or "") for part in properties]


@GROUP.rule("size.inch", "length_cm", has_fix=True, reads=("attributes", *SIDES))
def package_in_inches(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A side of the package that holds the goods only if it was noted in inches; an attribute has their size."""
    sides = known_sides(getattr(record, side) for side in SIDES)
    if not sides:
        return
    for entry in record.attributes:
        text = entry.get("value") or ""
        for at in inch_sides(sides, sizes_of(text)) or ():
            side, cm = SIDES[at], whole_centimetres(sides[at])
            shown = {"side": Label.of(f"finding_side.{side}"), "value": sides[at], "size": text, "cm": cm}
            yield Hit(shown, fix=Fix("side_cm", side, cm, params={"cm": cm}), field=side)
