"""How far the sync of a store's listings came, and what it found changed on both sides."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, JsonDict, Ms


class ListingSync(Base):
    """One row a store: what is known to be here, and the pass that was not finished.

    `full_ms` is when the last whole pass began (by this computer's clock), `until_ms` up to when changes are here (by
    the platform's). `pass_…` describe a pass under way: since when it asks for changes (NULL for all), the latest
    change it saw, the state and the next page. `off_by`: how many more listings the platform counted than are here
    after everything was read because of that.
    """

    __tablename__ = "listing_sync"

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), primary_key=True)
    full_ms: Mapped[Ms | None]
    until_ms: Mapped[Ms | None]
    pass_started_ms: Mapped[Ms | None]
    pass_since_ms: Mapped[Ms | None]
    pass_newest_ms: Mapped[Ms | None]
    pass_status: Mapped[str] = mapped_column(default="")
    pass_page: Mapped[int] = mapped_column(default=1)
    off_by: Mapped[int | None]


class ListingSeen(Base):
    """A product that stood in a list of the whole pass under way; what is ours and missing here was deleted."""

    __tablename__ = "listing_seen"
    __table_args__ = ({"sqlite_with_rowid": False},)

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[str] = mapped_column(primary_key=True)


class ListingSynced(Base):
    """What the last sync noted of a listing, with its id: when the platform's record was modified and read, the hash of
    what it said, the content hash our listing has when it says the same ("" if not noted), its product group, and
    `skus`, price in minor units and stock by code. Without a row nobody knows."""

    __tablename__ = "listing_synced"

    id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    modified_ms: Mapped[Ms | None]
    read_ms: Mapped[Ms]
    said_hash: Mapped[str]
    our_hash: Mapped[str]
    group_id: Mapped[str | None]
    skus: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ListingConflict(Base):
    """A listing that was changed here and on the platform since they last agreed; `theirs` are the platform's values
    in our spelling, by field."""

    __tablename__ = "listing_conflict"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    theirs: Mapped[JsonDict]
    found_ms: Mapped[Ms]
