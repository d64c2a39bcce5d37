"""What one leaf category asks for: attributes and sale properties with their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.services.compliance.findings import Label
from app.services.compliance.names import NameIndex
from app.services.compliance.rule_data import rule_data

FREE_TYPES = frozenset({"input", "input_int", "input_string", "interval", "unit", "other"})
"""`attribute_show_type_value` of attributes that are written, not chosen (aliexpress-open-platform.md 5.12)."""


SEEN_MAX = 20_000
"""Entries a category remembers; its own values are fewer."""


class Seen(set[tuple[str, str, str]]):
    """Name id, value id and text that were looked at and found in order, so that this is done once."""

    def remember(self, entry: tuple[str, str, str]) -> None:
        """Add one, unless there are very many."""
        if len(self) < SEEN_MAX:
            self.add(entry)


@dataclass(frozen=True, slots=True)
class AttributeFacts:
    """An attribute or, where `is_sku`, a sale property; `values`: id → name, in the platform's order."""

    attribute_id: str
    label: Label
    is_required: bool = False
    is_sku: bool = False
    allows_custom_name: bool = False
    show_type: str = "list_box"
    position: int = 0
    values: Mapping[str, Label] = field(default_factory=dict)

    @property
    def is_free(self) -> bool:
        """Whether the seller's own text is a value."""
        if not self.values or self.allows_custom_name:
            return True
        return self.show_type in FREE_TYPES and not self.is_sku


class LeafFacts:
    """The attributes of one leaf. `pairs` and `sale_pairs` hold name and value ids that need no further look.

    `usual_written` maps name and value as a sheet writes them, once found in order, to the attribute's id, "" for an
    attribute of the seller's own.
    """

    def __init__(self, category_id: str, attributes: Iterable[AttributeFacts]) -> None:
        self.category_id = category_id
        self.attributes = {item.attribute_id: item for item in sorted(attributes, key=lambda item: item.position)}
        plain = [item for item in self.attributes.values() if not item.is_sku]
        sale = [item for item in self.attributes.values() if item.is_sku]
        self.required = frozenset(item.attribute_id for item in plain if item.is_required)
        self.required_sale = frozenset(item.attribute_id for item in sale if item.is_required)
        other = rule_data().limits.other_value_id
        self.pairs = frozenset(pair for pair in _pairs(plain) if pair[1] != other)
        self.sale_pairs = _pairs(sale)
        self.free = frozenset(item.attribute_id for item in plain if item.is_free)
        self._plain_names = _names(plain)
        self._sale_names = _names(sale)
        self._values: dict[str, NameIndex] = {}
        self.usual = Seen()
        self.usual_sale = Seen()
        self.usual_written: dict[tuple[str, str], str] = {}

    def plain(self, name_id: str, name: str) -> AttributeFacts | None:
        """The attribute with this id or, without an id, of this name; None for one the category does not have."""
        return self._one(name_id or self._plain_names.find(name), is_sku=False)

    def sale(self, name_id: str, name: str, *, alias: str | None = None) -> AttributeFacts | None:
        """The sale property with this id, of this name, or with the id the name is known to stand for."""
        return self._one(name_id or self._sale_names.find(name) or alias, is_sku=True)

    def value_id(self, attribute: AttributeFacts, text: str) -> str | None:
        """The id of the value called *text* in either language. Not by id: a size may be called 4, too."""
        names = self._values.get(attribute.attribute_id)
        if names is None:
            names = self._values[attribute.attribute_id] = NameIndex(
                (name, value_id)
                for value_id, label in attribute.values.items()
                for name in {label.zh, label.en}
                if name
            )
        return names.find(text)

    def _one(self, attribute_id: str | None, *, is_sku: bool) -> AttributeFacts | None:
        found = self.attributes.get(attribute_id) if attribute_id else None
        return found if found is not None and found.is_sku == is_sku else None


def _pairs(attributes: Iterable[AttributeFacts]) -> frozenset[tuple[str, str]]:
    return frozenset((item.attribute_id, value_id) for item in attributes for value_id in item.values)


def _names(attributes: Iterable[AttributeFacts]) -> NameIndex:
    return NameIndex(
        (name, item.attribute_id) for item in attributes for name in {item.label.zh, item.label.en} if name
    )
