"""The practice desk over real HTTP: its own process, registered once, at the same address tomorrow."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.services import keyring_store
from app.services.application import Application
from app.services.listings.source import ListingSource
from app.services.orders.source import OrderSource
from app.services.paging import Query
from app.services.publishing.turns import load_facts
from app.services.stores.practice import (
    ALIASES,
    PracticeMarketDown,
    PracticeMarketProcess,
    answers,
    is_own,
    register_practice_stores,
    set_up_practice,
    start_practice,
)
from app.services.stores.reading import find_store, list_stores
from app.services.warehouses.source import WarehouseTemplateSource
from tests.listing_rows import add_listing, note_synced

ROOT = Path(__file__).resolve().parents[3]
OFFER = {
    "gateway": "http://127.0.0.1:8765",
    "app_key": "501234",
    "app_secret": "invented-secret",
    "stores": [
        {"name": "晨帆数码", "name_en": "Chenfan Digital", "access_token": "a-1", "refresh_token": "r-1"},
        {"name": "橙屿家居", "name_en": "Amber Isle Home", "access_token": "a-2", "refresh_token": "r-2"},
    ],
}


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)
    with Application(tmp_path / "data") as application:
        yield application


def names(app):
    return [store.name for store in list_stores(app.db)]


def test_registering_twice_keeps_two_stores_in_the_first_language(app):
    first = register_practice_stores(app, OFFER, language="zh")
    assert [(store.name, store.alias, is_own(store)) for store in first] == [
        ("晨帆数码", "prc1", True),
        ("橙屿家居", "prc2", True),
    ]
    moved = {**OFFER, "gateway": "http://127.0.0.1:9999"}
    second = register_practice_stores(app, moved, language="en")
    assert [store.id for store in second] == [store.id for store in first]
    assert names(app) == ["晨帆数码", "橙屿家居"]
    assert {store.gateway for store in list_stores(app.db)} == {"http://127.0.0.1:9999"}
    assert app.credentials.load(second[1].credential_ref).access_token == "a-2"


def test_a_real_store_of_the_same_name_is_left_alone(app):
    with app.db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO store (name, alias, colour, gateway, credential_ref, seller_id, access, health, is_practice, "
            "created_ms) VALUES ('Chenfan Digital', '', '', 'https://api-sg.aliexpress.com', 'vault:x', '', "
            "'operate', 'ok', 0, 1)"
        )
    register_practice_stores(app, OFFER)
    assert names(app) == ["Chenfan Digital", "Chenfan Digital (prc1)", "Amber Isle Home"]
    assert find_store(app.db, "Chenfan Digital").gateway == "https://api-sg.aliexpress.com"


def test_the_whole_desk_is_set_up_and_again_changes_nothing(app):
    async def twice():
        first = await set_up_practice(app, language="en")
        counts = ListingSource(app.db).count(Query()), OrderSource(app.db).count(Query())
        second = await set_up_practice(app, language="en")
        await app.disconnect()
        return first, second, counts

    first, second, counts = asyncio.run(twice())
    assert [store.alias for store in second] == list(ALIASES)
    assert [store.id for store in first] == [store.id for store in second]
    assert counts == (ListingSource(app.db).count(Query()), OrderSource(app.db).count(Query()))
    assert min(counts) > 10
    assert WarehouseTemplateSource(app.db).count(Query()) == 2
    assert all(store.last_sync_at is not None for store in list_stores(app.db))
    assert answers(second[0].gateway)


def test_the_market_comes_back_at_its_address_with_what_was_sent_to_it(tmp_path):
    market = PracticeMarketProcess(tmp_path)
    with ThreadPoolExecutor(2) as impatient:
        first, again = impatient.map(lambda _: market.start(), range(2))
    assert again is first and first["stores"] and market.start() is first
    assert market.is_running
    market.stop()
    assert not market.is_running
    assert not answers(first["gateway"])
    second = market.start()
    assert second["gateway"] == first["gateway"]
    assert second["stores"] == first["stores"]
    market.stop()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(first["gateway"].rpartition(":")[2])))
        taken.listen()
        third = market.start()
        assert third["gateway"] != first["gateway"]
        market.stop()


def test_after_a_change_of_address_every_listing_is_read_again(app, make_lamp):
    register_practice_stores(app, OFFER)
    with app.db.write() as session:
        times = {"created_ms": 1, "updated_ms": 1}
        add_listing(session, id=1, store_id=1, product_id="1", status="live", **times)
    note_synced(app.db, 1, {"AB1234": [2000, 5]}, read_ms=5)

    def known() -> dict:
        with app.db.reader.connect() as connection:
            return load_facts(connection, [1])

    register_practice_stores(app, OFFER)
    assert known() == {1: {"AB1234": [2000, 5]}}
    register_practice_stores(app, {**OFFER, "gateway": "http://127.0.0.1:9999"})
    assert known() == {}


def test_a_market_that_runs_already_is_not_started_again(app, tmp_path):
    other = PracticeMarketProcess(tmp_path / "data")
    announcement = other.start()
    try:
        register_practice_stores(app, announcement)
        stores = asyncio.run(start_practice(app))
        assert {store.gateway for store in stores} == {announcement["gateway"]}
        assert not app.practice.is_running
    finally:
        other.stop()


def test_a_market_that_cannot_start_says_why(tmp_path):
    (tmp_path / "practice-market.db").write_text("this is no database " * 100)
    market = PracticeMarketProcess(tmp_path)
    with pytest.raises(PracticeMarketDown) as down:
        market.start()
    assert down.value.params["detail"]
    assert not market.is_running


@pytest.mark.parametrize("gateway", ["http://127.0.0.1:9", "http://127.0.0.1", "nonsense"])
def test_nobody_answers_elsewhere(gateway):
    assert not answers(gateway)


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX; the watch itself is portable")
def test_the_market_ends_when_its_owner_is_killed(tmp_path):
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from app.services.stores.practice import PracticeMarketProcess
        if __name__ == "__main__":
            print(PracticeMarketProcess(Path(sys.argv[1])).start()["gateway"], flush=True)
            sys.stdin.read()
    """)
    path = tmp_path / "owner.py"
    path.write_text(script)
    owner = subprocess.Popen(
        [sys.executable, str(path), str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    gateway = owner.stdout.readline().strip()
    assert answers(gateway)
    owner.kill()
    owner.communicate()
    gone = multiprocessing.get_context("spawn").Event()
    for _ in range(100):
        if not answers(gateway):
            break
        gone.wait(0.1)
    assert not answers(gateway)
