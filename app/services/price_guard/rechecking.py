"""Counting findings anew where prices are judged differently though no listing was edited."""

from __future__ import annotations

from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.price_guard.settings import asks_costs, guard_settings

_MEMBERS = "SELECT listing_id FROM marketing_member WHERE group_id = ? ORDER BY listing_id"
_HAS_FLOORS = "SELECT 1 FROM price_floor LIMIT 1"


def recheck_group(db: Database, group_id: int) -> int:
    """After another discount plan: check the listings of a marketing group anew, if the guard asks what a buyer can
    reach. What is sent is judged by the plan of that moment in any case. Returns: listings looked at."""
    with db.reader.connect() as connection:
        settings = guard_settings(connection)
        has_floors = settings.floors and connection.exec_driver_sql(_HAS_FLOORS).first() is not None
        if not has_floors and not asks_costs(connection, settings):
            return 0
        ids = list(connection.exec_driver_sql(_MEMBERS, (group_id,)).scalars())
    return recheck(db, ids).checked if ids else 0
