from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.services.db import Database
from app.services.publishing.settings import PRACTICE, REAL, load_settings
from tests.unit.publishing.helpers import write


def load(db: Database, store_id: int = 1) -> Any:
    with db.read() as session:
        return load_settings(session, store_id)


def test_the_practice_store_is_quicker(db: Database) -> None:
    assert load(db) == REAL
    write(db, "UPDATE store SET is_practice = 1")
    assert load(db) == PRACTICE
    assert PRACTICE.settle_s < REAL.settle_s
    assert load(db, 99) == REAL, "a store nobody knows is treated as a real one"


@pytest.mark.parametrize(
    ("stored", "changes"),
    [
        ('{"settle_s": 120, "passing_tries": 5}', {"settle_s": 120, "passing_tries": 5}),
        ('{"limit_patience_s": null}', {"limit_patience_s": None}),
        ('{"limit_patience_s": 60}', {"limit_patience_s": 60}),
        ('{"settle_s": "soon", "confirm_s": -1, "skew_s": null, "review_first_s": true}', {}),
        ('{"feed_from": 40, "feed_items": 0, "feed_patience_s": 10}', {"feed_from": 40, "feed_patience_s": 10}),
        ('{"feed_from": null}', {"feed_from": None}),
        ('{"feed_from": 1.5, "passing_tries": 0}', {}),
        ('{"from_a_newer_program": 1}', {}),
        ('["not an object"]', {}),
    ],
)
def test_single_values_can_be_overridden(db: Database, stored: str, changes: dict[str, Any]) -> None:
    """A settle delay of nothing, because somebody wrote nonsense, would send listings twice."""
    write(db, "INSERT INTO setting (name, value, updated_ms) VALUES ('publishing', ?, 0)", stored)
    assert load(db) == replace(REAL, **changes)
