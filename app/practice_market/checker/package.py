"""Weight, package, lot, handling time, bulk price, unit: the numbers of a product."""

from __future__ import annotations

from decimal import Decimal

from app.practice_market.catalogue import rules
from app.practice_market.content.reading import Record
from app.practice_market.context import Context
from app.practice_market.refusals import Refusal

Span = tuple[int, int] | list[int]
SIDES = ("package_length", "package_width", "package_height")


def check(record: Record, context: Context) -> None:
    """Refuse the first number out of its range."""
    _check_size_and_weight(record)
    _check_lot(record)
    _check_pack_sell(record)
    _check_bulk(record)
    handling = (rules()["handling_days_min"], context.faults.switches.handling_days_max)
    _check_range(record, "delivery_time", handling, is_required=True)
    _check_range(record, "ws_valid_num", rules()["validity_days"], is_required=True)
    if record["reduce_strategy"] not in rules()["reduce_strategies"]:
        raise Refusal("schema.value", pointer="reduce_strategy", value=record["reduce_strategy"])
    if record.get("product_unit") not in rules()["units"]:
        raise Refusal("unit.unknown", value=record.get("product_unit"))


def _check_size_and_weight(record: Record) -> None:
    limits = rules()["package"]
    for name in (*SIDES, "gross_weight"):
        if record.get(name) is None:
            raise Refusal("package.missing", name=name)
    for name in SIDES:
        _check_range(record, name, (limits["side_min"], limits["side_max"]), is_required=True)
    longest, *others = sorted((record[name] for name in SIDES), reverse=True)
    if longest + 2 * sum(others) > limits["girth_max"]:
        raise Refusal("schema.girth", pointer="package_size", most=limits["girth_max"])
    _check_weight(record, "gross_weight")


def _check_weight(record: Record, name: str) -> None:
    low, high = rules()["package"]["weight_min"], rules()["package"]["weight_max"]
    if not Decimal(low) <= Decimal(record[name]) <= Decimal(high):
        raise Refusal("schema.range", pointer=name, value=record[name], low=low, high=high)


def _check_lot(record: Record) -> None:
    """Sold by lot means more than one piece in it, else exactly one."""
    is_right = record["lot_num"] > 1 if record["package_type"] else record["lot_num"] == 1
    if not is_right:
        raise Refusal("schema.lot", pointer="lot_num", value=record["lot_num"])


def _check_pack_sell(record: Record) -> None:
    if not record["is_pack_sell"]:
        return
    for name in ("base_unit", "add_unit"):
        _check_range(record, name, rules()["pack_units"], is_required=True)
    if record.get("add_weight") is None:
        raise Refusal("package.missing", name="add_weight")
    _check_weight(record, "add_weight")


def _check_bulk(record: Record) -> None:
    """Bulk quantity and discount come both or not at all."""
    if (record.get("bulk_order") is None) != (record.get("bulk_discount") is None):
        raise Refusal("schema.together", pointer="bulk_order", one="bulk_order", other="bulk_discount")
    _check_range(record, "bulk_order", rules()["bulk_order"])
    _check_range(record, "bulk_discount", rules()["bulk_discount"])


def _check_range(record: Record, name: str, limits: Span, *, is_required: bool = False) -> None:
    value, (low, high) = record.get(name), limits
    if value is None and not is_required:
        return
    if value is None or not low <= value <= high:
        raise Refusal("schema.range", pointer=name, value=value, low=low, high=high)
