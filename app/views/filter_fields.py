"""Fields a page can be filtered by, as data, and how a condition reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from app.messages import tr

if TYPE_CHECKING:
    from app.services.paging import Filter, Operator

Choice = tuple[Any, str]
SIGN = {"=": "", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "in": "", "not in": "≠", "contains": ""}
_COMPARED: tuple[Operator, ...] = ("<", "<=", "=", "!=", ">=", ">", "missing", "present")
OPERATORS: dict[str, tuple[Operator, ...]] = {
    "number": _COMPARED,
    "date": _COMPARED,
    "text": ("contains", "lacks", "=", "!=", "missing", "present"),
    "item": ("=", "!="),
    "choice": ("in", "not in"),
    "flag": ("=",),
}


@dataclass(frozen=True)
class FilterField:
    """A field as data.

    Attributes:
        name: the source's name of it, in `Filter.field`.
        key: message key of its name.
        kind: number, date, text, item (a text that is met exactly), choice (of several values) or flag (is set or not).
        choices: for `choice`: value and label, asked for when they are shown.
        unit_key: message key of a number's unit.
    """

    name: str
    key: str
    kind: Literal["number", "date", "text", "item", "choice", "flag"] = "text"
    choices: Callable[[], Sequence[Choice]] | None = None
    unit_key: str = ""

    def labels(self) -> dict[Any, str]:
        """Label by value of a choice."""
        return dict(self.choices()) if self.choices else {}

    def shows(self, condition: Filter) -> bool:
        """Whether a chip of this field can show and change the condition."""
        is_list = isinstance(condition.value, tuple)
        return condition.operator in OPERATORS[self.kind] and is_list is (self.kind == "choice")


def value_text(field: FilterField, condition: Filter) -> str:
    """The value part of a chip: `< 20 %`, `6 chosen`, `Chenfan`."""
    if condition.operator in ("missing", "present"):
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
