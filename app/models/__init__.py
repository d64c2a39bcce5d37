"""What is stored: tables and enums, no logic beyond constraints."""

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
    ListingHold,
    ListingStatus,
    ListingTag,
    ListingWarehouse,
    ProductGroup,
    Sku,
    ToldApart,
    UploadedImage,
    WarehouseKind,
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
    JobState,
    Priority,
    PublishBatch,
    PublishDouble,
    PublishPause,
    PublishTask,
    TaskAction,
    TaskState,
)
from app.models.setting import Setting
from app.models.sku_code import BundleItem, StoreCodes, VirtualCode, VirtualItem
from app.models.store import Store, StoreAccess, StoreHealth
from app.models.syncing import ListingConflict, ListingSeen, ListingSync
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
