"""Data packages (产品数据包): a zip with `products.xls` and picture folders, domain.md 6.

`read_package` → `Package` with `rows`, each with its `variants` → change them → `save_package`. What is not touched
comes out as it went in. Listings go the same way through `write_package`, and come in through the import.
"""

from app.services.packages.exporting import write_package
from app.services.packages.price_info import PriceInfo, PriceInfoError, Variant, read_price_info
from app.services.packages.reading import read_package
from app.services.packages.records import Package, PackageRow, Problem
from app.services.packages.saving import LongCell, PackageReport, save_package

__all__ = [
    "LongCell",
    "Package",
    "PackageReport",
    "PackageRow",
    "PriceInfo",
    "PriceInfoError",
    "Problem",
    "Variant",
    "read_package",
    "read_price_info",
    "save_package",
    "write_package",
]
