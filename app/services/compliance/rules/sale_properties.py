"""Rules about sale properties, which tell the variants apart (domain.md 5.1, 8.3; protocol 5.9).

They look at the properties as they will be sent: a dispatch country in its own column counts as Ships From.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Hit, Label
from app.services.compliance.leaf import AttributeFacts, LeafFacts
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.listings.text import fold


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    leaf = context.leaf(record.category_id)
    if leaf is None:
        return False
    pairs, usual = leaf.sale_pairs, leaf.usual_sale
    names: list[str] | None = None
    keys = set()
    for sku, look in zip(record.skus, context.variant_look.all(record.skus), strict=True):
        if not usual.issuperset(look.parts):
            for row in look.parts:
                if row[:2] not in pairs or len(row[2]) > context.limits.property_text_max:
                    return False
                if context.has_property_sign(row[2]):
                    return False
                usual.remember(row)
        names = look.names if names is None else names
        if look.names != names or (sku.ships_from and not _agrees(sku, names, context)):
            return False
        keys.add(look.values)
    if names is None:
        return True
    distinct = set(names)
    is_clear = len(distinct) == len(names) <= context.limits.properties_max and len(keys) == len(record.skus)
    return is_clear and leaf.required_sale <= distinct


def _agrees(sku: SkuRecord, names: list[str], context: CheckContext) -> bool:
    """Whether the dispatch country beside the properties is the one among them."""
    table = context.ships_from
    return table.property_id in names and table.country_of(sku) == table.country(sku.ships_from)


GROUP = RuleGroup(_is_fine, ("category_id", "skus"))


@dataclass(frozen=True, slots=True)
class _Part:
    """A sale property of a variant with what the category says about it. `key` and `value_key` are equal for equal
    things, whether they are written by id or by name."""

    facts: AttributeFacts | None
    name: Label
    key: str
    value_id: str
    value_key: str
    text: str

    @property
    def shown(self) -> str:
        """The value as a person knows it."""
        return self.text or self.value_id or "–"

    @property
    def is_custom(self) -> bool:
        """Whether the text is the seller's own, not the name of the chosen value."""
        label = self.facts.values.get(self.value_id) if self.facts is not None else None
        return label is None or fold(self.text) not in (fold(label.zh), fold(label.en), "")


@dataclass(frozen=True, slots=True)
class _Variant:
    """A variant with its parts; `number` counts from 0."""

    number: int
    sku: SkuRecord
    parts: list[_Part]

    @property
    def code(self) -> str:
        """How it is called in a sentence."""
        return self.sku.code.strip() or f"#{self.number + 1}"

    @property
    def names(self) -> str:
        """Its properties, for a sentence."""
        return " · ".join(part.name.en if part.name.en else part.key for part in self.parts) or "–"


def _variants(record: ListingRecord, context: CheckContext) -> Iterator[_Variant]:
    leaf = context.leaf(record.category_id)
    rows = context.ships_from.properties(record)
    for number, (sku, row) in enumerate(zip(record.skus, rows, strict=True)):
        yield _Variant(number, sku, [_part(part, leaf, context) for part in row])


def _part(part: dict[str, str], leaf: LeafFacts | None, context: CheckContext) -> _Part:
    name_id, name = part.get("name_id") or "", part.get("name") or ""
    value_id, text = part.get("value_id") or "", (part.get("value") or "").strip()
    facts, found = None, value_id
    if leaf is not None:
        facts = leaf.sale(name_id, name, alias=context.ships_from.property_alias(name))
        if facts is not None and not value_id:
            found = context.resolve_value(leaf, facts, text) or ""
    written = name or name_id
    return _Part(
        facts=facts,
        name=facts.label if facts is not None else Label(written, written),
        key=facts.attribute_id if facts is not None else name_id or fold(name),
        value_id=found,
        value_key=found or fold(text),
        text=text,
    )


@GROUP.rule("property.too_many", "sku.properties")
def too_many(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """More sale properties than a variant may have."""
    limit = context.limits.properties_max
    for variant in _variants(record, context):
        if len(variant.parts) > limit:
            yield Hit({"sku": variant.code, "count": len(variant.parts), "max": limit}, variant.number)


@GROUP.rule("property.different", "sku.properties")
def different(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Not the same properties in the same order as on the first variant."""
    variants = list(_variants(record, context))
    for variant in variants:
        if [part.key for part in variant.parts] != [part.key for part in variants[0].parts]:
            shown = {"sku": variant.code, "own": variant.names, "first": variants[0].names}
            yield Hit(shown, variant.number)


@GROUP.rule("property.same", "sku.properties")
def same(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Two variants with equal properties."""
    first: dict[frozenset[tuple[str, str]], _Variant] = {}
    for variant in _variants(record, context):
        other = first.setdefault(frozenset((part.key, part.value_key) for part in variant.parts), variant)
        if other is not variant:
            values = " · ".join(part.shown for part in variant.parts) or "–"
            yield Hit({"sku": variant.code, "other": other.code, "values": values}, variant.number)


@GROUP.rule("property.twice", "sku.properties")
def twice(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """One property with two values on one variant."""
    for variant in _variants(record, context):
        seen = set()
        for part in variant.parts:
            if part.key in seen:
                yield Hit({"sku": variant.code, "property": part.name}, variant.number)
            seen.add(part.key)


@GROUP.rule("property.unknown", "sku.properties")
def unknown(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A property the category does not know as a sale property."""
    leaf = context.leaf(record.category_id)
    if leaf is None:
        return
    known = [item.label for item in leaf.attributes.values() if item.is_sku]
    names = Label(" · ".join(label.zh for label in known) or "–", " · ".join(label.en for label in known) or "–")
    for variant in _variants(record, context):
        for part in variant.parts:
            if part.facts is None:
                yield Hit({"sku": variant.code, "property": part.name, "known": names}, variant.number)


@GROUP.rule("property.value", "sku.properties")
def value(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A value the property does not have, where the seller's own text is not taken; or none at all."""
    for variant in _variants(record, context):
        for part in variant.parts:
            if part.facts is None:
                continue
            is_known = part.value_id in part.facts.values if part.value_id else bool(part.text) and part.facts.is_free
            if not is_known:
                yield Hit({"sku": variant.code, "property": part.name, "value": part.shown}, variant.number)


@GROUP.rule("property.signs", "sku.properties")
def signs(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The seller's own text for a value is too long or holds a sign the platform uses itself."""
    forbidden, limit = context.limits.property_text_forbidden, context.limits.property_text_max
    for variant in _variants(record, context):
        for part in variant.parts:
            if (len(part.text) > limit or any(sign in part.text for sign in forbidden)) and part.is_custom:
                signs_shown = " ".join(forbidden.strip())
                shown = {"sku": variant.code, "value": part.text[:80], "max": limit, "signs": signs_shown}
                yield Hit(shown, variant.number)


@GROUP.rule("property.too_many_names", "sku.properties")
def too_many_names(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """More names of the seller's own than the category has values for them to stand on."""
    texts: dict[str, set[str]] = {}
    taken: dict[str, set[str]] = {}
    facts: dict[str, AttributeFacts] = {}
    for variant in _variants(record, context):
        for part in variant.parts:
            if part.facts is not None and part.facts.values and part.facts.is_free:
                facts[part.key] = part.facts
                names, used = texts.setdefault(part.key, set()), taken.setdefault(part.key, set())
                (used if part.value_id else names).add(part.value_key)
    for key, attribute in facts.items():
        room = len(attribute.values.keys() - taken[key])
        if len(texts[key]) > room:
            yield Hit({"property": attribute.label, "count": len(texts[key]), "max": room})


@GROUP.rule("property.required", "sku.properties")
def required(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A sale property the category asks for is not on the variants."""
    leaf = context.leaf(record.category_id)
    if leaf is None:
        return
    for variant in _variants(record, context):
        for attribute_id in sorted(leaf.required_sale - {part.key for part in variant.parts}):
            yield Hit({"sku": variant.code, "property": leaf.attributes[attribute_id].label}, variant.number)


@GROUP.rule("property.ships_from", "sku.properties")
def ships_from(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The Ships From property and the dispatch country beside it name two countries."""
    table = context.ships_from
    for number, sku in enumerate(record.skus):
        noted = table.country(sku.ships_from) if sku.ships_from else None
        shown = table.country_of(sku)
        if noted is not None and shown is not None and noted != shown:
            code = sku.code.strip() or f"#{number + 1}"
            yield Hit({"sku": code, "property": shown, "noted": noted}, number)
