"""Creating, editing and deleting warehouse templates. Each act returns what it replaced, so that it can be undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.services.clock import now_ms
from app.services.codes.reading import read_code
from app.services.compliance.rule_data import rule_data
from app.services.db import Database
from app.services.errors import InputError, NotFound
from app.services.warehouses.countries import countries
from app.services.warehouses.formulas import compiled
from app.services.warehouses.records import PriceSource, StoreFreight, WarehouseCountryRecord, WarehouseTemplateRecord

LONGEST_NAME = 60
WHOLE_BP = 10_000
COLUMNS = (
    *("name", "is_virtual", "handling_days", "note"),
    *("price_source", "margin_bp", "discount_bp", "home_stock", "zero_missing"),
)
"""Columns of `warehouse_template` by the names of the record."""
COUNTRY_COLUMNS = ("country", "ships_from_id", "mark", "stock", "surcharge_minor", "formula")


class BadTemplate(InputError):
    """A template cannot be stored as it is; the code says why."""

    code = "warehouse.no_name"


class NameTaken(InputError):
    """Another template has this `name`."""

    code = "warehouse.name_taken"


def country_record(
    code: str, *, stock: int | None = None, surcharge_minor: int | None = None
) -> WarehouseCountryRecord:
    """A dispatch country with the id and mark of the rule file.

    Raises:
        BadTemplate: the country is not known as a place of dispatch.
    """
    known = countries().dispatch.get(countries().code(code))
    if known is None:
        raise BadTemplate("warehouse.unknown_country", country=code, known=", ".join(countries().dispatch))
    return WarehouseCountryRecord(known.code, known.value_ids[0], known.mark, stock, surcharge_minor)


def get_template(db: Database, template_id: int) -> WarehouseTemplateRecord:
    """The template whole.

    Raises:
        NotFound: it is gone.
    """
    with db.reader.connect() as connection:
        return _load(connection, template_id)


def find_template(db: Database, name: str) -> WarehouseTemplateRecord:
    """The template called *name*, in any case.

    Raises:
        NotFound: there is none.
    """
    with db.reader.connect() as connection:
        wanted = " ".join(name.split()).casefold()
        for template_id, known in connection.exec_driver_sql("SELECT id, name FROM warehouse_template"):
            if known.casefold() == wanted:
                return _load(connection, template_id)
    raise NotFound(noun="warehouse_template", name=name)


def save_template(db: Database, template: WarehouseTemplateRecord) -> WarehouseTemplateRecord:
    """Store a new template (`id` None), or put one over what is there. Returns: the stored record with its id.

    Raises:
        BadTemplate: no name, no country, one twice, or a value out of range.
        NameTaken: another template has the name.
        NotFound: the template to change is gone.
    """
    template = checked(template)
    moment = now_ms()
    try:
        with db.bulk() as connection:
            if template.id is None:
                template = replace(template, id=_insert(connection, template, moment))
            else:
                sets = ", ".join(f"{column} = ?" for column in (*COLUMNS, "updated_ms"))
                values = (*_values(template), moment, template.id)
                if not connection.exec_driver_sql(
                    f"UPDATE warehouse_template SET {sets} WHERE id = ?", values
                ).rowcount:
                    raise NotFound(noun="warehouse_template", name=template.name)
            _write_parts(connection, template)
    except IntegrityError as error:
        raise NameTaken(name=template.name) from error
    return template


def copy_template(db: Database, template_id: int, name: str) -> WarehouseTemplateRecord:
    """A new template called *name*, else as another one. Returns: the new one.

    Raises: as `save_template`.
    """
    return save_template(db, replace(get_template(db, template_id), id=None, name=name))


def delete_template(db: Database, template_id: int) -> WarehouseTemplateRecord:
    """Remove a template. Returns: what it was; `restore_template` brings it back under the same id.

    Raises:
        NotFound: it is gone already.
    """
    with db.bulk() as connection:
        before = _load(connection, template_id)
        connection.exec_driver_sql("DELETE FROM warehouse_template WHERE id = ?", (template_id,))
    return before


def restore_template(db: Database, template: WarehouseTemplateRecord) -> None:
    """Bring a deleted template back as it was, id and all.

    Raises:
        NameTaken: its name or place was given away meanwhile.
    """
    try:
        with db.bulk() as connection:
            _insert(connection, template, now_ms())
            _write_parts(connection, template)
    except IntegrityError as error:
        raise NameTaken(name=template.name) from error


def checked(template: WarehouseTemplateRecord) -> WarehouseTemplateRecord:
    """The template with its name and codes in their normal form.

    Raises:
        BadTemplate: no name, no country, one twice, or a value out of range.
    """
    rules = countries()
    name = " ".join(template.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise BadTemplate(most=LONGEST_NAME)
    if not template.countries:
        raise BadTemplate("warehouse.no_country", name=name)
    normal = tuple(replace(entry, country=rules.code(entry.country)) for entry in template.countries)
    codes = [entry.country for entry in normal]
    for code in codes:
        country_record(code)
        if codes.count(code) > 1:
            raise BadTemplate("warehouse.country_twice", name=name, country=code)
    limits = rule_data().limits
    most_days = limits.handling_days_overseas_max
    if template.handling_days is not None and not 1 <= template.handling_days <= most_days:
        raise BadTemplate("warehouse.handling_days", most=most_days)
    stocks = [template.home_stock, *(entry.stock for entry in normal)]
    if any(stock is not None and not 0 <= stock <= limits.stock_max for stock in stocks):
        raise BadTemplate("warehouse.stock", most=limits.stock_max)
    if not 0 <= template.discount_bp < WHOLE_BP or not 0 <= (template.margin_bp or 0) < WHOLE_BP:
        raise BadTemplate("warehouse.share")
    return replace(template, name=name, countries=tuple(map(_checked_country, normal)))


def _checked_country(entry: WarehouseCountryRecord) -> WarehouseCountryRecord:
    """A country whose mark the grammar reads as this country, and whose formula can be worked out.

    Raises:
        BadTemplate: `.mark`, `.ships_from_id`, `.surcharge`.
        FormulaError: the formula cannot be read.
    """
    home = countries().home
    if entry.country == home:
        raise BadTemplate("warehouse.home", country=home)
    if read_code(f"AB1234{entry.mark}").ships_from != entry.country:
        raise BadTemplate("warehouse.mark", country=entry.country, mark=entry.mark)
    if not (entry.ships_from_id.isascii() and entry.ships_from_id.isdigit()):
        raise BadTemplate("warehouse.ships_from_id", country=entry.country, value=entry.ships_from_id)
    if entry.surcharge_minor is not None and abs(entry.surcharge_minor) > rule_data().limits.price_max_minor:
        raise BadTemplate("warehouse.surcharge", country=entry.country)
    if formula := entry.formula.strip():
        compiled(formula)
    return replace(entry, formula=formula)


def seed_templates(db: Database, language: str) -> int:
    """Store the ready-made templates of the rule file, once: those whose name exists are left alone.

    Returns: how many were added.
    """
    added = 0
    for seed in countries().templates:
        names = set(seed.name.values())
        with db.reader.connect() as connection:
            taken = set(connection.exec_driver_sql("SELECT name FROM warehouse_template").scalars())
        if names & taken:
            continue
        chosen = "zh" if language == "zh" else "en"
        record = WarehouseTemplateRecord(
            id=None,
            name=seed.name[chosen],
            is_virtual=seed.is_virtual,
            handling_days=seed.handling_days,
            note=seed.note[chosen],
            countries=tuple(country_record(code, stock=stock) for code, stock in seed.countries),
            price_source=PriceSource.RULE if seed.is_virtual else PriceSource.SHEET,
            home_stock=countries().home_stock if seed.is_virtual else None,
        )
        save_template(db, record)
        added += 1
    return added


def _load(connection: Connection, template_id: int) -> WarehouseTemplateRecord:
    row = connection.exec_driver_sql(
        f"SELECT {', '.join(COLUMNS)} FROM warehouse_template WHERE id = ?", (template_id,)
    ).first()
    if row is None:
        raise NotFound(noun="warehouse_template", name=str(template_id))
    named = dict(zip(COLUMNS, row, strict=True))
    for name in ("is_virtual", "zero_missing"):
        named[name] = bool(named[name])
    named["price_source"] = PriceSource(named["price_source"])
    freight = connection.exec_driver_sql(
        "SELECT store_id, template_id FROM warehouse_freight WHERE warehouse_template_id = ? ORDER BY store_id",
        (template_id,),
    )
    return WarehouseTemplateRecord(
        id=template_id,
        countries=load_countries(connection, template_id),
        freight=tuple(StoreFreight(*one) for one in freight),
        **named,
    )


def load_countries(connection: Connection, template_id: int) -> tuple[WarehouseCountryRecord, ...]:
    """The dispatch countries of a template, in order."""
    rows = connection.exec_driver_sql(
        f"SELECT {', '.join(COUNTRY_COLUMNS)} FROM warehouse_country WHERE warehouse_template_id = ? ORDER BY position",
        (template_id,),
    )
    return tuple(WarehouseCountryRecord(*row) for row in rows)


def _values(template: WarehouseTemplateRecord) -> tuple[Any, ...]:
    return tuple(getattr(template, name) for name in COLUMNS)


def _insert(connection: Connection, template: WarehouseTemplateRecord, moment_ms: int) -> int:
    """Add the template's own row, under its id where it has one. Returns: the id."""
    columns = ("id", *COLUMNS, "created_ms", "updated_ms")
    cursor = connection.exec_driver_sql(
        f"INSERT INTO warehouse_template ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        (template.id, *_values(template), moment_ms, moment_ms),
    )
    return int(cursor.lastrowid or 0)


def _write_parts(connection: Connection, template: WarehouseTemplateRecord) -> None:
    """The countries and freight templates, in place of those that are there."""
    for table in ("warehouse_country", "warehouse_freight"):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE warehouse_template_id = ?", (template.id,))
    rows = [
        (template.id, place, *(getattr(entry, name) for name in COUNTRY_COLUMNS))
        for place, entry in enumerate(template.countries)
    ]
    columns = ("warehouse_template_id", "position", *COUNTRY_COLUMNS)
    connection.exec_driver_sql(
        f"INSERT INTO warehouse_country ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows
    )
    if template.freight:
        connection.exec_driver_sql(
            "INSERT INTO warehouse_freight (warehouse_template_id, store_id, template_id) VALUES (?, ?, ?)",
            [(template.id, one.store_id, one.template_id) for one in template.freight],
        )
