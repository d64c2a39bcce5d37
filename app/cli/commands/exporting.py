"""`export` and `template`: sheets for a spreadsheet, in the words the import understands."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.commands.listings import matching_ids
from app.cli.desk import Desk
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr
from app.services.errors import InputError

if TYPE_CHECKING:
    from app.services.listings.exporting import ExportResult
    from app.services.packages import PackageReport


def add_to(commands: Commands) -> None:
    """Add `export` and `template`."""
    parser = commands.add("export", export)
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help=tr("cli.help.export.out"))
    parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
    parser.add_argument("--columns", default="", metavar="NAME,…", help=tr("cli.help.export.columns"))
    parser.add_argument("--rows", choices=("variant", "listing"), default="variant", help=tr("cli.help.export.rows"))
    parser.add_argument("--editable", action="store_true", help=tr("cli.help.export.editable"))
    parser = commands.add("template", save_template)
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help=tr("cli.help.template.out"))


def export(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Write a store's listings, all or those a condition holds for.

    Raises:
        UnknownColumn, UnknownKind, InputError: nothing was written.
        BadExpression, UnknownField, BadValue: the condition cannot be read.
    """
    from app.services.listings.exporting import KEYS, ExportOptions, export_listings, read_columns

    store = desk.store(options.store)
    ids = matching_ids(desk, store.id, options.where)
    if options.editable:
        return _told(_to_edit(desk, options, ids))
    if options.out.suffix.lower() == ".zip" and (options.columns or options.rows != "variant"):
        raise InputError("cli.package_whole", file=options.out.name)
    columns = read_columns(options.columns.split(",")) if options.columns else KEYS
    wanted = ExportOptions(columns, per_listing=options.rows == "listing", separator=desk.app.settings.code_separator)
    return _told(export_listings(desk.app.db, options.out, ids, wanted))


def _to_edit(desk: Desk, options: argparse.Namespace, ids: list[int]) -> ExportResult:
    from app.services.listings.round_trip.writing import write_to_edit

    if options.out.suffix.lower() != ".xlsx" or options.columns or options.rows != "variant":
        raise InputError("cli.editable_name", file=options.out.name)
    return write_to_edit(desk.app.db, options.out, ids)


def _told(done: ExportResult) -> Outcome:
    """What was written, and what a package cannot hold."""
    told: dict[str, Any] = {"listings": done.listings, "skus": done.skus, "file": str(done.file)}
    lines = [tr("cli.exported", n=done.listings, skus=done.skus, file=done.file)]
    if done.package is None:
        return Outcome(told, lines)
    told |= package_object(done.package)
    is_whole = not done.package.left_out and not done.package.missing_pictures
    lines += [tr(key, **params) for key, params in done.package.remarks()]
    return Outcome(told, lines, Exit.DONE if is_whole else Exit.SOME_REFUSED)


def package_object(report: PackageReport) -> dict[str, Any]:
    """What is to be said of written packages, as JSON."""
    return {
        "files": [str(path) for path in report.files],
        "pictures": report.pictures,
        "left_out": [asdict(cell) for cell in report.left_out],
        "missing_pictures": report.missing_pictures,
    }


def save_template(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Save the blank listing sheet.

    Raises:
        InputError: another ending than .xlsx.
    """
    from app.services.workbooks import save_template as save

    if options.out.suffix.lower() != ".xlsx":
        raise InputError("cli.out_name", file=options.out.name, known=".xlsx")
    save(options.out)
    return Outcome({"file": str(options.out)}, [tr("cli.template", file=options.out)])
