"""Import runs, the cells they refused, and saved column mappings."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, JsonDict, Ms


class ImportRun(Base):
    """One applied import: from which file, with which mapping, and what came of its rows."""

    __tablename__ = "import_run"

    id: Mapped[Id]
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    change_id: Mapped[int | None]
    file: Mapped[str]
    sheet: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(default="")
    mapping: Mapped[JsonDict] = mapped_column(default=dict)
    row_count: Mapped[int] = mapped_column(default=0)
    new_count: Mapped[int] = mapped_column(default=0)
    changed_count: Mapped[int] = mapped_column(default=0)
    unchanged_count: Mapped[int] = mapped_column(default=0)
    refused_count: Mapped[int] = mapped_column(default=0)
    created_ms: Mapped[Ms]


class CellErrorRow(Base):
    """A refused cell of an import run. Table: `cell_error`."""

    __tablename__ = "cell_error"
    __table_args__ = (Index("ix_cell_error_run", "import_run_id"),)

    id: Mapped[Id]
    import_run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"))
    file: Mapped[str]
    sheet: Mapped[str]
    row: Mapped[int]
    column: Mapped[str]
    header: Mapped[str]
    field: Mapped[str]
    value: Mapped[str]
    code: Mapped[str]
    params: Mapped[JsonDict] = mapped_column(default=dict)


class SheetMapping(Base):
    """A saved mapping, found again by the signature of the sheet's headers."""

    __tablename__ = "sheet_mapping"

    id: Mapped[Id]
    name: Mapped[str]
    signature: Mapped[str] = mapped_column(unique=True)
    mapping: Mapped[JsonDict]
    updated_ms: Mapped[Ms]
