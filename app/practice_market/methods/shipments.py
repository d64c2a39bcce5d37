"""Declaring shipment and correcting a declaration (aliexpress-open-platform.md 5.16, domain.md 11.3)."""

from __future__ import annotations

import re
from typing import Any

from app.practice_market.call import Arguments
from app.practice_market.catalogue import rules
from app.practice_market.clock import DAY_MS
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.registry import FailureBody, method
from app.practice_market.orders import OrderStatus, mark_sent, owned
from app.practice_market.refusals import Refusal

SOLUTION_FAILURE = FailureBody("result_success", "result_error_code", "result_error_desc", is_number=False)
FLAT_FAILURE = FailureBody("result_success", "result_error_code", "result_error_desc", is_number=False, level="")


@method("aliexpress.logistics.redefining.listlogisticsservice")
def list_carriers(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Carriers a shipment may name, each with the rule of its tracking numbers."""
    rows = [
        {**carrier, "logistics_company": carrier["service_name"], "recommend_order": index}
        for index, carrier in enumerate(rules()["carriers"], start=1)
    ]
    return {"result_success": True, "result_list": Listed("aeop_logistics_service_result", rows)}


@method("aliexpress.solution.order.fulfill", SOLUTION_FAILURE)
def fulfill(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Declare an order shipped, whole or in part."""
    _declare(context, arguments)
    return {"result": {"result_success": True}}


@method("aliexpress.logistics.sellershipmentfortop", FLAT_FAILURE)
def declare(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The China family's twin."""
    _declare(context, arguments)
    return {"result_success": True}


@method("aliexpress.logistics.sellermodifiedshipmentfortop", FLAT_FAILURE)
def correct(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Change carrier or number of a declaration: twice at most, and only in its first days."""
    order_id = int(owned(context, arguments.integer("out_ref"))["order_id"])
    old_number = arguments.text("old_logistics_no")
    held = context.storage.row(
        "SELECT * FROM shipment WHERE order_id = ? AND service_name = ? AND logistics_no = ?",
        (order_id, arguments.text("old_service_name"), old_number),
    )
    limits = rules()["shipment"]
    if held is None or held["changes"] >= limits["changes_max"]:
        raise Refusal("shipment.fixed", number=old_number)
    if context.moment_ms - held["sent_ms"] > limits["change_days"] * DAY_MS:
        raise Refusal("shipment.fixed", number=old_number)
    service, number, website = _checked(context, arguments, "new_service_name", "new_logistics_no")
    context.storage.execute(
        "UPDATE shipment SET service_name = ?, logistics_no = ?, website = ?, changes = changes + 1"
        " WHERE shipment_id = ?",
        (service, number, website, held["shipment_id"]),
    )
    said = {"service_name": service, "logistics_no": number}
    context.accepted("shipment_change", order_id, said, said)
    return {"result_success": True}


def _declare(context: Context, arguments: Arguments) -> None:
    """After `send_type` all nothing more can be declared; `part` may come several times.

    Raises:
        Refusal: the order is not the store's or not to be sent, or carrier, number or address do not fit.
    """
    send_type = arguments.text("send_type")
    if send_type not in ("all", "part"):
        raise Refusal("parameter.value", name="send_type", value=send_type)
    row = owned(context, arguments.integer("out_ref"))
    order_id, is_checked = int(row["order_id"]), context.faults.switches.shipments_checked
    if is_checked and row["status"] not in (OrderStatus.TO_SEND, OrderStatus.PART_SENT):
        raise Refusal("order.already_sent" if row["sent_ms"] else "order.not_shippable", order_id=order_id)
    service, number, website = _checked(context, arguments, "service_name", "logistics_no")
    context.storage.execute(
        "INSERT INTO shipment (order_id, service_name, logistics_no, send_type, website, sent_ms, changes)"
        " VALUES (?, ?, ?, ?, ?, ?, 0)",
        (order_id, service, number, send_type, website, context.moment_ms),
    )
    mark_sent(context, order_id, is_whole=send_type == "all")
    said = {"service_name": service, "logistics_no": number, "send_type": send_type}
    context.accepted("shipment", order_id, said, said)


def _checked(context: Context, arguments: Arguments, service_name: str, number_name: str) -> tuple[str, str, str]:
    """Carrier, tracking number and tracking address, if they go together."""
    service, number = arguments.text(service_name), arguments.text(number_name)
    website = arguments.text("tracking_website", "")
    if not context.faults.switches.shipments_checked:
        return service, number, website
    carrier = next((item for item in rules()["carriers"] if item["service_name"] == service), None)
    if carrier is None:
        raise Refusal("order.service", service=service)
    if not re.fullmatch(carrier["tracking_no_regex"], number):
        raise Refusal("order.tracking", number=number, service=service)
    if service.startswith(rules()["shipment"]["website_needed"]) and not website:
        raise Refusal("order.website", service=service)
    return service, number, website
