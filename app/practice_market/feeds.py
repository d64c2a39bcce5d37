"""Feeds: jobs whose items are carried out later, each by itself (aliexpress-open-platform.md 5.11).

No timer runs: items that are due are carried out when somebody calls the market next, a slice at a time.
"""

from __future__ import annotations

from typing import Any

import orjson

from app.practice_market.content.fields import Fields
from app.practice_market.content.reading import Family
from app.practice_market.content.schema_form import read_instance
from app.practice_market.context import Context
from app.practice_market.faults import Faults
from app.practice_market.pricing import set_prices, set_stock, update
from app.practice_market.products import load
from app.practice_market.refusals import Refusal
from app.practice_market.storage import Storage
from app.practice_market.writing import create, edit

SUBMIT = "aliexpress.solution.feed.submit"
SLICE = 40
SMALL_FROM = 60_000_000
LARGE_FROM = 200_000_000_060_000_000  # 18 digits: does not fit a double (5.0)
LARGE_TO = 2**63 - 1
NEVER_MS = 2**62
OPERATIONS = ("PRODUCT_CREATE", "PRODUCT_FULL_UPDATE", "PRODUCT_STOCKS_UPDATE", "PRODUCT_PRICES_UPDATE")
DUE = (
    "SELECT feed_item.*, store_id, app_key, operation_type, request_id, is_repeat FROM feed_item"
    " JOIN feed_job USING (job_id) WHERE result IS NULL AND due_ms <= ? ORDER BY due_ms, job_id, position LIMIT ?"
)


def submit(context: Context, operation: str, items: list[tuple[str, bytes]]) -> int:
    """Keep a job of (item id, content) pairs; answers its id. Nothing is carried out yet."""
    switches, storage = context.faults.switches, context.storage
    floor = LARGE_FROM if switches.large_ids else SMALL_FROM
    ceiling = LARGE_TO if switches.large_ids else LARGE_FROM
    last = storage.value("SELECT max(job_id) FROM feed_job WHERE job_id BETWEEN ? AND ?", (floor, ceiling - 1))
    job_id = (last or floor) + 1
    storage.execute(
        "INSERT INTO feed_job (job_id, store_id, app_key, operation_type, submitted_ms, request_id, is_repeat)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            job_id,
            context.store_id,
            context.app_key,
            operation,
            context.moment_ms,
            context.request_id,
            context.is_repeat,
        ),
    )
    first_ms = context.moment_ms + switches.feed_delay_s * 1000
    rows = [
        (job_id, position, content_id, int(first_ms + position * switches.feed_item_ms), content)
        for position, (content_id, content) in enumerate(items)
    ]
    storage.executemany(
        "INSERT INTO feed_item (job_id, position, content_id, due_ms, content) VALUES (?, ?, ?, ?, ?)", rows
    )
    context.accepted("feed", job_id, [content_id for content_id, _ in items], {"operation_type": operation})
    return job_id


def is_anything_due(storage: Storage, moment_ms: int) -> bool:
    """Whether an item waits to be carried out."""
    return bool(storage.rows(DUE, (moment_ms, 1)))


def carry_out_slice(storage: Storage, faults: Faults, moment_ms: int, gateway: str) -> None:
    """Carry out some of the items that are due; each succeeds or fails by itself."""
    for row in storage.rows(DUE, (moment_ms, SLICE)):
        store = storage.row("SELECT * FROM store WHERE store_id = ?", (row["store_id"],))
        assert store is not None
        context = Context(
            storage,
            store,
            faults,
            moment_ms,
            gateway,
            row["app_key"],
            SUBMIT,
            feed_item=row["content_id"],
            request_id=row["request_id"],
            is_repeat=bool(row["is_repeat"]),
        )
        result = _earlier(context, row["operation_type"]) or _carried_out(
            context, row["operation_type"], row["content"]
        )
        storage.execute(
            "UPDATE feed_item SET result = ?, is_good = ?, content = NULL WHERE job_id = ? AND position = ?",
            (orjson.dumps(result).decode(), result["success"], row["job_id"], row["position"]),
        )


def call_off(context: Context, job_id: int) -> None:
    """Let no item of a job ever become due."""
    context.storage.execute("UPDATE feed_job SET is_invalidated = 1 WHERE job_id = ?", (job_id,))
    context.storage.execute("UPDATE feed_item SET due_ms = ?, content = NULL WHERE job_id = ?", (NEVER_MS, job_id))
    context.accepted("feed_invalidate", job_id, None)


def status_of(storage: Storage, job_id: int, moment_ms: int) -> str:
    """QUEUEING until the first item is due, FINISH when all are carried out; an invalidated job is finished."""
    row = storage.row(
        "SELECT min(due_ms) AS first_ms, count(*) - count(result) AS open, max(is_invalidated) AS is_dead"
        " FROM feed_item JOIN feed_job USING (job_id) WHERE job_id = ?",
        (job_id,),
    )
    if row is None or row["is_dead"] or not row["open"]:
        return "FINISH"
    return "QUEUEING" if moment_ms < row["first_ms"] else "PROCESSING"


def _earlier(context: Context, operation: str) -> dict[str, Any] | None:
    """The good result the same item id had before, if the switch says that ids are remembered."""
    if not context.faults.switches.feed_ids_idempotent:
        return None
    found = context.storage.value(
        "SELECT result FROM feed_item JOIN feed_job USING (job_id) WHERE content_id = ? AND store_id = ?"
        " AND operation_type = ? AND is_good LIMIT 1",
        (context.feed_item, context.store_id, operation),
    )
    return None if found is None else dict(orjson.loads(found))


def _carried_out(context: Context, operation: str, content: bytes) -> dict[str, Any]:
    product_id: Any = None
    try:
        document = orjson.loads(content)
        if not isinstance(document, dict):
            raise Refusal("schema.type", pointer="", expected="JSONObject")
        product_id = document.get("aliexpress_product_id")
        product_id = _done(context, operation, document)
    except orjson.JSONDecodeError:
        return _failed(Refusal("schema.type", pointer="", expected="JSONObject"), product_id, None)
    except Refusal as refusal:
        return _failed(refusal, product_id, document)
    return {"productId": product_id, "success": True}


def _done(context: Context, operation: str, document: dict[str, Any]) -> int:
    """Let one item take effect; a refusal leaves nothing behind."""
    fields, switches = Fields(document), context.faults.switches
    if operation == "PRODUCT_CREATE":
        if context.faults.roll(switches.batch_failure_share, "feed", context.feed_item):
            raise Refusal("fault.system_error")
        record = read_instance(document, is_strict=switches.unknown_parameters == "refused")
        return create(context, record, Family.SOLUTION)
    product_id = fields.integer("aliexpress_product_id") or 0
    if operation == "PRODUCT_FULL_UPDATE":
        record = read_instance(document, is_strict=switches.unknown_parameters == "refused")
        edit(context, load(context, product_id), record, Family.SOLUTION)
    else:
        update(context, product_id, fields, set_prices if operation == "PRODUCT_PRICES_UPDATE" else set_stock)
    return product_id


def _failed(refusal: Refusal, product_id: Any, document: dict[str, Any] | None) -> dict[str, Any]:
    said = {"success": False, "errorCode": refusal.code, "errorMessage": refusal.wording.text}
    echo = {} if document is None else {"integrationErrorCode": {"request": document}}
    return {**said, **({"productId": product_id} if product_id else {}), **echo}
