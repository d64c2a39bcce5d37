"""What a store may have and may ask in a day, as the platform tells it or as we count it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.db import Database
from app.services.marketplace.port import Marketplace, MarketplaceError, SignedOut
from app.services.marketplace.records import CallsMade, StoreProfile

log = logging.getLogger(__name__)

CHINA = timezone(timedelta(hours=8))
"""Where a day quota's day begins (protocol reference 6)."""


@dataclass(frozen=True, slots=True)
class ApiCalls:
    """Calls in the name of one store since midnight in China, when day quotas begin anew.

    Attributes:
        made: counted here; other programs of the same app are not in it.
        limit: how many were made when the platform last said that a day's are used up, None where it never did: no
            answer of the platform names the number (protocol reference 6).
        used_up_until: when the next day begins, where it said so today.
    """

    made: int = 0
    limit: int | None = None
    used_up_until: datetime | None = None


NO_CALLS = ApiCalls()


async def read_profile(marketplace: Marketplace) -> StoreProfile | None:
    """What the platform says of the store; None where it does not say now.

    Raises:
        SignedOut: the store must be authorised again.
    """
    try:
        return await marketplace.store_profile()
    except SignedOut:
        raise
    except MarketplaceError as error:  # a number for the window: nothing that was asked for fails for it
        log.info("no store profile: %s", error.error_code)
        return None


def note_profile(db: Database, store_id: int, profile: StoreProfile) -> None:
    """Keep what the platform said, with the time. What it left out this time is not known any more."""
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "UPDATE store SET platform_quota = ?, platform_listings = ?, may_post = ?, profile_ms = ?, "
            "seller_id = CASE WHEN seller_id = '' THEN ? ELSE seller_id END WHERE id = ?",
            (
                profile.listings_max,
                profile.listings,
                int(profile.may_post),
                now_ms(),
                profile.seller_id,
                store_id,
            ),
        )


def note_calls(db: Database, store_id: int, calls: CallsMade, at: datetime | None = None) -> None:
    """Add calls that were made to those of the day."""
    if not calls.count:
        return
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO api_use (store_id, day, calls) SELECT id, ?, ? FROM store WHERE id = ? "
            "ON CONFLICT (store_id, day) DO UPDATE SET calls = api_use.calls + excluded.calls",
            (_day(at), calls.count, store_id),
        )
        if calls.is_used_up:
            connection.exec_driver_sql(
                "UPDATE api_use SET used_up_calls = coalesce(used_up_calls, calls) WHERE store_id = ? AND day = ?",
                (store_id, _day(at)),
            )


def calls_today(connection: Connection, store_id: int, at: datetime | None = None) -> ApiCalls:
    """The calls of one store today."""
    rows = connection.exec_driver_sql(
        "SELECT day, calls, used_up_calls FROM api_use WHERE store_id = ? ORDER BY day DESC LIMIT 30", (store_id,)
    ).all()
    today = next(((calls, used_up) for day, calls, used_up in rows if day == _day(at)), (0, None))
    limit = next((used_up for _, _, used_up in rows if used_up is not None), None)
    return ApiCalls(today[0], limit, None if today[1] is None else _midnight(at))


def _day(at: datetime | None) -> str:
    return (at or datetime.now(UTC)).astimezone(CHINA).date().isoformat()


def _midnight(at: datetime | None) -> datetime:
    local = (at or datetime.now(UTC)).astimezone(CHINA) + timedelta(days=1)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
