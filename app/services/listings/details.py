"""One listing as the side panel shows and edits it: the record, what is wrong with it, what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.compliance import CheckContext, Finding, check, load_context
from app.services.db import Database
from app.services.listings.loading import load_listing
from app.services.listings.records import ListingRecord


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: the platform's id and its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ListingDetail:
    """A listing with everything its editor needs."""

    record: ListingRecord
    findings: tuple[Finding, ...]
    category_path_en: str
    category_path_zh: str
    templates: tuple[Choice, ...]
    groups: tuple[Choice, ...]


def listing_detail(db: Database, listing_id: int) -> ListingDetail:
    """The listing with its findings and choices.

    Raises:
        NotFound: it is gone.
    """
    with db.read() as session:
        record = load_listing(session, listing_id)
        context = load_context(session, record.store_id)
        findings = tuple(check(record, context))
        return ListingDetail(
            record,
            findings,
            *_category_paths(context, record.category_id),
            tuple(Choice(*pair) for pair in context.templates.items()),
            tuple(Choice(*pair) for pair in context.groups.items()),
        )


def find_categories(db: Database, store_id: int, text: str, *, limit: int = 30) -> list[tuple[Choice, Choice]]:
    """Leaf categories whose path contains all words of *text*, as (Chinese, English) choices with whole paths."""
    from app.services.listings.text import fold

    words = fold(text).split()
    with db.read() as session:
        tree = load_context(session, store_id).categories
    found: list[tuple[Choice, Choice]] = []
    for node in tree.by_id.values():
        searched = fold(f"{node.path_en} {node.path_zh} {node.category_id}")
        if node.is_leaf and all(word in searched for word in words):
            found.append((Choice(node.category_id, node.path_zh), Choice(node.category_id, node.path_en)))
            if len(found) == limit:
                break
    return found


def _category_paths(context: CheckContext, category_id: str) -> tuple[str, str]:
    node = context.categories.get(category_id)
    return (node.path_en, node.path_zh) if node else (category_id, category_id)
