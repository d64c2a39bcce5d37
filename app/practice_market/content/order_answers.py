"""Orders as lists and details show them: Pacific times, money as text (aliexpress-open-platform.md 5.15)."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

from app.practice_market.clock import DAY_MS, HOUR_MS
from app.practice_market.content.fields import price_text
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.photobank import address

UNPAID = ("PLACE_ORDER_SUCCESS",)
SENT = ("WAIT_BUYER_ACCEPT_GOODS", "FUND_PROCESSING", "IN_ISSUE")
MINUTE_MS = 60_000
DOLLAR = {
    "currency_code": "USD",
    "default_fraction_digits": 2,
    "display_name": "US Dollar",
    "numeric_code": 840,
    "symbol": "$",
}


def money2(amount_cents: int) -> dict[str, Any]:
    """Amount as text and currency."""
    return {"amount": price_text(amount_cents), "currency_code": "USD"}


def money5(amount_cents: int) -> dict[str, Any]:
    """Amount as text, in cents, and everything about the currency."""
    return {**money2(amount_cents), "cent": amount_cents, "cent_factor": 100, "currency": DOLLAR}


def list_row(context: Context, row: sqlite3.Row, line_element: str) -> dict[str, Any]:
    """An order in a list; fee rates and addresses are in the detail only."""
    record = orjson.loads(row["record"])
    return {
        **_states(row, record),
        **_time_left(row, context.moment_ms),
        "order_id": row["order_id"],
        "biz_type": "AE_COMMON",
        "gmt_create": context.order_text(row["created_ms"]),
        "gmt_pay_time": context.order_text(row["paid_ms"]),
        "gmt_send_goods_time": None if row["status"] == "FINISH" else context.order_text(row["sent_ms"]),
        "gmt_update": context.order_text(row["modified_ms"]),
        "buyer_login_id": row["buyer"],
        "buyer_signer_fullname": _full_name(record),
        "pay_amount": money2(_total(record)),
        "payment_type": None if row["paid_ms"] is None else record["payment_type"],
        "has_request_loan": False,
        "phone": record["is_phone"],
        "end_reason": record.get("end_reason"),
        "seller_login_id": context.store["login_id"],
        "seller_operator_login_id": context.store["login_id"],
        "seller_signer_fullname": context.store["name_en"],
        "order_detail_url": f"{context.gateway}/order/{row['order_id']}",
        "product_list": Listed(line_element, [_line_row(context, row, record, line) for line in record["lines"]]),
    }


def detail(context: Context, row: sqlite3.Row, *, prefix: str = "global_aeop_tp") -> dict[str, Any]:
    """The whole order; *prefix* begins the element keys of the family."""
    record = orjson.loads(row["record"])
    shipments = context.storage.rows(
        "SELECT * FROM shipment WHERE order_id = ? ORDER BY shipment_id", (row["order_id"],)
    )
    lines = [_child(context, row, index, line) for index, line in enumerate(record["lines"], start=1)]
    return {
        **_states(row, record),
        "id": row["order_id"],
        "gmt_create": context.order_text(row["created_ms"]),
        "gmt_modified": context.order_text(row["modified_ms"]),
        "gmt_pay_success": context.order_text(row["paid_ms"]),
        "gmt_trade_end": context.order_text(row["ended_ms"]),
        "over_time_left": context.order_text(row["deadline_ms"]),
        "buyerloginid": row["buyer"],
        "buyer_signer_fullname": _full_name(record),
        "buyer_info": {**record["name"], "login_id": row["buyer"], "country": record["address"]["country"]},
        "order_amount": money5(_total(record)),
        "init_oder_amount": money5(_total(record)),
        "logistics_amount": money5(record["freight_cents"]),
        "pay_amount_by_settlement_cur": price_text(_total(record)),
        "settlement_currency": "USD",
        "payment_type": None if row["paid_ms"] is None else record["payment_type"],
        "is_phone": record["is_phone"],
        "memo": record.get("memo"),
        "order_end_reason": record.get("end_reason"),
        "loan_status": "wait_loan",
        "seller_operator_login_id": context.store["login_id"],
        "seller_signer_fullname": context.store["name_en"],
        "receipt_address": record["address"],
        "child_order_list": Listed(f"{prefix}_child_order_dto", lines),
        "logistic_info_list": Listed(f"{prefix}_logistic_info_dto", [_parcel(context, item) for item in shipments]),
    }


def _states(row: sqlite3.Row, record: dict[str, Any]) -> dict[str, Any]:
    status = row["status"]
    return {
        "order_status": status,
        "fund_status": "NOT_PAY" if row["paid_ms"] is None else "PAY_SUCCESS",
        "logistics_status": _logistics_status(row),
        "issue_status": "IN_ISSUE" if status == "IN_ISSUE" else record.get("issue_status", "NO_ISSUE"),
        "frozen_status": "IN_FROZEN" if status == "IN_FROZEN" else "NO_FROZEN",
    }


def _logistics_status(row: sqlite3.Row) -> str:
    if row["status"] == "SELLER_PART_SEND_GOODS":
        return "SELLER_SEND_PART_GOODS"
    if row["ended_ms"] is not None and row["sent_ms"] is not None:
        return "BUYER_ACCEPT_GOODS"
    return "WAIT_SELLER_SEND_GOODS" if row["sent_ms"] is None else "SELLER_SEND_GOODS"


def _time_left(row: sqlite3.Row, moment_ms: int) -> dict[str, Any]:
    """Days, hours and minutes to send; only orders that wait for the seller have them, an overdue one has 0."""
    if row["deadline_ms"] is None:
        return {}
    left_ms = max(0, row["deadline_ms"] - moment_ms)
    return {
        "timeout_left_time": left_ms,
        "left_send_good_day": str(left_ms // DAY_MS),
        "left_send_good_hour": str(left_ms % DAY_MS // HOUR_MS),
        "left_send_good_min": str(left_ms % HOUR_MS // MINUTE_MS),
    }


def _line_row(context: Context, row: sqlite3.Row, record: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    return {
        "order_id": row["order_id"],
        "child_id": line["child_id"],
        "product_id": line["product_id"],
        "product_name": line["name"],
        "product_count": line["count"],
        "product_unit": "piece",
        "product_unit_price": money2(line["unit_cents"]),
        "total_product_amount": money2(line["unit_cents"] * line["count"]),
        "logistics_amount": money2(0),
        "logistics_service_name": record["service"]["display_name"],
        "logistics_type": record["service"]["service_name"],
        "sku_code": line["sku_code"],
        "son_order_status": row["status"],
        "show_status": row["status"],
        "fund_status": "NOT_PAY" if row["paid_ms"] is None else "PAY_SUCCESS",
        "issue_status": "IN_ISSUE" if row["status"] == "IN_ISSUE" else "NO_ISSUE",
        "goods_prepare_time": line["handling_days"],
        "send_goods_operator": "SELLER_SEND_GOODS",
        "send_goods_time": context.order_text(row["sent_ms"]),
        "can_submit_issue": False,
        "money_back3x": False,
        "product_img_url": address(context.gateway, line["image"]) + "_50x50.jpg",
        "product_snap_url": f"{context.gateway}/snapshot/{line['child_id']}",
    }


def _child(context: Context, row: sqlite3.Row, index: int, line: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": line["child_id"],
        "child_order_id": str(line["child_id"]),
        "order_sort_id": index,
        "product_id": line["product_id"],
        "product_name": line["name"],
        "product_count": line["count"],
        "product_unit": "piece",
        "lot_num": 1,
        "product_price": money5(line["unit_cents"]),
        "init_order_amt": money5(line["unit_cents"] * line["count"]),
        "sku_code": line["sku_code"],
        "order_status": row["status"],
        "fund_status": "NOT_PAY" if row["paid_ms"] is None else "PAY_SUCCESS",
        "goods_prepare_time": line["handling_days"],
        "product_attributes": line["attributes"],
        "product_img_url": address(context.gateway, line["image"]) + "_50x50.jpg",
        "send_goods_operator": "SELLER_SEND_GOODS",
    }


def _parcel(context: Context, shipment: sqlite3.Row) -> dict[str, Any]:
    return {
        "gmt_send": context.order_text(shipment["sent_ms"]),
        "have_tracking_info": True,
        "logistics_no": shipment["logistics_no"],
        "logistics_service_name": shipment["service_name"],
        "logistics_type_code": shipment["service_name"],
        "receive_status": "default",
        "ship_order_id": shipment["shipment_id"],
    }


def _full_name(record: dict[str, Any]) -> str:
    return f"{record['name']['first_name']} {record['name']['last_name']}"


def _total(record: dict[str, Any]) -> int:
    return int(record["freight_cents"] + sum(line["unit_cents"] * line["count"] for line in record["lines"]))
