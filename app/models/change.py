"""Changes with before-images: what makes every bulk edit, import and deletion undoable (DESIGN.md 3.3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, JsonDict, JsonList, Ms


class Change(Base):
    """One act of a person. `label` is a message key with `params`; `undone_ms` is set once taken back."""

    __tablename__ = "change"

    id: Mapped[Id]
    uid: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    label: Mapped[str]
    params: Mapped[JsonDict] = mapped_column(default=dict)
    source: Mapped[str] = mapped_column(default="")
    actor: Mapped[str] = mapped_column(default="")
    store_id: Mapped[int | None]
    listing_count: Mapped[int] = mapped_column(default=0)
    created_ms: Mapped[Ms]
    undone_ms: Mapped[Ms | None]


class ChangeEntry(Base):
    """One row's columns before and after. `before` None: the row was created; `after` None: it was deleted."""

    __tablename__ = "change_entry"
    __table_args__ = (Index("ix_change_entry_change", "change_id"), Index("ix_change_entry_listing", "listing_id"))

    id: Mapped[Id]
    change_id: Mapped[int] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"))
    noun: Mapped[str]
    row_id: Mapped[int]
    listing_id: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ChangeColumn(Base):
    """One column of many variants before and after, as JSON arrays in step: half a million prices are fifty rows.

    A row covers whole listings of one store, `first_listing_id` to `last_listing_id`; `listing_ids` has the listing of
    each of `row_ids`.
    """

    __tablename__ = "change_column"

    id: Mapped[Id]
    change_id: Mapped[int] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), index=True)
    store_id: Mapped[int]
    column: Mapped[str]
    first_listing_id: Mapped[int]
    last_listing_id: Mapped[int]
    row_ids: Mapped[JsonList]
    listing_ids: Mapped[JsonList]
    before: Mapped[JsonList]
    after: Mapped[JsonList]


class ChangeFollowing(Base):
    """What was said of listings of one store before a change of their variants' numbers and after it, as JSON arrays in
    step: the second half of the content hash, the prices from and to, the stock. So it need not be worked out again to
    take the change back."""

    __tablename__ = "change_following"

    id: Mapped[Id]
    change_id: Mapped[int] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), index=True)
    store_id: Mapped[int]
    listing_ids: Mapped[JsonList]
    before: Mapped[JsonList]
    after: Mapped[JsonList]


class ChangeRange(Base):
    """Listings a change created, as one run of ids: the before-image of a hundred thousand new rows is "nothing"."""

    __tablename__ = "change_range"

    id: Mapped[Id]
    change_id: Mapped[int] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), index=True)
    first_listing_id: Mapped[int]
    last_listing_id: Mapped[int]


class ChangeRows(Base):
    """Rows of tables that are no listings, such as a company's stock items, as a change found them.

    `before`: whole rows in the order of the table's columns, of what was changed or deleted. `created`: keys of rows
    that were not there. Both are JSON arrays of arrays, many rows in one.
    """

    __tablename__ = "change_rows"

    id: Mapped[Id]
    change_id: Mapped[int] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), index=True)
    table_name: Mapped[str]
    before: Mapped[JsonList]
    created: Mapped[JsonList]
