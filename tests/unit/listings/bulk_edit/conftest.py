"""Plans that are closed again, and short words for what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.services.db import Database
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import Operation
from app.services.listings.bulk_edit.planning import Chosen, Plan, plan_edit
from app.services.paging import Query
from app.services.tasks import TaskContext

Planned = Callable[..., Plan]


@pytest.fixture
def planned(db: Database) -> Iterator[Planned]:
    """Work operations out, for all listings unless others are named."""
    plans: list[Plan] = []

    def make(*operations: Operation, chosen: Chosen | None = None, checks: bool = False) -> Plan:
        wanted = Query() if chosen is None else chosen
        plans.append(plan_edit(db, BulkEdit(operations), wanted, TaskContext(), checks=checks))
        return plans[-1]

    yield make
    for plan in plans:
        plan.close()
        assert not plan.file.path.exists()
