"""Warehouse templates as rows, and as the one image a change keeps of each: its own columns, countries and freight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from app.services.errors import NotFound
from app.services.warehouses.records import PriceSource, StoreFreight, WarehouseCountryRecord, WarehouseTemplateRecord

COLUMNS = (
    *("name", "is_virtual", "handling_days", "note"),
    *("price_source", "margin_bp", "discount_bp", "home_stock", "zero_missing"),
)
"""Columns of `warehouse_template` by the names of the record."""
COUNTRY_COLUMNS = ("country", "ships_from_id", "mark", "stock", "surcharge_minor", "formula")
COUNTRIES, FREIGHT = "countries", "freight"
"""Parts of an image besides the columns: a list of countries in their order, and store → freight template."""
Image = dict[str, Any]


def load_template(connection: Connection, template_id: int) -> WarehouseTemplateRecord:
    """The template whole. Raises: NotFound."""
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
        countries=_load_countries(connection, template_id),
        freight=tuple(StoreFreight(*one) for one in freight),
        **named,
    )


def _load_countries(connection: Connection, template_id: int) -> tuple[WarehouseCountryRecord, ...]:
    """The dispatch countries of a template, in order."""
    rows = connection.exec_driver_sql(
        f"SELECT {', '.join(COUNTRY_COLUMNS)} FROM warehouse_country WHERE warehouse_template_id = ? ORDER BY position",
        (template_id,),
    )
    return tuple(WarehouseCountryRecord(*row) for row in rows)


def image_of(template: WarehouseTemplateRecord) -> Image:
    """What a change keeps of *template*: nothing but what JSON knows."""
    image: Image = {name: getattr(template, name) for name in COLUMNS}
    image["price_source"] = str(template.price_source)
    image[COUNTRIES] = [{name: getattr(one, name) for name in COUNTRY_COLUMNS} for one in template.countries]
    image[FREIGHT] = {str(one.store_id): one.template_id for one in template.freight}
    return image


def stored_image(connection: Connection, template_id: int) -> Image | None:
    """The image of what stands there now, None where it is gone."""
    try:
        return image_of(load_template(connection, template_id))
    except NotFound:
        return None


def insert_image(connection: Connection, template_id: int | None, image: Mapping[str, Any], moment_ms: int) -> int:
    """Store a template whole, under *template_id* where it had one. Returns: its id."""
    columns = ("id", *COLUMNS, "created_ms", "updated_ms")
    values = (template_id, *(image[name] for name in COLUMNS), moment_ms, moment_ms)
    cursor = connection.exec_driver_sql(
        f"INSERT INTO warehouse_template ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", values
    )
    made = int(cursor.lastrowid or 0)
    _write_parts(connection, made, image)
    return made


def update_image(connection: Connection, template_id: int, changed: Mapping[str, Any], moment_ms: int) -> None:
    """Put the *changed* parts of an image in place of what is there."""
    own = {name: changed[name] for name in COLUMNS if name in changed}
    sets = ", ".join(f"{name} = ?" for name in (*own, "updated_ms"))
    connection.exec_driver_sql(
        f"UPDATE warehouse_template SET {sets} WHERE id = ?", (*own.values(), moment_ms, template_id)
    )
    _write_parts(connection, template_id, changed)


def delete_rows(connection: Connection, template_id: int) -> None:
    """Remove a template; its countries and freight templates go with it."""
    connection.exec_driver_sql("DELETE FROM warehouse_template WHERE id = ?", (template_id,))


def _write_parts(connection: Connection, template_id: int, image: Mapping[str, Any]) -> None:
    """Countries and freight templates, as far as *image* says them, in place of those that are there."""
    if COUNTRIES in image:
        connection.exec_driver_sql("DELETE FROM warehouse_country WHERE warehouse_template_id = ?", (template_id,))
        _insert_countries(connection, template_id, image[COUNTRIES])
    if FREIGHT in image:
        connection.exec_driver_sql("DELETE FROM warehouse_freight WHERE warehouse_template_id = ?", (template_id,))
        for store_id, freight in image[FREIGHT].items():  # a store that was removed meanwhile takes none
            connection.exec_driver_sql(
                "INSERT INTO warehouse_freight (warehouse_template_id, store_id, template_id) "
                "SELECT ?, id, ? FROM store WHERE id = ?",
                (template_id, freight, int(store_id)),
            )


def _insert_countries(connection: Connection, template_id: int, listed: Sequence[Mapping[str, Any]]) -> None:
    columns = ("warehouse_template_id", "position", *COUNTRY_COLUMNS)
    connection.exec_driver_sql(
        f"INSERT INTO warehouse_country ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        [(template_id, place, *(one[name] for name in COUNTRY_COLUMNS)) for place, one in enumerate(listed)],
    )


# -- the way back --------------------------------------------------------------------------------------------------


def is_name_taken(connection: Connection, name: str, template_id: int | None) -> bool:
    """Whether another template than *template_id* has the name."""
    taken = "SELECT EXISTS (SELECT 1 FROM warehouse_template WHERE name = ? AND id IS NOT ?)"
    return bool(connection.exec_driver_sql(taken, (name, template_id)).scalar())


def can_go_back(connection: Connection, template_id: int, before: Image | None, after: Image | None) -> bool:
    """Whether the template is still as a change left it, and its former name is free. Freight templates of stores that
    were removed since do not count."""
    if before is not None and "name" in before and is_name_taken(connection, before["name"], template_id):
        return False
    now = stored_image(connection, template_id)
    if now is None or after is None:
        return now is None and after is None
    stores = {str(number) for number in connection.exec_driver_sql("SELECT id FROM store").scalars()}
    left = {name: value for name, value in after.items() if name != FREIGHT}
    is_same = all(now[name] == value for name, value in left.items())
    freight = {store: one for store, one in after.get(FREIGHT, {}).items() if store in stores}
    return is_same and (FREIGHT not in after or now[FREIGHT] == freight)


def go_back(
    connection: Connection, template_id: int, before: Image | None, after: Image | None, moment_ms: int
) -> None:
    """Make the template what it was before a change from *before* to *after*."""
    if before is None:
        delete_rows(connection, template_id)
    elif after is None:
        insert_image(connection, template_id, before, moment_ms)
    else:
        update_image(connection, template_id, before, moment_ms)
