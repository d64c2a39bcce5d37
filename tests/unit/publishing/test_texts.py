"""Every sentence this package asks for is there, with the placeholders the code fills in."""

from __future__ import annotations

import pytest

from app.messages import Messages, catalogue
from app.services.publishing import doubles, feed_following, preparing, reconcile, reviews, verdicts
from app.services.publishing.content_builder import ContentIncomplete
from app.services.publishing.images import ImageMissing
from app.services.publishing.parts import JournalUnwritable
from app.services.publishing.pauses import StorePaused
from app.services.publishing.settling import NotUndecided
from app.services.publishing.taking_over import NO_PICTURE
from app.services.publishing.turns import BadTime
from app.services.stores.readiness import ReadOnlyStore

ERRORS = {
    ReadOnlyStore.code: {"store": "晨帆数码"},
    ImageMissing.code: {"file": "lamp.jpg"},
    NO_PICTURE: {"file": "https://ae01.alicdn.com/kf/Ha.webp"},
    ContentIncomplete.code: {"field": "weight_g"},
    JournalUnwritable.code: {"reason": "disk full"},
    NotUndecided.code: {"listing": 7},
    StorePaused.code: {"store": "晨帆数码"},
    BadTime.code: {"value": "soon"},
    "publishing.time_over": {"value": "2020-01-01T00:00"},
    "publishing.time_too_far": {"value": "2099-01-01T00:00", "days": 90},
    verdicts.BLOCKED: {"n": 2},
    verdicts.HELD: {"n": 1},
    preparing.UNCHANGED.code: {},
    preparing.INTERNAL: {"what": "ZeroDivisionError"},
    reconcile.SEVERAL: {"n": 2, "candidates": ["1", "2"]},
    doubles.DOUBLED: {"product_id": "1005006000000001", "double": "1005006000000002"},
    feed_following.FEED_OPEN.code: {},
    reviews.REJECTED.code: {},
    reviews.GONE.code: {},
}
NOTES = {
    "publishing.paused": {},
    "publishing.store_paused": {},
    "publishing.scheduled": {"until": "14:30"},
    "publishing.rate_limited": {"seconds": 38},
    "publishing.quota_used_up": {"until": "23:00"},
    "publishing.rate_limited_until": {"until": "23:00", "why": "AppCallLimit"},
    "publishing.waits_for_review": {"title": "Lamp", "until": "23:00"},
    "publishing.out_of_reach": {"seconds": 2},
    "publishing.looking_up": {"n": 1},
    "publishing.in_feeds": {"n": 400},
    "publishing.in_review": {"n": 3},
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sentence_can_be_said(language: str) -> None:
    messages = Messages(language)  # type: ignore[arg-type]
    wanted = {f"error.{code}": params for code, params in ERRORS.items()} | NOTES
    for key, params in wanted.items():
        said = messages.text(key, **params)
        assert said
        assert "{" not in said


def test_nothing_stands_in_the_catalogue_that_nobody_says() -> None:
    """A key without a speaker is a sentence nobody keeps true."""
    spoken = {f"error.{code}" for code in ERRORS} | NOTES.keys()
    ours = {key for key in catalogue() if key.startswith(("publishing.", "error.publishing."))}
    assert ours == spoken
