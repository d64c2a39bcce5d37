"""Every field a filter knows, asked of three listings, in both languages of the field."""

from __future__ import annotations

import shutil

import pytest

from app.models import (
    ListingFinding,
    ListingHold,
    ListingOrigin,
    ListingTag,
    ListingWarehouse,
    MarketingGroup,
    MarketingMember,
    Order,
    OrderLine,
    Sku,
    Store,
)
from app.services.listings.filter_fields import known_fields
from app.services.listings.filters import parse_filters, written
from app.services.listings.source import ListingSource
from app.services.listings.text import bigrams, fold, search_text
from app.services.listings.typed import moments
from app.services.listings.variant_source import VariantSource
from app.services.paging import Query
from app.services.pricing.renewing import renew_figures
from app.services.upgrade import open_database
from tests.listing_rows import add_listing

LAMP, CASE, CABLE = 1, 2, 3
FIELDS = {
    "text": [("text ~ lm44", {LAMP}), ("text ~ 手机", {CASE}), ("text !~ lm44", {CASE, CABLE})],
    "title": [("title ~ LAMP", {LAMP}), ('title = "usb cable"', {CABLE})],
    "store": [("store = 2", {CABLE}), ("store != 2", {LAMP, CASE})],
    "status": [("status = live", {LAMP}), ("status in (draft, 已下架)", {CASE, CABLE})],
    "price": [("price < 5", {CABLE}), ("price >= 18.90", {LAMP}), ("price is missing", {CASE})],
    "price_max": [("price_max = 20", {LAMP}), ("price_max <= 4.5", {CABLE})],
    "stock": [("stock = 0", {CABLE}), ("stock > 100", {LAMP}), ("stock is missing", {CASE})],
    "findings": [("findings > 0", {LAMP, CASE}), ("findings = 3", {CASE})],
    "blocked": [("blocked > 0", {CASE}), ("blocked = 0", {LAMP, CABLE})],
    "finding": [("finding = title.too_long", {CASE}), ("finding != title.too_long", {LAMP, CABLE})],
    "changed": [("changed = yes", {CABLE}), ("changed = no", {LAMP, CASE})],
    "quarantined": [("quarantined = yes", {CASE}), ("隔离 = no", {LAMP, CABLE})],
    "held": [("held = yes", {CASE}), ("暂缓 = no", {LAMP, CABLE})],
    "hold_reason": [('hold_reason ~ "licence"', {CASE}), ("hold_reason is missing", {LAMP, CABLE})],
    "warehouse_kind": [("warehouse_kind = virtual", {LAMP}), ("海外仓 != 虚拟海外仓", {CASE, CABLE})],
    "category": [("category = 44", {CASE}), ("category is missing", {CABLE})],
    "freight_template": [("freight_template = 7001", {LAMP}), ("template is missing", {CASE, CABLE})],
    "group": [("group = 88", {CASE}), ("group in (88, 99)", {CASE, CABLE})],
    "marketing_group": [("marketing_group = Autumn", {LAMP}), ("marketing_group is missing", {CASE, CABLE})],
    "regional_type": [
        ("regional_type = percentage", {LAMP}),
        ("regional_type in (百分比, absolute)", {LAMP, CASE}),
        ("regional_type is missing", {CABLE}),
    ],
    "regional_country": [
        ("regional_country = 俄罗斯", {LAMP, CASE}),
        ("regional_country = br", {LAMP}),
        ("regional_country != RU", {CABLE}),
    ],
    "regional_value": [("regional_value < -9.99", {LAMP}), ("regional_value = 8.49", {CASE})],
    "cost": [("cost > 10", {LAMP}), ("成本 = 8.80", {CASE}), ("cost is missing", {CABLE})],
    "freight_cost": [("freight_cost < 7", {LAMP}), ("freight_cost is missing", {CASE, CABLE})],
    "fees": [("fees >= 2.10", {LAMP}), ("fees < 1", {CASE})],
    "profit": [("profit < 0", {CASE}), ("profit > 3.13", {LAMP})],
    "margin": [("margin < 0.05", {CASE}), ("margin >= 12.5%", {LAMP}), ("margin is missing", {CABLE})],
    "break_even": [("break_even < 10", {LAMP}), ("break_even > 10", {CASE})],
    "worst_case": [("worst_case = 15", {LAMP}), ("worst_case is missing", {CASE, CABLE})],
    "worst_profit": [("worst_profit < 0", {LAMP}), ("worst_profit is missing", {CASE, CABLE})],
    "tag": [("tag = sale", {LAMP, CABLE}), ("tag != sale", {CASE})],
    "import_run": [("import_run = 6", {LAMP}), ("import_run is missing", {CASE, CABLE})],
    "code": [("code = LM4402", {LAMP}), ("code ~ c1", {CASE})],
    "sku": [
        ("sku = LM4402-GY", {LAMP}),
        ("商家编码 = LM4402-GY", {LAMP}),
        ("sku ~ 402", {LAMP}),
        ("sku ~ 单", {CABLE}),
        ("sku !~ pc1", {LAMP, CABLE}),
    ],
    "item": [("item = CD5678", {CASE}), ("item = AB1234", {CASE}), ("item = LM4402", set()), ("item = D5678", set())],
    "ships_from": [("ships_from = us", {LAMP}), ("ships_from in (US, ES)", {LAMP, CABLE})],
    "skus": [("skus = 2", {LAMP, CASE}), ("skus > 2", set())],
    "images": [("images = 0", {CASE}), ("images > 5", {LAMP})],
    "weight": [("weight > 250", {LAMP}), ("weight is missing", {CABLE})],
    "handling_days": [("handling_days <= 3", {CASE}), ("handling_days is missing", {CABLE})],
    "sold": [("sold = 3", {LAMP}), ("sold = 0", {CASE}), ("sold is missing", {CABLE}), ("sold < 4", {LAMP, CASE})],
    "error": [("error = E100", {CABLE}), ("error is missing", {LAMP, CASE})],
    "product_id": [("product_id = 1005001", {LAMP}), ("product_id is missing", {CASE})],
    "key": [("key = K-1", {LAMP}), ("key ~ k-", {LAMP, CASE})],
    "service_template": [
        ("service_template = 520202", {CASE}),
        ("服务模板 = 520202", {CASE}),
        ("service_template is missing", {LAMP, CABLE}),
    ],
    "updated": [("updated = 2026-11-02", {LAMP}), ("updated < 2026-11-02", {CASE, CABLE})],
    "created": [("created >= 2026-11-02", {CASE}), ("created in (2026-10-31, 2026-11-02)", {LAMP, CASE})],
}


@pytest.fixture(scope="module")
def source(tmp_path_factory, empty_database):
    path = tmp_path_factory.mktemp("fields") / "shangjia.db"
    shutil.copyfile(empty_database, path)
    database = open_database(path)
    with database.write() as session:
        session.add(Store(id=2, name="B", gateway="http://127.0.0.1:1", credential_ref="two", created_ms=1))
        session.add(MarketingGroup(id=5, store_id=1, name="Autumn", created_ms=1))
        for columns, codes, place in _listings():
            listing = add_listing(session, **columns)
            session.add_all(_sku(listing.id, at, code, key, place) for at, (code, key) in enumerate(codes))
        session.add(MarketingMember(listing_id=LAMP, group_id=5))
        session.add(ListingHold(listing_id=CASE, reason="Waits for the licence", actor="ann", held_ms=1))
        session.add(ListingWarehouse(listing_id=LAMP, kind="virtual"))
        session.add_all(
            ListingOrigin(
                listing_id=id, store_id=1, from_store_id=2, product_id="", service_template_id=of, covered_ms=1
            )
            for id, of in ((LAMP, ""), (CASE, "520202"), (9_999, "520202"))
        )
        session.add_all(ListingTag(listing_id=id, tag="sale") for id in (LAMP, CABLE))
        session.add(ListingFinding(listing_id=CASE, code="title.too_long", severity="block", store_id=1, number=1))
        session.add(ListingFinding(listing_id=CASE, code="guard.floor", severity="hold", store_id=1, number=1))
        session.add(ListingFinding(listing_id=LAMP, code="guard.floor", severity="warn", store_id=1, number=1))
        session.add(Order(id=1, store_id=1, order_id="o", status="FINISH", search_text="", raw={}, synced_ms=1))
        session.flush()
        line = {"title": "", "code": "", "currency": "USD", "status": ""}
        session.add(OrderLine(store_order_id=1, line_id="1", product_id="1005001", quantity=3, **line))
    renew_figures(database)
    with database.bulk() as connection:
        connection.exec_driver_sql("INSERT INTO figure_due (listing_id) VALUES (?)", (CABLE,))
        connection.exec_driver_sql("DELETE FROM listing_figure")
        for listing_id, (cost, freight, *others) in {**FIGURES, CABLE: FIGURES[LAMP]}.items():
            millionths = [None if part is None else part * 10**4 for part in (cost, freight)]
            connection.exec_driver_sql(_FIGURE, (listing_id, *millionths, *others))
    yield ListingSource(database)
    database.dispose()


def _listings():
    days = [moments(f"2026-{day}")[0] for day in ("10-31", "11-01", "11-02")]
    lamp = _listing(
        LAMP,
        "Desk lamp",
        (("LM4402-GY", "LM4402-GY"), ("LM4402-WH", "LM4402-WH")),
        {"status": "live", "product_key": "K-1", "product_id": "1005001", "code": "LM4402", "import_run_id": 6}
        | {"category_id": "55", "freight_template_id": "7001", "weight_g": 300, "handling_days": 7, "warn_count": 1}
        | {"price_min_minor": 1890, "price_max_minor": 2000, "stock_total": 210, "image_count": 6, "sku_count": 2}
        | {"regional_prices": {"type": "percentage", "countries": {"BR": 5, "RU": -10}}}
        | {"content_hash": "a", "sent_hash": "a", "created_ms": days[0], "updated_ms": days[2]},
    )
    case = _listing(
        CASE,
        "手机壳 Phone case",
        (("2*AB1234+CD5678", "AB1234*2+CD5678"), ("PC1", "PC1")),
        {"status": "draft", "product_key": "K-2", "code": "PC1", "category_id": "44", "group_id": "88"}
        | {"weight_g": 40, "handling_days": 3, "block_count": 1, "hold_count": 1, "warn_count": 1, "sku_count": 2}
        | {"regional_prices": {"type": "absolute", "countries": {"RU": {"PC1": 849}}}}
        | {"content_hash": "a", "sent_hash": None, "created_ms": days[2], "updated_ms": days[1]},
    )
    cable = _listing(
        CABLE,
        "USB cable",
        (("单UC7", "单UC7"),),
        {"store_id": 2, "status": "off", "product_key": "X", "product_id": "1005003", "code": "UC7", "group_id": "99"}
        | {"price_min_minor": 450, "price_max_minor": 450, "stock_total": 0, "image_count": 1, "sku_count": 1}
        | {"content_hash": "b", "sent_hash": "a", "error_code": "E100", "created_ms": days[1], "updated_ms": days[0]},
    )
    return (*lamp, "US"), (*case, ""), (*cable, "es")


def _listing(id, title, codes, fields):
    searched = search_text(title, fields["product_key"], fields.get("product_id"), [code for code, _ in codes])
    texts = {
        "title": title,
        "title_folded": fold(title),
        "search_text": searched,
        "bigram_text": bigrams(searched),
    }
    return {"id": id, "store_id": 1, **texts, **fields}, codes


def _sku(listing_id, at, code, key, place):
    return Sku(listing_id=listing_id, position=at, code=code, match_key=key, ships_from=place if at == 0 else "")


FIGURES = {LAMP: (1_250, 655, 210, 314, 1_250, 999, 1_500, -30), CASE: (880, None, 95, -120, -300, 1_400, None, None)}
"""Cost and freight in hundredths of a CNY, then as the columns of `listing_figure`; the cable has none of today."""
_FIGURE = """
INSERT INTO listing_figure (listing_id, cost_micro, freight_micro, fees_minor, profit_minor, margin_bp, even_minor,
                            worst_minor, worst_profit_minor, why, unknown, generation)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, (SELECT generation FROM figure_state))
"""
CASES = [(name, text, wanted) for name, asked in FIELDS.items() for text, wanted in asked]


def test_no_field_is_forgotten():
    assert set(FIELDS) == set(known_fields())
    for name, text, _ in CASES:
        assert {condition.field for condition in parse_filters(text)} == {name}, text


@pytest.mark.parametrize(("name", "text", "wanted"), CASES, ids=[text for _, text, _ in CASES])
def test_a_field_finds_what_it_says(source, name, text, wanted):
    query = Query(filters=parse_filters(text))
    assert set(source.ids(query)) == {row.id for row in source.first_page(query, 10)} == wanted
    assert source.count(query) == len(wanted)
    within = Query(filters=parse_filters(f"{text} or skus > 90"))  # as a part of something longer
    assert source.count(within) == len(wanted)
    chinese = known_fields()[name].spelling("zh")
    assert parse_filters(text.replace(text.split()[0], chinese, 1)) == query.filters


PAIRS = [
    ("regional_country = BR and regional_value < 0", set()),
    ("regional_country = RU and regional_value < 0", {LAMP}),
    ("regional_value < 9 and price > 10 and regional_country = RU", {LAMP}),
    ("regional_country in (RU, BR) and regional_value > 8", {CASE}),
    ("regional_country = RU and regional_country = BR", {LAMP}),
    ("regional_country = RU and regional_country = BR and regional_value < 0", set()),
    ("regional_type = percentage and regional_country = BR and regional_value = 5", {LAMP}),
    ("regional_value > -20 and regional_value < -5", {LAMP}),
    ("not (regional_country = BR and regional_value < 0)", {LAMP, CASE, CABLE}),
    ("(regional_country = BR and regional_value < 0) or title ~ cable", {CABLE}),
    ("stock = 0 or (title ~ lamp and (regional_country = RU and regional_value < 0))", {LAMP, CABLE}),
    ("regional_country != RU and regional_value < 0", set()),
]


@pytest.mark.parametrize(("text", "wanted"), PAIRS, ids=[text for text, _ in PAIRS])
def test_prices_by_country_asked_together_are_of_the_same_country(source, text, wanted):
    query = Query(filters=parse_filters(text))
    assert set(source.ids(query)) == wanted
    assert source.count(query) == len(wanted)
    assert {row.id for row in source.first_page(query, 9)} == wanted
    assert "regional =" not in written(query.filters, {})  # it is shown as it was typed


def test_variants_are_found_by_the_same_countries(source):
    variants = VariantSource(source._db)

    def found(text):
        return {row.listing_id for row in variants.rows(variants.ids(Query(filters=parse_filters(text)))).values()}

    assert found("regional_country = BR and regional_value < 0") == set()
    assert found("regional_country = RU and regional_value < 0") == {LAMP}
    assert found("code = UC7 or (regional_country = BR and regional_value < 0)") == set()
    assert found("code ~ PC or (regional_country = RU and regional_value < 0)") == {LAMP, CASE}
    assert found("code ~ PC or not (regional_country = RU and regional_value < 0)") == {CASE, CABLE}
