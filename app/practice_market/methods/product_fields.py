"""Editing parts of a product, renewing and deleting it (aliexpress-open-platform.md 5.3, 5.6)."""

from __future__ import annotations

from typing import Any

import orjson

from app.practice_market import categories
from app.practice_market.call import Arguments, whole_numbers
from app.practice_market.catalogue import rules
from app.practice_market.clock import DAY_MS
from app.practice_market.content.details import clean, module_text
from app.practice_market.content.fields import Fields
from app.practice_market.content.reading import Family, Record, read_images, read_legacy, read_weight
from app.practice_market.content.schema_form import read_instance, schema_of
from app.practice_market.context import Context
from app.practice_market.methods.registry import FailureBody, method
from app.practice_market.products import Product, delete, load
from app.practice_market.refusals import Refusal
from app.practice_market.writing import create, edit

FAILURE = FailureBody("success")
INTEGERS = {
    "deliveryTime": "delivery_time",
    "freightTemplateId": "freight_template_id",
    "packageLength": "package_length",
    "packageWidth": "package_width",
    "packageHeight": "package_height",
    "wsValidNum": "ws_valid_num",
    "promiseTemplateId": "promise_template_id",
}


@method("aliexpress.postproduct.redefining.editsimpleproductfiled", FAILURE)
def edit_field(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Change one field, named as the older family names it."""
    product = load(context, arguments.integer("product_id"))
    changes = _one_field(product, arguments.text("fied_name"), arguments.text("fiedvalue"))
    return _edited(context, product, changes)


@method("aliexpress.postproduct.redefining.editmultilanguageproduct", FAILURE)
def edit_language(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Set title and description of one translated language."""
    product = load(context, arguments.integer("product_id"))
    said = Fields(arguments.document("aeop_a_e_product_multilanguage_info"))
    locale = said.text("locale")
    if locale not in rules()["languages"].values() or locale == product.record["locale"]:
        raise said.refuse("locale", "value", value=locale)
    changes: Record = {}
    if said.has("subject"):
        others = [item for item in product.record["subject_list"] if item["locale"] != locale]
        changes["subject_list"] = [*others, {"locale": locale, "value": said.text("subject")}]
    if said.has("detail"):
        others = [item for item in product.record["detail_source_list"] if item["locale"] != locale]
        detail = {"locale": locale, "web_detail": module_text(clean(said.text("detail"))), "mobile_detail": ""}
        changes["detail_source_list"] = [*others, detail]
    return _edited(context, product, changes)


@method("aliexpress.postproduct.redefining.editproductcategoryattributes", FAILURE)
def edit_attributes(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Replace the category attributes."""
    product = load(context, arguments.integer("product_id"))
    read = read_legacy({"aeop_ae_product_propertys": arguments.documents("product_category_attributes")})
    return _edited(context, product, {"aeop_ae_product_propertys": read["aeop_ae_product_propertys"]})


@method("aliexpress.postproduct.redefining.editproductcidattidsku", FAILURE)
def edit_category(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Change category, attributes and SKUs together."""
    product = load(context, arguments.integer("product_id"))
    read = read_legacy(
        {
            "category_id": arguments.integer("category_id"),
            "aeop_ae_product_propertys": arguments.documents("product_properties"),
            "aeop_ae_product_s_k_us": arguments.documents("product_skus"),
        }
    )
    names = ("category_id", "aeop_ae_product_propertys", "aeop_ae_product_s_k_us")
    return _edited(context, product, {name: read[name] for name in names})


@method("aliexpress.postproduct.redefining.renewexpire", FailureBody("is_success"))
def renew(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Let the validity of a listing begin anew."""
    product = load(context, arguments.integer("product_id"))
    ends_ms = context.moment_ms + product.record["ws_valid_num"] * DAY_MS
    context.storage.execute("UPDATE product SET offline_ms = ? WHERE product_id = ?", (ends_ms, product.product_id))
    context.accepted("renew", product.product_id, product.record)
    return {"result": {"is_success": True, "modify_count": 1, "product_id": product.product_id}}


@method("aliexpress.solution.batch.product.delete")
def delete_products(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Delete up to a hundred products, all of them or none."""
    product_ids = whole_numbers("product_ids", arguments.text("product_ids"))
    if not 1 <= len(product_ids) <= rules()["lists"]["delete_ids_max"]:
        raise Refusal("parameter.count", name="product_ids", found=len(product_ids))
    for product_id in product_ids:
        delete(context, load(context, product_id))
    return {"success": "true"}


@method("aliexpress.offer.product.delete")
def delete_product(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Delete one product."""
    product = load(context, arguments.integer("product_id"))
    delete(context, product)
    return {"product_id": product.product_id}


@method("aliexpress.solution.product.schema.get", FailureBody("success", is_number=False))
def get_schema(context: Context, arguments: Arguments) -> dict[str, Any]:
    """What a category wants, as JSON schema in JSON text."""
    category_id = arguments.integer("aliexpress_category_id")
    category = categories.find(category_id)
    if category is None or not category.is_leaf:
        raise Refusal("category.not_leaf", category_id=category_id)
    return {"result": {"success": True, "schema": orjson.dumps(schema_of(category)).decode()}}


@method("aliexpress.solution.schema.product.instance.post")
def post_instance(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Create from a schema document."""
    record = read_instance(arguments.document("product_instance_request"), is_strict=_is_strict(context))
    return {"result": {"product_id": create(context, record, Family.SOLUTION)}}


@method("aliexpress.solution.schema.product.full.update")
def update_instance(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Replace the whole product by a schema document."""
    document = arguments.document("schema_full_update_request")
    product = load(context, Fields(document).integer("aliexpress_product_id") or 0)
    edit(context, product, read_instance(document, is_strict=_is_strict(context)), Family.SOLUTION)
    return {"result": {"product_id": product.product_id}}


def _is_strict(context: Context) -> bool:
    return context.faults.switches.unknown_parameters == "refused"


def _edited(context: Context, product: Product, changes: Record) -> dict[str, Any]:
    edit(context, product, {**product.record, **changes}, Family.LEGACY, set(changes))
    return {"result": {"success": True, "modify_count": 1, "product_id": product.product_id}}


def _one_field(product: Product, name: str, value: str) -> Record:
    """The record's field that `fied_name` means, read from its text.

    Raises:
        Refusal: no such field, or a value of the wrong kind.
    """
    fields, locale = Fields({name: value}), product.record["locale"]
    if name in INTEGERS:
        return {INTEGERS[name]: fields.integer(name)}
    match name:
        case "subject":
            others = [item for item in product.record["subject_list"] if item["locale"] != locale]
            return {"subject_list": [{"locale": locale, "value": value}, *others]}
        case "detail":
            others = [item for item in product.record["detail_source_list"] if item["locale"] != locale]
            kept = {"locale": locale, "web_detail": module_text(clean(value)), "mobile_detail": ""}
            return {"detail_source_list": [kept, *others]}
        case "groupId":
            return {"group_ids": [group for group in (fields.integer(name),) if group]}
        case "grossWeight":
            return {"gross_weight": read_weight(fields, name)}
        case "reduceStrategy":
            return {"reduce_strategy": value}
        case "imageURLs":
            return {"image_urls": read_images(_addresses(value))}
    raise Refusal("parameter.value", name="fied_name", value=name[:40])


def _addresses(value: str) -> list[str]:
    """Addresses joined with `;`, or with colons as the method's description has it (5.3)."""
    return [part for part in value.replace(":http", ";http").split(";") if part]
