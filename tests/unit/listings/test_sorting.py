"""Every column of the Listings table, at both levels, is in the order of what its cells show."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pytest

from app.messages import Messages, catalogue, messages
from app.models import (
    Category,
    FreightTemplate,
    ListingFinding,
    ListingHold,
    ListingStatus,
    ListingWarehouse,
    MarketingGroup,
    MarketingMember,
    ProductGroup,
    Sku,
    Store,
)
from app.services.db import Database
from app.services.listings import variant_masks, variant_order
from app.services.listings.figure_fields import OF_VARIANTS, SHOWN
from app.services.listings.filters import parse_filters
from app.services.listings.source import ListingSource
from app.services.listings.text import fold
from app.services.listings.variant_source import OWN, VariantSource
from app.services.paging import Query
from tests.figure_columns import fill_columns
from tests.listing_rows import add_listing

GATEWAYS = {1: "http://127.0.0.1:1", 2: "http://127.0.0.1:2", 3: "http://127.0.0.1:1"}
TEXTS = (
    "",
    "beta",
    "Alpha",
    "ALPHA",
    "alpha 2",
    "Яблоко",
    "яблоко 2",
    "арбуз",
    "灯具",
    "耳机",
    "10",
    "9",
    "Ünal",
    "ＡＢ",
)
"""Equal ones but for their case, and some that stand elsewhere by their bytes than by their letters."""
NAMES = {
    (1, "100"): "Summer",
    (1, "20"): "灯具",
    (1, "3"): "Яблоко",
    (1, "x1"): "арбуз",
    (1, "41"): "alpha",
    (2, "100"): "alpha",
    (2, "20"): "summer",
    (2, "3"): "Zed",
    (3, "7"): "яблоко",
    (3, "100"): "Beta",
}
"""The same id is another thing in each store, and two stores have a name in common."""
IDS = ("", "100", "20", "3", "x1", "X0", "41", "7", "9000")
CATEGORIES = {
    ("http://127.0.0.1:1", "100"): ("Lamps", "灯具"),
    ("http://127.0.0.1:1", "20"): ("earphones", "耳机"),
    ("http://127.0.0.1:1", "3"): ("Cables", "Z 线"),
    ("http://127.0.0.1:2", "100"): ("apples", "苹果"),
    ("http://127.0.0.1:2", "41"): ("Earphones", "耳机"),
}
OFF_REASONS = ("", "expired", "user", "violation", "nobody knows")
FIGURES = {name: field.expression for name, field in OF_VARIANTS.items()}


@dataclass(frozen=True)
class Ground:
    """What was stored, beside what rows show of it."""

    db: Database
    stored: dict[int, dict[str, Any]]


@pytest.fixture
def ground(db, filled_once):
    return Ground(db, filled_once(lambda: _fill(db, random.Random(7))))


def _fill(db, chance):
    stored = {}
    with db.write() as session:
        _name(session)
        for number in chance.sample(range(1, 400), 90):
            stored[number] = _add(session, chance, number)
    with db.bulk() as connection:
        figures = _figure(connection, chance, sorted(stored))
        fill_columns(connection, {number: dict(zip(SHOWN, of, strict=True)) for number, of in figures.items()})
    return stored


def _name(session):
    for number in (2, 3):
        store = Store(id=number, name=f"S{number}", gateway=GATEWAYS[number], credential_ref=f"{number}", created_ms=1)
        session.add(store)
    session.flush()
    for (store_id, id), name in NAMES.items():
        session.add(ProductGroup(store_id=store_id, group_id=id, name=name, synced_ms=1))
        session.add(FreightTemplate(store_id=store_id, template_id=id, name=name[::-1], synced_ms=1))
    session.add(FreightTemplate(store_id=None, template_id="", name="A plan of the team's own", synced_ms=1))
    for (gateway, id), (en, zh) in CATEGORIES.items():
        names = {"name_en": en, "name_zh": zh, "path_en": en, "path_zh": zh}
        session.add(
            Category(gateway=gateway, category_id=id, parent_id="", level=1, is_leaf=True, fetched_ms=1, **names)
        )
    for number, (store_id, name) in enumerate([(1, "zeta"), (1, "Яблоко"), (2, "Zeta"), (2, "灯"), (3, "a")], start=1):
        session.add(MarketingGroup(id=number, store_id=store_id, name=name, created_ms=1))
    session.flush()


def _add(session, chance, number):
    title, code, key = (chance.choice(TEXTS) for _ in range(3))
    price = chance.choice((None, 0, 99, 100, 1000, 9900))
    beside = {
        "weight": chance.choice((None, 0, 9, 100)),
        "handling_days": chance.choice((None, 1, 10, 7)),
        "import_run": chance.choice((None, 1, 10, 9)),
        "created": chance.choice((1, 10, 9)),
        "held": chance.random() < 0.5,
        "quarantined": chance.random() < 0.5,
    }
    add_listing(
        session,
        id=number,
        store_id=chance.choice((1, 2, 3)),
        title=title,
        title_folded=fold(title),
        code=code,
        product_key=key,
        product_id=chance.choice((None, f"{number}0", f"9{number}")),
        status=(status := chance.choice([*ListingStatus, "off", "off"])),
        off_reason=chance.choice(OFF_REASONS) if status == "off" else "",
        category_id=chance.choice(IDS),
        freight_template_id=chance.choice(IDS),
        group_id=chance.choice(IDS),
        currency="USD",
        price_min_minor=price,
        price_max_minor=None if price is None else price + chance.choice((0, 1, 900)),
        stock_total=chance.choice((None, 0, 9, 10)),
        sku_count=chance.choice((1, 2, 10)),
        image_count=chance.choice((0, 2, 10)),
        block_count=chance.choice((0, 1, 2)),
        hold_count=chance.choice((0, 1, 2)),
        warn_count=chance.choice((0, 1, 10)),
        error_code=chance.choice(("", "b", "a")),
        content_hash=chance.choice("ab"),
        sent_hash=chance.choice((None, "a")),
        weight_g=beside["weight"],
        handling_days=beside["handling_days"],
        import_run_id=beside["import_run"],
        created_ms=beside["created"],
        updated_ms=chance.choice((5, 50, 7)),
        search_text=fold(title),
    )
    _add_beside(session, chance, number, beside)
    return beside


def _add_beside(session, chance, number, beside):
    if beside["held"]:
        session.add(ListingHold(listing_id=number, reason=chance.choice(TEXTS), actor="ann", held_ms=1))
    if beside["quarantined"]:
        session.add(ListingFinding(listing_id=number, code="guard.floor", severity="hold", store_id=1, number=1))
    if chance.random() < 0.7:
        session.add(MarketingMember(listing_id=number, group_id=chance.randint(1, 5)))
    if chance.random() < 0.7:
        session.add(ListingWarehouse(listing_id=number, kind=chance.choice(("real", "virtual"))))
    for place in range(chance.randint(1, 3)):
        session.add(
            Sku(
                listing_id=number,
                position=place,
                code=(code := chance.choice(TEXTS)),
                match_key=code,
                price_minor=chance.choice((None, 0, 99, 1000)),
                stock=chance.choice((None, 0, 9, 10)),
                ships_from=chance.choice(("", "CN", "cn", "US", "es")),
                barcode=chance.choice(TEXTS),
                properties=[],
            )
        )


def _figure(connection, chance, numbers):
    """Figures of listings: most are of today, some listings are due."""
    found = {}
    for number in numbers:
        if chance.random() < 0.2:
            continue
        connection.exec_driver_sql("DELETE FROM figure_due WHERE listing_id = ?", (number,))
        values = [chance.choice((None, -500, 0, 5, 40)) for _ in SHOWN]
        connection.exec_driver_sql(
            f"INSERT INTO listing_figure (listing_id, {', '.join(SHOWN)}, why, unknown, generation) "
            f"VALUES ({', '.join('?' * (len(SHOWN) + 1))}, '', 0, (SELECT generation FROM figure_state))",
            (number, *values),
        )
        found[number] = values
    connection.exec_driver_sql("UPDATE figure_state SET renewed = generation")
    return found


# -- what cells show -----------------------------------------------------------------------------------------------


def _lowest_first(value):
    """What nobody knows is the lowest."""
    return value is not None, value if value is not None else 0


def _status(row):
    word = Messages(row.language).text(f"status.listing.{row.status}")
    if row.status != "off" or not row.off_reason:
        return fold(word)
    known = f"listings.off.{row.off_reason}"
    reason = Messages(row.language).text(known if known in catalogue() else "listings.off.other")
    return fold(Messages(row.language).text("listings.off_reason", word=word, reason=reason))


def _warehouse(row):
    return fold(Messages(row.language).text(f"listings.warehouse.{row.warehouse_kind}")) if row.warehouse_kind else ""


class Shown:
    """A row with what was stored beside it, and the language it is shown in."""

    def __init__(self, row, stored, language):
        self._row, self.stored, self.language = row, stored, language

    def __getattr__(self, name):
        return getattr(self._row, name)


def _figure_shown(column):
    return lambda row: None if row.figures.is_stale else getattr(row.figures, column)


OF_LISTING = {
    "title": lambda row: fold(row.title),
    "code": lambda row: row.code,
    "key": lambda row: row.product_key,
    "product_id": lambda row: row.product_id,
    "store": lambda row: row.store_id,
    "status": _status,
    "price": lambda row: row.price_min_minor,
    "price_max": lambda row: row.price_max_minor,
    "stock": lambda row: row.stock,
    "skus": lambda row: row.sku_count,
    "images": lambda row: row.image_count,
    "category": lambda row: fold(row.category),
    "freight_template": lambda row: fold(row.freight_template),
    "group": lambda row: fold(row.group),
    "marketing_group": lambda row: fold(row.marketing_group),
    "warehouse_kind": _warehouse,
    "hold_reason": lambda row: fold(row.hold_reason),
    "findings": lambda row: row.block_count + row.hold_count + row.warn_count,
    "blocked": lambda row: row.block_count,
    "changed": lambda row: bool(row.is_changed),
    "error": lambda row: row.error_code,
    "updated": lambda row: row.updated_ms,
    **{
        name: lambda row, name=name: row.stored[name]
        for name in ("weight", "handling_days", "import_run", "created", "held", "quarantined")
    },
    **{name: _figure_shown(column) for name, column in FIGURES.items()},
}
OF_VARIANT = {
    "code": lambda row: row.code,
    "price": lambda row: row.price_minor,
    "stock": lambda row: row.stock,
    "ships_from": lambda row: row.ships_from.lower(),
    "barcode": lambda row: row.barcode,
    **{name: _figure_shown(column) for name, column in FIGURES.items()},
}


def _listings(ground, language="en"):
    source = ListingSource(ground.db)
    source.language = language
    rows = source.rows(list(ground.stored)).values()
    return source, [Shown(row, ground.stored[row.id], language) for row in rows]


def _assert_order(source, expected, **question):
    """*expected*: the ids upwards; downwards is the same backwards, ties too."""
    for descending, ids in ((False, expected), (True, expected[::-1])):
        query = Query(descending=descending, **question)
        assert list(source.ids(query)) == ids, query
        for limit in (3, len(ids)):
            source._db.forget_answers()
            assert [row.id for row in source.first_page(query, limit)] == ids[:limit], query


def _sortable(fields):
    return {name for name, field in fields.items() if field.is_sortable}


def test_every_sortable_field_is_looked_at():
    assert set(OF_LISTING) == _sortable(ListingSource.spec.fields)
    assert set(OF_VARIANT) == _sortable(OWN)
    assert {*OF_LISTING, *OF_VARIANT} == _sortable(VariantSource.spec.fields)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", sorted(OF_LISTING))
def test_listings_stand_by_what_is_shown(ground, name, language):
    source, rows = _listings(ground, language)
    values = {_lowest_first(OF_LISTING[name](row)) for row in rows}
    assert 1 < len(values) < len(rows), "some are equal, some are not"
    rows.sort(key=lambda row: (_lowest_first(OF_LISTING[name](row)), row.id))
    _assert_order(source, [row.id for row in rows], sort=name)
    some = [row.id for row in rows if row.store_id in (1, 3) and (row.price_min_minor or 0) > 100]
    assert len(some) > 3
    _assert_order(source, some, sort=name, filters=parse_filters("price > 1"), store_ids=(1, 3))
    found = [row.id for row in rows if "alpha" in fold(row.title)]
    assert len(found) > 3
    _assert_order(source, found, sort=name, text="ALPHA")


NAMED = ("category", "freight_template", "group", "marketing_group", "warehouse_kind", "hold_reason", "status")


@pytest.mark.parametrize("then", NAMED)
def test_names_order_what_another_column_leaves_equal(ground, then):
    source, rows = _listings(ground)
    for first in ("images", "status", "group"):
        rows.sort(key=lambda row: (OF_LISTING[first](row), OF_LISTING[then](row), row.id))
        query = Query(sort=first, then=then)
        assert list(source.ids(query)) == [row.id for row in rows]
        assert [row.id for row in source.first_page(query, 9)] == [row.id for row in rows[:9]]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_categories_of_stores_of_one_gateway_stand_by_their_names(ground, write, language):
    """What another gateway, which no store is of any more, calls a category is not asked."""
    write("UPDATE store SET gateway = ?", GATEWAYS[1])
    source, rows = _listings(ground, language)
    rows.sort(key=lambda row: (OF_LISTING["category"](row), row.id))
    assert {"Earphones", "apples", "苹果"}.isdisjoint(row.category for row in rows)
    _assert_order(source, [row.id for row in rows], sort="category")


def test_stores_with_a_name_in_common_stand_together(ground):
    source, rows = _listings(ground)
    stores = {row.id: row.store_id for row in rows}
    query = Query(sort="group")
    of_summer = [row for row in source.first_page(query, 99) if fold(row.group) == "summer"]
    assert {stores[row.id] for row in of_summer} == {1, 2}
    at = [row.id for row in source.first_page(query, 99)].index(of_summer[0].id)
    ids = list(source.ids(query))[at : at + len(of_summer)]
    assert ids == sorted(row.id for row in of_summer)


def test_a_source_speaks_the_language_of_the_program_until_it_is_told_another(ground, monkeypatch):
    monkeypatch.setattr(messages, "language", "zh")
    source = ListingSource(ground.db)
    by_chinese = list(source.ids(Query(sort="category")))
    assert source.language == "zh"
    source.language = "en"
    assert list(source.ids(Query(sort="category"))) != by_chinese, "what was kept is of the other language"


# -- variants ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", sorted({*OF_LISTING, *OF_VARIANT}))
def test_variants_stand_by_what_is_shown(ground, name, language, monkeypatch):
    _, listings = _listings(ground, language)
    of_listing = {row.id: row for row in listings}
    source = VariantSource(ground.db)
    source.names.language = language
    rows = list(source.rows(list(source.ids(Query()))).values())

    def place(row):
        if name in OF_VARIANT:
            return _lowest_first(OF_VARIANT[name](row)), row.id
        return _lowest_first(OF_LISTING[name](of_listing[row.listing_id])), row.listing_id, row.id

    assert 1 < len({place(row)[0] for row in rows}) < len(rows)
    rows.sort(key=place)
    _assert_order(source, [row.id for row in rows], sort=name)
    priced = [row.id for row in rows if (row.price_minor or 0) > 50]
    _assert_order(source, priced, sort=name, filters=parse_filters("price > 0.5"))
    for module in (variant_masks, variant_order):
        monkeypatch.setattr(module, "FEW", 2)
    monkeypatch.setattr(variant_order, "WALKED", 10)
    _assert_order(source, priced, sort=name, filters=parse_filters("price > 0.5"))


@pytest.mark.parametrize("of_100", [0, 3, 60, 100])
def test_few_and_many_barcodes_are_walked_alike(ground, write, monkeypatch, of_100):
    """However many variants have one: what is looked at here and there decides what is read."""
    write("UPDATE sku SET barcode = CASE WHEN id % 100 < ? THEN (id * 37 % 50) || 'B' ELSE '' END", of_100)
    monkeypatch.setattr(variant_masks, "FEW", 2)
    monkeypatch.setattr(variant_order, "FEW", 2)
    monkeypatch.setattr(variant_order, "WALKED", 10)
    source = VariantSource(ground.db)
    rows = sorted(source.rows(list(source.ids(Query()))).values(), key=lambda row: (row.barcode, row.id))
    ids = [row.id for row in rows if row.stock is not None]
    _assert_order(source, ids, sort="barcode", filters=parse_filters("stock is present"))
    by_price = sorted(rows, key=lambda row: (row.barcode, _lowest_first(row.price_minor), row.id))
    query = Query(sort="barcode", then="price")
    assert [row.id for row in source.first_page(query, 25)] == [row.id for row in by_price[:25]]
