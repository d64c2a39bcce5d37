"""What is known of SKU codes besides their text (domain.md 7.1). All codes here are normalised."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, JsonDict, Ms


class VirtualCode(Base):
    """A virtual bundle code (`CB000123`)."""

    __tablename__ = "virtual_code"

    code: Mapped[str] = mapped_column(primary_key=True)
    created_ms: Mapped[Ms]


class VirtualItem(Base):
    """One of the stock items a virtual code stands for."""

    __tablename__ = "virtual_item"

    code: Mapped[str] = mapped_column(ForeignKey("virtual_code.code", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    base: Mapped[str]
    quantity: Mapped[int]


class StoreCodes(Base):
    """How a store writes its codes: what stands around them, and numeric warehouse marks (`{"148": "US"}`)."""

    __tablename__ = "store_codes"

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), primary_key=True)
    prefix: Mapped[str] = mapped_column(default="")
    suffix: Mapped[str] = mapped_column(default="")
    marks: Mapped[JsonDict] = mapped_column(default=dict)


class BundleItem(Base):
    """`base` may be one of the stock items in codes with this match key, which says more than `base` alone.

    Found by the key, a code is read anew with all that is known. A pair follows from its key alone, so it may stay when
    no variant has the key any more.
    """

    __tablename__ = "bundle_item"
    __table_args__ = ({"sqlite_with_rowid": False},)

    base: Mapped[str] = mapped_column(primary_key=True)
    match_key: Mapped[str] = mapped_column(primary_key=True)
