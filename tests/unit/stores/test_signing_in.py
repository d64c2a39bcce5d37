"""Signing in with the browser and by shared codes, against the practice market over HTTP."""

from __future__ import annotations

import asyncio
from contextlib import closing
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest

from app.models import StoreAccess
from app.services import keyring_store
from app.services.application import Application
from app.services.credentials import NoCredentialStore
from app.services.marketplace.port import SignedOut, StoreCredentials
from app.services.stores.adding import OtherSeller, add_store, sign_in_again
from app.services.stores.callback import Callback, CallbackBusy, SignInRefused, SignInTimedOut
from app.services.stores.gateways import BadGateway
from app.services.stores.reading import get_store, list_stores
from app.services.stores.shared_codes import read_codes
from app.services.stores.signing_in import (
    AppKey,
    NoAppKey,
    SharedCodeTaken,
    SignInPlan,
    add_shared_stores,
    lender,
    sign_in_by_browser,
)
from app.services.tasks import TaskCancelled, TaskContext
from tests.new_database import lay_database
from tests.unit.stores.market_program import running_market


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    with running_market(tmp_path_factory.mktemp("market")) as running:
        yield running


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)
    lay_database(tmp_path / "data" / "shangjia.db")
    with Application(tmp_path / "data") as application:
        application.change_settings(callback_port=free_port())
        yield application


def free_port():
    import socket

    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def get(url):
    """Status and text, as a browser gets them."""
    try:
        with urlopen(url) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        return refused.code, refused.read().decode()


class Browser:
    """Opens the page and lets the app into the store of this number."""

    def __init__(self, market, number=0):
        self.market, self.number = market, number
        self.shown: list[str] = []
        self.answers: list[object] = []

    def __call__(self, url):
        self.shown.append(url)
        chosen = self.market.store_id(self.number)
        self.answers.append(asyncio.get_running_loop().run_in_executor(None, get, f"{url}&store={chosen}"))


def own_app(market):
    return AppKey(market.announced["app_key"], market.announced["app_secret"])


def run(app, coroutine):
    async def whole():
        try:
            return await coroutine
        finally:
            await app.disconnect()

    return asyncio.run(whole())


def sign_in(app, market, browser, **plan):
    plan = {"name": "Chenfan", "gateway": market.gateway, "app_key": own_app(market), **plan}
    return run(app, sign_in_by_browser(app, SignInPlan(**plan), browser, TaskContext()))


def test_the_browser_brings_a_store(app, market):
    browser = Browser(market)
    store = sign_in(app, market, browser)
    kept = app.credentials.load(store.credential_ref)
    assert (store.name, store.health, store.access, store.is_shared) == ("Chenfan", "ok", "operate", False)
    assert store.seller_id == kept.seller_id == str(market.store_id(0))
    assert store.sign_in_ends_at == kept.refresh_expires_at
    assert kept.app_secret == market.announced["app_secret"]
    query = parse_qs(urlsplit(browser.shown[0]).query)
    assert query["redirect_uri"] == [f"http://127.0.0.1:{app.settings.callback_port}/callback"]
    assert len(query["state"][0]) >= 43
    assert market.announced["app_secret"] not in browser.shown[0]


def test_signing_in_again_borrows_the_app_and_refuses_another_account(app, market):
    store = sign_in(app, market, Browser(market))
    assert lender(app, market.gateway, store.id) == "Chenfan"
    again = sign_in(app, market, Browser(market), app_key=AppKey(), store_id=store.id)
    assert again.id == store.id
    assert app.credentials.load(again.credential_ref).access_token
    assert again.credential_ref != store.credential_ref
    with pytest.raises(OtherSeller):
        sign_in(app, market, Browser(market, 1), app_key=AppKey(), store_id=store.id)
    assert get_store(app.db, store.id).credential_ref == again.credential_ref


def test_without_an_app_nothing_is_opened(app, market):
    browser = Browser(market)
    with pytest.raises(NoAppKey):
        sign_in(app, market, browser, app_key=AppKey())
    with pytest.raises(BadGateway):
        sign_in(app, market, browser, gateway="http://10.1.2.3")
    assert browser.shown == []


def test_without_a_safe_place_nothing_is_opened(app, market):
    browser = Browser(market)
    with pytest.raises(NoCredentialStore):
        sign_in(app, market, browser, gateway="https://api-sg.aliexpress.com")
    assert browser.shown == []


def test_cancelling_closes_the_address_and_changes_nothing(app, market):
    ctx, seen = TaskContext(), []

    def show(url):
        seen.append(parse_qs(urlsplit(url).query)["redirect_uri"][0])
        ctx.stop.set()

    with pytest.raises(TaskCancelled):
        run(app, sign_in_by_browser(app, SignInPlan("Chenfan", market.gateway, own_app(market)), show, ctx))
    assert list_stores(app.db) == []
    with pytest.raises(OSError, match="refused"):
        urlopen(seen[0])


def test_nobody_comes_back(app, market):
    plan = SignInPlan("Chenfan", market.gateway, own_app(market))
    with pytest.raises(SignInTimedOut):
        run(app, sign_in_by_browser(app, plan, lambda url: None, TaskContext(), timeout_s=0.0))


def test_a_code_that_the_platform_does_not_know(app, market):
    def show(url):
        query = parse_qs(urlsplit(url).query)
        back = f"{query['redirect_uri'][0]}?{urlencode({'code': '3_nobody', 'state': query['state'][0]})}"
        asyncio.get_running_loop().run_in_executor(None, get, back)

    with pytest.raises(SignedOut) as refused:
        sign_in(app, market, show)
    assert refused.value.error_code == "marketplace.code_invalid"
    assert list_stores(app.db) == []


# -- the callback ------------------------------------------------------------------------------------------------------


async def visit(callback, **query):
    return await asyncio.to_thread(get, f"{callback.address}?{urlencode(query)}")


async def test_only_our_own_state_is_taken_and_only_once():
    async with Callback() as callback:
        waiting = asyncio.create_task(callback.code(10))
        for query in ({"code": "x"}, {"code": "x", "state": ""}, {"code": "x", "state": callback.state[:-1]}):
            assert (await visit(callback, **query))[0] == 403
        assert not waiting.done()
        status, page = await visit(callback, code="3_good", state=callback.state)
        assert (status, await waiting) == (200, "3_good")
        assert "3_good" not in page
        assert (await visit(callback, code="3_other", state=callback.state))[0] == 410
        assert (await asyncio.to_thread(get, callback.address.replace("/callback", "/other")))[0] == 404


async def test_a_page_of_another_name_cannot_speak_to_it():
    async with Callback() as callback:
        host = urlsplit(callback.address).netloc
        reader, writer = await asyncio.open_connection(*host.split(":"))
        writer.write(f"GET /callback?code=x&state={callback.state} HTTP/1.0\r\nHost: evil.example\r\n\r\n".encode())
        assert b" 403 " in await reader.readline()
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("answer", [{"error": "access_denied"}, {"error_description": "no\nthanks"}, {}])
async def test_a_no_is_told_with_the_platforms_word(answer):
    async with Callback() as callback:
        waiting = asyncio.create_task(callback.code(10))
        assert (await visit(callback, state=callback.state, **answer))[0] == 200
        with pytest.raises(SignInRefused) as refused:
            await waiting
        assert "\n" not in refused.value.params["detail"]


async def test_an_address_that_is_taken_is_named():
    async with Callback() as first:
        port = urlsplit(first.address).port
        with pytest.raises(CallbackBusy) as busy:
            async with Callback(port):
                pass
        assert busy.value.params == {"port": port}


# -- shared codes ------------------------------------------------------------------------------------------------------


def redeem(app, market, text, typed=None):
    codes = read_codes(text)
    return run(app, add_shared_stores(app, market.gateway, codes, TaskContext(), typed))


def test_shared_codes_become_stores_that_may_only_be_read(app, market):
    one, two = market.issue_code(), market.issue_code(1)
    bad = "AliExpress_" + "0" * 32
    text = f"ABCD\n{one.upper()}\nwxyz {bad}\nshrt AliExpress_123\n{two}"
    outcomes = redeem(app, market, text, own_app(market))
    stores = [outcome.store for outcome in outcomes if outcome.store]
    assert [(store.name, store.alias) for store in stores] == [("abcd", "abcd"), (f"shared-{two[-4:]}", "")]
    assert {(store.access, store.is_shared, store.health) for store in stores} == {
        (StoreAccess.READ_ONLY, True, "read_only")
    }
    reasons = [outcome.error.error_code for outcome in outcomes if outcome.error]
    assert reasons == ["marketplace.code_invalid", "store.bad_code.short"]
    tokens = app.credentials.load(stores[0].credential_ref)
    assert one[-32:] not in repr(outcomes) + tokens.access_token


def test_a_shared_code_of_a_known_store_signs_it_in_again_and_keeps_its_rights(app, market):
    first = market.issue_code()
    (outcome,) = redeem(app, market, f"abcd {first}", own_app(market))
    assert outcome.store is not None
    second = market.issue_code()
    (again,) = redeem(app, market, f"zzzz {second}")  # the app is borrowed from the store that is here
    assert again.store is not None
    assert (again.store.id, again.store.alias) == (outcome.store.id, "abcd")
    assert len(list_stores(app.db)) == 1


def test_a_withdrawn_code_opens_nothing_and_a_new_one_helps(app, market):
    code = market.issue_code()
    (outcome,) = redeem(app, market, f"abcd {code}", own_app(market))
    assert outcome.store is not None
    market.withdraw_code(code)
    (refused,) = redeem(app, market, f"abcd {code}")
    assert refused.error is not None
    assert refused.error.error_code == "marketplace.code_invalid"
    (again,) = redeem(app, market, market.issue_code())
    assert again.store is not None
    assert again.store.id == outcome.store.id


def test_a_shared_code_does_not_double_a_store_of_ones_own(app, market):
    own = sign_in(app, market, Browser(market))
    (outcome,) = redeem(app, market, market.issue_code())
    assert isinstance(outcome.error, SharedCodeTaken)
    assert outcome.error.params == {"name": "Chenfan"}
    assert get_store(app.db, own.id).access == StoreAccess.OPERATE


def test_stopping_between_two_codes_keeps_what_was_added(app, market):
    codes = [market.issue_code(number) for number in range(2)]
    ctx = TaskContext()

    class StopAfterOne(TaskContext):
        def report(self, done, total=None, **more):
            ctx.stop.set()

    stopping = StopAfterOne()
    stopping.stop = ctx.stop
    with pytest.raises(TaskCancelled):
        run(app, add_shared_stores(app, market.gateway, read_codes("\n".join(codes)), stopping, own_app(market)))
    assert len(list_stores(app.db)) == 1


def test_pasted_tokens_of_another_account_are_not_taken(app, market):
    store = sign_in(app, market, Browser(market))
    foreign = StoreCredentials("501234", "secret", "token", "more", seller_id="999")
    with pytest.raises(OtherSeller):
        sign_in_again(app, store, foreign)
    with pytest.raises(OtherSeller):
        add_store(app, "Chenfan", market.gateway, foreign)
    assert get_store(app.db, store.id).credential_ref == store.credential_ref
