"""`import`: workbooks and packages into drafts, all files as one change that can be undone."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.errors import AppError
    from app.services.history.records import ChangeRecord
    from app.services.listings.importing.records import ImportPlan
    from app.services.stores.records import StoreRecord
    from app.services.workbooks import CellError, ListingTable

SHOWN_ERRORS = 50
"""Refused cells a person is shown; `--json` and `--errors` give all that are kept."""


def add_to(commands: Commands) -> None:
    """Add `import`."""
    parser = commands.add("import", import_files)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=tr("cli.help.import.files"))
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--dry-run", action="store_true", help=tr("cli.help.import.dry_run"))
    parser.add_argument("--sheet", metavar="NAME", help=tr("cli.help.import.sheet"))
    parser.add_argument("--repair", action="store_true", help=tr("cli.help.import.repair"))
    parser.add_argument("--new-groups", action="store_true", help=tr("cli.help.import.new_groups"))
    parser.add_argument("--errors", type=Path, metavar="OUT.xlsx", help=tr("cli.help.import.errors"))


def import_files(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Import file by file; one that cannot be read is named and does not stop the others.

    Raises:
        WorkbookError: no file can be read; nothing was changed.
        UnknownKind, WorkbookError, InputError: the marked copy cannot be written there; nothing was changed.
    """
    from app.services.listings.importing.dropped import sort_out

    if options.errors is not None:
        _check_marked(options.errors, options.files)
    store = desk.store(options.store)
    named = sort_out([str(path) for path in options.files])
    if any(path.exists() for path in options.files):
        asyncio.run(_learn_names(desk, store))
    agreed = {"is_repair": options.repair, "makes_groups": options.new_groups, "is_dry": options.dry_run}
    summary = read_and_store(desk, store.id, named.sheets, named.pictures, sheet=options.sheet, **agreed)
    marked = _mark(summary, options.errors) if options.errors is not None else []
    told = {
        "rows": summary.rows,
        "listings": summary.listings,
        "refused_rows": summary.refused_rows,
        "skus": summary.skus,
        "errors": [error_object(error) for _, error in summary.errors],
        "error_count": summary.error_count,
        "overruled": [error_object(error) for error in summary.overruled],
        "overruled_count": summary.overruled_count,
        "new_groups": list(summary.new_groups),
        "change": summary.changes[-1].uid if summary.changes else None,
        "changes": [change.uid for change in summary.changes],
        "marked": [str(path) for path in marked],
        "sheets": [{"file": one.file, "sheet": one.name, "rows": one.row_count} for one in summary.sheets],
        "sheets_left": [{"file": one.file, "sheet": one.name, "rows": one.row_count} for one in summary.sheets_left],
        "refused_files": [_file_object(path, error) for path, error in summary.refused_files],
    }
    code = Exit.SOME_REFUSED if summary.error_count or summary.refused_files else Exit.DONE
    return Outcome(told, _lines(summary, marked, is_dry=options.dry_run), code)


async def _learn_names(desk: Desk, store: StoreRecord) -> None:
    """A store that was never synced: what the sheet's names are looked up in."""
    from app.services.stores.leaves import learn_basics

    try:
        await learn_basics(desk.app, store)
    finally:
        await desk.app.disconnect()


@dataclass(frozen=True, slots=True)
class SheetCount:
    """A sheet of one of the files; *read* is the one read in its place, "" for one that was read."""

    file: str
    name: str
    row_count: int
    read: str = ""


@dataclass(slots=True)
class Summary:
    """What came of all files together; `errors` pairs each refused cell with its file; `overruled` are cells that say
    otherwise than the first row of their listing."""

    rows: int = 0
    refused_rows: int = 0
    skus: int = 0
    listings: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "unchanged": 0, "refused": 0})
    errors: list[tuple[Path, CellError]] = field(default_factory=list)
    error_count: int = 0
    overruled: list[CellError] = field(default_factory=list)
    overruled_count: int = 0
    changes: list[ChangeRecord] = field(default_factory=list)
    sheets: list[SheetCount] = field(default_factory=list)
    sheets_left: list[SheetCount] = field(default_factory=list)
    refused_files: list[tuple[Path, AppError]] = field(default_factory=list)
    new_groups: dict[str, None] = field(default_factory=dict)

    def keep(self, change: ChangeRecord) -> None:
        """Add a change, or the newer state of the one the file before made."""
        self.changes = [*(one for one in self.changes if one.uid != change.uid), change]

    def add(self, path: Path, plan: ImportPlan, error_count: int) -> None:
        """Add one file's plan."""
        self.rows += plan.counts.rows
        self.refused_rows += plan.counts.refused_rows
        self.skus += plan.counts.skus
        for name in self.listings:
            self.listings[name] += getattr(plan.counts, name)
        self.errors.extend((path, error) for error in plan.errors)
        self.error_count += error_count
        self.overruled.extend(plan.overruled)
        self.overruled_count += plan.overruled_count
        self.new_groups.update(dict.fromkeys(plan.new_groups))
        self.sheets.append(SheetCount(plan.file, plan.sheet, plan.counts.rows))
        self.sheets_left += [SheetCount(plan.file, one.name, one.row_count, plan.sheet) for one in plan.sheets_left]


def read_and_store(
    desk: Desk,
    store_id: int,
    sheets: Sequence[Path],
    others: Sequence[Path] = (),
    *,
    sheet: str | None = None,
    is_dry: bool = False,
    **agreed: bool,
) -> Summary:
    """Plan and store the files one after the other: later ones see what the first brought. *agreed*: what the user
    agreed to, `is_repair` and `makes_groups` of `make_plan`.

    Raises:
        InputError: no sheet among the files.
        AppError: none of the files can be read; nothing was changed.
    """
    from app.services.errors import InputError

    if not sheets:
        raise InputError("cli.no_sheet")
    summary = Summary()
    for path in sheets:
        try:
            plan, table = _plan(desk, store_id, path, others, sheet, **agreed)
        except InputError as error:
            summary.refused_files.append((path, error))
            continue
        summary.add(path, plan, table.error_count)
        if not is_dry:
            _store(desk, plan, table.error_count, summary)
    if not summary.sheets:
        raise summary.refused_files[0][1]
    return summary


def _store(desk: Desk, plan: ImportPlan, error_count: int, summary: Summary) -> None:
    """Store one file as part of the change that the files before it made."""
    from app.services.listings.importing.session import store

    begun = summary.changes[-1].uid if summary.changes else None
    result = store(desk.app.db, plan, error_count, TaskContext(), continues=begun)
    if result.change is not None:
        summary.keep(result.change)


def _plan(
    desk: Desk, store_id: int, path: Path, others: Sequence[Path], sheet: str | None, **agreed: bool
) -> tuple[ImportPlan, ListingTable]:
    from app.services.errors import InputError
    from app.services.listings.importing.session import plan_import

    call = (desk.app.db, desk.app.database_path, path, store_id, TaskContext())
    try:
        return plan_import(*call, others=others, sheet=sheet, **agreed)
    except PermissionError as error:
        raise InputError("import.file_unreadable", file=path.name, why=error.strerror) from error


def _check_marked(out: Path, files: Sequence[Path]) -> None:
    """That marked copies can be written, and over nobody's own sheet."""
    from app.services.errors import InputError
    from app.services.workbooks import check_target

    has_macros = any(path.suffix.lower() == ".xlsm" for path in files)
    check_target(out, (".xlsx", ".xlsm") if has_macros else (".xlsx",))
    if out.resolve() in {path.resolve() for path in files}:
        raise InputError("cli.same_file", file=out.name)


def _mark(summary: Summary, out: Path) -> list[Path]:
    """Copies of the user's own sheets with the refused cells marked; a number in the name from the second file on."""
    from app.services.workbooks.marked_copy import marked_copy

    by_file: dict[Path, list[CellError]] = {}
    for path, error in summary.errors:
        by_file.setdefault(path, []).append(error)
    written = []
    for number, (path, errors) in enumerate(by_file.items(), 1):
        target = out if number == 1 else out.with_stem(f"{out.stem}-{number}")
        marked_copy(path, errors, target, tr)
        written.append(target)
    return written


def error_object(error: CellError) -> dict[str, Any]:
    """A refused cell as `--json` tells it."""
    return {
        "file": error.file,
        "sheet": error.sheet,
        "row": error.row,
        "column": error.column,
        "header": error.header,
        "field": error.field,
        "value": error.value,
        "code": error.code,
        "message": error.message(tr),
        "fix": error.fix,
    }


def _file_object(path: Path, error: AppError) -> dict[str, str]:
    return {"file": path.name, "code": error.error_code, "message": tr(error.message_key, **error.params)}


def _lines(summary: Summary, marked: Sequence[Path], *, is_dry: bool) -> list[str]:
    lines = [tr(error.message_key, **error.params) for _, error in summary.refused_files]
    lines += [error.message(tr) for _, error in summary.errors[:SHOWN_ERRORS]]
    if summary.error_count > SHOWN_ERRORS:
        lines.append(tr("cli.more", n=summary.error_count - SHOWN_ERRORS))
    if any(error.field == "price_info" and error.fix for _, error in summary.errors):
        lines.append(tr("cli.import_repair"))
    if any(error.code == "marketing_unknown" for _, error in summary.errors):
        lines.append(tr("cli.import_new_groups", names=tr("import.list_gap").join(summary.new_groups)))
    lines += [error.message(tr) for error in summary.overruled[:SHOWN_ERRORS]]
    if summary.overruled_count > SHOWN_ERRORS:
        lines.append(tr("cli.more", n=summary.overruled_count - SHOWN_ERRORS))
    lines.append(tr("cli.imported", n=summary.rows, refused_rows=summary.refused_rows, **summary.listings))
    lines.extend(
        tr("cli.import_left", file=one.file, read=one.read, sheet=one.name, n=one.row_count)
        for one in summary.sheets_left
    )
    lines.extend(tr("cli.import_marked", file=path) for path in marked)
    if is_dry:
        lines.append(tr("cli.import_preview"))
    return lines
