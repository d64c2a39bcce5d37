"""Listings as a data package. What came from a package goes back as it was, as far as nobody changed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.services.compliance import load_context
from app.services.db import Database
from app.services.listings.loading import chunks, load_listings
from app.services.listings.records import ListingRecord
from app.services.packages.meaning import Product, cell_of, label, needed, value_of
from app.services.packages.origin import Frame, Origin, VariantWriter, named_attributes, origin_of, variants_value
from app.services.packages.pictures import PictureNames, paired
from app.services.packages.price_info import PriceInfoError, read_price_info
from app.services.packages.records import separator_in, separator_of
from app.services.packages.rules import package_rules
from app.services.packages.saving import Content, PackageReport, long_cells, numbered, write_part
from app.services.tasks import TaskContext
from app.services.workbooks.column_order import in_order
from app.services.workbooks.grid import Cell
from app.services.workbooks.listings import image_names
from app.services.workbooks.recognition import RecognisedColumn

Key = tuple[str, str, str, int]
"""What makes two columns one: header cell, field, name, and which of several equal ones it is."""


def write_package(
    db: Database,
    path: Path,
    listing_ids: Sequence[int],
    *,
    separator: str = "",
    ctx: TaskContext | None = None,
) -> PackageReport:
    """Write listings as a data package: `products.xls`, and their pictures in folders.

    A listing that came from a package has its columns, its cells and what its 价格信息 says beyond our knowledge; only
    what was changed since is written anew. Others get the columns of `resources/rules/data_package.json`.

    Args:
        db: the database.
        path: the zip; further ones, where an .xls is full, get `-2`, `-3` … Replaced only when complete.
        listing_ids: in the order of the package.
        separator: between merchant codes where a listing's package shows none; "" for the rules' own.
        ctx: reports listings, stops between them.

    Raises:
        WorkbookError: `.unwritable`, `.too_many_columns`.
        TaskCancelled: stopped; complete packages of a split one stay.
    """
    report, ctx = PackageReport(), ctx or TaskContext()
    with db.read() as session:
        packer = _Packer(session, separator or package_rules().code_separator)
        columns = packer.columns(listing_ids, ctx)
        most = package_rules().sheet_rows - 1
        part, number = _Part(), 0
        for done, record in enumerate(packer.records(listing_ids)):
            if done % 100 == 0:
                ctx.checkpoint()
                ctx.report(done, len(listing_ids), note="packages.writing")
            if len(part.rows) == most:
                _write(numbered(path, number), columns, part, report, ctx)
                part, number = _Part(), number + 1
            packer.add(record, columns, part, report)
        _write(numbered(path, number), columns, part, report, ctx)
    return report


@dataclass(slots=True)
class _Part:
    """One zip in the making."""

    rows: list[list[Cell]] = field(default_factory=list)
    names: PictureNames = field(default_factory=PictureNames)
    skus: int = 0


def _write(
    path: Path, columns: Mapping[Key, RecognisedColumn], part: _Part, report: PackageReport, ctx: TaskContext
) -> None:
    header: list[Cell] = [key[0] for key in columns]
    content = Content([header], part.rows, package_rules().sheet_name, files=part.names.files())
    write_part(path, content, report, ctx)
    report.listings += len(part.rows)
    report.skus += part.skus


class _Packer:
    """Turns listings into rows: first all their columns, then row by row."""

    def __init__(self, session: Session, separator: str) -> None:
        self._session, self._separator = session, separator
        self._writers: dict[int, VariantWriter] = {}

    def records(self, listing_ids: Sequence[int], *, with_skus: bool = True) -> Iterator[ListingRecord]:
        """The listings, some at a time."""
        for chunk in chunks(listing_ids):
            yield from load_listings(self._session, chunk, with_skus=with_skus)

    def columns(self, listing_ids: Sequence[int], ctx: TaskContext) -> dict[Key, RecognisedColumn]:
        """The columns of all listings: those of their packages in their order, then what further values need."""
        orders: dict[tuple[Key, ...], None] = {}
        found: dict[Key, RecognisedColumn] = {}
        further: dict[Key, RecognisedColumn] = {}
        attributes: dict[tuple[str, ...], None] = {}
        for record in self.records(listing_ids, with_skus=False):  # no column depends on them
            ctx.checkpoint()
            origin = origin_of(record)
            own = _keyed(origin)
            orders[tuple(own)] = None
            found |= own
            product, columns = _product(record), list(own.values())
            attributes[tuple(name for name in product.attributes if name in _named(product, columns))] = None
            for column in _further(product, columns, is_ours=origin is None):
                further.setdefault((column.header, column.field or "", column.name, 0), column)
        if not orders:
            return dict(_keyed(None))
        ordered = {key: found[key] for key in in_order(orders)}
        present, header = named_attributes(list(ordered.values())), dict(package_rules().columns)["attributes"]
        for name in in_order(attributes):
            if name not in present:
                column = RecognisedColumn(0, "", f"{header}:{name}", "attribute", name)
                ordered[column.header, "attribute", name, 0] = column
        return ordered | {key: column for key, column in further.items() if key not in ordered}

    def add(
        self, record: ListingRecord, columns: Mapping[Key, RecognisedColumn], part: _Part, report: PackageReport
    ) -> None:
        """Put a listing into *part*, or into the report where a text of it is too long."""
        origin = origin_of(record)
        is_same = part.names.meet(record, _wished(record, origin))
        row = self._row(record, origin, columns, part.names, keeps_pictures=is_same)
        name = record.title or record.product_key or record.product_id or str(record.id)
        found = list(long_cells(len(part.rows) + 2, row, [key[0] for key in columns], name))
        if found:
            report.left_out += found
            return
        part.rows.append(row)
        part.skus += len(record.skus)

    def _row(
        self,
        record: ListingRecord,
        origin: Origin | None,
        columns: Mapping[Key, RecognisedColumn],
        names: PictureNames,
        *,
        keeps_pictures: bool,
    ) -> list[Cell]:
        product = _product(record)
        own = _keyed(origin)
        named = _named(product, list(own.values()))
        places = {key: place for place, key in enumerate(own)} if origin is not None else {}
        row: list[Cell] = []
        seen: set[str] = set()
        for key, column in columns.items():
            value = self._value(column, record, product, named)
            kept = origin.kept(places[key], value) if origin is not None and key in places else None
            if kept is not None and not (column.field in _WITH_PICTURES and not keeps_pictures):
                row.append(kept)
            elif column.field in seen:
                row.append("")
            else:
                row.append(self._cell(column, value, record, origin, names))
            if column.field and column.field != "attribute":
                seen.add(column.field)
        return row

    @staticmethod
    def _value(column: RecognisedColumn, record: ListingRecord, product: Product, named: frozenset[str]) -> Any:
        if column.field == "price_info":
            return variants_value(record.skus)
        if column.field == "sku_code":
            return [sku.code for sku in record.skus]
        if column.field == "attribute" and column.name not in named:
            return None
        return value_of(column, product, named)

    def _cell(
        self,
        column: RecognisedColumn,
        value: Any,
        record: ListingRecord,
        origin: Origin | None,
        names: PictureNames,
    ) -> Cell:
        """A cell written anew."""
        if column.field == "price_info":
            writer = self._writer(record.store_id, names)
            old = origin.raw("price_info") if origin is not None else ""
            return writer.text(record.skus, record.category_id, old, record.extra if origin is None else None)
        if column.field == "sku_code":
            return self._between(origin).join(value)
        if column.field == "images" and value:
            return "\n".join(names[source] for source in value)
        if origin is None and isinstance(record.extra.get(label(column)), list):
            return ""  # one text a variant: it stands in 价格信息
        return cell_of(column, value)

    def _between(self, origin: Origin | None) -> str:
        """The separator for codes: what the listing's package had, else the usual one."""
        if origin is None:
            return self._separator
        text = origin.raw("sku_code")
        codes = [variant.code for variant in _old_variants(origin)]
        return separator_of(text, codes) or separator_in(text) or self._separator

    def _writer(self, store_id: int, names: PictureNames) -> VariantWriter:
        """What writes the variants of a store; for pictures as they are called in this zip."""
        writer = self._writers.get(store_id)
        if writer is None:
            writer = self._writers[store_id] = VariantWriter(load_context(self._session, store_id))
        writer.names = names
        return writer


_WITH_PICTURES = frozenset({"images", "price_info"})


def _old_variants(origin: Origin) -> list[Any]:
    text = origin.raw("price_info")
    try:
        return read_price_info(text).variants if text else []
    except PriceInfoError:
        return []


def _wished(record: ListingRecord, origin: Origin | None) -> dict[str, str]:
    """Names the listing's pictures had in its package, as far as they are still the same in number."""
    if origin is None:
        return {}
    columns = sorted(
        (column.number, place) for place, column in enumerate(origin.frame.columns) if column.field == "images"
    )
    texts = [str(origin.cells[place][0]) for _, place in columns if place in origin.cells]
    of_skus = [image for sku in record.skus if (image := _image_of(sku.properties))]
    named = [text for variant in _old_variants(origin) if (text := variant.text("image").strip())]
    return paired(record.images, [name for text in texts for name in image_names(text)]) | paired(of_skus, named)


def _image_of(properties: Sequence[Mapping[str, str]]) -> str:
    return next((part["image"] for part in properties if part.get("image")), "")


def _product(record: ListingRecord) -> Product:
    values = {name: getattr(record, name) for name in _VALUES}
    attributes = {one.get("name", ""): one.get("value", "") for one in record.attributes}
    extra = {name: value for name, value in record.extra.items() if name != package_rules().kept_header}
    return Product(values, {name: value for name, value in attributes.items() if name and value}, extra)


_VALUES = (
    *("product_key", "product_id", "title", "keywords", "category_id", "freight_template_id", "group_id", "unit"),
    *("lot_size", "handling_days", "weight_g", "length_cm", "width_cm", "height_cm", "images", "detail_html"),
)


def _keyed(origin: Origin | None) -> Mapping[Key, RecognisedColumn]:
    """The columns of a listing's package, or ours, by what makes them one with those of others."""
    return _keyed_frame(None if origin is None else origin.frame)


@lru_cache(maxsize=256)
def _keyed_frame(frame: Frame | None) -> Mapping[Key, RecognisedColumn]:
    if frame is None:
        named = enumerate(package_rules().columns)
        pairs = [(header, _our_column(place, field, header)) for place, (field, header) in named]
    else:
        pairs = list(zip(frame.header, frame.columns, strict=True))
    found: dict[Key, RecognisedColumn] = {}
    for header, column in pairs:
        number = 0
        while (key := (header, column.field or "", column.name, number)) in found:
            number += 1
        found[key] = column
    return found


def _our_column(place: int, field: str, header: str) -> RecognisedColumn:
    unit = header.partition("(")[2].rstrip(")")
    return RecognisedColumn(place, "", header, field, "", unit)


def _further(product: Product, columns: Sequence[RecognisedColumn], *, is_ours: bool) -> Iterator[RecognisedColumn]:
    """Columns for values that *columns* have no place for; attributes apart."""
    headers = dict(package_rules().columns)
    if not is_ours:
        for name in needed(product, columns):
            yield _our_column(0, name, headers[name])
    kept = {label(column) for column in columns}
    for name in product.extra:
        if name not in kept:
            yield RecognisedColumn(0, "", name)


def _named(product: Product, columns: Sequence[RecognisedColumn]) -> frozenset[str]:
    """Attributes of a listing that are written in columns of their own: those its package had so, and all others where
    one of them would not survive in a list, so that their order stays."""
    own = named_attributes(columns)
    others = {name: value for name, value in product.attributes.items() if name not in own}
    has_list = any(column.field == "attributes" for column in columns)
    return own if has_list and all(map(_is_listable, others, others.values())) else own | others.keys()


def _is_listable(name: str, value: str) -> bool:
    """Whether an attribute survives in a list of them."""
    is_trimmed = name == name.strip() and value == value.strip()
    return is_trimmed and not any(sign in name + value for sign in ":;：；\n")
