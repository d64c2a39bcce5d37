"""Size charts: read, bound, and copied to another category (aliexpress-open-platform.md 5.19)."""

from __future__ import annotations

import sqlite3
from typing import Any

from app.practice_market import categories
from app.practice_market.call import Arguments
from app.practice_market.catalogue import rules
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.registry import FailureBody, method
from app.practice_market.products import load, refuse_uneditable, replace_record
from app.practice_market.refusals import Refusal


@method("aliexpress.postproduct.redefining.getsizechartinfobycategoryid", FailureBody("success"))
def list_charts(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The store's charts for a category."""
    rows = [_chart(row) for row in _charts(context, arguments.integer("category_id"))]
    return {"result": {"success": True, "sizechart_d_t_o_list": Listed("sizechartdtolist", rows)}}


@method("aliexpress.offer.redefining.getsizetemplatesbycategoryid", FailureBody("is_success"))
def list_templates(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The same page by page; here `is_default` is text."""
    page, size = arguments.integer("current_page"), rules()["lists"]["products_page"]
    rows = _charts(context, arguments.integer("leaf_category_id"))
    if page < 1:
        raise Refusal("parameter.page", name="current_page", page=page, size=size)
    shown = [
        {**_chart(row), "category_id": row["category_id"], "is_default": str(bool(row["is_default"])).lower()}
        for row in rows[(page - 1) * size : page * size]
    ]
    return {
        "result": {
            "is_success": True,
            "current_page": page,
            "size_page": size,
            "total": len(rows),
            "sizechart_d_t_o_list": Listed("ae_product_size_template_query_simple_info", shown),
        }
    }


@method("aliexpress.postproduct.redefining.setsizechart", FailureBody("is_success"))
def bind(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Give a product one of the charts of its category."""
    product, chart_id = load(context, arguments.integer("product_id")), arguments.integer("sizechart_id")
    refuse_uneditable(context, product)
    if chart_id not in {row["chart_id"] for row in _charts(context, product.record["category_id"])}:
        raise Refusal("template.foreign", pointer="sizechart_id")
    record = {**product.record, "sizechart_id": chart_id}
    replace_record(context, product, record, is_reviewed=False, kind="size_chart", said=chart_id)
    return {"result": {"is_success": True, "product_id": product.product_id, "sizechart_id": chart_id}}


@method("aliexpress.offer.redefining.copysizetemplate", FailureBody("is_success"))
def copy(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Copy a chart to another leaf category."""
    chart_id, leaf_id = arguments.integer("size_template_id"), arguments.integer("target_leaf_id")
    sql = "SELECT * FROM size_chart WHERE store_id = ? AND chart_id = ?"
    row = context.storage.row(sql, (context.store_id, chart_id))
    if row is None:
        raise Refusal("template.foreign", pointer="size_template_id")
    category = categories.find(leaf_id)
    if category is None or not category.is_leaf:
        raise Refusal("category.not_leaf", category_id=leaf_id)
    copied = context.storage.execute(
        "INSERT INTO size_chart (store_id, category_id, name, model_name, is_default) VALUES (?, ?, ?, ?, 0)",
        (context.store_id, leaf_id, row["name"], row["model_name"]),
    ).lastrowid
    assert copied is not None
    context.accepted("size_chart_copy", copied, {"from": chart_id, "category_id": leaf_id})
    return {"result": {"is_success": True, "size_template_id": copied}}


def _charts(context: Context, category_id: int) -> list[sqlite3.Row]:
    return context.storage.rows(
        "SELECT * FROM size_chart WHERE store_id = ? AND category_id = ? ORDER BY chart_id",
        (context.store_id, category_id),
    )


def _chart(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "sizechart_id": row["chart_id"],
        "name": row["name"],
        "model_name": row["model_name"],
        "is_default": bool(row["is_default"]),
    }
