"""Listings, their SKUs and images. A draft and a live listing are one row at two points of its life."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, JsonDict, JsonList, Minor, Ms
from app.models.kinds import ListingStatus


class Listing(Base):
    """One product page.

    `product_key` groups the rows of a sheet; `product_id` is the platform's id once there is one.
    `category_id`, `freight_template_id`, `group_id` hold the platform's id, or the text of the sheet where
    nothing matched it (the checker refuses such a listing). `content_hash` is what would be sent,
    `sent_hash` what the marketplace has: "changed since publish" is a comparison.
    `regional_prices` are prices by country (`services.regional_prices`), NULL where what the platform has is not known.
    Prices and stock summed up from the SKUs stand here for sorting. What is long stands in `ListingBody`, what is
    searched in `ListingSearch`.
    """

    __tablename__ = "listing"
    __table_args__ = (
        Index("ix_listing_store_key", "store_id", "product_key"),
        Index(
            "uq_listing_store_product",
            "store_id",
            "product_id",
            unique=True,
            sqlite_where=text("product_id IS NOT NULL"),
            postgresql_where=text("product_id IS NOT NULL"),
        ),
        Index(
            "ix_listing_updated",
            "updated_ms",
            "id",
            "store_id",
            "status",
            "block_count",
            "hold_count",
            "warn_count",
            "category_id",
            "freight_template_id",
            "group_id",
            "import_run_id",
            "price_min_minor",
            "price_max_minor",
            "stock_total",
            "sku_count",
            "image_count",
            "weight_g",
            "handling_days",
            "created_ms",
            "product_id",
            "code",
            "error_code",
        ),
        Index("ix_listing_changed", "id", sqlite_where=text("sent_hash IS NOT NULL AND sent_hash <> content_hash")),
        Index("ix_listing_regional", "id", sqlite_where=text("regional_prices <> '{}'")),
        Index("ix_listing_title", "title_folded", "id"),
        Index("ix_listing_price", "price_min_minor", "id"),
        Index("ix_listing_status", "store_id", "status", "id"),
    )

    id: Mapped[Id]
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    product_key: Mapped[str] = mapped_column(default="")
    product_id: Mapped[str | None]
    status: Mapped[str] = mapped_column(default=ListingStatus.DRAFT)
    off_reason: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    title_folded: Mapped[str] = mapped_column(default="")
    code: Mapped[str] = mapped_column(default="")
    category_id: Mapped[str] = mapped_column(default="")
    freight_template_id: Mapped[str] = mapped_column(default="")
    group_id: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    lot_size: Mapped[int] = mapped_column(default=1)
    handling_days: Mapped[int | None]
    weight_g: Mapped[int | None]
    length_cm: Mapped[int | None]
    width_cm: Mapped[int | None]
    height_cm: Mapped[int | None]
    currency: Mapped[str] = mapped_column(default="USD")
    sku_count: Mapped[int] = mapped_column(default=0)
    price_min_minor: Mapped[Minor | None]
    price_max_minor: Mapped[Minor | None]
    stock_total: Mapped[int | None]
    image_count: Mapped[int] = mapped_column(default=0)
    block_count: Mapped[int] = mapped_column(default=0)
    hold_count: Mapped[int] = mapped_column(default=0)
    warn_count: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[str] = mapped_column(default="")
    sent_hash: Mapped[str | None]
    error_code: Mapped[str] = mapped_column(default="")
    error_text: Mapped[str] = mapped_column(default="")
    error_field: Mapped[str] = mapped_column(default="")
    import_run_id: Mapped[int | None]
    created_ms: Mapped[Ms]
    updated_ms: Mapped[Ms]
    regional_prices: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), default=dict, server_default="{}"
    )


class ListingBody(Base):
    """What is long of a listing, one row for each, with its id: SQLite writes a row whole, and an edit of prices or
    states is not to write descriptions anew. `extra` keeps columns of the sheet nobody understood, `remote` the
    platform's record nobody may lose.
    """

    __tablename__ = "listing_body"

    id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    keywords: Mapped[str] = mapped_column(default="")
    detail_html: Mapped[str] = mapped_column(default="")
    attributes: Mapped[JsonList] = mapped_column(default=list)
    extra: Mapped[JsonDict] = mapped_column(default=dict)
    remote: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ListingSearch(Base):
    """The folded text a listing is found by, one row for each, with its id; the search tables read from it."""

    __tablename__ = "listing_search"

    id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    search_text: Mapped[str] = mapped_column(default="")
    bigram_text: Mapped[str] = mapped_column(default="")


class Sku(Base):
    """One variant. `properties` is a list of `{"name", "value", "name_id", "value_id", "image"}`, ids "" if unknown."""

    __tablename__ = "sku"
    __table_args__ = (
        Index("ix_sku_listing", "listing_id", "position"),
        Index("ix_sku_code", "code"),
        Index("ix_sku_match_key", "match_key"),
        Index("ix_sku_ships_from", "ships_from", "listing_id"),
        Index(
            "ix_sku_rekeyed",
            "listing_id",
            sqlite_where=text("instr(upper(code), match_key) = 0 OR code GLOB '*[^ -~]*'"),
        ),
    )

    id: Mapped[Id]
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(default="")
    match_key: Mapped[str] = mapped_column(default="")
    price_minor: Mapped[Minor | None]
    stock: Mapped[int | None]
    ships_from: Mapped[str] = mapped_column(default="")
    barcode: Mapped[str] = mapped_column(default="")
    properties: Mapped[JsonList] = mapped_column(default=list)


class Image(Base):
    """A picture of a listing: `source` is a file path or an address; facts are read from the file, None = not yet."""

    __tablename__ = "image"
    __table_args__ = (Index("ix_image_listing", "listing_id", "position"),)

    id: Mapped[Id]
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"))
    position: Mapped[int]
    source: Mapped[str]


class ImageFile(Base):
    """What is known about a picture file or address, read once: content hash, pixels, bytes, format."""

    __tablename__ = "image_file"

    id: Mapped[Id]
    source: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str] = mapped_column(default="")
    width: Mapped[int | None]
    height: Mapped[int | None]
    byte_count: Mapped[int | None]
    format: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")
    modified_ms: Mapped[Ms | None]


class ImageLook(Base):
    """What a picture looks like, by content, read once.

    `dhash` is a fingerprint of 32 hex digits, "" where the picture is too plain to be told from others; `tone` the mean
    colour of its foreground; `colours` the foreground's share by colour name; `orientation` as EXIF says, 1 is upright.
    """

    __tablename__ = "image_look"
    __table_args__ = ({"sqlite_with_rowid": False},)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    dhash: Mapped[str] = mapped_column(default="")
    tone: Mapped[str] = mapped_column(default="")
    colours: Mapped[JsonDict] = mapped_column(default=dict)
    orientation: Mapped[int] = mapped_column(default=1)


class UploadedImage(Base):
    """A picture that a store's photobank already holds, so that it is uploaded once."""

    __tablename__ = "uploaded_image"
    __table_args__ = (UniqueConstraint("store_id", "sha256"),)

    id: Mapped[Id]
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    sha256: Mapped[str]
    url: Mapped[str]
    uploaded_ms: Mapped[Ms]


class ProductGroup(Base):
    """The store's shop-window grouping; `parent_id` is "" at the top."""

    __tablename__ = "product_group"
    __table_args__ = (UniqueConstraint("store_id", "group_id"),)

    id: Mapped[Id]
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    group_id: Mapped[str]
    parent_id: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    synced_ms: Mapped[Ms]


class ListingTag(Base):
    """A word a team sorts its listings by; the marketplace never sees it."""

    __tablename__ = "listing_tag"
    __table_args__ = (Index("ix_listing_tag_tag", "tag"), {"sqlite_with_rowid": False})

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)


class ToldApart(Base):
    """Two listings that look alike and are not the same, as a person said; `listing_id` is the smaller id.

    It holds while both have the codes and the title they had then: `imprint` and `other_imprint` cover these.
    """

    __tablename__ = "told_apart"
    __table_args__ = (Index("ix_told_apart_other", "other_id"), {"sqlite_with_rowid": False})

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    imprint: Mapped[str]
    other_imprint: Mapped[str]


class ListingHold(Base):
    """A listing that a person holds back: nothing of it is published until somebody releases it (interface.md 6)."""

    __tablename__ = "listing_hold"
    __table_args__ = ({"sqlite_with_rowid": False},)

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str]
    actor: Mapped[str]
    held_ms: Mapped[Ms]


class ListingWarehouse(Base):
    """The overseas warehouse a listing ships from, a `WarehouseKind`; without a row nobody said."""

    __tablename__ = "listing_warehouse"
    __table_args__ = ({"sqlite_with_rowid": False},)

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str]
