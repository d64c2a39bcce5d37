"""Listings as a sheet in the words the import understands: exported and dropped again, it changes nothing.

One row a variant, the listing's own columns repeated; columns nobody understood come out under their header.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from app.messages import tr
from app.services.compliance import CheckContext, load_context
from app.services.db import Database
from app.services.errors import InputError
from app.services.listings.loading import chunks, id_list, load_listings
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.packages.rules import package_rules
from app.services.tasks import TaskContext
from app.services.workbooks import OutColumn, OutSheet, write_csv, write_xlsx
from app.services.workbooks.column_order import in_order

if TYPE_CHECKING:
    from app.services.packages import PackageReport

KINDS = (".xlsx", ".csv")
PACKAGE = ".zip"
"""Ending of a data package."""
BARE_PROPERTIES = {"color": "sheet_property.color", "ships from": "sheet_property.ships_from"}
"""Sale properties whose plain name is understood; others are written as "sale property: name"."""
TEXT_FIELDS = frozenset({"product_key", "product_id", "sku_code", "barcode", "category", "freight_template", "group"})
"""Codes and ids: text cells, so that a spreadsheet keeps every digit."""

_BETWEEN = "\x1f"
_ORDERS = (
    "SELECT DISTINCT (SELECT group_concat(json_extract(value, '$.name'), char(31)) FROM json_each(properties) "
    "WHERE json_extract(value, '$.name') <> '') FROM sku WHERE listing_id IN ({})"
)
_ATTRIBUTES = (
    "SELECT DISTINCT json_extract(value, '$.name') FROM listing, json_each(attributes) WHERE listing.id IN ({})"
)
_EXTRA = (
    "SELECT DISTINCT key FROM listing, json_each(extra) WHERE listing.id IN ({}) "
    f"AND key <> '{package_rules().kept_header}'"  # a note for packages, of no use in a sheet
)
_CURRENCIES = "SELECT DISTINCT currency FROM listing WHERE id IN ({})"


class UnknownKind(InputError):
    """The name of the file to write ends in nothing we can write; `known` lists the endings."""

    code = "export.unknown_kind"


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written. `package`: what else there is to say of a data package, None for other files."""

    file: Path
    listings: int
    skus: int
    package: PackageReport | None = None


def export_file(
    database: Path, path: Path, listing_ids: Sequence[int], separator: str = "", *, ctx: TaskContext
) -> ExportResult:
    """`export_listings` for the worker process, which opens the database itself."""
    db = Database(database)
    try:
        return export_listings(db, path, listing_ids, separator=separator, ctx=ctx)
    finally:
        db.dispose()


def export_listings(
    db: Database, path: Path, listing_ids: Sequence[int], *, separator: str = "", ctx: TaskContext | None = None
) -> ExportResult:
    """Write listings to an .xlsx or .csv, or as a data package to a .zip; an existing file is replaced only when the
    new one is complete.

    Args:
        separator: between merchant codes in a package, see `write_package`.

    Raises:
        UnknownKind: another ending.
        WorkbookError: `.unwritable`, `.too_many_rows`.
        TaskCancelled: stopped; no file is left behind.
    """
    kind = path.suffix.lower()
    if kind == PACKAGE:
        from app.services.packages import write_package

        report = write_package(db, path, listing_ids, separator=separator, ctx=ctx)
        return ExportResult(path, report.listings, report.skus, report)
    if kind not in KINDS:
        raise UnknownKind(file=path.name, known=", ".join((*KINDS, PACKAGE)))
    with db.read() as session:
        export = _Export(session, listing_ids)
        columns = export.columns()
        if kind == ".csv":
            write_csv(path, columns, export.rows(), ctx)
        else:
            write_xlsx(path, [OutSheet(tr("export.sheet"), columns, export.rows())], ctx)
        return ExportResult(path, export.listings, export.skus)


@dataclass(slots=True)
class _Names:
    """What ids are called in one store, as far as the name leads back to the id."""

    categories: dict[str, str]
    templates: dict[str, str]
    groups: dict[str, str]
    units: dict[str, str]

    @classmethod
    def of(cls, session: Session, store_id: int) -> _Names:
        context = load_context(session, store_id)
        rows = session.connection().exec_driver_sql(
            "SELECT category_id, path_en FROM category JOIN store USING (gateway) WHERE store.id = ?",
            (store_id,),
        )
        return cls(
            _leading_back({row[0]: row[1] for row in rows}, context.resolve_category),
            _leading_back(context.templates, context.resolve_freight_template),
            _leading_back(context.groups, context.resolve_group),
            _units(context),
        )


def _leading_back(names: dict[str, str], resolve: Callable[[str], str | None]) -> dict[str, str]:
    return {number: name for number, name in names.items() if resolve(name) == number}


def _units(context: CheckContext) -> dict[str, str]:
    return {number: label.en for number, label in context.units.items()}


@dataclass(slots=True)
class _Columns:
    """Which columns the listings need beyond the fixed ones, in the order they were met."""

    orders: dict[tuple[str, ...], None] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)
    extra: dict[str, None] = field(default_factory=dict)
    currencies: set[str] = field(default_factory=set)

    def meet(self, session: Session, listing_ids: Sequence[int]) -> None:
        """Take note of a chunk of listings; only names are read."""
        inside = id_list(listing_ids)

        def texts(sql: str) -> list[str]:
            return [text for text in session.connection().exec_driver_sql(sql.format(inside)).scalars() if text]

        self.orders.update((tuple(order.split(_BETWEEN)), None) for order in texts(_ORDERS))
        self.attributes.update(dict.fromkeys(texts(_ATTRIBUTES)))
        self.extra.update(dict.fromkeys(texts(_EXTRA)))
        self.currencies.update(texts(_CURRENCIES))


class _Export:
    """One sheet: two passes over the listings, the first for the columns, the second for the rows."""

    def __init__(self, session: Session, listing_ids: Sequence[int]) -> None:
        self._session, self._ids = session, listing_ids
        self._names: dict[int, _Names] = {}
        self._found = _Columns()
        for chunk in chunks(listing_ids):
            self._found.meet(session, chunk)
        self._properties = in_order(self._found.orders)
        self.listings = self.skus = 0

    def _records(self) -> Iterator[ListingRecord]:
        for chunk in chunks(self._ids):
            yield from load_listings(self._session, chunk)

    def columns(self) -> list[OutColumn]:
        """The header, in the user's language."""
        found = self._found
        currency = f" ({next(iter(found.currencies))})" if len(found.currencies) == 1 else ""
        units = {"price": currency, "weight": " (g)", "length": " (cm)", "width": " (cm)", "height": " (cm)"}
        head = [
            OutColumn(tr(f"sheet_field.{name}") + units.get(name, ""), name in TEXT_FIELDS)
            for name in (*_LISTING_FIELDS, *_SKU_FIELDS)
        ]
        head += [OutColumn(_property_header(name), is_text=True) for name in self._properties]
        attribute = tr("sheet_field.attribute")
        head += [OutColumn(f"{attribute}:{name}", is_text=True) for name in found.attributes]
        return head + [OutColumn(name, is_text=True) for name in found.extra]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """One row a variant; a listing without variants has one row."""
        found = self._found
        for record in self._records():
            names = self._names_of(record.store_id)
            shared = tuple(read(record, names) for read in _LISTING_FIELDS.values())
            said = {entry.get("name", ""): entry.get("value", "") for entry in record.attributes}
            attributes = tuple(said.get(name) for name in found.attributes)
            self.listings += 1
            self.skus += len(record.skus)
            for place, sku in enumerate(record.skus or [SkuRecord(None, "", None, None)]):
                values = {part.get("name", ""): part.get("value", "") for part in sku.properties}
                own = tuple(read(sku) for read in _SKU_FIELDS.values())
                properties = tuple(values.get(name) for name in self._properties)
                extra = tuple(_of_row(record.extra.get(name), place) for name in found.extra)
                yield (*shared, *own, *properties, *attributes, *extra)

    def _names_of(self, store_id: int) -> _Names:
        if store_id not in self._names:
            self._names[store_id] = _Names.of(self._session, store_id)
        return self._names[store_id]


def _of_row(value: Any, place: int) -> Any:
    """An unknown column's cell: one text for the listing, or a list with one for each of its rows."""
    if isinstance(value, list):
        return value[place] if place < len(value) else None
    return value


def _property_header(name: str) -> str:
    key = BARE_PROPERTIES.get(name.casefold())
    return tr(key) if key else f"{tr('sheet_field.property')}:{name}"


_LISTING_FIELDS: dict[str, Callable[[ListingRecord, _Names], Any]] = {
    "product_key": lambda record, names: record.product_key or record.product_id,
    "product_id": lambda record, names: record.product_id,
    "title": lambda record, names: record.title or None,
    "category": lambda record, names: names.categories.get(record.category_id, record.category_id) or None,
    "weight": lambda record, names: record.weight_g,
    "length": lambda record, names: record.length_cm,
    "width": lambda record, names: record.width_cm,
    "height": lambda record, names: record.height_cm,
    "unit": lambda record, names: names.units.get(record.unit, record.unit) or None,
    "lot_size": lambda record, names: record.lot_size,
    "handling_days": lambda record, names: record.handling_days,
    "images": lambda record, names: "\n".join(record.images) or None,
    "detail_html": lambda record, names: record.detail_html or None,
    "keywords": lambda record, names: record.keywords or None,
    "group": lambda record, names: names.groups.get(record.group_id, record.group_id) or None,
    "freight_template": lambda record, names: (
        names.templates.get(record.freight_template_id, record.freight_template_id) or None
    ),
}
"""Columns of the listing by their field: how a cell is read."""

_SKU_FIELDS: dict[str, Callable[[SkuRecord], Any]] = {
    "sku_code": lambda sku: sku.code or None,
    "price": lambda sku: None if sku.price_minor is None else sku.price_minor / 100,
    "stock": lambda sku: sku.stock,
    "barcode": lambda sku: sku.barcode or None,
    "sku_image": lambda sku: next((part["image"] for part in sku.properties if part.get("image")), None),
}
"""Columns of the variant by their field."""
