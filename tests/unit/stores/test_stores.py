"""Connecting stores: names, gateways, tokens, figures."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from app.models import StoreAccess, StoreHealth
from app.services import keyring_store
from app.services.credentials import Credentials, CredentialsMissing, NoCredentialStore
from app.services.db import Database
from app.services.errors import NotFound
from app.services.marketplace.port import StoreCredentials
from app.services.settings import Settings
from app.services.stores.adding import BadStoreName, OtherGateway, add_store
from app.services.stores.gateways import BadGateway, checked_gateway, is_loopback
from app.services.stores.reading import find_store, get_store, list_stores, mark_health
from app.services.stores.records import health_of

REAL = "https://api-sg.aliexpress.com"
PRACTICE = "http://127.0.0.1:8765"
TOKENS = StoreCredentials("501234", "s3cret-of-the-app", "access-0123456789", "refresh-9876543210")
NEW_TOKENS = StoreCredentials("501234", "s3cret-of-the-app", "access-new", "refresh-new")
DAY = 86_400_000


@dataclass
class Desk:
    """What adding needs of the application."""

    db: Database
    credentials: Credentials
    settings: Settings = field(default_factory=Settings)


@pytest.fixture
def desk(db, tmp_path, monkeypatch):
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)
    return Desk(db, Credentials(tmp_path, environment={}))


@pytest.fixture
def safe_desk(db, tmp_path):
    return Desk(db, Credentials(tmp_path, environment={"SHANGJIA_VAULT_KEY": "correct horse"}))


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        (" https://API-SG.aliexpress.com/ ", REAL),
        ("https://api-sg.aliexpress.com/rest/", f"{REAL}/rest"),
        ("http://localhost:80", "http://localhost:80"),
        ("http://127.8.0.1:9/", "http://127.8.0.1:9"),
        ("http://[::1]:9", "http://[::1]:9"),
    ],
)
def test_addresses_in_their_normal_form(typed, normal):
    assert checked_gateway(typed, Settings().gateway_hosts) == normal


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "store.gateway_no_address"),
        ("api-sg.aliexpress.com", "store.gateway_no_address"),
        ("ftp://api-sg.aliexpress.com", "store.gateway_no_address"),
        ("https://user:hush@api-sg.aliexpress.com", "store.gateway_no_address"),
        ("https://api-sg.aliexpress.com:port", "store.gateway_no_address"),
        ("https://[::1", "store.gateway_no_address"),
        ("http://api-sg.aliexpress.com", "store.gateway_plain_http"),
        ("https://api-sg.aliexpress.com.evil.example", "store.gateway_unknown_host"),
        ("https://127.0.0.1.evil.example", "store.gateway_unknown_host"),
        ("http://10.0.0.1", "store.gateway_plain_http"),
    ],
)
def test_tokens_go_to_pinned_hosts_only(typed, code):
    with pytest.raises(BadGateway) as refused:
        checked_gateway(typed, Settings().gateway_hosts)
    assert refused.value.error_code == code
    assert "hush" not in str(refused.value)


def test_this_computer_is_known_by_its_address_not_its_name():
    assert is_loopback("http://localhost:9")
    assert not is_loopback("http://localhost.evil.example")
    assert not is_loopback("http://[::1")


def test_a_store_of_this_computer_is_a_practice_store(desk):
    store = add_store(desk, "  Practice ·  North Bay ", PRACTICE, TOKENS)
    assert (store.name, store.is_practice, store.health, store.gateway) == (
        "Practice · North Bay",
        True,
        "ok",
        PRACTICE,
    )
    assert desk.credentials.load(store.credential_ref) == TOKENS
    assert (store.colour, store.listing_quota, store.access) == (1, 3000, "operate")


def test_a_real_store_without_a_safe_place_changes_nothing(desk):
    with pytest.raises(NoCredentialStore):
        add_store(desk, "Chenfan Digital", REAL, TOKENS)
    assert len(list_stores(desk.db)) == 1


def test_tokens_are_nowhere_in_the_database(safe_desk):
    add_store(safe_desk, "Chenfan Digital", REAL, TOKENS)
    safe_desk.db.dispose()
    content = b"".join(path.read_bytes() for path in safe_desk.db.path.parent.glob("shangjia.db*"))
    for secret in (TOKENS.app_key, TOKENS.app_secret, TOKENS.access_token, TOKENS.refresh_token):
        assert secret.encode() not in content


def test_adding_again_signs_in_again(safe_desk):
    first = add_store(safe_desk, "Chenfan Digital", REAL, TOKENS)
    mark_health(safe_desk.db, first.id, StoreHealth.SIGNED_OUT)
    assert get_store(safe_desk.db, first.id).health == "signed_out"
    again = add_store(safe_desk, "Chenfan Digital", REAL, NEW_TOKENS)
    assert (again.id, again.health) == (first.id, "ok")
    assert safe_desk.credentials.load(again.credential_ref) == NEW_TOKENS
    with pytest.raises(CredentialsMissing):
        safe_desk.credentials.load(first.credential_ref)


def test_the_practice_market_may_come_back_at_another_port_with_its_categories(desk):
    add_store(desk, "Practice", PRACTICE, TOKENS)
    with desk.db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO category (gateway, category_id, parent_id, name_en, name_zh, path_en, path_zh, level, "
            "is_leaf, fetched_ms) VALUES (?, '21', '0', 'Lights', '灯', 'Lights', '灯', 1, 0, 1)",
            (PRACTICE,),
        )
    store = add_store(desk, "Practice", "http://127.0.0.1:9999", TOKENS)
    assert store.gateway == "http://127.0.0.1:9999"
    with desk.db.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT gateway FROM category").scalars().all() == [store.gateway]


def test_a_real_stores_name_is_not_taken_by_another_gateway(safe_desk):
    store = add_store(safe_desk, "Chenfan Digital", REAL, TOKENS)
    for gateway in (PRACTICE, "https://gw.api.taobao.com"):
        with pytest.raises(OtherGateway):
            add_store(safe_desk, "Chenfan Digital", gateway, NEW_TOKENS)
    assert safe_desk.credentials.load(store.credential_ref) == TOKENS


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b"])
def test_names_that_cannot_be(desk, name):
    with pytest.raises(BadStoreName):
        add_store(desk, name, PRACTICE, TOKENS)


def test_a_failing_database_leaves_no_tokens_behind(safe_desk, monkeypatch, tmp_path):
    monkeypatch.setattr("app.services.stores.adding._insert", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        add_store(safe_desk, "Chenfan Digital", REAL, TOKENS)
    assert [path.name for path in (tmp_path / "vault").iterdir()] == ["vault.json"]


def test_stores_are_found_by_name_alias_and_any_case(desk):
    store = add_store(desk, "Amber Isle Home", PRACTICE, TOKENS, alias="cyjj", access=StoreAccess.READ_ONLY)
    for name in ("Amber Isle Home", "amber isle home", "CYJJ"):
        assert find_store(desk.db, name).id == store.id
    assert store.health == "read_only"
    with pytest.raises(NotFound) as missing:
        find_store(desk.db, "Amber")
    assert "Amber Isle Home" in missing.value.params["known"]
    with pytest.raises(NotFound):
        find_store(desk.db, "")
    with pytest.raises(NotFound):
        get_store(desk.db, 99)


def test_counts_by_status_and_orders_to_ship(desk, make_listing):
    make_listing(status="live")
    make_listing(status="live")
    make_listing(status="failed")
    with desk.db.bulk() as connection:
        for number, status in enumerate(("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS", "FINISH")):
            connection.exec_driver_sql(
                "INSERT INTO store_order (store_id, order_id, status, buyer_name, currency, line_count, codes, "
                "search_text, raw, synced_ms) VALUES (1, ?, ?, '', 'USD', 0, '', '', '{}', 1)",
                (str(number), status),
            )
    store = get_store(desk.db, 1)
    assert (store.counts, store.listings, store.to_ship) == ({"live": 2, "failed": 1}, 3, 2)


@pytest.mark.parametrize(
    ("access", "health", "expires_in_days", "light"),
    [
        ("operate", "ok", None, "ok"),
        ("operate", "ok", 8, "ok"),
        ("operate", "ok", 6, "soon"),
        ("operate", "ok", 0, "signed_out"),
        ("operate", "signed_out", 100, "signed_out"),
        ("read_only", "ok", 6, "read_only"),
        ("read_only", "signed_out", None, "signed_out"),
    ],
)
def test_the_light_follows_the_clock(access, health, expires_in_days, light):
    moment = 1_000 * DAY
    expires = None if expires_in_days is None else moment + expires_in_days * DAY
    assert health_of(access, health, expires, moment, warn_days=7) == light
