"""Putting right what did not go through: where each listing stands now, its field to change, and the one remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.services.compliance import CheckContext, Finding, Fix, Severity, load_context
from app.services.compliance.findings import Label
from app.services.compliance.recheck import check_listings
from app.services.db import Database
from app.services.listings.details import Choice, Lock, lock_of
from app.services.listings.editing import ListingEdit
from app.services.listings.fixes import edit_of
from app.services.listings.loading import chunks, id_list
from app.services.listings.records import ListingRecord, SkuRecord

SKU_FIELDS = {"sku.code": "code", "sku.price": "price_minor", "sku.stock": "stock"}
NAMED = ("category_id", "freight_template_id", "service_template_id", "group_id", "unit")
"""Fields that hold an id and are shown and written by name."""


@dataclass(frozen=True, slots=True)
class RowNow:
    """One listing of a result as it is now.

    Attributes:
        value: of the field, as stored; None where it is unknown or several variants differ.
        shown: its name in both languages where it is an id, else None.
        sku_id: the variant the field belongs to, None for the listing's own fields or where it could be several.
        is_edited: it is not any more what was sent or checked for this batch.
        is_passing: nothing would block or hold it.
        finding: what the checker says now: about the field, else the worst.
        fix: the remedy at the field, where there is exactly one; `remedy` is what it changes.
        is_sent: the platform has it as it is: another batch went through, or the edit was taken back.
    """

    listing_id: int
    value: Any
    shown: Label | None
    sku_id: int | None
    lock: Lock
    is_edited: bool
    is_passing: bool
    finding: Finding | None
    fix: Fix | None
    remedy: ListingEdit | None
    is_sent: bool = False


@dataclass(frozen=True, slots=True)
class StoreChoices:
    """What a store's listings can be given by name."""

    templates: tuple[Choice, ...]
    groups: tuple[Choice, ...]
    services: tuple[Choice, ...] = ()


def rows_now(db: Database, batch_id: int, listing_ids: Sequence[int], field: str) -> dict[int, RowNow]:
    """Where these listings of a batch stand, seen from the field that is to be changed ("" for none)."""
    found: dict[int, RowNow] = {}
    with db.read() as session:
        ended = _ended(session, batch_id, listing_ids)
        contexts: dict[int, CheckContext] = {}
        for record, findings in check_listings(session, listing_ids):
            if record.store_id not in contexts:
                contexts[record.store_id] = load_context(session, record.store_id)
            content_hash, settled_ms = ended.get(record.id, (record.content_hash, None))
            is_edited = record.content_hash != content_hash
            if field == "keywords":  # checked, but never sent: they are no part of the hash
                is_edited |= settled_ms is not None and record.updated_ms > settled_ms
            row = _row(record, findings, field, contexts[record.store_id], lock_of(session, record), is_edited)
            found[record.id] = row
    return found


def _ended(session: Session, batch_id: int, listing_ids: Sequence[int]) -> dict[int, tuple[str, int | None]]:
    """With which content hash, and when (ms), the tasks of a batch ended, by listing."""
    found: dict[int, tuple[str, int | None]] = {}
    for chunk in chunks(listing_ids):
        rows = session.connection().exec_driver_sql(
            "SELECT listing_id, content_hash, settled_ms FROM publish_task "
            f"WHERE batch_id = ? AND listing_id IN ({id_list(chunk)})",
            (batch_id,),
        )
        found.update((number, (content_hash, settled_ms)) for number, content_hash, settled_ms in rows)
    return found


def _row(
    record: ListingRecord, findings: Sequence[Finding], field: str, context: CheckContext, lock: Lock, is_edited: bool
) -> RowNow:
    at_field = [finding for finding in findings if finding.field == field]
    worst = sorted(findings, key=lambda finding: list(Severity).index(finding.severity))
    stands = [finding for finding in findings if finding.severity != Severity.WARN]
    sku = _variant(record, at_field) if field in SKU_FIELDS else None
    value = getattr(sku, SKU_FIELDS[field]) if sku is not None else getattr(record, field, None)
    # of a warning only as long as nothing was done: once it was put right, what is left may stay
    offered = [one for one in at_field if one.fix is not None and not (is_edited and one.severity == Severity.WARN)]
    fix = min(offered, key=lambda one: list(Severity).index(one.severity)).fix if offered else None
    return RowNow(
        record.id,
        value,
        _name(context, field, value),
        sku.id if sku is not None else None,
        lock,
        is_edited,
        not stands,
        next(iter(at_field), None) or next(iter(worst), None),
        fix,
        edit_of(record, fix) if fix is not None else None,
        is_sent=record.sent_hash == record.content_hash,
    )


def _variant(record: ListingRecord, findings: Sequence[Finding]) -> SkuRecord | None:
    """The variant a finding speaks of, or the only one."""
    at = next((finding.sku for finding in findings if finding.sku is not None), None)
    if at is not None:
        return record.skus[at]
    return record.skus[0] if len(record.skus) == 1 else None


def _name(context: CheckContext, field: str, value: Any) -> Label | None:
    """What an id is called."""
    if field not in NAMED:
        return None
    text = str(value or "")
    if field == "category_id":
        node = context.categories.get(text)
        return Label(zh=node.path_zh, en=node.path_en) if node is not None else Label(zh=text, en=text)
    if field == "unit":
        return context.units.get(context.resolve_unit(text) or text) or Label(zh=text, en=text)
    names = {"freight_template_id": context.templates, "service_template_id": context.services}.get(
        field, context.groups
    )
    return Label(zh=names.get(text, text), en=names.get(text, text))


def store_choices(db: Database, store_id: int) -> StoreChoices:
    """Templates and groups of a store."""
    with db.read() as session:
        context = load_context(session, store_id)
    return StoreChoices(
        tuple(Choice(*pair) for pair in context.templates.items()),
        tuple(Choice(*pair) for pair in context.groups.items()),
        tuple(Choice(*pair) for pair in context.services.items()),
    )


def resolve_name(db: Database, store_id: int, field: str, text: str) -> str | None:
    """The id that a person means by *text* in one of `NAMED`; "" for an emptied group or service template, None for
    nothing known."""
    if field in ("group_id", "service_template_id") and not text.strip():
        return ""
    with db.read() as session:
        context = load_context(session, store_id)
        resolve = {
            "category_id": context.resolve_category,
            "freight_template_id": context.resolve_freight_template,
            "service_template_id": context.resolve_service_template,
            "group_id": context.resolve_group,
            "unit": context.resolve_unit,
        }[field]
        return resolve(text)
