"""Rules of the price guard: what they find waits in quarantine until somebody releases it (domain.md 10.5, 10.6, 13).

The comparisons stand in `app.services.price_guard.judging`; what was released for exactly these prices is not found.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Hit, Label
from app.services.compliance.registry import Check, RuleGroup
from app.services.listings.records import ListingRecord
from app.services.price_guard.records import (
    BREAK_EVEN,
    CHANGE,
    CHANGE_WARN,
    FAR_BELOW,
    FLOOR,
    MARGIN,
    UNKNOWN,
    Unknown,
)

READS = (
    *("id", "store_id", "product_id", "currency", "category_id", "freight_template_id"),
    *("weight_g", "length_cm", "width_cm", "height_cm", "extra", "regional_prices", "skus"),
)
"""What prices are compared with follows from all of these."""


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    return context.guard.is_fine(record)


GROUP = RuleGroup(_is_fine, READS)


def _rule(code: str) -> Check:
    def check(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
        for reason in context.guard.open_reasons(record):
            if reason.code == code:
                params = dict(reason.params)
                if "country" in params:
                    params["country"] = f" ({params['country']})" if params["country"] else ""
                if isinstance(params.get("what"), Unknown):
                    params["what"] = Label.of(f"guard.unknown.{params['what']}")
                yield Hit(params, reason.sku, field="regional_prices" if reason.is_regional else "")

    return check


for _code in (FLOOR, BREAK_EVEN, MARGIN, UNKNOWN, CHANGE, CHANGE_WARN, FAR_BELOW):
    GROUP.rule(_code, "sku.price")(_rule(_code))
