"""Rules about category attributes (aliexpress-open-platform.md 4.6, 5.2, 5.12; domain.md 14.4)."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Fix, Hit, Label
from app.services.compliance.leaf import SEEN_MAX, AttributeFacts, LeafFacts
from app.services.compliance.lengths import CM_PER_INCH, in_centimetres, is_centimetres, known_sides
from app.services.compliance.registry import RuleGroup
from app.services.compliance.rules.package import SIDES
from app.services.compliance.written_sizes import Size, sizes_of
from app.services.listings.records import ListingRecord
from app.services.listings.text import fold

Entry = dict[str, str]


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    leaf = context.leaf(record.category_id)
    if leaf is None:
        return not record.attributes
    pairs, free, is_plain, usual = leaf.pairs, leaf.free, context.is_plain_text, leaf.usual
    filled = set()
    for entry in record.attributes:
        name_id, value_id = entry.get("name_id", ""), entry.get("value_id", "")
        text = entry.get("value") or ""
        if not name_id and not value_id:
            found = _written(leaf, entry.get("name") or "", text, context)
            if found is None:
                return False
            name_id = found
        elif (name_id, value_id, text) not in usual:
            if (name_id, value_id) in pairs:
                if context.has_attribute_sign(text) or _has_inches(text):
                    return False
                usual.remember((name_id, value_id, text))
            elif value_id or name_id not in free or not is_plain(text):
                return False
        filled.add(name_id)
    return leaf.required <= filled


def _has_inches(text: str) -> bool:
    return any(size.is_inch for size in sizes_of(text))


def _written(leaf: LeafFacts, name: str, text: str, context: CheckContext) -> str | None:
    """The attribute that a sheet's name and value mean, "" for one of the seller's own, None where a rule may speak."""
    found = leaf.usual_written.get((name, text))
    if found is not None:
        return found
    if not name or not text.strip() or context.has_attribute_sign(text + name) or _has_inches(text):
        return None
    facts = leaf.plain("", name)
    if facts is not None and not facts.is_free and leaf.value_id(facts, text) is None:
        return None
    found = facts.attribute_id if facts is not None else ""
    if len(leaf.usual_written) < SEEN_MAX:
        leaf.usual_written[name, text] = found
    return found


GROUP = RuleGroup(_is_fine, ("attributes", "category_id", "product_id"))


def _name(entry: Entry, facts: AttributeFacts | None = None) -> Label:
    written = entry.get("name") or entry.get("name_id") or ""
    return facts.label if facts is not None else Label(written, written)


def _known(record: ListingRecord, leaf: LeafFacts) -> Iterator[tuple[Entry, AttributeFacts]]:
    """Entries the category knows, with what it says about them."""
    for entry in record.attributes:
        facts = leaf.plain(entry.get("name_id") or "", entry.get("name") or "")
        if facts is not None:
            yield entry, facts


def _is_filled(entry: Entry) -> bool:
    return bool(entry.get("value_id") or (entry.get("value") or "").strip())


@GROUP.rule("attribute.required", "attributes")
def required(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """An attribute the category asks for has no value."""
    leaf = context.leaf(record.category_id)
    if leaf is None:
        return
    filled = {facts.attribute_id for entry, facts in _known(record, leaf) if _is_filled(entry)}
    for attribute_id in leaf.attributes:
        if attribute_id in leaf.required and attribute_id not in filled:
            yield Hit({"attribute": leaf.attributes[attribute_id].label})


def _strangers(record: ListingRecord, context: CheckContext) -> list[Entry]:
    """Entries with a platform id that the category does not list; text of the seller's own may stand anywhere."""
    leaf = context.leaf(record.category_id)
    if leaf is None:
        return []
    return [entry for entry in record.attributes if entry.get("name_id") and leaf.plain(entry["name_id"], "") is None]


def _category_name(record: ListingRecord, context: CheckContext) -> Label:
    node = context.categories.get(record.category_id)
    return node.label if node is not None else Label(record.category_id, record.category_id)


@GROUP.rule("attribute.foreign", "attributes", has_fix=True)
def foreign(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """An attribute of another category; the remedy is the one neighbouring leaf that has all of them."""
    if record.product_id is not None:
        return
    entries = _strangers(record, context)
    fix = _better_leaf(record, context) if entries else None
    for entry in entries:
        yield Hit({"attribute": _name(entry), "category": _category_name(record, context)}, fix=fix)


@GROUP.rule("attribute.unlisted", "attributes")
def unlisted(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The same on a listing the platform has already: its value may have brought that attribute with it."""
    if record.product_id is None:
        return
    for entry in _strangers(record, context):
        yield Hit({"attribute": _name(entry), "category": _category_name(record, context)})


def _better_leaf(record: ListingRecord, context: CheckContext) -> Fix | None:
    wanted = {entry["name_id"] for entry in record.attributes if entry.get("name_id")}
    fitting = []
    for node in context.categories.siblings(record.category_id):
        leaf = context.leaf(node.category_id)
        if leaf is not None and all(leaf.plain(name_id, "") is not None for name_id in wanted):
            fitting.append(node)
    if len(fitting) != 1:
        return None
    return Fix("move_category", "category_id", fitting[0].category_id, params={"name": fitting[0].label})


@GROUP.rule("attribute.value", "attributes")
def value(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A value the attribute does not have."""
    leaf = context.leaf(record.category_id)
    if leaf is None:
        return
    for entry, facts in _known(record, leaf):
        value_id, text = entry.get("value_id") or "", entry.get("value") or ""
        if value_id:
            is_known = value_id in facts.values or not facts.values
        else:
            is_known = not text.strip() or facts.is_free or leaf.value_id(facts, text) is not None
        if not is_known:
            yield Hit({"attribute": _name(entry, facts), "value": text or value_id})


@GROUP.rule("attribute.other", "attributes")
def other(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The value Other without saying which."""
    leaf = context.leaf(record.category_id)
    if leaf is None:
        return
    for entry, facts in _known(record, leaf):
        is_other = entry.get("value_id") == context.limits.other_value_id
        if is_other and context.limits.other_value_id in facts.values and not _own_text(entry, facts):
            yield Hit({"attribute": facts.label})


@GROUP.rule("attribute.empty", "attributes", has_fix=True)
def empty(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A name without a value, or the reverse; the remedy leaves such entries out."""
    leaf = context.leaf(record.category_id)
    kept = [entry for entry in record.attributes if _is_filled(entry) and (entry.get("name_id") or entry.get("name"))]
    for entry in record.attributes:
        facts = leaf.plain(entry.get("name_id") or "", entry.get("name") or "") if leaf is not None else None
        if entry not in kept and not (facts is not None and facts.is_required):
            shown = str(_name(entry, facts)) or entry.get("value") or "–"
            yield Hit({"attribute": shown}, fix=Fix("drop_attributes", "attributes", kept))


def _own_text(entry: Entry, facts: AttributeFacts | None) -> str:
    """What the seller wrote, "" where that is only the name of the chosen value."""
    value_id, text = entry.get("value_id") or "", (entry.get("value") or "").strip()
    label = facts.values.get(value_id) if facts is not None else None
    is_name = label is not None and fold(text) in (value_id, fold(label.zh), fold(label.en))
    return "" if is_name else text


@GROUP.rule("attribute.signs", "attributes")
def signs(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A text of the seller's own with a sign the platform uses itself."""
    leaf, forbidden = context.leaf(record.category_id), context.limits.attribute_text_forbidden
    for entry in record.attributes:
        facts = leaf.plain(entry.get("name_id") or "", entry.get("name") or "") if leaf is not None else None
        text = _own_text(entry, facts) + ("" if entry.get("name_id") else entry.get("name") or "")
        if found := next((sign for sign in forbidden if sign in text), None):
            shown = entry.get("value") or entry.get("name") or ""
            yield Hit({"attribute": _name(entry, facts), "value": shown, "sign": "Tab" if found == "\t" else found})


@GROUP.rule("attribute.inch", "attributes", has_fix=True, reads=("attributes", *SIDES))
def inch(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A length in inches that as such would not fit into the package, but as centimetres is one of its sides. The
    remedy writes centimetres, where the text is the seller's own."""
    sides = known_sides(getattr(record, side) for side in SIDES)
    for at, entry in enumerate(record.attributes if sides else ()):
        text = entry.get("value") or ""
        size = next((one for one in sizes_of(text) if one.is_inch), None)
        if size is not None and is_centimetres(size.numbers[0], sides):
            shown = {"attribute": _name(entry), "value": text, "longest": max(sides)}
            yield Hit({**shown, "cm": f"{size.numbers[0] * CM_PER_INCH:.1f}"}, fix=_in_centimetres(record, at, size))


def _in_centimetres(record: ListingRecord, at: int, size: Size) -> Fix | None:
    entry = record.attributes[at]
    if entry.get("value_id"):
        return None
    text = in_centimetres(entry["value"], size)
    entries = [{**one, "value": text} if number == at else one for number, one in enumerate(record.attributes)]
    return Fix("length", "attributes", entries, params={"value": text})
