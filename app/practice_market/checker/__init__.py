"""The market's own checker, written from the protocol, not from the app's: a green preview that turns red here is a
failing test (DESIGN.md 3.2). It stops at the first thing that is wrong, like the platform.

Source: aliexpress-open-platform.md 4.6, 5.2, 5.9; domain.md 5.1.
"""

from __future__ import annotations

from app.practice_market.checker import attributes, belongings, images, package, regions, skus, texts
from app.practice_market.content.reading import Family, Record
from app.practice_market.context import Context


def check(record: Record, family: Family, context: Context, *, changed: set[str] | None = None) -> None:
    """Let a record pass or refuse it.

    Args:
        record: the whole product as it would be.
        family: whose limits hold.
        context: store, switches and memory.
        changed: the fields a partial edit names; the family's own rules hold for them only, since another family
            may have made the rest. None means all.

    Raises:
        Refusal: the first rule it breaks.
    """

    def has_changed(*names: str) -> bool:
        return changed is None or not changed.isdisjoint(names)

    category = belongings.leaf(record, context)
    texts.check(record, family if has_changed("detail_source_list") else Family.OFFER)
    images.check(record, context)
    attributes.check(record, category)
    if has_changed("aeop_ae_product_s_k_us", "category_id"):
        skus.check(record, family, category, is_repeating=context.faults.switches.duplicate_codes == "accepted")
    if has_changed("aeop_ae_product_s_k_us", regions.COUNTRY, regions.QUOTES):
        regions.check(record)
    package.check(record, context)
    belongings.check(record, family if has_changed("freight_template_id") else Family.OFFER, context)
