"""The eight checks of domain.md 8.3 on one build: each finds its own case and is told in both languages."""

from __future__ import annotations

import pytest

from app.messages import Messages
from app.services.tasks import TaskContext
from app.services.warehouses.overseas.building import Product
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.records import CHECKS, Own
from app.services.warehouses.overseas.running import run_build
from tests.unit.warehouses.overseas.conftest import COLOUR, SHIPS

US = {SHIPS: "201336106"}
PRODUCTS = {
    "price_range": [Own("PR1", 500, 5, {COLOUR: "1"}), Own("PR2", 10_000_001, 5, {COLOUR: "2"})],
    "code_length": [Own("CL1234+CL5678+CL9012*3", 500, 5, {COLOUR: "1"})],
    "equal_properties": [Own("EP1", 500, 5, {COLOUR: "1"}), Own("EP2", 500, 5, {COLOUR: "1"})],
    "below_home": [Own("BH1", 500, 5, {COLOUR: "1"})],
    "far_above": [Own("FA1", 500, 5, {COLOUR: "1"})],
    "no_stock": [Own("NS1", 500, 0, {COLOUR: "1"})],
    "too_many_properties": [Own("TM1", 500, 5, {"1": "a", "2": "b", "3": "c"})],
    "marks": [Own("MK1", 500, 5, {COLOUR: "1"}), Own("MK1_CUS", 900, 5, {COLOUR: "1"} | US, "US")],
}
SHEET = """商家编码,国家,价格,库存
PR1,ES,9.00,5
CL1234+CL5678+CL9012*3,ES,9.00,5
EP1,ES,9.00,5
BH1,ES,4.99,5
FA1,ES,50.01,5
NS1,ES,9.00,0
TM1,ES,9.00,5
MK1,ES,9.00,5
MK1_CFR,ES,9.00,5
"""


def test_every_check_finds_its_own_case_and_no_other(db, sheet):
    assert list(PRODUCTS) == list(CHECKS)
    products = [Product(number, name, variants) for number, (name, variants) in enumerate(PRODUCTS.items(), 1)]
    build = run_build(db, products, BuildOptions(sheet(SHEET)), TaskContext()).build
    found = [(product.name, finding.check) for product, finding in build.findings() if finding.check in CHECKS]
    assert sorted(found) == sorted((name, name) for name in CHECKS if name != "marks")
    assert build.checks() == dict.fromkeys(CHECKS, 1) | {"marks": 2}, (
        "a stale variant, and a row that contradicts itself"
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_is_a_sentence(language):
    texts = Messages(language)
    assert all(texts.has(f"overseas.check.{name}") for name in CHECKS)
