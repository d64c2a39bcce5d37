"""From a sheet's typed columns to columns in the database's terms: names resolved, pictures found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.services.compliance import CheckContext
from app.services.listings.importing.pictures import PictureFinder
from app.services.listings.importing.sheet import PropertyList, SheetRows, resolved
from app.services.packages.importing import countries_of, origins
from app.services.packages.properties import PackedProperties
from app.services.packages.rules import package_rules
from app.services.workbooks import ListingTable
from app.services.workbooks.fields import field_book

PROPERTY_NAMES = {
    "color": "Color",
    "size": "Size",
    "ships_from": "Ships From",
    "spec": "Specification",
    "style": "Style",
    "plug": "Plug Type",
    "bundle": "Bundle",
}
"""The platform's names of the sale properties that headers are recognised as; a category may call them otherwise."""

PLAIN = ("title", "unit", "lot_size", "handling_days", "weight_g", "length_cm", "width_cm", "height_cm", "detail_html")
KEPT = ("cost_minor", "brand", "price_info", "country", "currency", "reason")
"""Understood columns without a place of their own yet: they stay with the listing under their header."""

Values = Sequence[Any]


def to_rows(table: ListingTable, context: CheckContext, pictures: PictureFinder) -> SheetRows:
    """The rows of *table* for one store. A name nothing in the store matches stays as it is written: the checker
    refuses it with the place to look."""
    fields = table.fields
    nothing: list[None] = [None] * len(table.rows)

    def column(name: str) -> Values:
        return fields.get(name, nothing)

    listing: dict[str, Values] = {name: fields[name] for name in PLAIN if name in fields}
    for name, field, resolve in (
        ("category_id", "category", context.resolve_category),
        ("freight_template_id", "freight_template", context.resolve_freight_template),
        ("group_id", "group", context.resolve_group),
        ("unit", "unit", context.resolve_unit),
    ):
        if field in fields:
            listing[name] = resolved(fields[field], resolve)
    if "keywords" in fields:
        listing["keywords"] = [None if words is None else ", ".join(words) for words in fields["keywords"]]
    places = column("country") if "ships_from" not in table.properties else table.properties["ships_from"]
    packed = table.packed
    rows = SheetRows(
        row_numbers=table.rows,
        group_keys=table.group_keys,
        refused=table.refused,
        listing=listing,
        codes=column("sku_code"),
        prices=column("price_minor"),
        stocks=column("stock"),
        barcodes=column("barcode"),
        product_keys=column("product_key") if "product_key" in fields else column("product_id"),
        properties=_Properties(table, context, pictures)
        if packed is None
        else PackedProperties(context, packed.properties, pictures.find_each(column("sku_image"))),
        ships_from=_countries(places, context) if packed is None else countries_of(context, packed),
        images=pictures.find_all(column("images")),
        attributes=_attributes(table),
        extra=_extra(table),
        regional=fields.get("regional_prices", ()),
    )
    if packed is not None:
        rows.extra[package_rules().kept_header] = _origins(rows, table, context)
    return rows


def _origins(rows: SheetRows, table: ListingTable, context: CheckContext) -> list[str | None]:
    """What every listing of a data package keeps of its row there."""
    categories = [category or "" for category in rows.listing.get("category_id", [""] * len(table.rows))]
    skus = rows.skus(range(len(table.rows)), categories)
    listing = {**rows.listing, "product_key": rows.product_keys, "images": rows.images}
    return origins(table, context, listing, skus, rows.attributes, rows.extra)


def _countries(values: Values, context: CheckContext) -> list[str]:
    """Country codes of the dispatch countries; "" where a row names none or none that is known."""
    known = {value: (context.ships_from.country(value) or "") if value else "" for value in set(values)}
    return [known[value] for value in values]


class _Properties:
    """Sale properties of rows by category; equal rows share one list, which nobody may change."""

    def __init__(self, table: ListingTable, context: CheckContext, pictures: PictureFinder) -> None:
        self._context = context
        self._names = [_names(name) for name in table.properties]
        self._rows = list(zip(*table.properties.values(), strict=True)) if self._names else []
        nothing: list[None] = [None] * len(table.rows)
        self._images = pictures.find_each(table.fields.get("sku_image", nothing))
        self._made: dict[tuple[str, str | None, tuple[str | None, ...]], PropertyList] = {}

    def of(self, rows: Iterable[int], categories: Iterable[str]) -> list[PropertyList]:
        """The properties of *rows*, each in its category."""
        if not self._rows:
            return [[] for _ in rows]
        made, images, texts = self._made, self._images, self._rows
        result = []
        for index, category_id in zip(rows, categories, strict=False):
            key = (category_id, images[index], texts[index])
            found = made.get(key)
            if found is None:
                found = made[key] = self._make(*key)
            result.append(found)
        return result

    def _make(self, category_id: str, image: str | None, texts: tuple[str | None, ...]) -> PropertyList:
        named = zip(self._names, texts, strict=True)
        found = [_property(self._context, category_id, names, value) for names, value in named if value]
        if found and image:
            found[0]["image"] = image
        return found


def _names(name: str) -> tuple[str, ...]:
    """What the category may call the property of a column: the platform's usual name, then the sheet's other words
    for it in both languages (rule `properties`)."""
    usual = PROPERTY_NAMES.get(name, name)
    return tuple(dict.fromkeys((usual, *field_book().property_words.get(name, ()))))


def _property(context: CheckContext, category_id: str, names: Sequence[str], value: str) -> dict[str, str]:
    """One sale property, with the platform's ids where the category is known and has it by one of its *names*."""
    matches = (context.resolve_property(category_id, name, value) for name in names)
    name_id, value_id, _ = next((match for match in matches if match is not None), ("", "", ""))
    return {"name": names[0], "value": value, "name_id": name_id, "value_id": value_id, "image": ""}


def _attributes(table: ListingTable) -> list[PropertyList]:
    """Category attributes: columns of their own, and a text column such as `Material: Oak; Power: 5 W`.

    Rows that say the same share one list, which nobody may change.
    """
    named = table.attributes
    texts = table.fields.get("attributes")
    if not named and texts is None:
        return [[]] * len(table.rows)
    columns = [*named.values(), texts if texts is not None else [None] * len(table.rows)]
    made: dict[tuple[str | None, ...], PropertyList] = {}
    result = []
    for row in zip(*columns, strict=True):
        found = made.get(row)
        if found is None:
            found = made[row] = _attribute_list(named, row)
        result.append(found)
    return result


def _attribute_list(names: Iterable[str], row: tuple[str | None, ...]) -> PropertyList:
    *values, text = row
    return [_entry(name, value) for name, value in zip(names, values, strict=True) if value] + _parsed(text or "")


def _parsed(text: str) -> PropertyList:
    parts = (part.replace("：", ":").partition(":") for part in text.replace("；", ";").replace("\n", ";").split(";"))
    return [_entry(name.strip(), value.strip()) for name, _, value in parts if name.strip() and value.strip()]


def _entry(name: str, value: str) -> dict[str, str]:
    return {"name_id": "", "value_id": "", "name": name, "value": value}


def _extra(table: ListingTable) -> dict[str, Values]:
    """Columns without a place of their own; in a data package a variant's own text goes before its product's."""
    found: dict[str, Values] = {**table.extra, **_kept(table)}
    own = table.packed.further if table.packed is not None else []
    for name in {name for texts in own for name in texts} & found.keys():
        found[name] = [texts.get(name, value) for texts, value in zip(own, found[name], strict=True)]
    return found


def _kept(table: ListingTable) -> Mapping[str, Sequence[str | None]]:
    """Columns that are understood but have no place yet, under the sheet's own header."""
    kept: dict[str, Sequence[str | None]] = {}
    for name in KEPT:
        if name == "price_info" and table.packed is not None:
            continue  # it became variants
        source = next(iter(table.recognition.of(name.removesuffix("_minor"))), None)
        if source is not None and name in table.fields:
            values = table.fields[name]
            shown = _decimal if name.endswith("_minor") else str
            kept[source.header or source.letter] = [None if value is None else shown(value) for value in values]
    return kept


def _decimal(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
