"""`tables import/list/hits`: the inbox of the five company tables."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk, price_text, table, time_text
from app.cli.failures import sentence
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.company_tables.hits import TableHit
    from app.services.company_tables.kinds import TableKind
    from app.services.company_tables.records import Differences, Imported, InboxRow
    from app.services.workbooks.refusals import CellError

KINDS = ("product_table", "price_floors", "forbidden", "feedback", "channels")
SHOWN = 30
"""Refused cells and hits a person is shown; `--json` gives all."""


def add_to(commands: Commands) -> None:
    """Add the group `tables`."""
    group = commands.group("tables")
    parser = group.add("import", import_files)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=tr("cli.help.tables.file"))
    _with_kind(parser)
    parser.add_argument("--anyway", action="store_true", help=tr("cli.help.tables.anyway"))
    group.add("list", list_tables)
    parser = group.add("hits", list_hits)
    _with_kind(parser)
    parser.add_argument("--all", action="store_true", help=tr("cli.help.tables.all"))


def _with_kind(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", choices=KINDS, help=tr("cli.help.tables.kind"))


def import_files(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Store company tables. Files that are none, and cells that could not be used, make the exit code 1.

    Raises:
        InputError: no file could be stored.
    """
    from app.services.company_tables.importing import import_tables
    from app.services.company_tables.wording import guard_lines, imported_text

    done = import_tables(desk.app.db, options.files, _kind(options), may_shrink=options.anyway)
    if not done.tables and len(done.failed) == 1:
        raise done.failed[0].error
    told = {
        "tables": [_table(one) for one in done.tables],
        "failed": [
            {"file": one.path.name, "code": one.error.error_code, "message": sentence(one.error)} for one in done.failed
        ],
    }
    lines = [line for one in done.tables for line in (imported_text(one), *guard_lines(one), *_error_lines(one))]
    lines += [sentence(one.error) for one in done.failed]
    is_partial = bool(done.failed) or any(one.error_count for one in done.tables)
    code = Exit.NOTHING_DONE if not done.tables else Exit.SOME_REFUSED if is_partial else Exit.DONE
    return Outcome(told, lines, code)


def list_tables(desk: Desk, options: argparse.Namespace) -> Outcome:
    """The five tables with day, source, rows and age; exit code 0 whatever their age."""
    from app.services.clock import now_ms
    from app.services.company_tables.inbox import list_inbox
    from app.services.company_tables.wording import age_text, kind_text

    rows = list_inbox(desk.app.db, desk.app.settings.tables_hours)
    moment = now_ms()
    lines = table([(kind_text(row.kind), row.source or "–", row.rows, age_text(row, moment)) for row in rows])
    return Outcome({"tables": [_inbox(row) for row in rows]}, lines)


def list_hits(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Variants that the tables hit, those that are still sold or about to be; with `--all` the others, too."""
    from app.services.company_tables.hits import table_hits
    from app.services.company_tables.kinds import TableKind
    from app.services.company_tables.wording import reason_text, severity_text

    kinds = [TableKind(options.kind)] if options.kind else list(TableKind)
    hits = [hit for kind in kinds for hit in table_hits(desk.app.db, kind) if options.all or hit.is_open]
    lines = table(
        [
            (hit.store, hit.title[:40], hit.code, hit.because, severity_text(hit), reason_text(hit))
            for hit in hits[:SHOWN]
        ]
        or [("–",)]
    )
    listings = len({hit.listing_id for hit in hits})
    lines.append(tr("cli.tables.hits", n=len(hits), listings=listings))
    return Outcome({"hits": [_hit(hit) for hit in hits], "listings": listings}, lines)


def _kind(options: argparse.Namespace) -> TableKind | None:
    from app.services.company_tables.kinds import TableKind

    return TableKind(options.kind) if options.kind else None


def _differences(told: Differences | None) -> dict[str, int] | None:
    return (
        None if told is None else {"new": told.new, "changed": told.changed, "gone": told.gone, "unchanged": told.same}
    )


def _table(one: Imported) -> dict[str, Any]:
    return {
        "kind": str(one.kind),
        "file": one.file,
        "as_of": one.as_of or None,
        "rows": one.rows,
        "refused": one.refused,
        **(_differences(one.differences) or {}),
        "same_file": one.is_same_file,
        "errors": [_error(error) for error in one.errors],
        "error_count": one.error_count,
        "rechecked": one.rechecked,
        "guard_asks_costs": one.asks_costs,
        "change": one.change.uid if one.change is not None else None,
    }


def _error(error: CellError) -> dict[str, Any]:
    place = {"file": error.file, "sheet": error.sheet, "row": error.row, "column": error.column}
    return place | {"value": error.value, "code": error.code, "message": error.message(tr)}


def _error_lines(one: Imported) -> list[str]:
    lines = [f"  {error.message(tr)}" for error in one.errors[:SHOWN]]
    return [*lines, tr("cli.tables.errors", n=one.error_count)] if lines else []


def _inbox(row: InboxRow) -> dict[str, Any]:
    return {
        "kind": str(row.kind),
        "source": row.source or None,
        "as_of": row.as_of or None,
        "received": time_text(row.received_ms),
        "rows": row.rows if row.source else None,
        "differences": _differences(row.differences),
        "limit_hours": row.limit_h,
        "old": row.is_old and row.limit_h is not None,
        "change": row.change or None,
    }


def _hit(hit: TableHit) -> dict[str, Any]:
    from app.services.company_tables.wording import reason_text

    return {
        "kind": str(hit.kind),
        "store": hit.store,
        "listing": hit.listing_id,
        "title": hit.title,
        "status": hit.status,
        "sku": hit.code,
        "item": hit.because,
        "severity": hit.severity,
        "reason": reason_text(hit),
        "stock": hit.stock,
        "price": price_text(hit.price_minor),
        "lowest_price": price_text(hit.floor_price_minor),
        "open": hit.is_open,
    }
