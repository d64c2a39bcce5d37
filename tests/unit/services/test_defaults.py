"""The defaults of domain.md 20 that prices, codes, stock, tables and stores begin with, row by row."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.codes.rules import CodeRules
from app.services.company_tables.rules import table_rules
from app.services.compliance.rule_data import rule_data
from app.services.freight.starting_tariffs import rule_file, starting_tariffs
from app.services.freight.tariffs import Volumetric
from app.services.price_guard.settings import GuardSettings
from app.services.pricing.rates import USD, commission_of, exchange_rate
from app.services.pricing.team_settings import team_settings
from app.services.settings import Settings
from app.services.stores.adding import LISTING_QUOTA
from app.services.stores.light import LAST_WARNING_DAYS
from app.services.warehouses.countries import countries
from app.services.warehouses.overseas.options import BuildOptions


def test_money(db):
    with db.reader.connect() as connection:
        rate, team = exchange_rate(connection, USD), team_settings(connection)
        assert commission_of(connection, "any").share == Decimal("0.08")
    assert (rate.rate, bool(rate.origin.source), bool(rate.origin.as_of)) == (Decimal("6.80"), True, True)
    assert (team.affiliate, team.refund, team.payment) == (Decimal("0.03"), Decimal("0.02"), Decimal("0.01"))
    assert (team.packing, team.discount) == (Decimal("1.20"), Decimal("0.30"))


def test_the_guard():
    settings = GuardSettings()
    assert (settings.warn_bp, settings.hold_bp, settings.min_margin_bp) == (3000, 6000, 0)
    assert settings.meaning == "reach", "10.5: the lowest price a buyer can reach"


def test_warehouses_and_codes():
    table = countries()
    assert (table.home_stock, table.stock, table.handling_days) == (999, 35, 5)
    marks = {code: one.mark for code, one in table.dispatch.items() if code != table.home}
    assert marks == {code: f"_C{code}" for code in marks}
    assert not CodeRules().store.countries, "numeric marks such as -148 are off"
    assert not BuildOptions().zero_missing, "a combination without a row is left out"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("code_max", 20), ("title_max", 128), ("title_good_min", 60), ("title_good_max", 70),
        ("handling_days_min", 1), ("handling_days_max", 7), ("handling_days_overseas_max", 5),
    ],
)  # fmt: skip
def test_limits_of_the_checker(name, value):
    assert getattr(rule_data().limits, name) == value


def test_tables_and_tokens():
    ages = {str(kind): hours for kind, hours in table_rules().age_h.items()}
    assert ages == {"product_table": 24, "price_floors": 24, "forbidden": 24, "feedback": 24, "channels": None}
    assert (Settings().tables_hours, Settings().token_warn_days) == (24, 7)
    assert (LISTING_QUOTA, LAST_WARNING_DAYS) == (3_000, 1)


def test_volumetric_divisors():
    assert starting_tariffs()["express"].volumetric == Volumetric(5000)
    assert rule_file()["flags"]["divisor"] == 5000
