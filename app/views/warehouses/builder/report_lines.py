"""The lines of a build's report: a sentence each, and what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.messages import tr
from app.services.warehouses.countries import countries
from app.services.warehouses.overseas.session import BuildHead
from app.services.warehouses.overseas.wording import finding_sentence, missing_text, removed_text, unmatched_text
from app.services.workbooks import CellError


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line.

    Attributes:
        row: of the sheet whose `code` can be put right, 0 for none.
        place: line of the grid it is about, with `country` the cell; None for nowhere.
        is_stale: a variant of `country` that is dropped and could be kept.
    """

    text: str
    row: int = 0
    code: str = ""
    place: int | None = None
    country: str = ""
    is_stale: bool = False


def lines_of(head: BuildHead, kind: str) -> Sequence[ReportLine]:
    """The lines of one kind."""
    if kind == "errors":
        return [_of_error(one) for one in head.errors]
    if kind == "unmatched":
        return [ReportLine(unmatched_text(one), one.row, one.code) for one in head.unmatched]
    if kind == "findings":
        return [
            ReportLine(tr("overseas.of_product", product=name, text=finding_sentence(one)), 0, "", place, one.country)
            for (name, one), place in zip(head.findings, head.finding_lines, strict=True)
        ]
    if kind == "removed":
        known = countries().dispatch
        return [
            ReportLine(removed_text(one), country=one.country, is_stale=one.country in known) for one in head.removed
        ]
    return [
        ReportLine(missing_text(one), 0, "", place, one.country)
        for one, place in zip(head.missing, head.missing_lines, strict=True)
    ]


def _of_error(one: CellError) -> ReportLine:
    text = tr("overseas.of_product", product=one.file, text=one.message(tr))
    return ReportLine(text, one.row if one.field == "sku_code" else 0, one.value)
