"""Shared-store codes: an alias and `AliExpress_` with 32 hexadecimal digits open a colleague's store (domain.md 4).

A code stays good until it is withdrawn, for a team passes it on; withdrawing it also ends what was opened with it.
That is the practice market's own rule, the platform documents none.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
from typing import Any

from app.practice_market.catalogue import stores
from app.practice_market.refusals import Refusal
from app.practice_market.storage import Storage

FORM = re.compile(r"AliExpress_[0-9a-f]{32}")


def is_shared_code(code: str) -> bool:
    """Whether a code has the form of a shared-store code."""
    return FORM.fullmatch(code) is not None


def issue(storage: Storage, store_id: int, moment_ms: int) -> dict[str, Any]:
    """A new code of a store, stored; as `codes` describes it.

    Raises:
        ValueError: there is no such store.
    """
    if storage.value("SELECT 1 FROM store WHERE store_id = ?", (store_id,)) is None:
        raise ValueError("store")
    code = f"AliExpress_{secrets.token_hex(16)}"
    app_key = storage.value("SELECT app_key FROM app")
    storage.execute("INSERT INTO shared_code VALUES (?, ?, ?, ?, 0)", (code, app_key, store_id, moment_ms))
    return next(found for found in codes(storage) if found["code"] == code)


def withdraw(storage: Storage, code: str) -> None:
    """Make a code worthless, and every token that was given for it.

    Raises:
        ValueError: there is no such code.
    """
    if not storage.execute("UPDATE shared_code SET is_withdrawn = 1 WHERE code = ?", (code,)).rowcount:
        raise ValueError("code")
    storage.execute("UPDATE token SET is_revoked = 1 WHERE shared_code = ?", (code,))


def codes(storage: Storage) -> list[dict[str, Any]]:
    """Every code that was issued, the newest last, with its store's alias and names; withdrawn ones say so."""
    rows = storage.rows(
        "SELECT code, store_id, name, name_en, issued_ms, is_withdrawn FROM shared_code JOIN store USING (store_id)"
        " ORDER BY issued_ms, code"
    )
    return [{**dict(row), "is_withdrawn": bool(row["is_withdrawn"]), "alias": _alias(row)} for row in rows]


def sharable(storage: Storage) -> list[dict[str, Any]]:
    """The stores a code can be issued for, the colleague's first; `live` are its listings on sale."""
    rows = storage.rows(
        "SELECT store_id, name, name_en, is_neighbour, (SELECT count(*) FROM product"
        " WHERE product.store_id = store.store_id AND status = 'onSelling') AS live"
        " FROM store ORDER BY is_neighbour DESC, store_id"
    )
    return [{**dict(row), "is_neighbour": bool(row["is_neighbour"]), "alias": _alias(row)} for row in rows]


def store_of(storage: Storage, code: str, app_key: str) -> int:
    """The store a code opens.

    Raises:
        Refusal: `code.dead`: it is unknown, withdrawn, or another app's.
    """
    found = storage.value(
        "SELECT store_id FROM shared_code WHERE code = ? AND app_key = ? AND NOT is_withdrawn", (code, app_key)
    )
    if found is None:
        raise Refusal("code.dead")
    return int(found)


def _alias(row: sqlite3.Row) -> str:
    return next(str(store["alias"]) for store in stores() if store["store_id"] == row["store_id"])
