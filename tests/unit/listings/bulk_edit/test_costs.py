"""`cost * 1.35 / rate + freight`: cost of the sheet, rate of the settings; what is unknown is named, never 0."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.compliance.loading import load_context
from app.services.expressions import FormulaError
from app.services.listings.bulk_edit.operations import BadOperation, ChangeNumber
from app.services.listings.bulk_edit.showing import all_lines, sections
from app.services.listings.bulk_edit.typed import BadSetting, parse_setting
from app.services.listings.costs import cost_micro, told_cost
from app.services.pricing.explaining import terms_of
from app.services.pricing.inputs import InputReader
from app.services.pricing.linked import list_price_for
from app.services.pricing.rates import EnteredRate, enter_rates
from app.services.pricing.team_settings import team_settings
from app.services.tasks import TaskContext
from tests.unit.pricing.conftest import priced

__all__ = ["priced"]


def outcome(plan):
    everything = sections(plan, TaskContext()).range()
    found = {(line.code or line.title): (line.after, line.why) for line in all_lines(plan, everything)}
    return found, dict(plan.counts.reasons)


def formula(text, field="price_minor"):
    return ChangeNumber(field, "formula", formula=text)


@pytest.mark.parametrize(
    ("extra", "place", "expected"),
    [
        ('{"成本价": "12.50"}', 0, 1250),
        ('{"采购价(元)": "12.50"}', 3, 1250),
        ('{"Cost": ["3", "4.2"]}', 1, 420),
        ('{"Cost": ["3", "4.2"]}', 2, None),
        ('{"Cost": ["3", ""]}', 1, None),
        ('{"Cost": ["3", "4.2"]}', None, None),
        ('{"Cost (USD)": "3"}', 0, None),
        ('{"Cost": "on request"}', 0, None),
        ('{"Cost": "NaN"}', 0, None),
        ('{"Cost": "-1"}', 0, None),
        ('{"Cost": "0"}', 0, None),
        ('{"Cost": 0.0000001}', 0, None),
        ('{"Colour": "3"}', 0, None),
        ("{}", 0, None),
        (None, 0, None),
    ],
)
def test_the_cost_is_the_cost_column_of_the_sheet(extra, place, expected):
    assert cost_micro(told_cost(extra), place) == (None if expected is None else expected * 10_000)


def test_prices_follow_cost_and_rate(db, make_listing, planned):
    make_listing("A", (("A-1", 1000, 5), ("A-2", None, 5)), extra={"成本价(CNY)": ["68.00", "34"]})
    make_listing("B", (("B-1", 1000, 5),))
    found, reasons = outcome(planned(formula("cost * 1.35 / rate")))
    assert found == {"A-1": (1350, ""), "A-2": (675, ""), "B-1": (None, "unknown_cost")}
    assert reasons == {"unknown_cost": 1}


def test_freight_is_unknown_and_said_so(make_listing, planned):
    make_listing("A", (("A-1", 1000, 5),), extra={"cost": "68"})
    assert outcome(planned(formula("cost * 1.35 / rate + freight")))[1] == {"unknown_freight": 1}
    assert outcome(planned(formula("成本 * 1.35 / 汇率")))[0] == {"A-1": (1350, "")}


def test_another_rate_counts_at_once_and_none_is_said(db, make_listing, planned, write):
    make_listing("A", (("A-1", 1000, 5),), extra={"cost": "68"})
    enter_rates(db, [EnteredRate("3.4")])
    assert outcome(planned(formula("cost / rate")))[0] == {"A-1": (2000, "")}
    write("DELETE FROM exchange_rate")
    assert outcome(planned(formula("cost / rate")))[1] == {"unknown_rate": 1}


def test_a_number_of_the_listing_reads_one_cost_for_all(make_listing, planned):
    make_listing("A", (("A-1", 1000, 5),), extra={"cost": "68"})
    make_listing("B", (("B-1", 1000, 5), ("B-2", 1000, 5)), extra={"cost": ["68", "70"]})
    assert outcome(planned(formula("cost * 2", "weight_g")))[0] == {"A": (136, ""), "B": (None, "unknown_cost")}


@pytest.mark.usefixtures("priced")
def test_a_number_of_the_listing_reads_no_cost_that_one_variant_lacks(make_listing, planned):
    make_listing("A", (("AB1234", 999, 5), ("AB1234*2", 999, 5)))
    make_listing("B", (("AB1234", 999, 5), ("XX1", 999, 5)))
    make_listing("C", (("AB1234", 999, 5),))
    found, _ = outcome(planned(formula("cost * 2", "weight_g")))
    assert found == {"A": (None, "unknown_cost"), "B": (None, "unknown_cost"), "C": (36, "")}


@pytest.mark.usefixtures("priced")
def test_margin_and_profit_are_those_of_today(make_listing, planned):
    make_listing("A", (("AB1234", 999, 5), ("AB1234*2", 999, 5), ("XX1", 999, 5)), freight_template_id="free")
    found, reasons = outcome(planned(formula("if(margin < 0.05, price * 1.1, price)")))
    assert (found["AB1234*2"], found["XX1"], reasons) == ((1099, ""), (None, "unknown_margin"), {"unknown_margin": 1})
    assert outcome(planned(formula("price + 利润 / 6.8")))[0]["AB1234"] == (1075, "")


@pytest.mark.usefixtures("priced")
def test_a_price_follows_a_margin(db, make_listing, planned):
    """P2's way for the goods of P1, at the team's 30 %: as the linked triple of the grid gives it."""
    make_listing("A", (("AB1234", 999, 5), ("AB1234*2", None, 5), ("XX1", 999, 5)), freight_template_id="free")
    found, reasons = outcome(planned(formula("price_for(0.15)")))
    with db.reader.connect() as connection:
        terms = [terms_of(row, team_settings(connection)) for row in InputReader.of(connection).read([1])[:2]]
    wanted = [list_price_for(one, "margin", Decimal("0.15")) for one in terms]
    assert [found[code] for code in ("AB1234", "AB1234*2")] == [(cents, "") for cents in wanted]
    assert wanted[0] == 1059, "7.41 USD after 30 %, up"
    assert (found["XX1"], reasons) == ((None, "unknown_margin"), {"unknown_margin": 1})
    assert outcome(planned(formula("price_for(1.5)")))[1] == {"bad_argument": 2, "unknown_margin": 1}
    assert outcome(planned(formula("max(price_for(0), 12)")))[0]["AB1234"] == (1200, "")
    for text, code in (("price_for()", "arguments"), ("price_for(1, 2)", "arguments"), ("pricefor(1)", "did_you_mean")):
        with pytest.raises(FormulaError) as caught:
            planned(formula(text))
        assert caught.value.error_code == f"formula.{code}"


@pytest.mark.usefixtures("priced")
def test_freight_the_buyer_pays_lowers_the_price_and_unknown_freight_gives_none(db, make_listing, planned):
    for title, template in (("A", "free"), ("B", "pieces"), ("C", "unread")):
        make_listing(title, (("AB1234", 999, 5),), freight_template_id=template)
    plan = planned(formula("price_for(0.15)"))
    with db.reader.connect() as connection:
        rows = InputReader.of(connection).read([1, 2])
        wanted = [list_price_for(terms_of(row, team_settings(connection)), "margin", Decimal("0.15")) for row in rows]
    assert wanted[1] < wanted[0]
    by_price = {
        line.listing_id: (line.after, line.why) for line in all_lines(plan, sections(plan, TaskContext()).range())
    }
    assert by_price == {1: (wanted[0], ""), 2: (wanted[1], ""), 3: (None, "unknown_margin")}


def test_they_are_read_and_never_set(db):
    with db.read() as session:
        context = load_context(session, 1)
    for name in ("cost", "rate", "freight", "margin", "profit"):
        with pytest.raises(BadOperation):
            parse_setting(f"{name}=1", context)
    with pytest.raises(BadSetting) as caught:
        parse_setting("colour=1", context)
    assert "cost" not in caught.value.params["known"]
