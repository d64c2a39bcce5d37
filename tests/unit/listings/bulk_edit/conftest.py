"""Plans that are closed again, and short words for what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import Operation
from app.services.listings.bulk_edit.planning import Plan, plan_edit
from app.services.listings.bulk_edit.targets import Target
from app.services.listings.records import ListingRecord
from app.services.paging import Query
from app.services.tasks import TaskContext

Planned = Callable[..., Plan]


@pytest.fixture
def planned(db: Database) -> Iterator[Planned]:
    """Work operations out, for all listings unless others are named."""
    plans: list[Plan] = []

    def make(*operations: Operation, chosen: Target | None = None, checks: bool = False) -> Plan:
        wanted = Query() if chosen is None else chosen
        plans.append(plan_edit(db, BulkEdit(operations), wanted, TaskContext(), checks=checks))
        return plans[-1]

    yield make
    for plan in plans:
        plan.close()
        assert not plan.file.path.exists()


@pytest.fixture
def three(db: Database, make_listing: Callable[..., ListingRecord]) -> list[ListingRecord]:
    """Checked listings of two, one and two variants; the third was refused, and lacks a price and a stock."""
    found = [
        make_listing("Lamp one", (("A-1", 1000, 5), ("A-2", 1500, 6))),
        make_listing("Lamp two", (("B-1", 2000, 5),)),
        make_listing("Lamp three", (("C-1", 300, None), ("C-2", None, 2)), status="failed"),
    ]
    recheck(db)
    return found
