"""What an .xlsx would cost calamine, found out before calamine sees it.

calamine keeps the rectangle around all values dense and copies a shared string into every cell that names it, so a
file of a few kilobytes can ask for hundreds of gigabytes and end the process. The common form of a sheet is proved
harmless by a regular expression over its bytes; whatever looks different is measured with expat (`xlsx_meter`).
DTDs are refused: no spreadsheet program writes one.
"""

from __future__ import annotations

import itertools
import re
import zipfile
from array import array
from collections.abc import Iterable
from xml.parsers import expat

from app.services.workbooks.limits import limits
from app.services.workbooks.xlsx_meter import AreaMeter
from app.services.workbooks.zip_guard import SafeZip, member_name


def _unusual(reference: bytes) -> re.Pattern[bytes]:
    """A cell with content whose reference is not written as *reference*; `<c r="A1" s="1"/>` has no content."""
    return re.compile(rb'<c(?![a-zA-Z])(?! r="' + reference + rb'")(?!(?: [a-z]+="[^"<>/]*")*\s*/>)')


# Columns and rows of sheets whose rectangle is small enough, and how their references are written; the most frequent
# shape first. A shape larger than `Limits.cells` is not used.
_SHAPES = (
    (52, 299_999, _unusual(rb"A?[A-Z][12]?[0-9]{1,5}")),
    (156, 99_999, _unusual(rb"[A-E]?[A-Z][0-9]{1,5}")),
    (8, 1_999_999, _unusual(rb"[A-H]1?[0-9]{1,6}")),
    (702, 19_999, _unusual(rb"[A-Z]{1,2}1?[0-9]{1,4}")),
)
_PREFIXED_CELL = re.compile(rb":c[\s/>]")
_STRING_REFERENCE = re.compile(rb't="s"[^>]*><v>([0-9]+)<')
_UNIQUE_COUNT = re.compile(rb"uniqueCount\s*=\s*[\"']([0-9]+)")
_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)")
_XML_ENDINGS = (".xml", ".rels")
_SMALLEST_REFERENCE = len('<c t="s"><v>0</v></c>')
_USUAL_REFERENCE = len('<c r="A1" t="s"><v>0</v></c>')
_BYTES_A_STRING = 24  # what calamine reserves for each announced string
_SHEET_DATA = b"sheetData"
_CDATA = b"<![CDATA["
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")  # UTF-16


class Gate:
    """Hears which packed bytes of a sheet are proved; this one lets the news go by."""

    def restart(self) -> None:
        """The proof begins again at the first byte."""

    def let_through(self, packed: bytes) -> None:
        """*packed*, the next block of the part, holds nothing harmful."""


class XlsxGuard:
    """Checks the parts of one workbook: first `check_small_parts`, then `check_sheet` for each of `sheets`.

    Attributes:
        sheets: parts that hold cells.

    Raises:
        WorkbookError: `.bomb`, `.entity`, `.too_large`, `.cell_too_large`, `.damaged`.
    """

    def __init__(self, archive: SafeZip) -> None:
        self._zip = archive
        self._string_sizes = array("I")
        self._longest = 0
        self.sheets: list[zipfile.ZipInfo] = []

    def check_small_parts(self) -> None:
        """Everything but the sheets: directory sizes, relationships, styles, shared strings."""
        parts, bounds = self._parts(), limits()
        total = sum(info.file_size for info in parts)
        for info in parts:
            self._zip.check_size(info, bounds.unpacked_bytes)
        if total > bounds.unpacked_bytes:
            raise self._zip.error("too_large", found=total, limit=bounds.unpacked_bytes)
        for info in parts:
            self._check_part(info)
        self._longest = max(self._string_sizes, default=0)
        if self._longest > bounds.cell_chars:
            raise self._zip.error("cell_too_large", limit=bounds.cell_chars)

    def _parts(self) -> list[zipfile.ZipInfo]:
        """All XML parts, and whatever the workbook's relationships name, because calamine reads what they name."""
        members = {name.lower(): info for name, info in self._zip.members.items()}
        parts = {name: info for name, info in members.items() if name.endswith(_XML_ENDINGS)}
        for name, info in members.items():
            if name.endswith("workbook.xml.rels"):
                for target in self._targets(info):
                    leaf = target.replace("\\", "/").rsplit("/", 1)[-1].lower()
                    parts |= {other: part for other, part in members.items() if other.endswith(leaf)}
        return list(parts.values())

    def _targets(self, info: zipfile.ZipInfo) -> list[str]:
        targets: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if name.rsplit(":", 1)[-1] == "Relationship" and attributes.get("Target"):
                targets.append(attributes["Target"])

        parser = self._parser()
        parser.StartElementHandler = start
        self._feed(parser, [self._zip.read(info, limits().other_part_bytes)])
        return targets

    def _check_part(self, info: zipfile.ZipInfo) -> None:
        """Measure shared strings now, put sheets aside for later, look for a DTD in everything."""
        chunks = self._zip.chunks(info)
        first = next(chunks, b"")
        if self._root(first) == b"sst":
            self._check_strings(info, first, chunks)
        elif info.file_size > limits().other_part_bytes or _SHEET_DATA in b"".join((first, *chunks)):
            self.sheets.append(info)

    def _root(self, first: bytes) -> bytes:
        """Local name of the root element; refuses a DTD. In UTF-16 (custom parts of Excel) no reader sees elements."""
        if b"<!DOCTYPE" in first or b"<!ENTITY" in first:
            raise self._zip.error("entity")
        if first.startswith(_WIDE):
            return b""
        found = _ROOT.search(first)
        return found[2] if found else b""

    def _check_strings(self, info: zipfile.ZipInfo, first: bytes, rest: Iterable[bytes]) -> None:
        """Sizes of the shared strings; `uniqueCount` may not announce more than the part can hold."""
        announced = _UNIQUE_COUNT.search(first)
        if announced and int(announced[1]) * _BYTES_A_STRING > 8 * info.file_size + 1_000_000:
            raise self._zip.error("damaged")
        root = _ROOT.search(first)
        end = b"</" + (root[1] + b":" if root is not None and root[1] else b"") + b"si>"
        carried, has_cells = b"", False
        for chunk in itertools.chain((first,), rest):
            text = carried + chunk
            has_cells = has_cells or _SHEET_DATA in text
            *whole, carried = text.split(end)
            self._string_sizes.extend(map(len, whole))
            if len(carried) > limits().cell_chars:
                raise self._zip.error("cell_too_large", limit=limits().cell_chars)
        if has_cells:
            self.sheets.append(info)

    def check_sheet(self, info: zipfile.ZipInfo, gate: Gate | None = None) -> None:
        """Prove one sheet harmless.

        Args:
            info: one of `sheets`. Nothing else may use the archive meanwhile.
            gate: hears of every block as soon as its content is proved.
        """
        gate, usual = gate or Gate(), info.file_size // _USUAL_REFERENCE * self._longest
        for columns, rows, shape in _SHAPES:
            if columns * rows > limits().cells:
                continue
            gate.restart()
            if self._scan(info, shape, gate, weighs=usual > limits().text_bytes):
                return
        self._measure(info)
        if info.file_size // _SMALLEST_REFERENCE * self._longest > limits().text_bytes:
            self._scan(info, None, Gate(), weighs=True)

    def _scan(self, info: zipfile.ZipInfo, shape: re.Pattern[bytes] | None, gate: Gate, *, weighs: bool) -> bool:
        """Whether all cells of a sheet are written in *shape*; adds up their shared strings where *weighs*."""
        weight, carried = 0, b""
        for packed, piece in self._zip.blocks(info):
            text = carried + piece if carried else piece
            cut = text.rfind(b"<c ") if weighs else -1  # a reference must not be cut from its cell
            cut = max(cut, 0) or max(text.rfind(b"<"), 0)
            carried = text[cut:]
            if len(carried) > limits().cell_chars:
                raise self._zip.error("cell_too_large", limit=limits().cell_chars)
            if shape is not None and (
                shape.search(text, 0, cut) or _PREFIXED_CELL.search(text, 0, cut) or text.find(_CDATA, 0, cut) >= 0
            ):
                return False
            if weighs:
                weight += self._weight(text, cut)
                if weight > limits().text_bytes:
                    raise self._zip.error("bomb", member=member_name(info)[:200])
            gate.let_through(packed)
        return True

    def _weight(self, text: bytes, end: int) -> int:
        """Bytes of the shared strings that cells name; a reference that cannot be read counts as the longest."""
        found = _STRING_REFERENCE.findall(text, 0, end)
        sizes, count = self._string_sizes, len(self._string_sizes)
        unread = text.count(b'"s"', 0, end) + text.count(b"'s'", 0, end) - len(found)
        return sum(sizes[i] for i in map(int, found) if i < count) + max(unread, 0) * self._longest

    def _measure(self, info: zipfile.ZipInfo) -> None:
        """Exact area of a sheet in an uncommon form: prefixes, no references, more columns, very many rows."""
        meter = AreaMeter(self._zip)
        parser = self._parser()
        parser.StartElementHandler = meter.start
        parser.EndElementHandler = meter.end
        parser.CharacterDataHandler = meter.text
        self._feed(parser, self._zip.chunks(info))

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True

        def refuse(*_: object) -> None:
            raise self._zip.error("entity")

        parser.StartDoctypeDeclHandler = refuse
        parser.EntityDeclHandler = refuse
        return parser

    def _feed(self, parser: expat.XMLParserType, chunks: Iterable[bytes]) -> None:
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._zip.error("damaged") from error
