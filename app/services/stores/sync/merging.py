"""Putting the platform's listing over ours without losing how we wrote it.

The platform knows ids where a sheet has words, and photobank addresses where we have files. Where both mean the same
our writing stays, so that syncing after publishing does not look like a change, and the same sheet can be imported
again and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.services.listings.derived import match_key
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.listings.text import fold
from app.services.stores.sync.names import unit_ids


def adopt(local: ListingRecord, remote: ListingRecord, addresses: Mapping[str, str]) -> ListingRecord:
    """The platform's values in the local row: its id, product key and unknown columns stay, equal meaning keeps our
    spelling.

    Args:
        addresses: photobank address by picture source, for pictures that were uploaded.
    """
    return replace(
        remote,
        id=local.id,
        store_id=local.store_id,
        product_key=local.product_key,
        extra=local.extra,
        keywords=local.keywords if _words(local.keywords) == _words(remote.keywords) else remote.keywords,
        unit=local.unit if _unit(local.unit) == _unit(remote.unit) else remote.unit,
        attributes=local.attributes if _same_parts(local.attributes, remote.attributes) else remote.attributes,
        images=_images(local.images, remote.images, addresses),
        skus=adopt_skus(local.skus, remote.skus, addresses),
    )


def adopt_skus(
    local: Sequence[SkuRecord], remote: Sequence[SkuRecord], addresses: Mapping[str, str]
) -> list[SkuRecord]:
    """The platform's variants in its order. One that we know (same code, else same place) keeps its id."""
    by_code: dict[str, list[SkuRecord]] = {}
    for sku in local:
        by_code.setdefault(match_key(sku.code), []).append(sku)
    rest = list(local)
    partners: list[SkuRecord | None] = []
    for sku in remote:
        same_code = by_code.get(match_key(sku.code), [])
        partner = same_code.pop(0) if same_code else None
        if partner is not None:
            rest.remove(partner)
        partners.append(partner)
    merged = []
    for position, (sku, partner) in enumerate(zip(remote, partners, strict=True)):
        if partner is None and position < len(local) and local[position] in rest:
            partner = local[position]
            rest.remove(partner)
        merged.append(sku if partner is None else _adopt_sku(partner, sku, addresses))
    return merged


def _adopt_sku(local: SkuRecord, remote: SkuRecord, addresses: Mapping[str, str]) -> SkuRecord:
    is_same = _same_properties(local.properties, remote.properties, addresses)
    return replace(
        remote,
        id=local.id,
        properties=local.properties if is_same else remote.properties,
        ships_from=local.ships_from if is_same else remote.ships_from,
    )


def _same_properties(
    local: Sequence[Mapping[str, str]], remote: Sequence[Mapping[str, str]], addresses: Mapping[str, str]
) -> bool:
    return len(local) == len(remote) and all(
        _means(ours, theirs, "name")
        and _means(ours, theirs, "value")
        and (not ours.get("image") or addresses.get(ours["image"], ours["image"]) == theirs.get("image"))
        for ours, theirs in zip(local, remote, strict=True)
    )


def _means(ours: Mapping[str, str], theirs: Mapping[str, str], side: str) -> bool:
    """Whether both say the same name or value: by id where we have one, else by the word."""
    id_key = f"{side}_id"
    if ours.get(id_key) and theirs.get(id_key):
        is_custom_kept = side == "name" or fold(ours.get(side, "")) == fold(theirs.get(side, ""))
        return ours[id_key] == theirs[id_key] and is_custom_kept
    return fold(ours.get(side, "")) == fold(theirs.get(side, ""))


def _same_parts(local: Sequence[Mapping[str, str]], remote: Sequence[Mapping[str, str]]) -> bool:
    """Whether two attribute lists say the same in any order."""
    rest = list(remote)
    for ours in local:
        partner = next(
            (theirs for theirs in rest if _means(ours, theirs, "name") and _means(ours, theirs, "value")), None
        )
        if partner is None:
            return False
        rest.remove(partner)
    return not rest


def _images(local: list[str], remote: list[str], addresses: Mapping[str, str]) -> list[str]:
    return local if [addresses.get(source, source) for source in local] == remote else remote


def _words(keywords: str) -> list[str]:
    parts = keywords.replace("，", ",").replace(";", ",").replace("；", ",").replace("\n", ",").split(",")
    return [folded for part in parts if (folded := fold(part))]


def _unit(unit: str) -> str:
    return unit_ids().get(unit.casefold().strip(), unit)
