"""Edits: the platform's record, changed where we know better, whole (domain.md 5.3, protocol reference 5.3).

The platform overwrites everything with what is sent, so everything it has is sent back: fields we do not know,
translations, discount prices, videos. An empty title, no pictures and None mean "leave as it is". A description,
attributes or a product group that the listing has none of any more go, and are named as lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.mapping.listing import (
    ATTRIBUTE,
    ATTRIBUTES,
    BARCODE,
    DETAIL,
    DETAILS,
    LISTING,
    PICTURE,
    PROPERTIES,
    READ_AS,
    SKU,
    SKU_PROPERTY,
    SKUS,
    TITLE,
    TITLES,
    groups_of,
    locale_of,
    read_properties,
    shown_detail,
    write_sku,
)
from app.services.marketplace.aliexpress.mapping.losses import DETAIL as DETAIL_LOST
from app.services.marketplace.aliexpress.mapping.losses import (
    DETAIL_PAGE,
    loss,
    lost_attribute,
    lost_part,
    lost_variant,
)
from app.services.marketplace.aliexpress.mapping.modules import detail_of, html_modules, html_of
from app.services.marketplace.aliexpress.mapping.quotes import QUOTES, carry_quotes, key_after, key_before
from app.services.marketplace.aliexpress.mapping.regional import read_quotes, write_quotes
from app.services.marketplace.aliexpress.mapping.table import read, rows, write
from app.services.marketplace.aliexpress.values import text
from app.services.marketplace.port import AttributeContent, ListingContent, SkuContent, SkuProperty
from app.services.marketplace.records import Loss, lost_group
from app.services.regional_prices import RegionalPrices

NOT_SENT = frozenset(
    (
        "gmt_create",
        "gmt_modified",
        "product_status_type",
        "product_price",
        "ws_display",
        "ws_offline_date",
        "owner_member_id",
        "owner_member_seq",
        "src",
        "success",
        "error_code",
        "error_message",
    )
)
"""What the detail says and an edit has no use for; the price is the SKUs'."""
UNIT = "attr_value_unit"
SKU_NOT_SENT = frozenset(("id", "sku_Id", "sku_id", "sku_stock"))

_OURS = frozenset(row.wire for row in LISTING) | {TITLES, DETAILS, ATTRIBUTES, SKUS, "package_type", "locale"}
_OURS_OF_SKU = frozenset(row.wire for row in SKU) | {PROPERTIES, "sku_price", "currency_code"}


@dataclass(slots=True)
class EditPlan:
    """The record to send, and what becomes of the parts that `ListingContent` does not carry: paths of what stays, and
    what goes."""

    record: dict[str, Any]
    kept: list[str] = field(default_factory=list)
    lost: list[Loss] = field(default_factory=list)


def plan_edit(product_id: int, raw: dict[str, Any], content: ListingContent) -> EditPlan:
    """*raw*, a detail record with plain lists, changed into *content*.

    Raises:
        ValueError: *raw* has a value in no documented form.
    """
    record = {name: value for name, value in raw.items() if name not in NOT_SENT and value is not None}
    plan = EditPlan(record, kept=[name for name in record if name not in _OURS | {"product_id", "subject", "detail"}])
    record |= {**write(LISTING, content), "product_id": product_id, "package_type": content.lot_size > 1}
    _merge_groups(plan, groups_of(raw), content.group_id)
    _merge_title(plan, content)
    _merge_detail(plan, content, raw)
    if content.attributes or rows(record.get(ATTRIBUTES)):
        _merge_attributes(plan, content.attributes)
    if content.skus:
        _merge_skus(plan, content)
    return plan


def _merge_groups(plan: EditPlan, before: Sequence[str], after: str) -> None:
    """A new main group takes the old one's place among all groups of the listing, which the detail lists as well; a
    listing in no group is taken out of all of them: what an edit does not name is lost."""
    if not after:
        plan.record.pop("group_id", None)
        plan.record.pop("group_ids", None)
        plan.lost += map(lost_group, before)
    elif plan.record.get("group_ids") and before and after != before[0]:
        plan.record["group_ids"] = [wire_id(one, "group_id") for one in dict.fromkeys((after, *before[1:]))]


def _merge_title(plan: EditPlan, content: ListingContent) -> None:
    if not content.title:
        return
    locale = _set_localised(plan, TITLES, content, {TITLE: content.title})
    if "subject" in plan.record:
        plan.record["subject"] = content.title
    plan.record.setdefault("locale", locale)


def _merge_detail(plan: EditPlan, content: ListingContent, raw: dict[str, Any]) -> None:
    if not content.detail_html:
        _empty_detail(plan, content, raw)
        return
    locale = locale_of(content.language)
    before = next((row.get(DETAIL) for row in rows(plan.record.get(DETAILS)) if row.get("locale") == locale), None)
    after = detail_of(content.detail_html, before)
    _set_localised(plan, DETAILS, content, {DETAIL: after})
    if "detail" in plan.record:
        plan.record["detail"] = content.detail_html
    if html_modules(before) > html_modules(after):
        plan.lost.append(loss(f"{DETAILS}[{locale}].moduleList", DETAIL_LOST, locale, html_of(before)))


def _empty_detail(plan: EditPlan, content: ListingContent, raw: dict[str, Any]) -> None:
    """Take away the description that was read, in whichever language it is."""
    entry = shown_detail(raw) or {}
    page = html_of(entry.get(DETAIL, raw.get("detail")))
    if not page:
        return
    locale = text(entry.get("locale")) or locale_of(content.language)
    if entry:
        after = detail_of("", entry.get(DETAIL))
        _set_localised(plan, DETAILS, replace(content, language=locale), {DETAIL: after})
    if "detail" in plan.record:
        plan.record["detail"] = ""
    plan.lost.append(loss(f"{DETAILS}[{locale}]", DETAIL_PAGE, locale, page))


def _set_localised(plan: EditPlan, name: str, content: ListingContent, values: dict[str, str]) -> str:
    """Set *values* in the entry of our language; the other languages stay."""
    locale = locale_of(content.language)
    entries = rows(plan.record.get(name))
    plan.kept += [f"{name}[{text(row.get('locale'))}]" for row in entries if row.get("locale") != locale]
    if any(row.get("locale") == locale for row in entries):
        plan.record[name] = [row | values if row.get("locale") == locale else row for row in entries]
    else:
        plan.record[name] = [*entries, {"locale": locale, **values}]
    return locale


def _merge_attributes(plan: EditPlan, attributes: Iterable[AttributeContent]) -> None:
    """Attributes that did not change keep their row with units and intervals; the others are written anew."""
    before = [(AttributeContent(**read(ATTRIBUTE, row)), row) for row in rows(plan.record.get(ATTRIBUTES))]
    known = dict(before)
    wanted = tuple(attributes)
    units = {old.name_id or old.name: row[UNIT] for old, row in before if row.get(UNIT) and not old.value_id}
    plan.record[ATTRIBUTES] = [known.get(attribute) or _written(attribute, units) for attribute in wanted]
    names = {(attribute.name_id, attribute.name) for attribute in wanted}
    ids = {attribute.name_id for attribute in wanted if attribute.name_id}
    plan.lost += [
        lost_attribute(f"{ATTRIBUTES}[{old.name_id or old.name}]", old.name_id or old.name, row)
        for old, row in before
        if old.name_id not in ids and (old.name_id, old.name) not in names
    ]


def _written(attribute: AttributeContent, units: Mapping[str, Any]) -> dict[str, Any]:
    """An attribute written anew; another number is still measured in the same unit."""
    unit = units.get(attribute.name_id or attribute.name) if attribute.value and not attribute.value_id else None
    return write(ATTRIBUTE, attribute) | ({UNIT: unit} if unit else {})


def _merge_skus(plan: EditPlan, content: ListingContent) -> None:
    as_read = rows(plan.record.get(SKUS))
    before = [renamed(sku) for sku in as_read]
    found, pictured = partners(before, content.skus), pictured_values(content.skus)
    merged = []
    for sku, old in zip(content.skus, found, strict=True):
        new = write_sku(sku, content.currency)
        if old is not None:
            plan.kept += _new_paths(plan.kept, (f"{SKUS}.{name}" for name in old if name not in _OURS_OF_SKU))
            new[PROPERTIES] = _merged_properties(plan, old, new[PROPERTIES], pictured)
            if old.get(BARCODE) and not sku.barcode:
                plan.lost.append(lost_part(old, BARCODE, old[BARCODE]))
            new = {name: value for name, value in old.items() if name != BARCODE} | new
        merged.append(new)
    gone = [old for old in before if not any(old is partner for partner in found)]
    plan.lost += [lost_variant(f"{SKUS}[{text(old.get('sku_code')) or _key(old)}]", old) for old in gone]
    plan.record[SKUS] = merged
    _merge_quotes(plan, content, as_read, before, found)


def _merge_quotes(
    plan: EditPlan,
    content: ListingContent,
    as_read: list[dict[str, Any]],
    before: list[dict[str, Any]],
    found: list[dict[str, Any] | None],
) -> None:
    """Prices by country follow the variants they belong to."""
    after = {id(old): sku for sku, old in zip(content.skus, found, strict=True) if old is not None}
    moved: dict[str, str | None] = {}
    gone: dict[str, str] = {}
    keys = [key_before(sku, read_properties(sku)) for sku in as_read]
    for key, old in zip(keys, before, strict=True):
        sku = after.get(id(old))
        moved[key] = None if sku is None else key_after(key, sku.properties)
        if sku is None:
            gone[key] = text(old.get("sku_code"))
    carry_quotes(plan.record, plan.lost, moved, gone)
    if content.regional_prices is not None:
        ids = {sku.code: key_after("", sku.properties) for sku in content.skus}
        ids |= {
            after[id(old)].code: moved[key] or "" for key, old in zip(keys, before, strict=True) if id(old) in after
        }
        _put_quotes(plan, content, content.regional_prices.with_codes({}, ids), ids)


def _put_quotes(plan: EditPlan, content: ListingContent, wanted: RegionalPrices, ids: Mapping[str, str]) -> None:
    """The prices by country we know, where the platform has others."""
    carried = plan.record.get(QUOTES)
    pairs = [(number, code) for code, number in ids.items()]
    if (read_quotes(carried, pairs, content.currency) if carried else RegionalPrices()) == wanted:
        return
    plan.record.pop(QUOTES, None)
    if written := write_quotes(wanted, ids, content.currency):
        plan.record[QUOTES] = written


def renamed(sku: dict[str, Any]) -> dict[str, Any]:
    """A SKU of an answer with the names that requests of the offer family use."""
    written = {answer: request for request, answer in READ_AS.items()}
    return {
        written.get(name, name): value for name, value in sku.items() if name not in SKU_NOT_SENT and value is not None
    }


def pictured_values(skus: Iterable[SkuContent]) -> set[tuple[str, str]]:
    """Property and value of all that has a picture: the platform shows it for each variant of that value."""
    return {(part.name_id, part.value_id) for sku in skus for part in sku.properties if part.image_url}


def partners(before: list[dict[str, Any]], after: tuple[SkuContent, ...]) -> list[dict[str, Any] | None]:
    """For each new SKU the old one it goes on from: the same property values first, then the same code."""
    by_key = {_key(old): old for old in before}
    found = [by_key.get(_key_of(sku.properties)) for sku in after]
    taken = {id(old) for old in found if old is not None}
    by_code = {text(old.get("sku_code")): old for old in before if id(old) not in taken}
    return [old if old is not None else by_code.pop(sku.code, None) for sku, old in zip(after, found, strict=True)]


def _key(sku: dict[str, Any]) -> str:
    return _key_of(read_properties(sku))


def _key_of(properties: Iterable[SkuProperty]) -> str:
    return ";".join(sorted(f"{part.name_id}:{part.value_id}" for part in properties))


def _merged_properties(
    plan: EditPlan, old: dict[str, Any], wanted: list[dict[str, Any]], pictured: Set[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Each property on top of what the platform has for the same value, whose picture goes where no variant of ours
    has one for it."""
    ids = tuple(row.wire for row in SKU_PROPERTY[:2])
    before = {tuple(text(row.get(name)) for name in ids): row for row in rows(old.get(PROPERTIES))}
    merged = []
    for new in wanted:
        name_id, value_id = (text(new.get(name)) for name in ids)
        row = before.get((name_id, value_id), {})
        if row.get(PICTURE) and (name_id, value_id) not in pictured:
            plan.lost.append(lost_part(old, PICTURE, row[PICTURE]))
            row = {name: value for name, value in row.items() if name != PICTURE}
        merged.append(row | new)
    return merged


def _new_paths(known: list[str], paths: Iterable[str]) -> list[str]:
    return [path for path in dict.fromkeys(paths) if path not in known]
