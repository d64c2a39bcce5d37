"""A whole bulk edit: its operations in order, and how it is kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from app.services.listings.bulk_edit.operations import (
    SKU_NUMBERS,
    AddImages,
    AddKeyword,
    AddTag,
    BadOperation,
    ChangeNumber,
    ConvertInches,
    FixFindings,
    InsertDetail,
    Limits,
    Operation,
    RemoveAttribute,
    RemoveImages,
    RemoveKeyword,
    RemoveTag,
    ReorderImages,
    ReplaceImage,
    Rounding,
    SetAttribute,
    StripTags,
    field_name,
)

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Operation)}
_FIELDS: dict[type[Any], str] = {
    **dict.fromkeys((AddKeyword, RemoveKeyword), "keywords"),
    **dict.fromkeys((AddImages, RemoveImages, ReorderImages, ReplaceImage), "images"),
    **dict.fromkeys((InsertDetail, StripTags), "detail_html"),
    **dict.fromkeys((SetAttribute, RemoveAttribute), "attributes"),
    **dict.fromkeys((AddTag, RemoveTag), "tags"),
    ConvertInches: "inches",
    FixFindings: "fix",
}
"""Of operations that do not say it themselves."""
_PARTS: dict[str, type[Any]] = {"rounding": Rounding, "limits": Limits}


@dataclass(frozen=True, slots=True)
class BulkEdit:
    """Operations in their order.

    Raises:
        BadOperation: none at all, or a number of the variants worked out twice.
    """

    operations: tuple[Operation, ...]

    def __post_init__(self) -> None:
        numbers = [one.field for one in self.operations if isinstance(one, ChangeNumber)]
        twice = next((name for name in numbers if numbers.count(name) > 1), "")
        if not self.operations or twice:
            raise BadOperation("bulk_edit.twice" if twice else "bulk_edit.empty", field=twice, name=field_name(twice))

    @property
    def numbers(self) -> tuple[ChangeNumber, ...]:
        """The operations on numbers."""
        return tuple(one for one in self.operations if isinstance(one, ChangeNumber))

    @property
    def others(self) -> tuple[Operation, ...]:
        """All others, which need the whole listing."""
        return tuple(one for one in self.operations if not isinstance(one, ChangeNumber))

    @property
    def is_numbers_only(self) -> bool:
        """Whether only prices and stocks of variants change: then SQL does all of it."""
        return all(isinstance(one, ChangeNumber) and one.field in SKU_NUMBERS for one in self.operations)

    @property
    def fields(self) -> tuple[str, ...]:
        """What the operations are about, each once; `bulk_edit.field.<name>` says it."""
        return tuple(dict.fromkeys(field_of(one) for one in self.operations))

    def to_json(self) -> list[dict[str, Any]]:
        """For keeping; the reverse of `from_json`."""
        return [{"kind": type(one).__name__, **_stored(one)} for one in self.operations]

    @classmethod
    def from_json(cls, stored: list[dict[str, Any]]) -> BulkEdit:
        """What `to_json` gave. Raises: BadOperation where it was not that, down to the kind of each value."""
        try:
            return cls(tuple(_made(_KINDS[one["kind"]], one) for one in stored))
        except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise BadOperation(why=str(error), field="") from error


def field_of(operation: Operation) -> str:
    """What an operation is about, as a person chooses it."""
    return _FIELDS.get(type(operation)) or str(getattr(operation, "field", ""))


def _stored(part: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in fields(part):
        value = getattr(part, one.name)
        if isinstance(value, Decimal):
            found[one.name] = {"decimal": str(value)}
        elif isinstance(value, Rounding | Limits):
            found[one.name] = _stored(value)
        else:
            found[one.name] = list(value) if isinstance(value, tuple) else value
    return found


def _made(kind: type[Any], stored: Mapping[str, Any]) -> Any:
    """One part of what is stored, its values looked at before it is made."""
    hints = get_type_hints(kind)
    given = {name: _value(name, value) for name, value in stored.items() if name in hints}
    for name, value in given.items():
        if not _fits(value, hints[name]):
            raise TypeError(name)
    return kind(**given)


def _fits(value: Any, hint: Any) -> bool:
    """Whether *value* is of the kind a field says it takes."""
    kind, parts = get_origin(hint), get_args(hint)
    if kind is Literal:
        return value in parts
    if kind is tuple:
        return isinstance(value, tuple) and all(_fits(one, parts[0]) for one in value)
    if kind is UnionType:
        return any(_fits(value, one) for one in parts)
    return type(value) is hint


def _value(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return Decimal(value["decimal"]) if "decimal" in value else _made(_PARTS[name], value)
    return value
