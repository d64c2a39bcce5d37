"""Creating, editing and deleting warehouse templates. Each act returns what it replaced, so that it can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.services.clock import now_ms
from app.services.compliance.rule_data import rule_data
from app.services.db import Database
from app.services.errors import InputError, NotFound
from app.services.warehouses.countries import countries
from app.services.warehouses.records import WarehouseCountryRecord, WarehouseTemplateRecord

LONGEST_NAME = 60


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


def save_template(db: Database, template: WarehouseTemplateRecord) -> WarehouseTemplateRecord:
    """Store a new template (`id` None), or put one over what is there. Returns: the stored record with its id.

    Raises:
        BadTemplate: no name, no country, one twice, or a value out of range.
        NameTaken: another template has the name.
        NotFound: the template to change is gone.
    """
    template = checked(template)
    moment = now_ms()
    fields = (template.name, int(template.is_virtual), template.handling_days, template.note, moment)
    try:
        with db.bulk() as connection:
            if template.id is None:
                cursor = connection.exec_driver_sql(
                    "INSERT INTO warehouse_template (name, is_virtual, handling_days, note, updated_ms, created_ms) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (*fields, moment),
                )
                template = replace(template, id=int(cursor.lastrowid or 0))
            else:
                changed = connection.exec_driver_sql(
                    "UPDATE warehouse_template SET name = ?, is_virtual = ?, handling_days = ?, note = ?, "
                    "updated_ms = ? WHERE id = ?",
                    (*fields, template.id),
                )
                if changed.rowcount == 0:
                    raise NotFound(noun="warehouse_template", name=template.name)
            _write_countries(connection, template)
    except IntegrityError as error:
        raise NameTaken(name=template.name) from error
    return template


def rename_template(db: Database, template_id: int, name: str) -> WarehouseTemplateRecord:
    """Give a template another name. Returns: the template as it was; saving that takes it back.

    Raises: as `save_template`.
    """
    before = get_template(db, template_id)
    save_template(db, replace(before, name=name))
    return before


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
    moment = now_ms()
    try:
        with db.bulk() as connection:
            connection.exec_driver_sql(
                "INSERT INTO warehouse_template (id, name, is_virtual, handling_days, note, created_ms, updated_ms) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    template.id,
                    template.name,
                    int(template.is_virtual),
                    template.handling_days,
                    template.note,
                    moment,
                    moment,
                ),
            )
            _write_countries(connection, template)
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
    if any(entry.stock is not None and not 0 <= entry.stock <= limits.stock_max for entry in normal):
        raise BadTemplate("warehouse.stock", most=limits.stock_max)
    return replace(template, name=name, countries=normal)


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
        )
        save_template(db, record)
        added += 1
    return added


def _load(connection: Connection, template_id: int) -> WarehouseTemplateRecord:
    row = connection.exec_driver_sql(
        "SELECT name, is_virtual, handling_days, note FROM warehouse_template WHERE id = ?", (template_id,)
    ).first()
    if row is None:
        raise NotFound(noun="warehouse_template", name=str(template_id))
    return WarehouseTemplateRecord(
        template_id, row[0], bool(row[1]), row[2], row[3], load_countries(connection, template_id)
    )


def load_countries(connection: Connection, template_id: int) -> tuple[WarehouseCountryRecord, ...]:
    """The dispatch countries of a template, in order."""
    rows = connection.exec_driver_sql(
        "SELECT country, ships_from_id, mark, stock, surcharge_minor FROM warehouse_country "
        "WHERE warehouse_template_id = ? ORDER BY position",
        (template_id,),
    )
    return tuple(WarehouseCountryRecord(*row) for row in rows)


def _write_countries(connection: Connection, template: WarehouseTemplateRecord) -> None:
    connection.exec_driver_sql("DELETE FROM warehouse_country WHERE warehouse_template_id = ?", (template.id,))
    _insert_countries(connection, template.id, template.countries)


def _insert_countries(
    connection: Connection, template_id: int | None, entries: Iterable[WarehouseCountryRecord]
) -> None:
    rows = [
        (template_id, place, entry.country, entry.ships_from_id, entry.mark, entry.stock, entry.surcharge_minor)
        for place, entry in enumerate(entries)
    ]
    connection.exec_driver_sql(
        "INSERT INTO warehouse_country (warehouse_template_id, position, country, ships_from_id, mark, stock, "
        "surcharge_minor) VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
