"""What the side panel is given: record, findings, choices, why it is locked, what the platform said."""

from __future__ import annotations

import pytest

from app.services.compliance import Severity
from app.services.errors import NotFound
from app.services.listings.details import Lock, find_categories, listing_detail

LEAF = "39050502"


def test_a_sound_listing_has_choices_paths_and_no_findings(db, desk, make_sellable, write):
    record = make_sellable()
    desk.recheck([record.id])  # reads the pictures
    write("INSERT INTO product_group (store_id, group_id, parent_id, name, synced_ms) VALUES (1, '51', '', '灯具', 0)")
    detail = listing_detail(db, record.id)
    assert detail.record.title == record.title
    assert [one for one in detail.findings if one.severity == Severity.BLOCK] == []
    assert (detail.category_path_en, detail.category_path_zh) == ("Lights > Table lamps", "灯具 > 台灯")
    assert [(choice.id, choice.name) for choice in detail.templates] == [("700126548", "小件普货")]
    assert [(choice.id, choice.name) for choice in detail.groups] == [("51", "灯具")]
    assert detail.limits.title_max == 128
    assert (detail.store_name, detail.lock, detail.problem) == ("晨帆数码", Lock.NONE, None)


def test_a_category_nobody_knows_is_shown_as_written(db, make_sellable):
    detail = listing_detail(db, make_sellable(category_id="Lamp parts").id)
    assert (detail.category_path_en, detail.category_path_zh) == ("Lamp parts", "Lamp parts")
    assert any(finding.field == "category_id" for finding in detail.findings)


def test_a_listing_that_is_gone_says_so(db):
    with pytest.raises(NotFound):
        listing_detail(db, 404)


def test_attributes_are_named_by_the_category_where_it_knows_them(db, make_sellable, write):
    record = make_sellable()
    write(
        "UPDATE listing_body SET attributes = ? WHERE id = ?",
        '[{"name_id":"200000137","value_id":"1","name":"","value":""},'
        '{"name_id":"","value_id":"","name":"Material","value":"Oak"}]',
        record.id,
    )
    detail = listing_detail(db, record.id)
    known, own = detail.category.attribute_lines(detail.record.attributes)
    assert (known.name.zh, known.name.en, known.shown.en) == ("灯头类型", "Lamp base", "E27")
    assert (own.name.zh, own.shown.en) == ("Material", "Oak")


@pytest.mark.parametrize(
    ("status", "access", "lock"),
    [
        ("ready", "operate", Lock.NONE),
        ("queued", "operate", Lock.NONE),
        ("sending", "operate", Lock.SENDING),
        ("live", "read_only", Lock.READ_ONLY),
        ("sending", "read_only", Lock.READ_ONLY),
    ],
)
def test_a_listing_is_locked_while_it_is_sent_and_in_a_store_to_read(db, make_sellable, write, status, access, lock):
    record = make_sellable(status=status)
    write("UPDATE store SET access = ?", access)
    assert listing_detail(db, record.id).lock == lock


def task(write, listing_id, state, code, params="{}", field="", text=""):
    write("INSERT OR IGNORE INTO publish_batch (id, store_id, state, total, created_ms) VALUES (1, 1, 'done', 1, 0)")
    write(
        "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, content_hash, title, codes, "
        "attempts, owner, error_code, error_params, error_text, error_field) "
        "VALUES (1, 1, ?, 'create', ?, 'h', '', '', 1, '', ?, ?, ?, ?)",
        listing_id,
        state,
        code,
        params,
        text,
        field,
    )


def test_what_the_platform_said_comes_from_the_journal(db, make_sellable, write):
    record = make_sellable(status="failed")
    task(write, record.id, "failed", "marketplace.old")
    task(write, record.id, "failed", "marketplace.title", '{"n":3}', "title", "F00-00-10020-002 too long")
    problem = listing_detail(db, record.id).problem
    assert (problem.code, problem.params, problem.field) == ("marketplace.title", {"n": 3}, "title")
    assert problem.text == "F00-00-10020-002 too long"


def test_after_an_edit_the_old_refusal_is_not_held_against_it(db, desk, make_sellable, write):
    from app.services.listings.editing import ListingEdit

    record = make_sellable(status="failed")
    task(write, record.id, "failed", "marketplace.title")
    desk.save([ListingEdit(record.id, fields={"title": "Bedside Table Lamp with Dimmer"})], record.title)
    assert listing_detail(db, record.id).problem is None


def test_a_rejection_without_a_reason_has_a_sentence_of_its_own(db, make_sellable):
    assert listing_detail(db, make_sellable(status="rejected").id).problem.code == "publishing.rejected"


def test_rows_an_import_refused_are_no_word_of_the_platform(db, make_sellable, write):
    record = make_sellable(status="draft")
    write("UPDATE listing SET error_code = 'rows_refused', error_text = '3, 5' WHERE id = ?", record.id)
    assert listing_detail(db, record.id).problem is None


def categories(write, *paths):
    gateway = "http://127.0.0.1:1"
    for number, (en, zh, is_leaf) in enumerate(paths):
        write(
            "INSERT INTO category (gateway, category_id, parent_id, name_en, name_zh, path_en, path_zh, level, "
            "is_leaf, fetched_ms) VALUES (?, ?, '0', ?, ?, ?, ?, 1, ?, 0)",
            gateway,
            str(900 + number),
            en.split(" > ")[-1],
            zh.split(" > ")[-1],
            en,
            zh,
            is_leaf,
        )


def test_categories_are_found_by_any_words_in_either_language_best_name_first(db, store, write):
    categories(
        write,
        ("Lamps > Spare parts", "灯 > 配件", True),
        ("Lamps > Lamp shades", "灯 > 灯罩", True),
        ("Lamps > Old lamp shades", "灯 > 旧灯罩", True),
        ("Lamps", "灯", False),
    )
    found = find_categories(db, store, "lamp")
    assert [en.name for _, en in found] == [
        "Lamps > Lamp shades",
        "Lamps > Old lamp shades",
        "Lights > Table lamps",
        "Lamps > Spare parts",
    ]
    assert [zh.name for zh, _ in find_categories(db, store, "灯罩 旧")] == ["灯 > 旧灯罩"]
    assert [zh.id for zh, _ in find_categories(db, store, LEAF)] == [LEAF]
    assert find_categories(db, store, "lamp xyz") == []
    assert len(find_categories(db, store, "", limit=2)) == 2
