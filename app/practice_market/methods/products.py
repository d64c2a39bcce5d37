"""Creating products and reading them one by one (aliexpress-open-platform.md 5.1, 5.2)."""

from __future__ import annotations

from typing import Any

from app.practice_market.call import Arguments
from app.practice_market.content.answers import legacy_detail, offer_detail, solution_detail
from app.practice_market.content.reading import Family, read_legacy, read_offer
from app.practice_market.content.solution import read_post
from app.practice_market.context import Context
from app.practice_market.methods.registry import FailureBody, method
from app.practice_market.products import load
from app.practice_market.writing import create

DETAIL_FAILURE = FailureBody("success")
WRITE_FAILURE = FailureBody("is_success")


@method("aliexpress.offer.product.post")
def post_offer(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Create in several languages."""
    record = read_offer(arguments.document("aeop_a_e_product"))
    return {"result": {"product_id": create(context, record, Family.OFFER)}}


@method("aliexpress.postproduct.redefining.postaeproduct", WRITE_FAILURE)
def post_legacy(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Create with an English title and plain HTML."""
    record = read_legacy(arguments.document("aeop_a_e_product"))
    return {"result": {"is_success": True, "product_id": create(context, record, Family.LEGACY)}}


@method("aliexpress.solution.product.post")
def post_solution(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Create the overseas sellers' way."""
    record = read_post(arguments.document("post_product_request"))
    return {"result": {"product_id": create(context, record, Family.SOLUTION)}}


@method("aliexpress.offer.product.query")
def query_offer(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Everything that `offer.product.edit` wants back."""
    return {"result": offer_detail(context, load(context, arguments.integer("product_id")))}


@method("aliexpress.postproduct.redefining.findaeproductbyid", DETAIL_FAILURE)
def find_legacy(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Detail with plain HTML."""
    return {"result": legacy_detail(context, load(context, arguments.integer("product_id")))}


@method("aliexpress.solution.product.info.get")
def get_solution(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Detail the overseas sellers' way."""
    return {"result": solution_detail(context, load(context, arguments.integer("product_id")))}
