"""What can be chosen in a bulk edit: templates, groups and units of the stores its listings belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from app.messages import Language, Messages
from app.models import StoreAccess
from app.services.compliance import load_context
from app.services.compliance.units import units
from app.services.db import Database
from app.services.listings.bulk_edit.targets import ChosenVariants, Target
from app.services.listings.details import Choice
from app.services.listings.filters import warehouse_kinds
from app.services.listings.loading import chunks, id_list
from app.services.listings.marketing.membership import known_names
from app.services.paging import Query

_ALL = f"SELECT id, name FROM store WHERE access = '{StoreAccess.OPERATE!s}' ORDER BY id"

_OWNERS = "SELECT listing_id FROM sku WHERE id IN ({ids})"


@dataclass(frozen=True, slots=True)
class EditChoices:
    """Stores (id, name) with their templates and groups by the platform's id; of several stores each value is named
    with its store. `units` are the platform's; of `services`, its service templates, "" is the platform's default.
    `marketing_groups` are known by their names, of whichever store; `warehouse_kinds` are ours, "" takes it away."""

    stores: tuple[tuple[int, str], ...] = ()
    templates: tuple[Choice, ...] = ()
    groups: tuple[Choice, ...] = ()
    units: tuple[Choice, ...] = ()
    marketing_groups: tuple[Choice, ...] = ()
    warehouse_kinds: tuple[Choice, ...] = ()
    services: tuple[Choice, ...] = ()


def edit_choices(db: Database, target: Target, language: Language) -> EditChoices:
    """What the listings of *target* may be given. A filter stands for the stores it names, or for all that may be
    changed: its listings are not looked at."""
    with db.read() as session:
        stores = _stores(session.connection(), target)
        contexts = [load_context(session, store_id) for store_id, _ in stores]
        many = len(stores) > 1
        return EditChoices(
            tuple(stores),
            tuple(
                _named((one.templates, one.store_name) for one in contexts) if many else _plain(contexts, "templates")
            ),
            tuple(_named((one.groups, one.store_name) for one in contexts) if many else _plain(contexts, "groups")),
            tuple(Choice(id, getattr(label, language)) for id, label in units().items()),
            tuple(Choice(name, name) for name in _marketing_names(session.connection(), [id for id, _ in stores])),
            (*warehouse_kinds(language), Choice("", Messages(language).text("listings.warehouse.none"))),
            (
                *(_named((one.services, one.store_name) for one in contexts) if many else _plain(contexts, "services")),
                Choice("", Messages(language).text("listings.service.default")),
            ),
        )


def stores_of(db: Database, target: Target) -> list[tuple[int, str]]:
    """Stores (id, name) that may be changed and that listings of *target* belong to; of a filter those it names, or
    all."""
    with db.reader.connect() as connection:
        return _stores(connection, target)


def category_names(db: Database, ids: Iterable[str], language: Language) -> dict[str, str]:
    """Names of categories by id; unknown ones are left out."""
    wanted = sorted({one for one in ids if one})
    found: dict[str, str] = {}
    with db.reader.connect() as connection:
        for at in range(0, len(wanted), 500):
            part = wanted[at : at + 500]
            marks = ", ".join("?" * len(part))
            found.update(
                connection.exec_driver_sql(
                    f"SELECT category_id, name_{language} FROM category WHERE category_id IN ({marks})", tuple(part)
                ).all()
            )
    return found


def _stores(connection: Connection, target: Target) -> list[tuple[int, str]]:
    known = [(row[0], row[1]) for row in connection.exec_driver_sql(_ALL)]
    is_of_variants = isinstance(target, ChosenVariants)
    chosen = target.skus if isinstance(target, ChosenVariants) else target
    if isinstance(chosen, Query):
        return [one for one in known if not chosen.store_ids or one[0] in chosen.store_ids]
    used: set[int] = set()
    for chunk in chunks(chosen):
        listings = _OWNERS.format(ids=id_list(chunk)) if is_of_variants else id_list(chunk)
        sql = f"SELECT DISTINCT store_id FROM listing WHERE id IN ({listings})"
        used.update(connection.exec_driver_sql(sql).scalars())
    return [one for one in known if one[0] in used]


def _marketing_names(connection: Connection, store_ids: list[int]) -> list[str]:
    return sorted({name for id in store_ids for name in known_names(connection, id).values()})


def _plain(contexts: Iterable[object], name: str) -> list[Choice]:
    return _sorted(Choice(id, text) for one in contexts for id, text in getattr(one, name).items())


def _named(parts: Iterable[tuple[Mapping[str, str], str]]) -> list[Choice]:
    return _sorted(Choice(id, f"{text} · {store}") for names, store in parts for id, text in names.items())


def _sorted(choices: Iterable[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda one: one.name)
