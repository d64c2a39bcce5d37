"""Exchange rates, commissions and the team's numbers: day, source, history, undo, and what is refused."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from app.services.db import Database
from app.services.history.undo import redo, undo
from app.services.pricing.errors import BadPriceInput
from app.services.pricing.rates import (
    EnteredRate,
    commission_of,
    commissions,
    enter_rates,
    exchange_rate,
    known_currencies,
    rate_history,
    remove_rate,
    set_commissions,
)
from app.services.pricing.team_settings import change_settings, team_settings
from app.services.upgrade import open_database, upgrade


def rate(db, currency="USD", on=""):
    with db.reader.connect() as connection:
        found = exchange_rate(connection, currency, on)
    return found and (found.rate, found.origin.source, found.origin.as_of)


def settings(db):
    with db.reader.connect() as connection:
        return team_settings(connection)


def test_a_new_database_starts_with_the_rate_of_the_rule_file(db):
    assert rate(db) == (Decimal("6.80"), ":default", "2019-12-31")
    assert rate(db, "CNY")[0] == 1
    assert rate(db, "EUR") is None


@pytest.mark.parametrize(
    ("told", "expected"),
    [("7.1234", (Decimal("7.1234"), ":settings")), ("", None), ("x", (Decimal("6.80"), ":default"))],
)
def test_the_old_setting_moves_into_the_table_once(tmp_path, told, expected):
    (tmp_path / "settings.json").write_text(json.dumps({"schema": 1, "exchange_rate": told}), "utf-8")
    for _ in range(2):
        db = open_database(tmp_path / "shangjia.db")
        found = rate(db)
        db.dispose()
        assert (found and found[:2]) == expected


def test_the_newest_day_counts_and_a_later_one_not_yet(db):
    entered = [
        EnteredRate("7.05", as_of="2026-11-23"),
        EnteredRate("7.10", as_of="2026-12-01"),
        EnteredRate("7.8", "eur", "2026/11/20"),
    ]
    change = enter_rates(db, entered, source="rates.xlsx")
    assert change is not None
    assert (change.source, change.listing_count) == ("rates.xlsx", 3)
    assert rate(db, on="2026-11-24") == (Decimal("7.05"), "rates.xlsx", "2026-11-23")
    assert rate(db, on="2026-12-01")[0] == Decimal("7.1")
    assert rate(db, "EUR", "2026-11-19") is None
    assert enter_rates(db, entered) is None
    with db.reader.connect() as connection:
        history = [(one.currency, str(one.rate.normalize()), one.origin.as_of) for one in rate_history(connection)]
    assert history[:3] == [
        ("USD", "7.1", "2026-12-01"),
        ("USD", "7.05", "2026-11-23"),
        ("EUR", "7.8", "2026-11-20"),
    ]


def test_a_rate_is_undone_and_done_again(db):
    enter_rates(db, [EnteredRate("7.05", as_of="2026-11-22")])
    assert undo(db).restored == 1
    assert rate(db, on="2026-11-22")[0] == Decimal("6.8")
    redo(db)
    assert rate(db, on="2026-11-22")[0] == Decimal("7.05")
    with db.reader.connect() as connection:
        newest = rate_history(connection)[0]
    remove_rate(db, newest.id)
    assert rate(db, on="2026-11-22")[0] == Decimal("6.8")
    undo(db)
    assert rate(db, on="2026-11-22")[0] == Decimal("7.05")


@pytest.mark.parametrize(
    ("entered", "code"),
    [
        (EnteredRate("0"), "pricing.not_between"),
        (EnteredRate("-7"), "pricing.not_between"),
        (EnteredRate("680"), "pricing.not_between"),
        (EnteredRate("6.80001"), "pricing.too_fine"),
        (EnteredRate("six"), "pricing.no_number"),
        (EnteredRate("NaN"), "pricing.no_number"),
        (EnteredRate("7", "DOLLAR"), "pricing.no_currency"),
        (EnteredRate("7", "XYZ"), "pricing.no_currency"),
        (EnteredRate("7", "XAU"), "pricing.no_currency"),
        (EnteredRate("7", "CNY"), "pricing.home_currency"),
        (EnteredRate("7", as_of="2026-02-30"), "pricing.no_day"),
        (EnteredRate("7", as_of="tomorrow"), "pricing.no_day"),
    ],
)
def test_a_rate_that_is_none_is_refused(db, entered, code):
    with pytest.raises(BadPriceInput) as caught:
        enter_rates(db, [EnteredRate("7.2"), entered])
    assert caught.value.error_code == code
    assert rate(db)[0] == Decimal("6.8"), "nothing of a list with a mistake is kept"


def test_a_category_has_its_own_commission_that_of_one_above_or_the_usual_one(db, write):
    for category, parent in (("1", "0"), ("12", "1"), ("123", "12")):
        write(
            "INSERT INTO category (gateway, category_id, parent_id, name_en, name_zh, path_en, path_zh, level, "
            "is_leaf, fetched_ms) VALUES ('g', ?, ?, '', '', '', '', 1, 0, 0)",
            category,
            parent,
        )
    set_commissions(db, {"1": "5%", "123": "0.055"}, source="fees.xlsx", as_of="2026-11-01")
    with db.reader.connect() as connection:
        found = commissions(connection)
        assert [str(found.of(one).share) for one in ("1", "12", "123", "9", "")] == [
            "0.05",
            "0.05",
            "0.055",
            "0.08",
            "0.08",
        ]
        assert found.of("12").origin.source == "fees.xlsx"
        assert found.of("9").origin.source == ":default"
    assert set_commissions(db, {"1": "0.05"}) is None
    set_commissions(db, {"": "0.07", "123": ""})
    with db.reader.connect() as connection:
        assert str(commission_of(connection, "123").share) == "0.05"
        assert str(commission_of(connection).share) == "0.07"
    undo(db)
    undo(db)
    with db.reader.connect() as connection:
        assert {one.share for one in commissions(connection).shares.values()} == {Decimal("0.08")}
    with pytest.raises(BadPriceInput):
        set_commissions(db, {"1": "8"})


def test_the_teams_numbers_are_those_of_the_domain_until_one_is_entered(db):
    start = settings(db)
    assert [start.text(name) for name in ("affiliate", "refund", "payment", "packing", "discount")] == [
        "0.03",
        "0.02",
        "0.01",
        "1.20",
        "0.30",
    ]
    change_settings(db, {"discount": "35 %", "packing": "1.2", "destination": "es"})
    now = settings(db)
    assert (now.discount, now.destination, now.origins["discount"].source) == (Decimal("0.35"), "ES", ":typed")
    assert now.origins["packing"].source == ":default", "what is as it was stays the program's"
    undo(db)
    assert settings(db) == start
    for wrong in (
        {"discount": "1"},
        {"packing": "-1"},
        {"destination": "Atlantis"},
        {"tax": "1"},
        {"refund": "0.00001"},
    ):
        with pytest.raises(BadPriceInput):
            change_settings(db, wrong)
    assert settings(db) == start


def test_a_reference_channel_is_one_of_the_carriers_tariffs(db):
    """A mistyped one would go unnoticed: the parcel went by the channel rules."""
    with pytest.raises(BadPriceInput) as caught:
        change_settings(db, {"destination": "es", "channel": "nosuch"})
    assert caught.value.error_code == "pricing.no_channel"
    assert "post_packet" in caught.value.params["known"]
    assert settings(db).destination == "US", "nothing is half kept"
    for written in ("post_packet", "CHINA Packet"):
        change_settings(db, {"channel": written})
        assert settings(db).channel == "post_packet"
        change_settings(db, {"channel": ""})
    assert settings(db).channel == ""


def test_an_older_database_keeps_its_commissions(tmp_path):
    path = tmp_path / "old.db"
    old = Database(path)
    upgrade(old, "0019")
    with old.bulk() as connection:
        connection.exec_driver_sql("INSERT INTO commission VALUES ('5', 600, 'old.xlsx', '2026-01-01')")
    old.dispose()
    db = open_database(path)
    with db.reader.connect() as connection:
        assert str(commission_of(connection, "5").share) == "0.06"
    db.dispose()


def test_a_code_that_is_none_is_told_with_the_ones_it_may_be():
    with pytest.raises(BadPriceInput) as caught:
        enter_rates(None, [EnteredRate("7", "EUT")])
    assert "EUR" in caught.value.params["near"]
    assert {"USD", "EUR", "RUB", "CNY", "KZT"} <= known_currencies() and len(known_currencies()) > 140
    assert all(len(code) == 3 and code.isupper() for code in known_currencies())


def test_shares_that_leave_nothing_of_a_sale_are_refused_together_with_the_highest_commission(db):
    set_commissions(db, {"7": "0.2"})
    for typed in ({"affiliate": "0.8"}, {"affiliate": "0.4", "refund": "0.39"}):
        with pytest.raises(BadPriceInput) as caught:
            change_settings(db, typed)
        assert caught.value.error_code == "pricing.nothing_left"
    assert change_settings(db, {"affiliate": "0.76"}) is not None, "0.76 + 0.02 + 0.01 + 0.2 leave a hundredth"
    assert change_settings(db, {"packing": "2"}) is not None
