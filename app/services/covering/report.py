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
    ids = {**result.copied, **result.updated, **result.unchanged}

    def line(
        kind: str, product_id: str, why: str, *, code: str, field: str, before: str, after: str = ""
    ) -> ReportLine:
        title, number = result.titles.get(product_id, ""), ids.get(product_id, 0)
        return ReportLine(kind, product_id, title, code, field, before, after, why, listing_id=number)

    found = [
        line("unmapped", one.product_id, f"cover.why.{one.why}", code=one.code, field=one.field, before=one.value)
        for one in result.unmapped
    ]
    found += [
        ReportLine("failed", one.product_id, "", "", "", "", "", one.code, tuple(one.params.items()))
        for one in result.failed
    ]
    found += [
        ReportLine("junk", "", "", "", "", one.text, "", f"cover.why.junk_{one.why}", (("line", one.line),))
        for one in result.junk
    ]
    found += [
        ReportLine(
            "skipped",
            one.product_id,
            "",
            one.code,
            "",
            "",
            "",
            f"cover.why.covered_by_{one.by}",
            (("code", one.code),),
            one.listing_id,
        )
        for one in result.skipped
    ]
    found += [
        line(
            "replaced",
            one.product_id,
            f"cover.why.{one.why}",
            code=one.code,
            field=one.field,
            before=one.before,
            after=one.after,
        )
        for one in result.replacements
    ]
    return found


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
