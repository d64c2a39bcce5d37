"""What a person means by a name: a template or a carrier's tariff; countries, sizes and weights as they are typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

import orjson
from sqlalchemy import Connection

from app.services.errors import NotFound
from app.services.freight.errors import BadFreightInput
from app.services.freight.records import Service
from app.services.freight.settings import read_services
from app.services.freight.tariff_store import StoredTariff, stored_tariffs
from app.services.freight.weights import CustomWeight, Size
from app.services.warehouses.countries import countries

MOST_MONEY = 10**9
"""No price or cost of one piece is larger: what is, was typed wrong."""
_SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)[x×*](\d{1,6}(?:\.\d{1,3})?)[x×*](\d{1,6}(?:\.\d{1,3})?)")
_CUSTOM = re.compile(r"(\d{1,6}),(\d{1,6}),(\d{1,9})")
_BY_NAME = (
    "SELECT freight_template.id, freight_template.name, services, store_id, store.name FROM freight_template "
    "LEFT JOIN store ON store.id = store_id WHERE (freight_template.name = ? OR template_id = ?) AND {stores} "
    "ORDER BY freight_template.id"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A template (`services`) or a tariff; `store` "" for what belongs to none. `id` of its own table."""

    id: int
    name: str
    services: tuple[Service, ...] = ()
    tariff: StoredTariff | None = None
    store: str = ""

    @property
    def key(self) -> str:
        """A tariff's key; "" for a template."""
        return self.tariff.key if self.tariff else ""

    @property
    def kind(self) -> str:
        """`tariff`, `local` or `synced`."""
        return "tariff" if self.tariff else "synced" if self.store else "local"


def find_named(connection: Connection, name: str, store_id: int | None = None) -> Named:
    """The template of *store_id* called *name* (or with that id); without a store a local template, else a store's,
    else a tariff by key or name.

    Raises:
        NotFound: there is none.
        BadFreightInput: `freight.ambiguous`, where several stores have it; `freight.unread`, where its settings were
            not read yet.
    """
    wanted = name.strip()
    if store_id is not None:
        return _template(connection, wanted, f"store_id = {int(store_id)}") or _missing(wanted)
    found = _template(connection, wanted, "store_id IS NULL") or _template(connection, wanted, "store_id IS NOT NULL")
    return found or _tariff(connection, wanted) or _missing(wanted)


def find_listing(connection: Connection, name: str, store_id: int | None = None) -> int:
    """A listing by product id, key or code, else the first with a variant of that code, of *store_id* where it is
    given. Raises: NotFound."""
    of_listing = "SELECT id FROM listing WHERE ? IN (product_id, product_key, code)"
    of_variant = "SELECT listing_id FROM sku JOIN listing ON listing.id = listing_id WHERE sku.code = ?"
    rows = (
        connection.exec_driver_sql(
            f"{asked} AND (? IS NULL OR store_id = ?) ORDER BY listing.id LIMIT 1", (name, store_id, store_id)
        ).scalar()
        for asked in (of_listing, of_variant)
    )
    found = next((one for one in rows if one is not None), None)
    if found is None:
        raise NotFound(noun="listing", name=name)
    return int(found)


def country_of(text: str) -> str:
    """A country's code as we write it. Raises: BadFreightInput (`freight.no_country`)."""
    code = countries().code(text)
    if code not in countries().names:
        raise BadFreightInput("freight.no_country", value=text.strip())
    return code


def size_of(text: str) -> Size:
    """`40x30x20` in cm. Raises: BadFreightInput (`freight.no_size`)."""
    found = _SIZE.fullmatch(re.sub(r"\s+|cm$", "", text.strip().lower()))
    if found is None or not all(sides := [Decimal(side) for side in found.groups()]):
        raise BadFreightInput("freight.no_size", value=text.strip())
    length, width, height = sides
    return length, width, height


def custom_weight_of(text: str) -> CustomWeight:
    """`3,2,250`: up to 3 pieces weigh what is entered, each started 2 further ones 250 g.

    Raises: BadFreightInput (`freight.no_custom_weight`).
    """
    found = _CUSTOM.fullmatch(re.sub(r"\s+", "", text))
    if found is None:
        raise BadFreightInput("freight.no_custom_weight", value=text.strip())
    return CustomWeight(*map(int, found.groups()))


def _template(connection: Connection, name: str, stores: str) -> Named | None:
    rows = connection.exec_driver_sql(_BY_NAME.format(stores=stores), (name, name)).all()
    if not rows:
        return None
    if len(rows) > 1:
        raise BadFreightInput("freight.ambiguous", name=name, stores=", ".join(str(row[4] or row[0]) for row in rows))
    id, called, services, _, store = rows[0]
    if services is None:
        raise BadFreightInput("freight.unread", name=called, store=store)
    return Named(id, called, read_services(orjson.loads(services)), store=store or "")


def _tariff(connection: Connection, name: str) -> Named | None:
    for stored in stored_tariffs(connection).values():
        if name in stored.names:
            return Named(stored.id, stored.name, tariff=stored)
    return None


def _missing(name: str) -> Named:
    raise NotFound("freight.no_template", name=name)
