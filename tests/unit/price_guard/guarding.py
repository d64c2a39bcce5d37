"""What the grid counts of the guard's findings, and what a check of everything finds."""

from __future__ import annotations

from decimal import Decimal

from app.services.compliance.recheck import check_listings
from app.services.db import Database
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import ChangeNumber
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.paging import Query
from app.services.tasks import TaskContext

GUARDED = ("guard.", "price.", "regional.")


def stored(db: Database) -> list[tuple[int, str, int]]:
    """Listing, rule and how often, as they are kept."""
    with db.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT listing_id, code, number FROM listing_finding ORDER BY 1, 2")
        return [(row[0], row[1], row[2]) for row in rows if row[1].startswith(GUARDED)]


def fresh(db: Database) -> list[tuple[int, str, int]]:
    """The same as everything says when it is checked now."""
    with db.read() as session:
        found = [(record.id, one.code) for record, its in check_listings(session) for one in its]
    guarded = [pair for pair in found if pair[1].startswith(GUARDED)]
    return [(*pair, guarded.count(pair)) for pair in sorted(set(guarded))]


def multiply_prices(db: Database, factor: str) -> None:
    """All prices, as a bulk edit."""
    edit = BulkEdit((ChangeNumber("price_minor", "multiply", Decimal(factor)),))
    plan = plan_edit(db, edit, Query(), TaskContext())
    try:
        apply_plan(plan, TaskContext())
    finally:
        plan.close()
