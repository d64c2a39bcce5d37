"""What the checker said of listings, by rule, and the word lists a team keeps beside the ones shipped."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id


class ListingFinding(Base):
    """How often a rule is broken in a listing, as it was checked last: for counts and filters.

    The sentences are made anew from the listing whenever they are shown. `store_id` is the listing's.
    """

    __tablename__ = "listing_finding"
    __table_args__ = (
        Index("ix_listing_finding_code", "code", "severity", "store_id", "number"),
        {"sqlite_with_rowid": False},
    )

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    severity: Mapped[str] = mapped_column(primary_key=True)
    store_id: Mapped[int]
    number: Mapped[int]


class WordListRow(Base):
    """A list of words of the team's own, or, under the key of a shipped list, what the team changed about that.

    `stores`: ids of the stores it holds for, None for all.
    """

    __tablename__ = "word_list"

    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    severity: Mapped[str]
    is_on: Mapped[bool] = mapped_column(default=True)
    stores: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))


class ListedWord(Base):
    """A word of a list; of one that a shipped list has too it takes the place, or overrules it in its stores and
    categories.

    `folded`: what tells words apart. `severity`: "" for the list's own. `exceptions`: phrases in which it is harmless.
    `categories`: platform ids under which alone it counts, none for all. `as_of`: the day of the verdict, `YYYY-MM-DD`
    or "".
    """

    __tablename__ = "listed_word"
    __table_args__ = (Index("ix_listed_word_list", "list_key", "folded"),)

    id: Mapped[Id]
    list_key: Mapped[str]
    word: Mapped[str]
    folded: Mapped[str]
    severity: Mapped[str] = mapped_column(default="")
    exceptions: Mapped[list[Any]] = mapped_column(JSON, default=list)
    categories: Mapped[list[Any]] = mapped_column(JSON, default=list)
    stores: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    source: Mapped[str] = mapped_column(default="")
    as_of: Mapped[str] = mapped_column(default="")
    is_on: Mapped[bool] = mapped_column(default=True)
