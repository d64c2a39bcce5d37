"""`backup` and `doctor`."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.desk import Desk, table
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr


def add_to(commands: Commands) -> None:
    """Add `backup` and `doctor`."""
    commands.add("backup", make_backup)
    commands.add("doctor", examine)


def make_backup(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Copy the database while it may be in use."""
    from app.services.upgrade import backup, backup_dir

    path = desk.app.db.path
    made = backup(path, backup_dir(path))
    kept = sorted(str(file) for file in backup_dir(path).glob("*.db"))
    return Outcome({"file": str(made), "folder": str(made.parent), "backups": kept}, [tr("cli.backup", file=made)])


def examine(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Environment, versions and integrity: what a supporter asks first. Repairs nothing."""
    from app.cli.diagnosis import examine as diagnose

    report = diagnose(desk.app)
    lines = table([(tr(f"cli.doctor.{name}"), _shown(value)) for name, value in report.facts.items()])
    lines += [tr("cli.doctor.problem", text=text) for text in report.problems]
    if not report.problems:
        lines.append(tr("cli.doctor.well"))
    told = {**report.facts, "ok": not report.problems, "problems": report.problems}
    return Outcome(told, lines, Exit.SOME_REFUSED if report.problems else Exit.DONE)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " · ".join(f"{name} {part}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)
