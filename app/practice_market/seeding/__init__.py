"""What a new market holds: app, stores, templates, and when asked for, listings and orders. All of it is invented.

Besides one's own stores there is a colleague's, without tokens: a shared code opens it.
"""

from __future__ import annotations

import secrets
from typing import Any

import orjson

from app.practice_market import shared
from app.practice_market.access import issue_tokens
from app.practice_market.catalogue import load, stores
from app.practice_market.seeding.listings import seed_listings, seed_neighbour
from app.practice_market.seeding.orders import seed_orders
from app.practice_market.storage import Storage
from app.practice_market.switches import Switches

APP_KEY_DIGITS = 900_000


def prepare(storage: Storage, moment_ms: int, *, is_seeded: bool) -> None:
    """Bring a file to where a market can open; what is there stays as it is. Threads: any one."""
    with storage.transaction():
        if not storage.note("stores"):
            _make_stores(storage, moment_ms)
            storage.keep("stores", True)
        if not storage.note("neighbour"):
            _make_store(storage, load("neighbour")["store"], is_neighbour=True)
            shared.issue(storage, load("neighbour")["store"]["store_id"], moment_ms)
            storage.keep("neighbour", True)
        if not storage.note("size_charts"):
            _make_size_charts(storage)
            storage.keep("size_charts", True)
        if is_seeded and not storage.note("seeded"):
            seed_listings(storage, moment_ms)
            seed_orders(storage, moment_ms)
            storage.keep("seeded", True)
        if is_seeded and not storage.note("neighbour_seeded"):
            seed_neighbour(storage, moment_ms)
            storage.keep("neighbour_seeded", True)


def credentials_of(storage: Storage) -> dict[str, Any]:
    """App key and secret, for every store of one's own its name and newest tokens, and the shared codes in force."""
    app = storage.row("SELECT * FROM app")
    assert app is not None
    own = storage.rows(
        "SELECT name, name_en, access_token, refresh_token FROM store JOIN token USING (store_id)"
        " WHERE NOT is_neighbour AND access_token = (SELECT access_token FROM token AS own"
        " WHERE own.store_id = store.store_id AND NOT is_revoked AND NOT is_dead AND shared_code = ''"
        " ORDER BY issued_ms DESC, access_token LIMIT 1) ORDER BY store_id"
    )
    return {
        "app_key": app["app_key"],
        "app_secret": app["app_secret"],
        "stores": [dict(row) for row in own],
        "shared": [
            {"name": code["name"], "name_en": code["name_en"], "alias": code["alias"], "code": code["code"]}
            for code in shared.codes(storage)
            if not code["is_withdrawn"]
        ],
    }


def _make_stores(storage: Storage, moment_ms: int) -> None:
    app_key = str(500_000 + secrets.randbelow(APP_KEY_DIGITS))
    storage.execute("INSERT INTO app VALUES (?, ?)", (app_key, secrets.token_hex(16)))
    for store in load("stores"):
        _make_store(storage, store)
        issue_tokens(storage, app_key, store["store_id"], Switches(), moment_ms)


def _make_store(storage: Storage, store: dict[str, Any], *, is_neighbour: bool = False) -> None:
    columns = ("store_id", "name", "name_en", "login_id", "account", "country", "currency")
    values = (*(store[name] for name in columns), is_neighbour)
    storage.execute("INSERT INTO store VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    _make_groups(storage, store)
    _make_templates(storage, store)


def _make_size_charts(storage: Storage) -> None:
    """A step of its own: markets of an older version have none."""
    rows = [
        (chart_id, store["store_id"], category_id, name, model, is_default)
        for store in stores()
        for chart_id, category_id, name, model, is_default in store["size_charts"]
    ]
    storage.executemany("INSERT INTO size_chart VALUES (?, ?, ?, ?, ?, ?)", rows)


def _make_groups(storage: Storage, store: dict[str, Any]) -> None:
    rows = []
    for group_id, name, children in store["groups"]:
        rows.append((group_id, store["store_id"], 0, name))
        rows += [(child_id, store["store_id"], group_id, child) for child_id, child in children]
    storage.executemany("INSERT INTO product_group VALUES (?, ?, ?, ?)", rows)


def _make_templates(storage: Storage, store: dict[str, Any]) -> None:
    freight = [
        (
            store["store_id"],
            template["id"],
            position,
            template["name"],
            template["is_default"],
            orjson.dumps(template["services"]).decode(),
        )
        for position, template in enumerate(store["templates"])
    ]
    storage.executemany("INSERT INTO freight_template VALUES (?, ?, ?, ?, ?, ?)", freight)
    promises = [(store["store_id"], template_id, name) for template_id, name in store["promises"]]
    storage.executemany("INSERT INTO promise_template VALUES (?, ?, ?)", promises)
