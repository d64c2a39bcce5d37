"""What `doctor` looks at: nothing is changed, nothing secret is shown, a damaged part never stops the rest."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from app import __version__
from app.cli.failures import sentence
from app.messages import tr
from app.paths import resources
from app.services.application import Application
from app.services.errors import AppError

PACKAGES = (
    "PySide6-Essentials",
    "SQLAlchemy",
    "alembic",
    "aiohttp",
    "orjson",
    "python-calamine",
    "openpyxl",
    "pandas",
    "pillow",
    "keyring",
    "cryptography",
)
LEAST_FREE_BYTES = 200 * 1024 * 1024
"""Below this a backup or a big import may fail."""


@dataclass(slots=True)
class Report:
    """Facts by name, and sentences about what is wrong."""

    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def examine(app: Application) -> Report:
    """Look at everything."""
    report = Report()
    report.facts["version"] = __version__
    report.facts["python"] = f"{platform.python_version()} ({sys.executable})"
    report.facts["system"] = platform.platform()
    report.facts["packages"] = _packages(report)
    report.facts["data"] = str(app.data_dir)
    report.facts["resources"] = _resources(report)
    report.facts["settings"] = _settings(app, report)
    report.facts["credential_store"] = _credential_store(app)
    report.facts["free_bytes"] = _free(app.data_dir, report)
    report.facts["database"] = _database(app, report)
    report.facts["tables"] = _tables(app, report)
    return report


def _packages(report: Report) -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            report.problems.append(tr("cli.doctor.package_missing", name=name))
    return found


def _resources(report: Report) -> str:
    folder = resources()
    for part in ("translations", "rules"):
        if not any((folder / part).glob("*.json")):
            report.problems.append(tr("cli.doctor.resources_missing", folder=folder / part))
    return str(folder)


def _settings(app: Application, report: Report) -> str:
    try:
        settings = app.settings
    except AppError as error:
        report.problems.append(sentence(error))
        return ""
    return settings.language or "–"


def _credential_store(app: Application) -> str:
    from app.services.credentials import Credentials

    return Credentials(app.data_dir).available()


def _free(folder: Path, report: Report) -> int | None:
    import shutil

    existing = next((part for part in (folder, *folder.parents) if part.exists()), None)
    if existing is None:
        return None
    free = shutil.disk_usage(existing).free
    if free < LEAST_FREE_BYTES:
        report.problems.append(tr("cli.doctor.disk_full", free=free // 2**20, folder=existing))
    if not os.access(existing, os.W_OK):
        report.problems.append(tr("cli.doctor.not_writable", folder=existing))
    return free


def _database(app: Application, report: Report) -> dict[str, Any]:
    """The file as it is: opened for reading only, so that a damaged or newer one is described, not touched."""
    from app.services.upgrade import HEAD, revision_of

    path = app.database_path
    if not path.exists():
        return {"file": str(path), "exists": False}
    facts: dict[str, Any] = {"file": str(path), "exists": True, "bytes": path.stat().st_size}
    try:
        facts["revision"] = revision_of(path)
        if facts["revision"] != HEAD:
            report.problems.append(tr("cli.doctor.revision", found=facts["revision"] or "–", known=HEAD))
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            facts["integrity"] = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            for table in ("store", "listing", "sku", "store_order"):
                facts[table] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    except AppError as error:
        report.problems.append(sentence(error))
        return facts
    except sqlite3.DatabaseError as error:
        report.problems.append(tr("cli.doctor.unreadable", file=path.name, detail=str(error)))
        return facts
    if facts["integrity"] != "ok" or broken:
        report.problems.append(tr("cli.doctor.damaged", file=path.name))
    return facts


def _tables(app: Application, report: Report) -> dict[str, str]:
    """The day of each company table; one that was not renewed in time is a problem."""
    from app.services.clock import OFFICE, from_ms
    from app.services.company_tables.inbox import inbox_rows
    from app.services.upgrade import HEAD, revision_of

    path, found = app.database_path, dict[str, str]()
    try:
        if not path.exists() or revision_of(path) != HEAD:
            return found
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            rows = inbox_rows(connection, app.settings.tables_hours)
    except (AppError, sqlite3.DatabaseError):
        return found  # said already of the settings, or of the database
    is_used = any(row.source for row in rows)
    for row in rows if is_used else ():
        moment = from_ms(row.moment_ms)
        found[row.kind] = "–" if moment is None else f"{moment.astimezone(OFFICE):%Y-%m-%d %H:%M}"
        if row.is_old and row.limit_h is not None:
            kind = tr(f"tables.kind.{row.kind}")
            report.problems.append(tr("cli.doctor.table_old", kind=kind, limit=row.limit_h, when=found[row.kind]))
    return found
