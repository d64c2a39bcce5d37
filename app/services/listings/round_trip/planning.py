"""What an edited workbook would change: what was written, what it says, what the database has now, cell by cell.

A cell that was not touched changes nothing, whatever happened to the listing meanwhile. A touched cell whose value was
changed in the program, too, and to something else, is a conflict: it is named and left alone. The rest is a plan of the
bulk edit's own kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.services.amounts import money_text
from app.services.compliance.context import CheckContext
from app.services.compliance.loading import load_context
from app.services.db import Database
from app.services.history.listing import touching
from app.services.listings.bulk_edit.operations import LISTING_NUMBERS, SKU_NUMBERS
from app.services.listings.bulk_edit.plan_file import PlanFile
from app.services.listings.bulk_edit.planning import Plan, choose, counted
from app.services.listings.bulk_edit.records import SAME, PlanCounts
from app.services.listings.bulk_edit.verdict import judge
from app.services.listings.exporting.names import Names
from app.services.listings.loading import chunks, id_list, load_listings
from app.services.listings.marketing.membership import NOUN as MARKETING
from app.services.listings.marketing.membership import known_names, names_of
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.listings.round_trip.columns import PRODUCT_ID, SKU_FIELDS, VALUES, field_of, tidy
from app.services.listings.round_trip.mark import kept
from app.services.listings.round_trip.reading import CellChange, SheetEdits, error_of, read_edits
from app.services.listings.text import fold
from app.services.regional_prices import RegionalPrices
from app.services.tasks import TaskContext
from app.services.workbooks import CellError
from app.services.workbooks.refusals import shown
from app.services.workbooks.regional_cells import read_regional

NUMBERS = (*SKU_NUMBERS, *LISTING_NUMBERS)
CONFLICT, UNREADABLE = "conflict", "cell"
"""Why a cell is left alone, as `bulk_edit.refused.<why>` says it."""


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What there is to say about a workbook besides the plan.

    Attributes:
        errors: cells, rows and columns that are not used, and why; in the order of their rows.
        missing: rows that were deleted from it; nothing is deleted for them.
        rows: rows that were read.
        store_ids: stores of the listings it speaks of.
    """

    file: str
    errors: tuple[CellError, ...]
    missing: int
    rows: int
    store_ids: tuple[int, ...]


def plan_sheet(
    db: Database, path: Path, ctx: TaskContext, *, checks: bool = True, store_id: int | None = None
) -> tuple[Plan, SheetReport]:
    """Work out what the workbook at *path* would change; of listings of *store_id* alone, where it is given.

    Raises:
        WorkbookError, NoMark, NewerMark: it cannot be taken back.
        TaskCancelled: stopped; nothing is left behind.
    """
    edits = read_edits(path, ctx)
    columns = [name for name in NUMBERS if any(name == field_of(c.key) for of in edits.changes.values() for c in of)]
    params = {"file": edits.file, "run": edits.mark.run}
    plan = Plan(columns, PlanFile(db), PlanCounts(), "change.from_sheet", edits.file, params)
    try:
        with plan.file.open(ctx) as connection:
            stores = _forget_others(connection, edits, store_id)
            choose(connection, sorted(edits.created_ms))
            for name in columns:
                plan.file.add_numbers(connection, name)
            _Differences(connection, edits).run(ctx)
            connection.exec_driver_sql("CREATE INDEX plan.edited_title ON edited (title)")
            if checks:
                judge(connection, plan.staged, ctx)
            plan.counts = counted(connection, plan)
    except BaseException:  # a stop as well: the plan's file must not outlive the plan
        plan.close()
        raise
    errors = tuple(sorted(edits.errors, key=lambda one: (one.row, len(one.column), one.column)))
    return plan, SheetReport(edits.file, errors, edits.missing, edits.rows, tuple(stores))


def _forget_others(connection: Connection, edits: SheetEdits, store_id: int | None) -> list[int]:
    """Leave out rows of listings that are gone, are others by the same number, or of another store."""
    stores: set[int] = set()
    there: dict[int, tuple[int, int, str]] = {}
    for chunk in chunks(sorted(edits.created_ms)):
        sql = f"SELECT id, created_ms, store_id, product_id FROM listing WHERE id IN ({id_list(chunk)})"
        there.update((row[0], (row[1], row[2], row[3] or "")) for row in connection.exec_driver_sql(sql))
    for listing_id, created_ms in list(edits.created_ms.items()):
        found = there.get(listing_id)
        if found is not None and found[0] == created_ms and store_id in (None, found[1]):
            stores.add(found[1])
            _forget_contradicted(edits, listing_id, found[2])
            continue
        is_other_store = found is not None and found[0] == created_ms
        del edits.created_ms[listing_id]
        for change in edits.changes.pop(listing_id, ()):
            edits.errors.append(error_of(edits, change, "other_store" if is_other_store else "listing_gone"))
    return sorted(stores)


def _forget_contradicted(edits: SheetEdits, listing_id: int, product_id: str) -> None:
    """Leave out rows whose product id is that of another listing than their mark: which one is meant, nobody knows."""
    said: set[int] = set()
    for change in list(edits.changes.get(listing_id, ())):
        column, claimed = edits.product_ids.get(change.row, ("", ""))
        if not claimed or claimed == product_id:
            continue
        edits.changes[listing_id].remove(change)
        if change.row not in said:
            said.add(change.row)
            header = edits.mark.headers.get(PRODUCT_ID, "")
            params = {"now": product_id or "–"}
            place = (edits.file, edits.sheet, change.row, column, header, PRODUCT_ID, shown(claimed))
            edits.errors.append(CellError(*place, "id_edited", params))


@dataclass(slots=True)
class _Found:
    """What the cells of one listing come to."""

    fields: dict[str, Any] = field(default_factory=dict)
    skus: dict[int, dict[str, Any]] = field(default_factory=dict)
    lines: list[tuple[int | None, str, Any, Any, str | None]] = field(default_factory=list)
    numbers: list[tuple[str, int, Any, Any, str | None]] = field(default_factory=list)


class _Differences:
    """Fills the tables of an open plan, listing by listing."""

    def __init__(self, connection: Connection, edits: SheetEdits) -> None:
        self._connection, self._edits = connection, edits
        self._session = Session(bind=connection)
        self._contexts: dict[int, CheckContext] = {}
        self._ours: dict[int, bool] = {}
        self._names: dict[int, dict[str, dict[str, str]]] = {}
        self._groups: dict[int, str] = {}
        self._known_groups: dict[int, dict[str, str]] = {}

    def run(self, ctx: TaskContext) -> None:
        """All of it. Raises: TaskCancelled."""
        done = 0
        free = self._connection.exec_driver_sql("SELECT listing_id FROM plan.chosen WHERE why IS NULL").scalars()
        for ids in chunks(sorted(self._edits.changes.keys() & set(free))):
            ctx.checkpoint()
            self._groups = names_of(self._connection, ids)
            for record in load_listings(self._connection, ids):
                self._store(record, self._compare(record))
            done += len(ids)
            ctx.report(done, len(self._edits.changes), note="bulk_edit.working_out")

    def _compare(self, record: ListingRecord) -> _Found:
        found, skus = _Found(), {sku.id: sku for sku in record.skus}
        for change in self._edits.changes[record.id]:
            sku = skus.get(change.origin.sku_id) if change.key in SKU_FIELDS else None
            if change.key in SKU_FIELDS and sku is None:
                self._refuse(change, "variant_gone")
                continue
            self._cell(found, record, sku, change)
        return found

    def _cell(self, found: _Found, record: ListingRecord, sku: SkuRecord | None, change: CellChange) -> None:
        name = field_of(change.key)
        now, wanted = self._now(record, sku, change), self._wanted(record, change)
        if isinstance(wanted, _Unknown):
            self._refuse(change, wanted.code)
            self._leave(found, sku, name, record, now, None, UNREADABLE)
        elif _comparable(wanted) == _comparable(now):
            self._leave(found, sku, name, record, now, now, SAME)
        elif not _was(change, self._written(record, now)) and not self._is_ours(record.id):
            key, named = change.key, self._named(record, change, now)
            self._refuse(change, "changed_meanwhile", before=_told(key, change.before), now=_told(key, named))
            self._leave(found, sku, name, record, now, wanted, CONFLICT)
        else:
            self._take(found, record, sku, change, now, wanted)

    def _take(
        self, found: _Found, record: ListingRecord, sku: SkuRecord | None, change: CellChange, now: Any, wanted: Any
    ) -> None:
        name = field_of(change.key)
        if name in SKU_NUMBERS and sku is not None:
            found.numbers.append((name, sku.id or 0, now, wanted, None))
        elif name in LISTING_NUMBERS:
            found.numbers.append((name, record.id, now, wanted, None))
            found.fields[name] = wanted
        elif sku is not None:
            found.skus.setdefault(sku.id or 0, {})[name] = wanted
            found.lines.append((sku.id, name, now, wanted, None))
        elif name == "attributes":
            before = found.fields.get("attributes", record.attributes)
            found.fields["attributes"] = self._with_attribute(record, before, change.key, wanted)
            found.lines = [line for line in found.lines if line[1] != "attributes" or line[4] is not None]
            found.lines.append((None, name, record.attributes, found.fields["attributes"], None))
        else:
            found.fields[name] = wanted
            found.lines.append((None, name, now, wanted, None))

    @staticmethod
    def _leave(
        found: _Found, sku: SkuRecord | None, name: str, record: ListingRecord, now: Any, wanted: Any, why: str
    ) -> None:
        """Put down a cell that changes nothing."""
        if name in SKU_NUMBERS or name in LISTING_NUMBERS:
            row_id = (sku.id or 0) if sku is not None else record.id
            after = wanted if isinstance(wanted, int) else None
            found.numbers.append((name, row_id, now, after, why))
        elif why != SAME:
            found.lines.append((sku.id if sku is not None else None, name, now, wanted, why))

    def _is_ours(self, listing_id: int) -> bool:
        """Whether all that happened to a listing since the workbook was made came from this workbook: who saves it a
        second time means the values of the first time, not those it was made of."""
        if listing_id not in self._ours:
            since = [
                change
                for change in touching(self._connection, listing_id)
                if change.created_at.timestamp() * 1000 >= self._edits.mark.made_ms and not change.is_undone
            ]
            runs = {change.params.get("run") for change in since}
            self._ours[listing_id] = runs == {self._edits.mark.run}
        return self._ours[listing_id]

    # -- values ------------------------------------------------------------------------------------------------

    def _now(self, record: ListingRecord, sku: SkuRecord | None, change: CellChange) -> Any:
        name = field_of(change.key)
        if name == "attributes":
            entries = _entries(record, change.key)
            return entries[-1].get("value", "") if entries else ""
        if name == MARKETING:
            return self._groups.get(record.id, "")
        return getattr(sku if sku is not None else record, name)

    def _named(self, record: ListingRecord, change: CellChange, now: Any) -> Any:
        """A value as its cell names it: no id where there is a name."""
        if change.key not in VALUES:
            return now
        if record.store_id not in self._names:
            self._names[record.store_id] = Names.of(self._session, record.store_id).by_column()
        return self._names[record.store_id][change.key].get(now, now)

    @staticmethod
    def _written(record: ListingRecord, now: Any) -> Any:
        """A value as its cell is written: prices by country are one text."""
        if isinstance(now, dict):
            return "\n".join(RegionalPrices.of(now).lines({sku.code for sku in record.skus}))
        return now

    def _wanted(self, record: ListingRecord, change: CellChange) -> Any:
        """The value as it is stored; `_Unknown` for one the listing cannot have."""
        key, value = change.key, change.after
        if key in VALUES:
            context = self._context(record.store_id)
            resolve = {
                "category": context.resolve_category,
                "freight_template": context.resolve_freight_template,
                "group": context.resolve_group,
                "unit": context.resolve_unit,
            }[key]
            return resolve(str(value)) or _Unknown("not_of_store") if value else ""
        if key == MARKETING:
            return self._group(record.store_id, str(value)) if value else ""
        if key == "regional_prices":
            return self._regional(record, value)
        if key == "images":
            return [line.strip() for line in str(value).splitlines() if line.strip()]
        if key.startswith("attribute:") and len(_entries(record, key)) > 1:
            return _Unknown("several_values")
        return value if value is not None or field_of(key) in NUMBERS else ""

    def _group(self, store_id: int, name: str) -> Any:
        if store_id not in self._known_groups:
            self._known_groups[store_id] = known_names(self._connection, store_id)
        return self._known_groups[store_id].get(fold(name)) or _Unknown("marketing_unknown")

    def _regional(self, record: ListingRecord, value: Any) -> dict[str, Any]:
        """Prices by country, one of all variants as one of each, by the codes they have in this sheet."""
        given = read_regional(value) if value else None
        if not isinstance(given, dict):
            return {}
        renamed = {one.origin.sku_id: str(one.after) for one in self._edits.changes[record.id] if one.key == "sku_code"}
        codes = {renamed.get(sku.id or 0, sku.code) for sku in record.skus}
        return RegionalPrices.of(given).for_codes(codes).stored()

    def _with_attribute(
        self, record: ListingRecord, entries: Sequence[dict[str, str]], key: str, value: str
    ) -> list[dict[str, str]]:
        """The attributes with one value changed, or taken away; the id of a value the category knows is put down."""
        name = key.partition(":")[2]
        kept_entries = [entry for entry in entries if value or fold(entry.get("name", "")) != fold(name)]
        if not value:
            return kept_entries
        old = next((entry for entry in kept_entries if fold(entry.get("name", "")) == fold(name)), None)
        context = self._context(record.store_id)
        leaf = context.leaf(record.category_id)
        known = leaf.plain((old or {}).get("name_id", ""), name) if leaf is not None else None
        value_id = (context.resolve_value(leaf, known, value) or "") if leaf is not None and known is not None else ""
        name_id = (old or {}).get("name_id") or (known.attribute_id if known is not None else "")
        new = {**(old or {}), "name_id": name_id, "value_id": value_id, "name": name, "value": value}
        return [new if entry is old else entry for entry in kept_entries] if old else [*kept_entries, new]

    def _context(self, store_id: int) -> CheckContext:
        if store_id not in self._contexts:
            self._contexts[store_id] = load_context(self._session, store_id)
        return self._contexts[store_id]

    def _refuse(self, change: CellChange, code: str, **params: str) -> None:
        self._edits.errors.append(error_of(self._edits, change, code, **params))

    # -- the plan's tables -------------------------------------------------------------------------------------

    def _store(self, record: ListingRecord, found: _Found) -> None:
        run = self._connection.exec_driver_sql
        for name, row_id, before, after, why in found.numbers:
            run(
                f"INSERT OR REPLACE INTO plan.of_{name} (listing_id, row_id, store_id, before, after, why) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (record.id, row_id, record.store_id, before, after, why),
            )
        if found.lines:
            run(
                "INSERT INTO plan.line (listing_id, sku_id, field, before, after, why) VALUES (?, ?, ?, ?, ?, ?)",
                [(record.id, sku_id, name, _json(now), _json(new), why) for sku_id, name, now, new, why in found.lines],
            )
        if found.fields or found.skus:
            of_variants = [
                (sku_id, name, None, new) for sku_id, new_of in found.skus.items() for name, new in new_of.items()
            ]
            values = {**found.fields, **({"skus": of_variants} if of_variants else {})}
            title = fold(values["title"]) if "title" in values else None
            run(
                "INSERT INTO plan.edited (listing_id, store_id, hash, edit, title) VALUES (?, ?, ?, ?, ?)",
                (record.id, record.store_id, record.content_hash, _json(values), title),
            )


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A value the listing cannot have: key of the sentence."""

    code: str


def _entries(record: ListingRecord, key: str) -> list[dict[str, str]]:
    name = fold(key.partition(":")[2])
    return [entry for entry in record.attributes if fold(entry.get("name", "")) == name]


def _comparable(value: Any) -> Any:
    """Texts as a spreadsheet gives them back, nothing and an empty text as one."""
    if isinstance(value, list):
        value = "\n".join(value)
    return (tidy(value) or None) if isinstance(value, str) else value


def _was(change: CellChange, now: Any) -> bool:
    """Whether the database still has what was written."""
    before = change.before[1] if change.key in VALUES and isinstance(change.before, list) else change.before
    is_same: bool = (None if before == "" else before) == kept(_comparable(now))
    return is_same


def _told(key: str, value: Any) -> str:
    """A value in a sentence, as its cell shows it."""
    if isinstance(value, dict):
        return shown(", ".join(RegionalPrices.of(value).lines())) if "type" in value else "…"
    if isinstance(value, list):
        return shown(str(value[0] if value else ""))
    if value is None:
        return "–"
    return money_text(value) if key == "price" else shown(value)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
