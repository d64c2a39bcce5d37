"""Product lists of both families: one status at a time, page by page (aliexpress-open-platform.md 5.1)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import Any

from app.practice_market.call import Arguments, whole_numbers
from app.practice_market.catalogue import rules
from app.practice_market.clock import DAY_MS
from app.practice_market.content.fields import Fields, price_text
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.registry import FailureBody, method
from app.practice_market.photobank import address
from app.practice_market.products import Status
from app.practice_market.refusals import Refusal

QUERY = "aeop_a_e_product_list_query"
FAILURE = FailureBody("success")


@dataclass(slots=True)
class Filter:
    """Conditions of a product list, joined by AND."""

    conditions: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)

    def add(self, condition: str, *params: Any) -> None:
        """One more condition; every `?` in it has its value in *params*."""
        self.conditions.append(condition)
        self.params.extend(params)


@method("aliexpress.solution.product.list.get", FAILURE)
def list_solution(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The list that also finds a merchant code."""
    fields = Fields(arguments.document(QUERY))
    found = _filter(context, fields)
    if fields.has("sku_code"):
        found.add("product_id IN (SELECT product_id FROM sku_code WHERE code = ?)", fields.text("sku_code"))
    return _page(context, fields, found, "item_display_dto")


@method("aliexpress.postproduct.redefining.findproductinfolistquery", FAILURE)
def list_legacy(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The list of the China family."""
    fields = Fields(arguments.document(QUERY))
    return _page(context, fields, _filter(context, fields), "aeop_ae_product_display_sample_dto")


def _filter(context: Context, fields: Fields) -> Filter:
    status = fields.text("product_status_type")
    if status not in [*Status, "service_delete"]:
        raise Refusal("parameter.value", name="product_status_type", value=status)
    found = Filter()
    found.add("store_id = ? AND status = ?", context.store_id, status)
    if fields.has("product_id"):
        found.add("product_id = ?", fields.integer("product_id"))
    if fields.has("subject"):
        _filter_title(found, fields.text("subject"))
    if group_id := fields.integer("group_id"):
        found.add(
            "(group_id = ? OR group_id IN (SELECT group_id FROM product_group WHERE parent_id = ?))", group_id, group_id
        )
    if fields.has("ws_display"):
        found.add("offline_reason = ?", fields.text("ws_display"))
    if days := fields.integer("off_line_time"):
        found.add("offline_ms <= ?", context.moment_ms + days * DAY_MS)
    excepted = whole_numbers("excepted_product_ids", fields.document.get("excepted_product_ids"))
    if excepted:
        found.add(f"product_id NOT IN ({','.join('?' * len(excepted))})", *excepted)
    _filter_times(context, found, fields)
    return found


def _filter_title(found: Filter, subject: str) -> None:
    """Fuzzy: every word occurs somewhere in the title, any case."""
    if not subject.isascii() or len(subject) > rules()["title"]["main_max"]:
        raise Refusal("parameter.ascii", name="subject", most=rules()["title"]["main_max"])
    for word in subject.casefold().split():
        found.add("instr(title_folded, ?) > 0", word)


def _filter_times(context: Context, found: Filter, fields: Fields) -> None:
    """`gmt_*` bounds are inclusive and GMT+8, like the times of the answer; unreadable ones are ignored."""
    for column, name in (("created_ms", "gmt_create"), ("modified_ms", "gmt_modified")):
        start_ms, end_ms = (
            context.product_ms(fields.text(f"{name}_start")),
            context.product_ms(fields.text(f"{name}_end")),
        )
        if start_ms is not None:
            found.add(f"{column} >= ?", start_ms)
        if end_ms is not None:
            found.add(f"{column} < ?", end_ms + 1000)


def _page(context: Context, fields: Fields, found: Filter, element: str) -> dict[str, Any]:
    limits = rules()["lists"]
    page, size = fields.integer("current_page") or 1, fields.integer("page_size") or limits["products_page"]
    if page < 1 or not 1 <= size <= limits["products_page_max"]:
        raise Refusal("parameter.page", name="page_size", page=page, size=size)
    where = " AND ".join(found.conditions)
    total = context.storage.value(f"SELECT count(*) FROM product WHERE {where}", tuple(found.params))
    rows = context.storage.rows(
        f"SELECT * FROM product WHERE {where} ORDER BY product_id DESC LIMIT ? OFFSET ?",
        (*found.params, size, (page - 1) * size),
    )
    return {
        "result": {
            "aeop_a_e_product_display_d_t_o_list": Listed(element, [_row(context, row) for row in rows]),
            "current_page": page,
            "product_count": total,
            "success": True,
            "total_page": -(-total // size),
        }
    }


def _row(context: Context, row: sqlite3.Row) -> dict[str, Any]:
    return {
        "currency_code": context.store["currency"],
        "freight_template_id": row["template_id"],
        "gmt_create": context.product_text(row["created_ms"]),
        "gmt_modified": context.product_text(row["modified_ms"]),
        "group_id": row["group_id"] or None,
        "image_u_r_ls": ";".join(address(context.gateway, stored) for stored in row["images"].split(";")),
        "owner_member_id": context.store["login_id"],
        "owner_member_seq": context.store_id,
        "product_id": row["product_id"],
        "product_max_price": price_text(row["price_max"]),
        "product_min_price": price_text(row["price_min"]),
        "src": row["source"],
        "subject": row["title"],
        "ws_display": row["offline_reason"] if row["status"] == Status.OFF_SALE else None,
        "ws_offline_date": context.product_text(row["offline_ms"]),
    }
