"""What became of a batch as a workbook: one row a listing, with reason, field and the platform's own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from app.messages import messages, tr
from app.models import TaskState
from app.services.clock import at_office, from_ms
from app.services.db import Database
from app.services.errors import InputError
from app.services.publishing.doubles import DOUBLED
from app.services.publishing.lookup import split_codes
from app.services.publishing.report import BatchReport, batch_report, shown_reason
from app.services.publishing.verdicts import BLOCKED, HELD
from app.services.publishing.wording import field_name, readable
from app.services.tasks import TaskContext
from app.services.workbooks.export import write_xlsx
from app.services.workbooks.out_sheets import OutColumn, OutSheet, WriteReport

COLUMNS = (
    ("title", True),
    ("codes", True),
    ("product_id", True),
    ("batch", False),
    ("action", True),
    ("state", True),
    ("reason", True),
    ("field", True),
    ("platform", True),
    ("attempts", False),
    ("sent", True),
    ("settled", True),
    ("store", True),
)
"""Columns by the last part of their key `publish.book.<name>`, and whether their values stay text."""
PARTS = {
    "live": "status.listing.live",
    "in_review": "status.listing.in_review",
    "rejected": "status.listing.rejected",
    "failed": "status.listing.failed",
    "unknown": "status.listing.unknown",
    "queued": "status.listing.queued",
    "blocked": "status.finding.block",
    "held": "status.listing.held",
    "cancelled": "publish.state.cancelled",
    "total": "publish.book.total",
}
"""Lines of the summary: the name in `BatchReport` and what it is called."""

_ROWS = (
    "SELECT listing.title, publish_task.codes, (SELECT group_concat(code, char(10)) FROM sku "
    "WHERE sku.listing_id = listing.id), coalesce(publish_task.product_id, listing.product_id), "
    "publish_task.batch_id, action, publish_task.state, publish_task.error_code, publish_task.error_field, "
    "publish_task.error_params, publish_task.error_text, attempts, sent_ms, settled_ms, store.name, "
    "(SELECT group_concat(product_id, ', ') FROM publish_double WHERE task_id = publish_task.id) FROM publish_task "
    "JOIN listing ON listing.id = listing_id JOIN store ON store.id = publish_task.store_id "
    "WHERE batch_id IN (SELECT value FROM json_each(?)) ORDER BY batch_id, publish_task.id"
)


def write_report(db: Database, batch_ids: Sequence[int], path: Path, ctx: TaskContext | None = None) -> WriteReport:
    """Write the report of one or several batches; an existing file is replaced only when the new one is complete.

    Raises:
        NotFound: no such batch.
        InputError: `cli.out_name`, another ending than .xlsx.
        WorkbookError: `.unwritable`.
        TaskCancelled: stopped; no file is left behind.
    """
    if path.suffix.lower() != ".xlsx":
        raise InputError("cli.out_name", file=path.name, known=".xlsx")
    reports = [batch_report(db, batch_id) for batch_id in batch_ids]
    columns = [OutColumn(tr(f"publish.book.{name}"), is_text) for name, is_text in COLUMNS]
    with db.read() as session:
        sheets = [
            OutSheet(tr("publish.book.sheet"), columns, _rows(session.connection(), batch_ids)),
            OutSheet(tr("publish.book.summary"), [OutColumn(""), OutColumn(tr("publish.book.count"))], _sums(reports)),
        ]
        return write_xlsx(path, sheets, ctx)


def _rows(connection: Connection, batch_ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    for row in connection.exec_driver_sql(_ROWS, (orjson.dumps(list(batch_ids)).decode(),)):
        title, sent_codes, codes, product_id, batch_id, action, state, code, field, params, text = row[:11]
        attempts, sent_ms, settled_ms, store, doubles = row[11:]
        reason, field = _reason(code, field, params)
        if doubles:
            twice = sentence(f"error.{DOUBLED}", {"product_id": product_id, "double": doubles}, DOUBLED)
            reason = f"{reason} {twice}".strip()
        codes = ", ".join(split_codes(sent_codes or codes or ""))
        what, how = tr(f"publish.book.action.{action}"), state_text(state, code)
        times = (_time(sent_ms), _time(settled_ms))
        yield title, codes, product_id, batch_id, what, how, reason, field, text, attempts, *times, store


def _reason(code: str, field: str, params: str) -> tuple[str, str]:
    """The sentence and the field to change, in the user's language."""
    if not code:
        return "", ""
    shown = shown_reason(code, field, orjson.loads(params))
    return sentence(shown.message_key, shown.params, shown.code, shown.field), field_name(shown.field)


def sentence(key: str, params: dict[str, Any], code: str, field: str = "") -> str:
    """What *key* says about *field*; the bare code where nobody wrote it, or a placeholder is missing."""
    try:
        return tr(key, **readable(params, field)) if messages.has(key) else code
    except (KeyError, ValueError):
        return code


def state_text(state: str, code: str) -> str:
    """A task's state in the words the window uses."""
    if state == TaskState.CANCELLED:
        key = PARTS[{BLOCKED: "blocked", HELD: "held"}.get(code, "cancelled")]
    else:
        key = f"status.listing.{state}"
    return tr(key)


def _time(moment_ms: int | None) -> str:
    """Local time, to the second."""
    moment = from_ms(moment_ms)
    return "" if moment is None else f"{at_office(moment):%Y-%m-%d %H:%M:%S}"


def _sums(reports: Sequence[BatchReport]) -> Iterator[tuple[str, int]]:
    for part, key in PARTS.items():
        yield tr(key), sum(getattr(report, part) for report in reports)
