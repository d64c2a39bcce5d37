"""The practice orders: forty, in all states, of the seeded listings, with deadlines that run from now."""

from __future__ import annotations

import sqlite3
from random import Random
from typing import Any

import orjson

from app.practice_market import categories
from app.practice_market.catalogue import load, rules
from app.practice_market.clock import DAY_MS, HOUR_MS
from app.practice_market.content.fields import cents
from app.practice_market.content.reading import Record
from app.practice_market.storage import Storage

SEED = 81902266
FIRST_ID = 8190226600447103
ID_STEP = 36_712_523
LINE_STEP = 10_000
# State, and hours from now to the deadline of each order in it (None: the state has none).
PLAN: list[tuple[str, float | None]] = [
    *(("WAIT_SELLER_SEND_GOODS", hours) for hours in (-2.2, 1.4, 3.1, 5.8, 9, 14, 20, 26, 33, 40, 52, 75, 98, 120)),
    *(("SELLER_PART_SEND_GOODS", hours) for hours in (11, 30)),
    *(("RISK_CONTROL", None),) * 4,
    *(("PLACE_ORDER_SUCCESS", None),) * 3,
    *(("WAIT_BUYER_ACCEPT_GOODS", None),) * 7,
    *(("IN_CANCEL", 44.0),) * 2,
    *(("IN_ISSUE", None),) * 2,
    ("IN_FROZEN", None),
    *(("FUND_PROCESSING", None),) * 2,
    *(("FINISH", None),) * 3,
]
AGE_DAYS = {
    "PLACE_ORDER_SUCCESS": (0.1, 2),
    "RISK_CONTROL": (0.2, 0.9),
    "WAIT_BUYER_ACCEPT_GOODS": (8, 30),
    "IN_ISSUE": (25, 50),
    "FUND_PROCESSING": (20, 45),
    "FINISH": (12, 28),
}
SENT = ("WAIT_BUYER_ACCEPT_GOODS", "IN_ISSUE", "FUND_PROCESSING", "FINISH", "SELLER_PART_SEND_GOODS")


def seed_orders(storage: Storage, moment_ms: int) -> None:
    """Create all practice orders."""
    dice = Random(SEED)
    products = storage.rows("SELECT store_id, product_id, record FROM product WHERE status = 'onSelling'")
    for number, (status, hours) in enumerate(PLAN):
        product = dice.choice(products)
        order_id = FIRST_ID + number * ID_STEP
        record = _record(product, order_id, number, status, dice, products)
        times = _times(status, hours, moment_ms, dice)
        _insert(storage, order_id, product["store_id"], status, times, record)
        if status in SENT:
            _ship(storage, order_id, status, times, record, dice)


def _times(status: str, hours: float | None, moment_ms: int, dice: Random) -> dict[str, int | None]:
    """Creation, payment, sending and end in their order; an order that waits was made five to seven days before
    its deadline."""
    deadline_ms = None if hours is None else moment_ms + round(hours * HOUR_MS)
    if deadline_ms is None:
        created_ms = moment_ms - round(dice.uniform(*AGE_DAYS.get(status, (3, 20))) * DAY_MS)
    else:
        created_ms = min(deadline_ms - dice.randint(5, 7) * DAY_MS, moment_ms - 30 * HOUR_MS)
    paid_ms = None if status == "PLACE_ORDER_SUCCESS" else created_ms + dice.randint(30, 900) * 1000
    is_sent = status in SENT and status != "SELLER_PART_SEND_GOODS"
    sent_ms = created_ms + dice.randint(40, 120) * HOUR_MS if is_sent else None
    ended_ms = None if status != "FINISH" else (sent_ms or created_ms) + 6 * DAY_MS
    last_ms = max(time for time in (created_ms, paid_ms, sent_ms, ended_ms) if time is not None)
    return {
        "created_ms": created_ms,
        "modified_ms": min(last_ms, moment_ms),
        "paid_ms": paid_ms,
        "sent_ms": sent_ms,
        "ended_ms": None if ended_ms is None else min(ended_ms, moment_ms),
        "deadline_ms": deadline_ms,
    }


def _insert(
    storage: Storage, order_id: int, store_id: int, status: str, times: dict[str, int | None], record: Record
) -> None:
    storage.execute(
        "INSERT INTO trade_order VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (order_id, store_id, status, record["login_id"], *times.values(), orjson.dumps(record).decode()),
    )


def _ship(
    storage: Storage, order_id: int, status: str, times: dict[str, int | None], record: Record, dice: Random
) -> None:
    kind = "part" if status == "SELLER_PART_SEND_GOODS" else "all"
    created_ms = times["created_ms"] or 0
    storage.execute(
        "INSERT INTO shipment (order_id, service_name, logistics_no, send_type, website, sent_ms, changes)"
        " VALUES (?, ?, ?, ?, '', ?, 0)",
        (
            order_id,
            record["service"]["service_name"],
            f"LW{dice.randint(10**8, 10**9 - 1)}CN",
            kind,
            times["sent_ms"] or created_ms + DAY_MS,
        ),
    )


def _record(
    product: sqlite3.Row, order_id: int, number: int, status: str, dice: Random, products: list[sqlite3.Row]
) -> Record:
    login_id, first, last, country, province, city, postcode, street, dialling = load("buyers")[number % 16]
    bought = [product]
    if number % 4 == 0:
        bought.append(dice.choice([row for row in products if row["store_id"] == product["store_id"]]))
    record: Record = {
        "login_id": login_id,
        "name": {"first_name": first, "last_name": last},
        "is_phone": number % 3 != 0,
        "payment_type": dice.choice(("ebanx101", "migs102", "paypal")),
        "service": rules()["carriers"][dice.choice((0, 0, 1, 2))],
        "freight_cents": dice.choice((0, 0, 193, 340, 487)),
        "address": {
            "contact_person": f"{first} {last}",
            "country": country,
            "province": province,
            "city": city,
            "zip": postcode,
            "address": street,
            "address2": "",
            "detail_address": street,
            "phone_country": dialling,
            "mobile_no": f"60000{number:04d}",
        },
        "lines": [_line(row, order_id, index, dice) for index, row in enumerate(bought, start=1)],
    }
    if status == "FINISH":
        record["end_reason"] = ("buyer_accept_goods", "buyer_accept_goods", "cancel_order_close_trade")[number % 3]
    return record


def _line(row: sqlite3.Row, order_id: int, index: int, dice: Random) -> dict[str, Any]:
    product = orjson.loads(row["record"])
    sku = dice.choice(product["aeop_ae_product_s_k_us"])
    return {
        "child_id": order_id + index * LINE_STEP,
        "product_id": row["product_id"],
        "name": product["subject_list"][0]["value"],
        "count": dice.choice((1, 1, 1, 2, 3)),
        "unit_cents": cents(sku["sku_price"]),
        "sku_code": sku["sku_code"],
        "handling_days": product["delivery_time"],
        "attributes": _attributes(product, sku),
        "image": product["image_urls"][0],
    }


def _attributes(product: Record, sku: Record) -> str:
    """The chosen variant as JSON text (aliexpress-open-platform.md 5.15)."""
    category = categories.tree()[product["category_id"]]
    chosen = []
    for order, part in enumerate(sku["aeop_s_k_u_property"], start=1):
        attribute = category.attribute(part["sku_property_id"])
        assert attribute is not None
        chosen.append(
            {
                "order": order,
                "pId": attribute.attribute_id,
                "pName": attribute.en,
                "pValue": attribute.values[part["property_value_id"]][0],
                "pValueId": part["property_value_id"],
                "selfDefineValue": "",
                "showType": "colour_atla" if attribute.style == "COLOUR_ATLA" else "none",
                "skuImg": "",
            }
        )
    return orjson.dumps({"sku": chosen}).decode()
