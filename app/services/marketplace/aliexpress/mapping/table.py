"""Field tables: what the platform calls a thing, how it spells its value, and what we call it.

A table is a tuple of `Field`. `read` turns a record of the platform into our keyword arguments, `write` the other
way round. Names differ between reading and writing, and between API generations: `wire` is what is written, `also`
are other names that are read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.values import flag, grams, ident, kilograms, listed, moment, text, whole


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one kind are spelt: `read` from the wire (None for absent), `write` to it."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = lambda value: value


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a table.

    Attributes:
        ours: attribute or keyword on our side.
        wire: the platform's name.
        form: how the value is spelt.
        also: other names it is read under, tried in order.
        default: what reading gives where the platform has nothing.
    """

    ours: str
    wire: str
    form: Form
    also: tuple[str, ...] = ()
    default: Any = None


Table = tuple[Field, ...]

_PARTS: dict[int, tuple[Table, list[tuple[Any, ...]]]] = {}
"""Tables taken apart, by identity: a sync reads a hundred values a listing, and looking into rows is half of it."""


class Misspelt(ValueError):
    """A value in no documented form; `name` is the platform's name of the field."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def read(table: Table, record: Mapping[str, Any]) -> dict[str, Any]:
    """Our values of *record*, one per row of *table*.

    Raises:
        Misspelt: a value in no documented form.
    """
    known = _PARTS.get(id(table))
    if known is None:
        parts = [(row.ours, row.wire, row.also, row.form.read, row.default) for row in table]
        known = _PARTS[id(table)] = (table, parts)
    values, get = {}, record.get
    for ours, wire, also, form, default in known[1]:
        value = get(wire)
        if also and (value is None or value == ""):
            value = next((found for name in also if (found := get(name)) not in (None, "")), value)
        try:
            result = form(value)
        except ValueError:
            raise Misspelt(wire) from None
        values[ours] = default if result is None else result
    return values


def write(table: Table, ours: Any) -> dict[str, Any]:
    """The platform's record of *ours* (an object with the rows' attributes); None and what is empty are left out."""
    record = {}
    for row in table:
        value = getattr(ours, row.ours)
        if value is not None and value != "" and value != ():
            record[row.wire] = row.form.write(value)
    return record


def rows(value: Any) -> list[dict[str, Any]]:
    """The records of a list in any of its forms; anything else in it is an error."""
    found = listed(value)
    for row in found:
        if not isinstance(row, dict):
            raise ValueError("a list of records expected")
    return found


def id_form(name: str) -> Form:
    """An id, written as a number; *name* is what the user calls it."""
    return Form(ident, lambda value: wire_id(value, name))


TEXT = Form(text)
WHOLE = Form(whole)
FLAG = Form(flag)
WEIGHT = Form(grams, kilograms)
PRODUCT_TIME = Form(lambda value: moment(value, "product"))
ORDER_TIME = Form(lambda value: moment(value, "order"))
TRACKING_TIME = Form(lambda value: moment(value, "tracking"))
ID = Form(ident)
ADDRESSES = Form(
    lambda value: tuple(part for part in text(value).split(";") if part),
    ";".join,
)
"""Image addresses joined with `;` (protocol reference 1.2)."""
