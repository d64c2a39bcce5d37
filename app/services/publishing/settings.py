"""How patient a publish run is: delays and tries, shorter on the practice store, all of them settings."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy.orm import Session

from app.models import Setting, Store

SETTING_NAME = "publishing"
"""Row of the `setting` table whose object overrides single values."""


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """Delays in seconds.

    Attributes:
        settle_s: how long after a write without an answer the marketplace may still apply it; no look-up before.
        confirm_s: between the two look-ups that must both find nothing before a listing is sent again.
        skew_s: how far the marketplace's clock may be from ours, for the creation window of a look-up.
        doubt_s: how far it could be at worst (somebody sets the clock, or a time zone wrong, between request and
            look-up): a product with title and codes in this wider window is not taken for ours, but not sent beside
            either.
        lookup_patience_s: how long one run goes on looking up before it leaves the rest unknown.
        review_first_s: before the first question how reviews stand; each following pause is half as long again.
        review_pause_max_s: longest pause between two such questions.
        review_patience_s: how long a run waits for reviews after the last listing was sent.
        outage_patience_s: how long a run waits for a marketplace that does not answer at all.
        limit_patience_s: the longest pause a limit may ask for before the run ends with its work kept;
            None: wait however long.
        passing_tries: sends of one listing that met a passing fault before it counts as failed.
        feed_from: new listings waiting from which on they are handed over as feeds; None: where that gains by the
            limits of the marketplace (`Marketplace.feed_pays`), which leaves small and middle batches alone.
        feed_items: listings in one feed: what one lost answer leaves undecided at once.
        feed_first_s: before the first look what became of a feed; each following pause is half as long again.
        feed_pause_max_s: longest pause between two such looks.
        feed_patience_s: how long a run follows a feed before it leaves the rest of it to the next run.
    """

    settle_s: float = 90.0
    confirm_s: float = 30.0
    skew_s: float = 600.0
    doubt_s: float = 26 * 3600.0
    lookup_patience_s: float = 900.0
    review_first_s: float = 10.0
    review_pause_max_s: float = 120.0
    review_patience_s: float = 180.0
    outage_patience_s: float = 60.0
    limit_patience_s: float | None = None
    passing_tries: int = 3
    feed_from: int | None = None
    feed_items: int = 500
    feed_first_s: float = 5.0
    feed_pause_max_s: float = 60.0
    feed_patience_s: float = 900.0


REAL = PublishSettings()
PRACTICE = PublishSettings(
    settle_s=3.0,
    confirm_s=1.0,
    outage_patience_s=8.0,
    review_first_s=1.0,
    review_pause_max_s=5.0,
    review_patience_s=120.0,
    feed_first_s=1.0,
    feed_pause_max_s=5.0,
    feed_patience_s=120.0,
)
OPTIONAL = frozenset({"limit_patience_s", "feed_from"})
"""Settings that may be None."""
COUNTS = frozenset({"passing_tries", "feed_from", "feed_items"})
"""Settings that count something: whole numbers, at least one."""


def load_settings(session: Session, store_id: int) -> PublishSettings:
    """The settings for a store: the practice store's or the real ones, single values overridden by the user's.

    Values of a wrong kind and names nobody knows are passed over, so that a newer program's settings do no harm.
    """
    store = session.get(Store, store_id)
    settings = PRACTICE if store is not None and store.is_practice else REAL
    row = session.get(Setting, SETTING_NAME)
    return replace(settings, **_sensible(row.value)) if row is not None and isinstance(row.value, dict) else settings


def _sensible(chosen: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(PublishSettings)}
    return {
        name: value
        for name, value in chosen.items()
        if name in names and ((name in OPTIONAL and value is None) or _fits(name, value))
    }


def _fits(name: str, value: Any) -> bool:
    return _is_number(value) and (value >= 1 and value == int(value) if name in COUNTS else value >= 0)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
