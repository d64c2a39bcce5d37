"""A listing put through operations on its content, without a database."""

from __future__ import annotations

from app.services.compliance import CheckContext
from app.services.compliance.categories import CategoryFacts, CategoryTree
from app.services.listings.bulk_edit.changing import Draft, change
from app.services.listings.records import ListingRecord

CONTEXT = CheckContext(
    templates={"501": "Standard"},
    groups={"91": "Lamps"},
    categories=CategoryTree(
        [
            CategoryFacts("1", "", "Lights", "灯", "Lights", "灯", False),
            CategoryFacts("2", "1", "Lamps", "台灯", "Lights > Lamps", "灯 > 台灯", True),
        ]
    ),
)


def changed(*operations, hashes=None, **fields):
    """The draft of a listing of *fields* behind *operations*."""
    draft = Draft(ListingRecord(1, 1, **fields), CONTEXT, hashes or {})
    change(draft, operations)
    return draft
