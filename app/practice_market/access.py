"""Who may call: app keys, signatures, timestamps, sessions and authorisation (aliexpress-open-platform.md 1-3)."""

from __future__ import annotations

import hmac
import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any

import orjson

from app.practice_market import shared
from app.practice_market.call import Arguments, Call
from app.practice_market.catalogue import rules
from app.practice_market.clock import request_moment_ms
from app.practice_market.envelope import Gateway
from app.practice_market.refusals import Refusal
from app.practice_market.signing import is_signed
from app.practice_market.storage import Storage
from app.practice_market.switches import Switches

PATHS = {
    "/auth/token/create": "code",
    "/auth/token/refresh": "refresh_token",
    "/auth/token/security/create": "code",
    "/auth/token/security/refresh": "refresh_token",
}
"""Path APIs that hand out tokens and what they want for them; the `security` ones say less about the account."""
TOP_METHODS = {"taobao.top.auth.token.create": "code", "taobao.top.auth.token.refresh": "refresh_token"}
FORMATS = ("json", "xml")
ACCOUNT = ("user_nick", "account", "account_id", "havana_id")


def verify(call: Call, storage: Storage, switches: Switches, moment_ms: int) -> str:
    """The app key of a call that is signed, in time and complete.

    The signature comes before anything else that could be wrong with the content (2.1, "order of checks").

    Raises:
        Refusal: the first thing that is wrong.
    """
    params, is_top = call.params, call.gateway is Gateway.TOP
    if params.get("format", "json") not in FORMATS:
        raise Refusal("format.wrong")
    if not call.method:
        raise Refusal("method.missing")
    for name in ("app_key", "timestamp"):
        if not params.get(name):
            raise Refusal(f"{name}.missing")
    if not params.get("sign"):
        raise Refusal("signature.missing")
    secret = storage.value("SELECT app_secret FROM app WHERE app_key = ?", (params["app_key"],))
    if secret is None:
        raise Refusal("app_key.unknown")
    signed = {name: value for name, value in params.items() if name != "sign"}
    path = call.method if call.is_path else ""
    is_good = is_signed(signed, secret, params["sign"], is_top=is_top, path=path, empty_values=switches.empty_values)
    if call.is_repeated_differently or not is_good:
        raise Refusal("signature.wrong")
    _in_time(params["timestamp"], switches, moment_ms, is_top)
    return params["app_key"]


def _in_time(timestamp: str, switches: Switches, moment_ms: int, is_top: bool) -> None:
    documented_s = rules()["gateway"]["top_tolerance_s" if is_top else "iop_tolerance_s"]
    tolerance_ms = (switches.timestamp_tolerance_s or documented_s) * 1000
    named_ms = request_moment_ms(timestamp, is_top=is_top)
    if named_ms is None or abs(named_ms - moment_ms - switches.clock_skew_s * 1000) > tolerance_ms:
        raise Refusal("timestamp.wrong", value=timestamp)


def is_authorising(call: Call) -> bool:
    """Whether a call is about tokens and therefore comes without one."""
    return call.is_path or call.method in TOP_METHODS


def authorise(call: Call, storage: Storage, app_key: str, switches: Switches, moment_ms: int) -> dict[str, Any]:
    """The tokens for an authorisation code or a refresh token.

    Raises:
        Refusal: `method.unknown`, `parameter.missing`, `code.dead`, `refresh_token.dead`.
    """
    name = {**PATHS, **TOP_METHODS}.get(call.method)
    if name is None:
        raise Refusal("method.unknown", name=call.method)
    value = Arguments(call, switches).text(name)
    give = exchange_code if name == "code" else refresh
    tokens = give(storage, value, app_key, switches, moment_ms)
    if "/security/" in call.method:
        return {field: said for field, said in tokens.items() if field not in ACCOUNT}
    return tokens


def as_text(tokens: dict[str, Any]) -> dict[str, Any]:
    """The legacy gateway's form: one field with JSON text."""
    return {"token_result": orjson.dumps({**tokens, **legacy(tokens)}).decode()}


def legacy(tokens: dict[str, Any]) -> dict[str, Any]:
    """The body of the legacy token page (3.2)."""
    ends_ms, refresh_ends_ms = tokens["expire_time"], tokens["refresh_token_valid_time"]
    return {
        "access_token": tokens["access_token"],
        "refresh_token": tokens["refresh_token"],
        "expire_time": ends_ms,
        "refresh_token_valid_time": refresh_ends_ms,
        **dict.fromkeys(("w1_valid", "w2_valid", "r1_valid", "r2_valid"), ends_ms),
        "user_id": tokens["user_id"],
        "user_nick": tokens["user_nick"],
        "locale": tokens["locale"],
        "sp": tokens["sp"],
    }


def exchange_with_secret(
    storage: Storage, form: Mapping[str, str], switches: Switches, moment_ms: int
) -> dict[str, Any] | None:
    """The legacy token page: no signature, the secret itself; None when secret or code are wrong (3.2)."""
    app_key = form.get("client_id", "")
    secret = storage.value("SELECT app_secret FROM app WHERE app_key = ?", (app_key,))
    if secret is None or not hmac.compare_digest(secret.encode(), form.get("client_secret", "").encode()):
        return None
    try:
        if form.get("grant_type") == "refresh_token":
            return legacy(refresh(storage, form.get("refresh_token", ""), app_key, switches, moment_ms))
        return legacy(exchange_code(storage, form.get("code", ""), app_key, switches, moment_ms))
    except Refusal:
        return None


def revoke(storage: Storage, session: str) -> None:
    """Make an access token dead; its refresh token lives on, it is the access that was lost."""
    storage.execute("UPDATE token SET is_dead = 1 WHERE access_token = ?", (session,))


def store_of(session: str, app_key: str, storage: Storage, switches: Switches, moment_ms: int) -> sqlite3.Row:
    """The store an access token speaks for.

    Raises:
        Refusal: `session.missing` or `session.dead`.
    """
    if not session:
        raise Refusal("session.missing")
    row = storage.row(
        "SELECT store.*, token.issued_ms, token.is_revoked OR token.is_dead AS is_revoked"
        " FROM token JOIN store USING (store_id)"
        " WHERE access_token = ? AND app_key = ?",
        (session, app_key),
    )
    if row is None or row["is_revoked"] or row["issued_ms"] + switches.token_lifetime_s * 1000 <= moment_ms:
        raise Refusal("session.dead")
    return row


def issue_code(storage: Storage, app_key: str, store_id: int, moment_ms: int) -> str:
    """A new authorisation code, good for one exchange within half an hour (3.1)."""
    code = f"3_{app_key}_{secrets.token_urlsafe(18)}"
    storage.execute("INSERT INTO authorisation_code VALUES (?, ?, ?, ?, 0)", (code, app_key, store_id, moment_ms))
    return code


def exchange_code(storage: Storage, code: str, app_key: str, switches: Switches, moment_ms: int) -> dict[str, Any]:
    """The tokens for an authorisation code or a shared-store code, in the fields of 3.2.

    Raises:
        Refusal: `code.dead` when it is unknown, used, too old, withdrawn or another app's.
    """
    if shared.is_shared_code(code):
        store_id = shared.store_of(storage, code, app_key)
        return issue_tokens(storage, app_key, store_id, switches, moment_ms, shared_code=code)
    row = storage.row("SELECT * FROM authorisation_code WHERE code = ? AND app_key = ?", (code, app_key))
    lifetime_ms = switches.code_lifetime_s * 1000
    if row is None or row["is_used"] or row["issued_ms"] + lifetime_ms <= moment_ms:
        raise Refusal("code.dead")
    storage.execute("UPDATE authorisation_code SET is_used = 1 WHERE code = ?", (code,))
    return issue_tokens(storage, app_key, row["store_id"], switches, moment_ms)


def refresh(storage: Storage, token: str, app_key: str, switches: Switches, moment_ms: int) -> dict[str, Any]:
    """New tokens for a refresh token; the old ones live on unless the switch `refresh_revokes` is set.

    Raises:
        Refusal: `refresh_token.dead`.
    """
    row = storage.row("SELECT * FROM token WHERE refresh_token = ? AND app_key = ?", (token, app_key))
    if row is None or row["is_revoked"] or row["issued_ms"] + switches.refresh_lifetime_s * 1000 <= moment_ms:
        raise Refusal("refresh_token.dead")
    if switches.refresh_revokes:
        storage.execute("UPDATE token SET is_revoked = 1 WHERE refresh_token = ?", (token,))
    return issue_tokens(storage, app_key, row["store_id"], switches, moment_ms, shared_code=row["shared_code"])


def issue_tokens(
    storage: Storage, app_key: str, store_id: int, switches: Switches, moment_ms: int, *, shared_code: str = ""
) -> dict[str, Any]:
    """A new pair of tokens for a store, stored and described in the fields of 3.2."""
    access, renewal = f"50000{secrets.token_hex(20)}", f"50001{secrets.token_hex(20)}"
    storage.execute(
        "INSERT INTO token (access_token, refresh_token, app_key, store_id, issued_ms, shared_code)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (access, renewal, app_key, store_id, moment_ms, shared_code),
    )
    store = storage.row("SELECT * FROM store WHERE store_id = ?", (store_id,))
    assert store is not None
    return {
        "access_token": access,
        "refresh_token": renewal,
        "expires_in": int(switches.token_lifetime_s),
        "refresh_expires_in": int(switches.refresh_lifetime_s),
        "expire_time": moment_ms + int(switches.token_lifetime_s * 1000),
        "refresh_token_valid_time": moment_ms + int(switches.refresh_lifetime_s * 1000),
        "user_id": str(store_id),
        "seller_id": str(store_id),
        "havana_id": f"17{store_id}",
        "user_nick": store["login_id"],
        "account": store["account"],
        "account_id": None,
        "account_platform": "seller_center",
        "locale": "zh_CN",
        "sp": "ae",
        "code": "0",
    }
