"""What calamine does not tell about the cells of an .xlsx: their number format, their error, a formula without result.

Looked up only for cells in doubt. The file has passed its guard before; what cannot be found is not known.
"""

from __future__ import annotations

import itertools
import posixpath
import re
import zipfile
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from xml.parsers import expat

from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.grid import column_index, column_letter
from app.services.workbooks.limits import limits
from app.services.workbooks.zip_guard import SafeZip

Place = tuple[int, int]
"""Row and column, counted from 0 in the sheet."""

_SCIENTIFIC = {11: "0.00E+00", 48: "##0.0E+0"}
"""Excel's own formats that rewrite a number; the rest of its own show all digits."""
_DIGITS = "0123456789"
_ODD_CELL = re.compile(rb'<c(?![a-zA-Z])(?! r="[A-Z])|:c[\s/>]|<!')
_END = b"<c r="
"""Behind the last piece: what follows the last cell is no cell."""
_ATTRIBUTE = re.compile(r"""([a-z]+)=["']([^"']*)["']""")
_VALUE = re.compile(r"<v[^>]*>([^<]*)</v>")
_FORMULA = re.compile(r"<f(?:\s[^>]*?)?(?:/>|>([^<]*)</f>)")


@dataclass(slots=True)
class CellFacts:
    """A cell as the file has it.

    Attributes:
        kind: attribute `t`: "" or "n" number, "s", "str", "inlineStr" text, "e" error, "b" truth.
        style: number of its format among `XlsxCells.formats`.
        value: text of `<v>`.
        formula: text of `<f>`, None without one.
    """

    kind: str
    style: int
    value: str = ""
    formula: str | None = None

    @property
    def error(self) -> str:
        """The error Excel shows, such as #N/A, "" for none."""
        return self.value.strip() if self.kind == "e" else ""

    @property
    def is_uncalculated(self) -> bool:
        """A formula whose result no program has written; an empty text is a result."""
        return self.formula is not None and not self.value.strip() and self.kind != "str"


class XlsxCells:
    """Looks into one sheet of a workbook.

    Attributes:
        formats: format code by style number, "" for those that show a number as it is.
    """

    def __init__(self, path: Path, shown_name: str, sheet: str) -> None:
        self._path, self._name = path, shown_name
        self._part: zipfile.ZipInfo | None = None
        self.formats: dict[int, str] = {}
        with suppress(expat.ExpatError), SafeZip(path, shown_name) as archive:
            self._find(archive, sheet)

    def facts(self, wanted: Collection[Place]) -> dict[Place, CellFacts]:
        """What the file says about the *wanted* cells; those it does not hold are left out."""
        if self._part is None or not wanted:
            return {}
        with SafeZip(self._path, self._name) as archive:
            found = _found_at_once(archive.chunks(self._part), wanted)
            if found is not None:
                return found
            reader = _CellReader(wanted)
            with suppress(expat.ExpatError):
                parser = expat.ParserCreate()
                parser.buffer_text = True
                parser.StartElementHandler = reader.start
                parser.CharacterDataHandler = reader.text
                for chunk in archive.chunks(self._part):
                    parser.Parse(chunk, False)
            return reader.found

    def _find(self, archive: SafeZip, sheet: str) -> None:
        members = {name.lower(): name for name in archive.members}
        book = next((name for name in members if name.endswith("workbook.xml")), None)
        if book is None:
            return
        folder, leaf = posixpath.split(book)
        relations = members.get(posixpath.join(folder, "_rels", f"{leaf}.rels"))
        if relations is None:
            return
        ids = {one.get("name", ""): one.get("id", "") for one in _elements(archive, members[book], "sheet")}
        for one in _elements(archive, relations, "Relationship"):
            target = members.get(posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lower()[1:])
            if target is not None and one.get("Id") == ids.get(sheet):
                self._part = archive.members[target]
            elif target is not None and one.get("Type", "").endswith("/styles"):
                self.formats = _formats(archive, target)


def _found_at_once(chunks: Iterable[bytes], wanted: Collection[Place]) -> dict[Place, CellFacts] | None:
    """The wanted cells of a sheet as nearly all programs write one, by regular expression: an eighth of the time of a
    parser. None where some cell is written otherwise."""
    letters = {column_letter(column).encode(): column for column in {column for _, column in wanted}}
    cells = re.compile(rb'<c r="(' + b"|".join(letters) + rb')([0-9]{1,7})"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
    found: dict[Place, CellFacts] = {}
    carried, has_cells = b"", False
    for chunk in itertools.chain(chunks, (_END,)):
        text = carried + chunk
        cut = max(text.rfind(b"<c r="), 0)
        if _ODD_CELL.search(text, 0, cut) or (not cut and len(text) > limits().cell_chars):
            return None
        if chunk is not _END:
            has_cells = has_cells or cut > 0
        for match in cells.finditer(text, 0, cut):
            place = int(match[2]) - 1, letters[match[1]]
            if place in wanted:
                found[place] = _facts(*(part.decode("utf-8", "replace") for part in (match[3], match[4] or b"")))
        carried = text[cut:]
    return found if has_cells else None


def _facts(attributes: str, content: str) -> CellFacts:
    known = dict(_ATTRIBUTE.findall(attributes))
    value, formula = _VALUE.search(content), _FORMULA.search(content)
    return CellFacts(
        known.get("t", ""),
        _number(known.get("s", "0")),
        unescape(value[1]) if value else "",
        unescape(formula[1] or "") if formula else None,
    )


class _CellReader:
    """Handlers for expat; follows rows and cells as calamine does, implicit positions included."""

    def __init__(self, wanted: Collection[Place]) -> None:
        self.found: dict[Place, CellFacts] = {}
        self._wanted = wanted
        self._row, self._column = -1, -1
        self._cell: CellFacts | None = None
        self._part = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A start tag."""
        local = name.rsplit(":", 1)[-1]
        self._part = local
        if local == "c":
            self._place(attributes.get("r"))
            self._cell = None
            if (self._row, self._column) in self._wanted:
                self._cell = CellFacts(attributes.get("t", ""), _number(attributes.get("s", "0")))
                self.found[self._row, self._column] = self._cell
        elif local == "row":
            self._row = _number(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column, self._cell = -1, None
        elif local == "f" and self._cell is not None:
            self._cell.formula = self._cell.formula or ""

    def _place(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
            return
        letters = reference.rstrip(_DIGITS)
        self._row = _number(reference[len(letters) :]) - 1
        index = column_index(letters)
        self._column = -1 if index is None else index

    def text(self, data: str) -> None:
        """Character data."""
        if self._cell is None:
            return
        if self._part == "v":
            self._cell.value += data
        elif self._part == "f":
            self._cell.formula = (self._cell.formula or "") + data


def _elements(archive: SafeZip, member: str, wanted: str) -> list[dict[str, str]]:
    """Attributes, without their prefixes, of the elements of one name."""
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rsplit(":", 1)[-1] == wanted:
            found.append({key.rsplit(":", 1)[-1]: value for key, value in attributes.items()})

    _parse(archive, member, start)
    return found


def _formats(archive: SafeZip, member: str) -> dict[int, str]:
    """Format code by style; styles beyond `cellXfs` are no cell's."""
    codes = dict(_SCIENTIFIC)
    styles: list[int] = []
    inside = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        local = name.rsplit(":", 1)[-1]
        if local == "numFmt":
            codes[_number(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")
        elif local == "xf" and inside == "cellXfs":
            styles.append(_number(attributes.get("numFmtId", "0")))
        elif local in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = local

    _parse(archive, member, start)
    return {style: codes.get(number, "") for style, number in enumerate(styles)}


def _parse(archive: SafeZip, member: str, start: Callable[[str, dict[str, str]], None]) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(archive.read(archive.members[member], limits().other_part_bytes), True)
    except WorkbookError:
        return  # larger than any such part: nothing is known


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
