"""A store's health as a checklist: what is well, what needs somebody, the worst first."""

from __future__ import annotations

from sqlalchemy import Connection

from app.models import StoreHealth
from app.services.clock import now_ms, to_ms
from app.services.stores.records import DAY_MS, SOON, Check, StoreRecord

OK, WARN, BAD = "ok", "warn", "bad"
_RANK = {BAD: 0, WARN: 1, OK: 2}
QUOTA_WARN_SHARE = 0.9
"""From this share of the listing quota on the store is nearly full."""
STALE_MS = DAY_MS
"""A store not synced for a day may have moved on."""


def checklist(connection: Connection, store: StoreRecord) -> tuple[Check, ...]:
    """All lines, the worst first."""
    checks = [
        _sign_in(store),
        _quota(store),
        _failures(store),
        _waiting(connection, store),
        _templates(connection, store),
        _sync(store),
    ]
    return tuple(sorted(checks, key=lambda check: _RANK[check.level]))


def _check(key: str, level: str, state: str, **params: object) -> Check:
    return Check(key, level, f"store.check.{key}.{state}", f"store.check.{key}.{state}.text", params)


def _sign_in(store: StoreRecord) -> Check:
    if store.health == StoreHealth.SIGNED_OUT:
        return _check("sign_in", BAD, "out")
    expires = to_ms(store.token_expires_at)
    if expires is None:
        return _check("sign_in", OK, "open")
    days = (expires - now_ms()) // DAY_MS
    return _check("sign_in", WARN if store.health == SOON else OK, "ends", n=days)


def _quota(store: StoreRecord) -> Check:
    live = store.counts.get("live", 0)
    if store.listing_quota is None:
        return _check("quota", OK, "unknown", live=live)
    state, level = "free", OK
    if live >= store.listing_quota:
        state, level = "full", BAD
    elif live >= store.listing_quota * QUOTA_WARN_SHARE:
        state, level = "nearly_full", WARN
    return _check("quota", level, state, live=live, quota=store.listing_quota)


def _failures(store: StoreRecord) -> Check:
    failed = store.counts.get("failed", 0) + store.counts.get("rejected", 0)
    return _check("failures", WARN, "some", n=failed) if failed else _check("failures", OK, "none")


def _waiting(connection: Connection, store: StoreRecord) -> Check:
    waiting = connection.exec_driver_sql(
        "SELECT count(*) FROM publish_task WHERE store_id = ? AND state IN ('queued', 'sending', 'unknown')",
        (store.id,),
    ).scalar_one()
    return _check("waiting", WARN, "some", n=waiting) if waiting else _check("waiting", OK, "none")


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
        return _check("templates", WARN, "none")
    if orphans:
        return _check("templates", WARN, "missing", n=orphans)
    return _check("templates", OK, "complete", n=templates)


def _sync(store: StoreRecord) -> Check:
    synced = to_ms(store.last_sync_at)
    if synced is None:
        return _check("sync", WARN, "never")
    age_ms = now_ms() - synced
    return _check("sync", WARN if age_ms > STALE_MS else OK, "old" if age_ms > STALE_MS else "fresh")
