"""Overseas variants for listings: one change with handling time and freight template, undone whole, done twice."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from app.services.codes.known import checked_marks, write_store_marks
from app.services.errors import NotFound
from app.services.history.undo import undo
from app.services.listings.bulk_edit.session import close_all
from app.services.listings.loading import load_listing
from app.services.listings.warehouse_kinds import kinds_of
from app.services.listings.writing import refresh_derived
from app.services.tasks import TaskContext
from app.services.warehouses.overseas import session
from app.services.warehouses.overseas.listing_build import apply_to_listings, listing_products
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.running import run_build
from app.services.warehouses.overseas.session import BuildRequest
from app.services.warehouses.records import PriceSource, StoreFreight, WarehouseTemplateRecord
from app.services.warehouses.templates import country_record
from tests.unit.warehouses.overseas.conftest import BUILT, COLOUR, LAMP, SHIPS

SPAIN = "201336104"
TEMPLATE = WarehouseTemplateRecord(
    1,
    "ES+FR",
    handling_days=3,
    countries=(country_record("ES", stock=35, surcharge_minor=600), country_record("FR", surcharge_minor=800)),
    price_source=PriceSource.SURCHARGE,
    freight=(StoreFreight(1, "700126548"), StoreFreight(2, "1")),
)


@pytest.fixture
def build(db):
    """Work a build out over listings, and store it."""

    def go(ids, options, stored=True):
        products, hashes = listing_products(db, ids, TaskContext())
        built = run_build(db, products, options, TaskContext())
        return built, apply_to_listings(db, built, hashes, TaskContext()) if stored else hashes

    return go


def told(db, listing_id):
    with db.read() as session:
        listing = load_listing(session, listing_id)
    parts = [{part["name"]: part.get("value_id") or part["value"] for part in sku.properties} for sku in listing.skus]
    rows = [(sku.code, sku.price_minor, sku.stock, sku.ships_from) for sku in listing.skus]
    return listing, rows, parts


def test_a_template_makes_variants_in_order_and_one_undo_takes_all_back(db, make_listing, build):
    listing = make_listing(
        skus=(("LM1-WH", 1890, 120), ("LM1-WH_CUS", 2500, 5), ("LM1-GY", 2000, 90)), freight_template_id="9"
    )
    before = told(db, listing.id)
    _, done = build([listing.id], BuildOptions(template=TEMPLATE))
    assert (done.listings, done.left_out) == (1, {})
    after, rows, parts = told(db, listing.id)
    assert rows == [
        ("LM1-WH", 1890, 120, "CN"),
        ("LM1-WH_CES", 2490, 35, "ES"),
        ("LM1-WH_CFR", 2690, 35, "FR"),
        ("LM1-GY", 2000, 90, "CN"),
        ("LM1-GY_CES", 2600, 35, "ES"),
        ("LM1-GY_CFR", 2800, 35, "FR"),
    ]
    assert parts[1] == {"Color": "LM1-WH", "Ships From": SPAIN}
    assert [list(one) for one in parts] == [["Color", "Ships From"]] * 6
    assert (after.handling_days, after.freight_template_id) == (3, "700126548")
    assert kinds(db) == {listing.id: "virtual"}

    _, again = build([listing.id], BuildOptions(template=TEMPLATE))
    assert again.change is None, "doing it twice changes nothing"
    result = undo(db, done.change.uid)
    assert (result.restored, result.conflicts, kinds(db)) == (1, (), {})
    assert told(db, listing.id) == (replace(before[0], updated_ms=told(db, listing.id)[0].updated_ms), *before[1:])


def with_properties(db, listing, values):
    """Give variants, by code, colour and dispatch country with the platform's ids, as synced ones have them."""
    with db.write() as session:
        connection = session.connection()
        for code, (colour, country) in values.items():
            parts = [{"name": "Color", "name_id": COLOUR, "value": colour, "value_id": colour}]
            if country:
                parts.append({"name": "Ships From", "name_id": SHIPS, "value": country, "value_id": country})
            told = (orjson.dumps(parts).decode(), listing.id, code)
            connection.exec_driver_sql("UPDATE sku SET properties = ? WHERE listing_id = ? AND code = ?", told)
        refresh_derived(connection, [load_listing(session, listing.id)], 1_000)


def test_the_worked_example_cell_by_cell_in_a_listing(db, make_listing, build, sheet):
    """8.4 as a bulk edit of a listing, and the second time, which changes nothing."""
    listing = make_listing(skus=[(own.code, own.price_minor, own.stock) for own in LAMP])
    with_properties(db, listing, {own.code: (own.properties[COLOUR], own.properties.get(SHIPS)) for own in LAMP})
    built, done = build([listing.id], BuildOptions(sheet()))
    _, rows, parts = told(db, listing.id)
    assert rows == BUILT
    home, france = "201336100", "201336342"
    assert [tuple(one.items()) for one in parts] == [
        (("Color", colour), ("Ships From", place))
        for colour, place in (
            ("193", home), ("193", SPAIN), ("193", france), ("29", home), ("29", SPAIN), ("350853", home),
            ("350853", SPAIN),
        )
    ]  # fmt: skip
    assert [(one.row, one.code, one.country) for one in built.build.unmatched] == [(6, "XY0001", "ES")]
    (merged,) = (one.merged for one in built.build.products)
    assert [LAMP[at].code for at in merged.removed] == ["AB1234-BK_CUS"]
    assert [(LAMP[one.own].code, one.country) for one in merged.missing] == [("AB1234-WH", "FR"), ("AB1234-BK*2", "FR")]
    _, again = build([listing.id], BuildOptions(sheet()))
    assert again.change is None
    undo(db, done.change.uid)
    assert [row[:3] for row in told(db, listing.id)[1]] == [(own.code, own.price_minor, own.stock) for own in LAMP]


def kinds(db):
    with db.reader.connect() as connection:
        return kinds_of(connection, range(1, 50))


def test_stock_that_lies_abroad_is_said_to_be_real(db, make_listing, build):
    listing = make_listing(skus=(("LM1", 1890, 120),))
    build([listing.id], BuildOptions(template=replace(TEMPLATE, is_virtual=False)))
    assert kinds(db) == {listing.id: "real"}


def test_another_price_changes_the_variants_that_are_there(db, make_listing, build):
    listing = make_listing(skus=(("LM1", 1890, 120),))
    build([listing.id], BuildOptions(template=TEMPLATE))
    ids = [sku.id for sku in told(db, listing.id)[0].skus]
    dearer = replace(TEMPLATE, countries=(country_record("FR", surcharge_minor=900),))
    _, done = build([listing.id], BuildOptions(template=dearer))
    after, rows, _ = told(db, listing.id)
    assert rows == [("LM1", 1890, 120, "CN"), ("LM1_CFR", 2790, 35, "FR")]
    assert [sku.id for sku in after.skus] == [ids[0], ids[2]]
    assert undo(db, done.change.uid).conflicts == ()
    assert [row[0] for row in told(db, listing.id)[1]] == ["LM1", "LM1_CES", "LM1_CFR"]


def test_what_moved_on_or_is_busy_is_left_alone(db, make_listing, build):
    edited, sending, fine = (make_listing(skus=((code, 1890, 120),)) for code in ("LM1", "LM2", "LM3"))
    ids = [edited.id, sending.id, fine.id]
    built, hashes = build(ids, BuildOptions(template=TEMPLATE), stored=False)
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET content_hash = 'x' WHERE id = ?", (edited.id,))
        connection.exec_driver_sql("UPDATE listing SET status = 'sending' WHERE id = ?", (sending.id,))
    done = apply_to_listings(db, built, hashes, TaskContext())
    assert done.left_out == {edited.id: "moved", sending.id: "locked"}
    assert done.listings == 1
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET access = 'read'")
    assert apply_to_listings(db, built, hashes, TaskContext()).left_out[fine.id] == "foreign"


def test_a_real_template_keeps_what_is_there(db, make_listing, build):
    listing = make_listing(skus=(("LM1", 1890, 120), ("LM1_CES", 2222, 7)))
    build([listing.id], BuildOptions(template=replace(TEMPLATE, is_virtual=False)))
    assert told(db, listing.id)[1] == [
        ("LM1", 1890, 120, "CN"),
        ("LM1_CES", 2222, 7, ""),
        ("LM1_CFR", 2690, 35, "FR"),
    ]


def test_a_session_reads_codes_as_the_only_store_writes_them(db, make_listing):
    write_store_marks(db, 1, checked_marks("HK#", "", {}))
    listing = make_listing(skus=(("HK#LM1", 1890, 120),))
    request = BuildRequest(BuildOptions(template=TEMPLATE), listings=(listing.id,))
    try:
        head = session.prepare(db.path, request, ctx=TaskContext())
        (line,) = session.page(head.token, 0, 9, ctx=TaskContext())
        assert (line.key, line.cells["ES"].code) == ("LM1", "HK#LM1_CES")
        cheaper = BuildOptions(template=TEMPLATE, prices={("LM1", "ES"): 1000})
        head = session.again(head.token, cheaper, ctx=TaskContext())
        (line,) = session.page(head.token, 0, 9, ctx=TaskContext())
        cell = line.cells["ES"]
        assert (cell.price_minor, cell.is_typed, [one.check for one in cell.findings]) == (1000, True, ["below_home"])
        assert session.apply(head.token, ctx=TaskContext()).listings == 1
        session.discard(head.token, ctx=TaskContext())
        with pytest.raises(NotFound):
            session.page(head.token, 0, 9, ctx=TaskContext())
    finally:
        close_all()


def test_only_listings_in_usd_are_built(db, make_listing, build):
    listing = make_listing(skus=(("LM1", 1890, 120),), currency="CNY")
    built, done = build([listing.id], BuildOptions(template=TEMPLATE))
    assert done.change is None
    assert [finding.check for _, finding in built.build.findings()] == ["currency"]
    assert built.build.has_failures
