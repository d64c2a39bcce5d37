"""Storing local templates, tariffs and channels: every act is one change that can be undone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.db import Database
from app.services.errors import NotFound
from app.services.freight.channels import ChannelRule
from app.services.freight.checking import template_problems
from app.services.freight.errors import BadFreightInput, BadFreightRule
from app.services.freight.records import Service
from app.services.freight.starting_tariffs import is_starting_source
from app.services.freight.tariffs import Tariff
from app.services.freight.written import written_services, written_tariff
from app.services.history.nouns import TABLES
from app.services.history.recording import add_entries, record_change
from app.services.history.records import FREIGHT, ChangeRecord, Entry, Noun
from app.services.history.row_images import insert_row, row_image
from app.services.listings.writing import update_columns

LONGEST_NAME = 60
_DAY = re.compile(r"|\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class TariffDraft:
    """A tariff to be stored; its key is that of `tariff`."""

    name: str
    tariff: Tariff
    source: str = ""
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """A local template to be stored. Raises nothing: `put_template` checks it."""

    name: str
    services: tuple[Service, ...]
    source: str = ""


@dataclass(slots=True)
class Rows:
    """Writes rows and notes what stood there, in the caller's transaction."""

    connection: Connection
    entries: list[Entry] = field(default_factory=list)

    def put(self, noun: Noun, id: int | None, values: Mapping[str, Any]) -> bool:
        """Make a row, or change the row *id*. Returns: whether anything differs."""
        if id is None:
            id, before, after = insert_row(self.connection, TABLES[noun], values), None, dict(values)
        else:
            stored = self._image(noun, id)
            after = {name: value for name, value in values.items() if stored[name] != value}
            before = {name: stored[name] for name in after}
            if not set(after) - {"updated_ms", "synced_ms"}:
                return False
            update_columns(self.connection, TABLES[noun], id, after)
        self.entries.append(Entry(noun, id, -id, before, after))
        return True

    def remove(self, noun: Noun, id: int) -> None:
        """Delete a row. Raises: NotFound."""
        before = self._image(noun, id)
        self.connection.exec_driver_sql(f"DELETE FROM {TABLES[noun]} WHERE id = ?", (id,))
        self.entries.append(Entry(noun, id, -id, before, None))

    def record(self, label: str, params: dict[str, Any], source: str = "") -> ChangeRecord | None:
        """All of it as one change; None where nothing differs."""
        if not self.entries:
            return None
        number, change = record_change(
            self.connection, kind=FREIGHT, label=label, params=params, listing_count=len(self.entries), source=source
        )
        add_entries(self.connection, number, self.entries)
        return change

    def _image(self, noun: Noun, id: int) -> dict[str, Any]:
        image = row_image(self.connection, TABLES[noun], id)
        if image is None:
            raise NotFound(noun=TABLES[noun], name=str(id))
        return image


# -- local templates -----------------------------------------------------------------------------------------------


def save_template(db: Database, draft: TemplateDraft, id: int | None = None) -> ChangeRecord | None:
    """Store a local template, new or in place of the local one *id*. Returns: the change, None where nothing differs.

    Raises:
        BadFreightInput: the name is empty, too long or taken; *id* is a store's template.
        BadFreightRule: the first thing `template_problems` says.
        NotFound: it is gone.
    """
    with db.bulk() as connection:
        rows = Rows(connection)
        put_template(rows, draft, id)
        label = "change.freight_template_new" if id is None else "change.freight_template"
        return rows.record(label, {"name": draft.name}, draft.source)


def put_template(rows: Rows, draft: TemplateDraft, id: int | None) -> bool:
    """The same in the caller's transaction. Returns: whether anything differs."""
    if problems := template_problems(draft.services):
        raise problems[0].error
    name = _free_name(rows.connection, "freight_template", "store_id IS NULL AND name", draft.name, id)
    if id is not None:
        _check_local(rows.connection, id)
    values: dict[str, Any] = {
        "name": name,
        "services": orjson.dumps(written_services(draft.services)).decode(),
        "source": draft.source,
        "synced_ms": now_ms(),
    }
    if id is None:
        values |= {"store_id": None, "template_id": "", "is_default": 0}
    return rows.put("freight_template", id, values)


def remove_template(db: Database, id: int) -> ChangeRecord | None:
    """Delete a local template, as a change.

    Raises: BadFreightInput (`freight.not_local`), NotFound.
    """
    with db.bulk() as connection:
        name = _check_local(connection, id)
        rows = Rows(connection)
        rows.remove("freight_template", id)
        return rows.record("change.freight_template_gone", {"name": name})


def _check_local(connection: Connection, id: int) -> str:
    row = connection.exec_driver_sql("SELECT name, store_id FROM freight_template WHERE id = ?", (id,)).first()
    if row is None:
        raise NotFound(noun="freight_template", name=str(id))
    if row[1] is not None:
        raise BadFreightInput("freight.not_local", name=row[0])
    return str(row[0])


# -- tariffs -------------------------------------------------------------------------------------------------------


def save_tariff(db: Database, draft: TariffDraft, id: int | None = None) -> ChangeRecord | None:
    """Store a carrier's tariff, new or in place of *id*. Returns: the change, None where nothing differs.

    Raises:
        BadFreightInput: key or name are empty, too long or taken.
        BadFreightRule: `freight.day`.
        NotFound: it is gone.
    """
    with db.bulk() as connection:
        rows = Rows(connection)
        put_tariff(rows, draft, id)
        label = "change.tariff_new" if id is None else "change.tariff"
        return rows.record(label, {"name": draft.name}, draft.source)


def put_tariff(rows: Rows, draft: TariffDraft, id: int | None) -> bool:
    """The same in the caller's transaction. Returns: whether anything differs."""
    if not _DAY.fullmatch(draft.as_of):
        raise BadFreightRule("freight.day", place=draft.name, value=draft.as_of)
    key = _free_name(rows.connection, "carrier_tariff", "key", draft.tariff.key, id)
    source = draft.source
    if id is not None and is_starting_source(source):  # told in another language it is no other one
        stored = rows.connection.exec_driver_sql("SELECT source FROM carrier_tariff WHERE id = ?", (id,)).scalar()
        source = stored if stored is not None and is_starting_source(stored) else source
    values = {
        "key": key,
        "name": _free_name(rows.connection, "carrier_tariff", "name", draft.name, id),
        "currency": draft.tariff.currency,
        "rules": orjson.dumps(written_tariff(draft.tariff)).decode(),
        "source": source,
        "as_of": draft.as_of,
        "updated_ms": now_ms(),
    }
    return rows.put("tariff", id, values)


def remove_tariff(db: Database, id: int) -> ChangeRecord | None:
    """Delete a tariff, as a change.

    Raises: BadFreightInput (`freight.in_use`: a channel goes with it), NotFound.
    """
    with db.bulk() as connection:
        row = connection.exec_driver_sql("SELECT key, name FROM carrier_tariff WHERE id = ?", (id,)).first()
        if row is None:
            raise NotFound(noun="carrier_tariff", name=str(id))
        used = connection.exec_driver_sql(
            "SELECT ships_from, country, attribute FROM freight_channel WHERE tariff_key = ? ORDER BY id", (row[0],)
        )
        if places := ", ".join(route_text(*route) for route in used):
            raise BadFreightInput("freight.in_use", name=row[1], places=places)
        rows = Rows(connection)
        rows.remove("tariff", id)
        return rows.record("change.tariff_gone", {"name": row[1]})


# -- channels ------------------------------------------------------------------------------------------------------


def save_channels(db: Database, rules: Sequence[ChannelRule]) -> ChangeRecord | None:
    """Let these be all channels, as one change; None where nothing differs.

    Raises:
        BadFreightRule: a route stands twice, or goes with a tariff there is not.
    """
    with db.bulk() as connection:
        rows = Rows(connection)
        put_channels(rows, rules)
        return rows.record("change.channels", {"n": len(rows.entries)})


def put_channels(rows: Rows, rules: Sequence[ChannelRule]) -> None:
    """The same in the caller's transaction."""
    known = set(rows.connection.exec_driver_sql("SELECT key FROM carrier_tariff").scalars())
    stored = {
        (ships_from, country, attribute): number
        for ships_from, country, attribute, number in rows.connection.exec_driver_sql(
            "SELECT ships_from, country, attribute, id FROM freight_channel"
        )
    }
    seen = set[tuple[str, str, str]]()
    for rule in rules:
        route = (rule.ships_from, rule.country, rule.attribute)
        if route in seen:
            raise BadFreightRule("freight.channel_twice", place=route_text(*route))
        if rule.tariff_key not in known:
            raise BadFreightRule("freight.channel_unknown", place=route_text(*route), value=rule.tariff_key)
        seen.add(route)
        names = ("ships_from", "country", "attribute", "tariff_key")
        rows.put("channel", stored.get(route), dict(zip(names, (*route, rule.tariff_key), strict=True)))
    for route in stored.keys() - seen:
        rows.remove("channel", stored[route])


def route_text(ships_from: str, country: str, attribute: str) -> str:
    """A route in short: `CN → ES (battery)`."""
    text = ships_from or "*"
    if country:
        text += f" → {country}"
    return f"{text} ({attribute})" if attribute else text


def _free_name(connection: Connection, table: str, condition: str, name: str, id: int | None) -> str:
    """*name* cleaned, as long as no other row has it. Raises: BadFreightInput."""
    cleaned = " ".join(name.split())
    if not 0 < len(cleaned) <= LONGEST_NAME:
        raise BadFreightInput("freight.name", most=LONGEST_NAME)
    taken = connection.exec_driver_sql(f"SELECT id FROM {table} WHERE {condition} = ?", (cleaned,)).scalars()
    if set(taken) - {id}:
        raise BadFreightInput("freight.name_taken", name=cleaned)
    return cleaned
