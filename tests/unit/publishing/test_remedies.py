"""Where the listings of a result stand now, seen from the field to change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.services.db import Database
from app.services.listings.desk import ListingDesk
from app.services.listings.details import Choice, Lock
from app.services.listings.editing import ListingEdit
from app.services.listings.records import ListingRecord
from app.services.publishing.queue import enqueue
from app.services.publishing.remedies import resolve_name, rows_now, store_choices
from tests.unit.publishing.helpers import write

Make = Callable[..., ListingRecord]
TOO_LONG = ("Bedside Table Lamp " * 9).strip()


@pytest.fixture
def batch_with(db: Database, make_sellable: Make) -> Callable[..., tuple[int, ListingRecord]]:
    """A batch of one listing made so."""

    def make(**fields: Any) -> tuple[int, ListingRecord]:
        record = make_sellable(**fields)
        batch = enqueue(db, 1, [record.id]).batch_id
        assert batch is not None
        return batch, record

    return make


def test_a_text_field_with_its_finding_and_remedy(db: Database, batch_with: Any) -> None:
    batch, record = batch_with(title=TOO_LONG)
    now = rows_now(db, batch, [record.id], "title")[record.id]
    assert (now.value, now.shown, now.sku_id, now.lock) == (TOO_LONG, None, None, Lock.NONE)
    assert (now.is_passing, now.is_edited) == (False, False)
    assert now.finding is not None
    assert now.finding.code == "title.too_long"
    assert now.remedy is not None
    assert len(now.remedy.fields["title"]) <= 128


def test_after_the_remedy_it_is_edited_and_passes(db: Database, batch_with: Any) -> None:
    batch, record = batch_with(title=TOO_LONG)
    desk = ListingDesk(lambda: db)
    remedy = rows_now(db, batch, [record.id], "title")[record.id].remedy
    assert remedy is not None
    desk.save([remedy], record.title)
    now = rows_now(db, batch, [record.id], "title")[record.id]
    assert (now.is_passing, now.is_edited, now.remedy) == (True, True, None)


def test_keywords_put_right_are_edited_though_they_are_never_sent(db: Database, batch_with: Any) -> None:
    batch, record = batch_with(keywords="lamp, Lamp, touch")
    write(db, "UPDATE publish_task SET settled_ms = 2 WHERE batch_id = ?", batch)
    write(db, "UPDATE listing SET updated_ms = 1 WHERE id = ?", record.id)
    now = rows_now(db, batch, [record.id], "keywords")[record.id]
    assert (now.is_edited, now.finding and now.finding.code) == (False, "keywords.repeated")
    assert now.remedy is not None
    ListingDesk(lambda: db).save([now.remedy], record.title)
    now = rows_now(db, batch, [record.id], "keywords")[record.id]
    assert (now.value, now.is_passing, now.is_edited) == ("lamp, touch", True, True)
    assert not rows_now(db, batch, [record.id], "title")[record.id].is_edited


def test_what_the_platform_has_as_it_is_needs_no_sending(db: Database, batch_with: Any) -> None:
    batch, record = batch_with()
    assert not rows_now(db, batch, [record.id], "title")[record.id].is_sent
    write(db, "UPDATE listing SET sent_hash = content_hash, product_id = '1' WHERE id = ?", record.id)
    assert rows_now(db, batch, [record.id], "title")[record.id].is_sent
    ListingDesk(lambda: db).save([ListingEdit(record.id, fields={"title": "Walnut Lamp"})], "x")
    assert not rows_now(db, batch, [record.id], "title")[record.id].is_sent


def test_undoing_the_edit_makes_it_what_it_was(db: Database, batch_with: Any) -> None:
    batch, record = batch_with()
    desk = ListingDesk(lambda: db)
    desk.save([ListingEdit(record.id, fields={"title": "Walnut Lamp"})], "x")
    assert rows_now(db, batch, [record.id], "title")[record.id].is_edited
    desk.undo()
    assert not rows_now(db, batch, [record.id], "title")[record.id].is_edited


@pytest.mark.parametrize(
    ("field", "zh", "en"),
    [
        ("category_id", "灯具 > 台灯", "Lights > Table lamps"),
        ("freight_template_id", "小件普货", "小件普货"),
        ("unit", "件/个", "piece"),
        ("group_id", "", ""),
    ],
)
def test_ids_are_shown_by_name(db: Database, batch_with: Any, field: str, zh: str, en: str) -> None:
    batch, record = batch_with()
    shown = rows_now(db, batch, [record.id], field)[record.id].shown
    assert shown is not None
    assert (shown.zh, shown.en) == (zh, en)


def test_an_id_nobody_knows_is_shown_as_written(db: Database, batch_with: Any) -> None:
    batch, record = batch_with(category_id="Sofas", freight_template_id="1")
    for field, text in (("category_id", "Sofas"), ("freight_template_id", "1")):
        assert rows_now(db, batch, [record.id], field)[record.id].shown.en == text  # type: ignore[union-attr]


def test_the_variant_a_finding_speaks_of_is_the_one_to_change(db: Database, batch_with: Any) -> None:
    batch, record = batch_with(skus=(("A1", 900, 5), ("A2", None, 5)))
    now = rows_now(db, batch, [record.id], "sku.price")[record.id]
    assert (now.sku_id, now.value) == (record.skus[1].id, None)


def test_of_several_sound_variants_none_is_meant(db: Database, batch_with: Any) -> None:
    batch, record = batch_with()
    assert rows_now(db, batch, [record.id], "sku.price")[record.id].sku_id is None


def test_an_only_variant_is_meant_without_a_finding(db: Database, batch_with: Any) -> None:
    batch, record = batch_with(skus=(("A1", 900, 5),))
    now = rows_now(db, batch, [record.id], "sku.code")[record.id]
    assert (now.sku_id, now.value) == (record.skus[0].id, "A1")


def test_without_a_field_the_worst_finding_is_told(db: Database, batch_with: Any) -> None:
    batch, record = batch_with(weight_g=None)
    now = rows_now(db, batch, [record.id], "")[record.id]
    assert now.finding is not None
    assert now.finding.field == "weight_g"
    assert now.value is None


def test_what_is_being_sent_is_locked(db: Database, batch_with: Any) -> None:
    batch, record = batch_with()
    write(db, "UPDATE listing SET status = 'sending'")
    assert rows_now(db, batch, [record.id], "title")[record.id].lock == Lock.SENDING


def test_listings_that_are_gone_are_left_out(db: Database, batch_with: Any) -> None:
    batch, _ = batch_with()
    assert rows_now(db, batch, [404], "title") == {}


def test_choices_of_the_store(db: Database, store: int) -> None:
    write(
        db, "INSERT INTO product_group (store_id, group_id, parent_id, name, synced_ms) VALUES (1, '51', '', '灯具', 0)"
    )
    found = store_choices(db, store)
    assert found.templates == (Choice("700126548", "小件普货"),)
    assert found.groups == (Choice("51", "灯具"),)


@pytest.mark.parametrize(
    ("field", "text", "found"),
    [
        ("category_id", "Table lamps", "39050502"),
        ("category_id", "灯具 > 台灯", "39050502"),
        ("category_id", "39050502", "39050502"),
        ("category_id", "Sofas", None),
        ("freight_template_id", "小件普货", "700126548"),
        ("freight_template_id", "", None),
        ("group_id", " ", ""),
        ("group_id", "Nobody's", None),
        ("unit", "piece", "100000015"),
    ],
)
def test_names_lead_to_ids(db: Database, store: int, field: str, text: str, found: str | None) -> None:
    assert resolve_name(db, store, field, text) == found
