# ruff: noqa: F405 - the names are those of tables
"""What is stored: tables and enums, no logic beyond constraints.

Tables are imported, all together, when the first of them is asked for: they bring SQLAlchemy, for which the first rows
of a start need not wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.models.kinds import (
    JobState,
    ListingStatus,
    Priority,
    StoreAccess,
    StoreHealth,
    TaskAction,
    TaskState,
    WarehouseKind,
)

if TYPE_CHECKING:
    from app.models.tables import *  # noqa: F403

__all__ = [
    "Base",
    "BundleItem",
    "CarrierTariff",
    "Category",
    "CategoryAttribute",
    "CellErrorRow",
    "Change",
    "ChangeColumn",
    "ChangeEntry",
    "ChangeFollowing",
    "ChangeRange",
    "ChangeRows",
    "ChannelRule",
    "Commission",
    "CompanyTable",
    "CoverRules",
    "ExchangeRate",
    "FigureDue",
    "FigureState",
    "ForeignPicture",
    "FreightChannel",
    "FreightTemplate",
    "Image",
    "ImageFile",
    "ImageLook",
    "ImportRun",
    "ItemVerdict",
    "JobState",
    "ListedWord",
    "Listing",
    "ListingConflict",
    "ListingFigure",
    "ListingFinding",
    "ListingHold",
    "ListingOrigin",
    "ListingSeen",
    "ListingStatus",
    "ListingSync",
    "ListingTag",
    "ListingWarehouse",
    "MarketingGroup",
    "MarketingMember",
    "Order",
    "OrderLine",
    "PriceFloor",
    "PriceRelease",
    "PriceRule",
    "PricingSetting",
    "Priority",
    "ProductGroup",
    "PublishBatch",
    "PublishDouble",
    "PublishPause",
    "PublishTask",
    "SentPrice",
    "ServiceTemplate",
    "Setting",
    "SheetMapping",
    "Sku",
    "SkuAssignment",
    "SkuColumn",
    "StockItem",
    "Store",
    "StoreAccess",
    "StoreCodes",
    "StoreHealth",
    "TaskAction",
    "TaskState",
    "ToldApart",
    "UploadedImage",
    "VirtualCode",
    "VirtualItem",
    "WarehouseCountry",
    "WarehouseFreight",
    "WarehouseKind",
    "WarehouseTemplate",
    "WordListRow",
]


def __getattr__(name: str) -> Any:
    """A table by its name. Raises: AttributeError."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from app.models import tables

    return getattr(tables, name)
