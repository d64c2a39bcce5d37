"""Sentences about company tables, for window and command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.messages import tr
from app.services.company_tables.kinds import TableKind

if TYPE_CHECKING:  # the window opens with these words, and shall not wait for what reads tables and finds hits
    from app.services.company_tables.hits import TableHit
    from app.services.company_tables.records import Differences, Imported, InboxRow

HOUR_MS = 3_600_000
HOURS_SAID = 48
"""Up to so many, an age is said in hours."""


def kind_text(kind: TableKind) -> str:
    """The table's name."""
    return tr(f"tables.kind.{kind}")


def reason_text(hit: TableHit) -> str:
    """Why a variant is hit."""
    return tr(f"tables.reason.{hit.reason_key}", **(hit.params or {})) if hit.reason_key else hit.reason


def severity_text(hit: TableHit) -> str:
    """Block, hold, warn or unknown."""
    return tr(f"tables.severity.{hit.severity}")


def age_text(row: InboxRow, moment_ms: int) -> str:
    """How long ago the table was true, and whether that is too long."""
    if row.moment_ms is None:
        return tr("tables.never")
    hours = max(0, moment_ms - row.moment_ms) // HOUR_MS
    if hours < 1:
        age = tr("tables.age.now")
    elif hours < HOURS_SAID:
        age = tr("tables.age.hours", n=hours)
    else:
        age = tr("tables.age.days", n=hours // 24)
    return tr("tables.age.old", age=age) if row.is_old else age


def imported_text(table: Imported) -> str:
    """What storing a table did."""
    kind = kind_text(table.kind)
    if table.is_same_file:
        return tr("cli.tables.same", kind=kind, file=table.file)
    return tr("cli.tables.stored", kind=kind, file=table.file, changes=differences_text(table.differences))


def guard_lines(table: Imported) -> list[str]:
    """That the price guard asks for costs from this table on, or no longer, where that is so."""
    if table.asks_costs is None:
        return []
    return [tr("tables.guard_asks" if table.asks_costs else "tables.guard_ceases", n=table.rechecked)]


def differences_text(told: Differences | None) -> str:
    """`3 new · 1 changed · 0 gone · 496 same`, "" where nothing is told."""
    if told is None:
        return ""
    return tr("tables.counts", new=told.new, changed=told.changed, gone=told.gone, same=told.same)
