"""`overseas`: variants sent from other countries into a data package, by an overseas sheet or a warehouse template."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.commands.exporting import package_object
from app.cli.desk import Desk, price_text
from app.cli.failures import UsageError
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.packages import PackageReport
    from app.services.warehouses.overseas.building import Build, Place
    from app.services.warehouses.overseas.options import BuildOptions
    from app.services.warehouses.overseas.package_file import PackageBuilt

SHOWN = 20
"""Lines of one kind a person is shown."""


def add_to(commands: Commands) -> None:
    """Add `overseas`."""
    parser = commands.add("overseas", overseas)
    parser.add_argument("package", type=Path, metavar="PACKAGE", help=tr("cli.help.overseas.package"))
    parser.add_argument("--sheet", type=Path, metavar="FILE", help=tr("cli.help.overseas.sheet"))
    parser.add_argument("--template", metavar="NAME", help=tr("cli.help.overseas.template"))
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help=tr("cli.help.overseas.out"))
    parser.add_argument("--missing", choices=("leave", "zero"), help=tr("cli.help.overseas.missing"))
    parser.add_argument("--real", default="", metavar="CC,…", help=tr("cli.help.overseas.real"))
    parser.add_argument("--store", metavar="NAME", help=tr("cli.help.overseas.store"))
    parser.add_argument("--upload-sheet", type=Path, metavar="FILE", help=tr("cli.help.overseas.upload"))
    parser.add_argument("--dry-run", action="store_true", help=tr("cli.help.import.dry_run"))


def overseas(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Merge, and write the new package. Where the template could not price everything it is done in part.

    Raises:
        UsageError: neither a sheet nor a template, an unknown country.
        NothingPriced, SameFile, NotFound, WorkbookError: nothing was written.
    """
    from app.services.warehouses.overseas.package_file import build_package, save_built
    from app.services.warehouses.overseas.unpriced import demand_prices
    from app.services.warehouses.overseas.upload_sheet import write_upload_sheet

    wanted = _options(desk, options)
    built = build_package(desk.app.db, options.package, wanted, separator=desk.app.settings.code_separator)
    demand_prices(built.built.build)
    report = None
    if not options.dry_run:
        if options.upload_sheet is not None:
            write_upload_sheet(built.built, options.upload_sheet)
        report = save_built(desk.app.db, built, options.out)
    return _outcome(built, report, is_dry=options.dry_run)


def _options(desk: Desk, options: argparse.Namespace) -> BuildOptions:
    from app.services.compliance.ships_from import ships_from
    from app.services.warehouses.overseas.options import BuildOptions
    from app.services.warehouses.templates import find_template

    if options.sheet is None and options.template is None:
        raise UsageError("cli.usage.overseas_offers")
    real = set()
    for text in filter(None, map(str.strip, options.real.replace("，", ",").split(","))):
        country = ships_from().country(text)
        if country is None or country not in ships_from().value_ids:
            raise UsageError("cli.usage.overseas_country", value=text, known=", ".join(ships_from().value_ids))
        real.add(country)
    template = None if options.template is None else find_template(desk.app.db, options.template)
    is_zero = template is not None and template.zero_missing if options.missing is None else options.missing == "zero"
    store = None if options.store is None else desk.store(options.store).id
    return BuildOptions(options.sheet, template, is_zero, frozenset(real), store)


def _outcome(built: PackageBuilt, report: PackageReport | None, *, is_dry: bool) -> Outcome:
    build = built.built.build
    told = report_object(build) | {
        "virtual": {code: "+".join(map(str, items)) for code, items in built.virtual.items()},
        "file": None if report is None else str(report.files[0]),
        "problems": [
            {"row": problem.row, "column": problem.column, "code": problem.code, "position": problem.position}
            for problem in built.package.problems
        ],
    }
    is_whole = not build.has_failures
    if report is not None:
        told |= package_object(report)
        is_whole = is_whole and not report.left_out and not report.missing_pictures
    lines = [tr("cli.overseas.preview" if is_dry else "cli.overseas.done", n=build.variants, added=build.added)]
    lines += _lines(build)
    if report is not None:
        lines += [tr(key, **params) for key, params in report.remarks()]
    return Outcome(told, lines, Exit.DONE if is_whole else Exit.SOME_REFUSED)


def report_object(build: Build) -> dict[str, Any]:
    """What came of a build, as JSON."""
    return {
        "variants": build.variants,
        "added": build.added,
        "products": len(build.products),
        "changed": len(build.changed),
        "countries": list(build.countries),
        "removed": [
            _place(one) | {"price": price_text(one.price_minor), "stock": one.stock} for one in build.removed()
        ],
        "unmatched": [
            {"row": one.row, "code": one.code, "country": one.country, "price": price_text(one.price_minor)}
            | {"stock": one.stock}
            for one in build.unmatched
        ],
        "missing": [_place(one) | {"reason": one.why or "no_row", "subject": one.subject} for one in build.missing()],
        "checks": build.checks(),
        "findings": [
            {"product": product.name, "row": product.number, "code": one.code, "country": one.country}
            | {"check": one.check, "severity": str(one.severity), "detail": one.detail}
            for product, one in build.findings()
        ],
        "errors": [
            {"file": one.file, "sheet": one.sheet, "row": one.row, "column": one.column, "value": one.value}
            | {"code": one.code, "message": one.message(tr)}
            for one in build.errors
        ],
    }


def _place(one: Place) -> dict[str, Any]:
    return {"product": one.name, "row": one.product, "code": one.code, "country": one.country}


def _lines(build: Build) -> list[str]:
    """The report for a person: the first few of each kind, and how many more there are."""
    from app.services.warehouses.overseas.wording import finding_text, missing_text, removed_text, unmatched_text

    told = (
        ("removed", [removed_text(one) for one in build.removed()]),
        ("unmatched", [unmatched_text(one) for one in build.unmatched]),
        ("missing", [missing_text(one) for one in build.missing()]),
        ("findings", [finding_text(product, one) for product, one in build.findings()]),
        ("errors", [one.message(tr) for one in build.errors]),
    )
    lines = []
    for kind, texts in told:
        if texts:
            lines.append(tr(f"cli.overseas.{kind}", n=len(texts)))
            lines += [f"  {text}" for text in texts[:SHOWN]]
            lines += ["  …"] * (len(texts) > SHOWN)
    return lines
