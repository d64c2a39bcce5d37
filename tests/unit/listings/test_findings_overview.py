"""Findings by rule: what is kept at every check, counted, filtered by, and put right for many listings at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.messages import Messages, messages
from app.services.compliance.findings import group_text
from app.services.compliance.recheck import recheck
from app.services.compliance.registry import Rule
from app.services.db import Database
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.exporting import export_lines
from app.services.listings.bulk_edit.operations import BadOperation, FixFindings
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.bulk_edit.showing import all_lines, sections
from app.services.listings.desk import ListingDesk
from app.services.listings.filters import BadValue, parse_filters, written
from app.services.listings.findings_overview import (
    listed_words,
    rule_counts,
    unsorted_listings,
    with_rule,
)
from app.services.listings.fixes import fixable_rules, fixed
from app.services.listings.loading import load_listing
from app.services.listings.records import ListingRecord
from app.services.listings.source import ListingSource
from app.services.paging import Query
from app.services.tasks import TaskContext
from app.services.upgrade import open_database
from tests.new_database import new_database
from tests.unit.compliance.examples import context, findings, listing, sku
from tests.unit.compliance.stored import OTHER, OWN, add_listing, seed_store

PHOTOBANK = "https://ae01.alicdn.com/kf/a.jpg"
LONG = "Bedside Table Lamp Dimmable Touch Control with Ceramic Base " * 3


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, dict[str, int]]]:
    """Listings that break one thing each, checked once; tests here only read them."""
    db = open_database(Path(tmp_path_factory.mktemp("overview")) / "shangjia.db")
    yield db, _filled(db)
    db.dispose()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[tuple[Database, dict[str, int]]]:
    """The same, to be changed."""
    db = new_database(tmp_path / "shangjia.db")
    yield db, _filled(db)
    db.dispose()


def _filled(db: Database) -> dict[str, int]:
    seed_store(db)
    given: dict[str, dict[str, Any]] = {
        "good": {"title": "Bedside Table Lamp with Ceramic Base and Touch Control Switch"},
        "long": {"title": LONG},
        "words": {"title": "Lamp lamp for bedside lamp, a lamp with ceramic base and touch"},
        "brand": {"title": "Table Lamp in the manner of Lego with Ceramic Base and Touch"},
        "codes": {
            "title": "Third Table Lamp with Ceramic Base and Touch Control Switches",
            "skus": [sku("ＡＢ１２-1"), sku("灯12", stock=1_500_000, properties=[])],
        },
        "link": {
            "title": "Fourth Table Lamp with Ceramic Base and Touch Control Switch",
            "detail_html": '<p>See <a href="https://shop.example/x">our <b>shop</b></a> and <a href="#top">top</a></p>',
        },
        "other": {"title": LONG + "again", "store_id": OTHER},
    }
    ids = {}
    for number, (name, values) in enumerate(given.items()):
        values.setdefault("skus", [sku(f"LM{number}-BK")])
        ids[name] = add_listing(db, **{"images": [PHOTOBANK], **values})
    with db.write() as session:
        session.execute(text("UPDATE listing SET title_folded = lower(title)"))
        session.execute(
            text(
                "UPDATE listing_search SET search_text = title_folded FROM listing WHERE listing.id = listing_search.id"
            )
        )
    recheck(db)
    return ids


def counted(db: Database, chosen: Any) -> dict[str, tuple[int, int]]:
    return {one.code: (one.count, one.listings) for one in rule_counts(db, chosen)}


class TestKept:
    def test_every_check_keeps_the_rules_that_are_broken(self, fresh: tuple[Database, dict[str, int]]) -> None:
        db, ids = fresh
        sql = "SELECT code, severity, number, store_id FROM listing_finding WHERE listing_id = :id"
        with db.read() as session:
            rows = session.execute(text(sql), {"id": ids["long"]}).all()
            assert ("title.too_long", "block", 1, OWN) in rows and ("title.repeated_word", "warn", 8, OWN) in rows
            assert not session.execute(text(sql), {"id": ids["good"]}).all()
        before = recheck(db)
        assert (before.checked, before.changed) == (len(ids), 0)
        with db.write() as session:
            session.execute(text("DELETE FROM listing WHERE id = :id"), {"id": ids["brand"]})
            left = session.execute(text(sql), {"id": ids["brand"]}).all()
        assert left == [], "the findings of a listing go with it"

    def test_listings_an_older_version_counted_are_found(self, fresh: tuple[Database, dict[str, int]]) -> None:
        db, ids = fresh
        with db.write() as session:
            session.execute(text("DELETE FROM listing_finding WHERE listing_id = :id"), {"id": ids["long"]})
        assert unsorted_listings(db) == [], "nobody said that there are any"
        with db.write() as session:
            session.execute(text("INSERT INTO setting VALUES ('findings_unsorted', 'true', 0)"))
        assert unsorted_listings(db) == unsorted_listings(db, (OWN,)) == [ids["long"]]
        assert unsorted_listings(db, (OTHER,)) == []
        assert "title.too_long" in [one.code for one in ListingDesk(lambda: db).rules([ids["long"]])]
        with db.read() as session:
            assert session.execute(text("SELECT count(*) FROM setting")).scalar() == 0


class TestCounts:
    def test_of_everything_a_store_a_filter_and_ids(self, stored: tuple[Database, dict[str, int]]) -> None:
        db, ids = stored
        assert counted(db, Query())["title.too_long"] == (2, 2)
        assert counted(db, Query(store_ids=(OWN,)))["title.too_long"] == (1, 1)
        assert counted(db, Query(filters=parse_filters('title ~ "again"')))["title.too_long"] == (1, 1)
        assert counted(db, Query(text="lego")) == {"word.licence": (1, 1)}
        assert "title.too_long" not in counted(db, [ids["good"], ids["brand"]])
        assert counted(db, []) == {}
        groups = rule_counts(db, Query())
        order = [str(one.severity) for one in groups]
        assert order == sorted(order, key=["block", "hold", "warn"].index)
        remedies = {one.code: one.remedy for one in groups}
        assert remedies["title.too_long"] == "fix"
        assert remedies["word.licence"] == "replace"

    def test_a_rule_is_a_filter_by_code_and_by_name(self, stored: tuple[Database, dict[str, int]]) -> None:
        db, ids = stored
        source = ListingSource(db)
        for said in ("finding = title.too_long", 'finding = "Title too long"', "检查规则 = 标题过长"):
            assert set(source.ids(Query(filters=parse_filters(said)))) == {ids["long"], ids["other"]}, said
        assert ids["long"] not in source.ids(Query(filters=parse_filters("finding != title.too_long")))
        filters = parse_filters("finding in (title.too_long, word.licence)")
        assert set(source.ids(Query(filters=filters))) == {ids["long"], ids["other"], ids["brand"]}
        assert parse_filters(written(filters, {})) == filters
        for said in (
            "finding = title.too_long",
            "finding in (title.too_long, word.licence)",
            "finding != word.licence",
        ):
            for stores in ((), (OWN,)):
                query = Query(filters=parse_filters(said), store_ids=stores)
                assert source.count(query) == len(source.ids(query)), said
        with pytest.raises(BadValue):
            parse_filters("finding = nonsense")
        assert with_rule([ids["good"], ids["long"]], "title.too_long", db) == [ids["long"]]
        assert list(source.ids(with_rule(Query(store_ids=(OWN,)), "title.too_long", db))) == [ids["long"]]

    def test_listed_words_name_what_is_to_be_replaced(self, stored: tuple[Database, dict[str, int]]) -> None:
        db, ids = stored
        assert listed_words(db, Query(), "word.licence") == [("title", "Lego")]
        assert listed_words(db, [ids["good"]], "word.licence") == []


class TestFixing:
    def test_a_rule_is_put_right_for_many_as_one_change(self, fresh: tuple[Database, dict[str, int]]) -> None:
        db, ids = fresh
        plan = plan_edit(db, BulkEdit((FixFindings("title.too_long"),)), Query(), TaskContext())
        try:
            assert (plan.counts.changed, plan.counts.refused, plan.counts.same) == (2, 0, len(ids) - 2)
            applied = apply_plan(plan, TaskContext())
        finally:
            plan.close()
        assert applied.change is not None and applied.changed == 2
        assert "title.too_long" not in counted(db, Query())
        with db.read() as session:
            title = load_listing(session, ids["long"]).title
        assert len(title) <= 128 and LONG.startswith(title) and not title.endswith(" ")
        assert ListingDesk(lambda: db).undo(applied.change.uid).conflicts == ()
        assert counted(db, Query())["title.too_long"] == (2, 2), "findings come back with the undone change"

    def test_variants_are_shown_with_their_code_and_unclear_ones_refused(
        self, fresh: tuple[Database, dict[str, int]]
    ) -> None:
        db, ids = fresh
        edit = BulkEdit((FixFindings("sku.code_forbidden"), FixFindings("stock.range")))
        assert BulkEdit.from_json(edit.to_json()) == edit
        plan = plan_edit(db, edit, [ids["codes"], ids["good"]], TaskContext())
        try:
            everything = sections(plan, TaskContext()).range()
            lines = {line.field: line for line in all_lines(plan, everything)}
            assert (lines["code"].before, lines["code"].after, lines["code"].code) == (
                "ＡＢ１２-1",
                "AB12-1",
                "ＡＢ１２-1",
            )
            assert (lines["stock"].before, lines["stock"].after) == (1_500_000, 999_999)
            apply_plan(plan, TaskContext())
        finally:
            plan.close()
        with db.read() as session:
            assert [(one.code, one.stock) for one in load_listing(session, ids["codes"]).skus] == [
                ("AB12-1", 120),
                ("灯12", 999_999),
            ]
        again = plan_edit(db, BulkEdit((FixFindings("sku.code_forbidden"),)), [ids["codes"]], TaskContext())
        assert again.counts.reasons == {"no_remedy": 1}
        refused = all_lines(again, sections(again, TaskContext()).range())
        assert [(line.field, line.why) for line in refused] == [("code", "no_remedy")]
        again.close()

    def test_lengths_of_variants_stand_in_the_exported_preview_with_a_remedy_or_without(
        self, db: Database, make_listing: Callable[..., ListingRecord], tmp_path: Path
    ) -> None:
        """38 in do not fit the package. 10 in beside 10 cm: as centimetres both variants were the same."""
        fits = make_listing(skus=(("5 cm", 100, 1), ("38 in", 100, 1)), length_cm=38, width_cm=20, height_cm=10)
        same = make_listing(skus=(("10 cm", 100, 1), ("10 in", 100, 1)))
        plan = plan_edit(db, BulkEdit((FixFindings("property.inch"),)), [fits.id, same.id], TaskContext())
        try:
            assert export_lines(plan, tmp_path / "preview.csv", TaskContext(), Messages("en")) == 2
        finally:
            plan.close()
        _, changed, refused = (tmp_path / "preview.csv").read_text("utf-8-sig").splitlines()
        assert "Variant properties,Color: 38 in,Color: 38 cm" in changed
        assert "Variant properties,,,,There is more than one way" in refused

    def test_only_rules_with_a_remedy_can_be_asked_for(self) -> None:
        with pytest.raises(BadOperation):
            FixFindings("title.missing")


@pytest.mark.parametrize(
    ("code", "field", "before", "after"),
    [
        ("title.repeated_word", "title", "Lamp lamp, big lamp and lamp base", "Lamp lamp, big and base"),
        ("title.contact", "title", "Table Lamp Email: a@shop.com with Base", "Table Lamp with Base"),
        ("title.contact", "title", "Lamp, call +86 138 0013 8000", "Lamp, call"),
        ("title.contact", "title", "Lamp WhatsApp 123", None),
        ("title.repeated_word", "title", "lamp lamp lamp-shade lamp/base", None),
        ("title.not_ascii", "title", "Ｔａｂｌｅ Lamp", "Table Lamp"),
        ("title.emoji", "title", "Table 😀 Lamp", "Table Lamp"),
        ("keywords.repeated", "keywords", "lamp, Lamp, base", "lamp, base"),
        (
            "detail.foreign_link",
            "detail_html",
            '<p><a href="https://x.example">our <b>shop</b></a><a href="#a">top</a></p>',
            '<p>our <b>shop</b><a href="#a">top</a></p>',
        ),
        ("detail.removed_tags", "detail_html", "<p>a</p><script>x</script>", "<p>a</p>"),
        ("image.repeated", "images", ["/pictures/1.jpg", "/pictures/1.jpg", "/pictures/1.jpg"], ["/pictures/1.jpg"]),
    ],
)
def test_each_remedy_and_where_there_is_none(code: str, field: str, before: Any, after: Any) -> None:
    record = listing(**{field: before})
    found = fixed(record, context(), fixable_rules()[code]).record
    assert getattr(found, field) == (before if after is None else after)
    assert any(one.code == code for one in findings(record))
    if after is not None:
        assert code not in [one.code for one in findings(found)]


def test_every_rule_with_a_remedy_has_its_name_in_both_languages() -> None:
    rules: list[Rule] = list(fixable_rules().values())
    assert len(rules) >= 20
    for rule in rules:
        assert messages.has(f"fix_rule.{rule.code}"), rule.code
        assert group_text(rule.code)
