"""The publish journal: what will be sent, what was sent, what came of it (DESIGN.md 3.1)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, JsonDict, JsonList, Ms
from app.models.kinds import JobState, Priority, TaskState


class PublishBatch(Base):
    """One press of the button: the tasks it queued and how it ended."""

    __tablename__ = "publish_batch"

    id: Mapped[Id]
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    state: Mapped[str] = mapped_column(default=JobState.RUNNING)
    total: Mapped[int]
    created_ms: Mapped[Ms]
    finished_ms: Mapped[Ms | None]


class PublishTask(Base):
    """One listing to send. `content_hash`, `title`, `codes` (sorted) and `sent_ms` are written before the request.

    At most one task of a listing is open at a time (partial unique index), so that two windows, two programs or
    two clicks cannot send one listing twice. `due_ms`: not sent before, 0 for at once. `feed_item`: the name under
    which it was handed over in a feed, written with the intent, "" for a call of its own; `feed_job`: the platform's
    id of that feed, "" until it is known. `searched_ms`: when the platform was searched for a second product of the
    same create. `accepted`: what a person lets the edit erase on the platform (`services/publishing/losses.py`).
    """

    __tablename__ = "publish_task"
    __table_args__ = (
        Index(
            "uq_publish_task_open",
            "listing_id",
            unique=True,
            sqlite_where=text("state IN ('queued','sending','unknown','in_review')"),
            postgresql_where=text("state IN ('queued','sending','unknown','in_review')"),
        ),
        Index("ix_publish_task_batch", "batch_id", "state"),
        Index("ix_publish_task_listing", "listing_id"),
        Index("ix_publish_task_state", "store_id", "state"),
        Index(
            "ix_publish_task_turn",
            "store_id",
            "priority",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_publish_task_unsearched",
            "store_id",
            "id",
            sqlite_where=text("action = 'create' AND product_id IS NOT NULL AND searched_ms IS NULL"),
            postgresql_where=text("action = 'create' AND product_id IS NOT NULL AND searched_ms IS NULL"),
        ),
        Index(
            "ix_publish_task_title",
            "store_id",
            "title",
            sqlite_where=text("action = 'create' AND product_id IS NOT NULL"),
            postgresql_where=text("action = 'create' AND product_id IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("publish_batch.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    action: Mapped[str]
    state: Mapped[str] = mapped_column(default=TaskState.QUEUED)
    content_hash: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    codes: Mapped[str] = mapped_column(default="")
    priority: Mapped[int] = mapped_column(default=Priority.NEW)
    due_ms: Mapped[Ms] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str] = mapped_column(default="")
    sent_ms: Mapped[Ms | None]
    settled_ms: Mapped[Ms | None]
    product_id: Mapped[str | None]
    error_code: Mapped[str] = mapped_column(default="")
    error_params: Mapped[JsonDict] = mapped_column(default=dict)
    error_text: Mapped[str] = mapped_column(default="")
    error_field: Mapped[str] = mapped_column(default="")
    feed_item: Mapped[str] = mapped_column(default="")
    feed_job: Mapped[str] = mapped_column(default="")
    searched_ms: Mapped[Ms | None]
    accepted: Mapped[JsonList] = mapped_column(default=list, server_default="[]")


class PublishDouble(Base):
    """A product on the platform that nobody asked for: the second one of a create that was carried out twice."""

    __tablename__ = "publish_double"
    __table_args__ = (Index("ix_publish_double_task", "task_id"), {"sqlite_with_rowid": False})

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[str] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("publish_task.id", ondelete="CASCADE"))
    found_ms: Mapped[Ms]


class PublishPause(Base):
    """A store whose queue stands still until somebody lets it go on."""

    __tablename__ = "publish_pause"

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), primary_key=True)
    since_ms: Mapped[Ms]
