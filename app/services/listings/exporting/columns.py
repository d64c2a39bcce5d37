"""The columns of an exported sheet: which there are, what they are called, and which ones a selection needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.messages import Messages, messages, tr
from app.services.errors import InputError
from app.services.listings.loading import chunks, id_list
from app.services.listings.text import fold
from app.services.packages.rules import package_rules
from app.services.workbooks.column_order import in_order

LISTING_KEYS = (
    "product_key",
    "product_id",
    "title",
    "category",
    "weight",
    "length",
    "width",
    "height",
    "unit",
    "lot_size",
    "handling_days",
    "images",
    "detail_html",
    "keywords",
    "group",
    "marketing_group",
    "freight_template",
    "regional_prices",
)
SKU_KEYS = ("sku_code", "price", "stock", "barcode", "sku_image")
GROUPS = ("properties", "attributes", "others")
"""Stand for a column each: the sale properties, the attributes, the columns nobody understood."""
KEYS = (*LISTING_KEYS, *SKU_KEYS, *GROUPS)
"""Everything that can be chosen; also all of it in its usual order. `property:Color`, `attribute:Material` and
`other:Supplier` stand for one column of a group."""
SINGLE = {"property": "properties", "attribute": "attributes", "other": "others"}

BARE_PROPERTIES = {"color": "sheet_property.color", "ships from": "sheet_property.ships_from"}
"""Sale properties whose plain name is understood; others are written as "sale property: name"."""
TEXT_KEYS = frozenset(
    {"product_key", "product_id", "sku_code", "barcode", "category", "freight_template", "group", "marketing_group"}
)
"""Codes, ids and names that may be digits: text cells, so that a spreadsheet keeps every digit."""

_BETWEEN = "\x1f"
_ORDERS = (
    "SELECT DISTINCT (SELECT group_concat(json_extract(value, '$.name'), char(31)) FROM json_each(properties) "
    "WHERE json_extract(value, '$.name') <> '') FROM sku WHERE listing_id IN ({})"
)
_ATTRIBUTES = (
    "SELECT DISTINCT json_extract(value, '$.name') FROM listing_body AS body, "
    "json_each(attributes) WHERE body.id IN ({})"
)
_EXTRA = (
    "SELECT DISTINCT key FROM listing_body AS body, json_each(extra) WHERE body.id IN ({}) "
    f"AND key <> '{package_rules().kept_header}'"  # a note for packages, of no use in a sheet
)
_CURRENCIES = "SELECT DISTINCT currency FROM listing WHERE id IN ({})"


class UnknownColumn(InputError):
    """A name no column has; `known` lists the names."""

    code = "export.unknown_column"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet: its key, for a column of a group with the group's name before it, and its header."""

    key: str
    header: str
    is_text: bool = False

    @property
    def name(self) -> str:
        """The name of a column of a group: `Color` of `property:Color`."""
        return self.key.partition(":")[2]


def column_name(key: str, texts: Messages = messages) -> str:
    """What a person calls a column."""
    kind, _, name = key.partition(":")
    if name:
        return name if kind == "other" else f"{texts.text(f'sheet_field.{kind}')}: {name}"
    return texts.text(f"export.group.{key}" if key in GROUPS else f"sheet_field.{key}")


def read_columns(typed: Iterable[str]) -> tuple[str, ...]:
    """The keys of columns as a person writes them: keys, or names in either language; each once.

    Raises:
        UnknownColumn: a name is none.
    """
    names = {fold(column_name(key, Messages(language))): key for key in KEYS for language in ("zh", "en")}
    found: dict[str, None] = {}
    for text in filter(None, (part.strip() for part in typed)):
        kind, _, name = (part.strip() for part in text.replace("：", ":").partition(":"))
        key = text if text in KEYS else names.get(fold(text), "")
        if not key and name and (kind in SINGLE or fold(kind) in names):
            key = f"{kind}:{name}" if kind in SINGLE else ""
        if not key:
            raise UnknownColumn(name=text, known=", ".join(KEYS))
        found[key] = None
    if not found:
        raise UnknownColumn(name="", known=", ".join(KEYS))
    return tuple(found)


@dataclass(slots=True)
class FoundColumns:
    """Which columns the listings need beyond the fixed ones, in the order they were met."""

    orders: dict[tuple[str, ...], None] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)
    extra: dict[str, None] = field(default_factory=dict)
    currencies: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, connection: Connection, listing_ids: Iterable[int], wanted: Sequence[str]) -> FoundColumns:
        """Look through the listings; only names are read, of the groups that are wanted."""
        found = cls()
        for chunk in chunks(listing_ids):
            inside = id_list(chunk)

            def texts(sql: str, inside: str = inside) -> list[str]:
                return [text for text in connection.exec_driver_sql(sql.format(inside)).scalars() if text]

            if "properties" in wanted:
                found.orders.update((tuple(order.split(_BETWEEN)), None) for order in texts(_ORDERS))
            if "attributes" in wanted:
                found.attributes.update(dict.fromkeys(texts(_ATTRIBUTES)))
            if "others" in wanted:
                found.extra.update(dict.fromkeys(texts(_EXTRA)))
            found.currencies.update(texts(_CURRENCIES))
        return found

    def columns(self, wanted: Sequence[str], *, per_listing: bool) -> list[Column]:
        """The columns of *wanted* in their order, with headers in the user's language."""
        currency = f" ({next(iter(self.currencies))})" if len(self.currencies) == 1 else ""
        units = {"price": currency, "weight": " (g)", "length": " (cm)", "width": " (cm)", "height": " (cm)"}
        made: dict[str, Column] = {}
        for key in wanted:
            for column in self._of_key(key, units, per_listing=per_listing):
                made.setdefault(column.key, column)
        return list(made.values())

    def _of_key(self, key: str, units: dict[str, str], *, per_listing: bool) -> list[Column]:
        if key in GROUPS:
            names = {"properties": in_order(self.orders), "attributes": self.attributes, "others": self.extra}[key]
            kind = next(kind for kind, group in SINGLE.items() if group == key)
            return [_single(kind, name) for name in names]
        kind, _, name = key.partition(":")
        if name:
            return [_single(kind, name)]
        unit = units.get(key, "")
        if per_listing and key == "price":
            return [Column(f"price_{end}", tr(f"export.price_{end}") + unit) for end in ("low", "high")]
        if per_listing and key == "stock":
            return [Column("stock", tr("export.stock_total"))]
        return [Column(key, column_name(key) + unit, key in TEXT_KEYS)]


def _single(kind: str, name: str) -> Column:
    key = f"{kind}:{name}"
    if kind == "other":
        return Column(key, name, is_text=True)
    bare = BARE_PROPERTIES.get(name.casefold()) if kind == "property" else None
    return Column(key, tr(bare) if bare else f"{tr(f'sheet_field.{kind}')}:{name}", is_text=True)
