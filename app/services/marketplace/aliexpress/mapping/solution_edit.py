"""Edits in the solution family: partial, but a list that is sent replaces what was there (protocol reference 5.3).

So only what differs is sent, and lists are sent whole, with everything that was in them as far as requests of this
family have a name for it. What has none is named as lost.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import Any

from app.services.marketplace.aliexpress.mapping.listing import (
    ATTRIBUTE,
    ATTRIBUTES,
    BARCODE,
    DETAIL,
    PICTURE,
    PROPERTIES,
    SKUS,
    SOLUTION_DETAILS,
    SOLUTION_TITLE,
    SOLUTION_TITLES,
    language_of,
    locale_of,
    read_content,
    shown_detail,
)
from app.services.marketplace.aliexpress.mapping.losses import (
    ATTRIBUTE_PART,
    DETAIL_PAGE,
    REGIONAL_PRICE,
    VARIANT_PART,
    loss,
    lost_attribute,
    lost_part,
    lost_variant,
)
from app.services.marketplace.aliexpress.mapping.losses import DETAIL as DETAIL_LOST
from app.services.marketplace.aliexpress.mapping.merge import NOT_SENT, EditPlan, partners, pictured_values, renamed
from app.services.marketplace.aliexpress.mapping.modules import detail_of, html_modules, html_of
from app.services.marketplace.aliexpress.mapping.regional import COUNTRY_PRICES, worked_out, write_country_prices
from app.services.marketplace.aliexpress.mapping.solution import (
    EDIT_PROPERTY,
    FIXED,
    LISTING,
    SENT_ATTRIBUTE,
    SENT_ATTRIBUTES,
    SENT_PROPERTIES,
    SENT_SKUS,
    SKU_KEPT,
    write_sku,
)
from app.services.marketplace.aliexpress.mapping.table import read, rows, write
from app.services.marketplace.aliexpress.values import text
from app.services.marketplace.port import AttributeContent, ListingContent, Refused, SkuContent
from app.services.marketplace.records import Loss
from app.services.regional_prices import RegionalPrices

READ_IDS = ("sku_property_id", "property_value_id")
SENT_IDS = ("sku_attribute_name_id", "sku_attribute_value_id")
_SAID_OF_SKU = frozenset(("sku_code", "sku_price", "currency_code", "ipm_sku_stock", "barcode", PROPERTIES, *SKU_KEPT))
_SAID_OF_PROPERTY = frozenset(("sku_property_id", "property_value_id", "property_value_definition_name", "sku_image"))
_SAID_OF_ATTRIBUTE = frozenset(row.wire for row in ATTRIBUTE)
_OURS = frozenset(
    (
        *NOT_SENT,
        *("product_id", "subject", "detail", "category_id", "image_u_r_ls", "freight_template_id", "delivery_time"),
        *("product_unit", "gross_weight", "package_length", "package_width", "package_height", "lot_num"),
        *("package_type", "group_id", "currency_code", "locale", SKUS, ATTRIBUTES, SOLUTION_TITLES, SOLUTION_DETAILS),
    )
)


def plan_solution_edit(product_id: int, raw: dict[str, Any], content: ListingContent) -> EditPlan:
    """The request that changes *raw*, a detail record with plain lists, into *content*: only what differs.

    An empty title, no pictures and None mean "leave as it is". A description or attributes that the listing has none
    of any more go, and are named as lost.

    Raises:
        Refused: `marketplace.field_fixed` for what this family cannot change; `marketplace.group_stays`: it has no word
            for "in no group".
        ValueError: *raw* has a value in no documented form.
    """
    before = read_content(raw)
    for name in FIXED:
        wanted, found = getattr(content, name), getattr(before, name)
        if wanted and found and wanted != found:
            raise Refused("marketplace.field_fixed", field=name, name=name)
    if before.group_id and not content.group_id:
        raise Refused("marketplace.group_stays", field="group_id", group=before.group_id)
    wanted_fields = write(LISTING, content)
    found_fields = write(LISTING, before)
    changed = {name: value for name, value in wanted_fields.items() if found_fields.get(name) != value}
    plan = EditPlan({"product_id": product_id, **changed})
    plan.kept = [name for name, value in raw.items() if name not in _OURS and value is not None]
    _change_title(plan, raw, content)
    _change_detail(plan, raw, content)
    if content.attributes != before.attributes:
        _change_attributes(plan, raw, content.attributes)
    if content.skus and not _are_same(before.skus, content.skus):
        _change_skus(plan, raw, content)
    if content.regional_prices is not None and content.skus:
        _change_regional(plan, raw, content, before.regional_prices)
    return plan


def _are_same(before: tuple[SkuContent, ...], after: tuple[SkuContent, ...]) -> bool:
    """Whether the variants say the same; None in *after* is "leave as it is"."""
    if len(before) != len(after):
        return False
    return all(
        old == (replace(new, stock=old.stock) if new.stock is None else new)
        for old, new in zip(before, after, strict=True)
    )


def _change_title(plan: EditPlan, raw: dict[str, Any], content: ListingContent) -> None:
    if content.title:
        values = {SOLUTION_TITLE: content.title}
        _change_localised(plan, raw, SOLUTION_TITLES, content, values)


def _change_detail(plan: EditPlan, raw: dict[str, Any], content: ListingContent) -> None:
    if not content.detail_html:
        _empty_detail(plan, raw, content)
        return
    language = language_of(locale_of(content.language))
    entry = next((row for row in rows(raw.get(SOLUTION_DETAILS)) if _language(row) == language), {})
    locale = text(entry.get("locale"))
    after = detail_of(content.detail_html, entry.get(DETAIL))
    _change_localised(plan, raw, SOLUTION_DETAILS, content, {DETAIL: after})
    if html_modules(entry.get(DETAIL)) > html_modules(after):
        path = f"{SOLUTION_DETAILS}[{locale}].moduleList"
        plan.lost.append(loss(path, DETAIL_LOST, locale, html_of(entry.get(DETAIL))))


def _empty_detail(plan: EditPlan, raw: dict[str, Any], content: ListingContent) -> None:
    """Take away the description that was read, in whichever language it is."""
    entry = shown_detail(raw) or {}
    if page := html_of(entry.get(DETAIL)):
        own = replace(content, language=_language(entry))
        _change_localised(plan, raw, SOLUTION_DETAILS, own, {DETAIL: detail_of("", entry.get(DETAIL))})
        locale = text(entry.get("locale"))
        plan.lost.append(loss(f"{SOLUTION_DETAILS}[{locale}]", DETAIL_PAGE, locale, page))


def _change_localised(
    plan: EditPlan, raw: dict[str, Any], name: str, content: ListingContent, values: dict[str, str]
) -> None:
    """The list *name* with *values* in the entry of our language, beside all others; not sent where that is so."""
    language = language_of(locale_of(content.language))
    entries = [
        {"language": _language(row), **{key: value for key, value in row.items() if key != "locale" and value}}
        for row in rows(raw.get(name))
    ]
    found = [entry for entry in entries if entry["language"] == language]
    if found and found[0].items() >= values.items():
        return
    plan.kept += [f"{name}[{entry['language']}]" for entry in entries if entry["language"] != language]
    if found:
        plan.record[name] = [entry | values if entry is found[0] else entry for entry in entries]
    else:
        plan.record[name] = [*entries, {"language": language, **values}]


def _language(entry: dict[str, Any]) -> str:
    return language_of(text(entry.get("locale") or entry.get("language")))


def _change_attributes(plan: EditPlan, raw: dict[str, Any], wanted: tuple[AttributeContent, ...]) -> None:
    plan.record[SENT_ATTRIBUTES] = [write(SENT_ATTRIBUTE, attribute) for attribute in wanted]
    ids = {attribute.name_id for attribute in wanted if attribute.name_id}
    names = {attribute.name for attribute in wanted if not attribute.name_id}
    for row in rows(raw.get(ATTRIBUTES)):
        old = AttributeContent(**read(ATTRIBUTE, row))
        name = old.name_id or old.name
        path = f"{ATTRIBUTES}[{name}]"
        if old.name_id not in ids and old.name not in names:
            plan.lost.append(lost_attribute(path, name, row))
        else:  # such as the unit of a measured value, which this family's requests cannot name
            plan.lost += [
                loss(f"{path}.{part}", ATTRIBUTE_PART, f"{text(row.get('attr_name')) or name} · {part}", value)
                for part, value in row.items()
                if part not in _SAID_OF_ATTRIBUTE and value
            ]


def _change_skus(plan: EditPlan, raw: dict[str, Any], content: ListingContent) -> None:
    before = [renamed(sku) for sku in rows(raw.get(SKUS))]
    found, pictured = partners(before, content.skus), pictured_values(content.skus)
    plan.record[SENT_SKUS] = [
        _continued(plan, old, sku, content.currency, pictured) for sku, old in zip(content.skus, found, strict=True)
    ]
    gone = [old for old in before if not any(old is partner for partner in found)]
    plan.lost += [lost_variant(f"{SKUS}[{text(old.get('sku_code'))}]", old) for old in gone]
    dropped = {text(old.get("sku_code")) for old in gone}
    plan.lost += _orphaned_prices(raw, {sku.code for sku in content.skus}, dropped)


def _continued(
    plan: EditPlan, old: dict[str, Any] | None, sku: SkuContent, currency: str, pictured: Set[tuple[str, str]]
) -> dict[str, Any]:
    """*sku* as it is sent, with what the variant it goes on from has besides."""
    new = write_sku(sku, currency, EDIT_PROPERTY)
    if old is None:
        return new
    kept = {sent: old[found] for found, sent in SKU_KEPT.items() if found in old}
    if sku.stock is None and old.get("ipm_sku_stock") is not None:
        kept["inventory"] = old["ipm_sku_stock"]
    if not sku.barcode and old.get(BARCODE):
        plan.lost.append(lost_part(old, BARCODE, old[BARCODE]))
    plan.kept += [f"{SKUS}.{name}" for name in SKU_KEPT if name in old and f"{SKUS}.{name}" not in plan.kept]
    code = text(old.get("sku_code"))
    path = f"{SKUS}[{code}]"
    plan.lost += [
        loss(f"{path}.{name}", VARIANT_PART, f"{code} · {name}", value)
        for name, value in old.items()
        if name not in _SAID_OF_SKU and value not in ("", [], {})
    ]
    plan.lost += [
        loss(f"{path}.{PROPERTIES}.{name}", VARIANT_PART, f"{code} · {name}", value)
        for part in rows(old.get(PROPERTIES))
        for name, value in part.items()
        if name not in _SAID_OF_PROPERTY and value
    ]
    _keep_properties(plan, new, old, pictured)
    return kept | new


def _keep_properties(plan: EditPlan, new: dict[str, Any], old: dict[str, Any], pictured: Set[tuple[str, str]]) -> None:
    """Own names of the same values, where ours names none; their pictures go where no variant of ours has one."""
    before = {tuple(text(row.get(name)) for name in READ_IDS): row for row in rows(old.get(PROPERTIES))}
    for part in new[SENT_PROPERTIES]:
        name_id, value_id = (text(part.get(name)) for name in SENT_IDS)
        row = before.get((name_id, value_id), {})
        if row.get("property_value_definition_name"):
            part.setdefault("sku_attribute_value", row["property_value_definition_name"])
        if row.get(PICTURE) and (name_id, value_id) in pictured:
            part.setdefault(PICTURE, row[PICTURE])
        elif row.get(PICTURE):
            plan.lost.append(lost_part(old, PICTURE, row[PICTURE]))


def _change_regional(
    plan: EditPlan, raw: dict[str, Any], content: ListingContent, before: RegionalPrices | None
) -> None:
    """Prices by country, where they are others than the platform has, in either family's form."""
    if content.regional_prices == before:
        return
    wanted = worked_out(content.regional_prices or RegionalPrices(), content.skus)
    if wanted != before:
        configuration = raw.get(COUNTRY_PRICES)
        found = configuration if isinstance(configuration, dict) else None
        plan.record[COUNTRY_PRICES] = write_country_prices(wanted, content.currency, found)


def _orphaned_prices(raw: dict[str, Any], codes: set[str], dropped: set[str]) -> list[Loss]:
    """Prices by country of codes that no variant has any more; those *dropped* go with their variants."""
    configuration = raw.get(COUNTRY_PRICES)
    countries = rows(configuration.get("country_price_list")) if isinstance(configuration, dict) else []
    return [
        loss(
            f"{COUNTRY_PRICES}[{text(country.get('ship_to_country'))}][{code}]",
            REGIONAL_PRICE,
            text(country.get("ship_to_country")),
            text(price.get("price")),
            code if code in dropped else "",
        )
        for country in countries
        for price in rows(country.get("sku_price_by_country_list"))
        if (code := text(price.get("sku_code"))) not in codes
    ]
