"""`backup`, `doctor` and `trace`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.cli.desk import Desk, table
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr


def add_to(commands: Commands) -> None:
    """Add `backup`, `doctor` and `trace`."""
    commands.add("backup", make_backup)
    commands.add("doctor", examine).add_argument("--store", metavar="NAME", help=tr("cli.help.doctor.store"))
    traces = commands.group("trace")
    traces.add("on", switch_trace).set_defaults(is_on=True)
    traces.add("off", switch_trace).set_defaults(is_on=False)
    traces.add("export", export_trace).add_argument(
        "--out", type=Path, required=True, metavar="FILE", help=tr("cli.help.trace.out")
    )
    traces.add("clear", clear_trace)


def make_backup(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Copy the database while it may be in use, and the pictures of the data folder beside it."""
    from app.services.kept_pictures import keep_pictures
    from app.services.upgrade import backup, backup_dir

    path = desk.app.db.path
    made = backup(path, backup_dir(path))
    pictures = keep_pictures(path.parent, backup_dir(path))
    kept = sorted(str(file) for file in backup_dir(path).glob("*.db"))
    told = {"file": str(made), "folder": str(made.parent), "backups": kept, "pictures": pictures}
    return Outcome(told, [tr("cli.backup", file=made, n=pictures)])


def examine(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Environment, versions and integrity: what a supporter asks first; or whether one store can be worked. Repairs
    nothing."""
    if options.store:
        return _examine_store(desk, options.store)
    from app.cli.diagnosis import examine as diagnose

    report = diagnose(desk.app)
    lines = table([(tr(f"cli.doctor.{name}"), _shown(value)) for name, value in report.facts.items()])
    lines += [tr("cli.doctor.problem", text=text) for text in report.problems]
    if not report.problems:
        lines.append(tr("cli.doctor.well"))
    told = {**report.facts, "ok": not report.problems, "problems": report.problems}
    return Outcome(told, lines, Exit.SOME_REFUSED if report.problems else Exit.DONE)


def _examine_store(desk: Desk, name: str) -> Outcome:
    """One line a check, in one screen."""
    from app.cli.store_care import run_alone, store_desk
    from app.services.stores.wire_check import SIGNS
    from app.services.tasks import TaskContext

    stores = store_desk(desk)
    report = run_alone(desk, stores.examine(stores.find(name).id, TaskContext()))
    checks = [
        {"check": line.key, "level": line.level, "fact": line.fact.removeprefix("doctor."), "text": line.text}
        for line in report.lines
    ]
    told = {
        "store": report.store.name,
        "ok": report.works,
        "checks": checks,
        "problems": [f"{line.title}: {line.text}" for line in report.lines if line.level == "bad"],
    }
    lines = table([(f"{SIGNS[line.level]} {line.title}", line.text) for line in report.lines])
    lines.insert(0, tr("doctor.works" if report.works else "doctor.fails"))
    code = Exit.DONE if report.works else Exit.SOME_REFUSED if report.is_reached else Exit.OUT_OF_REACH
    return Outcome(told, lines, code)


def switch_trace(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Begin or stop to note the calls to marketplaces; a running window takes it over at its next start."""
    desk.app.change_settings(http_trace=options.is_on)
    folder = str(desk.app.trace.path.parent)
    return Outcome(
        {"http_trace": options.is_on, "folder": folder}, [tr(f"cli.trace.{_on(options.is_on)}", folder=folder)]
    )


def export_trace(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Pack what was noted into a zip for support. Raises: UnknownKind, WorkbookError, where no zip can be written."""
    from app.services.workbooks import check_target

    check_target(options.out, (".zip",))
    entries = desk.app.trace.export(options.out)
    told = {"entries": entries, "file": str(options.out)}
    return Outcome(told, [tr("cli.trace.exported", n=entries, file=options.out)])


def clear_trace(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Forget what was noted."""
    desk.app.trace.clear()
    return Outcome({"http_trace": desk.app.settings.http_trace}, [tr("cli.trace.cleared")])


def _on(is_on: bool) -> str:
    return "on" if is_on else "off"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " · ".join(f"{name} {part}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)
