"""The use cases of listings: every edit is checked anew at once, counts leave the status out, names to filter by."""

from __future__ import annotations

import pytest

from app.services.compliance.findings import Severity
from app.services.errors import NotFound
from app.services.listings.editing import ListingEdit
from app.services.listings.filters import filters_of
from app.services.paging import Filter, Query
from app.services.tasks import TaskCancelled, TaskContext

TOO_LONG = "Bedside Table Lamp " * 9


def counts_of(desk, listing_id):
    row = desk.source().rows([listing_id])[listing_id]
    return row.status, row.block_count, row.hold_count, row.warn_count


def test_an_edit_is_checked_at_once_in_both_directions(desk, make_sellable):
    record = make_sellable()
    desk.recheck([record.id])
    assert counts_of(desk, record.id)[:2] == ("ready", 0)
    desk.save([ListingEdit(record.id, fields={"title": TOO_LONG.strip()})], record.title)
    assert counts_of(desk, record.id)[:2] == ("draft", 1)
    desk.save([ListingEdit(record.id, fields={"title": record.title})], record.title)
    assert counts_of(desk, record.id)[:2] == ("ready", 0)


def test_the_fix_of_a_finding_removes_the_finding(desk, make_sellable):
    record = make_sellable(title=TOO_LONG.strip())
    finding = next(one for one in desk.detail(record.id).findings if one.code == "title.too_long")
    desk.save([ListingEdit(record.id, fields={finding.fix.field: finding.fix.value})], record.title)
    detail = desk.detail(record.id)
    assert "title.too_long" not in [one.code for one in detail.findings]
    assert len(detail.record.title) <= detail.limits.title_max


def test_new_pictures_are_read_before_they_are_judged(desk, make_sellable, tmp_path):
    record = make_sellable()
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    desk.save([ListingEdit(record.id, images=[*record.images, str(broken)])], record.title)
    wrong = [one for one in desk.detail(record.id).findings if one.field == "images"]
    assert [one.severity for one in wrong] == [Severity.BLOCK]
    assert counts_of(desk, record.id)[1] == 1


def test_typing_on_is_one_step_of_undo_and_saves_what_was_last(desk, make_sellable, loaded):
    record = make_sellable()
    first = desk.save([ListingEdit(record.id, fields={"title": "Bedside L"})], record.title)
    second = desk.save([ListingEdit(record.id, fields={"title": "Bedside Lamp"})], record.title, continues=first.uid)
    assert second.uid == first.uid
    assert loaded(record.id).title == "Bedside Lamp"
    assert desk.undo().restored == 1
    assert loaded(record.id).title == record.title
    assert desk.can_undo() is None


def test_an_edit_that_says_nothing_new_is_no_change(desk, make_sellable):
    record = make_sellable()
    assert desk.save([ListingEdit(record.id, fields={"title": record.title})], record.title) is None
    assert desk.history() == []


def test_undo_and_redo_check_anew(desk, make_sellable):
    record = make_sellable()
    desk.recheck([record.id])
    desk.save([ListingEdit(record.id, fields={"title": ""})], record.title)
    assert counts_of(desk, record.id)[1] == 1
    desk.undo()
    assert counts_of(desk, record.id)[:2] == ("ready", 0)
    desk.redo()
    assert counts_of(desk, record.id)[:2] == ("draft", 1)
    with pytest.raises(NotFound):
        desk.redo()


def test_history_of_a_listing_names_its_own_changes_newest_first(desk, make_sellable):
    one, other = make_sellable(), make_sellable()
    desk.save([ListingEdit(one.id, fields={"title": "Lamp A"})], "Lamp A")
    desk.save([ListingEdit(other.id, fields={"title": "Lamp B"})], "Lamp B")
    desk.save([ListingEdit(one.id, fields={"keywords": "lamp"})], "Lamp A")
    assert [change.params["title"] for change in desk.history()] == ["Lamp A", "Lamp B", "Lamp A"]
    assert len(desk.history_of(one.id)) == 2
    assert len(desk.history(limit=1)) == 1


def test_counts_by_status_heed_every_condition_but_the_status(desk, make_sellable):
    for status, title in (("live", "Lamp one"), ("live", "Mug one"), ("draft", "Lamp two"), ("failed", "Lamp three")):
        make_sellable(title=title, status=status)
    query = Query(text="lamp", filters=(Filter("status", "in", ("live",)), Filter("stock", ">", 0)))
    assert desk.counts(query) == {"live": 1, "draft": 1, "failed": 1}
    assert desk.counts(Query(store_ids=(7,))) == {}


def test_rows_with_findings_come_in_the_order_of_the_question(desk, make_sellable):
    fine, bad = make_sellable(title="Ash Wood Lamp"), make_sellable(title="Oak Wood Lamp", category_id="")
    worse = make_sellable(title="Birch Wood Lamp", weight_g=None)
    desk.recheck(None)
    assert list(desk.with_findings(Query(sort="title"))) == [worse.id, bad.id]
    assert list(desk.with_findings(Query(sort="title", descending=True))) == [bad.id, worse.id]
    assert fine.id not in desk.with_findings(Query())
    stopped = TaskContext()
    stopped.stop.set()
    with pytest.raises(TaskCancelled):
        desk.with_findings(Query(), stopped)


def test_filter_choices_are_what_listings_use_by_name(desk, make_sellable, write):
    make_sellable(), make_sellable(category_id="Lamp parts", freight_template_id="700999999", group_id="51")
    write("INSERT INTO product_group (store_id, group_id, parent_id, name, synced_ms) VALUES (1, '51', '', '灯具', 0)")
    choices = desk.filter_choices((), "zh")
    assert [(one.id, one.name) for one in choices.categories] == [("Lamp parts", "Lamp parts"), ("39050502", "台灯")]
    assert ("700126548", "小件普货") in [(one.id, one.name) for one in choices.templates]
    assert [one.name for one in choices.groups] == ["灯具"]
    assert [one.name for one in desk.filter_choices((1,), "en").categories] == ["Lamp parts", "Table lamps"]
    assert desk.filter_choices((9,), "en").categories == ()
    assert choices.import_runs == ()


def test_a_group_or_template_without_listings_has_its_name_and_is_found_by_it(db, desk, make_sellable, write):
    make_sellable()
    write("INSERT INTO product_group (store_id, group_id, parent_id, name, synced_ms) VALUES (1, '73', '', 'New', 0)")
    write(
        "INSERT INTO freight_template (store_id, template_id, name, is_default, synced_ms) "
        "VALUES (1, '900', 'Heavy', 0, 0)"
    )
    choices = desk.filter_choices((1,), "en")
    assert ("73", "New") in [(one.id, one.name) for one in choices.groups]
    assert ("900", "Heavy") in [(one.id, one.name) for one in choices.templates]
    assert desk.filter_choices((9,), "en").groups == ()
    assert filters_of(db, "group = new", (1,), "en") == (Filter("group", "in", ("73",)),)
