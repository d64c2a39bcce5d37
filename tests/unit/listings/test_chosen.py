"""What an action is for: ids as they are, a filter as the listings it finds now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.services.db import Database
from app.services.listings.chosen import chosen_ids
from app.services.paging import Filter, Query
from app.services.sql_conditions import UnknownField
from app.services.tasks import TaskCancelled, TaskContext


def test_ids_and_filters(db: Database, make_listing: Callable[..., Any]) -> None:
    lamp, mug = make_listing("Desk Lamp").id, make_listing("Coffee Mug", (("MG1", 500, 1),)).id
    assert chosen_ids(db, [mug, 999]) == [mug, 999]
    assert list(chosen_ids(db, Query(text="lamp"))) == [lamp]
    assert sorted(chosen_ids(db, Query())) == sorted([lamp, mug])
    with pytest.raises(UnknownField):
        chosen_ids(db, Query(filters=(Filter("nonsense", "=", 1),)))
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        chosen_ids(db, Query(), ctx)
