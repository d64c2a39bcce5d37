"""From a listing of ours to what goes over the wire: ids instead of names, addresses instead of files.

Pure and quick: everything it needs is in the record, the checker's context and the addresses. What it cannot build
the checker has refused before; here it is an error, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Label
from app.services.compliance.leaf import LeafFacts
from app.services.covering.detail import with_addresses
from app.services.errors import AppError
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.listings.text import fold
from app.services.marketplace.port import AttributeContent, ListingContent, SkuContent, SkuProperty
from app.services.regional_prices import RegionalPrices

_KEYWORDS = re.compile(r"[,，;；|\n]+")
KEYWORDS_MAX = 3
"""`keyword` and the two `product_more_keywords` (aliexpress-open-platform.md 5.2)."""
_LAST = 1_000
"""Position of a property the category does not know: behind the others, as it came."""


class ContentIncomplete(AppError):
    """A listing lacks what every listing needs; `field` names it."""

    code = "publishing.incomplete"

    def __init__(self, field: str) -> None:
        super().__init__(field=field)
        self.field = field


def build_content(record: ListingRecord, context: CheckContext, urls: Mapping[str, str]) -> ListingContent:
    """What is sent for *record*. *urls*: address by source for every picture of the listing.

    Raises:
        ContentIncomplete: a value is unknown, or a name has no id on the platform.
    """
    leaf = context.leaf(record.category_id)
    return ListingContent(
        title=record.title,
        category_id=_given(record.category_id, "category_id"),
        detail_html=with_addresses(record.detail_html, urls),
        images=tuple(_address(urls, source) for source in record.images),
        skus=_skus(record, context, leaf, urls),
        freight_template_id=_given(record.freight_template_id, "freight_template_id"),
        handling_days=_known(record.handling_days, "handling_days"),
        unit_id=_given(context.resolve_unit(record.unit) or "", "unit"),
        weight_g=_known(record.weight_g, "weight_g"),
        length_cm=_known(record.length_cm, "length_cm"),
        width_cm=_known(record.width_cm, "width_cm"),
        height_cm=_known(record.height_cm, "height_cm"),
        lot_size=record.lot_size,
        group_id=record.group_id,
        keywords=keywords_of(record.keywords),
        attributes=tuple(_attribute(entry, context, leaf) for entry in record.attributes),
        currency=record.currency,
        service_template_id=record.service_template_id,
        regional_prices=None if record.regional_prices is None else RegionalPrices.of(record.regional_prices),
    )


def keywords_of(text: str) -> tuple[str, ...]:
    """The first three keywords of a line that separates them by commas or semicolons."""
    return tuple(word for part in _KEYWORDS.split(text) if (word := part.strip()))[:KEYWORDS_MAX]


def _known(value: int | None, field: str) -> int:
    if value is None:
        raise ContentIncomplete(field)
    return value


def _given(value: str, field: str) -> str:
    if not value:
        raise ContentIncomplete(field)
    return value


def _address(urls: Mapping[str, str], source: str) -> str:
    try:
        return urls[source]
    except KeyError:
        raise ContentIncomplete("images") from None


def _attribute(entry: Mapping[str, str], context: CheckContext, leaf: LeafFacts | None) -> AttributeContent:
    """By ids where there are some; text only where it says more than they do (aliexpress-open-platform.md 5.2)."""
    name_id, value_id = entry.get("name_id", ""), entry.get("value_id", "")
    name, value = entry.get("name", ""), entry.get("value", "")
    attribute = leaf.plain(name_id, name) if leaf is not None else None
    if leaf is not None and attribute is not None:
        name_id = attribute.attribute_id
        value_id = value_id or context.resolve_value(leaf, attribute, value) or ""
        if _says_nothing(value, value_id, attribute.values.get(value_id)):
            value = ""
    return AttributeContent(name_id, value_id, "" if name_id else name, value)


@dataclass(frozen=True, slots=True)
class _Part:
    """A sale property of a variant with its ids; `value_id` is "" where `custom` needs a value to stand on."""

    name_id: str
    value_id: str
    custom: str
    image: str


def _skus(
    record: ListingRecord, context: CheckContext, leaf: LeafFacts | None, urls: Mapping[str, str]
) -> tuple[SkuContent, ...]:
    is_split = any(sku.ships_from for sku in record.skus)
    parts = [_parts(sku, record, context, leaf, is_split=is_split) for sku in record.skus]
    bases = _BaseValues(leaf, parts)
    return tuple(
        SkuContent(
            code=sku.code,
            price_minor=_known(sku.price_minor, "sku.price"),
            stock=sku.stock,
            properties=tuple(
                SkuProperty(
                    part.name_id,
                    part.value_id or bases.value_id(part),
                    part.custom,
                    _address(urls, part.image) if part.image else "",
                )
                for part in of_sku
            ),
            barcode=sku.barcode,
        )
        for sku, of_sku in zip(record.skus, parts, strict=True)
    )


def _parts(
    sku: SkuRecord, record: ListingRecord, context: CheckContext, leaf: LeafFacts | None, *, is_split: bool
) -> list[_Part]:
    """The sale properties of a variant in the category's order, which gives the dimensions (protocol reference 5.9).

    *is_split*: some variant names its warehouse, so every one must; those that do not are at home.
    """
    entries = list(sku.properties)
    ships_from = context.ships_from
    if is_split and not any(ships_from.is_ships_from(entry) for entry in entries):
        entries.append({"name_id": ships_from.property_id, "value": sku.ships_from or ships_from.home})
    found = [_part(entry, record.category_id, context, leaf) for entry in entries]
    return sorted(found, key=lambda part: _position(leaf, part.name_id))


def _part(entry: Mapping[str, str], category_id: str, context: CheckContext, leaf: LeafFacts | None) -> _Part:
    name_id, value_id = entry.get("name_id", ""), entry.get("value_id", "")
    value, image = entry.get("value", ""), entry.get("image", "")
    if name_id and value_id:
        return _Part(name_id, value_id, _custom_name(leaf, name_id, value_id, value), image)
    resolved = context.resolve_property(category_id, name_id or entry.get("name", ""), value_id or value)
    if resolved is None:
        raise ContentIncomplete("sku.properties")
    return _Part(*resolved, image)


def _custom_name(leaf: LeafFacts | None, name_id: str, value_id: str, value: str) -> str:
    """The seller's own name of a value that has an id: its text, where the category calls it something else."""
    attribute = leaf.attributes.get(name_id) if leaf is not None else None
    if attribute is None or not attribute.allows_custom_name:
        return ""
    return "" if _says_nothing(value, value_id, attribute.values.get(value_id)) else value.strip()


def _says_nothing(text: str, value_id: str, label: Label | None) -> bool:
    """Whether *text* adds nothing to the value's id: it is empty, the id, or the value's own name."""
    return label is not None and fold(text) in ("", value_id, fold(label.en), fold(label.zh))


def _position(leaf: LeafFacts | None, name_id: str) -> int:
    attribute = leaf.attributes.get(name_id) if leaf is not None else None
    return attribute.position if attribute is not None else _LAST


class _BaseValues:
    """The seller's own names of values: each stands on a value of the category that no other variant uses."""

    def __init__(self, leaf: LeafFacts | None, parts: Sequence[Sequence[_Part]]) -> None:
        self._leaf = leaf
        self._chosen: dict[tuple[str, str], str] = {}
        self._taken = {(part.name_id, part.value_id) for of_sku in parts for part in of_sku if part.value_id}

    def value_id(self, part: _Part) -> str:
        """The id of the value that *part* stands on, the same for every variant of that name.

        Raises:
            ContentIncomplete: the category has fewer values than the listing has names.
        """
        key = (part.name_id, fold(part.custom))
        if key not in self._chosen:
            attribute = self._leaf.attributes.get(part.name_id) if self._leaf is not None else None
            values = attribute.values if attribute is not None else {}
            free = next((value_id for value_id in values if (part.name_id, value_id) not in self._taken), None)
            if free is None and values:
                raise ContentIncomplete("sku.properties")
            self._chosen[key] = free or ""
            self._taken.add((part.name_id, self._chosen[key]))
        return self._chosen[key]
