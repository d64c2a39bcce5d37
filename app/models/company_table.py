"""Company tables: what the team's five daily tables say of stock items (domain.md 3.1, 13)."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Minor, Ms


class CompanyTable(Base):
    """A table as it was received; the rows of the newest one of its `kind` count.

    `source` is the file's name, `as_of` the day it speaks of (`YYYY-MM-DD`, "" where nothing says it).
    """

    __tablename__ = "company_table"
    __table_args__ = (Index("ix_company_table_kind", "kind", "received_ms"),)

    id: Mapped[Id]
    kind: Mapped[str]
    source: Mapped[str]
    sha256: Mapped[str]
    as_of: Mapped[str] = mapped_column(default="")
    row_count: Mapped[int]
    received_ms: Mapped[Ms]


class StockItem(Base):
    """An item of the warehouse by its normalised code. What is None is unknown, never 0.

    Cost in millionths of a CNY, weight in milligrams, sides in millimetres; `attributes` are the logistics attributes
    (`battery`, `liquid` …), None while nobody told them.
    """

    __tablename__ = "stock_item"
    __table_args__ = ({"sqlite_with_rowid": False},)

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    cost_micro: Mapped[Minor | None]
    weight_mg: Mapped[Minor | None]
    length_mm: Mapped[int | None]
    width_mm: Mapped[int | None]
    height_mm: Mapped[int | None]
    attributes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    picture: Mapped[str] = mapped_column(default="")
    table_id: Mapped[int | None] = mapped_column(ForeignKey("company_table.id"))
    updated_ms: Mapped[Ms]


class PriceFloor(Base):
    """The lowest price allowed for a code, by its match key, in hundredths of `currency` (限价产品总表); a table may
    say it in several currencies."""

    __tablename__ = "price_floor"
    __table_args__ = ({"sqlite_with_rowid": False},)

    match_key: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    floor_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(primary_key=True)
    table_id: Mapped[int | None] = mapped_column(ForeignKey("company_table.id"))


class ItemVerdict(Base):
    """What a table of forbidden items or of infringement feedback says of a stock item; `kind` is the table's.

    `severity`: block, hold or warn. `as_of`: `YYYY-MM-DD` or "".
    """

    __tablename__ = "item_verdict"
    __table_args__ = ({"sqlite_with_rowid": False},)

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    severity: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    as_of: Mapped[str] = mapped_column(default="")
    table_id: Mapped[int | None] = mapped_column(ForeignKey("company_table.id"))


class ChannelRule(Base):
    """Which carrier channel may carry goods with a logistics attribute (物流属性可发渠道表)."""

    __tablename__ = "channel_rule"
    __table_args__ = ({"sqlite_with_rowid": False},)

    attribute: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    is_allowed: Mapped[bool]
    table_id: Mapped[int | None] = mapped_column(ForeignKey("company_table.id"))
