"""Any dropped file as typed columns with named cell errors, and sheets written. Never touches the database.

`open_workbook` → `recognise` → `read_listings` (or `read_table` for other kinds of sheets); `marked_copy` gives the
refused cells back in the user's own sheet; `write_xlsx` and `write_csv` write in bulk,
`write_sheet` writes one table as the name of its file says.
"""

from app.services.workbooks.books import FileFormat, SheetInfo
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.export import write_csv, write_xlsx
from app.services.workbooks.fields import FieldType, SheetKind
from app.services.workbooks.headers import recognise
from app.services.workbooks.listings import GroupedBy, ListingTable, read_listings
from app.services.workbooks.marked_copy import MarkedCopy, marked_copy
from app.services.workbooks.one_sheet import KINDS, UnknownKind, check_kind, check_target, write_sheet
from app.services.workbooks.other_sheets import SheetLeft, sheets_left
from app.services.workbooks.out_sheets import CutCell, OutColumn, OutSheet, Run, WriteReport
from app.services.workbooks.packages import DataPackage, PackageMember
from app.services.workbooks.recognition import RecognisedColumn, Recognition
from app.services.workbooks.refusals import CellError, Refusal
from app.services.workbooks.sniff import OpenedFile, open_workbook
from app.services.workbooks.tables import SheetTable, read_table
from app.services.workbooks.template import save_template
from app.services.workbooks.xlsx_parts import Check

__all__ = [
    "KINDS",
    "CellError",
    "Check",
    "CutCell",
    "DataPackage",
    "FieldType",
    "FileFormat",
    "GroupedBy",
    "ListingTable",
    "MarkedCopy",
    "OpenedFile",
    "OutColumn",
    "OutSheet",
    "PackageMember",
    "RecognisedColumn",
    "Recognition",
    "Refusal",
    "Run",
    "SheetInfo",
    "SheetKind",
    "SheetLeft",
    "SheetTable",
    "UnknownKind",
    "WorkbookError",
    "WriteReport",
    "check_kind",
    "check_target",
    "marked_copy",
    "open_workbook",
    "read_listings",
    "read_table",
    "recognise",
    "save_template",
    "sheets_left",
    "write_csv",
    "write_sheet",
    "write_xlsx",
]
