"""What a store has besides listings and orders: categories it may use, groups, templates, carriers, images
(protocol reference 5.7, 5.12 to 5.16, 5.19)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.services.marketplace.aliexpress.mapping.table import (
    FLAG,
    ID,
    TEXT,
    WHOLE,
    Field,
    Form,
    Table,
    read,
    rows,
    write,
)
from app.services.marketplace.aliexpress.values import embedded, flag, text, whole
from app.services.marketplace.order_records import ShipmentNotice
from app.services.marketplace.port import (
    RemoteAttribute,
    RemoteAttributeValue,
    RemoteCategory,
    RemoteFreightTemplate,
    RemoteGroup,
    UploadedImage,
)
from app.services.marketplace.records import RemoteCarrier, RemotePromiseTemplate, SizeChart, StoreProfile


def _name(language: str) -> Form:
    """A name out of the JSON text of names by language; a language that is missing is ""."""

    def pick(value: Any) -> str:
        names = embedded(value or {})
        if not isinstance(names, dict):
            raise ValueError("names by language expected")
        return text(names.get(language))

    return Form(pick)


NAMES: Table = (
    Field("name_en", "names", _name("en"), also=("multi_language_names",)),
    Field("name_zh", "names", _name("zh"), also=("multi_language_names",)),
)
CATEGORY: Table = (
    *NAMES,
    Field("category_id", "id", ID, also=("children_category_id",)),
    Field("is_leaf", "isleaf", FLAG, also=("is_leaf_category",), default=False),
    Field("level", "level", WHOLE, default=1),
)
ATTRIBUTE: Table = (
    *NAMES,
    Field("attribute_id", "id", ID),
    Field("is_required", "required", FLAG, default=False),
    Field("is_sku", "sku", FLAG, default=False),
    Field("order", "spec", WHOLE, default=0),
    Field("allows_custom_name", "customized_name", FLAG, default=False),
    Field("show_type", "attribute_show_type_value", TEXT),
)
VALUE: Table = (*NAMES, Field("value_id", "id", ID))
GROUP: Table = (Field("group_id", "group_id", ID), Field("name", "group_name", TEXT))
FREIGHT: Table = (
    Field("template_id", "template_id", ID),
    Field("name", "template_name", TEXT),
    Field("is_default", "is_default", FLAG, default=False),
)
PROMISE: Table = (Field("template_id", "id", ID), Field("name", "name", TEXT))
CARRIER: Table = (
    Field("service_name", "service_name", TEXT),
    Field("display_name", "display_name", TEXT),
    Field("company", "logistics_company", TEXT),
    Field("tracking_pattern", "tracking_no_regex", TEXT),
    Field("min_days", "min_process_day", WHOLE),
    Field("max_days", "max_process_day", WHOLE),
)
PROFILE: Table = (
    Field("seller_id", "seller_id", ID, also=("shop_id",)),
    Field("shop_name", "shop_name", TEXT),
    Field("country", "country", TEXT, also=("country_code",)),
    Field("currency", "quotation_currency", TEXT),
    Field("listings_max", "limit_store_product_number", WHOLE),
)
PROFILE_COUNTS = ("online_store_product_number", "auth_store_product_number")
"""Both count against the limit (protocol reference 5.8)."""
SIZE_CHART: Table = (
    Field("chart_id", "sizechart_id", ID),
    Field("name", "name", TEXT, also=("model_name",)),
    Field("is_default", "is_default", FLAG, default=False),
)
IMAGE: Table = (Field("width", "width", WHOLE), Field("height", "height", WHOLE))
NOTICE: Table = (
    Field("order_id", "out_ref", TEXT),
    Field("carrier", "service_name", TEXT),
    Field("tracking_no", "logistics_no", TEXT),
    Field("tracking_url", "tracking_website", TEXT),
    Field("remark", "description", TEXT),
)
CHANGED_NOTICE = {"service_name": "new_service_name", "logistics_no": "new_logistics_no"}
"""Names in a change of an earlier notice."""
FREIGHT_LISTS = ("selfdefine_list", "selfstandard_list")


def read_category(record: Mapping[str, Any], parent_id: str) -> RemoteCategory:
    """A child of the category *parent_id*."""
    return RemoteCategory(parent_id=parent_id, **read(CATEGORY, record))


def read_attribute(record: Mapping[str, Any]) -> RemoteAttribute:
    """An attribute or sale property of a category with the values it allows."""
    values = tuple(RemoteAttributeValue(**read(VALUE, value)) for value in rows(record.get("values")))
    return RemoteAttribute(values=values, **read(ATTRIBUTE, record))


def read_groups(records: list[dict[str, Any]], parent_id: str = "") -> Iterator[RemoteGroup]:
    """The tree of groups, parents before children."""
    for record in records:
        group = RemoteGroup(parent_id=parent_id, **read(GROUP, record))
        yield group
        yield from read_groups(rows(record.get("child_group_list")), group.group_id)


def read_freight_template(record: Mapping[str, Any], services: list[dict[str, Any]] | None) -> RemoteFreightTemplate:
    """A template of the list (*services* None) or of the detail."""
    return RemoteFreightTemplate(services=services, **read(FREIGHT, record))


def read_freight_services(value: Any) -> list[dict[str, Any]]:
    """The settings of a template per carrier as `{"template": {…}, "selfdefine_list": […], "selfstandard_list": […]}`.

    One SDK generation nests them so, the other shows the template's fields beside the lists; both are taken. Lists
    are plain lists afterwards; other fields stay.
    """
    services = []
    for row in rows(value):
        lists = {name: rows(row.get(name)) for name in FREIGHT_LISTS}
        for band in lists["selfdefine_list"]:
            if "self_define_weight_list" in band:
                band["self_define_weight_list"] = rows(band["self_define_weight_list"])
        nested = row.get("template")
        if isinstance(nested, dict):
            rest = {name: item for name, item in row.items() if name not in FREIGHT_LISTS}
        else:
            rest = {"template": {name: item for name, item in row.items() if name not in FREIGHT_LISTS}}
        services.append({**rest, **lists})
    return services


def read_promise_template(record: Mapping[str, Any]) -> RemotePromiseTemplate:
    """A service template."""
    return RemotePromiseTemplate(**read(PROMISE, record))


def read_carrier(record: Mapping[str, Any]) -> RemoteCarrier:
    """A carrier service."""
    return RemoteCarrier(**read(CARRIER, record))


def read_profile(record: Mapping[str, Any]) -> StoreProfile:
    """Who the store is, from either family's answer."""
    counts = [whole(record.get(name)) for name in PROFILE_COUNTS]
    known = [count for count in counts if count is not None]
    return StoreProfile(
        listings=sum(known) if known else None,
        may_post=not flag(record.get("product_posting_forbidden")),
        **read(PROFILE, record),
    )


def read_size_chart(record: Mapping[str, Any]) -> SizeChart:
    """A size chart of the store."""
    return SizeChart(**read(SIZE_CHART, record))


def read_image(record: Mapping[str, Any]) -> UploadedImage:
    """The answer to an upload."""
    return UploadedImage(url=text(record["photobank_url"]), **read(IMAGE, record))


def write_notice(notice: ShipmentNotice) -> dict[str, Any]:
    """A shipment notice as parameters."""
    return {**write(NOTICE, notice), "send_type": "all" if notice.is_complete else "part"}


def write_changed_notice(old_carrier: str, old_tracking_no: str, notice: ShipmentNotice) -> dict[str, Any]:
    """The parameters that replace an earlier notice."""
    new = {CHANGED_NOTICE.get(name, name): value for name, value in write_notice(notice).items()}
    return {**new, "old_service_name": old_carrier, "old_logistics_no": old_tracking_no}
