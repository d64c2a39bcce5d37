"""Orders in parts: the light list, states, sums, address, and what was declared shipped (aliexpress-open-platform.md
5.15, 5.16)."""

from __future__ import annotations

from typing import Any

import orjson

from app.practice_market.call import Arguments
from app.practice_market.content.fields import Fields
from app.practice_market.content.order_answers import detail, list_row
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.orders import found_orders
from app.practice_market.methods.registry import FailureBody, method
from app.practice_market.orders import owned
from app.practice_market.refusals import Refusal

BASE = (
    "frozen_status",
    "fund_status",
    "gmt_create",
    "gmt_modified",
    "issue_status",
    "loan_status",
    "logistics_status",
    "order_status",
    "seller_operator_login_id",
    "seller_signer_fullname",
)
LINE = ("product_count", "product_id", "product_img_url", "product_name", "product_snap_url", "product_unit")
COUNTRIES = {"ES": "Spain", "FR": "France", "US": "United States", "DE": "Germany", "PL": "Poland", "BR": "Brazil"}


@method("aliexpress.trade.redefining.findorderlistsimplequery")
def list_simple(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The light list: `page` instead of `current_page`, prices as bare text."""
    query = arguments.document("param1")
    total, rows = found_orders(context, Fields({**query, "current_page": query.get("page")}))
    orders = []
    for row in rows:
        full = list_row(context, row, "simple_order_product_vo")
        lines = [
            {
                **{name: line[name] for name in LINE},
                "child_id": line["child_id"],
                "goods_prepare_time": line["goods_prepare_time"],
                "money_back3x": False,
                "product_unit_price": line["product_unit_price"]["amount"],
                "product_unit_price_cur": line["product_unit_price"]["currency_code"],
                "sku_code": line["sku_code"],
                "son_order_status": line["son_order_status"],
            }
            for line in full["product_list"]
        ]
        orders.append(
            {
                "order_id": row["order_id"],
                "biz_type": full["biz_type"],
                "gmt_create": full["gmt_create"],
                "gmt_modified": full["gmt_update"],
                "order_status": full["order_status"],
                "timeout_left_time": full.get("timeout_left_time"),
                "product_list": Listed("simple_order_product_vo", lines),
            }
        )
    return {"result": {"total_item": total, "order_list": Listed("simple_order_item_vo", orders)}}


@method("aliexpress.trade.redefining.findorderbaseinfo")
def get_base(context: Context, arguments: Arguments) -> dict[str, Any]:
    """States only."""
    full = _detail(context, arguments)
    return {"result": {name: full[name] for name in BASE}}


@method("aliexpress.trade.redefining.findordertradeinfo")
def get_trade(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Sums as bare text beside their currency, and the lines."""
    full = _detail(context, arguments)
    sums: dict[str, Any] = {}
    for name in ("init_oder_amount", "logistics_amount", "order_amount"):
        sums |= {name: full[name]["amount"], f"{name}_cur": full[name]["currency_code"]}
    lines = []
    for line in full["child_order_list"]:
        flat = {name: value for name, value in line.items() if not isinstance(value, dict)}
        for name in ("init_order_amt", "product_price"):
            flat |= {name: line[name]["amount"], f"{name}_cur": line[name]["currency_code"]}
        lines.append({**flat, "lot_num": str(line["lot_num"])})
    return {
        "result": {
            **sums,
            "id": full["id"],
            "is_phone": full["is_phone"],
            "child_order_list": Listed("child_order_dto", lines),
        }
    }


@method("aliexpress.solution.order.receiptinfo.get")
def get_receipt(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Where the order goes."""
    return {"result": _address(context, arguments)}


@method("aliexpress.trade.redefining.findorderreceiptinfo")
def get_receipt_china(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The China family's twin: name, street and telephone are masked, `oaid` stands for them (5.15)."""
    address = _address(context, arguments)
    masked = {name: _masked(address[name]) for name in ("contact_person", "address", "detail_address", "mobile_no")}
    return {"result": {**address, **masked, "oaid": f"oaid{Fields(arguments.document('param1')).text('order_id')}"}}


@method(
    "aliexpress.logistics.querysellershipmentinfo",
    FailureBody("result_success", "result_error_code", "error_msg", level=""),
)
def get_shipments(context: Context, arguments: Arguments) -> dict[str, Any]:
    """What was declared for an order."""
    order_id = int(owned(context, arguments.integer("trade_order_id"))["order_id"])
    rows = context.storage.rows("SELECT * FROM shipment WHERE order_id = ? ORDER BY shipment_id", (order_id,))
    shipments = [
        {
            "service_name": row["service_name"],
            "logistics_no": row["logistics_no"],
            "tracking_web_site": row["website"] or None,
        }
        for row in rows
    ]
    whole = {
        "sub_trade_order_index": 1,
        "send_type": rows[-1]["send_type"] if rows else None,
        "shipment_list": Listed("aeop_shipment_dto", shipments),
    }
    subs = Listed("aeop_seller_shipment_sub_trade_order_dto", [whole] if rows else [])
    return {"result_success": True, "trade_order_id": order_id, "sub_trade_order_list": subs}


@method(
    "aliexpress.logistics.redefining.querytrackingresult",
    FailureBody("result_success", "error_code", "error_desc", level=""),
)
def track(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Where a declared parcel has been; times are order times (5.0, 5.16)."""
    row = owned(context, arguments.integer("out_ref"))
    number, service = arguments.text("logistics_no"), arguments.text("service_name")
    parcel = context.storage.row(
        "SELECT * FROM shipment WHERE order_id = ? AND logistics_no = ? AND service_name = ?",
        (row["order_id"], number, service),
    )
    if parcel is None:
        raise Refusal("shipment.missing", number=number)
    events = [(parcel["sent_ms"], "CONSIGN", "Parcel handed over")]
    if row["ended_ms"] is not None:
        events.append((row["ended_ms"], "GTMS_SIGNED", "Delivered"))
    details = [
        {"event_date": context.order_text(moment_ms), "event_desc": text, "action_code": code}
        for moment_ms, code, text in events
    ]
    return {"result_success": True, "details": Listed("details", details)}


def _detail(context: Context, arguments: Arguments) -> dict[str, Any]:
    order_id = Fields(arguments.document("param1")).integer("order_id") or 0
    return detail(context, owned(context, order_id))


def _address(context: Context, arguments: Arguments) -> dict[str, Any]:
    order_id = Fields(arguments.document("param1")).integer("order_id") or 0
    address = dict(orjson.loads(owned(context, order_id)["record"])["address"])
    return {**address, "country_name": COUNTRIES.get(address["country"], address["country"])}


def _masked(text: str) -> str:
    return text[:1] + "***" if text else text
