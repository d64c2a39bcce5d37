"""Listings whose texts carry a word of the table of forbidden goods, found among those the checker has named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from app.services.company_tables.hits import TableHit
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.word_storing import LIST_KEY
from app.services.compliance.categories import CategoryTree
from app.services.compliance.detail_text import plain_text
from app.services.compliance.loading import load_categories
from app.services.compliance.word_lists import compiled, load_lists
from app.services.tasks import TaskContext

_NAMED = """
SELECT listing.id, listing.store_id, coalesce(nullif(title, ''), nullif(product_key, ''), product_id, ''), status,
       title || char(10) || keywords, detail_html, attributes,
       coalesce((SELECT group_concat(properties, ' ') FROM sku WHERE listing_id = listing.id), ''), category_id
FROM listing JOIN listing_body USING (id)
WHERE id IN (SELECT listing_id FROM listing_finding WHERE code = 'word.prohibited') ORDER BY listing.id
"""


def _trees(connection: Connection) -> dict[int, CategoryTree]:
    """The category tree of each store's marketplace."""
    gateways = dict(map(tuple, connection.exec_driver_sql("SELECT id, gateway FROM store")))
    trees = {gateway: load_categories(connection, gateway) for gateway in set(gateways.values())}
    return {store_id: trees[gateway] for store_id, gateway in gateways.items()}


def word_hits(connection: Connection, stores: Mapping[int, str], ctx: TaskContext) -> Iterator[TableHit]:
    """One hit for each listing and word; `sku_id` is 0 and `code` "". Raises: TaskCancelled."""
    lists = load_lists(connection)
    entries = [entry for entry in lists.entries.get(LIST_KEY, ()) if entry.is_on]
    if not entries:
        return
    books = {store_id: compiled(lists, store_id, entries) for store_id in stores}
    trees = _trees(connection)
    reasons = {entry.word: entry.source for entry in sorted(entries, key=lambda one: -one.narrowness)}
    for number, row in enumerate(connection.exec_driver_sql(_NAMED)):
        if number % 500 == 0:
            ctx.checkpoint()
        listing_id, store_id, title, status, texts, detail, attributes, properties, category_id = row
        path = trees[store_id].path(category_id)
        found = books[store_id].find("\n".join((texts, plain_text(detail), attributes, properties)), path)
        for word, severity in {one.text: str(one.severity or "block") for one in found}.items():
            yield TableHit(
                kind=TableKind.FORBIDDEN,
                sku_id=0,
                listing_id=listing_id,
                store_id=store_id,
                store=stores[store_id],
                title=title,
                status=status,
                code="",
                stock=None,
                because=word,
                severity=severity,
                reason=reasons.get(word, ""),
            )
