"""One screen that says whether a store can be worked, against the practice market over real HTTP."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest

from app.models import StoreAccess, StoreHealth
from app.services import keyring_store
from app.services.application import Application
from app.services.clock import now_ms
from app.services.marketplace.aliexpress.mapping import methods
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.port import RateLimited, Refused, StoreCredentials, Unanswered
from app.services.marketplace.records import MethodPermission, StoreProfile
from app.services.stores.adding import add_store
from app.services.stores.doctor import AFTER_SIGN_IN, LONG_PAUSE_S, PURPOSES, WRITES, examine_store
from app.services.stores.reading import get_store, mark_health
from app.services.stores.wire_check import STEPS
from tests.unit.stores.market_program import running_market

DAY_MS = 86_400_000
KEYS = (*STEPS, "sign_in", *AFTER_SIGN_IN)


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    with running_market(tmp_path_factory.mktemp("market")) as running:
        yield running


@pytest.fixture
def app(monkeypatch, db):
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)
    with Application(db.path.parent) as application:
        yield application


@pytest.fixture
def adapter(monkeypatch):
    """Let parts of the adapter answer otherwise."""

    def set_answer(name, answer):
        async def say(*_args, **_more):
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(f"app.services.marketplace.aliexpress.adapter.AliExpressMarketplace.{name}", say)

    return set_answer


def examine(app, store):
    async def whole():
        try:
            return await examine_store(app, store)
        finally:
            await app.disconnect()

    report = asyncio.run(whole())
    assert tuple(line.key for line in report.lines) == KEYS
    assert all(line.title and line.text for line in report.lines)
    return report


def told(report):
    return {line.key: (line.level, line.fact.removeprefix("doctor.")) for line in report.lines}


def test_a_store_that_can_be_worked(app, market):
    store = add_store(app, "Own", market.gateway, market.credentials())
    report = examine(app, store)
    lines = told(report)
    assert (report.works, report.is_reached) == (True, True)
    assert {lines[step][0] for step in STEPS} == {"ok"}
    assert lines["sign_in"][0] == "ok"
    assert {lines[f"may_{purpose}"] for purpose in PURPOSES} == {("ok", "may.yes")}
    assert lines["quota"][1] in ("quota.free", "quota.unknown")
    assert lines["limits"] == ("ok", "limits.none")
    secrets = market.credentials()
    said = "".join(line.text for line in report.lines)
    assert not any(secret in said for secret in (secrets.app_secret, secrets.access_token, secrets.refresh_token))


def test_looking_changes_nothing_of_the_store(app, market):
    store = add_store(app, "Own", market.gateway, market.credentials())
    listed = "SELECT * FROM product ORDER BY rowid"
    with closing(sqlite3.connect(market.database)) as connection:
        before = connection.execute(listed).fetchall()
        examine(app, store)
        assert connection.execute(listed).fetchall() == before


def test_a_dead_token_is_named_with_its_remedy_and_turns_the_light_red(app, market):
    tokens = market.credentials()
    store = add_store(app, "Own", market.gateway, StoreCredentials(tokens.app_key, tokens.app_secret, "dead", "dead"))
    report = examine(app, store)
    lines = told(report)
    assert lines["sign_in"] == ("bad", "error.marketplace.signed_out")
    assert next(line.action for line in report.lines if line.key == "sign_in") == "sign_in"
    assert lines["may_list"] == ("skipped", "skipped")
    assert lines["limits"] == ("ok", "limits.none")
    assert (report.works, report.is_reached) == (False, False)
    assert get_store(app.db, store.id).health == "signed_out"


def test_a_wrong_secret_is_no_dead_token(app, market):
    tokens = market.credentials()
    store = add_store(app, "Own", market.gateway, StoreCredentials(tokens.app_key, "wrong", tokens.access_token, ""))
    assert told(examine(app, store))["sign_in"] == ("bad", "error.marketplace.signature")
    assert get_store(app.db, store.id).health == "wrong_secret"
    add_store(app, "Own", market.gateway, tokens)
    mark_health(app.db, store.id, StoreHealth.WRONG_SECRET)
    assert examine(app, get_store(app.db, store.id)).works
    assert get_store(app.db, store.id).health == "ok"


def test_tokens_that_cannot_be_read_are_an_answer(app, market):
    store = add_store(app, "Own", market.gateway, market.credentials())
    app.credentials.delete(store.credential_ref)
    lines = told(examine(app, store))
    assert lines["answer"] == ("ok", "answer.ok")
    assert lines["sign_in"][0] == "bad"
    assert lines["limits"] == ("skipped", "skipped")


@pytest.mark.parametrize(("days", "level", "action"), [(3, "warn", "sign_in"), (90, "ok", "")])
def test_a_sign_in_says_how_long_it_lasts(app, market, days, level, action):
    store = add_store(app, "Own", market.gateway, market.credentials())
    with app.db.bulk() as connection:
        ends = now_ms() + days * DAY_MS + 60_000
        connection.exec_driver_sql("UPDATE store SET refresh_expires_ms = ? WHERE id = ?", (ends, store.id))
    line = next(line for line in examine(app, get_store(app.db, store.id)).lines if line.key == "sign_in")
    assert (line.level, line.params, line.action) == (level, {"n": days}, action)


def test_nothing_that_writes_is_asked_of_a_read_only_store(app, market):
    store = add_store(app, "Shared", market.gateway, market.credentials(), access=StoreAccess.READ_ONLY)
    before = market.calls()
    report = examine(app, store)
    lines = told(report)
    assert {lines[f"may_{purpose}"] for purpose in WRITES} == {("skipped", "may.read_only")}
    assert lines["may_list"] == ("ok", "may.yes")
    called = {name for name, count in market.calls().items() if count > before.get(name, 0)}
    kinds = [one for one in vars(methods).values() if isinstance(one, methods.Method)]
    assert called
    assert not called & {method.name for method in kinds if method.repeat is not methods.Repeat.READ}
    assert report.works


def test_a_missing_permission_is_named_by_its_method(app, market, adapter):
    adapter("permissions", (
        MethodPermission("list", "aliexpress.a", True),
        MethodPermission("create", "aliexpress.b", False),
        MethodPermission("create", "aliexpress.c", False),
        MethodPermission("orders", "aliexpress.d", False),
        MethodPermission("orders", "aliexpress.e", True),
        MethodPermission("groups", "aliexpress.f", False),
        MethodPermission("freight", "aliexpress.g", None),
    ))  # fmt: skip
    store = add_store(app, "Own", market.gateway, market.credentials())
    report = examine(app, store)
    lines = {line.key: line for line in report.lines}
    assert (lines["may_create"].level, lines["may_groups"].level) == ("bad", "warn")
    assert "aliexpress.b, aliexpress.c" in lines["may_create"].text
    assert lines["may_orders"].level == "ok"
    assert lines["may_freight"].fact == "doctor.may.unsure"
    assert (report.works, report.is_reached) == (False, True)


@pytest.mark.parametrize("error", [Unanswered(), RateLimited(retry_after_s=5)])
def test_permissions_that_are_not_answered_are_not_said_to_be_missing(app, market, adapter, error):
    adapter("permissions", error)
    store = add_store(app, "Own", market.gateway, market.credentials())
    report = examine(app, store)
    assert {line.level for line in report.lines if line.key.startswith("may_")} == {"skipped"}
    assert report.works


@pytest.mark.parametrize(
    ("profile", "level", "fact"),
    [
        (StoreProfile(listings=12, listings_max=3000), "ok", "quota.free"),
        (StoreProfile(listings=3000, listings_max=3000), "bad", "quota.full"),
        (StoreProfile(), "ok", "quota.here"),
        (StoreProfile(may_post=False), "bad", "quota.closed"),
        (Refused("marketplace.permission"), "ok", "quota.here"),
    ],
)
def test_the_quota_by_the_platform(app, market, adapter, profile, level, fact):
    adapter("store_profile", profile)
    store = add_store(app, "Own", market.gateway, market.credentials())
    assert told(examine(app, store))["quota"] == (level, fact)


@pytest.mark.parametrize(("seconds", "level", "works"), [(7200, "bad", False), (LONG_PAUSE_S - 5, "warn", True)])
def test_a_limit_in_force_says_until_when(app, market, seconds, level, works):
    store = add_store(app, "Own", market.gateway, market.credentials())

    async def whole():
        async with app.connected(store) as marketplace:
            limits = marketplace._session.gateway.limits
            from app.services.marketplace.aliexpress.limits import Caller

            caller = Caller(marketplace._session.tokens.current.app_key, str(store.id), "aliexpress.x")
            limits.obey(caller, RateLimited(platform_code="AppApiCallLimit", retry_after_s=seconds))
        try:
            return await examine_store(app, store)
        finally:
            await app.disconnect()

    report = asyncio.run(whole())
    line = report.lines[-1]
    assert (line.key, line.level, report.works) == ("limits", level, works)
    assert line.params["code"] == "AppApiCallLimit"
    assert line.params["until"] in line.text


def test_a_pause_is_long_when_calls_do_not_wait_for_it():
    assert rules("limits")["longest_wait_s"] == LONG_PAUSE_S


def test_a_store_whose_sign_in_could_not_be_tried_is_not_said_to_work(app, market, adapter):
    adapter("list_listings", RateLimited(retry_after_s=7200))
    store = add_store(app, "Own", market.gateway, market.credentials())
    report = examine(app, store)
    assert told(report)["sign_in"] == ("skipped", "sign_in.limited")
    assert (report.works, report.is_reached) == (False, True)


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (Refused(platform_code="x", platform_text="no"), "bad"),
        (Refused("marketplace.api_path"), "bad"),
        (Refused("marketplace.permission"), "ok"),
    ],
)
def test_only_a_missing_permission_proves_the_sign_in(app, market, adapter, error, level):
    adapter("list_listings", error)
    store = add_store(app, "Own", market.gateway, market.credentials())
    report = examine(app, store)
    assert told(report)["sign_in"][0] == level
    assert report.works == (level == "ok")


def test_a_gateway_out_of_reach_skips_the_rest(app):
    store = add_store(app, "Own", "http://127.0.0.1:9", StoreCredentials("1", "s", "a", "r"))
    report = examine(app, store)
    assert told(report)["connection"] == ("bad", "error.marketplace.unreachable")
    assert {line.level for line in report.lines if line.key in ("sign_in", *AFTER_SIGN_IN)} == {"skipped"}
    assert get_store(app.db, store.id).health == "unreachable"
