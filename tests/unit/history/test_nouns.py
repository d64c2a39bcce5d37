"""What a team sorts its listings by goes back, comes again, and stays where somebody said otherwise since."""

from __future__ import annotations

from typing import Any

import pytest

from app.services.db import Database
from app.services.history.contents import ChangeContents
from app.services.history.undo import redo, undo
from app.services.listings.apart import apart_of, tell_apart
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.holding import hold_listings
from app.services.listings.holds import read_holds
from app.services.listings.marketing.groups import create_marketing_group
from app.services.listings.marketing.membership import names_of
from app.services.listings.tags import tags_of
from app.services.listings.warehouse_kinds import kinds_of


def edit(db: Database, number: int, **values: Any) -> Any:
    return edit_listings(db, [ListingEdit(number, is_complete=False, **values)], label="edit")


def apart(db: Database, pair: tuple[int, int]) -> Any:
    return tell_apart(db, [pair])


WAYS = {
    "tags": (
        lambda db, one, _: edit(db, one, add_tags=("sale",)),
        lambda db, one, _: edit(db, one, add_tags=("more",)),
        lambda connection, one: tags_of(connection, [one]).get(one),
    ),
    "marketing_group": (
        lambda db, one, _: edit(db, one, marketing_group="Summer"),
        lambda db, one, _: edit(db, one, marketing_group="Winter"),
        lambda connection, one: names_of(connection, [one]).get(one),
    ),
    "warehouse_kind": (
        lambda db, one, _: edit(db, one, warehouse_kind="real"),
        lambda db, one, _: edit(db, one, warehouse_kind="virtual"),
        lambda connection, one: kinds_of(connection, [one]).get(one),
    ),
    "hold": (
        lambda db, one, _: hold_listings(db, [one], "first"),
        lambda db, one, _: hold_listings(db, [one], "second"),
        lambda connection, one: read_holds(connection).get(one),
    ),
    "apart": (
        lambda db, one, others: apart(db, (one, others[0])),
        lambda db, one, others: apart(db, (one, others[1])),
        lambda connection, one: apart_of(connection, [one]).get(one),
    ),
}


@pytest.mark.parametrize("noun", WAYS)
def test_it_goes_back_comes_again_and_names_who_moved_on(db: Database, make_listing: Any, noun: str) -> None:
    act, act_again, read = WAYS[noun]
    for name in ("Summer", "Winter"):
        create_marketing_group(db, 1, name)
    one, *others = [make_listing(f"Lamp {number}").id for number in range(3)]

    def now() -> Any:
        with db.reader.connect() as connection:
            return read(connection, one)

    before = now()
    change = act(db, one, others)
    done = now()
    contents = ChangeContents(db, change.uid)
    assert (done != before, contents.fields(), contents.rows([one])[one].state) == (True, (noun,), "stands")
    assert undo(db, change.uid, fields=["title"]).restored == 0
    assert undo(db, change.uid, fields=[noun]).restored == 1
    assert (now(), contents.rows([one])[one].state) == (before, "back")
    redo(db)
    assert now() == done
    second = act_again(db, one, others)
    moved = now()
    assert undo(db, change.uid).conflicts == (one,)
    assert (now(), contents.rows([one])[one].state) == (moved, "moved")
    assert undo(db, second.uid).conflicts == ()
    assert undo(db, change.uid, only=[one]).conflicts == ()
    assert now() == before
