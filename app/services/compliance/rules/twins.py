"""Rules about the same item twice in one store (domain.md 14.3)."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Hit
from app.services.compliance.registry import RuleGroup
from app.services.compliance.twins import Twin
from app.services.listings.records import ListingRecord

SAME_TITLE = "title.elsewhere"


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    return not context.twins.of(record.id)


GROUP = RuleGroup(_is_fine, ("id", "product_id", "skus"))


def _whole_twins(record: ListingRecord, context: CheckContext) -> dict[int, Twin]:
    """Listings that have every code of *record*, by id."""
    shared: dict[int, set[int]] = {}
    twins: dict[int, Twin] = {}
    for twin in context.twins.of(record.id):
        if twin.sku_id is not None:
            shared.setdefault(twin.listing_id, set()).add(twin.sku_id)
            twins[twin.listing_id] = twin
    return {number: twins[number] for number, skus in shared.items() if len(skus) >= len(record.skus)}


def _goes_first(twin: Twin, record: ListingRecord) -> bool:
    """Whether *record* has to wait for a person because of *twin*: of two that are not on the platform yet the older
    one may go, unless the other one is more than it."""
    if record.product_id is not None:
        return False
    return twin.is_there or twin.listing_id < record.id or twin.sku_count > len(record.skus)


@GROUP.rule("listing.twice", "skus")
def twice(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Another listing has all of its codes: sent, it would be there a second time, and buyers are shown only one."""
    for twin in [one for one in _whole_twins(record, context).values() if _goes_first(one, record)][:1]:
        yield Hit({"other": twin.name})


@GROUP.rule("listing.doubled", "skus")
def doubled(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The same, of the listing that is there already, or that may go first: it is not held up, only told."""
    whole = list(_whole_twins(record, context).values())
    if whole and not any(_goes_first(one, record) for one in whole):
        yield Hit({"other": whole[0].name})


@GROUP.rule("sku.code_elsewhere", "sku.code")
def code_elsewhere(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Another listing has one of its codes, once for each variant."""
    whole = _whole_twins(record, context)
    twins = {twin.sku_id: twin for twin in reversed(context.twins.of(record.id)) if twin.listing_id not in whole}
    for number, sku in enumerate(record.skus):
        if sku.id is not None and (twin := twins.get(sku.id)) is not None:
            yield Hit({"code": sku.code, "other": twin.name}, number)


@GROUP.rule(SAME_TITLE, "title", reads=("id", "title"))
def title_elsewhere(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Another listing has the same title, whatever its case and blanks."""
    named = [twin.name for twin in context.twins.of(record.id) if twin.sku_id is None]
    if named:
        yield Hit({"other": named[0], "count": len(named)})
