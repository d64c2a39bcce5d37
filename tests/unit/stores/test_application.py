"""The layers of a data folder: made late, closed cleanly, quick to look at."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.services import application, keyring_store
from app.services.application import Application
from app.services.credentials import CredentialsMissing
from app.services.marketplace.port import StoreCredentials
from app.services.stores.adding import add_store
from app.services.stores.reading import get_store

ROOT = Path(__file__).resolve().parents[3]
TOKENS = StoreCredentials("501234", "s3cret-of-the-app", "access-0123456789", "refresh-9876543210")


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)
    with Application(tmp_path / "data") as application:
        yield application


def test_looking_at_settings_imports_nothing_heavy(tmp_path):
    script = (
        "import sys; from pathlib import Path; from app.services.application import Application; "
        "app = Application(Path(sys.argv[1])); app.settings; app.worker; "
        "print([name for name in ('aiohttp', 'sqlalchemy', 'pandas', 'keyring', 'PySide6', 'openpyxl') "
        "if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_nothing_is_written_before_it_is_needed(app):
    assert app.settings.language == ""
    assert not app.data_dir.exists()
    assert app.db.path == app.database_path
    assert app.database_path.exists()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no mode bits")
def test_the_folder_and_the_database_are_their_owners(app):
    _ = app.db
    assert stat.S_IMODE(app.data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(app.database_path.stat().st_mode) == 0o600


def test_everything_is_made_once_and_can_be_closed_twice(app):
    assert app.db is app.db
    assert app.credentials is app.credentials
    assert app.worker is app.worker
    assert app.practice is app.practice
    app.close()
    app.close()
    with app.db.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM store").scalar() == 0


def test_stores_of_one_gateway_share_its_connections(app):
    first = add_store(app, "One", "http://127.0.0.1:9", TOKENS)
    second = add_store(app, "Two", "http://127.0.0.1:9", TOKENS)
    other = add_store(app, "Three", "http://127.0.0.1:10", TOKENS)

    async def gateways():
        for store in (first, second, other):
            app.marketplace(store)
        known = set(app._gateways)
        await app.disconnect()
        return known, dict(app._gateways)

    assert asyncio.run(gateways()) == ({"http://127.0.0.1:9", "http://127.0.0.1:10"}, {})


def test_the_users_pace_holds_for_a_store(app):
    app.change_settings(calls_per_s=7)
    store = add_store(app, "One", "http://127.0.0.1:9", TOKENS)

    async def pace():
        app.marketplace(store)
        limits = app._gateways[store.gateway].limits
        await app.disconnect()
        return limits._own

    assert asyncio.run(pace()) == {"store": 7}


def test_without_tokens_there_is_no_marketplace(app):
    store = add_store(app, "One", "http://127.0.0.1:9", TOKENS)
    app.credentials.delete(store.credential_ref)

    async def connect():
        async with app.connected(store):
            pass

    with pytest.raises(CredentialsMissing):
        asyncio.run(connect())
    with pytest.raises(RuntimeError):
        app.credentials.replace(store.credential_ref, TOKENS)
        app.marketplace(store)


def test_what_speaks_to_a_marketplace_is_imported_off_the_thread_of_the_loop(app, monkeypatch):
    store = add_store(app, "One", "http://127.0.0.1:9", TOKENS)
    threads = []
    monkeypatch.setattr(application, "load_network", lambda: threads.append(threading.current_thread()))

    async def connect():
        async with app.connected(store):
            return threading.current_thread()

    of_loop = asyncio.run(connect())
    assert len(threads) == 1
    assert of_loop not in threads


def test_renewed_tokens_are_kept_with_their_end(app):
    store = add_store(app, "One", "http://127.0.0.1:9", TOKENS)
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    renewed = StoreCredentials("501234", "s3cret-of-the-app", "access-new", "refresh-new", expires_at=expires)
    app._keep_renewed(store.id, store.credential_ref, renewed)
    assert app.credentials.load(store.credential_ref) == renewed
    assert get_store(app.db, store.id).token_expires_at == expires


def test_settings_are_changed_through_the_application(app):
    app.change_settings(language="zh", order_days=14)
    assert (app.settings.language, Application(app.data_dir).settings.order_days) == ("zh", 14)
