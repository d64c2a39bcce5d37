"""Formulas of a bulk edit: the fields they may read, and the simple ones told as one step that SQL can do alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from app.services.expressions import Formula, FormulaError, compile_formula
from app.services.expressions.formula_errors import MissingValue
from app.services.expressions.functions import USAGES, RowFunction
from app.services.expressions.syntax import Arithmetic, Name, Number
from app.services.listings.bulk_edit.operations import ROUNDED_UP, BadOperation, ChangeNumber
from app.services.listings.bulk_edit.target_prices import TERMS, price_for

NAMES = {
    "price": "price_minor",
    "stock": "stock",
    "weight": "weight_g",
    "length": "length_cm",
    "width": "width_cm",
    "height": "height_cm",
    "lot": "lot_size",
    "handling_days": "handling_days",
    "cost": "cost",
    "rate": "rate",
    "freight": "freight",
    "margin": "margin",
    "profit": "profit",
}
"""What a formula may read: name → column. Weight in grams, sides in centimetres, the price in the currency of the
listing; cost and freight in CNY as the figures have them (`services/pricing/inputs.py`), the rate in CNY for 1 USD;
margin (a share of revenue) and profit (CNY) as they are before the edit. Of a number of the listing itself `price` is
the lowest price and `stock` all stock together."""

KNOWN_ELSEWHERE = ("cost", "rate", "freight", "margin", "profit")
"""Of these those that are no columns of ours: a formula reads them, nothing sets them."""

ALIASES = {
    "价格": "price",
    "库存": "stock",
    "重量": "weight",
    "长": "length",
    "宽": "width",
    "高": "height",
    "备货期": "handling_days",
    "成本": "cost",
    "汇率": "rate",
    "运费": "freight",
    "毛利率": "margin",
    "利润": "profit",
}
FUNCTIONS = {"price_for": RowFunction("price_for(0.15)", tuple(TERMS), price_for, "margin")}
"""Only here: the lowest list price that earns a margin, with the fees, freight and discount of the variant."""
ALL_USAGES = {**USAGES, **{name: function.usage for name, function in FUNCTIONS.items()}}
"""How every function of a bulk edit is written."""
SCALES = {"price_minor": 100, "cost": 10**6, "rate": 10**6, "freight": 10**6, "margin": 10**4, "profit": 100, **TERMS}
"""How many of the stored unit make one that a person types; 1 where it is the same."""


_INEXACT, _MOST_EXACT = Decimal("0.000001"), Decimal(10**12)
"""What a division leaves behind the point is no gram more; of larger numbers nobody asks."""


def scale(column: str) -> int:
    """See `SCALES`."""
    return SCALES.get(column, 1)


def compiled(text: str) -> Formula:
    """The formula. Raises: FormulaError."""
    return compile_formula(text, tuple(NAMES), ALIASES, FUNCTIONS)


def simplified(change: ChangeNumber) -> ChangeNumber:
    """A formula of one step, such as `price * 1.1`, as that step; anything else as it is.

    Raises:
        FormulaError: the formula cannot be used.
    """
    if change.action != "formula":
        return change
    node = compiled(change.formula).node
    if isinstance(node, Number):
        return _step(change, "set", node.value)
    if isinstance(node, Arithmetic) and len(node.steps) == 1:
        first, step = node.first, node.steps[0]
        is_own = isinstance(first, Name) and NAMES.get(ALIASES.get(first.name, first.name.casefold())) == change.field
        if is_own and isinstance(step.operand, Number):
            number = step.operand.value
            if step.sign == "*":
                return _step(change, "multiply", number)
            if step.sign in "+-":
                return _step(change, "add", number if step.sign == "+" else -number)
    return change


def _step(change: ChangeNumber, action: Any, value: Decimal) -> ChangeNumber:
    """The step, unless the number has more digits than a step may have."""
    try:
        return replace(change, action=action, value=value, formula="")
    except BadOperation:
        return change


def evaluator(change: ChangeNumber) -> tuple[Callable[..., int | str], tuple[str, ...]]:
    """A function for SQL that works a formula out, and the columns it takes in that order.

    It gives the result in the stored unit, or the code of what is wrong in this row as a text.
    """
    formula = compiled(change.formula)
    names = tuple(sorted(formula.names))
    unit = scale(change.field)
    columns = tuple(NAMES.get(name, name) for name in names)
    scales = [Decimal(scale(column)) for column in columns]
    rounding = ROUND_CEILING if change.field in ROUNDED_UP else ROUND_HALF_UP

    def work_out(*stored: int | None) -> int | str:
        values = {
            name: None if value is None else value / by
            for name, value, by in zip(names, map(_decimal, stored), scales, strict=True)
        }
        try:
            result = formula.value(values) * unit
            if rounding == ROUND_CEILING and abs(result) < _MOST_EXACT:
                result = result.quantize(_INEXACT, rounding=ROUND_HALF_UP)
            stays_above_0 = change.rounding is not None and result > 0  # see `numbers.rounded`
            return int(result.quantize(Decimal(1), rounding=rounding)) or int(stays_above_0)
        except FormulaError as error:
            if isinstance(error, MissingValue):
                return f"unknown_{error.params['name']}"
            return error.error_code.rpartition(".")[2]

    return work_out, columns


def _decimal(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
