"""A store with a free template, stock items, and listings whose figures are those of domain.md 10.4."""

from __future__ import annotations

import orjson
import pytest

from app.services.pricing.rates import set_commissions

FREE = [{"logistics_company": "CAINIAO_STANDARD", "all_free_shipping": "Y"}]
PIECES = [
    {
        "template": {"logistics_company": "OTHER"},
        "selfdefine_list": [
            {
                "custom_freight_type": "order_num",
                "shipping_country": "US",
                "start_order_num": 1,
                "end_order_num": 2,
                "min_freight": "2.43",
                "per_add_num": 1,
                "add_freight": "1",
            }
        ],
    }
]
STANDARD = [{"logistics_company": "A", "all_standard_shipping": "Y", "all_standard_discount": 30}]


@pytest.fixture
def priced(write):
    """Templates `free`, `pieces` and `standard`, stock items AB1234 (18.00, 200 g) and CD5678 (9.80, 140 g)."""
    for name, services in (("free", FREE), ("pieces", PIECES), ("standard", STANDARD), ("unread", None)):
        write(
            "INSERT INTO freight_template (store_id, template_id, name, is_default, services, synced_ms) "
            "VALUES (1, ?, ?, 0, ?, 0)",
            name,
            name,
            None if services is None else orjson.dumps(services).decode(),
        )
    for code, cost, grams in (("AB1234", "18.00", 200), ("CD5678", "9.80", 140), ("EF9", None, 50)):
        write(
            "INSERT INTO stock_item (code, name, cost_micro, weight_mg, picture, updated_ms) "
            "VALUES (?, '', ?, ?, '', 0)",
            code,
            None if cost is None else int(float(cost) * 10**6),
            grams * 1000,
        )


@pytest.fixture
def commission(db):
    """Set the commission of all categories."""
    return lambda share: set_commissions(db, {"": share})
