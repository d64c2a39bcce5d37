"""What the import adds to the rows of a data package: dispatch countries, and what each listing keeps of its row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.services.compliance import CheckContext
from app.services.listings.records import SkuRecord
from app.services.packages.meaning import Product
from app.services.packages.origin import VariantWriter, columns_of, frame_of, origin_text, variants_value
from app.services.packages.properties import country_of
from app.services.packages.rules import package_rules
from app.services.workbooks import ListingTable
from app.services.workbooks.listings import PackedColumns

Values = Sequence[Any]


def countries_of(context: CheckContext, packed: PackedColumns) -> list[str]:
    """Dispatch country of every row, "" where it names none."""
    pairs = zip(packed.properties, packed.countries, strict=True)
    return [country_of(context, properties, named) for properties, named in pairs]


def origins(
    table: ListingTable,
    context: CheckContext,
    listing: dict[str, Values],
    skus: Sequence[SkuRecord],
    attributes: Sequence[Sequence[dict[str, str]]],
    extra: dict[str, Values],
) -> list[str | None]:
    """What the listing of each row keeps of its package.

    Args:
        listing: columns of the listing in the database's terms, `product_key` and `images` among them.
        skus: the variant of each row.
        attributes: of each row.
        extra: columns nobody understood, by header.
    """
    packed = table.packed
    if packed is None:
        return []
    frame = frame_of(table.recognition, packed.header)
    columns, writer = columns_of(frame), VariantWriter(context)
    made: dict[int, str] = {}
    for place, members in _members(packed.source).items():
        first = members[0]
        if first in table.refused:
            continue
        own = [skus[index] for index in members]
        product = Product(
            {name: values[first] for name, values in listing.items()},
            {one["name"]: one["value"] for one in attributes[first]},
            {name: values[first] for name, values in extra.items()},
        )
        codes = [sku.code for sku in own]
        category_id = listing["category_id"][first] if "category_id" in listing else None
        texts = {
            "price_info": (writer.text(own, category_id or ""), variants_value(own)),
            "sku_code": (package_rules().code_separator.join(codes), codes),
        }
        made[place] = origin_text(frame, columns, packed.rows[place], product, texts)
    return [made.get(place) for place in packed.source]


def _members(source: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for index, place in enumerate(source):
        found.setdefault(place, []).append(index)
    return found
