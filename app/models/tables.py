"""Every table, by name."""

from __future__ import annotations

from app.models.base import Base
from app.models.category import Category, CategoryAttribute
from app.models.change import Change, ChangeColumn, ChangeEntry, ChangeFollowing, ChangeRange, ChangeRows
from app.models.company_table import ChannelRule, CompanyTable, ItemVerdict, PriceFloor, StockItem
from app.models.compliance import ListedWord, ListingFinding, WordListRow
from app.models.covering import CoverRules, ForeignPicture, ListingOrigin, ServiceTemplate, SkuAssignment
from app.models.freight_template import CarrierTariff, FreightChannel, FreightTemplate
from app.models.import_run import CellErrorRow, ImportRun, SheetMapping
from app.models.listing import (
    Image,
    ImageFile,
    ImageLook,
    Listing,
    ListingBody,
    ListingHold,
    ListingSearch,
    ListingTag,
    ListingWarehouse,
    ProductGroup,
    Sku,
    ToldApart,
    UploadedImage,
)
from app.models.marketing import MarketingGroup, MarketingMember
from app.models.order import Order, OrderLine
from app.models.price_guard import PriceRelease, PriceRule, SentPrice
from app.models.pricing import (
    Commission,
    ExchangeRate,
    FigureDue,
    FigureState,
    ListingFigure,
    PricingSetting,
    SkuColumn,
)
from app.models.publishing import (
    PublishBatch,
    PublishDouble,
    PublishPause,
    PublishTask,
)
from app.models.setting import Setting
from app.models.sku_code import BundleItem, StoreCodes, VirtualCode, VirtualItem
from app.models.store import Store
from app.models.syncing import ListingConflict, ListingSeen, ListingSync, ListingSynced
from app.models.warehouse_template import WarehouseCountry, WarehouseFreight, WarehouseTemplate

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
    "ListedWord",
    "Listing",
    "ListingBody",
    "ListingConflict",
    "ListingFigure",
    "ListingFinding",
    "ListingHold",
    "ListingOrigin",
    "ListingSearch",
    "ListingSeen",
    "ListingSync",
    "ListingSynced",
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
    "StoreCodes",
    "ToldApart",
    "UploadedImage",
    "VirtualCode",
    "VirtualItem",
    "WarehouseCountry",
    "WarehouseFreight",
    "WarehouseTemplate",
    "WordListRow",
]
