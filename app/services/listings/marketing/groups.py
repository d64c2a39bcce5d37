"""Making, renaming and deleting marketing groups, and the discount planned for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.db import Database
from app.services.errors import InputError, NotFound
from app.services.history.recording import add_entries, record_change
from app.services.history.records import GROUP, ChangeRecord, Entry
from app.services.listings.loading import id_list
from app.services.listings.marketing.membership import known_names
from app.services.listings.marketing.plans import NO_PLAN, DiscountPlan, PlanText, loaded
from app.services.listings.text import fold
from app.services.listings.writing import update_columns

LONGEST_NAME = 60
MOST_PERCENT = 99
"""A campaign takes 1 to 99 % off (aliexpress-open-platform.md 5.19: whole percent); plans may be finer."""


class BadMarketingGroup(InputError):
    """What is wrong with a group: `marketing.name` empty or too long, `.taken`, `.discount`, `.not_empty`."""

    code = "marketing.name"


@dataclass(frozen=True, slots=True)
class MarketingGroupRecord:
    """A group with its listings counted; `discount` in percent, None while undecided; `plan` has all that takes off."""

    id: int
    store_id: int
    name: str
    discount: Decimal | None
    listings: int
    plan: DiscountPlan = NO_PLAN


def marketing_groups(db: Database, store_ids: Sequence[int] = ()) -> list[MarketingGroupRecord]:
    """The groups of these stores (none: all) by store and name."""
    of_stores = f" WHERE store_id IN ({id_list(store_ids)})" if store_ids else ""
    with db.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, store_id, name, discount_bp, coalesce(number, 0), discount_plan FROM marketing_group LEFT JOIN "
            "(SELECT group_id, count(*) AS number FROM marketing_member GROUP BY group_id) ON group_id = id"
            f"{of_stores} ORDER BY store_id, name"
        ).all()
    return [
        MarketingGroupRecord(row[0], row[1], row[2], percent_of(row[3]), row[4], loaded(row[3], row[5])) for row in rows
    ]


def create_marketing_group(
    db: Database, store_id: int, name: str, discount: str = "", plan: PlanText | None = None
) -> int:
    """Make a group. Returns: its id. Raises: BadMarketingGroup, and as `PlanText.stored`."""
    with db.bulk() as connection:
        return add_marketing_group(connection, store_id, name, discount, plan)


def add_marketing_group(
    connection: Connection, store_id: int, name: str, discount: str = "", plan: PlanText | None = None
) -> int:
    """The same in the caller's transaction."""
    hundredths = basis_points(discount)
    cleaned = _free_name(connection, store_id, name)
    made = connection.exec_driver_sql(
        "INSERT INTO marketing_group (store_id, name, discount_bp, discount_plan, created_ms) "
        "VALUES (?, ?, ?, ?, ?) RETURNING id",
        (store_id, cleaned, hundredths, plan.stored() if plan is not None else None, now_ms()),
    )
    return int(made.scalar_one())


def change_marketing_group(
    db: Database, group_id: int, name: str, discount: str, plan: PlanText | None = None
) -> ChangeRecord | None:
    """Give a group this name, planned discount ("" for undecided) and *plan* (None: it stays), as a change that can be
    undone.

    Returns: the change, None where nothing differs. Raises: BadMarketingGroup, NotFound, and as `PlanText.stored`.
    """
    hundredths = basis_points(discount)
    with db.bulk() as connection:
        store_id = _store_of(connection, group_id)
        row = connection.exec_driver_sql(
            "SELECT name, discount_bp, discount_plan FROM marketing_group WHERE id = ?", (group_id,)
        )
        before = dict(row.mappings().one())
        same = fold(before["name"]) == fold(name)
        new_name = cleaned_name(name) if same else _free_name(connection, store_id, name)
        kept = before["discount_plan"] if plan is None else plan.stored()
        after: dict[str, Any] = {"name": new_name, "discount_bp": hundredths, "discount_plan": kept}
        if after == before:
            return None
        update_columns(connection, "marketing_group", group_id, after)
        percent = percent_of(hundredths)
        params = {
            "name": before["name"],
            "new": after["name"],
            "discount": "–" if percent is None else f"{percent:f} %",
            "plan": ", ".join(loaded(None, kept).texts().values()) or "–",
        }
        label = _label(before, after)
        if before["discount_plan"] == kept:  # what was not touched is no part of the change
            del before["discount_plan"], after["discount_plan"]
        change_id, change = record_change(
            connection, kind=GROUP, label=label, params=params, listing_count=1, store_id=store_id
        )
        add_entries(connection, change_id, [Entry("group", group_id, -group_id, before, after)])
        return change


def _label(before: dict[str, Any], after: dict[str, Any]) -> str:
    """What the history calls a change: by its new name, else by the new plan, else by the discount."""
    if after["name"] != before["name"]:
        return "change.group_rename"
    return "change.group_discount" if after["discount_plan"] == before["discount_plan"] else "change.group_plan"


def delete_marketing_group(db: Database, group_id: int) -> ChangeRecord:
    """Delete an empty group, as a change that can be undone; taking listings out is one of its own.

    Raises: BadMarketingGroup (`marketing.not_empty`), NotFound.
    """
    with db.bulk() as connection:
        store_id = _store_of(connection, group_id)
        held = connection.exec_driver_sql(
            "SELECT count(*) FROM marketing_member WHERE group_id = ?", (group_id,)
        ).scalar_one()
        if held:
            raise BadMarketingGroup("marketing.not_empty", n=held)
        row = connection.exec_driver_sql("SELECT * FROM marketing_group WHERE id = ?", (group_id,)).mappings().one()
        before = {name: value for name, value in row.items() if name != "id"}
        connection.exec_driver_sql("DELETE FROM marketing_group WHERE id = ?", (group_id,))
        change_id, change = record_change(
            connection,
            kind=GROUP,
            label="change.group_deleted",
            params={"name": before["name"]},
            listing_count=1,
            store_id=store_id,
        )
        add_entries(connection, change_id, [Entry("group", group_id, -group_id, before, None)])
        return change


def basis_points(text: str) -> int | None:
    """A percentage as hundredths, exactly; None for an empty text. Raises: BadMarketingGroup."""
    written = text.strip().removesuffix("%").strip()
    if not written:
        return None
    try:
        percent = Decimal(written)
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite() or not 0 < percent <= MOST_PERCENT or (hundredths := percent * 100) % 1:
        raise BadMarketingGroup("marketing.discount", value=text.strip(), most=MOST_PERCENT)
    return int(hundredths)


def percent_of(hundredths: int | None) -> Decimal | None:
    """Stored hundredths as percent without superfluous zeros."""
    if hundredths is None:
        return None
    whole, rest = divmod(hundredths, 100)
    return Decimal(whole) if not rest else (Decimal(hundredths) / 100).normalize()


def cleaned_name(name: str) -> str:
    """A name as it is stored. Raises: BadMarketingGroup."""
    cleaned = " ".join(name.split())
    if not 0 < len(cleaned) <= LONGEST_NAME:
        raise BadMarketingGroup(name=cleaned[:LONGEST_NAME], most=LONGEST_NAME)
    return cleaned


def _free_name(connection: Connection, store_id: int, name: str) -> str:
    cleaned = cleaned_name(name)
    if fold(cleaned) in known_names(connection, store_id):
        raise BadMarketingGroup("marketing.taken", name=cleaned)
    return cleaned


def _store_of(connection: Connection, group_id: int) -> int:
    found = connection.exec_driver_sql("SELECT store_id FROM marketing_group WHERE id = ?", (group_id,)).scalar()
    if found is None:
        raise NotFound(noun="marketing_group", name=str(group_id))
    return int(found)
