"""From the platform's listing to ours: ids get their names, states their local words."""

from __future__ import annotations

from app.models import ListingStatus
from app.services.compliance import CheckContext
from app.services.compliance.leaf import LeafFacts
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.marketplace.port import (
    AttributeContent,
    RemoteListing,
    RemoteStatus,
    SkuContent,
    SkuProperty,
)

STATUS = {
    RemoteStatus.ON_SALE: ListingStatus.LIVE,
    RemoteStatus.OFF_SALE: ListingStatus.OFF,
    RemoteStatus.IN_REVIEW: ListingStatus.IN_REVIEW,
    RemoteStatus.REJECTED: ListingStatus.REJECTED,
}
"""The platform's state → ours (domain.md 5.4, interface.md 6)."""

OFF_REASONS = {
    "expire_offline": "expired",
    "user_offline": "user",
    "punish_offline": "punished",
    "violate_offline": "violation",
    "degrade_offline": "degraded",
    "industry_offline": "industry",
}
"""`ws_display` of the platform → `listing.off_reason` (aliexpress-open-platform.md 5.1)."""

OTHER_REASON = "other"
"""`off_reason` where the platform gives none: the publish queue tells a listing that was off sale by its reason."""

DELETED = "deleted"
"""`off_reason` of a listing the platform does not know any more."""

KEYWORD_SEPARATOR = ", "


def to_record(remote: RemoteListing, context: CheckContext) -> ListingRecord:
    """Our record of what the platform has, with the names *context* knows; the id is 0, `product_key` and `extra` are
    empty: they are local."""
    content = remote.content
    leaf = context.leaf(content.category_id)
    status = STATUS[remote.status]
    return ListingRecord(
        id=0,
        store_id=context.store_id,
        product_id=remote.product_id,
        status=status,
        off_reason=_off_reason(remote) if status == ListingStatus.OFF else "",
        title=content.title,
        keywords=KEYWORD_SEPARATOR.join(content.keywords),
        category_id=content.category_id,
        freight_template_id=content.freight_template_id,
        group_id=content.group_id,
        unit=content.unit_id,
        lot_size=content.lot_size,
        handling_days=content.handling_days,
        weight_g=content.weight_g,
        length_cm=content.length_cm,
        width_cm=content.width_cm,
        height_cm=content.height_cm,
        currency=content.currency,
        detail_html=content.detail_html,
        attributes=[_attribute(attribute, leaf) for attribute in content.attributes],
        skus=[_sku(sku, leaf, context) for sku in content.skus],
        images=list(content.images),
        regional_prices=None if content.regional_prices is None else content.regional_prices.stored(),
        remote=remote.raw,
    )


def _off_reason(remote: RemoteListing) -> str:
    return OFF_REASONS.get(str(remote.raw.get("ws_display", "")), OTHER_REASON)


def _attribute(attribute: AttributeContent, leaf: LeafFacts | None) -> dict[str, str]:
    name, value = _names(leaf, attribute.name_id, attribute.value_id)
    return {
        "name_id": attribute.name_id,
        "value_id": attribute.value_id,
        "name": attribute.name or name,
        "value": attribute.value or value,
    }


def _sku(sku: SkuContent, leaf: LeafFacts | None, context: CheckContext) -> SkuRecord:
    return SkuRecord(
        id=None,
        code=sku.code,
        price_minor=sku.price_minor,
        stock=sku.stock,
        properties=[_property(part, leaf) for part in sku.properties],
        barcode=sku.barcode,
        ships_from=_ships_from(sku.properties, context),
    )


def _property(part: SkuProperty, leaf: LeafFacts | None) -> dict[str, str]:
    name, value = _names(leaf, part.name_id, part.value_id)
    return {
        "name": name or part.name_id,
        "value": part.custom_name or value or part.value_id,
        "name_id": part.name_id,
        "value_id": part.value_id,
        "image": part.image_url,
    }


def _names(leaf: LeafFacts | None, name_id: str, value_id: str) -> tuple[str, str]:
    """English names of an attribute and its value, "" where they are not known."""
    facts = leaf.attributes.get(name_id) if leaf is not None else None
    if facts is None:
        return "", ""
    value = facts.values.get(value_id)
    return facts.label.shown("en"), value.shown("en") if value else ""


def _ships_from(properties: tuple[SkuProperty, ...], context: CheckContext) -> str:
    """The dispatch country of a variant, "" where it has none."""
    for part in properties:
        if part.name_id == context.ships_from.property_id:
            return context.ships_from.country(part.value_id) or ""
    return ""
