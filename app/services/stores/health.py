"""A store's health as a checklist: what is well, what needs somebody, the worst first."""

from __future__ import annotations

from sqlalchemy import Connection

from app.models import StoreHealth
from app.services.clock import now_ms, to_ms
from app.services.stores.figures import StoreFigures
from app.services.stores.light import LAST_WARNING_DAYS, QUOTA_WARN_SHARE, days_left
from app.services.stores.records import DAY_MS, SOON, Check, StoreRecord

OK, WARN, BAD = "ok", "warn", "bad"
_RANK = {BAD: 0, WARN: 1, OK: 2}
STALE_MS = DAY_MS
"""A store not synced for a day may have moved on."""


def checklist(connection: Connection, store: StoreRecord, figures: StoreFigures, waiting: int) -> tuple[Check, ...]:
    """All lines, the worst first. `waiting`: writes in the queue or without an answer."""
    checks = [
        _sign_in(store),
        _quota(store),
        _failures(store, figures),
        _waiting(store, waiting),
        _templates(connection, store),
        _sync(store),
    ]
    return tuple(sorted(checks, key=lambda check: _RANK[check.level]))


def waiting_writes(connection: Connection, store_id: int) -> int:
    """Writes of a store in the queue or without an answer."""
    found = connection.exec_driver_sql(
        "SELECT count(*) FROM publish_task WHERE store_id = ? AND state IN ('waiting', 'queued', 'sending', 'unknown')",
        (store_id,),
    )
    return int(found.scalar_one())


def _check(key: str, level: str, state: str, remedy: str = "", **params: object) -> Check:
    return Check(key, level, f"store.check.{key}.{state}", f"store.check.{key}.{state}.text", params, remedy)


def _sign_in(store: StoreRecord) -> Check:
    if store.health == StoreHealth.SIGNED_OUT:
        if store.is_disconnected:
            return _check("sign_in", BAD, "disconnected", "sign_in")
        if store.signed_out_at is not None:
            return _check("sign_in", BAD, "out_since", "sign_in", since=to_ms(store.signed_out_at))
        return _check("sign_in", BAD, "out", "sign_in")
    if store.health in (StoreHealth.WRONG_SECRET, StoreHealth.WRONG_APP):
        return _check("sign_in", BAD, store.health, "sign_in", since=to_ms(store.signed_out_at))
    if store.health == StoreHealth.UNREACHABLE:
        return _check("sign_in", WARN, "unreachable", "sync", since=to_ms(store.signed_out_at))
    days = days_left(store, now_ms())
    if days is None:
        return _check("sign_in", OK, "open")
    if days < LAST_WARNING_DAYS:
        return _check("sign_in", WARN, "last_day", "sign_in")
    is_soon = store.health == SOON
    return _check("sign_in", WARN if is_soon else OK, "ends", "sign_in" if is_soon else "", n=days)


def _quota(store: StoreRecord) -> Check:
    live = store.counts.get("live", 0)
    if store.may_post is False:
        return _check("quota", BAD, "forbidden", live=live)
    if store.listing_quota is None:
        return _check("quota", OK, "unknown", live=live)
    state, level = "free", OK
    if live >= store.listing_quota:
        state, level = "full", BAD
    elif live >= store.listing_quota * QUOTA_WARN_SHARE:
        state, level = "nearly_full", WARN
    return _check("quota", level, state, live=live, quota=store.listing_quota)


def _failures(store: StoreRecord, figures: StoreFigures) -> Check:
    failed, today = store.counts.get("failed", 0) + store.counts.get("rejected", 0), figures.failed_today
    if not failed:
        return _check("failures", OK, "none") if not today else _check("failures", OK, "mended", today=today)
    return _check("failures", WARN, "some", "show_failed", n=failed, today=today)


def _waiting(store: StoreRecord, waiting: int) -> Check:
    if store.paused_at is not None:
        since = to_ms(store.paused_at)
        return _check("waiting", WARN, "paused", "resume_publishing", n=waiting, since=since)
    return _check("waiting", WARN, "some", "show_waiting", n=waiting) if waiting else _check("waiting", OK, "none")


def _templates(connection: Connection, store: StoreRecord) -> Check:
    templates = connection.exec_driver_sql(
        "SELECT count(*) FROM freight_template WHERE store_id = ?", (store.id,)
    ).scalar_one()
    orphans = connection.exec_driver_sql(
        "SELECT count(*) FROM listing WHERE store_id = ? AND status = 'live' AND freight_template_id NOT IN "
        "(SELECT template_id FROM freight_template WHERE freight_template.store_id = listing.store_id)",
        (store.id,),
    ).scalar_one()
    if not templates:
        return _check("templates", WARN, "none", "sync")
    if orphans:
        return _check("templates", WARN, "missing", n=orphans)
    return _check("templates", OK, "complete", n=templates)


def _sync(store: StoreRecord) -> Check:
    synced = to_ms(store.last_sync_at)
    if synced is None:
        return _check("sync", WARN, "never", "sync")
    if now_ms() - synced > STALE_MS:
        return _check("sync", WARN, "old", "sync")
    return _check("sync", OK, "fresh")
