"""Editing products: two methods replace everything, one changes what it names (aliexpress-open-platform.md 5.3)."""

from __future__ import annotations

from typing import Any

from app.practice_market import categories
from app.practice_market.call import Arguments
from app.practice_market.content.fields import Fields
from app.practice_market.content.reading import Family, read_legacy, read_offer
from app.practice_market.content.solution import read_changes
from app.practice_market.context import Context
from app.practice_market.methods.registry import FailureBody, method
from app.practice_market.products import Product, load
from app.practice_market.writing import edit


@method("aliexpress.offer.product.edit")
def edit_offer(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Replace the whole product; what is not sent is lost."""
    document = arguments.document("aeop_a_e_product")
    product = _named(context, document, arguments)
    edit(context, product, read_offer(document), Family.OFFER)
    return {"result": {"product_id": product.product_id}}


@method("aliexpress.postproduct.redefining.editaeproduct", FailureBody("is_success"))
def edit_legacy(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Replace the whole product, translations included."""
    document = arguments.document("aeop_a_e_product")
    product = _named(context, document, arguments)
    edit(context, product, read_legacy(document), Family.LEGACY)
    return {"result": {"is_success": True, "modify_count": 1, "product_id": product.product_id}}


@method("aliexpress.solution.product.edit")
def edit_solution(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Change the fields that are named; a SKU list replaces all SKUs."""
    document = arguments.document("edit_product_request")
    product = _named(context, document, arguments)
    category_id = Fields(document).integer("aliexpress_category_id") or product.record["category_id"]
    changes = read_changes(document, categories.find(category_id))
    edit(context, product, {**product.record, **changes}, Family.SOLUTION, set(changes))
    return {"result": {"product_id": product.product_id}}


def _named(context: Context, document: dict[str, Any], arguments: Arguments) -> Product:
    product_id = Fields(document).integer("product_id") or arguments.integer("product_id")
    return load(context, product_id)
