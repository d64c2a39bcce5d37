"""Sale properties between a package's `{"14": "193#Black"}` and ours: names, ids, pictures (domain.md 6 and 8.2).

A value without an id is its own text; `#` keeps apart what could be taken for an id, so that every property written
here is read back the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.services.compliance import CheckContext
from app.services.packages.rules import package_rules

Part = dict[str, str]
_CUSTOM = "#"


def part_of(context: CheckContext, category_id: str, key: str, text: str) -> Part:
    """One property of a package as a listing has it, named as its category names it."""
    if not key.isdigit():
        return _named(context, category_id, key.removeprefix(_CUSTOM), text.removeprefix(_CUSTOM))
    value_id, _, custom = text.partition(_CUSTOM)
    leaf = context.leaf(category_id)
    facts = leaf.attributes.get(key) if leaf is not None else None
    name = facts.label.en if facts is not None else package_rules().property_names.get(key, key)
    if not value_id.isdigit():
        return {"name": name, "value": custom or value_id, "name_id": key, "value_id": "", "image": ""}
    if not custom:
        label = facts.values.get(value_id) if facts is not None else None
        country = context.ships_from.country(value_id) if key == context.ships_from.property_id else None
        custom = label.en if label is not None else country or value_id
    return {"name": name, "value": custom, "name_id": key, "value_id": value_id, "image": ""}


def _named(context: CheckContext, category_id: str, name: str, value: str) -> Part:
    """A property that came without ids: the category's, where it has such a one."""
    match = context.resolve_property(category_id, name, value)
    name_id, value_id, _ = match if match is not None else ("", "", "")
    return {"name": name, "value": value, "name_id": name_id, "value_id": value_id, "image": ""}


def packed_parts(context: CheckContext, category_id: str, parts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Properties of a variant as a package writes them: by ids, with the seller's own name where it has one."""
    packed: dict[str, str] = {}
    for part in parts:
        key, text = _packed(context, category_id, part)
        packed[key] = text
    return packed


def _packed(context: CheckContext, category_id: str, part: Mapping[str, str]) -> tuple[str, str]:
    name_id, value_id = part.get("name_id") or "", part.get("value_id") or ""
    name, value = part.get("name") or "", part.get("value") or ""
    key = name_id or (f"{_CUSTOM}{name}" if name.isdigit() or name.startswith(_CUSTOM) else name)
    if not (name_id and value_id):
        is_doubtful = value.partition(_CUSTOM)[0].isdigit() or value.startswith(_CUSTOM)
        return key, f"{_CUSTOM}{value}" if is_doubtful or (name_id and _CUSTOM in value) else value
    is_plain = not value or part_of(context, category_id, key, value_id)["value"] == value
    return key, value_id if is_plain else f"{value_id}{_CUSTOM}{value}"


def country_of(context: CheckContext, properties: Mapping[str, str], named: str = "") -> str:
    """The dispatch country of a variant: its Ships From, else what it names beside it; "" where it says neither."""
    text = properties.get(context.ships_from.property_id, "").partition(_CUSTOM)[0]
    return context.ships_from.country(text) or (context.ships_from.country(named) if named else None) or ""


class PackedProperties:
    """Sale properties of rows by category; equal rows share one list, which nobody may change.

    Args:
        packed: of each row, as the package writes them.
        images: picture of each row's variant.
    """

    def __init__(
        self, context: CheckContext, packed: Sequence[Mapping[str, str]], images: Sequence[str | None]
    ) -> None:
        self._context, self._images = context, images
        self._packed = [tuple(one.items()) for one in packed]
        self._made: dict[tuple[str, str | None, tuple[tuple[str, str], ...]], list[Part]] = {}

    def of(self, rows: Iterable[int], categories: Iterable[str]) -> list[list[Part]]:
        """The properties of *rows*, each in its category."""
        found = []
        for index, category_id in zip(rows, categories, strict=False):
            key = (category_id, self._images[index], self._packed[index])
            if key not in self._made:
                self._made[key] = self._make(*key)
            found.append(self._made[key])
        return found

    def _make(self, category_id: str, image: str | None, packed: tuple[tuple[str, str], ...]) -> list[Part]:
        parts = [part_of(self._context, category_id, key, text) for key, text in packed]
        if parts and image:
            parts[0]["image"] = image
        return parts
