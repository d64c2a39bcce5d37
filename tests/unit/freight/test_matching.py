"""Proposals of templates and channels, and what looks wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.freight.candidates import candidates
from app.services.freight.matching import apply_matches, by_template, match_listings
from app.services.history.undo import undo
from app.services.tasks import TaskContext


def match(db, *listings):
    return match_listings(db.path, [one.id for one in listings], ctx=TaskContext())


def test_a_template_that_fits_and_earns_stays(db, goods):
    (found,) = match(db, goods("AB1234", 1299))
    assert (found.reason, found.changes, found.proposed, found.channel) == (
        "stays",
        False,
        ("700", "Small goods"),
        "post_packet",
    )
    assert found.channel_cny == Decimal("16.5384")
    assert found.worst_cny > 0


def test_one_that_loses_gives_way_to_one_that_earns(db, goods):
    (found,) = match(db, goods("AB1234", 500))
    assert (found.reason, found.proposed[0], found.changes) == ("earns_more", "701", True)
    assert found.worst_cny > 0


def test_goods_with_a_battery_get_the_template_that_names_them(db, goods):
    battery, unknown = goods("BL1850", 2999, {"attributes": ["battery"]}), goods("XX1000", 2999, {"attributes": None})
    first, second = match(db, battery, unknown)
    assert (first.proposed[0], first.reason, first.channel) == ("702", "fits_goods", "post_battery")
    assert (second.reason, second.proposed[0]) == ("stays", "700")


def test_sizes_of_cartons_girth_and_losing_countries_are_flagged(db, goods):
    carton = goods(
        "CA1000", 1299, {"length_mm": 100, "width_mm": 90, "height_mm": 20}, length_cm=60, width_cm=40, height_cm=40
    )
    large = goods("LA1000", 1299, length_cm=700, width_cm=600, height_cm=500)
    fine = goods(
        "FI1000", 1299, {"length_mm": 160, "width_mm": 90, "height_mm": 20}, length_cm=17, width_cm=10, height_cm=3
    )
    cheap = goods("CH1000", 500, freight_template_id="700", weight_g=200)
    found = match(db, carton, large, fine, cheap)
    assert [("carton" in one.flags, "girth" in one.flags) for one in found] == [(1, 0), (1, 1), (0, 0), (0, 0)]
    assert found[3].losing == ()


def test_countries_where_the_proposed_template_loses_are_named(db, goods):
    """Free for Spain, whose channel is dear: the cheap lamp earns where it is reckoned for and loses there."""
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM freight_template WHERE template_id <> '700'")
        connection.exec_driver_sql(
            "INSERT INTO freight_channel (ships_from, attribute, country, tariff_key) "
            "VALUES ('CN', '', 'ES', 'express')"
        )
    thin, rich = match(db, goods("AB1234", 1299), goods("CD5678", 9900))
    assert (thin.reason, thin.proposed[0], thin.worst_cny > 0) == ("stays", "700", True)
    assert ("ES" in thin.losing, "losing" in thin.flags) == (True, True)
    assert ("ES" in rich.losing, "losing" in rich.flags) == (False, False)


def test_what_cannot_be_proposed_says_why(db, goods, make_listing):
    unknown = goods("NO1000", 1299, {"weight_mg": None}, weight_g=None)
    heavy = goods("HE1000", 1299, {"weight_mg": 900_000_000})
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE freight_template SET services = NULL WHERE template_id = '700'")
    first, second = match(db, unknown, heavy)
    assert (first.reason, first.proposed, first.worst_cny) == ("no_weight", ("", ""), None)
    assert (second.reason, second.changes) == ("none_serves", False)
    assert match_listings(db.path, [], ctx=TaskContext()) == []


def test_proposals_become_changes_that_are_taken_back(db, goods):
    matches = match(db, goods("AB1234", 500), goods("BL1850", 2999, {"attributes": ["battery"]}))
    groups = by_template(matches)
    assert {key: len(ids) for key, ids in groups.items()} == {(1, "701"): 1, (1, "702"): 1}
    done = apply_matches(db.path, groups, ctx=TaskContext())
    assert [one.changed for one in done] == [1, 1]
    assert templates(db) == ["701", "702"]
    for one in reversed(done):
        undo(db, one.change.uid)
    assert templates(db) == ["700", "700"]


def templates(db):
    with db.reader.connect() as connection:
        return list(connection.exec_driver_sql("SELECT freight_template_id FROM listing ORDER BY id").scalars())


@pytest.mark.parametrize("price", [None, 1299])
def test_a_cheaper_channel_is_named(db, goods, price):
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE freight_channel SET tariff_key = 'post_registered' WHERE ships_from = 'CN'")
    (found,) = match(db, goods("AB1234", price))
    assert (found.channel, found.cheaper, found.cheaper_cny) == ("post_registered", "post_packet", Decimal("16.5384"))


def test_a_name_that_says_without_battery_is_one_for_plain_goods(db, goods):
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE freight_template SET name = '不带电普货' WHERE template_id = '702'")
        found = {one.name: one.goods for one in candidates(connection)[1]}
    assert found == {"Small goods": frozenset(), "Paid everywhere": frozenset(), "不带电普货": frozenset()}
