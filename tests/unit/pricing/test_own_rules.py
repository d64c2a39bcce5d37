"""Own price rules: the presets as formulas give P5 to the cent, steps follow each other, what cannot be is named."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages import Messages
from app.services.errors import AppError, NotFound
from app.services.history.contents import ChangeContents
from app.services.history.listing import list_changes
from app.services.history.undo import redo, undo
from app.services.listings.bulk_edit.formulas import compiled
from app.services.paging import Query
from app.services.pricing.own_rules import (
    own_rule,
    own_rule_called,
    own_rules,
    remove_rule,
    save_rule,
    steps_text,
    typed_of,
)
from app.services.pricing.team_rules import margin_steps, price_by_step, team_rules
from tests.unit.pricing.worked import TEAM_RULES

T = Decimal("6.80")


def price(rule, cost="12.00", freight=None):
    values = {"cost": Decimal(cost), "rate": T, "freight": None if freight is None else Decimal(freight)}
    return compiled(rule.text).value(values)


@pytest.mark.parametrize(("kind", "freight", "expected"), TEAM_RULES)
def test_p5_to_the_cent(kind, freight, expected):
    assert price(own_rule(kind, margin="5", discount="30"), freight=freight) == Decimal(expected)


@given(
    st.sampled_from(sorted(team_rules())),
    st.integers(1, 200_00),
    st.integers(0, 200_0000),
    st.sampled_from([0, 15, 30]),
)
def test_steps_as_a_formula_are_the_steps(kind, cents, tenths, off):
    cost, freight, discount = Decimal(cents) / 100, Decimal(tenths) / 10_000, Decimal(off) / 100
    rule = team_rules()[kind]
    exact = price_by_step(margin_steps(), lambda margin: rule.list_price(cost, T, margin, discount, freight))
    assert price(own_rule(kind, discount=str(off)), str(cost), str(freight)) == exact


def test_rules_are_kept_replaced_and_forgotten(db):
    assert (
        save_rule(db, "  Free   shipping ", own_rule("free_shipping", steps="2:3, 5:5,:17", discount="30%"))
        == "Free shipping"
    )
    save_rule(db, "Twice", own_rule("formula", "round(cost * 2 / rate, 2)"))
    kept = own_rules(db)
    assert list(kept) == ["Free shipping", "Twice"]
    assert typed_of(kept["Free shipping"]) == {
        "kind": "free_shipping", "formula": "", "margin": "", "discount": "30", "steps": "2:3, 5:5, :17",
    }  # fmt: skip
    assert price(kept["Twice"]) == Decimal("3.53")
    save_rule(db, "Twice", own_rule("buyer_pays", margin="4.5"))
    assert own_rule_called(db, "Twice").margin == Decimal("0.045")
    remove_rule(db, "Twice")
    for act in (remove_rule, own_rule_called):
        with pytest.raises(NotFound):
            act(db, "Twice")
    assert len(list_changes(db)) == 4
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO price_rule (name, body, updated_ms) VALUES ('New', '{\"kind\": \"x\"}', 0)"
        )
    assert list(own_rules(db)) == ["Free shipping"]
    assert steps_text(margin_steps()) == "2:3, 5:5, 8:8, 10:10, :17"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"kind": "magic"}, "guard.rule_kind"),
        ({"kind": "formula", "formula": "price *"}, "formula"),
        ({"kind": "formula", "formula": "magic * 2"}, "formula"),
        ({"kind": "buyer_pays", "margin": "NaN"}, "pricing.percent"),
        ({"kind": "buyer_pays", "margin": "-1"}, "pricing.percent"),
        ({"kind": "buyer_pays", "margin": "100"}, "pricing.percent"),
        ({"kind": "buyer_pays", "margin": "87"}, "pricing.no_price_reaches"),
        ({"kind": "buyer_pays", "margin": "5", "discount": "1e9"}, "pricing.percent"),
        ({"kind": "buyer_pays", "margin": "5", "steps": ":5"}, "guard.rule_steps"),
        ({"kind": "buyer_pays", "steps": "5:3"}, "guard.rule_steps"),
        ({"kind": "buyer_pays", "steps": "5:3,2:4,:5"}, "guard.rule_steps"),
        ({"kind": "buyer_pays", "steps": ":5,2:4"}, "guard.rule_steps"),
        ({"kind": "buyer_pays", "steps": "0:5,:4"}, "guard.rule_steps"),
        ({"kind": "buyer_pays", "steps": "five"}, "guard.rule_steps"),
        ({"kind": "buyer_pays", "steps": "Infinity:5,:4"}, "pricing.percent"),
    ],
)
def test_what_cannot_be_is_named(typed, code):
    with pytest.raises(AppError) as refused:
        own_rule(**typed)
    assert refused.value.error_code.startswith(code)
    for language in ("zh", "en"):
        assert Messages(language).text(refused.value.message_key, **refused.value.params)


def test_what_was_kept_replaced_or_removed_comes_back(db):
    save_rule(db, "Twice", own_rule("formula", "price * 2"))
    save_rule(db, "Twice", own_rule("formula", "price * 2"))
    assert len(list_changes(db)) == 1, "the same rule again is no change"
    save_rule(db, "Twice", own_rule("formula", "price * 3"))
    (shown,) = ChangeContents(db, list_changes(db)[0].uid).first_page(Query(), 5)
    assert (shown.title, [value.field for value in shown.values]) == ("Twice", ["name", "body"])
    remove_rule(db, "Twice")
    assert own_rules(db) == {}
    for formula in ("price * 3", "price * 2"):
        assert undo(db).conflicts == ()
        assert own_rules(db)["Twice"].formula == formula
    undo(db)
    assert own_rules(db) == {}
    redo(db)
    remove_rule(db, "Twice")
    removed = list_changes(db)[0].uid
    save_rule(db, "Twice", own_rule("formula", "price * 5"))
    assert len(undo(db, removed).conflicts) == 1, "another one has the name"
    assert own_rules(db)["Twice"].formula == "price * 5"


def test_names_have_a_length(db):
    for name in ("", "  ", "x" * 61):
        with pytest.raises(AppError):
            save_rule(db, name, own_rule("formula", "price"))
