"""The enums of what is stored, apart from the tables: whoever names a state does not wait for SQLAlchemy."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ListingStatus(StrEnum):
    """Where a listing is in its life (interface.md 6, domain.md 5.4)."""

    DRAFT = "draft"
    READY = "ready"
    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    IN_REVIEW = "in_review"
    LIVE = "live"
    REJECTED = "rejected"
    FAILED = "failed"
    UNKNOWN = "unknown"
    OFF = "off"


class WarehouseKind(StrEnum):
    """Whether what a listing sells from abroad really lies there (domain.md 8.1)."""

    REAL = "real"
    VIRTUAL = "virtual"


class JobState(StrEnum):
    """State of a job, as the activity panel shows it (interface.md 6)."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    DONE_WITH_FAILURES = "done_with_failures"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class TaskState(StrEnum):
    """State of one publish task.

    `waiting` for its time, while the listing goes on as ever · `queued` nothing was sent · `sending` the intent is on
    disk and the request may be on its way · `unknown` no answer, to be looked up · `in_review` the platform has it ·
    the rest is settled.
    """

    WAITING = "waiting"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    IN_REVIEW = "in_review"
    LIVE = "live"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TaskAction(StrEnum):
    """What a task does on the marketplace."""

    CREATE = "create"
    EDIT = "edit"
    OFFLINE = "offline"
    ONLINE = "online"


class Priority(IntEnum):
    """Whose turn it is, lowest first: what sells without stock costs points, a wrong price costs money, a new listing
    costs nothing but time."""

    STOCK_OUT = 0
    PRICE = 1
    EDIT = 2
    NEW = 3


class StoreAccess(StrEnum):
    """What may be done with a store: read and write, or only read (domain.md 4)."""

    OPERATE = "operate"
    READ_ONLY = "read_only"


class StoreHealth(StrEnum):
    """What the store's light follows (interface.md 6); `soon` is derived from the token's expiry, not stored.

    The platform refuses the tokens, the signature (so the app secret), or the app key; or the gateway is out of reach.
    """

    OK = "ok"
    SIGNED_OUT = "signed_out"
    WRONG_SECRET = "wrong_secret"
    WRONG_APP = "wrong_app"
    UNREACHABLE = "unreachable"
