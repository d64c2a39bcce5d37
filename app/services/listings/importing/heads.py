"""What the dialog is told about the sheet in view, gathered step by step."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from app.services.errors import AppError
from app.services.listings.importing.mappings import column_keys
from app.services.listings.importing.planning import Planned
from app.services.listings.importing.preview import FileHead, ImportHead, PreviewColumn
from app.services.listings.importing.showing import RowShower
from app.services.workbooks import OpenedFile, Recognition

ERRORS_SENT = 200
"""Refused cells that travel to the window; all of them stand in the preview and in the marked copy."""


def recognised_head(
    head: ImportHead, path: Path, opened: OpenedFile, recognition: Recognition, *, has_saved_mapping: bool
) -> ImportHead:
    """*head* with what the sheet's columns mean."""
    keys = column_keys(recognition)
    return replace(
        with_file(head, path, kind=kind_of(opened, recognition), sheet=recognition.sheet),
        path=str(path),
        file=path.name,
        sheets=tuple(info.name for info in opened.sheets),
        sheet=recognition.sheet,
        header_row=recognition.header_row,
        first_row=recognition.first_row,
        columns=tuple(
            PreviewColumn(one.letter, one.header, one.field, one.name, one.unit, one.number, keys[one.index])
            for one in recognition.columns
        ),
        missing=recognition.missing,
        signature=recognition.signature,
        has_saved_mapping=has_saved_mapping,
    )


def planned_head(head: ImportHead, path: Path, planned: Planned, shower: RowShower) -> ImportHead:
    """*head* with what would happen to its rows."""
    plan, touched = planned.plan, shower.touched()
    used = {str(source): counts for source, counts in planned.used_pictures.items()}
    with_rows = with_file(head, path, row_count=plan.counts.rows)
    files = tuple(
        replace(one, image_count=used[one.path][0], used_count=used[one.path][1]) if one.path in used else one
        for one in with_rows.files
    )
    return replace(
        head,
        files=files,
        columns=tuple(replace(one, is_touched=one.letter in touched) for one in head.columns),
        counts=plan.counts,
        verdict_counts=dict(Counter(str(verdict) for verdict in plan.verdicts)),
        errors=tuple(plan.errors[:ERRORS_SENT]),
        error_count=planned.table.error_count,
        sheets_left=plan.sheets_left,
        overruled=plan.overruled[:ERRORS_SENT],
        overruled_count=plan.overruled_count,
        new_groups=plan.new_groups,
    )


def with_file(
    head: ImportHead,
    path: Path,
    *,
    kind: str = "",
    sheet: str = "",
    row_count: int | None = None,
    problem: AppError | None = None,
) -> ImportHead:
    """*head* with more known about one of its files."""

    def known(one: FileHead) -> FileHead:
        found = "unknown" if problem is not None else kind or one.kind
        return replace(one, kind=found, sheet=sheet or one.sheet, row_count=row_count, problem=problem)

    return replace(head, files=tuple(known(one) if one.path == str(path) else one for one in head.files))


def kind_of(opened: OpenedFile, recognition: Recognition) -> str:
    """What the file is: a data package, or what its sheet is for."""
    return "package" if opened.package is not None else str(recognition.kind)
