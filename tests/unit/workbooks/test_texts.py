"""Every code that the package can say has a sentence in both languages with the same placeholders."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import app.services.company_tables as company_tables
import app.services.compliance as compliance
import app.services.listings.importing as importing
import app.services.listings.round_trip as round_trip
import app.services.packages as packages
import app.services.warehouses.overseas as overseas
import app.services.workbooks as package
from app.messages import Messages, catalogue
from app.services.workbooks import CellError
from app.services.workbooks.fields import field_book

FOLDERS = (Path(package.__file__).parent, Path(packages.__file__).parent)
SOURCE = "\n".join(path.read_text("utf-8") for folder in FOLDERS for path in folder.glob("*.py"))
STORING = tuple(Path(one.__file__).parent for one in (importing, round_trip, compliance, company_tables, overseas))
IMPORTING = "\n".join(path.read_text("utf-8") for folder in STORING for path in folder.glob("*.py"))
"""Some cells can be read, but not stored: the import, the way back from Excel, word lists, company tables and overseas
sheets refuse those."""
KINDS = ("price", "count", "weight", "length")
NAMED = set(re.findall(r'\.error\(\s*"([a-z_.]+)"', SOURCE)) | set(
    re.findall(r'"workbook\.([a-z_.]+)"', SOURCE + IMPORTING)
)
PARTS = {"xml", "bin", "xml.rels"}
ERRORS = sorted(f"workbook.{code}" for code in (NAMED - PARTS) | {"no_column.sku_code", "no_column.price"})
CELLS = sorted(
    set(re.findall(r'[( ]code="([a-z_]+)"', SOURCE))
    | set(re.findall(r'Refusal\([^()]*?"([a-z_]+)"[,)]', SOURCE))
    | {f"{kind}_not_number" for kind in KINDS}
)


def placeholders(text: object) -> set[str]:
    assert isinstance(text, str)
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def ours() -> list[str]:
    prefixes = ("error.workbook", "cell.", "workbooks.", "sheet_field.", "sheet_property.")
    return [key for key in catalogue() if key.startswith(prefixes)]


@pytest.mark.parametrize("key", ours())
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    entry = catalogue()[key]
    assert set(entry) == {"zh", "en"}
    assert placeholders(entry["zh"]) == placeholders(entry["en"])
    assert not re.search(r"please|sorry|oops|successfully|!|请|您", str(entry), re.IGNORECASE)


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_has_a_sentence(code: str) -> None:
    assert f"error.{code}" in catalogue()


@pytest.mark.parametrize("code", CELLS)
def test_every_refused_cell_has_a_sentence_with_place_and_remedy(code: str) -> None:
    error = CellError("a.xlsx", "S", 7, "I", "毛重", "weight", "0,84kg?", code, _params(), "12")
    for language, place in (("zh", "第 7 行 I 列 · 毛重"), ("en", "Row 7, column I, 毛重")):
        sentence = error.message(Messages(language).text)  # type: ignore[arg-type]
        assert sentence.startswith(place)
        assert len(re.split(r"[。.？?]\s*", sentence.removeprefix(place))) >= 3, "what happened, then the remedy"


def _params() -> dict[str, str]:
    return {"limit": "1", "first": "1", "second": "2", "found": "CNY", "expected": "USD"}


def test_no_sentence_is_left_over() -> None:
    used = {f"error.{code}" for code in ERRORS} | {f"cell.{code}" for code in CELLS} | {"error.workbook"}
    left = [key for key in ours() if key.startswith(("error.", "cell.")) and key not in used]
    assert not [key for key in left if f'"{key.removeprefix("cell.")}"' not in SOURCE + IMPORTING]


def test_every_field_and_property_has_a_name() -> None:
    for field in (*field_book().fields, "property", "attribute"):
        assert f"sheet_field.{field}" in catalogue()
    for name in {name for name, _ in field_book().properties.values()}:
        assert f"sheet_property.{name}" in catalogue()
