"""From the platform's listing to ours: ids get their names, states their local words."""

from __future__ import annotations

from collections.abc import Mapping

from app.models import ListingStatus
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.marketplace.port import (
    AttributeContent,
    RemoteListing,
    RemoteStatus,
    SkuContent,
    SkuProperty,
)
from app.services.stores.sync.names import NO_NAMES, AttributeNames, unit_names
from app.services.warehouses.countries import countries

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


def to_record(remote: RemoteListing, store_id: int, names: Mapping[str, AttributeNames]) -> ListingRecord:
    """Our record of what the platform has; the id is 0, `product_key` and `extra` are empty: they are local."""
    content = remote.content
    status = STATUS[remote.status]
    return ListingRecord(
        id=0,
        store_id=store_id,
        product_id=remote.product_id,
        status=status,
        off_reason=_off_reason(remote) if status == ListingStatus.OFF else "",
        title=content.title,
        keywords=KEYWORD_SEPARATOR.join(content.keywords),
        category_id=content.category_id,
        freight_template_id=content.freight_template_id,
        group_id=content.group_id,
        unit=unit_names().get(content.unit_id, content.unit_id),
        lot_size=content.lot_size,
        handling_days=content.handling_days,
        weight_g=content.weight_g,
        length_cm=content.length_cm,
        width_cm=content.width_cm,
        height_cm=content.height_cm,
        currency=content.currency,
        detail_html=content.detail_html,
        attributes=[_attribute(attribute, names) for attribute in content.attributes],
        skus=[_sku(sku, names) for sku in content.skus],
        images=list(content.images),
        remote=remote.raw,
    )


def _off_reason(remote: RemoteListing) -> str:
    return OFF_REASONS.get(str(remote.raw.get("ws_display", "")), OTHER_REASON)


def _attribute(attribute: AttributeContent, names: Mapping[str, AttributeNames]) -> dict[str, str]:
    known = names.get(attribute.name_id, NO_NAMES)
    return {
        "name_id": attribute.name_id,
        "value_id": attribute.value_id,
        "name": attribute.name or known.name,
        "value": attribute.value or known.values.get(attribute.value_id, ""),
    }


def _sku(sku: SkuContent, names: Mapping[str, AttributeNames]) -> SkuRecord:
    return SkuRecord(
        id=None,
        code=sku.code,
        price_minor=sku.price_minor,
        stock=sku.stock,
        properties=[_property(part, names) for part in sku.properties],
        barcode=sku.barcode,
        ships_from=ships_from(sku.properties),
    )


def _property(part: SkuProperty, names: Mapping[str, AttributeNames]) -> dict[str, str]:
    known = names.get(part.name_id, NO_NAMES)
    return {
        "name": known.name or part.name_id,
        "value": part.custom_name or known.values.get(part.value_id) or part.value_id,
        "name_id": part.name_id,
        "value_id": part.value_id,
        "image": part.image_url,
    }


def ships_from(properties: tuple[SkuProperty, ...]) -> str:
    """The dispatch country of a variant, "" where it has none."""
    rules = countries()
    for part in properties:
        if part.name_id == rules.property_id:
            return rules.by_value_id.get(part.value_id, "")
    return ""
