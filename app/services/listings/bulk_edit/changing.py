"""One listing through all operations but those on numbers: what its fields are afterwards, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.services.compliance import CheckContext
from app.services.compliance.detail_text import without_removed_tags
from app.services.compliance.recheck import pictures_of
from app.services.listings.bulk_edit.operations import (
    REGIONAL,
    AddImages,
    AddKeyword,
    AddTag,
    AddText,
    ChangeCase,
    ConvertInches,
    FixFindings,
    InsertDetail,
    Operation,
    RemoveAttribute,
    RemoveImages,
    RemoveKeyword,
    RemoveRegional,
    RemoveTag,
    ReorderImages,
    ReplaceImage,
    ReplaceText,
    SetAttribute,
    SetRegional,
    SetText,
    SetValue,
    StripTags,
)
from app.services.listings.bulk_edit.pictures import (
    Hashes,
    added,
    removed,
    reordered,
    replaced_image,
    with_pictures,
)
from app.services.listings.bulk_edit.sizes import converted_page, converted_sides, converted_text, fitting_text
from app.services.listings.bulk_edit.texts import (
    RowRefused,
    in_case,
    replaced,
    with_ends,
    with_keyword,
    without_keyword,
)
from app.services.listings.editing import VirtualGoods
from app.services.listings.fixes import fixable_rules, fixed
from app.services.listings.records import LISTING_FIELDS, ListingRecord
from app.services.listings.regional_steps import NotForListing, minor_of, with_regional, without_regional
from app.services.listings.service_templates import NOUN as SERVICE
from app.services.listings.tags import clean_tag
from app.services.listings.text import fold
from app.services.listings.warehouse_kinds import KINDS

SIDES = ("length_cm", "width_cm", "height_cm")
BESIDE = ("tags", "marketing_group", "warehouse_kind")
"""What a `Draft` knows beside its record: no content of the listing."""


@dataclass(slots=True)
class Draft:
    """A listing on its way through the operations: `values` are the fields touched, `refused` (field, why) pairs,
    `virtual` new virtual codes that are written."""

    record: ListingRecord
    context: CheckContext
    hashes: Hashes
    tags: tuple[str, ...] = ()
    marketing_group: str = ""
    marketing_groups: Mapping[str, str] = field(default_factory=dict)
    warehouse_kind: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    virtual: VirtualGoods = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name] if name in self.values else self.before(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.values[name] = value

    def before(self, name: str) -> Any:
        """What stands there now."""
        if name == "marketing_group":
            return self.marketing_group
        if name == "warehouse_kind":
            return self.warehouse_kind
        return list(self.tags) if name == "tags" else getattr(self.record, name)

    def differences(self) -> dict[str, Any]:
        """The fields that are really others now."""
        return {name: value for name, value in self.values.items() if value != self.before(name)}


def change(draft: Draft, operations: tuple[Operation, ...]) -> None:
    """Put a listing through *operations*; one that is refused leaves its field as it was."""
    for operation in operations:
        try:
            _ACTS[type(operation)](draft, operation)
        except RowRefused as refusal:
            draft.refused.append((_field_of(operation), refusal.why))


def _field_of(operation: Any) -> str:
    if isinstance(operation, FixFindings):
        return fixable_rules()[operation.rule].field.removeprefix("sku.")
    name: str = getattr(operation, "field", "") or _FIELDS.get(type(operation), "")
    return name


def _set_text(draft: Draft, operation: SetText) -> None:
    draft[operation.field] = operation.text


def _replace(draft: Draft, operation: ReplaceText) -> None:
    draft[operation.field] = replaced(draft[operation.field], operation)


def _add_text(draft: Draft, operation: AddText) -> None:
    draft[operation.field] = with_ends(draft[operation.field], operation)


def _change_case(draft: Draft, operation: ChangeCase) -> None:
    draft[operation.field] = in_case(draft[operation.field], operation.case)


def _add_keyword(draft: Draft, operation: AddKeyword) -> None:
    draft["keywords"] = with_keyword(draft["keywords"], operation.keyword)


def _remove_keyword(draft: Draft, operation: RemoveKeyword) -> None:
    draft["keywords"] = without_keyword(draft["keywords"], operation.keyword)


def _set_value(draft: Draft, operation: SetValue) -> None:
    """The value must be one of the listing's own store."""
    context, value = draft.context, operation.value
    if operation.field == "marketing_group":
        value = draft.marketing_groups.get(fold(value), value)
    known: Collection[str] = {
        "freight_template_id": context.templates,
        SERVICE: context.services,
        "group_id": context.groups,
        "unit": context.units,
        "marketing_group": frozenset(draft.marketing_groups.values()),
        "warehouse_kind": KINDS,
    }.get(operation.field, {})
    if operation.field == "category_id":
        node = context.categories.get(value)
        is_known = node is not None and node.is_leaf
    else:
        is_known = value in known
    if value and not is_known:
        raise RowRefused("not_of_store")
    if operation.field == SERVICE and draft.record.product_id is not None:
        raise RowRefused("published_keeps_service")
    draft[operation.field] = value


def _convert(draft: Draft, operation: ConvertInches) -> None:
    if operation.package:
        try:
            now, said = (draft[SIDES[0]], draft[SIDES[1]], draft[SIDES[2]]), _said_of_goods(draft)
            sides = converted_sides(now, draft.context.limits, said)
            draft.values.update(zip(SIDES, sides, strict=True))
        except RowRefused as refusal:
            draft.refused.append((SIDES[0], refusal.why))
    for name in operation.fields:
        try:
            text = draft[name]
            draft[name] = converted_page(text) if name == "detail_html" else converted_text(text)
        except RowRefused as refusal:
            draft.refused.append((name, refusal.why))
    if operation.attributes:
        _convert_attributes(draft)


def _said_of_goods(draft: Draft) -> list[str]:
    """Values of attributes and variants, where their sizes stand."""
    of_variants = [part for sku in draft.record.skus for part in sku.properties]
    return [entry.get("value") or "" for entry in (*draft["attributes"], *of_variants)]


def _convert_attributes(draft: Draft) -> None:
    """What the seller wrote; the platform's own values stay. One that is suspicious leaves all as they are."""
    sides = [draft[name] for name in SIDES]

    def converted(entry: dict[str, str]) -> dict[str, str]:
        if entry.get("value_id") or not entry.get("value"):
            return entry
        return {**entry, "value": fitting_text(entry["value"], sides)}

    try:
        draft["attributes"] = [converted(entry) for entry in draft["attributes"]]
    except RowRefused as refusal:
        draft.refused.append(("attributes", refusal.why))


def _add_images(draft: Draft, operation: AddImages) -> None:
    draft["images"] = added(draft["images"], operation)


def _remove_images(draft: Draft, operation: RemoveImages) -> None:
    gone = frozenset(operation.hashes)
    if gone:
        _look_for(draft, gone)
        draft["skus"] = with_pictures(draft["skus"], lambda one: "" if draft.hashes.get(one) in gone else one)
    draft["images"] = removed(draft["images"], operation, draft.hashes)


def _reorder_images(draft: Draft, operation: ReorderImages) -> None:
    draft["images"] = reordered(draft["images"], operation)


def _replace_image(draft: Draft, operation: ReplaceImage) -> None:
    wanted, new = operation.sha256, operation.source
    _look_for(draft, {wanted})
    draft["skus"] = with_pictures(draft["skus"], lambda one: new if draft.hashes.get(one) == wanted else one)
    draft["images"] = replaced_image(draft["images"], operation, draft.hashes)


def _look_for(draft: Draft, wanted: Collection[str]) -> None:
    """A listing that has the picture, or whose pictures are all known, can be told about; of any other it would be a
    guess that it stays as it is."""
    own = set(pictures_of(draft.record))
    is_found = any(draft.hashes.get(source) in wanted for source in own.union(draft["images"]))
    if not is_found and not all(draft.hashes.get(source) for source in own):
        raise RowRefused("picture_unread")


def _insert_detail(draft: Draft, operation: InsertDetail) -> None:
    html = draft["detail_html"]
    if operation.html not in html:
        draft["detail_html"] = operation.html + html if operation.at == "start" else html + operation.html


def _strip_tags(draft: Draft, operation: StripTags) -> None:
    draft["detail_html"] = without_removed_tags(draft["detail_html"])


def _is(entry: Mapping[str, str], name_id: str, name: str) -> bool:
    if name_id and entry.get("name_id"):
        return entry["name_id"] == name_id
    return bool(name) and fold(entry.get("name") or "") == fold(name)


def _set_attribute(draft: Draft, operation: SetAttribute) -> None:
    name_id, value_id = _attribute_ids(draft, operation)
    new = {"name_id": name_id, "value_id": value_id, "name": operation.name, "value": operation.value}
    entries: list[dict[str, str]] = draft["attributes"]
    places = [place for place, entry in enumerate(entries) if _is(entry, name_id, operation.name)]
    if not places:
        draft["attributes"] = [*entries, new]
        return
    new["name_id"] = new["name_id"] or entries[places[0]].get("name_id") or ""
    merged = {**entries[places[0]], **new}
    kept = ((place, merged if place == places[0] else entry) for place, entry in enumerate(entries))
    draft["attributes"] = [entry for place, entry in kept if place not in places[1:]]


def _attribute_ids(draft: Draft, operation: SetAttribute) -> tuple[str, str]:
    """Ids of name and value: the ones given, or those the listing's category knows both by."""
    leaf = draft.context.leaf(draft["category_id"])
    facts = leaf.plain(operation.name_id, operation.name) if leaf is not None else None
    if leaf is None or facts is None:
        return operation.name_id, operation.value_id
    return facts.attribute_id, operation.value_id or draft.context.resolve_value(leaf, facts, operation.value) or ""


def _remove_attribute(draft: Draft, operation: RemoveAttribute) -> None:
    kept = [entry for entry in draft["attributes"] if not _is(entry, operation.name_id, operation.name)]
    draft["attributes"] = kept


def _add_tag(draft: Draft, operation: AddTag) -> None:
    draft["tags"] = sorted({*draft["tags"], clean_tag(operation.tag)})


def _remove_tag(draft: Draft, operation: RemoveTag) -> None:
    gone = clean_tag(operation.tag)
    draft["tags"] = [tag for tag in draft["tags"] if tag != gone]


def _set_regional(draft: Draft, operation: SetRegional) -> None:
    number = minor_of(operation.action, operation.value)
    _regional(draft, lambda now: with_regional(draft.record, now, operation.action, number, operation.countries))


def _remove_regional(draft: Draft, operation: RemoveRegional) -> None:
    _regional(draft, lambda now: without_regional(now, operation.countries))


def _regional(draft: Draft, change_of: Callable[[dict[str, Any] | None], dict[str, Any]]) -> None:
    try:
        draft[REGIONAL] = change_of(draft[REGIONAL])
    except NotForListing as refusal:
        raise RowRefused(refusal.why) from None


def _fix_findings(draft: Draft, operation: FixFindings) -> None:
    """A listing that the rule says nothing about stays as it is; one without a clear remedy is refused."""
    rule = fixable_rules()[operation.rule]
    record = replace(draft.record, **{name: one for name, one in draft.values.items() if name not in BESIDE})
    after, virtual = fixed(record, draft.context, rule)
    if after is record and next(iter(rule.check(record, draft.context)), None) is not None:
        raise RowRefused("no_remedy")
    for name in (*LISTING_FIELDS, "images", "skus"):
        if getattr(after, name) != getattr(record, name):
            draft[name] = getattr(after, name)
    draft.virtual |= virtual


def reads_of(operations: Iterable[Operation]) -> frozenset[str] | None:
    """The fields of a listing's own row that *operations* read; None where they need more than that."""
    found: set[str] = set()
    for operation in operations:
        kind = type(operation)
        if kind not in _OF_FIELDS or getattr(operation, "field", "") == SERVICE:
            return None
        found |= _OF_FIELDS[kind] or {operation.field} & set(LISTING_FIELDS)  # type: ignore[union-attr]
    return frozenset(found)


_OF_FIELDS: dict[type[Any], frozenset[str]] = {
    **dict.fromkeys((SetText, ReplaceText, AddText, ChangeCase, SetValue), frozenset[str]()),
    **dict.fromkeys((AddKeyword, RemoveKeyword), frozenset({"keywords"})),
    **dict.fromkeys((InsertDetail, StripTags), frozenset({"detail_html"})),
    SetAttribute: frozenset({"attributes", "category_id"}),
    RemoveAttribute: frozenset({"attributes"}),
}
"""Operations that read fields of the listing's own row only, and which; none: the one they are about."""
_ACTS: dict[type[Any], Callable[[Draft, Any], None]] = {
    SetText: _set_text,
    ReplaceText: _replace,
    AddText: _add_text,
    ChangeCase: _change_case,
    AddKeyword: _add_keyword,
    RemoveKeyword: _remove_keyword,
    SetValue: _set_value,
    ConvertInches: _convert,
    AddImages: _add_images,
    RemoveImages: _remove_images,
    ReorderImages: _reorder_images,
    ReplaceImage: _replace_image,
    InsertDetail: _insert_detail,
    StripTags: _strip_tags,
    SetAttribute: _set_attribute,
    RemoveAttribute: _remove_attribute,
    AddTag: _add_tag,
    RemoveTag: _remove_tag,
    SetRegional: _set_regional,
    RemoveRegional: _remove_regional,
    FixFindings: _fix_findings,
}
_FIELDS: dict[type[Any], str] = {
    AddKeyword: "keywords",
    RemoveKeyword: "keywords",
    AddImages: "images",
    RemoveImages: "images",
    ReorderImages: "images",
    ReplaceImage: "images",
    InsertDetail: "detail_html",
    StripTags: "detail_html",
    SetAttribute: "attributes",
    RemoveAttribute: "attributes",
    SetRegional: REGIONAL,
    RemoveRegional: REGIONAL,
}
