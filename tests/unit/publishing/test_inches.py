"""A length left in inches is met by all that is sent, and put right with one click (domain.md 3.3 step 10, 14.4)."""

from __future__ import annotations

from typing import Any

import pytest

from app.services.compliance.loading import load_context
from app.services.db import Database
from app.services.listings.editing import edit_listings
from app.services.listings.fixes import edit_of, fixable_rules, fixed
from app.services.listings.loading import load_listing
from app.services.publishing.queue import SkipReason, enqueue
from tests.unit.publishing.helpers import write

RULE = "attribute.inch"
TALL = {"attributes": [{"name_id": "", "name": "Height", "value_id": "", "value": "38 inch"}]}
NEW: dict[str, Any] = {}
LIVE = {"product_id": "1005006000000001", "sent_hash": "older", "status": "live"}


@pytest.mark.parametrize("way", [NEW, LIVE], ids=["created", "edited"])
def test_inches_stop_what_is_sent_where_the_team_wants_it_and_one_click_lets_it_go(
    db: Database, make_sellable: Any, way: dict[str, Any]
) -> None:
    record = make_sellable(**TALL, **way)
    write(
        db,
        "INSERT INTO setting (name, value, updated_ms) VALUES ('compliance', ?, 0)",
        '{"severities": {"attribute.inch": "block"}}',
    )
    (skipped,) = enqueue(db, 1, [record.id]).skipped
    assert (skipped.reason, [one.code for one in skipped.findings]) == (SkipReason.BLOCKED, [RULE])
    (fix,) = [one.fix for one in skipped.findings]
    assert fix is not None, "its remedy goes with it"
    edit_listings(db, [edit_of(record, fix)], label="change.fix", params={})
    with db.read() as session:
        after = load_listing(session, record.id)
    assert after.attributes[0]["value"] == "38 cm"
    assert enqueue(db, 1, [record.id]).queued == 1


def test_by_itself_it_is_a_warning_that_is_stored_with_the_listing(db: Database, make_sellable: Any) -> None:
    record = make_sellable(**TALL)
    assert enqueue(db, 1, [record.id]).queued == 1
    with db.read() as session:
        context = load_context(session, 1)
        after = fixed(load_listing(session, record.id), context, fixable_rules()[RULE])
    assert after.record.attributes[0]["value"] == "38 cm"
