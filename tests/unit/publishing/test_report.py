"""The result of a batch: counts that add up, reasons with what to change, sending the fixed ones again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.models import JobState, TaskState
from app.services.compliance.findings import Finding, Fix, Label, Severity
from app.services.db import Database
from app.services.errors import NotFound
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import Refused, RemoteStatus, Unanswered
from app.services.publishing.queue import SkipReason, enqueue
from app.services.publishing.report import BatchReport, batch_report, send_again
from app.services.publishing.reviewing import poll_reviews
from app.services.publishing.run import publish
from app.services.publishing.verdicts import findings_in, reason_from
from tests.unit.publishing.conftest import FAST
from tests.unit.publishing.fake_marketplace import FakeMarketplace
from tests.unit.publishing.helpers import publish_all, write

Make = Callable[..., ListingRecord]

ATTRIBUTE = Refused(
    "marketplace.attribute_not_in_category",
    platform_code="F00-00-10003-005",
    platform_text="attribute 200000137 not in category 39050502",
    field="attributes",
)
TITLE = Refused("marketplace.title_length", platform_code="13006001", platform_text="too long", field="title")


@pytest.fixture
def held_capitals(db: Database) -> None:
    write(
        db,
        "INSERT INTO setting (name, value, updated_ms) VALUES ('compliance', ?, 0)",
        '{"severities": {"title.capitals": "hold"}}',
    )


def parts(report: BatchReport) -> int:
    return (
        report.on_platform
        + report.queued
        + report.rejected
        + report.failed
        + report.unknown
        + report.held
        + report.blocked
        + report.cancelled
    )


@pytest.mark.usefixtures("held_capitals")
async def test_the_counts_add_up_and_reasons_are_grouped(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    records = [make_sellable() for _ in range(8)]
    held = make_sellable("BEDSIDE TABLE LAMP DIMMABLE TOUCH CONTROL")
    blocked = [make_sellable(weight_g=None), make_sellable(weight_g=None)]
    market.default_verdict = RemoteStatus.IN_REVIEW
    market.script.extend([None, ATTRIBUTE, TITLE, ATTRIBUTE, Unanswered(None), None, None, None])
    market.lookup_script.append(Refused("marketplace.permission", platform_code="InsufficientPermission"))
    ids = [record.id for record in (*records, held, *blocked)]
    result = await publish_all(db, market, ids, parallel=1)
    first_product, second_product, *_ = market.products
    market.verdict = {first_product: RemoteStatus.ON_SALE, second_product: RemoteStatus.REJECTED}
    await poll_reviews(db, market, 1)

    report = batch_report(db, result.batch_ids[0])
    assert (report.total, parts(report)) == (11, 11)
    assert (report.live, report.in_review, report.on_platform) == (1, 2, 3)
    assert (report.rejected, report.failed, report.unknown, report.held, report.blocked) == (1, 3, 1, 1, 2)
    assert (report.state, report.attempts, report.finished_ms is None) == (JobState.DONE_WITH_FAILURES, 8, False)

    found = [(group.state, group.message_key, group.field, len(group.rows)) for group in report.groups]
    assert found == [
        (TaskState.FAILED, "error.marketplace.attribute_not_in_category", "attributes", 2),
        (TaskState.FAILED, "error.marketplace.title_length", "title", 1),
        (TaskState.REJECTED, "error.publishing.rejected", "", 1),
        (TaskState.UNKNOWN, "error.marketplace.permission", "", 1),
        (TaskState.CANCELLED, "finding.weight.missing", "weight_g", 2),
        (TaskState.CANCELLED, "finding.title.capitals", "title", 1),
    ]
    first = report.groups[0]
    assert first.platform_text == "F00-00-10003-005 attribute 200000137 not in category 39050502"
    assert first.listing_ids == (records[1].id, records[3].id)
    assert (first.rows[0].title, first.rows[0].code) == (records[1].title, "LM00002-B")


async def test_only_what_did_not_go_through_is_sent_again(
    db: Database, make_sellable: Make, market: FakeMarketplace
) -> None:
    market.script.extend([None, TITLE, TITLE])
    records = [make_sellable() for _ in range(3)]
    result = await publish_all(db, market, [record.id for record in records], parallel=1)
    batch_id = result.batch_ids[0]
    edit_listings(db, [ListingEdit(records[1].id, fields={"title": "Bedside Lamp, Shorter"})], label="edit")

    chosen = send_again(db, batch_id, [records[0].id, records[1].id])
    assert (chosen.queued, chosen.batch_id != batch_id) == (1, True), "what is on the platform is not sent again"
    again = await publish(db, market, 1, chosen.batch_id, settings=FAST)
    assert (again.in_review, len(market.products)) == (1, 2)

    rest = send_again(db, batch_id)
    assert [skipped.reason for skipped in rest.skipped] == [SkipReason.OPEN]
    assert rest.queued == 1
    assert batch_report(db, batch_id).failed == 2, "the old batch still tells what happened then"


async def test_a_rejected_one_must_be_changed_first(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    market.default_verdict = RemoteStatus.IN_REVIEW
    record = make_sellable()
    result = await publish_all(db, market, [record.id])
    market.default_verdict = RemoteStatus.REJECTED
    await poll_reviews(db, market, 1)
    assert [skipped.reason for skipped in send_again(db, result.batch_ids[0]).skipped] == [SkipReason.UNCHANGED]
    edit_listings(db, [ListingEdit(record.id, fields={"title": "Bedside Lamp Without Brand"})], label="edit")
    made = send_again(db, result.batch_ids[0])
    await publish(db, market, 1, made.batch_id, settings=FAST)
    assert [content.title for _, content in market.edits] == ["Bedside Lamp Without Brand"]


@pytest.mark.usefixtures("held_capitals")
async def test_a_released_one_is_sent(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    record = make_sellable("BEDSIDE TABLE LAMP DIMMABLE TOUCH CONTROL")
    made = enqueue(db, 1, [record.id])
    assert made.batch_id is not None
    released = send_again(db, made.batch_id, release_held=True)
    result = await publish(db, market, 1, released.batch_id, settings=FAST)
    assert (result.in_review, market.titles()) == (1, [record.title])


@pytest.mark.usefixtures("held_capitals")
async def test_what_was_released_was_that_content(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    """Edited after the release, it needs another one."""
    record = make_sellable("BEDSIDE TABLE LAMP DIMMABLE TOUCH CONTROL")
    made = enqueue(db, 1, [record.id], release_held=True)
    edit_listings(db, [ListingEdit(record.id, fields={"title": "BEDSIDE TABLE LAMP DIMMABLE"})], label="edit")
    result = await publish(db, market, 1, made.batch_id, settings=FAST)
    assert (result.cancelled, market.creates) == (1, [])
    assert made.batch_id is not None
    assert batch_report(db, made.batch_id).held == 1


def test_a_batch_that_is_not_there(db: Database) -> None:
    with pytest.raises(NotFound):
        batch_report(db, 5)
    with pytest.raises(NotFound):
        send_again(db, 5)


def test_findings_survive_the_journal() -> None:
    """Names in two languages stay in two languages: the reader's language may be another by then."""
    finding = Finding(
        "unit.unknown", Severity.BLOCK, "unit", 2, {"name": Label("件/个", "piece"), "n": 3}, Fix("use", "unit", "1")
    )
    reason = reason_from([finding], "publishing.blocked")
    assert (reason.field, reason.params["n"]) == ("unit", 1)
    (back,) = findings_in(reason.params)
    assert (back.code, back.severity, back.field, back.sku) == ("unit.unknown", Severity.BLOCK, "unit", 2)
    assert dict(back.params) == {"name": Label("件/个", "piece"), "n": 3}


@pytest.mark.parametrize("params", [{}, {"findings": ["text"]}, {"findings": [{"severity": "loud", "code": "x"}]}])
def test_findings_of_another_program_are_left_out(params: dict[str, object]) -> None:
    assert findings_in(params) == []
