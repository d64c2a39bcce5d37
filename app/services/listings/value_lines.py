"""Attributes and sale properties of a listing as lines to fill in, and what filling one in stores.

Pure: nothing here reads or writes; an entry that is not touched keeps every key it came with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.services.compliance import CheckContext
from app.services.compliance.findings import Label
from app.services.compliance.leaf import AttributeFacts, LeafFacts
from app.services.compliance.rule_data import rule_data
from app.services.compliance.ships_from import ships_from
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.listings.text import fold

Entry = dict[str, str]


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One attribute or sale property with what stands there.

    Attributes:
        key: what it is, the same for equal things: the platform's id, else the folded name.
        number: which of several entries with this key, counted from 0.
        entry: what is stored, None where nothing is.
        facts: what the category says about it, None for one it does not list.
        value_id: the chosen value, "" for none; also found where only its name is stored.
        text: what the seller wrote, "" where that is only the name of the chosen value.
        is_mixed: the variants it stands for have several values.
    """

    key: str
    number: int
    name: Label
    entry: Entry | None
    facts: AttributeFacts | None = None
    value_id: str = ""
    text: str = ""
    is_mixed: bool = False

    @property
    def choices(self) -> Mapping[str, Label]:
        """The category's values by id."""
        return self.facts.values if self.facts is not None else {}

    @property
    def is_required(self) -> bool:
        """Whether the category asks for it."""
        return self.facts is not None and self.facts.is_required

    @property
    def is_own(self) -> bool:
        """Whether the seller named it: without an id of the platform, and the category does not list it."""
        return self.facts is None and self.entry is not None and not self.entry.get("name_id")

    @property
    def takes_text(self) -> bool:
        """Whether the seller's own text is a value in place of a choice."""
        return self.facts is None or self.facts.is_free

    @property
    def names_value(self) -> bool:
        """Whether a text may stand beside the chosen value: a name of the seller's own, or what Other is."""
        if self.value_id and self.value_id == rule_data().limits.other_value_id and self.value_id in self.choices:
            return True
        return self.facts is not None and self.facts.is_sku and self.facts.allows_custom_name

    @property
    def shown(self) -> Label:
        """The value as a person knows it, "–" for none."""
        found = self.choices.get(self.value_id)
        text = self.text or self.value_id or "–"
        return found if found is not None and not self.text else Label(text, text)


@dataclass(frozen=True, slots=True)
class CategoryFields:
    """What the category of a listing can be asked about its attributes and sale properties, without the database."""

    context: CheckContext
    leaf: LeafFacts | None

    @property
    def other_attributes(self) -> tuple[AttributeFacts, ...]:
        """All attributes of the category that are no sale properties, in the platform's order."""
        return tuple(facts for facts in self._all() if not facts.is_sku)

    @property
    def sale_properties(self) -> tuple[AttributeFacts, ...]:
        """The category's sale properties, in the platform's order."""
        return tuple(facts for facts in self._all() if facts.is_sku)

    def _all(self) -> Iterator[AttributeFacts]:
        return iter(self.leaf.attributes.values() if self.leaf is not None else ())

    def attribute_lines(self, entries: Sequence[Entry], also: frozenset[str] = frozenset()) -> list[ValueLine]:
        """Required ones first, filled in or not, then the others that are filled in or whose key is in *also*, then
        what the category does not list."""
        stored: dict[str, list[ValueLine]] = {}
        for entry in entries:
            facts = self.leaf.plain(entry.get("name_id") or "", entry.get("name") or "") if self.leaf else None
            line = self._line(entry, facts, stored)
            stored.setdefault(line.key, []).append(line)
        known = self.other_attributes
        order = [facts for facts in known if facts.is_required] + [facts for facts in known if not facts.is_required]
        lines: list[ValueLine] = []
        for facts in order:
            found = stored.pop(facts.attribute_id, [])
            if not found and (facts.is_required or facts.attribute_id in also):
                found = [ValueLine(facts.attribute_id, 0, facts.label, None, facts)]
            lines.extend(found)
        return lines + [line for rest in stored.values() for line in rest]

    def property_lines(self, sku: SkuRecord) -> list[ValueLine]:
        """The sale properties of a variant in their own order, which decides whether variants are alike."""
        stored: dict[str, list[ValueLine]] = {}
        lines = []
        for entry in sku.properties:
            alias = ships_from().property_alias(entry.get("name") or "")
            name_id, name = entry.get("name_id") or "", entry.get("name") or ""
            facts = self.leaf.sale(name_id, name, alias=alias) if self.leaf else None
            line = self._line(entry, facts, stored)
            stored.setdefault(line.key, []).append(line)
            lines.append(line)
        return lines

    def common_lines(self, skus: Sequence[SkuRecord]) -> list[ValueLine]:
        """The sale properties of the first variant, each with the value that all of them have in common."""
        if not skus:
            return []
        first, *others = (self.property_lines(sku) for sku in skus)
        found: dict[tuple[str, int], list[ValueLine]] = {}
        for lines in others:
            for line in lines:
                found.setdefault((line.key, line.number), []).append(line)
        return [_common(line, found.get((line.key, line.number), [])) for line in first]

    def _line(self, entry: Entry, facts: AttributeFacts | None, before: Mapping[str, Sequence[ValueLine]]) -> ValueLine:
        name_id, name = entry.get("name_id") or "", entry.get("name") or ""
        value_id, text = entry.get("value_id") or "", entry.get("value") or ""
        key = facts.attribute_id if facts is not None else name_id or fold(name)
        label = facts.label if facts is not None else Label(name or name_id, name or name_id)
        if facts is not None and self.leaf is not None and not value_id and text.strip():
            value_id = self.context.resolve_value(self.leaf, facts, text) or ""
            text = "" if value_id else text
        elif facts is not None and _is_name(text, value_id, facts.values.get(value_id)):
            text = ""
        return ValueLine(key, len(before.get(key, ())), label, entry, facts, value_id, text)


def _common(line: ValueLine, others: Sequence[ValueLine]) -> ValueLine:
    values = {one.value_id for one in (line, *others)}
    texts = {one.text for one in (line, *others)}
    if len(values) == len(texts) == 1:
        return line
    value_id = line.value_id if len(values) == 1 else ""
    return replace(line, value_id=value_id, text=line.text if len(texts) == 1 else "", is_mixed=True)


def _is_name(text: str, value_id: str, label: Label | None) -> bool:
    return label is not None and fold(text) in ("", value_id, fold(label.zh), fold(label.en))


def with_choice(line: ValueLine, value_id: str) -> Entry | None:
    """The entry of *line* with a value of the category chosen; None where nothing is left: "" takes it away."""
    if not value_id:
        return None
    is_other = value_id == rule_data().limits.other_value_id
    chosen = line.choices.get(value_id)
    name = "" if is_other or chosen is None else chosen.en or chosen.zh
    return {**_named(line), "value_id": value_id, "value": name}


def with_text(line: ValueLine, text: str) -> Entry | None:
    """The entry of *line* with a text of the seller's own; an empty text leaves the chosen value, or nothing."""
    text = text.strip()
    if line.value_id and line.names_value:
        entry = with_choice(line, line.value_id)
        return {**entry, "value": text} if entry is not None and text else entry
    if not text and not line.is_own:
        return None
    return {**_named(line), "value_id": "", "value": text}


def with_name(line: ValueLine, name: str) -> Entry:
    """The entry of the seller's own attribute *line* under another name."""
    return {**_named(line), "name": name.strip()}


def _named(line: ValueLine) -> Entry:
    """What an entry begins with: what was stored, under the platform's id where the category has one."""
    entry = dict(line.entry or {})
    if line.facts is not None:
        entry["name_id"] = line.facts.attribute_id
        entry["name"] = entry.get("name") or line.facts.label.en or line.facts.label.zh
    return entry


def put_attribute(entries: Sequence[Entry], line: ValueLine, entry: Entry | None) -> list[Entry]:
    """All attributes with *entry* in the place of *line*, behind the others where it was not filled in before."""
    if line.entry is None:
        return [*entries, *([entry] if entry is not None else [])]
    kept: list[Entry] = []
    for old in entries:
        if old is not line.entry:
            kept.append(old)
        elif entry is not None:
            kept.append(entry)
    return kept


def put_property(
    fields: CategoryFields, skus: Sequence[SkuRecord], line: ValueLine, value: tuple[str, str] | None
) -> dict[int, dict[str, list[Entry]]]:
    """Give variants one value of a sale property. *line*: of the variant in view; the others get the same.

    Args:
        value: ("id", a value of the category), ("text", a text of the seller's own), or None to take it away.

    Returns: new properties by SKU id, as an edit takes them.
    """
    edits = {}
    for sku in skus:
        own = [one for one in fields.property_lines(sku) if one.key == line.key]
        found = next((one for one in own if one.number == line.number), own[0] if own else replace(line, entry=None))
        entry = None if value is None else (with_choice if value[0] == "id" else with_text)(found, value[1])
        if entry is None and value is not None:
            entry = {**_named(found), "value_id": "", "value": ""}
        if sku.id is not None and (entry is not None or found.entry is not None):
            edits[sku.id] = {"properties": put_attribute(sku.properties, found, entry)}
    return edits


def add_property(
    fields: CategoryFields, skus: Sequence[SkuRecord], facts: AttributeFacts
) -> dict[int, dict[str, list[Entry]]]:
    """Give variants a sale property they do not have, still without a value."""
    new = ValueLine(facts.attribute_id, 0, facts.label, None, facts)
    return {
        sku.id: {"properties": [*sku.properties, {**_named(new), "value_id": "", "value": ""}]}
        for sku in skus
        if sku.id is not None and all(line.key != new.key for line in fields.property_lines(sku))
    }


def is_like(fields: CategoryFields, sku: SkuRecord, first: SkuRecord) -> bool:
    """Whether a variant has the same properties in the same order as another."""
    return [line.key for line in fields.property_lines(sku)] == [line.key for line in fields.property_lines(first)]


def made_alike(
    fields: CategoryFields, skus: Sequence[SkuRecord], first: SkuRecord
) -> dict[int, dict[str, list[Entry]]]:
    """Give variants the properties of *first* in its order: their own values where they have one, else none yet."""
    wanted = fields.property_lines(first)
    edits = {}
    for sku in skus:
        own = {(line.key, line.number): line.entry for line in fields.property_lines(sku)}
        if sku.id is not None and not is_like(fields, sku, first):
            parts = [own.get((line.key, line.number)) or _empty(line) for line in wanted]
            edits[sku.id] = {"properties": parts}
    return edits


def _empty(line: ValueLine) -> Entry:
    names = {key: value for key, value in _named(line).items() if key in ("name_id", "name")}
    return {**names, "value_id": "", "value": ""}


def category_fields(record: ListingRecord, context: CheckContext) -> CategoryFields:
    """What the editor needs of the listing's category; read now, so that nothing is read later."""
    return CategoryFields(context, context.leaf(record.category_id))
