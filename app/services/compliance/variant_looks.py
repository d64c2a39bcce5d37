"""The sale properties of a variant in the shape the quick looks need, taken apart once where variants share them."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.compliance.written_sizes import sizes_of
from app.services.listings.records import SkuRecord

Properties = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class VariantLook:
    """Properties of a variant taken apart.

    Attributes:
        parts: (name id, value id, text) of each.
        names, values: name ids, and value ids.
        own: texts of the seller's own, those without a value id.
        images: pictures that stand for a value.
        has_length: whether a value is a length.
    """

    parts: list[tuple[str, str, str]]
    names: list[str]
    values: tuple[str, ...]
    own: list[str]
    images: list[str]
    has_length: bool = False


class VariantLooks:
    """Takes properties apart. After `share` it remembers each list by its identity: then nobody may change one."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Properties, VariantLook]] | None = None
        self._last: tuple[list[SkuRecord], list[VariantLook]] | None = None

    def share(self) -> None:
        """From now on equal properties are mostly one list, and no list of properties or variants changes: an import
        makes them so."""
        self._known = {}

    def forget(self) -> None:
        """Let go of what is remembered; what comes next is remembered again."""
        self._last = None
        if self._known is not None:
            self._known = {}

    def __call__(self, properties: Properties) -> VariantLook:
        """*properties* taken apart."""
        if self._known is None:
            return _taken_apart(properties)
        known = self._known.get(id(properties))
        if known is None:
            known = self._known[id(properties)] = (properties, _taken_apart(properties))
        return known[1]

    def all(self, skus: list[SkuRecord]) -> list[VariantLook]:
        """The properties of all variants of a listing taken apart; several rules ask for those of one after another."""
        if self._last is not None and self._last[0] is skus:
            return self._last[1]
        looks = [self(sku.properties) for sku in skus]
        if self._known is not None:
            self._last = skus, looks
        return looks


def _taken_apart(properties: Properties) -> VariantLook:
    parts = [(part.get("name_id", ""), part.get("value_id", ""), part.get("value") or "") for part in properties]
    return VariantLook(
        parts=parts,
        names=[part[0] for part in parts],
        values=tuple([part[1] for part in parts]),
        own=[part[2] for part in parts if not part[1]],
        images=[part["image"] for part in properties if part.get("image")],
        has_length=any(sizes_of(part[2]) for part in parts),
    )
