"""Stored figures: of today or known to be of yesterday, whatever changed."""

from __future__ import annotations

import pytest

from app.services.history.undo import undo
from app.services.listings.desk import ListingDesk
from app.services.listings.editing import ListingEdit
from app.services.pricing import renewing, watching
from app.services.pricing.figures import COLUMNS, figures_of
from app.services.pricing.given import reason
from app.services.pricing.rates import EnteredRate, enter_rates, set_commissions
from app.services.pricing.renewing import renew_figures, renew_stored
from app.services.pricing.sku_columns import SkuColumns, numbers_of
from app.services.pricing.watching import ALL_ARE_DUE, inserted_at_once, is_waiting, noted_at_once
from app.services.tasks import TaskCancelled, TaskContext

pytestmark = pytest.mark.usefixtures("priced")


@pytest.fixture
def lamps(make_listing):
    """Two variants of P1 and one nobody knows the cost of; and a listing of one variant."""
    first = make_listing(
        "Lamp", (("AB1234", 999, 5), ("AB1234*2", 1500, 5), ("XX1", 999, 5)), freight_template_id="free"
    )
    return first, make_listing("Shade", (("AB1234", 1140, 5),), freight_template_id="free")


def stored(db):
    sql = "SELECT * FROM listing_figure ORDER BY listing_id"
    with db.reader.connect() as connection:
        return [dict(row) for row in connection.exec_driver_sql(sql).mappings()]


def of_variants(db, *names):
    """The stored numbers of all variants in the order of their ids."""
    with db.reader.connect() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM sku ORDER BY id").scalars().all()
        return list(numbers_of(connection, ids, names).values())


def waiting(db):
    with db.reader.connect() as connection:
        return is_waiting(connection)


def test_what_is_stored_is_what_is_worked_out(db, lamps):
    assert waiting(db)
    assert renew_figures(db).listings == 2
    assert not waiting(db)
    with db.reader.connect() as connection:
        fresh = figures_of(connection, [one.id for one in lamps])
    assert of_variants(db, *COLUMNS) == [tuple(getattr(one, name) for name in COLUMNS) for one in fresh]
    assert [reason(lacking) for (lacking,) in of_variants(db, "lacking")] == ["", "", "cost", ""]
    first, second = stored(db)
    assert (first["profit_minor"], first["unknown"], first["why"]) == (
        min(one.profit_minor for one in fresh[:2]),
        1,
        "cost",
    )
    assert first["cost_micro"] == 36_000_000, "the dearest of the variants"
    assert (second["profit_minor"], second["unknown"], second["why"]) == (fresh[3].profit_minor, 0, "")
    assert renew_figures(db).listings == 0


def test_columns_are_all_of_the_moment_the_first_was_read(db, lamps, make_listing):
    renew_figures(db)
    with db.reader.connect() as connection:
        columns = SkuColumns(connection)
        make_listing("Bulb", (("AB1234", 500, 5),), freight_template_id="free")
        renew_figures(db)
        assert columns.column("price").known.sum() == columns.owners.known.sum() == 4


def test_an_edit_and_its_undo_are_due_at_once(db, lamps):
    renew_figures(db)
    before = stored(db)
    desk = ListingDesk(lambda: db)
    sku = lamps[1].skus[0]
    desk.save([ListingEdit(lamps[1].id, skus={sku.id: {"price_minor": 2000}})], "Shade")
    assert waiting(db)
    assert renew_figures(db).listings == 1
    assert stored(db)[1]["profit_minor"] > before[1]["profit_minor"]
    undo(db)
    assert waiting(db)
    renew_figures(db)
    assert stored(db) == before


@pytest.mark.parametrize(
    ("sql", "listings"),
    [
        ("INSERT INTO marketing_group (id, store_id, name, discount_bp, created_ms) VALUES (1, 1, 'A', 5000, 0)", 0),
        (
            "INSERT INTO exchange_rate (currency, rate_micro, as_of, source, entered_ms) "
            "VALUES ('USD', 7, '2020', '', 0)",
            2,
        ),
        ("INSERT INTO commission (category_id, share_bp, source, as_of) VALUES ('', 700, '', '')", 2),
        ("INSERT INTO pricing_setting (name, value, source, as_of) VALUES ('packing', '2', '', '')", 2),
        (
            "INSERT INTO company_table (kind, source, sha256, as_of, row_count, received_ms) "
            "VALUES ('p', '', '', '', 0, 0)",
            2,
        ),
        ("UPDATE freight_template SET services = '[]' WHERE template_id = 'pieces'", 2),
        ("UPDATE freight_template SET services = services, synced_ms = 5", 0),
        ("UPDATE carrier_tariff SET name = 'x' WHERE key = 'line_es'", 2),
        ("DELETE FROM listing WHERE id = 1", 0),
    ],
)
@pytest.mark.usefixtures("lamps")
def test_what_changes_figures_makes_them_due(db, write, sql, listings):
    renew_figures(db)
    write(sql)
    is_gone = sql.startswith("DELETE")
    assert waiting(db) == (bool(listings) or is_gone)
    assert renew_figures(db).listings == listings
    assert not waiting(db)
    assert len(stored(db)) == (1 if is_gone else 2)


def test_a_groups_discount_makes_its_members_due(db, lamps, write):
    write("INSERT INTO marketing_group (id, store_id, name, created_ms) VALUES (1, 1, 'A', 0)")
    renew_figures(db)
    write("INSERT INTO marketing_member (listing_id, group_id) VALUES (?, 1)", lamps[0].id)
    assert renew_figures(db).listings == 1
    write("UPDATE marketing_group SET discount_bp = 1000 WHERE id = 1")
    assert renew_figures(db).listings == 1
    write("DELETE FROM marketing_member")
    assert renew_figures(db).listings == 1


@pytest.mark.usefixtures("lamps")
def test_stopping_keeps_what_is_left_and_the_worker_goes_on(db, write):
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        renew_figures(db, ctx)
    assert waiting(db)
    renew_stored(db.path, ctx=TaskContext())
    assert not waiting(db)
    with db.bulk() as connection:
        connection.exec_driver_sql(ALL_ARE_DUE)
    assert waiting(db)
    assert renew_figures(db).listings == 2
    write("DELETE FROM sku")
    write("UPDATE listing SET updated_ms = updated_ms + 1")
    renew_figures(db)
    assert [(row["why"], row["profit_minor"]) for row in stored(db)] == [("price", None)] * 2


@pytest.mark.usefixtures("lamps")
def test_a_rate_that_changes_meanwhile_starts_anew(db, monkeypatch):
    monkeypatch.setattr(renewing, "PIECE", 1)
    once = [enter_rates]

    class Changing(TaskContext):
        def report(self, done, total=None, **more):
            if done == 1 and once:
                once.pop()(db, [EnteredRate("3.40")])

    renew_figures(db, Changing())
    assert not waiting(db)
    assert {row["generation"] for row in stored(db)} == {row["generation"] for row in stored(db)[:1]}
    with db.reader.connect() as connection:
        assert stored(db)[1]["profit_minor"] == figures_of(connection, [2])[0].profit_minor


@pytest.mark.parametrize("many", [1, 1_000])
def test_very_many_listings_are_noted_together_and_later_ones_again(db, lamps, monkeypatch, many):
    monkeypatch.setattr(watching, "MANY", many)
    renew_figures(db)
    update = "UPDATE listing SET updated_ms = updated_ms + 1"
    with db.bulk() as connection, noted_at_once(connection, "SELECT id FROM listing"):
        connection.exec_driver_sql(update)
    assert renew_figures(db).listings == 2
    with db.bulk() as connection:
        connection.exec_driver_sql(f"{update} WHERE id = {lamps[0].id}")
    assert renew_figures(db).listings == 1
    with db.reader.connect() as connection:
        names = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = 'figure_watch_updated'")
        assert names.scalar_one() == 1


@pytest.mark.parametrize("many", [2, 1_000])
def test_inserted_listings_are_noted_together_and_later_ones_again(db, lamps, make_listing, monkeypatch, many):
    monkeypatch.setattr(watching, "MANY", many)
    renew_figures(db)
    with db.reader.connect() as connection:
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(listing)") if row[1] != "id"]
    copied = ", ".join(f"product_key || {{0}} AS {one}" if one == "product_key" else one for one in columns)
    with db.bulk() as connection, inserted_at_once(connection, 100, 2):
        for number in (100, 101):
            connection.exec_driver_sql(
                f"INSERT INTO listing (id, {', '.join(columns)}) SELECT {number}, {copied.format(number)} "
                f"FROM listing WHERE id = {lamps[0].id}"
            )
    assert renew_figures(db).listings == 2
    make_listing("Later", (("AB1234", 999, 5),), freight_template_id="free")
    assert renew_figures(db).listings == 1


def test_a_tree_with_other_parents_makes_figures_due_where_a_category_has_a_commission(db, lamps, write):
    row = "INSERT OR REPLACE INTO category (gateway, category_id, parent_id, level, is_leaf, fetched_ms, name_en, "
    row += "name_zh, path_en, path_zh) VALUES ('g', ?, ?, 1, 1, 0, '', '', '', '')"
    write(row, "7", "1")
    renew_figures(db)
    write("UPDATE category SET parent_id = '2'")
    assert not waiting(db), "one commission for all"
    set_commissions(db, {"1": "0.05"})
    renew_figures(db)
    for sql, *params in (
        ("UPDATE category SET parent_id = '1'",),
        (row, "8", "7"),
        ("DELETE FROM category WHERE category_id = '8'",),
    ):
        write(sql, *params)
        assert waiting(db), sql
        renew_figures(db)
    write("UPDATE category SET name_en = 'Lamps', fetched_ms = 1, parent_id = parent_id")
    assert not waiting(db), "the same tree, read again"
