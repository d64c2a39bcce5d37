"""What an import had to leave out of a listing (DESIGN.md 3.7, 5)."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Hit
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ROWS_REFUSED, ListingRecord


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    return record.error_code != ROWS_REFUSED


GROUP = RuleGroup(_is_fine, ("error_code", "error_text"))


@GROUP.rule("rows.refused", "skus")
def rows_refused(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Rows of the sheet that belong to the listing were refused, so that variants are missing."""
    if record.error_code == ROWS_REFUSED:
        yield Hit({"rows": record.error_text})
