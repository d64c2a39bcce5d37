"""Cache of the platform's category tree and of what each leaf asks for."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, JsonList, Ms


class Category(Base):
    """A node of the tree of one gateway; `path_*` joins the names from the root with " > "."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("gateway", "category_id"),)

    id: Mapped[Id]
    gateway: Mapped[str]
    category_id: Mapped[str]
    parent_id: Mapped[str]
    name_en: Mapped[str]
    name_zh: Mapped[str]
    path_en: Mapped[str]
    path_zh: Mapped[str]
    level: Mapped[int]
    is_leaf: Mapped[bool]
    fetched_ms: Mapped[Ms]


class CategoryAttribute(Base):
    """An attribute of a leaf; `values` holds `{"id", "en", "zh"}` objects, `position` is the platform's order."""

    __tablename__ = "category_attribute"
    __table_args__ = (UniqueConstraint("gateway", "category_id", "attribute_id"),)

    id: Mapped[Id]
    gateway: Mapped[str]
    category_id: Mapped[str] = mapped_column(index=True)
    attribute_id: Mapped[str]
    name_en: Mapped[str]
    name_zh: Mapped[str]
    is_required: Mapped[bool]
    is_sku: Mapped[bool]
    allows_custom_name: Mapped[bool]
    show_type: Mapped[str]
    position: Mapped[int]
    values: Mapped[JsonList]
    fetched_ms: Mapped[Ms]
