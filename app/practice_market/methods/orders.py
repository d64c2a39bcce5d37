"""Orders: lists and detail (aliexpress-open-platform.md 5.15)."""

from __future__ import annotations

import sqlite3
from typing import Any

from app.practice_market.call import Arguments, scalars
from app.practice_market.catalogue import rules
from app.practice_market.clock import DAY_MS
from app.practice_market.content.fields import Fields
from app.practice_market.content.order_answers import detail, list_row
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.registry import FailureBody, method
from app.practice_market.orders import owned
from app.practice_market.refusals import Refusal

LIST_FAILURE = FailureBody("success", is_number=False)
FINISHED = "FINISH"


@method("aliexpress.solution.order.get", LIST_FAILURE)
def list_solution(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Orders by creation or change; parameters inside `param0` or flat."""
    return _list(context, arguments.nested_or_flat("param0"), "order_dto", "order_product_dto")


@method("aliexpress.trade.seller.orderlist.get", LIST_FAILURE)
def list_china(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The China family's twin."""
    query = arguments.document("param_aeop_order_query")
    return _list(context, query, "aeop_order_item_dto", "aeop_order_product_dto")


@method("aliexpress.solution.order.info.get")
def get_solution(context: Context, arguments: Arguments) -> dict[str, Any]:
    """One order in full, below `result.data`."""
    row = _order(context, arguments)
    return {
        "result": {"error_code": "0", "time_stamp": context.order_text(context.moment_ms), "data": detail(context, row)}
    }


@method("aliexpress.trade.new.redefining.findorderbyid")
def get_china(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The China family's twin; the order sits below `target`."""
    return {"target": detail(context, _order(context, arguments), prefix="aeop_tp")}


def _order(context: Context, arguments: Arguments) -> sqlite3.Row:
    query = arguments.nested_or_flat("param1")
    return owned(context, Fields(query).integer("order_id") or 0)


def found_orders(context: Context, fields: Fields) -> tuple[int, list[sqlite3.Row]]:
    """How many orders a query finds, and the rows of its page.

    Raises:
        Refusal: page, filter or span are not as they must be.
    """
    page, size = _page(fields)
    where, params = _conditions(context, fields)
    total = context.storage.value(f"SELECT count(*) FROM trade_order WHERE {where}", tuple(params))
    rows = context.storage.rows(
        f"SELECT * FROM trade_order WHERE {where} ORDER BY created_ms DESC, order_id DESC LIMIT ? OFFSET ?",
        (*params, size, (page - 1) * size),
    )
    return total, rows


def _page(fields: Fields) -> tuple[int, int]:
    limits = rules()["lists"]
    page, size = fields.integer("current_page") or 1, fields.integer("page_size") or limits["orders_page"]
    if page < 1 or not 1 <= size <= limits["orders_page_max"]:
        raise Refusal("parameter.page", name="page_size", page=page, size=size)
    return page, size


def _list(context: Context, query: dict[str, Any], element: str, line_element: str) -> dict[str, Any]:
    fields = Fields(query)
    total, rows = found_orders(context, fields)
    page, size = _page(fields)
    return {
        "result": {
            "success": True,
            "current_page": page,
            "page_size": size,
            "total_count": total,
            "total_page": -(-total // size),
            "time_stamp": context.order_text(context.moment_ms),
            "target_list": Listed(element, [list_row(context, row, line_element) for row in rows]),
        }
    }


def _conditions(context: Context, fields: Fields) -> tuple[str, list[Any]]:
    """Store, time and state. Without a state, finished orders stay out; a time without seconds is ignored."""
    statuses = scalars("order_status_list", fields.document.get("order_status_list"))
    statuses = statuses or scalars("order_status", fields.text("order_status"))
    conditions: list[str] = ["store_id = ?"]
    params: list[Any] = [context.store_id]
    times, time_params = _times(context, fields, is_finished=FINISHED in statuses)
    conditions += times
    params += time_params
    if statuses:
        conditions.append(f"status IN ({','.join('?' * len(statuses))})")
        params += statuses
    elif context.faults.switches.finished_hidden:
        conditions.append("status <> 'FINISH'")
    if fields.has("buyer_login_id"):
        conditions.append("buyer = ?")
        params.append(fields.text("buyer_login_id"))
    return " AND ".join(conditions), params


def _times(context: Context, fields: Fields, *, is_finished: bool) -> tuple[list[str], list[Any]]:
    switches = context.faults.switches
    days = switches.finished_span_days if is_finished else switches.order_span_days
    conditions: list[str] = []
    params: list[Any] = []
    for column, name in (("created_ms", "create_date"), ("modified_ms", "modified_date")):
        start_ms = context.order_ms(fields.text(f"{name}_start"))
        if start_ms is None:
            continue
        end_ms = context.order_ms(fields.text(f"{name}_end"))
        if ((end_ms or context.moment_ms) - start_ms) // DAY_MS > days:
            raise Refusal("order.span", days=days)
        conditions.append(f"{column} BETWEEN ? AND ?")
        params += [start_ms, (end_ms or context.moment_ms) + 999]
    if not conditions:
        raise Refusal("order.filter")
    return conditions, params
