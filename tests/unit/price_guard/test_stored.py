"""The guard over a database: what is unknown of stored listings, who may release and what a release is worth."""

from __future__ import annotations

from types import SimpleNamespace

import orjson
import pytest

from app.messages import Messages
from app.services.compliance.findings import finding_text
from app.services.compliance.recheck import recheck
from app.services.history.listing import list_changes
from app.services.history.undo import undo
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.price_guard.baskets import basket_of
from app.services.price_guard.desk import GuardDesk
from app.services.price_guard.release import LONGEST_COMMENT, BadComment, NothingHeld
from app.services.price_guard.settings import SETTING, Ask, BadGuardSetting, GuardSettings, guard_settings
from app.services.pricing.rates import EnteredRate, enter_rates
from app.services.roles import NotAllowed, Role
from tests.listing_rows import note_synced

FREE = [{"logistics_company": "CAINIAO_STANDARD", "all_free_shipping": "Y"}]
ZH, EN = Messages("zh"), Messages("en")
OPERATORS = (*(role for role in Role if role is not Role.SUPERVISOR), "", "nobody", "SUPERVISOR")


def write(db, sql, *params):
    with db.bulk() as connection:
        connection.exec_driver_sql(sql, params)


def item(db, code, cost_micro, weight_mg):
    write(
        db,
        "INSERT OR REPLACE INTO stock_item (code, name, cost_micro, weight_mg, picture, updated_ms) "
        "VALUES (?, '', ?, ?, '', 0)",
        code,
        cost_micro,
        weight_mg,
    )


def floor(db, code, minor, currency="USD"):
    sql = "INSERT OR REPLACE INTO price_floor (match_key, code, floor_minor, currency) VALUES (?, ?, ?, ?)"
    write(db, sql, code, code, minor, currency)


def desk(db, role="supervisor"):
    return GuardDesk(SimpleNamespace(db=db, settings=SimpleNamespace(role=role)))


def held(db, *listings):
    """By listing what holds it: codes, of the unknown what is unknown."""
    found = {}
    for one in desk(db).quarantine(listing_ids=[one.id for one in listings]).prices:
        what = one.finding.params.get("what")
        assert finding_text(one.finding, ZH) != finding_text(one.finding, EN)
        found.setdefault(one.listing_id, []).append(what.en if what is not None else one.finding.code)
    return [found.get(one.id, []) for one in listings]


def test_everything_unknown_of_stored_goods_is_held_under_its_own_name(db, make_listing):
    write(
        db,
        "INSERT INTO freight_template (store_id, template_id, name, is_default, services, synced_ms) "
        "VALUES (1, 'free', 'free', 0, ?, 0)",
        orjson.dumps(FREE).decode(),
    )
    codes = {"AB1234": {}, "CD5678": {}, "EF9012": {}, "GH3456_CPL": {}, "IJ7890": {"currency": "AUD"}, "KL1": {}}
    made = [
        make_listing(code, ((code, 3000, 5),), **({"freight_template_id": "free"} | more))
        for code, more in codes.items()
    ]
    made.append(make_listing("Z", (("AB1234", 3000, 5),)))
    assert held(db, *made) == [[]] * 7  # no product table yet: nobody asks
    item(db, "AB1234", 18_000_000, 200_000)
    item(db, "CD5678", None, 200_000)
    item(db, "EF9012", 18_000_000, None)
    item(db, "GH3456", 18_000_000, 200_000)
    item(db, "IJ7890", 18_000_000, 200_000)
    names = {one: EN.text(f"guard.unknown.{one}") for one in ("cost", "weight", "route", "rate")}
    expected = [[], [names["cost"]], [names["weight"]], [names["route"]], [names["rate"]]]
    assert held(db, *made) == [*expected, [names["cost"], names["weight"]], [names["route"]]]
    item(db, "CD5678", 18_000_000, 200_000)
    enter_rates(db, [EnteredRate("4.50", "AUD")])
    write(db, "UPDATE listing SET weight_g = 200 WHERE id = ?", made[2].id)
    write(db, "UPDATE listing SET weight_g = 200 WHERE id = ?", made[5].id)
    write(db, 'UPDATE listing_body SET extra = \'{"成本价": "0"}\' WHERE id = ?', made[5].id)
    assert held(db, *made[1:6]) == [[], [], [names["route"]], [], [names["cost"]]]  # a sheet's cost of 0 is none
    item(db, "AB1234", 200_000_000, 200_000)
    assert held(db, made[0]) == [["guard.break_even"]]
    basket = basket_of(db, [one.id for one in made])
    assert (len(basket.lines), basket.left_out) == (6, 1)  # one is not in USD
    unknown = [EN.text(str(key)) for line in basket.lines for key in line.unknown]
    assert unknown == [names["route"], names["cost"], names["route"]]


@pytest.fixture
def lamps(db, make_listing):
    """Two below their floors, one only told, one fine."""
    made = [make_listing(code, ((code, 900, 5),)) for code in ("AB1234", "CD5678")]
    made.append(make_listing("told", (("EF9012", 1400, 5),), status="live", product_id="7"))
    made.append(make_listing("fine", (("GH3456", 5000, 5),)))
    note_synced(db, made[2].id, {"EF9012": [1000, 5]}, read_ms=1)
    for code in ("AB1234", "CD5678", "GH3456"):
        floor(db, code, 1000)
    recheck(db)
    return made


def test_a_release_is_of_what_was_held_by_whom_may_and_of_nothing_new(db, lamps):
    one, two, told, fine = lamps
    guard, every = desk(db), [one.id for one in lamps]
    assert guard.quarantine().listings == 2 and guard.quarantine([2]).listings == 0
    changes = len(list_changes(db))
    for role in OPERATORS:
        assert not desk(db, role).may_release
        with pytest.raises(NotAllowed):
            desk(db, role).release(every, "clearance")
    for comment in ("", " \n\t ", "ok", "  o  ", "x" * (LONGEST_COMMENT + 1)):
        with pytest.raises(BadComment):
            guard.release(every, comment)
    for nothing in ([], [told.id], [fine.id], [told.id, fine.id], [999_999]):
        with pytest.raises(NothingHeld):
            guard.release(nothing, "clearance")
    assert len(list_changes(db)) == changes
    change = guard.release([*every, one.id], "x" * LONGEST_COMMENT)
    assert change.params["n"] == 2
    assert held(db, one, two) == [[], []] and guard.quarantine().listings == 0
    edit_listings(db, [ListingEdit(one.id, {"title": "Another title"})], label="edit")
    floor(db, "AB1234", 1100)  # another floor, the same prices
    assert held(db, one, two) == [[], []]
    edit_listings(db, [ListingEdit(two.id, {"currency": "EUR"})], label="edit")
    assert held(db, one, two)[1] != []
    undo(db)
    assert held(db, one, two) == [[], []]
    write(
        db, "UPDATE listing SET regional_prices = ? WHERE id = ?", '{"type":"percentage","countries":{"RU":-5}}', two.id
    )
    assert held(db, one, two) == [[], ["guard.floor", "guard.floor"]]  # its own and the one for RU


def test_a_reason_that_comes_later_needs_another_release_and_undo_brings_the_old_one_back(db, lamps):
    guard, one = desk(db), lamps[0]
    first = guard.release([one.id], "clearance")
    assert held(db, one) == [[]]
    guard.change_settings({"costs": "on"})
    assert "guard.floor" not in held(db, one)[0] and held(db, one)[0]
    second = guard.release([one.id], "still a clearance")
    assert held(db, one) == [[]]
    undo(db, second.uid)
    recheck(db)
    assert held(db, one)[0] and "guard.floor" not in held(db, one)[0]
    undo(db, first.uid)
    assert "guard.floor" in held(db, one)[0]


def test_only_who_may_changes_what_is_guarded_and_the_history_says_so(db, lamps):
    guard = desk(db)
    for role in OPERATORS:
        with pytest.raises(NotAllowed):
            desk(db, role).change_settings({"floors": "off"})
        assert desk(db, role).change_settings({"floors": "on"}) == GuardSettings()  # as it is: no change
    with pytest.raises(BadGuardSetting):
        guard.change_settings({"floors": "off", "hold_bp": "1e999999"})
    assert guard.settings() == (GuardSettings(), False) and len(held(db, lamps[0])[0]) == 1
    changes = len(list_changes(db))
    guard.change_settings({"floors": "off", "min_margin_bp": "12.5", "costs": "on"})
    [said] = list_changes(db)[: len(list_changes(db)) - changes]
    assert said.params["what"] == "floors off, costs on, min_margin_bp 12.5"
    settings, asks = guard.settings()
    assert (settings.floors, settings.costs, settings.min_margin_bp, asks) == (False, Ask.ON, 1250, True)
    assert "guard.floor" not in held(db, lamps[0])[0]


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("{}", GuardSettings()),
        ('{"floors": false, "hold_bp": 7000}', GuardSettings(floors=False, hold_bp=7000)),
        ('{"floors": "perhaps", "hold_bp": -5, "meaning": [], "costs": null, "later": 1}', GuardSettings()),
        ('{"min_margin_bp": 9001, "warn_bp": 50, "far_below": true}', GuardSettings()),
        ("[]", GuardSettings()),
        ("null", GuardSettings()),
        ("{broken", GuardSettings()),
    ],
)
def test_stored_settings_that_make_no_sense_are_the_usual_ones(stored, expected):
    class Connection:
        def exec_driver_sql(self, sql, params):
            assert params == (SETTING,)
            return SimpleNamespace(scalar=lambda: stored)

    assert guard_settings(Connection()) == expected
