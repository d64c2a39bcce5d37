"""Listings: tables of the detail record, the SKU, the attribute and the list row (protocol reference 5.1, 5.2, 5.9)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any, TypeVar, cast

import orjson

from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.mapping.modules import detail_of, html_of
from app.services.marketplace.aliexpress.mapping.quotes import QUOTES, key_after
from app.services.marketplace.aliexpress.mapping.regional import read_regional, write_quotes
from app.services.marketplace.aliexpress.mapping.table import (
    ADDRESSES,
    PRODUCT_TIME,
    TEXT,
    WEIGHT,
    WHOLE,
    Field,
    Table,
    id_form,
    read,
    rows,
    write,
)
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.values import ident, listed, minor_units, price_text, text
from app.services.marketplace.port import (
    AttributeContent,
    ListingContent,
    ListingSummary,
    Refused,
    RemoteListing,
    RemoteStatus,
    SkuContent,
    SkuProperty,
)
from app.services.regional_prices import RegionalPrices

_T = TypeVar("_T")
_REMEMBERED = 8192
"""Rows of attributes and properties that are kept read."""

LISTING: Table = (
    Field("category_id", "category_id", id_form("category_id")),
    Field("images", "image_u_r_ls", ADDRESSES),
    Field("freight_template_id", "freight_template_id", id_form("freight_template_id")),
    Field("handling_days", "delivery_time", WHOLE),
    Field("unit_id", "product_unit", id_form("unit_id")),
    Field("weight_g", "gross_weight", WEIGHT),
    Field("length_cm", "package_length", WHOLE),
    Field("width_cm", "package_width", WHOLE),
    Field("height_cm", "package_height", WHOLE),
    Field("lot_size", "lot_num", WHOLE, default=1),
    Field("group_id", "group_id", id_form("group_id")),
    Field("currency", "currency_code", TEXT),
)
SKU: Table = (
    Field("code", "sku_code", TEXT),
    Field("stock", "ipm_sku_stock", WHOLE),
    Field("barcode", "barcode", TEXT),
)
SKU_PROPERTY: Table = (
    Field("name_id", "sku_property_id", id_form("sku.properties")),
    Field("value_id", "property_value_id", id_form("sku.properties")),
    Field("custom_name", "property_value_definition_name", TEXT),
    Field("image_url", "sku_image", TEXT),
)
ATTRIBUTE: Table = (
    Field("name_id", "attr_name_id", id_form("attributes")),
    Field("value_id", "attr_value_id", id_form("attributes")),
    Field("name", "attr_name", TEXT),
    Field("value", "attr_value", TEXT),
)
SUMMARY: Table = (
    Field("product_id", "product_id", id_form("product_id")),
    Field("title", "subject", TEXT),
    Field("currency", "currency_code", TEXT),
    Field("images", "image_u_r_ls", ADDRESSES),
    Field("freight_template_id", "freight_template_id", id_form("freight_template_id")),
    Field("group_id", "group_id", id_form("group_id")),
    Field("created_at", "gmt_create", PRODUCT_TIME),
    Field("modified_at", "gmt_modified", PRODUCT_TIME),
)
STAMPS: Table = (Field("created_at", "gmt_create", PRODUCT_TIME), Field("modified_at", "gmt_modified", PRODUCT_TIME))

SKUS = "aeop_ae_product_s_k_us"
ATTRIBUTES = "aeop_ae_product_propertys"
PROPERTIES = "aeop_s_k_u_property"
BARCODE, PICTURE = "barcode", "sku_image"
"""What both families call these parts of a variant, the second one of its property, in their answers."""
READ_AS = {
    PROPERTIES: "aeop_s_k_u_property_list",
    "aeop_s_k_u_national_discount_price": "aeop_s_k_u_national_discount_price_list",
}
"""Lists of a SKU that have one name in requests and another in answers (protocol reference 5.1)."""
TITLES, TITLE = "subject_list", "value"
DETAILS, DETAIL = "detail_source_list", "web_detail"
SOLUTION_TITLES, SOLUTION_TITLE = "multi_language_subject_list", "subject"
SOLUTION_DETAILS = "multi_language_description_list"
"""What the solution family calls the same lists; its entries, too, name a `locale` when they are read."""
KEYWORDS = ("keyword", "product_more_keywords1", "product_more_keywords2")


_ROWS: dict[type[Any], Table] = {AttributeContent: ATTRIBUTE, SkuProperty: SKU_PROPERTY}


def status_of(word: Any) -> RemoteStatus:
    """Our state for the platform's *word*, of whichever vocabulary.

    Raises:
        ValueError: a word nobody documented.
    """
    try:
        return RemoteStatus(rules("wire")["listing_states"][word])
    except KeyError:
        raise ValueError(f"unknown state {word!r}") from None


def locale_of(language: str) -> str:
    """The platform's locale of a *language*: en → en_US; a locale stays what it is."""
    locales = rules("wire")["locales"]
    if language in locales.values():
        return language
    if language not in locales:
        raise Refused("marketplace.locale", field="language", value=language)
    return str(locales[language])


def language_of(locale: str) -> str:
    """The language of a *locale*: en_US → en."""
    return locale.split("_", 1)[0]


def localised(entries: Any, locale: str) -> dict[str, Any] | None:
    """The entry of *locale*, else the English one, else the first."""
    found = rows(entries)
    by_locale = {entry.get("locale"): entry for entry in reversed(found)}
    return by_locale.get(locale) or by_locale.get("en_US") or (found[0] if found else None)


def read_listing(record: dict[str, Any]) -> RemoteListing:
    """A detail record; `raw` is the record itself.

    Raises:
        ValueError: a value in no documented form.
    """
    product_id = ident(record["product_id"])
    status = status_of(record.get("product_status_type"))
    return RemoteListing(
        product_id=product_id, status=status, content=read_content(record), raw=record, **read(STAMPS, record)
    )


def read_content(record: Mapping[str, Any]) -> ListingContent:
    """What of a detail record we know; the record of either family."""
    values = read(LISTING, record)
    locale = _own_locale(record)
    title = localised(_titles(record), locale)
    detail = shown_detail(record)
    shown = (title or {}).get("locale") or locale
    return ListingContent(
        title=text((title or {}).get(TITLE, record.get("subject"))),
        detail_html=html_of((detail or {}).get(DETAIL, record.get("detail"))),
        skus=tuple(read_sku(sku, record) for sku in rows(record.get(SKUS))),
        attributes=tuple(_row_of(AttributeContent, row) for row in rows(record.get(ATTRIBUTES))),
        keywords=keywords_in(record),
        language=language_of(shown),
        regional_prices=read_regional(record, ((sku, read_properties(sku)) for sku in rows(record.get(SKUS)))),
        **values | {"currency": values["currency"] or "USD", "group_id": next(iter(groups_of(record)), "")},
    )


def _own_locale(record: Mapping[str, Any]) -> str:
    """The locale a detail record is written in."""
    return text(record.get("locale")) or next(
        (text(entry.get("locale")) for entry in _titles(record) if entry.get(TITLE) == record.get("subject")), "en_US"
    )


def shown_detail(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The entry of a detail record that `read_content` takes the description from."""
    return localised(record.get(DETAILS, record.get(SOLUTION_DETAILS)), _own_locale(record))


def keywords_in(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The keywords of a detail record."""
    return tuple(word for word in (text(record.get(name)) for name in KEYWORDS) if word)


def groups_of(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of all product groups of a detail record, the main one first; newer records name it in the list only,
    and 0 is none."""
    found = [text(group) for group in listed(record.get("group_ids"))]
    return tuple(group for group in dict.fromkeys((text(record.get("group_id")), *found)) if group not in ("", "0"))


def _titles(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The titles by language under the names of the offer family."""
    if TITLES in record:
        return rows(record[TITLES])
    found = rows(record.get(SOLUTION_TITLES))
    return [{"locale": text(entry.get("locale")), TITLE: text(entry.get(SOLUTION_TITLE))} for entry in found]


def read_sku(sku: Mapping[str, Any], record: Mapping[str, Any]) -> SkuContent:
    """One variant of *record*; a price that stands only on the listing holds for its SKU."""
    currency = text(sku.get("currency_code") or record.get("currency_code")) or "USD"
    price = minor_units(sku.get("sku_price"), currency)
    if price is None:
        price = minor_units(record.get("product_price"), currency)
    if price is None:
        raise ValueError("a SKU without price")
    return SkuContent(price_minor=price, properties=read_properties(sku), **read(SKU, sku))


def read_properties(sku: Mapping[str, Any]) -> tuple[SkuProperty, ...]:
    """The sale properties of a SKU, under either of their names."""
    found = sku.get(READ_AS[PROPERTIES], sku.get(PROPERTIES))
    return tuple(_row_of(SkuProperty, row) for row in rows(found))


def _row_of(kind: type[_T], row: dict[str, Any]) -> _T:
    """A row of a detail record as *kind*; the same ones, spelt the same, come back in listing after listing."""
    try:
        spelt = orjson.dumps(row)
    except TypeError:  # no JSON, such as a record of another source
        return kind(**read(_ROWS[kind], row))
    found: _T = _remembered(cast(Hashable, kind), spelt)
    return found


@lru_cache(_REMEMBERED)
def _remembered(kind: Any, spelt: bytes) -> Any:
    return kind(**read(_ROWS[kind], orjson.loads(spelt)))


def read_summary(row: Mapping[str, Any], status: RemoteStatus) -> ListingSummary:
    """One row of the product list, which was asked for in *status*."""
    values = read(SUMMARY, row)
    lowest, highest = (minor_units(row.get(f"product_{end}_price"), values["currency"]) for end in ("min", "max"))
    return ListingSummary(status=status, price_min_minor=lowest, price_max_minor=highest, **values)


def write_listing(content: ListingContent) -> dict[str, Any]:
    """The record that creates *content*, with the rule file's defaults for what we do not carry.

    Keywords are not sent: the offer methods have no such field (protocol reference 5.2).
    """
    locale = locale_of(content.language)
    return {
        **rules("wire")["create_defaults"],
        **service_template(content, "promise_template_id"),
        **write(LISTING, content),
        "locale": locale,
        "package_type": content.lot_size > 1,
        TITLES: [{"locale": locale, TITLE: content.title}],
        DETAILS: [{"locale": locale, DETAIL: detail_of(content.detail_html)}],
        ATTRIBUTES: [write(ATTRIBUTE, attribute) for attribute in content.attributes],
        SKUS: [write_sku(sku, content.currency) for sku in content.skus],
        **_quotes_of_new(content),
    }


def _quotes_of_new(content: ListingContent) -> dict[str, Any]:
    """The prices by country of a new listing, nothing without any."""
    ids = {sku.code: key_after("", sku.properties) for sku in content.skus}
    prices = (content.regional_prices or RegionalPrices()).with_codes({}, ids)
    written = write_quotes(prices, ids, content.currency)
    return {QUOTES: written} if written else {}


def service_template(content: ListingContent, name: str) -> dict[str, int]:
    """The service template of a new listing under the *name* a family has for it; nothing for the default."""
    chosen = content.service_template_id
    return {name: wire_id(chosen, "service_template_id")} if chosen else {}


def write_sku(sku: SkuContent, currency: str) -> dict[str, Any]:
    """One variant as it is sent."""
    return {
        **write(SKU, sku),
        "currency_code": currency,
        "sku_price": price_text(sku.price_minor, currency),
        PROPERTIES: [write(SKU_PROPERTY, part) for part in sku.properties],
    }
