"""What a data package is made of; the words and numbers are data: `resources/rules/data_package.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from app.paths import resources


@dataclass(frozen=True, slots=True)
class PackageRules:
    """Words and limits of data packages (domain.md 6).

    Attributes:
        sheet_file, sheet_name: of the products sheet we write.
        sheet_rows, sheet_columns, cell_chars: what an .xls holds.
        depth: how deep the JSON of a cell may be nested.
        entries: key of the list of variants; `keys`: our name → key inside a variant.
        code_separator: between the codes of a row where none was found; `separators`: those that are recognised.
        property_names: sale property id → its name where the category says nothing.
        kept_header: under which a listing keeps what its package said.
        image_folder: of pictures that had no place in a package yet.
        columns: (field, header) of a package that is written without a model.
    """

    sheet_file: str
    sheet_name: str
    sheet_rows: int
    sheet_columns: int
    cell_chars: int
    depth: int
    entries: str
    keys: dict[str, str]
    code_separator: str
    separators: tuple[str, ...]
    property_names: dict[str, str]
    kept_header: str
    image_folder: str
    columns: tuple[tuple[str, str], ...]


@cache
def package_rules() -> PackageRules:
    """The rules in force."""
    data = json.loads((resources() / "rules" / "data_package.json").read_text("utf-8"))
    data = {name: value for name, value in data.items() if name not in ("source", "date")}
    pairs = tuple((field, header) for field, header in data.pop("columns"))
    return PackageRules(**{**data, "separators": tuple(data["separators"])}, columns=pairs)
