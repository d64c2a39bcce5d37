"""Similar listings: what is found and what is not, groups, crowds, pairs told apart, releasing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from app.services.codes.keys import match_key
from app.services.compliance.recheck import check_listings
from app.services.db import Database
from app.services.listings.apart import all_pairs, tell_apart
from app.services.listings.similar.codes import Items
from app.services.listings.similar.looks import near_looks
from app.services.listings.similar.pairing import CROWD, Pairing
from app.services.listings.similar.records import SimilarOptions, Why
from app.services.listings.similar.releasing import release_twins
from app.services.listings.similar.search import find_similar
from app.services.listings.similar.showing import export_groups, listings_of
from app.services.listings.similar.titles import near_titles, words_of
from app.services.listings.text import fold
from app.services.tasks import TaskCancelled, TaskContext
from tests.new_database import new_database
from tests.unit.compliance.examples import listing, sku
from tests.unit.compliance.stored import OTHER, OWN, add_listing, seed_store

COUNT = iter(range(1, 10_000))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = new_database(tmp_path_factory.mktemp("similar") / "shangjia.db")
    seed_store(database)
    yield database
    database.dispose()


@pytest.fixture
def db(empty: Database) -> Database:
    with empty.bulk() as connection:
        for table in ("told_apart", "sku", "image", "image_file", "image_look", "listing"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    return empty


def add(db: Database, title: str = "", codes: tuple[str, ...] = (), picture: str = "", **changes: Any) -> int:
    at = next(COUNT)
    parts = listing().skus[0].properties
    title = title or f"Unlike{at} anything{at} else{at} of these{at}"
    codes = codes or (f"ZZ{at}",)
    made = [sku(code, properties=parts) for code in codes]
    number = add_listing(db, title=title, skus=made, images=[picture or f"https://x.test/{at}.jpg"], **changes)
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET title_folded = ? WHERE id = ?", (fold(title), number))
        for code in codes:
            connection.exec_driver_sql("UPDATE sku SET match_key = ? WHERE code = ?", (match_key(code), code))
    return number


def look(db: Database, source: str, sha256: str, dhash: int, tone: str = "") -> None:
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO image_file (source, sha256, format, problem) VALUES (?, ?, 'JPEG', '')", (source, sha256)
        )
        connection.exec_driver_sql(
            "INSERT OR IGNORE INTO image_look (sha256, dhash, tone, colours, orientation) VALUES (?, ?, ?, '{}', 1)",
            (sha256, f"{dhash:032x}", tone),
        )


def groups(db: Database, **options: Any) -> list[tuple[tuple[int, ...], tuple[Why, ...]]]:
    return [(one.listing_ids, one.whys) for one in find_similar(db, SimilarOptions(**options)).groups]


class TestReasons:
    def test_the_same_codes(self, db: Database) -> None:
        one, other = add(db, codes=("AB1", "AB2")), add(db, codes=("ab1", "AB2", "AB3"))
        add(db, codes=("CD1", "CD2", "CD3", "AB3"))
        assert groups(db) == [((one, other), (Why.CODES,))]

    def test_pack_sizes_are_fine_up_to_three(self, db: Database) -> None:
        packs = [add(db, codes=(f"AB1*{n}", f"AB1*{n}_CUS")) for n in range(2, 5)]
        assert groups(db) == []
        packs.append(add(db, codes=("AB1(9)",)))
        assert groups(db) == [(tuple(packs), (Why.PACKS,))]

    def test_nearly_the_same_words_in_any_order(self, db: Database) -> None:
        one = add(db, "Bedside Table Lamp with Ceramic Base Dimmable Touch Control Warm Light")
        other = add(db, "bedside lamp table, ceramic base with dimmable touch control — warm light")
        add(db, "Bedside Table Lamp with Wooden Base Bright Switch Cold Light")
        assert groups(db) == [((one, other), (Why.TITLE,))]
        assert groups(db, whys=frozenset({Why.CODES})) == []

    def test_other_numbers_are_other_items(self, db: Database) -> None:
        words = "Soft Silicone Case Shockproof Cover Matte for Phone Model"
        add(db, f"{words} 14 Pro"), add(db, f"{words} 15 Pro")
        assert groups(db) == []

    def test_the_same_picture_under_two_names_and_a_smaller_copy(self, db: Database) -> None:
        same = [add(db, picture=name) for name in ("/a.jpg", "/b.jpg", "/c.jpg", "/d.jpg")]
        look(db, "/a.jpg", "s1", 0xFFFF << 40, "808080")
        look(db, "/b.jpg", "s1", 0xFFFF << 40, "808080")
        look(db, "/c.jpg", "s2", 0xFFFF << 40 | 0b1011, "858080")
        look(db, "/d.jpg", "s3", 0xFFFF << 40, "ff8080")
        assert groups(db) == [((same[0], same[1], same[2]), (Why.PICTURE, Why.LOOK))]

    def test_several_reasons_stand_first(self, db: Database) -> None:
        add(db, codes=("AA1",)), add(db, codes=("AA1",))
        title = "Garden Solar String Lights Outdoor Waterproof"
        both = add(db, title, codes=("BB1",)), add(db, title, codes=("BB1",))
        assert groups(db)[0] == (both, (Why.CODES, Why.TITLE))


class TestScope:
    def test_stores(self, db: Database) -> None:
        one, other = add(db, codes=("AB1",)), add(db, codes=("AB1",), store_id=OTHER)
        assert groups(db) == groups(db, store_ids=(OWN,), is_across=True) == []
        assert groups(db, is_across=True) == [((one, other), (Why.CODES,))]

    def test_what_is_off_sale_does_not_count(self, db: Database) -> None:
        add(db, codes=("AB1",)), add(db, codes=("AB1",), status="off")
        assert groups(db) == []

    def test_what_is_about_to_be_sent_against_what_is_live(self, db: Database) -> None:
        live = add(db, codes=("AB1",), product_id="1005001", status="live")
        new, draft = add(db, codes=("AB1",)), add(db, codes=("AB1",))
        add(db, codes=("CD1",)), add(db, codes=("CD1",))
        found = find_similar(db, SimilarOptions(focus=frozenset({new}), with_drafts=False))
        assert [(one.listing_ids, one.live) for one in found.groups] == [((live, new), 1)]
        assert draft not in found.groups[0].listing_ids

    def test_a_crowd_holds_together(self, db: Database) -> None:
        crowd = tuple(add(db, codes=("AB1", f"N{n}")) for n in range(CROWD + 5))
        assert groups(db) == [(crowd, (Why.CODES,))]

    def test_pairs_told_apart_leave_the_rest_of_their_group(self, db: Database) -> None:
        one, two, three = (add(db, codes=("AB1",)) for _ in range(3))
        tell_apart(db, [(one, two), (one, three)])
        assert groups(db) == [((two, three), (Why.CODES,))]
        tell_apart(db, all_pairs([one, two, three]))
        assert groups(db) == []

    def test_a_stop_is_heeded(self, db: Database) -> None:
        ctx = TaskContext()
        ctx.stop.set()
        with pytest.raises(TaskCancelled):
            find_similar(db, SimilarOptions(), ctx)


class TestReleasing:
    def test_what_is_held_may_go_afterwards(self, db: Database) -> None:
        first, second = add(db, codes=("AB1",)), add(db, codes=("AB1",))
        assert release_twins(db, [second]) is not None
        assert release_twins(db, [second]) is None
        with db.read() as session:
            codes = {one.code for _, found in check_listings(session, [first, second]) for one in found}
        assert not codes & {"listing.twice", "listing.doubled"}


def test_the_list_of_groups_can_be_written(db: Database, tmp_path: Path) -> None:
    one, other = add(db, "=Lamp", codes=("0012",)), add(db, codes=("0012",))
    found = find_similar(db, SimilarOptions()).groups
    for name in ("out.csv", "out.xlsx"):
        assert export_groups(db.path, found, tmp_path / name, "en", ctx=TaskContext()) == 2
    lines = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("Group,Reason,Score")
    assert "'=Lamp" in lines[1]
    assert [one.id for one in listings_of(db, [other, 9_999, one])] == [other, one]


@pytest.mark.parametrize("share", [0.5, 0.7, 0.85, 1.0])
def test_titles_agree_with_comparing_all_with_all(share: float) -> None:
    draw = random.Random(3)
    words = [f"w{chr(97 + n)}" for n in range(14)] + ["12", "13"]
    titles = {n: " ".join(draw.choices(words, k=draw.randrange(2, 9))) for n in range(300)}
    found = {pair for ones, others, _ in near_titles(titles, share) for pair in _pairs(ones, others)}
    expected = set()
    for one, other in combinations(titles, 2):
        a, b = words_of(titles[one]), words_of(titles[other])
        same_numbers = a & {"12", "13"} == b & {"12", "13"}
        if min(len(a), len(b)) >= 3 and same_numbers and len(a & b) >= share * len(a | b):
            expected.add((one, other))
    assert found == expected
    for focus in (range(7), range(250, 300)):
        some = {
            pair
            for ones, others, _ in near_titles(titles, share, focus=focus)
            for pair in _pairs(ones, others)
            if not focus or set(pair) & set(focus)
        }
        assert some == {pair for pair in expected if not focus or set(pair) & set(focus)}


def test_looks_agree_with_comparing_all_with_all() -> None:
    draw = random.Random(4)
    looks = {n: draw.getrandbits(128) for n in range(100)}
    looks |= {100 + n: looks[n] ^ sum(1 << draw.randrange(128) for _ in range(n % 9)) for n in range(60)}
    found = {pair for ones, others, _ in near_looks(looks, 6) for pair in _pairs(ones, others)}
    expected = {(a, b) for a, b in combinations(looks, 2) if (looks[a] ^ looks[b]).bit_count() <= 6}
    assert found == expected
    focus = {3, 105, 111}
    some = {pair for ones, others, _ in near_looks(looks, 6, focus) for pair in _pairs(ones, others)}
    assert {pair for pair in some if focus & {*pair}} == {pair for pair in expected if focus & {*pair}} != set()


def _pairs(ones: list[int], others: list[int]) -> set[tuple[int, int]]:
    if not others:
        return set(combinations(sorted(ones), 2))
    return {(min(a, b), max(a, b)) for a in ones for b in others}


@pytest.mark.parametrize(
    ("key", "items"),
    [
        ("AB1234", {"AB1234"}), ("AB1234*2_CUS", {"AB1234"}), ("AB1234(3)", {"AB1234"}), ("2*AB1234", {"AB1234"}),
        ("AB1234*2+CD5678_CES", {"AB1234", "CD5678"}), ("AB1234-BK", {"AB1234-BK"}),
    ],
)  # fmt: skip
def test_items_of_a_code(key: str, items: set[str]) -> None:
    assert Items().of(key) == items


def test_chinese_titles_are_compared_by_pairs_of_characters() -> None:
    assert words_of("蓝牙耳机 pro") == {"蓝牙", "牙耳", "耳机", "pro"}


def test_a_large_crowd_is_paired_with_one_that_is_live() -> None:
    pairing = Pairing(dict.fromkeys(range(100), 1), {70})
    assert set(pairing.among(range(100))) == {(min(n, 70), max(n, 70)) for n in range(100) if n != 70}
    assert all(70 in pair or 60 in pair for pair in pairing.between(range(40), range(60, 100))) is False
    assert {(n, 70) for n in range(40)} <= set(pairing.between(range(40), range(60, 100)))
