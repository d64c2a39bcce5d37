"""What is done with listings of a group, and the calls the window makes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app.services.codes.records import Component
from app.services.codes.virtual import save_virtual
from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.undo import undo
from app.services.listings.similar.acting import MOST_PAIRS, tell_group_apart
from app.services.listings.similar.desk import SimilarDesk
from app.services.listings.similar.records import SimilarGroup, SimilarOptions, Why
from app.services.listings.similar.search import find_similar, search
from app.services.paging import Query
from app.services.tasks import TaskCancelled, TaskContext
from tests.unit.compliance.stored import OTHER
from tests.unit.listings.similar.test_search import add, db, empty

__all__ = ["db", "empty"]


def together(db: Database, **options: Any) -> list[tuple[int, ...]]:
    return [group.listing_ids for group in find_similar(db, SimilarOptions(**options)).groups]


def test_one_of_three_is_told_apart_from_both_others_and_back(db: Database) -> None:
    one, two, three = (add(db, codes=("AB1",)) for _ in range(3))
    group = find_similar(db, SimilarOptions()).groups[0]
    change = tell_group_apart(db, [three], group.listing_ids)
    assert together(db) == [(one, two)] == [group.without({three}).listing_ids]  # type: ignore[union-attr]
    assert group.without({one, two}) is None
    assert tell_group_apart(db, [three], group.listing_ids) is None
    assert change is not None and undo(db, change.uid).restored > 0
    assert together(db) == [(one, two, three)]


def test_twins_that_are_told_apart_are_checked_anew(db: Database) -> None:
    pair = [add(db, title="Bedside Table Lamp Dimmable", codes=("AB1",)) for _ in range(2)]
    recheck(db, pair)
    found = "SELECT count(*) FROM listing_finding WHERE code = 'listing.twice'"
    with db.reader.connect() as connection:
        before = connection.exec_driver_sql(found).scalar_one()
    tell_group_apart(db, pair[1:], pair)
    with db.reader.connect() as connection:
        assert before > connection.exec_driver_sql(found).scalar_one() == 0


def test_a_crowd_is_not_told_apart_at_once(db: Database) -> None:
    crowd = list(range(10_000, 10_000 + MOST_PAIRS))
    with pytest.raises(InputError) as refused:
        tell_group_apart(db, crowd[:2], crowd)
    assert refused.value.error_code == "similar.too_many"


def test_virtual_codes_stand_for_their_items(db: Database) -> None:
    save_virtual(db, {"CB000123": (Component("AB1234", 10),)})
    ids = [add(db, codes=(code,)) for code in ("AB1234", "AB1234*2", "3*AB1234", "CB000123")]
    assert together(db, whys=frozenset({Why.PACKS})) == [tuple(ids)]


class TestChosen:
    def test_ids_and_filters_in_their_own_store_or_across(self, db: Database) -> None:
        one, twin = add(db, codes=("AB1",)), add(db, codes=("AB1",))
        add(db, codes=("CD1",)), add(db, codes=("CD1",))
        far = add(db, codes=("AB1",), store_id=OTHER)

        def found(chosen: Any, **options: Any) -> list[tuple[int, ...]]:
            result = search(db.path, SimilarOptions(**options), chosen, ctx=TaskContext())
            return [group.listing_ids for group in result.groups]

        assert found([one]) == [(one, twin)]
        assert found([one], is_across=True) == [(one, twin, far)]
        assert len(found(Query())) == 2
        assert found([]) == found(Query(text="nothing like it")) == []

    def test_drafts_beside_what_is_sent_count_only_where_wanted(self, db: Database) -> None:
        one, _, live = add(db, codes=("AB1",)), add(db, codes=("AB1",)), add(db, codes=("CD1",), product_id="7")
        two = add(db, codes=("CD1",))
        desk = SimilarDesk(SimpleNamespace(db=db, database_path=db.path))  # type: ignore[arg-type]
        function, *arguments = desk.before_sending_call([one, two])
        assert function.endswith(":search")
        result = search(*arguments, ctx=TaskContext())
        assert [group.listing_ids for group in result.groups] == [(live, two)]
        assert result.count_of({one, two}) == 1
        assert [line.id for line in desk.listings([two, live])] == [live, two]

    def test_looking_first_finds_copies_and_heeds_a_stop(self, db: Database, tmp_path: Any) -> None:
        from tests.unit.images.test_looks import SHOWN, goods

        pictures = [str(tmp_path / name) for name in ("a.jpg", "b.jpg")]
        for at, path in enumerate(pictures):
            goods(SHOWN["red"]).resize((200 + 40 * at,) * 2).save(path)
            add(db, picture=path)
        add(db)  # its picture lies at an address: nobody could look into it
        options = SimilarOptions(whys=frozenset({Why.LOOK}))
        assert search(db.path, options, ctx=TaskContext()).unseen == 2
        ctx = TaskContext()
        ctx.stop.set()
        with pytest.raises(TaskCancelled):
            search(db.path, options, None, True, ctx=ctx)
        found = search(db.path, options, None, True, ctx=TaskContext())
        assert (len(found.groups), found.unseen) == (1, 0)


def test_shares_stand_beside_their_reasons(db: Database) -> None:
    words = "Solar Garden String Lights Outdoor Waterproof Fairy"
    add(db, words, codes=("AB1", "AB2")), add(db, f"{words} Lamp", codes=("AB1", "AB3"))
    (group,) = find_similar(db, SimilarOptions()).groups
    assert group.title == words
    assert dict(zip(group.whys, group.shares, strict=True)) == {Why.CODES: 0.5, Why.TITLE: 7 / 8}


def test_a_group_counts_who_is_on_the_platform() -> None:
    group = SimilarGroup(0, (1, 2, 3), (Why.CODES,), 1.0, frozenset({2, 3}), (1.0,), "Lamp")
    left, headless = group.without({3}), group.without({2})
    assert left is not None and headless is not None
    assert (group.live, left.live, group.head, headless.head) == (2, 1, 2, 3)
    assert (left.title, headless.title) == ("Lamp", "")
