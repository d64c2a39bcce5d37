"""Creating, editing and deleting warehouse templates: every act is one change that can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.codes.reading import read_code
from app.services.compliance.rule_data import rule_data
from app.services.db import Database
from app.services.errors import InputError, NotFound
from app.services.history.recording import add_entries, record_change
from app.services.history.records import WAREHOUSE, ChangeRecord, Entry, RawRow
from app.services.warehouses.countries import countries
from app.services.warehouses.formulas import compiled
from app.services.warehouses.records import PriceSource, WarehouseCountryRecord, WarehouseTemplateRecord
from app.services.warehouses.template_rows import (
    delete_rows,
    image_of,
    insert_image,
    is_name_taken,
    load_template,
    stored_image,
    update_image,
)

NOUN: Literal["warehouse_template"] = "warehouse_template"
LONGEST_NAME = 60
WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class TemplateAct:
    """A template as it is stored now, and the change that made it so: None where nothing differs."""

    template: WarehouseTemplateRecord
    change: ChangeRecord | None


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
        return load_template(connection, template_id)


def find_template(db: Database, name: str) -> WarehouseTemplateRecord:
    """The template called *name*, in any case.

    Raises:
        NotFound: there is none.
    """
    with db.reader.connect() as connection:
        wanted = " ".join(name.split()).casefold()
        names = connection.exec_driver_sql("SELECT id, name FROM warehouse_template ORDER BY name").all()
        for template_id, known in names:
            if known.casefold() == wanted:
                return load_template(connection, template_id)
    raise NotFound("warehouse.no_template", name=name, known=", ".join(known for _, known in names) or "–")


def save_template(db: Database, template: WarehouseTemplateRecord) -> TemplateAct:
    """Store a new template (`id` None), or put one over what is there, as a change.

    Raises:
        BadTemplate: no name, no country, one twice, or a value out of range.
        NameTaken: another template has the name.
        NotFound: the template to change is gone.
    """
    label = "change.warehouse_new" if template.id is None else "change.warehouse"
    with db.bulk() as connection:
        stored, entry = put_template(connection, template)
        return TemplateAct(stored, record_acts(connection, [entry] if entry else [], label, name=stored.name))


def put_template(
    connection: Connection, template: WarehouseTemplateRecord
) -> tuple[WarehouseTemplateRecord, Entry | None]:
    """The same in the caller's transaction. Returns: the stored record with its id, and what a change keeps of it, None
    where nothing differs.

    Raises: as `save_template`; nothing was written then.
    """
    template, moment = checked(template), now_ms()
    if is_name_taken(connection, template.name, template.id):
        raise NameTaken(name=template.name)
    image = image_of(template)
    if template.id is None:
        number = insert_image(connection, None, image, moment)
        return replace(template, id=number), _entry(number, None, image)
    stored = stored_image(connection, template.id)
    if stored is None:
        raise NotFound(noun=NOUN, name=template.name)
    after = {name: value for name, value in image.items() if stored[name] != value}
    if not after:
        return template, None
    update_image(connection, template.id, after, moment)
    return template, _entry(template.id, {name: stored[name] for name in after}, after)


def record_acts(
    connection: Connection, entries: Sequence[Entry], label: str, source: str = "", **params: object
) -> ChangeRecord | None:
    """Keep what was done to templates as one change; None where that was nothing."""
    if not entries:
        return None
    number, change = record_change(
        connection, kind=WAREHOUSE, label=label, params=params, listing_count=len(entries), source=source
    )
    add_entries(connection, number, entries)
    return change


def _entry(number: int, before: RawRow | None, after: RawRow | None) -> Entry:
    """There is no listing: the template stands under its own id, negative."""
    return Entry(NOUN, number, -number, before, after)


def copy_template(db: Database, template_id: int, name: str) -> TemplateAct:
    """A new template called *name*, or by a free name made of it, else as another one.

    Raises: as `save_template`.
    """
    return make_template(db, replace(get_template(db, template_id), id=None, name=name))


def make_template(db: Database, template: WarehouseTemplateRecord) -> TemplateAct:
    """Store a new template; where its name is taken, it gets a number.

    Raises: as `save_template`.
    """
    with db.reader.connect() as connection:
        names = (template.name, *(f"{template.name[: LONGEST_NAME - 4]} {number}" for number in range(2, 100)))
        free = next((name for name in names if not is_name_taken(connection, name, None)), template.name)
    return save_template(db, replace(template, id=None, name=free))


def delete_template(db: Database, template_id: int) -> ChangeRecord:
    """Remove a template, as a change that brings it back under the same id.

    Raises:
        NotFound: it is gone already.
    """
    with db.bulk() as connection:
        before = load_template(connection, template_id)
        delete_rows(connection, template_id)
        entries = [_entry(template_id, image_of(before), None)]
        change = record_acts(connection, entries, "change.warehouse_gone", name=before.name)
    assert change is not None
    return change


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
        with db.bulk() as connection:  # what comes ready-made is no one's change
            put_template(connection, record)
        added += 1
    return added
