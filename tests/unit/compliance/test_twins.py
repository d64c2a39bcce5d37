"""The same item twice in one store: by code, by title, in the grid and before a send; asked for in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from app.models import Setting
from app.services.codes.keys import match_key
from app.services.compliance import Finding, Severity, check, load_context
from app.services.compliance.loading import learn_twins
from app.services.compliance.recheck import check_listings, recheck
from app.services.compliance.twins import read_twins
from app.services.db import Database
from app.services.history.contents import ChangeContents
from app.services.history.undo import redo, undo
from app.services.listings.apart import pairs_apart, tell_apart
from app.services.listings.loading import load_listing, load_listings
from app.services.listings.text import fold
from app.services.paging import Query
from tests.new_database import new_database
from tests.unit.compliance.examples import codes as codes_of
from tests.unit.compliance.examples import context, listing, only, sku
from tests.unit.compliance.stored import OTHER, OWN, add_listing, seed_store, state

PHOTOBANK = "https://ae01.alicdn.com/kf/a.jpg"
TITLES = iter(f"Bedside Table Lamp Dimmable Touch Control Number {n}" for n in range(1, 10_000))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = new_database(tmp_path / "shangjia.db")
    seed_store(database)
    yield database
    database.dispose()


def add(db: Database, *skus: str, **changes: Any) -> int:
    """A stored listing with these codes and what is derived from it."""
    parts = listing().skus
    made = [sku(code, properties=parts[at % 2].properties) for at, code in enumerate(skus)]
    number = add_listing(db, **{"images": [PHOTOBANK], "title": next(TITLES), "skus": made, **changes})
    with db.write() as session:
        title = session.execute(text("SELECT title FROM listing WHERE id = :id"), {"id": number}).scalar_one()
        derived = {"t": fold(title), "n": len(skus), "id": number}
        session.execute(text("UPDATE listing SET title_folded = :t, sku_count = :n WHERE id = :id"), derived)
        for code in skus:
            key = {"id": number, "code": code, "key": match_key(code)}
            session.execute(text("UPDATE sku SET match_key = :key WHERE listing_id = :id AND code = :code"), key)
    return number


def said(db: Database, *listing_ids: int) -> list[list[Finding]]:
    with db.read() as session:
        return [findings for _, findings in check_listings(session, listing_ids)]


class TestCodes:
    def test_of_two_drafts_the_older_one_may_go_and_the_other_is_held(self, db: Database) -> None:
        first, second = add(db, "C1", product_key="P1"), add(db, "c1", product_key="P2")
        ((one,), (other,)) = said(db, first, second)
        assert (one.code, one.severity, one.params["other"]) == ("listing.doubled", Severity.WARN, "P2")
        assert (other.code, other.severity, other.params["other"]) == ("listing.twice", Severity.HOLD, "P1")
        recheck(db, store_id=OWN)
        assert (state(db, first), state(db, second)) == (("ready", 0, 0, 1), ("draft", 0, 1, 0))

    def test_the_same_goods_from_other_countries_are_named_once_a_variant(self, db: Database) -> None:
        first = add(db, "C1*2+D", "C1*2+D_CUS", product_key="P1")
        second = add(db, "D+2*C1_CES", "C1*2+D_CFR", product_key="P2")
        with db.read() as session:
            found = read_twins(session, [first, second])
        assert [(twin.listing_id, twin.name) for twin in found[first]] == [(second, "P2")] * 2
        assert len({twin.sku_id for twin in found[first]}) == 2

    def test_a_draft_waits_for_what_is_live_however_young_that_is(self, db: Database) -> None:
        draft, live = add(db, "C1"), add(db, "C1", product_id="1005001", status="live")
        ((mine,), (its,)) = said(db, draft, live)
        assert (mine.code, its.code) == ("listing.twice", "listing.doubled")

    def test_a_team_can_have_it_told_only(self, db: Database) -> None:
        with db.write() as session:
            rules = {"severities": {"listing.twice": "warn"}}
            session.add(Setting(name="compliance", value=rules, updated_ms=0))
        first, second = add(db, "C1"), add(db, "C1")
        recheck(db, store_id=OWN)
        assert state(db, first) == state(db, second) == ("ready", 0, 0, 1)

    def test_a_part_of_another_listing_is_there_twice_too(self, db: Database) -> None:
        part, whole = add(db, "C1", product_key="P1"), add(db, "C1", "C2", product_key="P2")
        ((small,), (large,)) = said(db, part, whole)
        assert small.code == "listing.twice"
        assert (large.code, large.severity, large.sku) == ("sku.code_elsewhere", Severity.WARN, 0)
        assert large.params == {"code": "C1", "other": "P1"}

    def test_one_finding_for_each_variant_however_many_listings_share_it(self, db: Database) -> None:
        mine = add(db, "C1", "C2")
        add(db, "C1", "X1", product_key="P7"), add(db, "C1", "X2", product_key="P8")
        (findings,) = said(db, mine)
        assert [(one.code, one.sku, one.params["other"]) for one in findings] == [("sku.code_elsewhere", 0, "P7")]

    @pytest.mark.parametrize("changes", [{"store_id": OTHER}, {"status": "off"}])
    def test_other_stores_and_listings_off_sale_do_not_count(self, db: Database, changes: dict[str, Any]) -> None:
        mine = add(db, "C1")
        add(db, "C1", **changes)
        assert said(db, mine) == [[]]

    def test_variants_without_a_code_are_not_the_same(self, db: Database) -> None:
        mine, _ = add(db, ""), add(db, "")
        ((finding,),) = said(db, mine)
        assert finding.code == "sku.code_missing"


class TestTitle:
    def test_case_and_blanks_do_not_tell_titles_apart(self, db: Database) -> None:
        mine = add(db, "C1", title="Bedside Table Lamp with Ceramic Base")
        add(db, "C2", title="bedside table  lamp with ceramic base", product_key="P2")
        ((finding,),) = said(db, mine)
        assert (finding.code, finding.severity, finding.field) == ("title.elsewhere", Severity.WARN, "title")
        assert finding.params["other"] == "P2"


class TestToldApart:
    def test_a_pair_that_was_told_apart_is_not_held_and_undo_brings_the_hold_back(self, db: Database) -> None:
        first, second = add(db, "C1"), add(db, "C1")
        change = tell_apart(db, [(second, first)])
        assert change is not None
        assert said(db, first, second) == [[], []]
        recheck(db, [second])
        assert (state(db, first), state(db, second)) == (("ready", 0, 0, 0), ("ready", 0, 0, 0))
        assert tell_apart(db, [(first, second)]) is None
        result = undo(db, change.uid)
        recheck(db, result.suspects)
        assert (state(db, first)[3], state(db, second)) == (1, ("draft", 0, 1, 0))
        assert redo(db).restored == 1
        assert said(db, second) == [[]]

    def test_it_holds_for_the_content_it_was_said_of(self, db: Database) -> None:
        first, second = add(db, "C1"), add(db, "C1")
        tell_apart(db, [(first, second)])
        with db.write() as session:
            session.execute(text("UPDATE listing SET title_folded = 'another lamp' WHERE id = :id"), {"id": second})
        assert [one.code for one in said(db, second)[0]] == ["listing.twice"]

    def test_a_third_listing_is_still_the_same(self, db: Database) -> None:
        first, second, third = add(db, "C1", product_key="P1"), add(db, "C1"), add(db, "C1")
        tell_apart(db, [(first, second), (first, third)])
        assert said(db, second)[0][0].code == "listing.doubled"
        assert said(db, third)[0][0].code == "listing.twice"
        assert said(db, first) == [[]]

    def test_undo_leaves_alone_what_was_said_since(self, db: Database) -> None:
        first, second, third = add(db, "C1"), add(db, "C1"), add(db, "C1")
        change = tell_apart(db, [(first, second)])
        tell_apart(db, [(first, third)])
        assert change is not None
        assert undo(db, change.uid).conflicts == (first,)
        lines = ChangeContents(db, change.uid)
        assert lines.rows(list(lines.ids(Query())))

    def test_a_listing_that_is_gone_is_nobodys_twin(self, db: Database) -> None:
        first, second = add(db, "C1"), add(db, "C1")
        assert tell_apart(db, [(first, first), (first, 9_999)]) is None
        tell_apart(db, [(first, second)])
        with db.write() as session:
            session.execute(text("DELETE FROM sku WHERE listing_id = :id"), {"id": second})
            session.execute(text("DELETE FROM image WHERE listing_id = :id"), {"id": second})
            session.execute(text("DELETE FROM listing WHERE id = :id"), {"id": second})
        with db.read() as session:
            assert pairs_apart(session.connection()) == set()


class TestReading:
    def test_a_chunk_costs_two_questions(self, db: Database) -> None:
        numbers = [add(db, f"C{n % 30}") for n in range(60)]
        statements: list[str] = []
        event.listen(db.reader, "before_cursor_execute", lambda *args: statements.append(args[2]))
        findings = said(db, *numbers)
        assert sum("AS other" in statement for statement in statements) == 2
        assert all(one.code in ("listing.twice", "listing.doubled") for its in findings for one in its)

    def test_one_that_was_not_learned_is_looked_up(self, db: Database) -> None:
        first, second = add(db, "C1"), add(db, "C1")
        with db.read() as session:
            records = load_listings(session, [first, second])
            lazy, told = load_context(session, OWN), load_context(session, OWN)
            learn_twins(session, told, [first, second])
        assert [check(record, lazy) for record in records] == [check(record, told) for record in records]

    def test_an_edit_counts_the_twin_anew(self, db: Database) -> None:
        first = add(db, "C1")
        recheck(db, [first])
        assert state(db, first) == ("ready", 0, 0, 0)
        second = add(db, "C1")
        assert recheck(db, [second]).checked == 2
        assert state(db, first) == ("ready", 0, 0, 1)

    def test_the_questions_go_by_index(self, db: Database) -> None:
        """A listing costs the same in a store of ten and of a million."""
        number = add(db, "C1")
        plans: list[str] = []
        with db.read() as session:
            asked: list[str] = []
            event.listen(db.reader, "before_cursor_execute", lambda *args: asked.append(args[2]))
            learn_twins(session, load_context(session, OWN), [number])
            for query in [one for one in asked if "AS other" in one]:
                plans += [row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
        assert plans
        assert not [line for line in plans if line.startswith("SCAN")]

    def test_a_listing_that_is_not_stored_has_none(self, db: Database) -> None:
        with db.read() as session:
            assert load_listing(session, add(db, "C1")).id
            assert load_context(session, OWN).twins.of(0) == ()


class TestKeywords:
    def test_one_that_is_too_long(self) -> None:
        finding = only(keywords="lamp, " + "x" * 129)
        assert (finding.code, finding.params["count"], finding.params["max"]) == ("keywords.too_long", 129, 128)
        assert codes_of(keywords=",".join(f"{n:0>100}" for n in range(3))) == []

    def test_one_that_repeats_another_can_be_left_out(self) -> None:
        finding = only(keywords="table lamp, desk light，Table  Lamp; a; a")
        assert (finding.code, finding.params["count"]) == ("keywords.repeated", 2)
        assert finding.fix is not None
        assert (finding.fix.field, finding.fix.value) == ("keywords", "table lamp, desk light, a")
        assert codes_of(keywords=finding.fix.value) == []


class TestTitleLength:
    ON = context({"severities": {"title.length": "warn"}})

    def test_nobody_is_told_unless_somebody_wants_it(self) -> None:
        assert codes_of(title="Table Lamp") == []

    @pytest.mark.parametrize(("length", "found"), [(59, ["title.length"]), (60, []), (70, []), (71, ["title.length"])])
    def test_sixty_to_seventy_is_good(self, length: int, found: list[str]) -> None:
        title = ("Bedside Table Lamp Dimmable Touch Control with Ceramic Base and a Long Cord")[: length - 1] + "s"
        assert codes_of(title=title, using=self.ON) == found
