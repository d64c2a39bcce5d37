"""The service template a new listing is created with: chosen by hand, in bulk, told in the history, taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.models import ServiceTemplate
from app.services.compliance import check, load_context
from app.services.db import Database
from app.services.history.contents import ChangeContents
from app.services.history.undo import redo, undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import SetValue
from app.services.listings.bulk_edit.planning import Plan, plan_edit
from app.services.listings.bulk_edit.typed import BadSetting, parse_setting
from app.services.listings.choices import filter_choices
from app.services.listings.details import listing_detail
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.filters import filters_of
from app.services.listings.records import ListingRecord
from app.services.listings.service_templates import NOUN, put_template, template_of
from app.services.listings.source import ListingSource
from app.services.paging import Query
from app.services.publishing.remedies import resolve_name, store_choices
from app.services.tasks import TaskContext

OURS, OTHER = "520202", "520203"


@pytest.fixture(autouse=True)
def services(db: Database, store: int) -> None:
    """The store has two service templates."""
    with db.write() as session:
        for number, name in ((OURS, "Standard Warranty"), (OTHER, "No Warranty")):
            session.add(ServiceTemplate(store_id=store, template_id=number, name=name, synced_ms=1))


@pytest.fixture
def foreign(db: Database, make_sellable: Callable[..., ListingRecord]) -> int:
    """A new listing with a service template the store does not have."""
    number = make_sellable().id
    with db.bulk() as connection:
        put_template(connection, number, "510101")
    return number


@pytest.fixture
def planned(db: Database) -> Iterator[Callable[[str], Plan]]:
    plans: list[Plan] = []

    def plan(value: str) -> Plan:
        plans.append(plan_edit(db, BulkEdit((SetValue(NOUN, value),)), Query(), TaskContext(), checks=True))
        return plans[-1]

    yield plan
    for one in plans:
        one.close()


def save(db: Database, listing_id: int, template_id: str):
    return edit_listings(db, [ListingEdit(listing_id, {NOUN: template_id})], label="change.edit", params={"title": "x"})


def stored(db: Database, listing_id: int) -> str:
    with db.reader.connect() as connection:
        return template_of(connection, listing_id)


def codes(db: Database, listing_id: int) -> set[str]:
    with db.read() as session:
        detail = listing_detail(db, listing_id)
        return {finding.code for finding in check(detail.record, load_context(session, 1))}


def test_choosing_one_of_the_store_puts_it_right(db, foreign, loaded) -> None:
    detail = listing_detail(db, foreign)
    (said,) = [finding for finding in detail.findings if finding.code == "service_template.unknown"]
    assert said.field == NOUN
    assert [(one.id, one.name) for one in detail.services] == [(OURS, "Standard Warranty"), (OTHER, "No Warranty")]
    change = save(db, foreign, OURS)
    assert change.listing_count == 1
    assert (loaded(foreign).service_template_id, "service_template.unknown" in codes(db, foreign)) == (OURS, False)
    assert save(db, foreign, OURS) is None
    contents = ChangeContents(db, change.uid)
    assert contents.fields() == (NOUN,)
    (value,) = contents.children(foreign)
    assert (value.field, value.before, value.after) == (NOUN, "510101", "Standard Warranty")


def test_it_is_taken_back_and_done_again_unless_chosen_anew_meanwhile(db, foreign) -> None:
    first = save(db, foreign, OURS)
    assert undo(db, first.uid, only=[foreign], fields=[NOUN]).restored == 1
    assert stored(db, foreign) == "510101"
    redo(db)
    assert stored(db, foreign) == OURS
    save(db, foreign, "")
    assert undo(db, first.uid).conflicts == (foreign,)
    assert undo(db).restored == 1
    assert (undo(db).restored, stored(db, foreign)) == (1, "510101")


def test_a_listing_that_covers_nothing_has_one_too(db, make_sellable, loaded) -> None:
    record = make_sellable()
    save(db, record.id, OTHER)
    assert loaded(record.id).service_template_id == OTHER
    undo(db)
    assert loaded(record.id).service_template_id == ""
    with db.bulk() as connection:
        put_template(connection, 99_999, OURS)
        assert template_of(connection, 99_999) == ""


def test_many_at_once_but_none_that_is_published(db, foreign, make_sellable, planned, loaded) -> None:
    new, there = make_sellable(), make_sellable(status="live", product_id="77")
    plan = planned(OURS)
    assert (plan.counts.changed, plan.counts.reasons) == (2, {"published_keeps_service": 1})
    assert "service_template.unknown" not in {one.code for one in plan.counts.findings}
    done = apply_plan(plan, TaskContext())
    assert [loaded(number).service_template_id for number in (foreign, new.id, there.id)] == [OURS, OURS, ""]
    assert undo(db, done.change.uid).restored == 2
    assert [loaded(number).service_template_id for number in (foreign, new.id)] == ["510101", ""]


def test_what_the_store_does_not_have_is_refused_and_its_default_is_not(db, foreign, planned) -> None:
    assert planned("510101").counts.reasons == {"not_of_store": 1}
    assert planned("").counts.changed == 1


@pytest.mark.parametrize("text", [OURS, "standard warranty", '"Standard Warranty"', f"Standard Warranty ({OURS})"])
def test_the_command_line_takes_a_name_or_an_id(db, text) -> None:
    with db.read() as session:
        context = load_context(session, 1)
    assert parse_setting(f"service_template={text}", context) == SetValue(NOUN, OURS)
    assert parse_setting("service_template=", context) == SetValue(NOUN, "")
    with pytest.raises(BadSetting):
        parse_setting("service_template=Beginner", context)


def test_two_of_the_same_name_are_told_apart_by_their_ids(db) -> None:
    with db.write() as session:
        session.add(ServiceTemplate(store_id=1, template_id="1", name="No Warranty", synced_ms=1))
    with db.read() as session:
        context = load_context(session, 1)
    with pytest.raises(BadSetting) as told:
        parse_setting("service_template=No Warranty", context)
    assert told.value.params["ids"] == f"1, {OTHER}"


def test_a_result_offers_and_understands_them(db) -> None:
    assert [one.name for one in store_choices(db, 1).services] == ["Standard Warranty", "No Warranty"]
    assert resolve_name(db, 1, NOUN, "no warranty") == OTHER
    assert (resolve_name(db, 1, NOUN, " "), resolve_name(db, 1, NOUN, "Beginner")) == ("", None)


def test_a_filter_finds_them_by_name(db, foreign, make_sellable) -> None:
    own = make_sellable().id
    save(db, own, OURS)
    names = [(one.id, one.name) for one in filter_choices(db, [1], "en").services]
    assert names == [("510101", "510101"), (OTHER, "No Warranty"), (OURS, "Standard Warranty")]
    source = ListingSource(db)
    for text, wanted in (('"Standard Warranty"', {own}), ("510101", {foreign})):
        filters = filters_of(db, f"service_template = {text}", [1], "en")
        assert set(source.ids(Query(filters=filters))) == wanted
