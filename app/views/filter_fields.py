"""Fields a page can be filtered by, as data, and how a condition reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from app.messages import tr

if TYPE_CHECKING:
    from app.services.paging import Filter, Operator

Choice = tuple[Any, str]
SIGN = {"=": "", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "in": "", "not in": "≠", "contains": ""}
PRESENCE: tuple[Operator, ...] = ("missing", "present")
"""Operators without a value."""
_COMPARED: tuple[Operator, ...] = ("<", "<=", "=", "!=", ">=", ">", *PRESENCE)
OPERATORS: dict[str, tuple[Operator, ...]] = {
    "number": _COMPARED,
    "date": _COMPARED,
    "text": ("contains", "lacks", "=", "!=", *PRESENCE),
    "item": ("=", "!="),
    "choice": ("in", "not in", *PRESENCE),
    "flag": ("=",),
}
_LISTED: dict[Operator, Operator] = {"=": "in", "!=": "not in"}


@dataclass(frozen=True)
class FilterField:
    """A field as data.

    Attributes:
        name: the source's name of it, in `Filter.field`.
        key: message key of its name.
        kind: number, date, text, item (a text that is met exactly), choice (of several values) or flag (is set or not).
        choices: for `choice`: value and label, asked for when they are shown.
        unit_key: message key of a number's unit.
        is_always_set: every row has a value, so nobody is asked whether it is empty.
    """

    name: str
    key: str
    kind: Literal["number", "date", "text", "item", "choice", "flag"] = "text"
    choices: Callable[[], Sequence[Choice]] | None = None
    unit_key: str = ""
    is_always_set: bool = False

    @property
    def operators(self) -> tuple[Operator, ...]:
        """How it is compared in its editor."""
        known = OPERATORS[self.kind]
        return tuple(one for one in known if one not in PRESENCE) if self.is_always_set else known

    def labels(self) -> dict[Any, str]:
        """Label by value of a choice."""
        return dict(self.choices()) if self.choices else {}

    def as_edited(self, condition: Filter) -> Filter:
        """The condition as the editor has it: one value of a choice is a list of one."""
        operator = _LISTED.get(condition.operator)
        if self.kind != "choice" or operator is None:
            return condition
        return replace(condition, operator=operator, value=(condition.value,))

    def shows(self, condition: Filter) -> bool:
        """Whether the editor of this field can show and change the condition."""
        edited = self.as_edited(condition)
        if edited.operator not in self.operators:
            return False
        if self.kind == "flag":
            return isinstance(edited.value, bool)
        return edited.operator in PRESENCE or isinstance(edited.value, tuple) is (self.kind == "choice")


def can_be_read(condition: Filter) -> bool:
    """Whether it says something; a file of kept filters may hold anything."""
    if condition.operator in PRESENCE:
        return True
    return condition.operator in (*SIGN, "lacks") and condition.value is not None


def value_text(field: FilterField, condition: Filter) -> str:
    """The value part of a chip: `< 20 %`, `6 chosen`, `Chenfan`."""
    if condition.operator in PRESENCE:
        return tr(f"filter.{condition.operator}")
    if field.kind == "flag":
        return tr("filter.yes" if condition.value else "filter.no")
    if condition.operator == "lacks":
        return tr("filter.lacks", text=condition.value)
    sign, unit = SIGN[condition.operator], tr(field.unit_key) if field.unit_key else ""
    if isinstance(condition.value, tuple):
        shown = _chosen_text(field, condition.value)
    else:
        shown = field.labels().get(condition.value, str(condition.value))
    return " ".join(part for part in (sign, shown, unit) if part)


def _chosen_text(field: FilterField, values: tuple[Any, ...]) -> str:
    if len(values) == 1:
        return field.labels().get(values[0], str(values[0]))
    return tr("filter.chosen", n=len(values))
