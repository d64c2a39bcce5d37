"""Listings whose prices are judged otherwise though nobody edited them: after a change of what they are judged by, and
after one was taken back."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from sqlalchemy import Connection

from app.services.history.records import COMMISSION_LABEL, GUARD_LABEL, PRICING_LABEL, RATE_LABEL, RATE_REMOVED_LABEL
from app.services.price_guard.settings import asks_costs, guard_settings

_MEMBERS = "SELECT listing_id FROM marketing_member WHERE group_id IN (SELECT value FROM json_each(?))"
_GROUPS = "SELECT DISTINCT row_id FROM change_entry WHERE change_id = ? AND noun = 'group'"
_HAS_FLOORS = "SELECT 1 FROM price_floor LIMIT 1"


def asks_now(connection: Connection) -> bool:
    """Whether the guard asks for profits: `auto` does from the first product table with costs on."""
    return asks_costs(connection, guard_settings(connection))


def asks_what_buyers_reach(connection: Connection) -> bool:
    """Whether prices are held against floors or costs, so that discount plans matter."""
    has_floors = connection.exec_driver_sql(_HAS_FLOORS).first() is not None
    return (guard_settings(connection).floors and has_floors) or asks_now(connection)


def judges_by(connection: Connection, labels: Iterable[str]) -> bool:
    """Whether the guard looks at what changes with these labels set: at rates and the team's numbers, the planned
    discount among them, where prices are held against floors or costs; at commissions where profits are asked for."""
    found = set(labels)
    if found & {RATE_LABEL, RATE_REMOVED_LABEL, PRICING_LABEL}:
        return asks_what_buyers_reach(connection)
    return COMMISSION_LABEL in found and asks_now(connection)


def members_of(connection: Connection, group_ids: Iterable[int]) -> set[int]:
    """The listings of these marketing groups, where their plan matters to the guard."""
    if not asks_what_buyers_reach(connection):
        return set()
    return set(connection.exec_driver_sql(_MEMBERS, (orjson.dumps([*group_ids]).decode(),)).scalars())


def _label(connection: Connection, change_id: int) -> str:
    return str(connection.exec_driver_sql("SELECT label FROM change WHERE id = ?", (change_id,)).scalar())


def price_suspects(connection: Connection, change_id: int, restored: Iterable[int], *, asked_costs: bool) -> set[int]:
    """Besides those a taken back change put back: the members of groups that have another plan again, and every listing
    where the guard looks at other things again, by other rates or numbers, or begins or ceases to ask for profits.

    Args:
        restored: what was put back; what is no listing is below 0.
        asked_costs: `asks_now` before.
    """
    label = _label(connection, change_id)
    if asks_now(connection) != asked_costs or label == GUARD_LABEL:
        return _everything(connection)
    if all(number > 0 for number in restored):
        return set()
    if judges_by(connection, [label]):
        return _everything(connection)
    groups = list(connection.exec_driver_sql(_GROUPS, (change_id,)).scalars())
    return members_of(connection, groups) if groups else set()


def _everything(connection: Connection) -> set[int]:
    return set(connection.exec_driver_sql("SELECT id FROM listing").scalars())
