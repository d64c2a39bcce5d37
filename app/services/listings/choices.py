"""What the Listings table can be narrowed to by name: categories, templates and groups that its listings use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.db import Database
from app.services.listings.details import Choice
from app.services.listings.loading import id_list

_CATEGORIES = """
SELECT listing.category_id, coalesce(max(category.name_{language}), listing.category_id)
FROM listing JOIN store ON store.id = listing.store_id
LEFT JOIN category ON category.gateway = store.gateway AND category.category_id = listing.category_id
WHERE listing.category_id <> ''{stores} GROUP BY 1 ORDER BY 2
"""
_TEMPLATES = """
SELECT freight_template_id, coalesce(max(freight_template.name), freight_template_id)
FROM listing LEFT JOIN freight_template
  ON freight_template.store_id = listing.store_id AND template_id = freight_template_id
WHERE freight_template_id <> ''{stores} GROUP BY 1 ORDER BY 2
"""
_GROUPS = """
SELECT listing.group_id, coalesce(max(product_group.name), listing.group_id)
FROM listing LEFT JOIN product_group
  ON product_group.store_id = listing.store_id AND product_group.group_id = listing.group_id
WHERE listing.group_id <> ''{stores} GROUP BY 1 ORDER BY 2
"""
_RUNS = """
SELECT id, file FROM import_run WHERE id IN (SELECT import_run_id FROM listing WHERE import_run_id IS NOT NULL{stores})
ORDER BY id DESC LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """Values in use, by name; a text nothing matched stands for itself."""

    categories: tuple[Choice, ...] = ()
    templates: tuple[Choice, ...] = ()
    groups: tuple[Choice, ...] = ()
    import_runs: tuple[Choice, ...] = ()


def filter_choices(db: Database, store_ids: Sequence[int], language: str) -> FilterChoices:
    """What the listings of these stores (none: all) use. *language* decides the names of categories."""
    stores = f" AND listing.store_id IN ({id_list(store_ids)})" if store_ids else ""
    name = "zh" if language == "zh" else "en"
    with db.reader.connect() as connection:
        found = [
            tuple(Choice(str(row[0]), str(row[1])) for row in connection.exec_driver_sql(sql.format(**params)))
            for sql, params in (
                (_CATEGORIES, {"language": name, "stores": stores}),
                (_TEMPLATES, {"stores": stores}),
                (_GROUPS, {"stores": stores}),
                (_RUNS, {"stores": stores}),
            )
        ]
    return FilterChoices(*found)
