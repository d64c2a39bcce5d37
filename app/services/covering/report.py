"""What covering did, line by line: for the window's table, the command line and a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.messages import Messages, messages
from app.services.covering.records import CoverResult
from app.services.tasks import TaskContext
from app.services.workbooks import OutColumn, write_sheet

KINDS_OF_LINE = ("replaced", "unmapped", "skipped", "failed", "junk")
_COLUMNS = ("kind", "product", "title", "code", "field", "before", "after", "why")


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line; `kind` is one of `KINDS_OF_LINE`, `why` a message key with `params`. `listing_id` 0: none."""

    kind: str
    product_id: str
    title: str
    code: str
    field: str
    before: str
    after: str
    why: str
    params: tuple[tuple[str, object], ...] = ()
    listing_id: int = 0


def report_lines(result: CoverResult) -> list[ReportLine]:
    """All lines: what needs a person first."""
    return [*_unmapped(result), *_failed(result), *_junk(result), *_skipped(result), *_replaced(result)]


def _unmapped(result: CoverResult) -> Iterator[ReportLine]:
    for one in result.unmapped:
        title, number = _ours(result, one.product_id)
        why = f"cover.why.{one.why}"
        yield ReportLine("unmapped", one.product_id, title, one.code, one.field, one.value, "", why, listing_id=number)


def _failed(result: CoverResult) -> Iterator[ReportLine]:
    for one in result.failed:
        yield ReportLine("failed", one.product_id, "", "", "", "", "", one.code, tuple(one.params.items()))


def _junk(result: CoverResult) -> Iterator[ReportLine]:
    for one in result.junk:
        yield ReportLine("junk", "", "", "", "", one.text, "", f"cover.why.junk_{one.why}", (("line", one.line),))


def _skipped(result: CoverResult) -> Iterator[ReportLine]:
    for one in result.skipped:
        why, params = f"cover.why.covered_by_{one.by}", (("code", one.code),)
        yield ReportLine("skipped", one.product_id, "", one.code, "", "", "", why, params, one.listing_id)


def _replaced(result: CoverResult) -> Iterator[ReportLine]:
    for one in result.replacements:
        title, number = _ours(result, one.product_id)
        why = f"cover.why.{one.why}"
        yield ReportLine(
            "replaced", one.product_id, title, one.code, one.field, one.before, one.after, why, listing_id=number
        )


def _ours(result: CoverResult, product_id: str) -> tuple[str, int]:
    """Title of a product and our listing that covers it, "" and 0 where there is none."""
    found = (of.get(product_id) for of in (result.unchanged, result.updated, result.copied))
    return result.titles.get(product_id, ""), next((number for number in found if number is not None), 0)


def said(line: ReportLine, texts: Messages = messages) -> str:
    """Why, as a sentence; the bare key where nobody wrote it or a placeholder is missing."""
    try:
        return texts.text(line.why, **dict(line.params)) if texts.has(line.why) else line.why
    except (KeyError, IndexError, ValueError):
        return line.why


def field_name(name: str, texts: Messages = messages) -> str:
    """What the field of a line is called, "" for none."""
    return texts.text(f"cover.field.{name}") if name else ""


def export_report(path: Path, lines: list[ReportLine], language: str, ctx: TaskContext) -> int:
    """Write *lines* to an .xlsx or .csv, in the worker process. Returns: how many.

    Raises:
        UnknownKind: another ending.
        WorkbookError: `.unwritable`.
        TaskCancelled: stopped; no file is left behind.
    """
    texts = Messages("zh" if language == "zh" else "en")
    columns = [
        OutColumn(texts.text(f"cover.column.{name}"), name in ("product", "code", "before", "after"))
        for name in _COLUMNS
    ]
    write_sheet(path, texts.text("cover.sheet"), columns, _rows(lines, texts), ctx)
    return len(lines)


def _rows(lines: list[ReportLine], texts: Messages) -> Iterator[tuple[str, ...]]:
    for line in lines:
        kind = texts.text(f"cover.kind.{line.kind}")
        name = field_name(line.field, texts)
        yield kind, line.product_id, line.title, line.code, name, line.before, line.after, said(line, texts)
