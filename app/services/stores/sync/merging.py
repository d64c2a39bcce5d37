"""Putting the platform's listing over ours without losing how we wrote it.

The platform knows ids where a sheet has words, and photobank addresses where we have files. What counts is what would
be sent: where ours and theirs would go over the wire alike, our writing stays. So syncing after publishing does not
look like a change, and the same sheet can be imported again and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from app.services.codes.keys import variant_key
from app.services.compliance import CheckContext
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.marketplace.port import ListingContent, SkuProperty
from app.services.publishing.content_builder import ContentIncomplete, build_content


class _Addresses(dict[str, str]):
    """Photobank address by picture source; what was never uploaded stands for itself."""

    def __missing__(self, source: str) -> str:
        return source


def adopt(
    local: ListingRecord,
    remote: ListingRecord,
    context: CheckContext,
    addresses: Mapping[str, str],
    sources: Mapping[str, str] = MappingProxyType({}),
    keywords_then: Sequence[str] = (),
) -> ListingRecord:
    """The platform's values in the local row: its id, product key and unknown columns stay, equal meaning keeps our
    spelling.

    Args:
        addresses: photobank address by picture source, for pictures of ours that were uploaded.
        sources: the other way round, for pictures of theirs that we uploaded: a listing whose pictures were changed
            since they were sent still knows the old ones by our names.
        keywords_then: what the platform had the last time.
    """
    ours, theirs = _content(local, context, addresses), _content(remote, context, {})
    merged = replace(remote, id=local.id, store_id=local.store_id, product_key=local.product_key, extra=local.extra)
    if ours is None or theirs is None:
        merged.skus = adopt_skus(local.skus, remote.skus, frozenset())
        return merged
    if not theirs.keywords or theirs.keywords in (ours.keywords, keywords_then):
        merged.keywords = local.keywords  # not told (newer details leave them out), or ours were changed: never sent
    if ours.unit_id == theirs.unit_id:
        merged.unit = local.unit
    if set(ours.attributes) == set(theirs.attributes):
        merged.attributes = local.attributes
    if ours.detail_html == theirs.detail_html:
        merged.detail_html = local.detail_html  # pictures that were taken over keep the addresses we know them by
    own = {address: source for source, address in addresses.items() if source in local.images}
    merged.images = [own.get(one) or sources.get(one, one) for one in remote.images]
    if ours.images == theirs.images:
        merged.images = local.images
    merged.skus = adopt_skus(local.skus, remote.skus, _alike(local, ours, theirs))
    return merged


def _content(record: ListingRecord, context: CheckContext, addresses: Mapping[str, str]) -> ListingContent | None:
    try:
        return build_content(record, context, _Addresses(addresses))
    except ContentIncomplete:
        return None


def _alike(local: ListingRecord, ours: ListingContent, theirs: ListingContent) -> frozenset[int]:
    """Ids of our variants whose sale properties mean what the platform's variant of the same code has."""
    known = {variant_key(sku.code): sku for sku in theirs.skus}
    alike = set()
    for record, sku in zip(local.skus, ours.skus, strict=True):
        partner = known.get(variant_key(sku.code))
        if partner is not None and record.id is not None and _same_parts(sku.properties, partner.properties):
            alike.add(record.id)
    return frozenset(alike)


def _same_parts(ours: Sequence[SkuProperty], theirs: Sequence[SkuProperty]) -> bool:
    return len(ours) == len(theirs) and all(_same(mine, other) for mine, other in zip(ours, theirs, strict=True))


def _same(ours: SkuProperty, theirs: SkuProperty) -> bool:
    """A seller's own name may stand on any value of the category: then the name counts, else the value."""
    if (ours.name_id, ours.image_url) != (theirs.name_id, theirs.image_url):
        return False
    if ours.custom_name or theirs.custom_name:
        return ours.custom_name == theirs.custom_name
    return ours.value_id == theirs.value_id


def adopt_skus(local: Sequence[SkuRecord], remote: Sequence[SkuRecord], alike: frozenset[int]) -> list[SkuRecord]:
    """The platform's variants in its order. One that we know (same code, else same place) keeps its id, and, if it is
    among *alike*, its sale properties as we wrote them."""
    by_code: dict[str, list[SkuRecord]] = {}
    for sku in local:
        by_code.setdefault(variant_key(sku.code), []).append(sku)
    partners = [rest.pop(0) if (rest := by_code.get(variant_key(sku.code))) else None for sku in remote]
    free = {sku.id: sku for rest in by_code.values() for sku in rest}
    merged = []
    for position, (sku, known) in enumerate(zip(remote, partners, strict=True)):
        partner = known
        if partner is None and position < len(local):
            partner = free.pop(local[position].id, None)
        merged.append(sku if partner is None else _adopt_sku(partner, sku, is_alike=partner.id in alike))
    return merged


def _adopt_sku(local: SkuRecord, remote: SkuRecord, *, is_alike: bool) -> SkuRecord:
    if not is_alike:
        return replace(remote, id=local.id, match_key=local.match_key)
    return replace(
        remote, id=local.id, properties=local.properties, ships_from=local.ships_from, match_key=local.match_key
    )
