"""What is made while Python's collector rests: not looked through at once, and not forgotten either."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from app.services import collection
from app.services.collection import freeze_for_good, without_collection


class _Circle:
    """Something only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_at_the_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Other tests may have frozen what was there before, or collect by a timer of their own."""
    monkeypatch.setattr(collection, "_has_frozen", False)
    is_frozen, is_enabled = bool(gc.get_freeze_count()), gc.isenabled()
    gc.unfreeze()
    gc.enable()
    yield
    if is_frozen:
        gc.freeze()
    if not is_enabled:
        gc.disable()


def test_what_was_made_meanwhile_counts_as_old() -> None:
    with without_collection():
        assert not gc.isenabled()
        kept = [[number] for number in range(2 * gc.get_threshold()[0])]
        circle = weakref.ref(_Circle())
    assert gc.isenabled()
    assert {id(one) for one in kept} <= {id(one) for one in gc.get_objects(generation=2)}
    assert circle() is not None
    gc.collect()
    assert circle() is None, "circles are found when everything is looked through"


def test_what_is_frozen_stays_so() -> None:
    """A window freezes its code and widgets; looking through them would hold up a repaint."""
    freeze_for_good()
    count = gc.get_freeze_count()
    with without_collection():
        pass
    assert gc.get_freeze_count() == count > 0


def test_within_another_rest_it_stays_at_rest() -> None:
    with without_collection():
        with without_collection():
            pass
        assert not gc.isenabled()
