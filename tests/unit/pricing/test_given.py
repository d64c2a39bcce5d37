"""Columns and rows of what figures are made from: the same numbers and reasons, whatever the variants are like."""

from __future__ import annotations

import random

import orjson
import pytest

from app.services.listings.source import ListingSource
from app.services.paging import Query
from app.services.pricing import renewing
from app.services.pricing.figures import COLUMNS, figures_of
from app.services.pricing.given import Given, reason
from app.services.pricing.given_reading import GivenReader
from app.services.pricing.goods import ALONE, GoodsBook
from app.services.pricing.inputs import InputReader
from app.services.pricing.rates import EnteredRate, enter_rates
from app.services.pricing.renewing import renew_figures, renew_piece
from app.services.pricing.sku_columns import BESIDE, numbers_of
from app.services.pricing.watching import ALL_ARE_DUE

pytestmark = pytest.mark.usefixtures("priced")

CODES = ("AB1234", "CD5678", "EF9", "XX1", "AB1234*2", "ab1234", "AB1234+CD5678*3", "AB1234_CES", "AB-2XL", "ABX12")
CODES += ("12E3", "AB1234X2", "#AB1234", "A" * 25, "B 1", "", "CB000001", "AB1234_CUS", "_", "CD5678-1", "AB1234_B")
TEMPLATES = ("free", "pieces", "standard", "unread", "nowhere", "")
PLAN = orjson.dumps({"affiliate": True, "store_coupon": "2/10"}).decode()


@pytest.fixture
def assorted(db, write, make_listing):
    """Listings of everything that can be known or unknown, drawn at random."""
    draw = random.Random(7)
    enter_rates(db, [EnteredRate("7.85", "EUR")])
    write("INSERT INTO virtual_code (code, created_ms) VALUES ('CB000001', 0)")
    write("INSERT INTO virtual_item (code, base, quantity, position) VALUES ('CB000001', 'AB1234', 2, 0)")
    write("UPDATE stock_item SET attributes = '[\"battery\"]' WHERE code = 'CD5678'")
    write("INSERT INTO commission (category_id, share_bp, source, as_of) VALUES ('', 9999, '', '')")
    write("UPDATE commission SET share_bp = 700")
    write("UPDATE carrier_tariff SET currency = 'USD' WHERE key = 'line_es'")
    write(
        "INSERT INTO marketing_group (id, store_id, name, discount_bp, discount_plan, created_ms) "
        "VALUES (1, 1, 'A', 2500, ?, 0)",
        PLAN,
    )
    made = []
    for number in range(40):
        skus = [
            (draw.choice(CODES), draw.choice((None, 99, 999, 1_234, 4_321, 10**11)), 5)
            for _ in range(draw.randint(1, 4))
        ]
        one = make_listing(f"Lamp {number}", tuple(skus), freight_template_id=draw.choice(TEMPLATES))
        extra = {"Cost": draw.choice(["5.5", ["1", "x", None]])} if number % 3 else {}
        write(
            "UPDATE listing SET weight_g = ?, currency = ? WHERE id = ?",
            *(draw.choice((None, 0, 150, 2_500, 90_000)), draw.choice(("USD", "USD", "EUR", "CNY", "BRL"))),
            one.id,
        )
        write("UPDATE listing_body SET extra = ? WHERE id = ?", orjson.dumps(extra).decode(), one.id)
        if number % 2:
            write("INSERT INTO marketing_member (listing_id, group_id) VALUES (?, 1)", one.id)
        made.append(one.id)
    for place in ("ES", "US", "ZZ"):
        write("UPDATE sku SET ships_from = ? WHERE id % 7 = ?", place, len(place) + ord(place[0]) % 5)
    return made


def test_columns_say_what_rows_say(db, assorted):
    with db.reader.connect() as connection:
        reader = InputReader.of(connection)
        inputs = reader.read(assorted)
        rows = Given.of(inputs)
        columns = GivenReader(reader).read(assorted)
        fresh = figures_of(connection, assorted)
    assert columns is not None
    for name in ("listing_id", "sku_id", "price_minor", "cost_micro", "freight_micro", "buyer_minor", "discount_bp"):
        assert getattr(columns, name).tolist() == getattr(rows, name).tolist(), name
    for name in ("commission_bp", "rate", "is_usd"):
        assert getattr(columns, name).tolist() == getattr(rows, name).tolist(), name
    assert [columns.plans[one] for one in columns.plan] == [rows.plans[one] for one in rows.plan]
    reasons = [row.missing[0].value if row.missing else "" for row in inputs]
    assert rows.whys() == columns.whys() == reasons
    assert rows.lacking.tolist() == columns.lacking.tolist()
    assert len(set(reasons)) > 6, "nearly everything is missing somewhere"
    renew_figures(db)
    with db.reader.connect() as connection:
        kept = numbers_of(connection, [one.given.sku_id for one in fresh], ("lacking", *COLUMNS))
    assert [(reason(lacking), *rest) for lacking, *rest in kept.values()] == [
        (one.why[0].value if one.why else "", *(getattr(one, name) for name in COLUMNS)) for one in fresh
    ]


def test_a_code_that_is_alone_is_read_as_itself(db):
    draw = random.Random(3)
    codes = {"".join(draw.choices("ABCXE1290-_*", k=draw.randint(1, 9))) for _ in range(3_000)} | set(CODES)
    with db.reader.connect() as connection:
        book = GoodsBook.of(connection)
        alone = [(1, code) for code in sorted(codes) if ALONE.fullmatch(code)]
        assert len(alone) > 100
        book.learn(alone)
        home = book.goods(1, alone[0][1])[0].ships_from
        assert all(
            (reading.components, reading.ships_from) == (((code, 1),), home)
            for key in alone
            for code, reading in [(key[1], book.goods(*key)[0])]
        )
        keys = [(1, code) for code in sorted(codes)]
        lean = book.lean(keys)
        book.learn(keys)
        for key, found in zip(keys, lean, strict=True):
            reading, goods = book.goods(*key)
            assert found == (goods.cost_micro, goods.weight_mg, reading.ships_from, goods.attributes)


def test_first_rows_by_a_figure_are_the_same_along_its_index_and_looked_up(db, assorted, write):
    renew_figures(db)
    source = ListingSource(db)

    def agrees(sort, descending):
        query = Query(sort=sort, descending=descending)
        return [row.id for row in source.first_page(query, 25)] == list(source.ids(query))[:25]

    asked = [(sort, descending) for sort in ("margin", "profit") for descending in (False, True)]
    assert all(agrees(*one) for one in asked)
    write("UPDATE listing SET updated_ms = updated_ms + 1 WHERE id = ?", assorted[3])
    assert all(agrees(*one) for one in asked), "a figure of yesterday counts as unknown"


def kept_figures(db):
    """Everything that is stored of figures, but for which generation it is of."""
    with db.reader.connect() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM sku ORDER BY id").scalars().all()
        rows = connection.exec_driver_sql("SELECT * FROM listing_figure ORDER BY listing_id").mappings().all()
        return numbers_of(connection, ids, (*BESIDE, *COLUMNS)), [
            {name: value for name, value in row.items() if name != "generation"} for row in rows
        ]


@pytest.mark.parametrize(
    ("sql", "is_all"),
    [
        ("UPDATE commission SET share_bp = 1234", True),
        ("UPDATE commission SET share_bp = 9990", True),
        ("INSERT INTO pricing_setting (name, value, source, as_of) VALUES ('packing', '2.5', '', '')", True),
        ("INSERT INTO pricing_setting (name, value, source, as_of) VALUES ('discount', '0.45', '', '')", True),
        ("INSERT INTO pricing_setting (name, value, source, as_of) VALUES ('affiliate', '0.9', '', '')", True),
        (
            "INSERT INTO exchange_rate (currency, rate_micro, as_of, source, entered_ms) "
            "VALUES ('USD', 6543200, '2020-01-02', '', 0)",
            False,
        ),
        ("DELETE FROM exchange_rate WHERE currency = 'USD'", False),
        ("DELETE FROM exchange_rate", False),
    ],
)
@pytest.mark.usefixtures("assorted")
def test_figures_reckoned_again_are_those_read_again(db, write, make_listing, monkeypatch, sql, is_all):
    make_listing("Plain", (("AB1234", 999, 5), ("AB1234*2", 1_999, 5)), freight_template_id="free")
    renew_figures(db)
    before = kept_figures(db)
    write(sql)
    read = []
    monkeypatch.setattr(renewing, "renew_piece", lambda *of: read.extend(of[2]) or renew_piece(*of))
    count = len(before[1])
    assert renew_figures(db).listings == count
    assert (not read) == is_all and len(read) < count, "the others were only reckoned again"
    quick = kept_figures(db)
    assert quick != before
    with db.bulk() as connection:
        connection.exec_driver_sql(ALL_ARE_DUE)
    renew_figures(db)
    assert kept_figures(db) == quick
