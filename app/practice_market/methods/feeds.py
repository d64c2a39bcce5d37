"""Submitting feeds, asking after them, calling them off (aliexpress-open-platform.md 5.11)."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

from app.practice_market.call import Arguments, whole_numbers
from app.practice_market.catalogue import rules
from app.practice_market.clock import DAY_MS
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.feeds import OPERATIONS, call_off, status_of
from app.practice_market.feeds import submit as keep
from app.practice_market.methods.registry import method
from app.practice_market.refusals import Refusal

PAGE = 20


@method("aliexpress.solution.feed.submit")
def submit(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Keep a job; its items are carried out later."""
    operation = arguments.text("operation_type")
    if operation not in OPERATIONS:
        raise Refusal("parameter.value", name="operation_type", value=operation)
    items = arguments.documents("item_list")
    if not 1 <= len(items) <= rules()["lists"]["feed_items_max"]:
        raise Refusal("parameter.count", name="item_list", found=len(items))
    pairs = [_item(item) for item in items]
    ids = [content_id for content_id, _ in pairs]
    if len(set(ids)) < len(ids):
        raise Refusal("schema.unique", pointer="item_list")
    recent = context.storage.value(
        "SELECT count(*) FROM feed_job WHERE store_id = ? AND operation_type = ? AND submitted_ms > ?",
        (context.store_id, operation, context.moment_ms - DAY_MS),
    )
    if recent >= context.faults.switches.feeds_per_day:
        raise Refusal("feed.many", most=context.faults.switches.feeds_per_day)
    return {"job_id": keep(context, operation, pairs)}


@method("aliexpress.solution.feed.query")
def query(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Results so far, without a state; their order is nobody's."""
    job = _owned(context, arguments.integer("job_id"))
    rows = context.storage.rows("SELECT * FROM feed_item WHERE job_id = ? ORDER BY position", (job["job_id"],))
    done = [
        {"item_content_id": row["content_id"], "item_execution_result": row["result"]}
        for row in rows
        if row["result"] is not None
    ]
    if context.faults.switches.feed_results == "shuffled":
        done = context.faults.shuffled(done, "feed", job["job_id"])
    return {
        "job_id": job["job_id"],
        "success_item_count": sum(row["is_good"] for row in rows),
        "total_item_count": len(rows),
        "result_list": Listed("single_item_response_dto", done),
    }


@method("aliexpress.solution.feed.list.get")
def list_jobs(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Jobs of the store, newest first, with their state; the filter's times are order times (5.0)."""
    page, size = arguments.integer("current_page", 1), arguments.integer("page_size", PAGE)
    if page < 1 or not 1 <= size <= rules()["lists"]["orders_page_max"]:
        raise Refusal("parameter.page", name="page_size", page=page, size=size)
    conditions = ["store_id = ?"]
    params: list[int | str] = [context.store_id]
    if kind := arguments.text("feed_type", ""):
        conditions.append("operation_type = ?")
        params.append(kind)
    for name, condition in (("submitted_time_start", "submitted_ms >= ?"), ("submitted_time_end", "submitted_ms <= ?")):
        moment_ms = context.order_ms(arguments.text(name, ""))
        if moment_ms is not None:
            conditions.append(condition)
            params.append(moment_ms)
    rows = context.storage.rows(
        f"SELECT * FROM feed_job WHERE {' AND '.join(conditions)} ORDER BY job_id DESC", tuple(params)
    )
    jobs = [_job(context, row) for row in rows]
    wanted = arguments.text("status", "")
    jobs = [job for job in jobs if wanted in ("", job["status"])]
    return {
        "current_page": page,
        "page_size": size,
        "total_count": len(jobs),
        "total_page": -(-len(jobs) // size),
        "job_list": Listed("batch_operation_job_dto", jobs[(page - 1) * size : page * size]),
    }


@method("aliexpress.solution.feed.invalidate")
def invalidate(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Call off jobs that have not begun; begun and finished ones stay as they are."""
    job_ids = whole_numbers("job_id_list", arguments.text("job_id_list"))
    if not 1 <= len(job_ids) <= rules()["lists"]["feed_ids_max"]:
        raise Refusal("parameter.count", name="job_id_list", found=len(job_ids))
    done, needless, failed = [], [], []
    for job_id in job_ids:
        try:
            _owned(context, job_id)
        except Refusal:
            failed.append(job_id)
            continue
        if status_of(context.storage, job_id, context.moment_ms) != "QUEUEING":
            needless.append(job_id)
            continue
        call_off(context, job_id)
        done.append(job_id)
    return {
        "result": {
            "success": not failed,
            "invalid_successful_list": Listed("number", done),
            "no_need_invalid_list": Listed("number", needless),
            "invalid_failed_list": Listed("number", failed),
        }
    }


def _item(item: dict[str, Any]) -> tuple[str, bytes]:
    """Id and content of an item; the content is JSON text, or the object itself as some send it."""
    content_id, content = str(item.get("item_content_id") or ""), item.get("item_content")
    if not content_id:
        raise Refusal("schema.required", pointer="item_list", key="item_content_id")
    if isinstance(content, str) and content:
        return content_id, content.encode()
    if isinstance(content, dict):
        return content_id, orjson.dumps(content)
    raise Refusal("schema.required", pointer="item_list", key="item_content")


def _owned(context: Context, job_id: int) -> sqlite3.Row:
    row = context.storage.row("SELECT * FROM feed_job WHERE job_id = ? AND store_id = ?", (job_id, context.store_id))
    if row is None:
        raise Refusal("feed.missing", job_id=job_id)
    return row


def _job(context: Context, row: sqlite3.Row) -> dict[str, Any]:
    status = status_of(context.storage, row["job_id"], context.moment_ms)
    return {"job_id": row["job_id"], "operation_type": row["operation_type"], "status": status}
