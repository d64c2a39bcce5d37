"""Overseas variants for a data package: its products as plain variants, and the merged ones back into its rows.

What the build does not touch comes out of the package as it went in; a row whose variants stay the same is not
written anew, so doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal, InvalidOperation

from app.services.compliance.lengths import inch_sides, is_centimetres, known_sides
from app.services.compliance.ships_from import ships_from
from app.services.compliance.written_sizes import sizes_of
from app.services.packages import Package, PackageRow, Variant
from app.services.warehouses.countries import countries
from app.services.warehouses.overseas.building import Build, Product
from app.services.warehouses.overseas.records import ELSEWHERE, Entry, Finding, Own, Severity, Source
from app.services.workbooks import Refusal
from app.services.workbooks.fields import field_book
from app.services.workbooks.measures import length_reader, size_reader
from app.services.workbooks.numbers import PriceReader, count_reader

CUSTOM = "#"


def products_of(package: Package) -> list[Product]:
    """Every row of a package as a product."""
    reader = _Reader()
    found = []
    for row in package.rows:
        problem = row.problem
        weight_g = reader.weight_g(package, row)
        sides = tuple(reader.sides(package, row))
        variants = () if problem is not None else [reader.own(variant, weight_g, sides) for variant in row.variants]
        remarks = tuple(_unit_remarks(package, row, reader))
        found.append(
            Product(row.number, _name(package, row), variants, "" if problem is None else problem.code, remarks)
        )
    return found


def _unit_remarks(package: Package, row: PackageRow, reader: _Reader) -> Iterator[Finding]:
    """A length that may still be in inches (domain.md 3.3 step 10): an attribute beside the sides of the parcel, by
    the signs the checker goes by."""
    sides = reader.sides(package, row)
    if not sides:
        return
    for column in (*package.recognition.of("attribute"), *package.recognition.of("attributes")):
        sizes = sizes_of(row.text(column))
        if any(size.is_inch and is_centimetres(size.numbers[0], sides) for size in sizes):
            yield Finding("unit", Severity.WARN, detail="attribute.inch")
        elif inch_sides(sides, sizes):
            yield Finding("unit", Severity.WARN, detail="size.inch")


def write_back(package: Package, build: Build, value_ids: Mapping[str, str] | None = None) -> int:
    """Put the merged variants into the rows of *package*. Returns: rows that differ from before.

    *value_ids*: Ships From by country, where a template says another one than the rules.
    """
    rows = {row.number: row for row in package.rows}
    changed = 0
    for product in build.changed:
        row = rows[product.number]
        before = row.cell(package.columns.price_info), row.cell(package.columns.codes)
        row.replace_variants(made_variants(row.variants, product, value_ids or {}), is_own=True)
        changed += before != (row.cell(package.columns.price_info), row.cell(package.columns.codes))
    return changed


def made_variants(old: Sequence[Variant], product: Product, value_ids: Mapping[str, str]) -> list[Variant]:
    """The variants of a product in their order: copies of those they stem from with everything unknown in them."""
    merged = product.merged
    return [_variant(old[entry.own], entry, merged.keys, value_ids) for entry in merged.entries]


def _variant(old: Variant, entry: Entry, keys: Sequence[str], value_ids: Mapping[str, str]) -> Variant:
    table, own = countries(), old.properties
    made = old.copy()
    if entry.source is Source.HOME:
        own.setdefault(table.property_id, table.dispatch[table.home].value_ids[0])
        made.code = entry.code
    elif entry.source is Source.REAL:
        own.setdefault(table.property_id, _value_id(entry.country, value_ids))
    else:
        own[table.property_id] = _value_id(entry.country, value_ids)
        made.code = entry.code
        if made.text("ships_from"):
            made.put("ships_from", entry.country)
    made.properties = {key: own[key] for key in keys}
    if entry.price_minor is not None:
        made.price = f"{entry.price_minor // 100}.{entry.price_minor % 100:02d}"
    if entry.stock is not None:
        made.stock = str(entry.stock)
    return made


def _value_id(country: str, value_ids: Mapping[str, str]) -> str:
    return value_ids.get(country) or countries().dispatch[country].value_ids[0]


class _Reader:
    """Reads variants; prices and stocks repeat, so each text is read once."""

    def __init__(self) -> None:
        self._count = count_reader()
        self._ships_from, self._home = countries().property_id, countries().home
        self._read: dict[tuple[str, str], int | None] = {}

    def weight_g(self, package: Package, row: PackageRow) -> int | None:
        """Grams of the product's parcel, up; None where the row does not say, or not in which unit."""
        for column in package.recognition.of("weight"):
            grams, cell = field_book().grams.get(column.unit), row.text(column).strip()
            if grams is not None and cell:
                try:
                    weight = Decimal(cell) * grams
                except InvalidOperation:
                    return None
                return int(weight.to_integral_value(ROUND_CEILING)) if weight.is_finite() and weight > 0 else None
        return None

    def sides(self, package: Package, row: PackageRow) -> list[int]:
        """Sides of the product's parcel in whole cm; none where one of them is not told."""
        for column in package.recognition.of("package_size"):
            found = size_reader(column.unit)(row.cell(column))
            if isinstance(found, tuple):
                return list(found)
        sides: list[int | None] = []
        for field in ("length", "width", "height"):
            columns = package.recognition.of(field)
            read = length_reader(columns[0].unit)(row.cell(columns[0])) if columns else None
            sides.append(read if isinstance(read, int) else None)
        return known_sides(sides)

    def own(self, variant: Variant, weight_g: int | None, sides: tuple[int, ...] = ()) -> Own:
        """A variant as plain record; a price or stock that is none is unknown."""
        price, stock = ("price", variant.price), ("stock", variant.stock)
        for key in (price, stock):
            if key not in self._read:
                self._read[key] = self._number(*key)
        properties = variant.properties
        country = self._country(variant, properties)
        return Own(variant.code, self._read[price], self._read[stock], properties, country, None, weight_g, sides)

    def _number(self, kind: str, text: str) -> int | None:
        found = (PriceReader("") if kind == "price" else self._count)(text)
        return None if isinstance(found, Refusal) else found

    def _country(self, variant: Variant, properties: Mapping[str, str]) -> str:
        text = properties.get(self._ships_from, "") or variant.text("ships_from")
        if not text:
            return ""
        value, _, custom = text.partition(CUSTOM)
        table = ships_from()
        return table.country(value) or (table.country(custom) if custom else None) or ELSEWHERE


def _name(package: Package, row: PackageRow) -> str:
    """What a person calls the product: its title, else its id, else where it stands."""
    for field in ("title", "product_id", "product_key"):
        for column in package.recognition.of(field):
            if text := row.text(column).strip():
                return text
    return str(row.number)
