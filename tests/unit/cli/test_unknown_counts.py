"""What a store has is not known before the first sync: never 0."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.cli.commands.stores import _row, store_object
from app.services.stores.quotas import ApiCalls
from app.services.stores.records import StoreRecord

NEVER = StoreRecord(1, "Chenfan", "abcd", 0, "http://127.0.0.1:1", "vault:1", "operate", "ok", False, None, None, None)


def store(**changes):
    return replace(NEVER, **changes)


@pytest.mark.parametrize(
    ("changes", "used", "to_ship"),
    [
        ({}, None, None),
        ({"counts": {"draft": 3}}, None, None),
        ({"counts": {"live": 2}, "to_ship": 1}, 2, 1),
        ({"last_sync_at": datetime(2026, 11, 1, tzinfo=UTC)}, 0, 0),
    ],
)
def test_numbers_only_the_platform_can_tell(changes, used, to_ship):
    told = store_object(store(**changes))
    assert (told["quota"]["used"], told["to_ship"]) == (used, to_ship)
    assert told["listings"] == sum(changes.get("counts", {}).values())  # what lies here is known


def test_a_dash_stands_for_what_is_not_known():
    row = _row(store(), ApiCalls(0))
    assert (row[2], row[3], row[4], row[5]) == ("–", "–", 0, "–")
