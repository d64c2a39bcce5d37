"""The market's own record of every write it accepted: "exactly once" is judged by it, not by the app.

One row for each thing that changed, in the transaction that changed it. `digest` stands for the whole content of the
subject after the write, so that two runs, or a run and its repetition, can be compared without storing everything
twice; `said` are the values a small write set.
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from app.practice_market.storage import Storage

PAGE_MAX = 5000


def digest(content: Any) -> str:
    """A short name of a JSON value, the same for the same content whatever the order of its fields."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def note(
    storage: Storage,
    *,
    moment_ms: int,
    store_id: int,
    app_key: str,
    method: str,
    kind: str,
    subject: int,
    content: Any,
    said: Any = None,
    feed_item: str = "",
    request_id: str = "",
    is_repeat: bool = False,
) -> None:
    """Record one accepted write; *is_repeat* where a fault carried the request *request_id* out once more."""
    storage.execute(
        "INSERT INTO accepted_write (moment_ms, store_id, app_key, method, kind, subject, feed_item, digest, said,"
        " request_id, is_repeat) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            moment_ms,
            store_id,
            app_key,
            method,
            kind,
            subject,
            feed_item,
            digest(content),
            orjson.dumps(said).decode(),
            request_id,
            is_repeat,
        ),
    )


def writes(
    storage: Storage,
    *,
    store_id: int = 0,
    kind: str = "",
    subject: int = 0,
    feed_item: str = "",
    after: int = 0,
    limit: int = PAGE_MAX,
) -> list[dict[str, Any]]:
    """Accepted writes in their order, those after the row *after*; 0 and "" mean any."""
    rows = storage.rows(
        "SELECT * FROM accepted_write WHERE write_id > :after AND (:store_id = 0 OR store_id = :store_id)"
        " AND (:kind = '' OR kind = :kind) AND (:subject = 0 OR subject = :subject)"
        " AND (:feed_item = '' OR feed_item = :feed_item) ORDER BY write_id LIMIT :limit",
        {
            "after": after,
            "store_id": store_id,
            "kind": kind,
            "subject": subject,
            "feed_item": feed_item,
            "limit": min(limit, PAGE_MAX),
        },
    )
    return [{**dict(row), "said": orjson.loads(row["said"])} for row in rows]


def products(
    storage: Storage, *, store_id: int = 0, after: int = 0, limit: int = PAGE_MAX, is_full: bool = False
) -> list[dict[str, Any]]:
    """What is held, by product id: title, codes, state, digest of the content; with *is_full* the content itself."""
    rows = storage.rows(
        "SELECT product_id, store_id, status, title, codes, created_ms, modified_ms, record,"
        " (SELECT count(*) FROM accepted_write WHERE subject = product_id) AS writes FROM product"
        " WHERE product_id > ? AND ? IN (0, store_id) ORDER BY product_id LIMIT ?",
        (after, store_id, min(limit, PAGE_MAX)),
    )
    found = []
    for row in rows:
        record = orjson.loads(row["record"])
        shown = {**dict(row), "codes": row["codes"].split("\n"), "digest": digest(record), "record": record}
        if not is_full:
            del shown["record"]
        found.append(shown)
    return found


def counts(storage: Storage, store_id: int) -> dict[str, int]:
    """How many writes of each kind a store made, since the file was new."""
    rows = storage.rows("SELECT kind, count(*) FROM accepted_write WHERE store_id = ? GROUP BY kind", (store_id,))
    return {row[0]: row[1] for row in rows}
