"""A whole bulk edit: its operations in order, and how it is kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, get_args

from app.services.listings.bulk_edit.operations import (
    SKU_NUMBERS,
    BadOperation,
    ChangeNumber,
    Limits,
    Operation,
    Rounding,
)

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Operation)}
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
            raise BadOperation("bulk_edit.twice" if twice else "bulk_edit.empty", field=twice)

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

    def to_json(self) -> list[dict[str, Any]]:
        """For keeping; the reverse of `from_json`."""
        return [{"kind": type(one).__name__, **_stored(one)} for one in self.operations]

    @classmethod
    def from_json(cls, stored: list[dict[str, Any]]) -> BulkEdit:
        """What `to_json` gave. Raises: BadOperation where it was not that."""
        try:
            return cls(tuple(_KINDS[one["kind"]](**_given(_KINDS[one["kind"]], one)) for one in stored))
        except (KeyError, TypeError, ArithmeticError) as error:
            raise BadOperation(why=str(error), field="") from error


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


def _given(kind: type[Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {name: _value(name, value) for name, value in stored.items() if name in names}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        if "decimal" in value:
            return Decimal(value["decimal"])
        return _PARTS[name](**_given(_PARTS[name], value))
    return value
