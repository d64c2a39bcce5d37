"""Many cells at once: what they would do, what is refused and why, one change for all of it."""

from __future__ import annotations

import pytest

from app.services.listings.cells import CellEdit, CellRefusal, plan_cells
from app.services.listings.source import CHILD_ID_OFFSET
from app.services.tasks import TaskCancelled, TaskContext


def child(sku):
    return CHILD_ID_OFFSET + sku.id


def test_titles_and_variants_change_together_and_go_back_together(desk, make_sellable, loaded):
    one, other = make_sellable(), make_sellable(title="Folding Desk Lamp with Three Steps")
    cells = [
        CellEdit(one.id, "title", "Bedside Lamp"),
        CellEdit(child(one.skus[0]), "price_minor", 2100),
        CellEdit(child(one.skus[1]), "stock", None),
        CellEdit(child(other.skus[0]), "code", "LM4402-XX"),
    ]
    saved = desk.save_cells(cells)
    assert (saved.change.listing_count, saved.change.params) == (2, {"n": 4})
    assert loaded(one.id).title == "Bedside Lamp"
    assert [(sku.price_minor, sku.stock) for sku in loaded(one.id).skus] == [(2100, 120), (1990, None)]
    changed = loaded(other.id).skus[0]
    assert (changed.code, changed.match_key) == ("LM4402-XX", "LM4402-XX")
    assert desk.undo().restored == 2
    assert [sku.code for sku in loaded(other.id).skus] == [sku.code for sku in other.skus]
    assert loaded(one.id).title == one.title


def test_a_listing_row_stands_for_its_only_variant(desk, make_sellable, loaded):
    single = make_sellable(skus=(("LM7", 1000, 5),))
    desk.save_cells([CellEdit(single.id, "price_minor", 1200), CellEdit(single.id, "code", "LM7-X")])
    assert [(sku.price_minor, sku.code) for sku in loaded(single.id).skus] == [(1200, "LM7-X")]


def test_what_cannot_be_changed_says_why_and_stops_nothing_else(db, desk, make_sellable, write, loaded):
    plain, several, sending = make_sellable(), make_sellable(), make_sellable(status="sending")
    empty = make_sellable(skus=())
    write(
        "INSERT INTO store (id, name, gateway, credential_ref, access, created_ms, alias, colour, seller_id, health, "
        "is_practice) VALUES (2, '北弦音频', 'http://127.0.0.1:1', 'x', 'read_only', 0, '', '', '', 'ok', 0)"
    )
    foreign = make_sellable()
    write("UPDATE listing SET store_id = 2 WHERE id = ?", foreign.id)
    cells = [
        CellEdit(plain.id, "title", "Lamp"),
        CellEdit(several.id, "price_minor", 1),
        CellEdit(sending.id, "title", "Lamp"),
        CellEdit(empty.id, "stock", 1),
        CellEdit(foreign.id, "title", "Lamp"),
        CellEdit(child(several.skus[0]), "title", "Lamp"),
        CellEdit(99_999, "title", "Lamp"),
        CellEdit(CHILD_ID_OFFSET + 99_999, "stock", 3),
    ]
    plan = plan_cells(db, cells)
    assert [change.listing_id for change in plan.changes] == [plain.id]
    assert [change.refused for change in plan.refused] == [
        CellRefusal.SEVERAL_VARIANTS,
        CellRefusal.SENDING,
        CellRefusal.NO_VARIANT,
        CellRefusal.READ_ONLY,
        CellRefusal.NOT_OF_VARIANTS,
        CellRefusal.GONE,
        CellRefusal.GONE,
    ]
    assert desk.save_cells(cells).change.listing_count == 1
    assert loaded(foreign.id).title == foreign.title


def test_the_plan_shows_before_and_after_and_counts_what_is_that_already(db, make_sellable):
    record = make_sellable()
    plan = plan_cells(
        db,
        [
            CellEdit(child(record.skus[0]), "stock", 120),
            CellEdit(child(record.skus[1]), "stock", 1),
            CellEdit(child(record.skus[1]), "stock", 7),
        ],
    )
    (change,) = plan.changes
    assert (change.before, change.after, plan.unchanged) == (90, 7, 1)
    assert change.name == f"{record.title} · {record.skus[1].properties[0]['value']}"
    assert plan.listing_ids == [record.id]


def test_nothing_new_is_no_change(desk, make_sellable):
    record = make_sellable()
    saved = desk.save_cells([CellEdit(record.id, "title", record.title)])
    assert (saved.change, saved.plan.unchanged) == (None, 1)
    assert desk.can_undo() is None


def test_stopping_writes_nothing(desk, make_sellable, loaded):
    record = make_sellable()
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        desk.save_cells([CellEdit(record.id, "title", "Lamp")], ctx)
    assert loaded(record.id).title == record.title


def test_a_field_that_is_no_cell_is_a_bug(db, make_sellable):
    with pytest.raises(KeyError):
        plan_cells(db, [CellEdit(make_sellable().id, "detail_html", "x")])


def test_cells_are_checked_anew(desk, make_sellable):
    record = make_sellable()
    desk.recheck([record.id])
    desk.save_cells([CellEdit(child(record.skus[0]), "price_minor", None)])
    assert desk.source().rows([record.id])[record.id].block_count == 1
