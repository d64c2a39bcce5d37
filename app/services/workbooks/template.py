"""The listing template: a workbook to fill in, with both languages in its header and lists to choose from.

Its listing sheet is empty below the header, so that nothing but the user's own rows is ever imported; hints and an
example, column by column, stand on a second sheet that no import takes for listings.

`python -m app.services.workbooks.template [FILE]` writes `resources/templates/listing-template.xlsx` anew; the file is
committed, and a test reads it back through the import.
"""

from __future__ import annotations

import datetime
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING, Any

from app.messages import Messages
from app.paths import resources
from app.services.workbooks.export import replacing

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

FILE_NAME = "listing-template.xlsx"
_RULES = "listing_template.json"
_LAST_ROW = 5000  # as far as lists and checks reach
_REQUIRED_FILL, _OPTIONAL_FILL, _EXAMPLE_COLOR = "FFDCE6F5", "FFF1F3F5", "FF6B7280"
_MOMENT = datetime.datetime(2026, 11, 21)  # fixed, so that the same rules make the same file  # noqa: DTZ001
_TEXT_FORMAT = "@"
_HINT_WIDTHS, _EXAMPLE_WIDTH = (26, 60, 60), 26
_FORMATTED_ROWS = 200  # so many cells are text themselves: some programs ignore the format of a whole column


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column of the template as `resources/templates/listing_template.json` describes it."""

    field: str
    name: str
    unit: str
    number: int
    is_required: bool
    kind: str
    width: float
    choices: tuple[str, ...]
    bounds: tuple[float, float] | None
    examples: tuple[Any, ...]


def template_columns() -> tuple[TemplateColumn, ...]:
    """The columns in their order."""
    data = json.loads((resources() / "templates" / _RULES).read_text("utf-8"))
    return tuple(
        TemplateColumn(
            field=entry["field"],
            name=entry.get("name", ""),
            unit=entry.get("unit", ""),
            number=entry.get("number", 0),
            is_required=entry.get("required", False),
            kind=entry["kind"],
            width=entry.get("width", 14),
            choices=tuple(entry.get("choices", ())),
            bounds=tuple(entry["bounds"]) if "bounds" in entry else None,
            examples=tuple(entry["examples"]),
        )
        for entry in data["columns"]
    )


def write_template(path: Path) -> None:
    """Write the template workbook to *path*."""
    import openpyxl

    columns = template_columns()
    book = openpyxl.Workbook()
    book.properties.creator = "Shangjia"
    book.properties.created = book.properties.modified = _MOMENT
    sheet = book.active
    assert sheet is not None
    sheet.title = _both("workbooks.template.sheet")
    _write_listings(sheet, columns)
    _write_hints(book.create_sheet(_both("workbooks.template.hints")), columns)
    book.save(path)


def save_template(path: Path) -> None:
    """Give a person the shipped template as *path*.

    Raises:
        WorkbookError: `.unwritable`.
    """
    with replacing(path) as part:
        copyfile(resources() / "templates" / FILE_NAME, part)


def _both(key: str, separator: str = " ", **params: Any) -> str:
    """A text in Chinese and English."""
    return separator.join((Messages("zh").text(key, **params), Messages("en").text(key, **params)))


def header_of(column: TemplateColumn) -> str:
    """The header in both languages, one a line, with number and unit, a star where the column is required."""
    key = f"sheet_property.{column.name}" if column.field == "property" else f"sheet_field.{column.field}"
    lines = []
    for language in (Messages("zh"), Messages("en")):
        text = language.text(key)
        text += f" {column.number}" if column.number else ""
        text += f" ({column.unit})" if column.unit else ""
        lines.append(text)
    return ("*" if column.is_required else "") + "\n".join(lines)


def _write_listings(sheet: Worksheet, columns: tuple[TemplateColumn, ...]) -> None:
    """Header, formats and checks."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        cell = sheet.cell(1, number, header_of(column))
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.fill = PatternFill("solid", fgColor=_REQUIRED_FILL if column.is_required else _OPTIONAL_FILL)
        cell.comment = Comment(_both(_hint_key(column), "\n"), "Shangjia", 120, 320)
        sheet.column_dimensions[letter].width = column.width
        if column.kind == "text":
            sheet.column_dimensions[letter].number_format = _TEXT_FORMAT
            for row in range(2, 2 + _FORMATTED_ROWS):
                sheet.cell(row, number).number_format = _TEXT_FORMAT
        _add_check(sheet, column, f"{letter}2:{letter}{_LAST_ROW}")
    sheet.row_dimensions[1].height = 34
    sheet.freeze_panes = "B2"


def _add_check(sheet: Worksheet, column: TemplateColumn, area: str) -> None:
    """A list to choose from, or bounds that Excel watches; codes may hold anything."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if column.choices:
        check = DataValidation(type="list", formula1='"' + ",".join(column.choices) + '"', allow_blank=True)
        check.errorStyle = "warning"
    elif column.bounds is not None:
        low, high = (f"{bound:g}" for bound in column.bounds)
        check = DataValidation(
            type="whole" if column.kind == "whole" else "decimal", operator="between", formula1=low, formula2=high
        )
        check.allow_blank = True
    else:
        return
    check.showErrorMessage = True
    check.errorTitle = header_of(column).replace("\n", " ")[:32]
    check.error = _both(_hint_key(column), "\n")[:255]
    check.add(area)
    sheet.add_data_validation(check)


def _hint_key(column: TemplateColumn) -> str:
    return f"workbooks.hint.{column.name or column.field}"


def _write_hints(sheet: Worksheet, columns: tuple[TemplateColumn, ...]) -> None:
    """What goes into each column, in both languages, and what an example of four rows has there."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    heads = [_both("workbooks.template.column"), Messages("zh").text(_ABOUT), Messages("en").text(_ABOUT)]
    examples = range(1, 1 + max(len(column.examples) for column in columns))
    sheet.append([*heads, *(_both(_EXAMPLE, n=number) for number in examples)])
    for column in columns:
        key = _hint_key(column)
        texts = [Messages("zh").text(key), Messages("en").text(key)]
        if column.is_required:
            marks = [Messages("zh").text(_REQUIRED), Messages("en").text(_REQUIRED)]
            texts = [f"{mark}{text}" for mark, text in zip(marks, texts, strict=True)]
        sheet.append([header_of(column).lstrip("*").replace("\n", " "), *texts, *column.examples])
    for number, width in enumerate((*_HINT_WIDTHS, *(_EXAMPLE_WIDTH for _ in examples)), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
            if cell.column > len(heads):
                cell.font = Font(color=_EXAMPLE_COLOR)
                cell.number_format = _TEXT_FORMAT if isinstance(cell.value, str) else "General"
    sheet.freeze_panes = "B2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)


_ABOUT = "workbooks.template.about"
_REQUIRED = "workbooks.template.required"
_EXAMPLE = "workbooks.template.example"


def main(arguments: list[str]) -> None:
    """Write the template to the file named, else to its place among the resources."""
    write_template(Path(arguments[0]) if arguments else resources() / "templates" / FILE_NAME)


if __name__ == "__main__":
    main(sys.argv[1:])
