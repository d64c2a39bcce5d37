"""The report as a workbook: every listing of the batch with its state, reason, field and the platform's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from app.messages import tr
from app.models import TaskAction
from app.services.db import Database
from app.services.errors import InputError, NotFound
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import Refused
from app.services.publishing.queue import enqueue
from app.services.publishing.report_book import COLUMNS, write_report
from app.services.tasks import TaskCancelled, TaskContext
from tests.unit.publishing.conftest import REVIEWED
from tests.unit.publishing.fake_marketplace import FakeMarketplace
from tests.unit.publishing.helpers import publish_all

Make = Callable[..., ListingRecord]
TITLE = Refused("marketplace.title_length", platform_code="13006001", platform_text="=too long", field="title")


def read(path: Path) -> tuple[list[dict[str, str]], dict[str, float]]:
    """Rows by column name, and the summary."""
    book = CalamineWorkbook.from_path(str(path))
    head, *rows = book.get_sheet_by_index(0).to_python()
    names = [tr(f"publish.book.{name}") for name, _ in COLUMNS]
    assert head == names
    keys = [name for name, _ in COLUMNS]
    return [dict(zip(keys, row, strict=True)) for row in rows], dict(book.get_sheet_by_index(1).to_python()[1:])


async def test_every_listing_has_its_line(
    db: Database, make_sellable: Make, market: FakeMarketplace, tmp_path: Path
) -> None:
    market.script.append(TITLE)
    refused, live, blocked = make_sellable(), make_sellable(), make_sellable(category_id="1")
    result = await publish_all(db, market, [refused.id, live.id, blocked.id], settings=REVIEWED, parallel=1)
    report = write_report(db, result.batch_ids, tmp_path / "report.xlsx")
    rows, sums = read(report.path)
    assert report.row_count == 3 + len(sums)
    by_title = {row["title"]: row for row in rows}
    bad, good, kept = (by_title[record.title] for record in (refused, live, blocked))
    assert (bad["state"], bad["field"], bad["attempts"]) == ("Failed", tr("publish.field.title"), 1)
    assert "13006001" in bad["platform"]
    assert bad["reason"] == tr("error.marketplace.title_length", **TITLE.params)
    assert (good["state"], good["reason"], good["product_id"]) == ("Live", "", next(iter(market.products)))
    assert good["codes"] == ", ".join(sorted(sku.code for sku in live.skus))
    assert len(good["sent"]) == len("2026-11-21 22:15:00")
    assert (kept["state"], kept["attempts"], kept["sent"]) == ("Blocked", 0, "")
    assert (sums["Live"], sums["Failed"], sums["Blocked"], sums["Total"]) == (1, 1, 1, 3)


@pytest.mark.parametrize("action", TaskAction)
def test_whatever_was_sent_has_a_name(db: Database, make_sellable: Make, tmp_path: Path, action: TaskAction) -> None:
    batch_id = enqueue(db, 1, [make_sellable().id]).batch_id or 0
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE publish_task SET action = ?", (str(action),))
    rows, _ = read(write_report(db, [batch_id], tmp_path / "report.xlsx").path)
    assert [row["action"] for row in rows] == [tr(f"publish.book.action.{action}")]


def test_a_report_that_cannot_be_written_leaves_nothing(db: Database, make_sellable: Make, tmp_path: Path) -> None:
    batch_id = enqueue(db, 1, [make_sellable().id]).batch_id or 0
    with pytest.raises(InputError):
        write_report(db, [batch_id], tmp_path / "report.csv")
    with pytest.raises(NotFound):
        write_report(db, [99], tmp_path / "report.xlsx")
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        write_report(db, [batch_id], tmp_path / "report.xlsx", ctx)
    assert list(tmp_path.glob("report*")) == []
