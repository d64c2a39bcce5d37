"""Listings as a sheet in the words the import understands: exported and dropped again, it changes nothing.

`columns` says which columns there are and what a person calls them, `reading` makes the rows of a selection, `writing`
puts them into a file.
"""

from app.services.listings.exporting.columns import (
    BARE_PROPERTIES,
    GROUPS,
    KEYS,
    Column,
    UnknownColumn,
    column_name,
    read_columns,
)
from app.services.listings.exporting.writing import (
    PACKAGE,
    ExportOptions,
    ExportResult,
    export_file,
    export_listings,
)

__all__ = [
    "BARE_PROPERTIES",
    "GROUPS",
    "KEYS",
    "PACKAGE",
    "Column",
    "ExportOptions",
    "ExportResult",
    "UnknownColumn",
    "column_name",
    "export_file",
    "export_listings",
    "read_columns",
]
