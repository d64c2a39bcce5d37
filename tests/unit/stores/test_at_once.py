"""Several programs sign one store in or out at the same time: one set of tokens is left, and it is the store's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.services import keyring_store
from app.services.application import Application
from app.services.credentials import CredentialsMissing
from app.services.errors import NotFound
from app.services.marketplace.port import StoreCredentials
from app.services.stores import adding
from app.services.stores.adding import OtherGateway, OtherSeller, add_store, sign_in_again
from app.services.stores.leaving import disconnect_store, remove_store
from app.services.stores.reading import get_store, list_stores
from tests.new_database import lay_database

REAL = "https://api-sg.aliexpress.com"
PRACTICE = "http://127.0.0.1:8765"
PROGRAMS = 6


def tokens(number: int, seller_id: str = "") -> StoreCredentials:
    """Tokens of one sign-in."""
    return StoreCredentials(
        "501234", "s3cret-of-the-app", f"access-{number:05d}", f"refresh-{number:05d}", seller_id=seller_id
    )


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)
    lay_database(tmp_path / "data" / "shangjia.db")
    with Application(tmp_path / "data") as application:
        yield application


def kept(data_dir: Path) -> set[str]:
    """References of everything the credential place holds."""
    places = {"practice": "practice-credentials", "vault": "vault"}
    found = {f"{place}:{path.stem}" for place, folder in places.items() for path in (data_dir / folder).glob("*")}
    return {reference for reference in found if ":store-" in reference}


def at_once(data_dir: Path, work: Callable[[Application, int], object]) -> None:
    """Do *work* in several applications on one folder, all beginning together; what one raises is raised here."""
    start = threading.Barrier(PROGRAMS)

    def one(number: int) -> None:
        with Application(data_dir) as program:
            _ = program.db
            start.wait()
            work(program, number)

    with ThreadPoolExecutor(PROGRAMS) as pool:
        list(pool.map(one, range(PROGRAMS)))


def test_signing_in_at_once_leaves_one_set_of_tokens(app):
    store = add_store(app, "Chenfan", PRACTICE, tokens(99))
    at_once(app.data_dir, lambda program, number: sign_in_again(program, store, tokens(number)))
    assert kept(app.data_dir) == {get_store(app.db, store.id).credential_ref}


def test_adding_a_new_name_at_once_makes_one_store_with_one_set_of_tokens(app):
    _ = app.db
    at_once(app.data_dir, lambda program, number: add_store(program, "Chenfan", PRACTICE, tokens(number)))
    (store,) = list_stores(app.db)
    assert kept(app.data_dir) == {store.credential_ref}
    assert app.credentials.load(store.credential_ref).access_token.startswith("access-0000")


def test_who_comes_second_with_another_gateway_is_told_and_keeps_nothing(app, monkeypatch):
    monkeypatch.setenv("SHANGJIA_VAULT_KEY", "correct horse")
    add_store(app, "Chenfan", REAL, tokens(1))
    before, look, looks = kept(app.data_dir), adding._find, iter([True])
    monkeypatch.setattr(adding, "_find", lambda *names: None if next(looks, False) else look(*names))
    with pytest.raises(OtherGateway):
        add_store(app, "Chenfan", PRACTICE, tokens(2))
    assert kept(app.data_dir) == before
    assert len(list_stores(app.db)) == 1


def test_another_sellers_tokens_are_refused_by_what_is_known_now(app):
    """When this program looked, nobody knew yet whose the store is."""
    stale = add_store(app, "Chenfan", PRACTICE, tokens(2))
    sign_in_again(app, stale, tokens(3, seller_id="22"))
    before = kept(app.data_dir)
    with pytest.raises(OtherSeller):
        sign_in_again(app, stale, tokens(4, seller_id="33"))
    assert kept(app.data_dir) == before == {get_store(app.db, stale.id).credential_ref}


def test_a_store_that_was_removed_meanwhile_is_not_signed_in(app):
    store = add_store(app, "Chenfan", PRACTICE, tokens(1))
    remove_store(app, store.id)
    with pytest.raises(NotFound):
        sign_in_again(app, store, tokens(2))
    assert kept(app.data_dir) == set()


def test_removing_wipes_the_tokens_of_a_sign_in_that_came_between(app, monkeypatch):
    """The look at the store is old by the time its tokens are wiped."""
    stale = add_store(app, "Chenfan", PRACTICE, tokens(1))

    def copy(*_, **__):
        sign_in_again(app, stale, tokens(2))

    monkeypatch.setattr("app.services.stores.leaving.backup", copy)
    remove_store(app, stale.id)
    assert kept(app.data_dir) == set()


def test_disconnecting_beside_sign_ins_leaves_no_tokens_without_a_store(app):
    store = add_store(app, "Chenfan", PRACTICE, tokens(99))

    def turn(program, number):
        if number % 2:
            disconnect_store(program, store.id)
        else:
            sign_in_again(program, store, tokens(number))

    at_once(app.data_dir, turn)
    assert kept(app.data_dir) == {get_store(app.db, store.id).credential_ref} - {""}


def test_an_old_look_at_a_store_finds_the_tokens_of_now(app):
    """Who was about to connect when somebody else signed the store in again uses the new tokens."""
    stale = add_store(app, "Chenfan", PRACTICE, tokens(1))
    sign_in_again(app, stale, tokens(2))

    store, credentials, _ = app._known(stale)
    assert credentials == tokens(2)
    assert store == get_store(app.db, stale.id)


def test_a_connection_goes_on_with_the_tokens_of_now_and_keeps_their_renewal(app, monkeypatch):
    """Signed in again under a job that runs: what it reads before it renews is new, and so is where it writes."""
    stale = add_store(app, "Chenfan", PRACTICE, tokens(1))
    taken = {}
    monkeypatch.setattr(
        "app.services.marketplace.aliexpress.AliExpressMarketplace", lambda *_, **options: taken.update(options)
    )

    async def go_on():
        app.marketplace(stale)
        now = sign_in_again(app, stale, tokens(2))
        found = taken["reload_credentials"]()
        await taken["on_new_credentials"](tokens(3))
        await app.disconnect()
        return now, found

    now, found = asyncio.run(go_on())
    assert found == tokens(2)
    assert app.credentials.load(now.credential_ref) == tokens(3)
    assert kept(app.data_dir) == {now.credential_ref}


def test_tokens_that_are_gone_are_still_said_to_be_gone(app):
    store = add_store(app, "Chenfan", PRACTICE, tokens(1))
    app.credentials.delete(store.credential_ref)
    with pytest.raises(CredentialsMissing):
        app._known(store)
    disconnect_store(app, store.id)
    with pytest.raises(CredentialsMissing):
        app._known(store)


def again(app: Application, _: int) -> None:
    add_store(app, "Chenfan", PRACTICE, tokens(3))


@pytest.mark.parametrize("leave", [disconnect_store, again])
def test_a_renewal_that_ends_after_the_tokens_were_replaced_leaves_nothing(app, leave):
    """A job that still runs renews the tokens it began with; nothing refers to these any more."""
    stale = add_store(app, "Chenfan", PRACTICE, tokens(1))
    leave(app, stale.id)
    after = get_store(app.db, stale.id)
    app._keep_renewed(stale.id, stale.credential_ref, tokens(2))
    assert kept(app.data_dir) == {after.credential_ref} - {""}
    assert get_store(app.db, stale.id) == after
