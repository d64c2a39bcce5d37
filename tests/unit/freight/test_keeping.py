"""Local templates, tariffs and channels: each act one change that is taken back; what is wrong is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.services.errors import NotFound
from app.services.freight.channels import ChannelRule, read_channels
from app.services.freight.errors import BadFreightInput, BadFreightRule
from app.services.freight.keeping import (
    TariffDraft,
    TemplateDraft,
    remove_tariff,
    remove_template,
    save_channels,
    save_tariff,
    save_template,
)
from app.services.freight.records import Service, Zone, ZoneKind
from app.services.freight.source import FreightTemplateSource
from app.services.freight.tariff_source import TariffSource
from app.services.freight.tariffs import Tariff, WeightRange
from app.services.history.contents import ChangeContents
from app.services.history.listing import can_undo
from app.services.history.undo import redo, undo
from app.services.paging import Filter, Query

PLAN = TemplateDraft("Plan", (Service("S", (Zone(ZoneKind.FREE, ("ES",)),)),), "own")
FLAT = TariffDraft("Flat", Tariff("flat", "CNY", (WeightRange(None, Decimal(9)),)), "offer", "2026-01-31")


def names(db, **more):
    source = FreightTemplateSource(db)
    query = Query(filters=(Filter("local", "=", "1"),), **more)
    return [row.name for row in source.rows(source.ids(query)).values()]


def keys(db):
    with db.reader.connect() as connection:
        return list(read_channels(connection).tariffs)


def test_a_local_template_is_made_changed_deleted_and_each_taken_back(db):
    save_template(db, PLAN)
    (id,) = FreightTemplateSource(db).ids(Query())
    detail = FreightTemplateSource(db).detail(id)
    assert (detail.services, detail.template.is_local, detail.template.source) == (PLAN.services, True, "own")
    assert save_template(db, PLAN, id) is None
    changed = save_template(db, replace(PLAN, name="Better plan"), id)
    assert can_undo(db).uid == changed.uid
    assert ChangeContents(db, changed.uid).first_page(Query(), 5)[0].title == "Better plan"
    gone = remove_template(db, id)
    assert names(db) == []
    for uid, left in ((gone.uid, ["Better plan"]), (changed.uid, ["Plan"]), (None, [])):
        assert not undo(db, uid).conflicts
        assert names(db) == left
    redo(db)
    assert names(db, text="plan") == ["Plan"]


def test_what_moved_on_is_left_alone(db):
    save_template(db, PLAN)
    (id,) = FreightTemplateSource(db).ids(Query())
    first = save_template(db, replace(PLAN, name="Second"), id)
    save_template(db, replace(PLAN, name="Third"), id)
    assert undo(db, first.uid).conflicts == (-id,)
    assert names(db) == ["Third"]


def test_what_cannot_go_back_because_its_place_was_taken_is_named(db):
    """A tariff of the same key, a template of the same name, a channel for the same route."""
    saved = save_tariff(db, FLAT), save_template(db, PLAN)
    assert all(saved)
    save_tariff(db, replace(FLAT, name="Other", tariff=replace(FLAT.tariff, key="other")))
    save_template(db, replace(PLAN, name="Other"))
    rules = [ChannelRule(ships_from="CN", country="ES", attribute="", tariff_key="other")]
    save_channels(db, [*rules, replace(rules[0], country="US")])
    (tariff,) = [row.id for row in rows_of(TariffSource(db)) if row.name == "Flat"]
    (template,) = [row.id for row in rows_of(FreightTemplateSource(db)) if row.name == "Plan"]
    gone = [remove_tariff(db, tariff), remove_template(db, template), save_channels(db, rules)]
    save_tariff(db, replace(FLAT, name="Flat again"))
    save_template(db, PLAN)
    save_channels(db, [*rules, replace(rules[0], country="US", tariff_key="flat")])
    for change in gone:
        done = undo(db, change.uid)
        assert (done.restored, len(done.conflicts)) == (0, 1), change.label
    assert sorted(names(db)) == ["Other", "Plan"]


def rows_of(source):
    return source.rows(source.ids(Query())).values()


def test_a_tariff_in_use_cannot_go(db):
    save_tariff(db, FLAT)
    source = TariffSource(db)
    (flat,) = source.rows(source.ids(Query(text="flat"))).values()
    assert (flat.tariff, flat.source, flat.as_of) == (FLAT.tariff, "offer", "2026-01-31")
    change = save_channels(db, [ChannelRule("CN", "flat"), ChannelRule("ES", "line_es")])
    with pytest.raises(BadFreightInput) as caught:
        remove_tariff(db, flat.id)
    assert caught.value.params["places"] == "CN"
    undo(db, change.uid)
    gone = remove_tariff(db, flat.id)
    assert "flat" not in keys(db)
    undo(db, gone.uid)
    assert keys(db)[-1] == "flat"
    with pytest.raises(NotFound):
        remove_tariff(db, 10_000)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda db: save_template(db, replace(PLAN, name=" ")), "freight.name"),
        (lambda db: save_template(db, replace(PLAN, name="x" * 61)), "freight.name"),
        (lambda db: [save_template(db, PLAN) for _ in range(2)], "freight.name_taken"),
        (lambda db: save_template(db, replace(PLAN, services=())), "freight.no_zones_at_all"),
        (lambda db: save_template(db, replace(PLAN, services=(Service("S", ()), *PLAN.services))), "freight.no_zones"),
        (lambda db: save_template(db, replace(PLAN, services=PLAN.services * 2)), "freight.service_twice"),
        (lambda db: save_tariff(db, replace(FLAT, as_of="31.1.")), "freight.day"),
        (lambda db: [save_tariff(db, FLAT) for _ in range(2)], "freight.name_taken"),
        (lambda db: save_channels(db, [ChannelRule("CN", "x")]), "freight.channel_unknown"),
        (lambda db: save_channels(db, [ChannelRule("CN", "express")] * 2), "freight.channel_twice"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(db, act, code):
    with pytest.raises((BadFreightInput, BadFreightRule)) as caught:
        act(db)
    assert caught.value.error_code == code


def test_a_stores_template_cannot_be_edited_here(db, goods):
    (id, *_) = FreightTemplateSource(db).ids(Query())
    for act in (lambda: save_template(db, PLAN, id), lambda: remove_template(db, id)):
        with pytest.raises(BadFreightInput) as caught:
            act()
        assert caught.value.error_code == "freight.not_local"
