"""What stands in the publish journal: tasks, intents, verdicts, reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.models import TaskAction

CODE_SEPARATOR = "\n"
"""Between merchant codes in `publish_task.codes`; it cannot stand in a code."""


@dataclass(frozen=True, slots=True)
class TaskKey:
    """A task and how often it had been sent when we took it: what a change must still find."""

    task_id: int
    listing_id: int
    attempts: int


@dataclass(frozen=True, slots=True)
class ClaimedTask:
    """A task this run works on; a lower `priority` is more urgent.

    `content_hash`: what passed the checker when it was queued, or was sent last; `queued_ms`: when its batch was
    made; `product_id`: what the journal already knows of this listing, or None; `action`: `offline` is another kind of
    task, create or edit is decided when it is prepared.
    """

    task_id: int
    listing_id: int
    batch_id: int
    attempts: int
    content_hash: str
    product_id: str | None
    queued_ms: int
    priority: int
    action: str = TaskAction.EDIT


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be sent, written before it leaves. `codes` are sorted; `feed_item` is its name in a feed, ""
    for a call of its own. `passes_hold`: it goes although a person holds the listing back."""

    task_id: int
    listing_id: int
    store_id: int
    owner: str
    action: TaskAction
    content_hash: str
    title: str
    codes: tuple[str, ...]
    product_id: str | None
    sent_ms: int
    feed_item: str = ""
    passes_hold: bool = False


class Verdict(StrEnum):
    """Whether an intent was written: only after `GO` may the request leave."""

    GO = "go"
    LOST = "lost"
    """Somebody else took, sent or cancelled the task."""
    STALE = "stale"
    """The listing was edited or held back since it was read: read it again."""
    TWIN = "twin"
    """A listing with the same title and codes is on its way or unknown; the two answers could not be told apart."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a task did not go through, as it is shown: `error.<code>`, the field to change, the platform's words."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    field: str = ""


NO_REASON = Reason("")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch of the queue that is to be sent now. `action`: what it does to the sale of listings (`offline`,
    `online`), "" for publishing."""

    store_id: int
    store: str
    batch_id: int
    listings: int
    action: str = ""
