"""What a table hits in all stores: bundles and virtual codes too; the checker says the same; raising to the floor."""

from __future__ import annotations

import pytest

from app.services.codes.records import Component
from app.services.codes.rekeying import rekey
from app.services.codes.virtual import save_virtual
from app.services.company_tables.hits import hit_counts, table_hits
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.repricing import raise_to_floor
from app.services.company_tables.wording import reason_text
from app.services.compliance.recheck import check_listings, recheck
from app.services.compliance.word_desk import WordDesk
from app.services.compliance.word_lists import Entry
from app.services.history.undo import undo
from app.services.listings.marketing.plans import plan_of, stored


@pytest.fixture
def lamps(db, make_listing):
    """A bundle, a virtual code, an overseas variant, one off sale."""
    save_virtual(db, {"CB000123": (Component("EF9012", 10),)})
    made = [
        make_listing("Lamp", skus=(("2*AB1234+CD5678", 1890, 7), ("GH3456", 500, 0))),
        make_listing("Night Light", skus=(("CB000123", 990, 5),), status="live", product_id="1"),
        make_listing("Tesla Knife", skus=(("AB1234_CUS", 410, None),)),
        make_listing("Old Lamp", skus=(("CD5678", 300, 9),), status="off", product_id="2"),
    ]
    with db.bulk() as connection:
        rekey(connection)
    return made


def told(hits):
    return [(hit.code, hit.because, hit.severity, hit.is_open) for hit in hits]


def findings(db, listing):
    with db.read() as session:
        (_, found) = next(check_listings(session, [listing.id]))
    return [(one.code, str(one.severity)) for one in found if one.code.startswith(("item.", "word.prohibited"))]


def test_verdicts_hit_bundles_virtual_codes_and_overseas_variants(db, lamps, store_table):
    done = store_table(
        "违禁.csv", "SKU,违禁类型,处理方式", "AB1234,专利,", "EF9012,,暂停", "CD5678,,提醒", "GH3456,,解除"
    )
    assert done.rechecked == 4
    hits = table_hits(db, TableKind.FORBIDDEN)
    assert sorted(told(hits)) == [
        ("2*AB1234+CD5678", "AB1234", "block", True),
        ("AB1234_CUS", "AB1234", "block", True),
        ("CB000123", "EF9012", "hold", True),
        ("CD5678", "CD5678", "warn", False),
    ]
    assert hit_counts(db)[TableKind.FORBIDDEN] == 3
    lamp, light, knife, _ = lamps
    assert sorted(findings(db, lamp)) == [("item.forbidden", "block"), ("item.forbidden", "warn")]
    assert findings(db, light) == [("item.forbidden", "hold")]
    assert findings(db, knife) == [("item.forbidden", "block")]
    undo(db)
    assert findings(db, lamp) == [] and table_hits(db, TableKind.FORBIDDEN) == []


def test_bundles_as_such_and_codes_nobody_can_read(db, make_listing, store_table):
    bundle = make_listing("Set", skus=(("CD5678+AB1234*2", 1890, 7),))
    broken = make_listing("Odd", skus=(("AB1234**2", 1890, 7),))
    other = make_listing("Other", skus=(("AB1234*2", 1890, 7),))
    with db.bulk() as connection:
        rekey(connection)
    store_table("反馈.csv", "SKU,侵权类型", "AB1234*2+CD5678,外观")
    assert findings(db, bundle) == [("item.feedback", "block")]
    assert findings(db, other) == []
    store_table("违禁.csv", "SKU,违禁类型", "AB1234,外观")
    assert findings(db, broken) == [("item.forbidden", "hold")]  # a person must look


def test_words_hit_listings_and_are_found_again(db, lamps, store_table):
    store_table("违禁.csv", "SKU,违禁词", ",Tesla")
    hits = table_hits(db, TableKind.FORBIDDEN)
    assert [(hit.title, hit.because, hit.code, hit.severity) for hit in hits] == [("Tesla Knife", "Tesla", "", "block")]
    assert findings(db, lamps[2]) == [("word.prohibited", "block")]


def test_a_licence_of_a_store_outlives_the_next_table_and_holds_there_alone(db, lamps, store_table):
    def hits():
        return [hit.because for hit in table_hits(db, TableKind.FORBIDDEN)]

    words = WordDesk(lambda: db)
    store_table("违禁.csv", "SKU,违禁词", ",Tesla")
    words.save([Entry("company-table", "Tesla", "allow", stores=(lamps[2].store_id + 1,))])
    assert hits() == ["Tesla"], "another store's"
    words.save([Entry("company-table", "Tesla", "allow", stores=(lamps[2].store_id,))])
    recheck(db)
    assert hits() == [] == findings(db, lamps[2])
    assert store_table("违禁2.csv", "SKU,违禁词,处理方式", ",Tesla,需授权").differences.changed == 1
    said = [(one.severity, one.narrowness) for one in words.lists().entries["company-table"]]
    assert said == [("hold", 0), ("allow", 1), ("allow", 1)]


def test_a_word_for_a_category_hits_there_and_below_alone(db, lamps, store_table):
    with db.bulk() as connection:
        names = "gateway, category_id, parent_id, level, name_en, name_zh, path_en, path_zh, is_leaf, fetched_ms"
        for category_id, parent_id in (("21", ""), ("2101", "21"), ("44", "")):
            connection.exec_driver_sql(
                f"INSERT INTO category ({names}) SELECT gateway, ?, ?, 1, '', '', '', '', 1, 0 FROM store LIMIT 1",
                (category_id, parent_id),
            )
        connection.exec_driver_sql("UPDATE listing SET category_id = '2101' WHERE id = ?", (lamps[2].id,))
    store_table("违禁.csv", "SKU,违禁词", ",Tesla")
    words = WordDesk(lambda: db)
    words.save([Entry("company-table", "Tesla", "allow", categories=("44",))])
    assert [hit.because for hit in table_hits(db, TableKind.FORBIDDEN)] == ["Tesla"]
    words.save([Entry("company-table", "Tesla", "allow", categories=("21",))])
    assert table_hits(db, TableKind.FORBIDDEN) == []


def test_floors_after_the_planned_discount_and_raising_to_them(db, lamps, store_table):
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO marketing_group (id, store_id, name, discount_bp, created_ms) VALUES (1, 1, 'Sale', 3000, 0)"
        )
        connection.exec_driver_sql("INSERT INTO marketing_member (listing_id, group_id) VALUES (?, 1)", (lamps[0].id,))
    store_table(
        "限价.csv",
        "SKU,最低限价",
        "AB1234*2+CD5678,18.90",
        "CB000123,9.90",
        "AB1234,€30",
        "CD5678,$3.50",
    )
    hits = {hit.code: hit for hit in table_hits(db, TableKind.FLOORS)}
    assert set(hits) == {"2*AB1234+CD5678", "AB1234_CUS", "CD5678", "CB000123"}
    assert hits["2*AB1234+CD5678"].floor_price_minor == 2700
    assert hits["CB000123"].floor_price_minor == 1415, "in no group: the planned 30 %"
    assert (hits["AB1234_CUS"].severity, hits["AB1234_CUS"].floor_price_minor) == ("unknown", None)
    assert "EUR" in reason_text(hits["AB1234_CUS"]) and "18.90" in reason_text(hits["2*AB1234+CD5678"])
    change = raise_to_floor(db, hits.values())
    assert change is not None and change.params["skus"] == 3
    assert [hit.code for hit in table_hits(db, TableKind.FLOORS)] == ["AB1234_CUS"]
    assert raise_to_floor(db, table_hits(db, TableKind.FLOORS)) is None
    undo(db)
    assert len(table_hits(db, TableKind.FLOORS)) == 4
    with db.bulk() as connection:  # somebody else priced it meanwhile, above its floor
        connection.exec_driver_sql("UPDATE sku SET price_minor = 9900 WHERE code = 'CD5678'")
    change = raise_to_floor(db, hits.values())
    assert change is not None and change.params["skus"] == 2
    with db.reader.connect() as connection:
        price = "SELECT price_minor FROM sku WHERE code = 'CD5678'"
        assert connection.exec_driver_sql(price).scalar() == 9900


def test_the_inbox_says_of_floors_what_the_guard_says(db, make_listing, store_table):
    """The whole plan, prices by country, and a floor in two currencies: 68 CNY are 10 USD."""
    cheap = {"type": "percentage", "countries": {"US": 5, "RU": -20}}
    made = [
        make_listing("Stacked", skus=(("AB1234", 2000, 5),)),
        make_listing("Regional", skus=(("CD5678", 1500, 5),), regional_prices=cheap),
        make_listing("Fine", skus=(("CD5678", 1500, 5),)),
        make_listing("Roubles", skus=(("EF9012", 90_000, 5),), currency="RUB"),
    ]
    with db.bulk() as connection:
        rekey(connection)
        connection.exec_driver_sql(
            "INSERT INTO marketing_group (id, store_id, name, discount_bp, discount_plan, created_ms) "
            "VALUES (1, 1, 'Sale', 3000, ?, 0)",
            (stored(plan_of(None, {"spend_off": "2/10", "store_coupon": "1"}, has_affiliate=True)),),
        )
        connection.exec_driver_sql("INSERT INTO marketing_member (listing_id, group_id) VALUES (?, 1)", (made[0].id,))
    head = "SKU,最低限价,币种"
    store_table("限价.csv", head, "AB1234,12,USD", "AB1234,60,CNY", "CD5678,9,USD", "CD5678,9999,CNY", "EF9012,5,USD")
    recheck(db)
    hits = {hit.title: hit for hit in table_hits(db, TableKind.FLOORS)}
    assert {title: hit.reason_key for title, hit in hits.items()} == {
        "Stacked": "below",
        "Regional": "below_country",
        "Roubles": "no_rate",
    }
    assert "RU" in reason_text(hits["Regional"]) and hits["Regional"].floor_price_minor is None
    assert "RUB" in reason_text(hits["Roubles"]) and hits["Stacked"].floor_price_minor == 2143
    with db.reader.connect() as connection:
        held = connection.exec_driver_sql("SELECT DISTINCT listing_id FROM listing_finding WHERE code LIKE 'guard.%'")
        assert set(held.scalars()) == {hit.listing_id for hit in hits.values()}
    raise_to_floor(db, hits.values())
    assert [hit.title for hit in table_hits(db, TableKind.FLOORS)] == ["Regional", "Roubles"]


def test_changed_items_and_goods_without_a_channel(db, lamps, store_table):
    head = "SKU,成本价,重量(g),物流属性"
    store_table(
        "统表.csv", head, "AB1234,5,85,带电", "CD5678,7,140,普货", "EF9012,2,20,带电;液体", "GH3456,1234567.5,5,"
    )
    assert table_hits(db, TableKind.PRODUCTS) == []
    store_table("统表2.csv", head, "AB1234,6,85,带电", "CD5678,7,150,普货", "GH3456,1234567.89,5,")
    hits = {hit.code: reason_text(hit) for hit in table_hits(db, TableKind.PRODUCTS)}
    assert "5 → 6" in hits["AB1234_CUS"] and "140 → 150" in hits["CD5678"]
    assert "1234567.5 → 1234567.89" in hits["GH3456"]
    assert set(hits) == {"2*AB1234+CD5678", "AB1234_CUS", "CD5678", "CB000123", "GH3456"}
    undo(db)
    assert table_hits(db, TableKind.CHANNELS) == []
    store_table("渠道.csv", "物流属性,A,B", "带电,√,×", "液体,×,√")
    assert [(hit.code, hit.because) for hit in table_hits(db, TableKind.CHANNELS)] == [("CB000123", "EF9012")]


def test_a_recheck_counts_what_the_tables_say(db, lamps, store_table):
    store_table("违禁.csv", "SKU,违禁类型", "AB1234,x")
    with db.reader.connect() as connection:
        counted = connection.exec_driver_sql("SELECT number FROM listing_finding WHERE code = 'item.forbidden'")
        assert sum(counted.scalars()) == 2
    undo(db)
    recheck(db)
    with db.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1 FROM listing_finding WHERE code = 'item.forbidden'").first() is None
