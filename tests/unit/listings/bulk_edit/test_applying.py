"""What was shown is stored as one change, what moved on is left alone, and everything can be taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.models import Store
from app.services.compliance import check, load_context
from app.services.compliance.findings import counts
from app.services.compliance.recheck import recheck
from app.services.errors import NotFound
from app.services.history.listing import changes_of_listing, list_changes
from app.services.history.undo import redo, undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import (
    AddImages,
    AddTag,
    ChangeNumber,
    RemoveTag,
    ReplaceText,
    SetAttribute,
    SetText,
)
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.content import HALF, content_hash
from app.services.listings.derived import DERIVED_COLUMNS, derived_row
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listings
from app.services.listings.source import ListingSource
from app.services.listings.tables import WHOLE
from app.services.listings.tags import BadTag, add_tags, remove_tags, tags_of
from app.services.paging import Query
from app.services.tasks import TaskCancelled, TaskContext

TENTH = ChangeNumber("price_minor", "multiply", Decimal("1.1"))
STOCK = ChangeNumber("stock", "set", Decimal(7))


def apply(plan):
    return apply_plan(plan, TaskContext())


def edit(db, record, **options):
    return edit_listings(db, [ListingEdit(record.id, **options)], label="change.edit", params={"title": record.title})


def assert_in_step(db, but=None):
    """Every derived column, count and state is what Python would make of the listing now, except of *but*, whose
    numbers were written behind the program's back."""
    with db.read() as session:
        columns = ", ".join(DERIVED_COLUMNS)
        rows = session.connection().exec_driver_sql(
            f"SELECT id, block_count, hold_count, warn_count, {columns} FROM {WHOLE} ORDER BY id"
        )
        stored = {row[0]: tuple(row[1:]) for row in rows}
        for record in load_listings(session, stored.keys() - {but}):
            found = counts(check(record, load_context(session, record.store_id)))
            assert stored[record.id] == (*found, *derived_row(record))


def prices(loaded, record):
    return [sku.price_minor for sku in loaded(record.id).skus]


def test_numbers_are_stored_as_one_change_and_taken_back(db, three, planned, loaded):
    before = [loaded(record.id) for record in three]
    done = apply(planned(TENTH, STOCK))
    assert (done.changed, done.moved) == (3, ())
    assert done.change.listing_count == 3 and done.change.store_id == 1
    assert [prices(loaded, record) for record in three] == [[1100, 1650], [2200], [330, None]]
    assert loaded(three[2].id).status == "draft"
    assert_in_step(db)
    assert [one.uid for one in changes_of_listing(db, three[1].id)] == [done.change.uid]
    assert [one.params["n"] for one in list_changes(db)] == [3]
    result = undo(db)
    assert (result.restored, result.conflicts) == (3, ())
    assert [loaded(one.id).skus for one in before] == [one.skus for one in before]
    assert [loaded(one.id).content_hash for one in before] == [one.content_hash for one in before]
    recheck(db, result.suspects)
    assert_in_step(db)
    assert redo(db).restored == 3
    assert [prices(loaded, record) for record in three] == [[1100, 1650], [2200], [330, None]]
    assert undo(db).restored == 3
    assert [loaded(one.id).skus for one in before] == [one.skus for one in before]


def test_changed_since_publish_stays_a_comparison(db, three, planned, loaded, write):
    write("UPDATE listing SET sent_hash = content_hash")
    apply(planned(TENTH))
    assert all(loaded(record.id).is_changed_since_publish for record in three)
    undo(db)
    assert not any(loaded(record.id).is_changed_since_publish for record in three)
    apply(planned(TENTH))
    edit(db, three[1], skus={three[1].skus[0].id: {"price_minor": 2000}})
    assert not loaded(three[1].id).is_changed_since_publish


def test_texts_numbers_pictures_and_attributes_of_one_edit_are_one_change(db, three, planned, loaded):
    before = [loaded(record.id) for record in three]
    done = apply(
        planned(
            ReplaceText("title", "lamp", "Light"),
            TENTH,
            ChangeNumber("weight_g", "set", Decimal(250)),
            AddImages(("new.jpg",), "start"),
            SetAttribute("Material", "Wood"),
        )
    )
    assert done.changed == 3
    after = loaded(three[0].id)
    assert (after.title, after.weight_g, after.images[0]) == ("Light one", 250, "new.jpg")
    assert after.attributes[-1]["value"] == "Wood" and after.skus[0].price_minor == 1100
    assert_in_step(db)
    assert len(list_changes(db)) == 1
    assert undo(db).restored == 3
    for record in before:
        now = loaded(record.id)
        assert (now.title, now.weight_g, now.images, now.attributes, now.skus, now.content_hash) == (
            record.title, record.weight_g, record.images, record.attributes, record.skus, record.content_hash,
        )  # fmt: skip


def test_rows_that_moved_on_since_the_preview_are_left_and_named(db, three, planned, loaded, write):
    plan = planned(TENTH)
    edit(db, three[0], skus={three[0].skus[1].id: {"price_minor": 999}})
    edit(db, three[1], fields={"title": "A new title"})
    write("UPDATE listing SET status = 'sending' WHERE id = ?", three[2].id)
    done = apply(plan)
    assert (done.changed, done.moved) == (1, (three[0].id, three[2].id))
    assert [prices(loaded, record) for record in three] == [[1000, 999], [2200], [300, None]]
    stored = list_changes(db)[0]
    assert (stored.uid, stored.listing_count, stored.params["n"]) == (done.change.uid, 1, 1)
    assert (done.change.listing_count, done.change.params["n"]) == (1, 1)


def test_a_text_edit_leaves_listings_whose_content_moved_on(db, three, planned, loaded):
    plan = planned(SetText("title", "Same"))
    edit(db, three[0], fields={"weight_g": 5})
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM sku WHERE listing_id = ?", (three[1].id,))
        connection.exec_driver_sql("DELETE FROM image WHERE listing_id = ?", (three[1].id,))
        connection.exec_driver_sql("DELETE FROM listing WHERE id = ?", (three[1].id,))
    done = apply(plan)
    assert (done.changed, done.moved) == (1, (three[0].id, three[1].id))
    assert loaded(three[0].id).title == "Lamp one"


def test_nothing_left_to_change_makes_no_change(db, three, planned):
    assert apply(planned(ChangeNumber("stock", "set", Decimal(5)), chosen=[three[1].id])).change is None
    plan = planned(TENTH, chosen=[three[1].id])
    edit(db, three[1], skus={three[1].skus[0].id: {"price_minor": 1}})
    done = apply(plan)
    assert (done.change, done.moved) == (None, (three[1].id,))
    assert [one.label for one in list_changes(db)] == ["change.edit"]


@pytest.mark.parametrize("operations", [(TENTH,), (SetText("title", "x"),), (TENTH, SetText("title", "x"))])
def test_a_stop_leaves_nothing_behind(db, three, planned, loaded, operations):
    plan = planned(*operations)
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        apply_plan(plan, ctx)
    assert list_changes(db) == []
    assert prices(loaded, three[0]) == [1000, 1500] and loaded(three[0].id).title == "Lamp one"
    assert apply(plan).changed == 3


def test_chosen_rows_and_chosen_fields_are_taken_back_alone(db, three, planned, loaded):
    done = apply(planned(TENTH, STOCK, SetText("title", "Same")))
    assert undo(db, done.change.uid, only=[three[0].id]).restored == 1
    assert prices(loaded, three[0]) == [1000, 1500] and prices(loaded, three[1]) == [2200]
    assert undo(db, done.change.uid, only=[three[1].id], fields=["price_minor"]).restored == 1
    now = loaded(three[1].id)
    assert (now.skus[0].price_minor, now.skus[0].stock, now.title) == (2000, 7, "Same")
    assert undo(db, done.change.uid, only=[three[2].id], fields=["title"]).restored == 1
    now = loaded(three[2].id)
    assert ([sku.price_minor for sku in now.skus], now.title) == ([330, None], "Lamp three")
    assert not list_changes(db)[0].is_undone
    recheck(db)
    assert_in_step(db)


def test_an_undo_names_what_moved_on_and_takes_the_rest_back(db, three, planned, loaded):
    done = apply(planned(TENTH, ReplaceText("title", "lamp", "Light")))
    edit(db, three[0], skus={three[0].skus[0].id: {"price_minor": 5}})
    edit(db, three[1], fields={"title": "Mine"})
    result = undo(db, done.change.uid)
    assert (result.restored, result.conflicts) == (1, (three[0].id, three[1].id))
    assert prices(loaded, three[0]) == [5, 1650] and loaded(three[0].id).title == "Light one"
    assert loaded(three[1].id).title == "Mine" and prices(loaded, three[1]) == [2200]
    assert prices(loaded, three[2]) == [300, None]


def test_tags_are_given_and_taken_without_dating_or_reopening_a_listing(db, three, planned, loaded):
    before = [(loaded(one.id).status, loaded(one.id).updated_ms, loaded(one.id).content_hash) for one in three]
    plan = planned(AddTag("  summer   sale "), chosen=[three[0].id, three[2].id])
    with db.bulk() as connection:
        add_tags(connection, [(three[0].id, "mine")])
    assert apply(plan).changed == 2
    assert tags(db) == {three[0].id: ("mine", "summer sale"), three[2].id: ("summer sale",)}
    assert apply(planned(AddTag("summer sale"), chosen=[three[0].id])).change is None
    assert apply(planned(RemoveTag("summer sale"))).changed == 2
    assert tags(db) == {three[0].id: ("mine",)}
    assert undo(db).restored == 2
    with db.bulk() as connection:
        remove_tags(connection, [(three[2].id, "summer sale")])
    result = undo(db)
    assert (result.restored, result.conflicts) == (1, (three[2].id,))
    assert tags(db) == {three[0].id: ("mine",)}
    assert [(loaded(one.id).status, loaded(one.id).updated_ms, loaded(one.id).content_hash) for one in three] == before


def test_a_tag_is_taken_away_as_it_is_given_whatever_its_blanks(db, three, planned):
    apply(planned(AddTag("Summer sale"), AddTag("summer sale")))
    assert apply(planned(RemoveTag("  summer   sale "))).changed == 3
    assert set(tags(db).values()) == {("Summer sale",)}, "a tag in another case is another tag"
    assert apply(planned(RemoveTag("SUMMER SALE"))).change is None
    with pytest.raises(BadTag):
        RemoveTag(" ")


def test_the_search_follows_many_titles_at_once(db, three, planned, monkeypatch):
    from app.services.history import undo as undoing
    from app.services.listings.bulk_edit import applying

    monkeypatch.setattr(applying, "MANY", 1)
    monkeypatch.setattr(undoing, "MANY", 1)
    everything = [record.id for record in three]

    of_search = "type = 'trigger' AND name NOT LIKE 'figure_watch%'"

    def found(text):
        with db.bulk() as connection:
            for table in ("listing_trigram", "listing_bigram"):
                connection.exec_driver_sql(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
            triggers = connection.exec_driver_sql(f"SELECT count(*) FROM sqlite_master WHERE {of_search}").scalar()
            assert triggers == 6
        return sorted(ListingSource(db).ids(Query(text=text)))

    assert found("lamp") == everything
    done = apply(planned(ReplaceText("title", "lamp", "蓝牙耳机")))
    assert (found("lamp"), found("耳机")) == ([], everything)
    edit(db, three[0], fields={"title": "Mine"})
    assert undo(db, done.change.uid).conflicts == (three[0].id,)
    assert (found("lamp"), found("耳机"), found("mine")) == (everything[1:], [], everything[:1])
    edit(db, three[1], skus={three[1].skus[0].id: {"code": "ZZ-99"}})
    assert found("zz-99") == [three[1].id]
    undo(db)
    assert (found("zz-99"), found("b-1")) == ([], [three[1].id])
    redo(db)
    assert (found("zz-99"), found("b-1")) == ([three[1].id], [])


def tags(db):
    with db.bulk() as connection:
        return tags_of(connection, [1, 2, 3])


def test_a_variant_that_is_gone_is_a_conflict(db, three, planned, write):
    done = apply(planned(TENTH))
    write("DELETE FROM sku WHERE code = 'A-2'")
    result = undo(db, done.change.uid)
    assert (result.restored, result.conflicts) == (2, (three[0].id,))


def test_an_undone_change_cannot_be_undone_again(db, three, planned):
    done = apply(planned(TENTH))
    undo(db)
    with pytest.raises(NotFound):
        undo(db, done.change.uid)


def test_many_variants_are_packed_into_several_rows(db, three, planned, loaded, monkeypatch):
    from app.services.history import columns

    monkeypatch.setattr(columns, "BLOCK_ROWS", 2)
    apply(planned(TENTH))
    with db.bulk() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM change_column").scalar() == 2
    assert undo(db).restored == 3
    assert prices(loaded, three[0]) == [1000, 1500]


@pytest.mark.parametrize("at_once", [10, 30])
def test_what_goes_back_is_staged_in_pieces(db, three, planned, loaded, monkeypatch, at_once):
    from app.services.history import columns

    monkeypatch.setattr(columns, "STAGED_AT_ONCE", at_once)
    apply(planned(TENTH, STOCK))
    result = undo(db, only=[three[0].id, three[2].id])
    assert result.restored == 2
    assert [prices(loaded, record) for record in three] == [[1000, 1500], [2200], [300, None]]
    assert [[sku.stock for sku in loaded(record.id).skus] for record in three] == [[5, 6], [7], [None, 2]]
    recheck(db, result.suspects)
    assert_in_step(db)


def test_the_hash_has_the_variants_in_their_order_not_in_that_of_their_making(db, three, planned, loaded, write):
    write(f"UPDATE sku SET position = 1 - position WHERE listing_id = {three[0].id}")
    apply(planned(TENTH))
    record = loaded(three[0].id)
    assert [sku.price_minor for sku in record.skus] == [1650, 1100]
    assert record.content_hash[HALF:] == content_hash(record)[HALF:]


def test_blocks_in_several_passes_leave_everything_in_step(db, three, planned, write, monkeypatch):
    from app.services.history import column_writing, columns

    monkeypatch.setattr(columns, "BLOCK_ROWS", 1)
    monkeypatch.setattr(column_writing, "PASS_BLOCKS", 1)
    plan = planned(TENTH)
    write("UPDATE sku SET price_minor = 7 WHERE code = 'A-2'")
    done = apply(plan)
    assert (done.changed, done.moved) == (2, (three[0].id,))
    assert_in_step(db, but=three[0].id)
    result = undo(db, done.change.uid)
    assert (result.restored, result.conflicts) == (2, ())
    assert_in_step(db, but=three[0].id)


def test_a_whole_undo_that_brings_nothing_back_leaves_the_change_standing(db, three, planned, write):
    done = apply(planned(TENTH))
    write("UPDATE sku SET price_minor = 7")
    result = undo(db, done.change.uid)
    assert (result.restored, len(result.conflicts)) == (0, 3)
    (change,) = list_changes(db)
    assert (change.uid, change.is_undone, change.listing_count) == (done.change.uid, False, 3)


def test_a_picture_that_was_added_is_read_and_judged_at_once(db, three, planned, tmp_path):
    small = tmp_path / "small.jpg"
    Image.new("RGB", (60, 60)).save(small)
    apply(planned(AddImages((str(small),)), chosen=[three[0].id]))
    with db.read() as session:
        (record,) = load_listings(session, [three[0].id])
        found = check(record, load_context(session, 1))
    assert "image.too_small" in {one.code for one in found}
    assert_in_step(db)


def test_an_edit_of_numbers_alone_tells_that_all_of_it_is_done(planned, three):
    ctx = TaskContext()
    apply_plan(planned(TENTH), ctx)
    assert (ctx.progress.done, ctx.progress.total) == (3, 3)


def test_an_edit_of_several_stores_is_the_history_of_none_of_them(db, three, planned, write):
    with db.write() as session:
        session.add(Store(id=2, name="Second", gateway="http://127.0.0.1:1", credential_ref="two", created_ms=1))
    write("UPDATE listing SET store_id = 2 WHERE id = ?", three[1].id)
    assert apply(planned(TENTH, chosen=[three[1].id])).change.store_id == 2
    assert apply(planned(TENTH)).change.store_id is None


def test_a_great_edit_gives_its_memory_back(db, three, planned):
    with db.bulk() as connection:
        usual = connection.exec_driver_sql("PRAGMA main.cache_size").scalar_one()
    apply(planned(TENTH))
    with db.bulk() as connection:
        assert connection.exec_driver_sql("PRAGMA main.cache_size").scalar_one() == usual


numbers = st.one_of(st.none(), st.sampled_from([0, 1, 19, 20, 99, 100, 10**7, 10**7 + 1, 999_999, 10**6]))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.tuples(numbers, numbers), max_size=3), min_size=1, max_size=4),
    st.sampled_from(
        [TENTH, STOCK, ChangeNumber("stock", "add", Decimal(-1)), ChangeNumber("price_minor", "set", Decimal(1))]
    ),
)
def test_findings_stay_in_step_whatever_the_numbers(db, make_listing, listings, operation):
    with db.bulk() as connection:
        for table in ("sku", "image", "change", "listing"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    for number, skus in enumerate(listings):
        make_listing(f"Lamp {number}", tuple((f"C{number}-{n}", *pair) for n, pair in enumerate(skus)))
    recheck(db)
    plan = plan_edit(db, BulkEdit((operation,)), Query(), TaskContext())
    try:
        foreseen = {one.code for one in plan.counts.findings}
        before = found_codes(db)
        done = apply_plan(plan, TaskContext())
    finally:
        plan.close()
    assert_in_step(db)
    assert foreseen >= {code for code, number in found_codes(db).items() if number > before.get(code, 0)}
    if done.change is not None:
        recheck(db, undo(db).suspects)
        assert_in_step(db)


def found_codes(db):
    with db.read() as session:
        ids = list(session.connection().exec_driver_sql("SELECT id FROM listing").scalars())
        found: dict[str, int] = {}
        for record in load_listings(session, ids):
            for finding in check(record, load_context(session, record.store_id)):
                found[finding.code] = found.get(finding.code, 0) + 1
        return found
