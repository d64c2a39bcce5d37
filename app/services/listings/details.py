"""One listing as the side panel shows and edits it: the record, what is wrong with it, what can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.models import ListingStatus, Store, StoreAccess
from app.services.compliance import CheckContext, Finding, check, load_context
from app.services.compliance.rule_data import Limits
from app.services.db import Database
from app.services.listings.loading import load_listing
from app.services.listings.records import ListingRecord
from app.services.listings.text import fold
from app.services.listings.value_lines import CategoryFields, category_fields
from app.services.publishing.verdicts import told_params
from app.services.publishing.wording import own_name


class Lock(StrEnum):
    """Why a listing cannot be edited just now."""

    NONE = ""
    READ_ONLY = "read_only"
    """The store may only be read (domain.md 4)."""
    SENDING = "sending"
    """It is on its way to the marketplace: what was typed now would be neither sent nor refused."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: the platform's id and its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What became of the last try to publish a listing that did not get through.

    Attributes:
        code: its sentence is `error.<code>` with `params`.
        field: our name of the field to change, "" where none helps.
        text: the platform's own words, raw.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    field: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ListingDetail:
    """A listing with everything its editor needs. `limits` are those the checker goes by, `category`
    says what its attributes and sale properties may be."""

    record: ListingRecord
    findings: tuple[Finding, ...]
    category_path_en: str
    category_path_zh: str
    templates: tuple[Choice, ...]
    groups: tuple[Choice, ...]
    limits: Limits
    category: CategoryFields
    store_name: str = ""
    lock: Lock = Lock.NONE
    problem: Problem | None = None
    services: tuple[Choice, ...] = ()


def listing_detail(db: Database, listing_id: int) -> ListingDetail:
    """The listing with its findings and choices.

    Raises:
        NotFound: it is gone.
    """
    with db.read() as session:
        record = load_listing(session, listing_id)
        context = load_context(session, record.store_id)
        return ListingDetail(
            record,
            tuple(check(record, context)),
            *_category_paths(context, record.category_id),
            tuple(Choice(*pair) for pair in context.templates.items()),
            tuple(Choice(*pair) for pair in context.groups.items()),
            context.limits,
            category_fields(record, context),
            context.store_name,
            lock_of(session, record),
            _problem_of(session.connection(), record),
            tuple(Choice(*pair) for pair in context.services.items()),
        )


def lock_of(session: Session, record: ListingRecord) -> Lock:
    """Whether somebody may edit the listing now, and why not."""
    store = session.get(Store, record.store_id)
    if store is not None and store.access != StoreAccess.OPERATE:
        return Lock.READ_ONLY
    return Lock.SENDING if record.status == ListingStatus.SENDING else Lock.NONE


_STUCK = (ListingStatus.FAILED, ListingStatus.REJECTED, ListingStatus.UNKNOWN)
_LAST_TRY = (
    "SELECT error_code, error_params, error_field, error_text FROM publish_task WHERE listing_id = ? "
    "AND error_code <> '' AND state IN ('failed', 'rejected', 'unknown') ORDER BY id DESC LIMIT 1"
)


def _problem_of(connection: Connection, record: ListingRecord) -> Problem | None:
    """The journal's last word on a listing that is stuck; an edit makes it a draft again, then nothing stands here."""
    if record.status not in _STUCK:
        return None
    row = connection.exec_driver_sql(_LAST_TRY, (record.id,)).first()
    if row is not None:
        return Problem(row[0], told_params(orjson.loads(row[1])), own_name(row[2]), row[3])
    if record.error_code:
        return Problem(record.error_code, {}, own_name(record.error_field), record.error_text)
    return Problem("publishing.rejected") if record.status == ListingStatus.REJECTED else None


def find_categories(db: Database, store_id: int, text: str, *, limit: int = 30) -> list[tuple[Choice, Choice]]:
    """Leaf categories whose path contains all words of *text*, as (Chinese, English) choices with whole paths.

    Those whose own name begins with the words come first, then those whose own name contains them.
    """
    words = fold(text).split()
    with db.read() as session:
        tree = load_context(session, store_id).categories
    found: list[tuple[int, str, tuple[Choice, Choice]]] = []
    for node in tree.by_id.values():
        names = fold(node.name_en), fold(node.name_zh)
        searched = fold(f"{node.path_en} {node.path_zh} {node.category_id}")
        if node.is_leaf and all(word in searched for word in words):
            pair = Choice(node.category_id, node.path_zh), Choice(node.category_id, node.path_en)
            found.append((_distance(names, words), searched, pair))
    return [pair for _, _, pair in sorted(found, key=lambda one: one[:2])[:limit]]


def _distance(names: tuple[str, str], words: list[str]) -> int:
    """0: a name begins so · 1: a name contains all words · 2: only the path does."""
    if words and any(name.startswith(words[0]) for name in names):
        return 0
    return 1 if any(all(word in name for word in words) for name in names) else 2


def _category_paths(context: CheckContext, category_id: str) -> tuple[str, str]:
    node = context.categories.get(category_id)
    return (node.path_en, node.path_zh) if node else (category_id, category_id)
