"""A freight workbook compared with what is stored, and put into it as one change; the same file twice changes nothing.

What a workbook does not name stays. Only its channels are the whole of them: a sheet of channels replaces all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import orjson
from sqlalchemy import Connection

from app.messages import Language, Messages
from app.services.db import Database
from app.services.freight.channels import ChannelRule, read_channels
from app.services.freight.errors import BadFreightInput
from app.services.freight.keeping import Rows, TariffDraft, TemplateDraft, put_channels, put_tariff, put_template
from app.services.freight.records import Service
from app.services.freight.settings import read_services
from app.services.freight.sheet_reading import FreightBook, RefusedCell, read_freight
from app.services.freight.sheet_writing import write_freight
from app.services.freight.tariff_store import stored_tariffs
from app.services.freight.written import written_services
from app.services.history.records import ChangeRecord
from app.services.tasks import TaskContext

What = Literal["new", "changed", "same"]
_LOCAL = "SELECT id, name, services, source FROM freight_template WHERE store_id IS NULL ORDER BY id"

_SYNCED = (
    "SELECT freight_template.name, services, store.name FROM freight_template "
    "JOIN store ON store.id = store_id WHERE freight_template.id = ?"
)


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A tariff, a template or all channels of a workbook, and what importing it would do."""

    kind: Literal["tariff", "template", "channels"]
    name: str
    what: What


@dataclass(frozen=True, slots=True)
class FreightImport:
    """What an import did, or would do. `change` None: nothing was stored."""

    file: str
    parts: tuple[ReadPart, ...]
    errors: tuple[RefusedCell, ...]
    change: ChangeRecord | None = None

    def count(self, what: What) -> int:
        """Parts of one kind."""
        return sum(part.what == what for part in self.parts)


def import_freight(database: Path, path: Path, is_trial: bool = False, *, ctx: TaskContext) -> FreightImport:
    """Read a workbook and store what differs, all in one transaction; with *is_trial* nothing is stored.

    Raises:
        WorkbookError, NoFreightSheet: it cannot be read.
        BadFreightInput, BadFreightRule: a part cannot be stored; nothing was.
        TaskCancelled: stopped; nothing was written.
    """
    db = Database(database)
    try:
        with db.reader.connect() as connection:
            keys = stored_tariffs(connection).keys()
        book = read_freight(path, keys)
        ctx.checkpoint()
        with db.bulk() as connection:
            rows = Rows(connection)
            parts = _store(rows, book)
            change = None if is_trial else rows.record("change.freight_sheet", {"file": book.file}, path.name)
            if is_trial:
                connection.rollback()
        return FreightImport(book.file, tuple(parts), tuple(book.errors), change)
    finally:
        db.dispose()


def _store(rows: Rows, book: FreightBook) -> list[ReadPart]:
    tariffs = {key: stored.id for key, stored in stored_tariffs(rows.connection).items()}
    locals_ = {name: id for id, name, _, _ in rows.connection.exec_driver_sql(_LOCAL)}
    parts = []
    for tariff in book.tariffs:
        id = tariffs.get(tariff.tariff.key)
        parts.append(ReadPart("tariff", tariff.name, _said(id, put_tariff(rows, tariff, id))))
    for template in book.templates:
        id = locals_.get(template.name)
        parts.append(ReadPart("template", template.name, _said(id, put_template(rows, template, id))))
    if book.channels:
        before = len(rows.entries)
        put_channels(rows, book.channels)
        parts.append(ReadPart("channels", str(len(book.channels)), "changed" if len(rows.entries) > before else "same"))
    return parts


def _said(id: int | None, differs: bool) -> What:
    return "new" if id is None else "changed" if differs else "same"


def export_freight(
    database: Path, path: Path, language: Language, template_ids: Sequence[int] = (), *, ctx: TaskContext
) -> int:
    """Write all tariffs, channels and local templates to an .xlsx, and the stores' templates of *template_ids* with
    them. Returns: how many tariffs and templates.

    Raises:
        UnknownKind: another ending. WorkbookError: it cannot be written.
        BadFreightInput: `freight.unread`.
    """
    db = Database(database)
    try:
        with db.reader.connect() as connection:
            tariffs, templates, channels = stored_drafts(connection)
            templates += _synced(connection, template_ids, {draft.name for draft in templates})
    finally:
        db.dispose()
    return write_freight(path, tariffs, templates, channels, Messages(language))


def stored_drafts(connection: Connection) -> tuple[list[TariffDraft], list[TemplateDraft], list[ChannelRule]]:
    """All tariffs, local templates and channels as an import would store them."""
    channels = read_channels(connection)
    tariffs = [TariffDraft(one.name, one.tariff, one.told_source, one.as_of) for one in channels.tariffs.values()]
    templates = [
        TemplateDraft(name, read_services(orjson.loads(services)), source)
        for _, name, services, source in connection.exec_driver_sql(_LOCAL)
    ]
    return tariffs, templates, [replace(rule, id=0) for rule in channels.rules]


def local_form(services: Sequence[Service]) -> tuple[Service, ...]:
    """Services as a local template keeps them: groups of one rule joined, in the order they are read back."""
    return read_services(written_services(services))


def _synced(connection: Connection, ids: Sequence[int], taken: set[str]) -> list[TemplateDraft]:
    found = []
    for id in ids:
        row = connection.exec_driver_sql(_SYNCED, (id,)).first()
        if row is None:
            continue  # a local one is written anyway; one that is gone cannot be
        name, services, store = row
        if services is None:
            raise BadFreightInput("freight.unread", name=name, store=store)
        name = name if name not in taken else f"{name} · {store}"
        taken.add(name)
        found.append(TemplateDraft(name, local_form(read_services(orjson.loads(services))), store))
    return found
