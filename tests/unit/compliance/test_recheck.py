"""Checking stored listings: what the checker knows of a store, counts and states in the grid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from app.models import ListingStatus, Setting
from app.services.compliance import check, load_context
from app.services.compliance.loading import load_image_facts
from app.services.compliance.recheck import RecheckResult, check_listings, recheck, refresh_listing_images
from app.services.compliance.rule_data import BadRuleSetting
from app.services.db import Database
from app.services.errors import NotFound
from app.services.listings.loading import load_listing
from app.services.tasks import TaskCancelled, TaskContext
from tests.new_database import new_database
from tests.unit.compliance.examples import CLOCKS, LAMPS, listing, part, sku
from tests.unit.compliance.stored import GATEWAY, OTHER, OWN, add_listing, make_picture, seed_store, state

PHOTOBANK = "https://ae01.alicdn.com/kf/a.jpg"
READY, DRAFT = ("ready", 0, 0, 0), ("draft", 0, 0, 0)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = new_database(tmp_path / "shangjia.db")
    seed_store(database)
    yield database
    database.dispose()


def add(db: Database, **changes: Any) -> int:
    """A stored listing whose picture is in the photobank."""
    return add_listing(db, **{"images": [PHOTOBANK], **changes})


def codes(db: Database, listing_id: int) -> list[str]:
    with db.read() as session:
        ((_, findings),) = check_listings(session, [listing_id])
        return [finding.code for finding in findings]


class TestContext:
    def test_it_knows_the_store(self, db: Database) -> None:
        with db.read() as session:
            context = load_context(session, OWN)
        assert (context.store_id, context.store_name) == (OWN, "Chenfan Digital")
        assert context.templates == {"700126548": "小件普货"}
        assert context.foreign_templates == {"700999999": "Amber Isle Home"}
        assert context.groups == {"51": "灯具", "52": "卧室灯具"}
        assert context.foreign_groups == {"99": "Amber Isle Home"}
        assert context.resolve_group("灯具 > 卧室灯具") == "52"
        assert context.resolve_category("家居 > 灯具 > 台灯") == LAMPS
        assert context.categories.by_id[LAMPS].is_leaf is True
        assert context.images.is_photobank(f"{GATEWAY}/kf/a.jpg")

    def test_there_must_be_such_a_store(self, db: Database) -> None:
        with db.read() as session, pytest.raises(NotFound):
            load_context(session, 77)

    def test_categories_of_another_marketplace_do_not_count(self, db: Database) -> None:
        with db.write() as session:
            session.execute(
                text("UPDATE store SET gateway = 'https://elsewhere.example' WHERE id = :id"), {"id": OTHER}
            )
        with db.read() as session:
            context = load_context(session, OTHER)
            assert not context.categories
            assert context.leaf(LAMPS) is None

    def test_it_reads_attributes_and_pictures_also_after_the_session(self, db: Database, tmp_path: Path) -> None:
        source = make_picture(tmp_path / "a.jpg")
        refresh_listing_images(db, [add(db, images=[source])])
        with db.read() as session:
            context = load_context(session, OWN)
        assert check(listing(images=[source]), context) == []
        assert [finding.code for finding in check(listing(images=["/new.jpg"]), context)] == ["image.unread"]

    def test_it_reads_within_a_writing_transaction(self, db: Database) -> None:
        with db.write() as session:
            session.execute(text("UPDATE category_attribute SET is_required = 0"))
            context = load_context(session, OWN)
            assert check(listing(images=[PHOTOBANK], attributes=[]), context) == []

    def test_attributes_are_queried_once(self, db: Database) -> None:
        statements: list[str] = []
        event.listen(db.reader, "before_cursor_execute", lambda *args: statements.append(args[2]))
        with db.read() as session:
            context = load_context(session, OWN)
            for _ in range(3):
                check(listing(images=[PHOTOBANK]), context)
        assert sum("category_attribute" in statement for statement in statements) == 1

    def test_stored_rules_overrule_the_shipped_ones(self, db: Database) -> None:
        rules = {"limits": {"handling_days_max": 60}, "severities": {"word.licence": "block", "title.capitals": "off"}}
        with db.write() as session:
            session.add(Setting(name="compliance", value=rules, updated_ms=0))
        with db.read() as session:
            assert load_context(session, OWN).limits.handling_days_max == 60
            assert load_context(session, OWN, settings={}).limits.handling_days_max == 7
        assert codes(db, add(db, handling_days=60, title="TABLE LAMP DIMMABLE TOUCH")) == []
        held = add(db, title="Lego Table Lamp")
        recheck(db, [held])
        assert state(db, held) == ("draft", 1, 0, 0)

    def test_a_wrong_setting_is_told(self, db: Database) -> None:
        with db.read() as session, pytest.raises(BadRuleSetting) as caught:
            load_context(session, OWN, settings={"limits": {"title_maximum": 5}})
        assert caught.value.params == {"name": "title_maximum", "value": "5"}

    def test_groups_that_contain_each_other_do_no_harm(self, db: Database) -> None:
        with db.write() as session:
            session.execute(text("UPDATE product_group SET parent_id = '52' WHERE group_id = '51'"))
        with db.read() as session:
            assert load_context(session, OWN).resolve_group("卧室灯具") == "52"


class TestCounts:
    def test_good_becomes_ready_and_bad_stays_a_draft(self, db: Database) -> None:
        good, bad = add(db), add(db, title="", weight_g=None)
        assert recheck(db, [good, bad]) == RecheckResult(checked=2, changed=2, blocked=1)
        assert state(db, good) == READY
        assert state(db, bad) == ("draft", 2, 0, 0)

    def test_ready_becomes_a_draft_again(self, db: Database) -> None:
        number = add(db, title="", status=ListingStatus.READY)
        recheck(db, [number])
        assert state(db, number) == ("draft", 1, 0, 0)

    def test_a_warning_does_not_keep_from_ready_but_a_hold_does(self, db: Database) -> None:
        warned, held = add(db, title="Bluetooth Table Lamp"), add(db, title="Lego Table Lamp")
        assert recheck(db, [warned, held]) == RecheckResult(checked=2, changed=2, held=1, warned=1)
        assert state(db, warned) == ("ready", 0, 0, 1)
        assert state(db, held) == ("draft", 0, 1, 0)

    @pytest.mark.parametrize("status", [s for s in ListingStatus if s not in ("draft", "ready", "held")])
    def test_other_states_belong_to_publishing(self, db: Database, status: ListingStatus) -> None:
        good, bad = add(db, status=status), add(db, status=status, title="")
        recheck(db, [good, bad])
        assert state(db, good) == (status, 0, 0, 0)
        assert state(db, bad) == (status, 1, 0, 0)

    def test_one_that_waited_for_a_release_is_left_held_only_while_something_holds_it(self, db: Database) -> None:
        texts = ({}, {"title": ""}, {"title": "Lego Table Lamp"})
        numbers = [add(db, status=ListingStatus.HELD, **its) for its in texts]
        recheck(db, numbers)
        assert [state(db, number)[0] for number in numbers] == ["ready", "draft", "held"]

    def test_only_changed_rows_are_written(self, db: Database) -> None:
        numbers = [add(db), add(db, title="")]
        assert recheck(db, numbers).changed == 2
        statements: list[str] = []
        event.listen(db.writer, "before_cursor_execute", lambda *args: statements.append(args[2]))
        assert recheck(db, numbers) == RecheckResult(checked=2, changed=0, blocked=1)
        assert statements == []

    def test_one_statement_for_all_rows(self, db: Database) -> None:
        for _ in range(5):
            add(db)
        seen: list[tuple[bool, int]] = []

        def note(_c: object, _k: object, statement: str, parameters: Any, _x: object, executemany: bool) -> None:
            if statement.startswith("UPDATE"):
                seen.append((executemany, len(parameters)))

        event.listen(db.writer, "before_cursor_execute", note)
        assert recheck(db, store_id=OWN).changed == 5
        assert seen == [(True, 5)]

    def test_a_whole_store_or_everything(self, db: Database) -> None:
        own, other = add(db), add(db, store_id=OTHER, freight_template_id="700999999", group_id="")
        assert recheck(db, store_id=OWN).checked == 1
        assert (state(db, own), state(db, other)) == (READY, DRAFT)
        assert recheck(db).checked == 2
        assert state(db, other) == READY

    def test_every_listing_is_judged_by_its_own_store(self, db: Database) -> None:
        own, other = add(db), add(db, store_id=OTHER)
        recheck(db, [own, other])
        assert state(db, own) == READY
        assert state(db, other)[1] == 2
        assert codes(db, other) == ["freight_template.foreign", "group.foreign"]

    def test_missing_and_repeated_ids(self, db: Database) -> None:
        number = add(db)
        assert recheck(db, [number, number, 999]).checked == 1
        assert recheck(db, []) == RecheckResult()

    def test_more_than_one_page(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.services.compliance.recheck.CHUNK", 2)
        monkeypatch.setattr("app.services.compliance.recheck.FLUSH", 3)
        numbers = [add(db, title="" if position % 2 else "Table Lamp") for position in range(7)]
        ctx = TaskContext()
        result = recheck(db, None, ctx, store_id=OWN)
        assert result == RecheckResult(checked=7, changed=7, blocked=3)
        assert [state(db, number)[0] for number in numbers] == ["ready", "draft"] * 3 + ["ready"]
        assert (ctx.progress.done, ctx.progress.total) == (7, 7)

    def test_stopping_keeps_what_was_counted(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.services.compliance.recheck.CHUNK", 2)
        numbers = [add(db) for _ in range(5)]
        ctx = TaskContext()
        ctx.stop.set()
        with pytest.raises(TaskCancelled):
            recheck(db, numbers, ctx)
        assert [state(db, number) for number in numbers] == [READY, READY, DRAFT, DRAFT, DRAFT]

    def test_a_listing_edited_meanwhile_is_left_to_its_own_recheck(self, db: Database, monkeypatch: Any) -> None:
        edited, queued, left = add(db), add(db), add(db)

        def check_slowly(record: Any, context: Any) -> list[Any]:
            if record.id == left:
                with db.write() as session:
                    session.execute(text("UPDATE listing SET content_hash = 'new' WHERE id = :id"), {"id": edited})
                    session.execute(text("UPDATE listing SET status = 'queued' WHERE id = :id"), {"id": queued})
            return check(record, context)

        monkeypatch.setattr("app.services.compliance.recheck.check", check_slowly)
        assert recheck(db, [edited, queued, left]).changed == 1
        assert [state(db, number)[0] for number in (edited, queued, left)] == ["draft", "queued", "ready"]


class TestPictures:
    def test_pictures_are_read_then_judged(self, db: Database, tmp_path: Path) -> None:
        good, small = make_picture(tmp_path / "good.jpg"), make_picture(tmp_path / "small.jpg", (600, 600))
        number = add(db, images=[good, small, PHOTOBANK])
        assert codes(db, number) == ["image.unread", "image.unread"]
        assert refresh_listing_images(db, [number]) == 2
        assert codes(db, number) == ["image.too_small"]
        Path(small).unlink()
        assert codes(db, number) == ["image.too_small"]
        refresh_listing_images(db, store_id=OWN)
        assert codes(db, number) == ["image.missing"]

    def test_pictures_of_variants_are_read_too(self, db: Database, tmp_path: Path) -> None:
        source = make_picture(tmp_path / "variant.jpg")
        number = add(db, skus=[sku(properties=[part(image=source)])])
        assert codes(db, number) == ["sku.image_unread"]
        assert refresh_listing_images(db, [number]) == 1
        assert codes(db, number) == []

    def test_facts_of_many_pictures(self, db: Database, tmp_path: Path) -> None:
        sources = [make_picture(tmp_path / f"{number}.jpg", (20, 20)) for number in range(3)]
        refresh_listing_images(db, [add(db, images=sources)])
        with db.read() as session:
            facts = load_image_facts(session, [*sources, *(f"/none/{number}" for number in range(1200))])
        assert sorted(facts) == sorted(sources)
        assert {fact.width for fact in facts.values()} == {20}


def test_the_stream_tells_record_and_findings(db: Database) -> None:
    first, second = add(db), add(db, category_id=CLOCKS, attributes=[])
    with db.read() as session:
        pairs = list(check_listings(session, store_id=OWN))
    assert [(record.id, [finding.code for finding in findings]) for record, findings in pairs] == [
        (first, []),
        (second, ["category.attributes_unread"]),
    ]


def test_grid_and_guard_say_the_same(db: Database) -> None:
    number = add(db, title="Lego Lampe – 台灯", weight_g=0, freight_template_id="700999999")
    recheck(db, [number])
    with db.read() as session:
        findings = check(load_listing(session, number), load_context(session, OWN))
    counted = tuple(sum(finding.severity == severity for finding in findings) for severity in ("block", "hold", "warn"))
    assert state(db, number) == ("draft", *counted)
