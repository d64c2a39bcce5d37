"""The trainers' desk over a running practice market: behaviours, presets, shared codes, and never a real store."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app.paths import resources
from app.practice_market.catalogue import load
from app.practice_market.faults import Faults
from app.practice_market.switches import DEFAULTS
from app.services.application import Application
from app.services.errors import NotFound
from app.services.marketplace.port import StoreCredentials
from app.services.stores.adding import add_store
from app.services.stores.practice import answers
from app.services.stores.practice_addresses import PracticeMarketSilent, ask
from app.services.stores.training import NORMAL, NotPractice, TrainingDesk, behaviours, presets
from tests.new_database import lay_database
from tests.unit.stores.market_program import running_market

REAL = "https://api-sg.aliexpress.com"


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    with running_market(tmp_path_factory.mktemp("training")) as running:
        yield running


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGJIA_VAULT_KEY", "an invented passphrase")
    monkeypatch.setattr("app.services.keyring_store.system_keyring", lambda: None)
    lay_database(tmp_path / "data" / "shangjia.db")
    with Application(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def desk(app, market):
    """A desk over one practice store, the market normal again."""
    add_store(app, "Chenfan", market.gateway, market.credentials())
    made = TrainingDesk(app)
    made.choose(NORMAL)
    return made


def values(market):
    return ask(market.gateway, "faults")


def test_the_rules_speak_the_markets_language():
    """Every switch exists, takes its value, and belongs to a behaviour of the reference that is named."""
    numbers = {
        row["id"]: row["numbers"]
        for row in json.loads((resources() / "rules" / "training.json").read_text("utf-8"))["behaviours"]
    }
    known = load("behaviours")
    for behaviour in behaviours():
        Faults(behaviour.switches)
        named = {switch for number in numbers[behaviour.id] for switch in known[str(number)]["switches"]}
        assert behaviour.switches.keys() <= named, behaviour.id
    ids = [behaviour.id for behaviour in behaviours()]
    assert len(ids) == len(set(ids)) == 19
    assert all(preset <= set(ids) for preset in presets().values())


def test_every_behaviour_has_its_sentences():
    spoken = json.loads((resources() / "translations" / "training.json").read_text("utf-8"))
    wanted = {f"training.{one.id}" for one in behaviours()} | {f"training.{one.id}.detail" for one in behaviours()}
    wanted |= {f"training.group.{one.group}" for one in behaviours()} | {f"training.preset.{one}" for one in presets()}
    assert wanted <= spoken.keys()


@pytest.mark.parametrize("id", [behaviour.id for behaviour in behaviours()])
def test_each_is_switched_on_and_off_alone(desk, market, id):
    state = desk.switch(id, True)
    assert id in state.on
    assert state.others == ()
    assert {name for name, value in values(market).items() if value != DEFAULTS[name]} == set(
        next(one for one in behaviours() if one.id == id).switches
    )
    state = desk.switch(id, False)
    assert (state.on, state.others) == (frozenset(), ())
    assert values(market) == DEFAULTS


def test_faults_of_two_behaviours_stand_side_by_side(desk, market):
    desk.switch("hiccups", True)
    state = desk.switch("unanswered", True)
    assert state.on == {"hiccups", "unanswered"}
    assert len(values(market)["rates"]) == 4
    assert desk.switch("hiccups", False).on == {"unanswered"}
    assert values(market)["rates"].keys() == {"service_timeout_applied", "cut_after_commit"}


@pytest.mark.parametrize("preset", list(presets()))
def test_a_preset_is_exactly_its_behaviours(desk, market, preset):
    ask(market.gateway, "faults", {"handling_days_max": 5, "rates": {"thread_pool_full": 0.5}})
    desk.switch("store_full", True)
    state = desk.choose(preset)
    assert (state.on, state.others) == (presets()[preset], ())


def test_what_was_switched_elsewhere_is_told(desk, market):
    ask(market.gateway, "faults", {"handling_days_max": 5, "rates": {"thread_pool_full": 0.5}, "audit_delay_s": 3})
    state = desk.switch("slow", True)
    assert (state.on, set(state.others)) == ({"slow"}, {"handling_days_max", "rates", "audit_delay_s"})
    assert desk.choose(NORMAL).others == ()


def test_a_code_is_issued_and_withdrawn(desk, market):
    before = desk.state()
    neighbour = before.stores[0]
    assert (neighbour.alias, neighbour.is_neighbour, neighbour.live) == ("nlau", True, 7)
    state = desk.issue_code(neighbour.number)
    (new,) = set(state.codes) - set(before.codes)
    assert (new.alias, new.name_en) == ("nlau", "Northlane Audio")
    assert new.code not in repr(state), "it opens a store"
    assert set(desk.withdraw_code(new.code).codes) == set(before.codes)


def test_real_stores_have_nothing_to_switch(app, desk):
    real = add_store(app, "Real", REAL, StoreCredentials("1", "secret", "token", "more"))
    for act in (desk.state, lambda id: desk.choose("rush", id), lambda id: desk.issue_code(1, id)):
        with pytest.raises(NotPractice):
            act(real.id)
    with pytest.raises(NotFound):
        desk.state(999)


def test_without_a_practice_store_there_is_nothing(app):
    with pytest.raises(NotPractice):
        TrainingDesk(app).state()


# -- asking ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gateway", [REAL, "http://127.0.0.1:9", "http://127.0.0.1", "nonsense", ""])
def test_nobody_else_is_asked(gateway):
    with pytest.raises(PracticeMarketSilent):
        ask(gateway, "state")
    assert not answers(gateway)


@pytest.mark.parametrize(("status", "content"), [(500, b"{}"), (200, b"<html>"), (200, b"[1]"), (200, b"")])
def test_an_odd_answer_is_none(status, content):
    class Odd(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            """Nothing on standard error."""

    server = HTTPServer(("127.0.0.1", 0), Odd)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    with pytest.raises(PracticeMarketSilent) as told:
        ask(f"http://127.0.0.1:{server.server_port}", "state")
    thread.join()
    server.server_close()
    assert told.value.params["detail"]


def test_a_refused_switch_says_why(market):
    with pytest.raises(PracticeMarketSilent, match="nobody"):
        ask(market.gateway, "faults", {"nobody": 1})
