"""What a store's account may call outlives the program; proxy and trace come from the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models import Setting
from app.services import keyring_store
from app.services.application import Application
from app.services.db import Database
from app.services.errors import InputError
from app.services.marketplace.port import RemoteStatus
from app.services.marketplace.remembered import load_families, save_families
from app.services.settings import SettingsFile
from app.services.stores.adding import add_store
from tests.new_database import lay_database
from tests.unit.marketplace.stub import StubMarket, credentials, page, refusal, row


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)
    lay_database(tmp_path / "data" / "shangjia.db")
    with Application(tmp_path / "data") as application:
        yield application


def test_families_are_kept_for_each_store(db: Database) -> None:
    save_families(db, 1, {"products": "solution"})
    save_families(db, 1, {"products": "offer", "orders": "solution"})

    assert load_families(db, 1) == {"products": "offer", "orders": "solution"}
    assert load_families(db, 2) == {}


def test_a_row_that_makes_no_sense_is_nothing_known(db: Database) -> None:
    with db.write() as session:
        session.add(Setting(name="store.1.families", value=["x"], updated_ms=1))

    assert load_families(db, 1) == {}


def test_the_next_program_asks_the_right_family_at_once(app: Application) -> None:
    async def twice() -> tuple[int, int]:
        market = StubMarket()
        await market.start()
        market.answer("findproductinfolistquery", refusal("InsufficientPermission"))
        market.answer("solution.product.list.get", page(row(1)))
        store = await asyncio.to_thread(add_store, app, "One", market.url, credentials())
        for _ in range(2):
            async with app.connected(store) as marketplace:
                await marketplace.list_listings(RemoteStatus.ON_SALE)
            await app.disconnect()
            app.close()  # as if the program ended
        await market.stop()
        return len(market.of("findproductinfolistquery")), len(market.of("solution.product.list.get"))

    assert asyncio.run(twice()) == (1, 2)


def test_the_trace_follows_its_setting(app: Application) -> None:
    assert not app.trace.is_on
    app.change_settings(http_trace=True)
    assert app.trace.is_on
    assert app.trace.path.parent.parent == app.data_dir
    app.close()
    assert app.trace.is_on


def test_a_proxy_of_the_settings_reaches_the_gateway(app: Application) -> None:
    SettingsFile(app.data_dir).change(proxy="socks5://127.0.0.1:1080")  # as an older program or a hand left it
    store = add_store(app, "One", "http://127.0.0.1:9", credentials())

    async def connect() -> None:
        app.marketplace(store)

    with pytest.raises(InputError) as caught:
        asyncio.run(connect())
    assert caught.value.error_code == "marketplace.bad_proxy"
