"""A workbook to edit as a person leaves it: prices raised, titles rewritten, and some cells written wrongly."""

from __future__ import annotations

import json
from pathlib import Path

MARK = "_shangjia"
"""The unseen sheet that says, in its second row, which column is called what."""
WRONG = {"stock": "12.5", "freight_template": "Our usual one", "price": None}
"""Cells of the last rows that cannot be used, by column."""


def edit_workbook(path: Path) -> None:
    """Edit the workbook at *path* and save it, as a spreadsheet program does."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    headers = dict(json.loads(book[MARK].cell(2, 3).value)["headers"])
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    at = {key: columns[header] for key, header in headers.items()}
    for row in range(2, min(sheet.max_row, 9)):
        price = sheet.cell(row, at["price"])
        if isinstance(price.value, int | float):
            price.value = round(price.value * 1.1, 2)
        sheet.cell(row, at["stock"]).value = 100
    title = sheet.cell(2, at["title"])
    title.value = f"{title.value} 2026"
    for below, (key, value) in enumerate(WRONG.items(), start=1):
        sheet.cell(sheet.max_row - below, at[key]).value = value
    sheet.delete_rows(sheet.max_row)
    book.save(path)
