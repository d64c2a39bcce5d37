"""Arithmetic of a bulk edit as SQL over stored integers: exact, the same for one row and for a million.

All of it is integer arithmetic: a factor is a fraction, halves are rounded up as a shop rounds, weights and sides to
the next gram and centimetre (domain.md 5.1), and what SQLite would turn into an inexact number is refused before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from app.services.listings.bulk_edit.formulas import evaluator, scale, simplified
from app.services.listings.bulk_edit.operations import (
    LISTING_NUMBERS,
    PIECES,
    ROUNDED_UP,
    BadOperation,
    ChangeNumber,
    Rounding,
    field_name,
)

LARGEST = 400_000_000
"""Numbers above are refused: with the largest factor the arithmetic stays within 64 bits."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A change of one number in SQL.

    Attributes:
        change: as it was asked for.
        after: an expression for the new value; `{before}` stands for the old one, `{columns}` for a formula's.
        columns: what a formula reads, columns of `sku` or `listing`.
        function: name and function that must be known to the connection, None where plain SQL is enough.
    """

    change: ChangeNumber
    after: str
    columns: tuple[str, ...] = ()
    function: tuple[str, Callable[..., int | str]] | None = None

    @property
    def column(self) -> str:
        """The column it changes."""
        return self.change.field

    @property
    def is_of_listing(self) -> bool:
        """Whether it is a number of the listing, not of its variants."""
        return self.column in LISTING_NUMBERS


def worked(change: ChangeNumber) -> Worked:
    """*change* in SQL.

    Raises:
        FormulaError: its formula cannot be used.
        BadOperation: half a piece is set or added.
    """
    step = simplified(change)
    is_exact = step.action in ("set", "add")
    if is_exact and step.field in PIECES and step.value % 1:
        name, value = field_name(step.field), f"{step.value.normalize():f}"
        raise BadOperation("bulk_edit.half_piece", field=step.field, name=name, value=value)
    if step.action == "formula":
        function, columns = evaluator(step)
        name = f"formula_{step.field}"
        return Worked(change, f"{name}({{columns}})", columns, (name, function))
    return Worked(change, _step(step))


def _step(change: ChangeNumber) -> str:
    """Where a result is rounded to certain numbers, a positive one stays positive before, too: a twentieth of a cent
    is no 0."""
    unit = scale(change.field)
    if change.action in ("set", "add"):
        over, under = (change.value * unit).as_integer_ratio()
        number = _stored(change.value, unit, ROUND_CEILING if change.field in ROUNDED_UP else ROUND_HALF_UP)
        exact = str(over) if change.action == "set" else f"({{before}} * {under} + ({over}))"
        found = str(number) if change.action == "set" else f"({{before}} + ({number}))"
    else:
        factor = change.value if change.action == "multiply" else 1 + change.value / 100
        over, under = factor.as_integer_ratio()
        exact = f"({{before}} * {over})"
        found = f"((2 * {exact} + {under}) / {2 * under})"
        if change.field in ROUNDED_UP:
            found = f"(({exact} + {under - 1}) / {under})"
    return found if change.rounding is None else f"(CASE WHEN {exact} > 0 THEN max(1, {found}) ELSE {found} END)"


def rounded(value: str, rounding: Rounding | None, unit: int) -> str:
    """An expression for *value*, an expression, rounded; a positive number stays positive, and 0 is 0."""
    if rounding is None:
        return value
    step, ending = max(1, _stored(rounding.step, unit)), _stored(rounding.ending, unit)
    shift = {"nearest": step // 2, "up": step - 1, "down": 0}[rounding.direction]
    found = f"((({value} + {step - ending + shift}) / {step}) * {step} - {step - ending})"
    return f"(CASE WHEN {value} > 0 THEN max({found}, {ending or step}) ELSE {value} END)"


def refusal(change: ChangeNumber, before: str, after: str) -> str:
    """An expression that names why *after* is refused, `same` where nothing changes, NULL where it is fine."""
    unit, limits = scale(change.field), change.limits
    cases = [
        (f"typeof({after}) = 'text'", after),
        (f"{after} IS NULL", "'unknown'"),
        (f"{before} > {LARGEST}", "'too_large'"),
        (f"{after} < 0", "'negative'"),
        (f"{after} > {LARGEST}", "'too_large'"),
    ]
    if limits.least is not None:
        cases.append((f"{after} < {_stored(limits.least, unit, ROUND_CEILING)}", "'below_least'"))
    if limits.most is not None:
        cases.append((f"{after} > {_stored(limits.most, unit, ROUND_FLOOR)}", "'above_most'"))
    if limits.change_percent is not None:
        over, under = (limits.change_percent / 100).as_integer_ratio()
        cases.append((f"abs({after} - {before}) * {under} > abs({before}) * {over}", "'changed_too_much'"))
    cases.append((f"{after} IS {before}", "'same'"))
    return "CASE {} END".format(" ".join(f"WHEN {condition} THEN {why}" for condition, why in cases))


def _stored(number: Decimal, unit: int, rounding: str = ROUND_HALF_UP) -> int:
    return int((number * unit).to_integral_value(rounding))
