"""What an error of the marketplace says about the store: signed out, a wrong app, or nobody there."""

from __future__ import annotations

from app.models import StoreHealth
from app.services.db import Database
from app.services.errors import AppError
from app.services.marketplace.port import SignedOut, Unreachable
from app.services.stores.reading import mark_health

_REFUSALS = {
    "marketplace.signature": StoreHealth.WRONG_SECRET,
    "marketplace.app_key": StoreHealth.WRONG_APP,
    # Somebody answered, but it was not the marketplace.
    "marketplace.certificate": StoreHealth.UNREACHABLE,
    "marketplace.redirected": StoreHealth.UNREACHABLE,
    "marketplace.http_status": StoreHealth.UNREACHABLE,
    "marketplace.proxy_refused": StoreHealth.UNREACHABLE,
    "marketplace.html_answer": StoreHealth.UNREACHABLE,
}


def health_after(error: AppError | None) -> StoreHealth | None:
    """The health of a store whose call ended with *error*, None where that says nothing about the whole store."""
    if isinstance(error, SignedOut):
        return StoreHealth.SIGNED_OUT
    if isinstance(error, Unreachable):
        return StoreHealth.UNREACHABLE
    return None if error is None else _REFUSALS.get(error.error_code)


def note_error(db: Database, store_id: int, error: AppError) -> None:
    """Remember what *error* says about the store, until the next success. Other errors change nothing."""
    health = health_after(error)
    if health is not None:
        mark_health(db, store_id, health)
