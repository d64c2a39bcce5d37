"""The parts of a plain .xlsx as XML: cells, a sheet's frame, styles, the book (ECMA-376 part 1, 18.2 to 18.8)."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import repeat
from operator import ne
from typing import Any
from xml.sax.saxutils import quoteattr

from app.services.workbooks.grid import column_letter
from app.services.workbooks.limits import limits

_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

BOLD, TEXT, MOMENT, DATE, LOCKED, OPEN_TEXT, OPEN, HEAD, OPEN_HEAD = range(1, 10)
"""Numbers of the cell styles in `STYLES`; 0 is the plain one. Cells are locked unless they are open."""

STYLES = (
    f'{_DECLARATION}<styleSheet xmlns="{_SPREADSHEET}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFF1F3F5"/></patternFill></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFDCE6F5"/></patternFill></fill>'
    "</fills><borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="10"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyProtection="1">'
    '<protection locked="0"/></xf>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyProtection="1"><protection locked="0"/></xf>'
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="3" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>'
    "</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
EMPTY = b"<c/>"

_EXACT_INTEGERS = 2**53  # beyond, every spreadsheet rounds
_ODD = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_x(?=[0-9A-Fa-f]{4}_)")
_FIRST_DAY = datetime.datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days have no time zone
_DAY_S = 86_400
_LOST = "\ufffd"
_END = "</t></is></c>"
_END_RAW = _END.encode()
_CONTROLS = bytes({*range(32), 127} - {ord("\n")})
_APART, _APART_RAW = "\x1f", b"\x1f"
"""Between texts that are made at once; a text that has it is no plain one."""
_BLANKS = " \t\n\xa0\u3000"
_MAY_BE_LONG = 16_000
"""Shorter texts fit into a cell whatever signs they have."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a spreadsheet watches in a column, and says when a cell of it is chosen (18.3.1.33).

    Attributes:
        title, note: shown beside the chosen cell, at most 32 and 255 characters of them.
        area: where the values to choose from stand, such as `Lists!$A$1:$A$9`; another value is asked about, for one
            that was named since may be meant.
        low, high: bounds of a number; whole where *is_whole*. Beyond them nothing can be entered.
    """

    title: str
    note: str
    area: str = ""
    low: float | None = None
    high: float | None = None
    is_whole: bool = False

    def xml(self, cells: str) -> str:
        """The check of *cells*, such as `B2:B9`."""
        said = (
            f'allowBlank="1" showInputMessage="1" showErrorMessage="1" promptTitle={quoteattr(self.title[:32])} '
            f"prompt={quoteattr(self.note[:255])} sqref={quoteattr(cells)}"
        )
        if self.area:
            return (
                f'<dataValidation type="list" errorStyle="warning" {said}><formula1>{_plain(self.area)}</formula1>'
                "</dataValidation>"
            )
        if self.low is not None:
            kind = "whole" if self.is_whole else "decimal"
            return (
                f'<dataValidation type="{kind}" operator="between" {said}><formula1>{self.low:g}</formula1>'
                f"<formula2>{self.high:.15g}</formula2></dataValidation>"
            )
        return f"<dataValidation {said}/>"


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sheet_head(*, is_first: bool, fixed_columns: int = 0, widths: Sequence[float | None] = ()) -> str:
    """Everything before the first row: the header stays in view while the rows are scrolled."""
    chosen = ' tabSelected="1"' if is_first else ""
    pane, split = ("bottomRight", f'xSplit="{fixed_columns}" ') if fixed_columns else ("bottomLeft", "")
    cols = "".join(
        f'<col min="{at}" max="{at}" width="{width:g}" customWidth="1"/>' for at, width in enumerate(widths, 1) if width
    )
    return (
        f'{_DECLARATION}<worksheet xmlns="{_SPREADSHEET}"><sheetViews><sheetView{chosen} workbookViewId="0">'
        f'<pane {split}ySplit="1" topLeftCell="{column_letter(fixed_columns)}2" activePane="{pane}" state="frozen"/>'
        f"</sheetView></sheetViews>{f'<cols>{cols}</cols>' if cols else ''}<sheetData>"
    )


def sheet_tail(last_row: int, checks: Sequence[Check | None] = (), *, is_protected: bool = False) -> str:
    """Everything behind the last row. A protected sheet has no password; it is sorted, filtered and formatted as any
    other where its cells are open."""
    parts = ["</sheetData>"]
    if is_protected:
        last = f"{column_letter(max(len(checks), 1) - 1)}{last_row}"
        parts.append(
            '<sheetProtection sheet="1" objects="1" scenarios="1" formatCells="0" formatColumns="0" formatRows="0" '
            f'sort="0" autoFilter="0"/><autoFilter ref="A1:{last}"/>'
        )
    letters = [column_letter(at) for at in range(len(checks))]
    made = [
        check.xml(f"{letter}2:{letter}{max(last_row, 2)}")
        for letter, check in zip(letters, checks, strict=True)
        if check is not None
    ]
    if made:
        parts.append(f'<dataValidations count="{len(made)}">{"".join(made)}</dataValidations>')
    return "".join((*parts, "</worksheet>"))


def book_parts(names: Sequence[str], states: Sequence[str] = ()) -> dict[str, str]:
    """Every part but the sheets, by its name in the archive. *states*: `hidden`, `veryHidden` or "" by sheet."""
    numbers = range(1, len(names) + 1)
    shown = [f' state="{state}"' if state else "" for state in (*states, *[""] * len(names))]
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}"{state} r:id="rId{n}"/>'
        for n, name, state in zip(numbers, names, shown, strict=False)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    return {
        "[Content_Types].xml": f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{types}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
        "_rels/.rels": f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_DECLARATION}<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}"><sheets>{sheets}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId0" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }


class CellBook(dict[Any, bytes]):
    """The cells of one column by their value, made when they are first met; let go now and then by its owner.

    Most values repeat from row to row, so that a cell costs a look-up. Texts that hardly do are made all at once.

    Attributes:
        cut: texts that were longer than a cell can be, with their length.
    """

    def __init__(self, *, is_text: bool, style: int = 0) -> None:
        super().__init__()
        style = style or (TEXT if is_text else 0)
        opening = f'<c s="{style}"' if style else "<c"
        self._is_text, self._varies = is_text, False
        self._empty = f"{opening}/>".encode() if style in (OPEN, OPEN_TEXT, LOCKED) else EMPTY
        self._number = f"{opening}><v>"
        self._inline = f'{opening} t="inlineStr"><is><t>'
        self._inline_kept = f'{opening} t="inlineStr"><is><t xml:space="preserve">'
        self.cut: dict[str, int] = {}

    def cells(self, column: Sequence[Any]) -> Iterable[bytes]:
        """The cells of one or more values, one below the other."""
        if column[0] is None and column.count(None) == len(column):
            return repeat(self._empty, len(column))
        if self._varies and (texts := self._all_texts(column)) is not None:
            return texts
        before = len(self)
        found = list(map(self.__getitem__, column))
        self._varies = 2 * (len(self) - before) > len(column)
        return found

    def _all_texts(self, column: Sequence[Any]) -> list[bytes] | None:
        """The cells of a column of plain texts, tested and spelt as one; None where one needs a closer look."""
        texts = column if None not in column else [value for value in column if value is not None]
        try:
            text = _APART.join(texts)
        except TypeError:
            return None
        if not all(texts) or ("_" in text and "_x" in text) or not _is_plain(text, len(texts)):
            return None
        if len(text) > _MAY_BE_LONG and max(map(len, texts)) > _MAY_BE_LONG:
            return None
        is_kept = "\n" in text or any(map(ne, map(str.strip, texts), texts))
        start = (self._inline_kept if is_kept else self._inline).encode()
        raw = text.encode().replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        made = (start + raw.replace(_APART_RAW, _END_RAW + _APART_RAW + start) + _END_RAW).split(_APART_RAW)
        if texts is column:
            return made
        each = iter(made)
        return [self._empty if value is None else next(each) for value in column]

    def __missing__(self, value: Any) -> bytes:
        """The cell of *value*; 0 and 1 are not kept, for False and True would be taken for them."""
        if type(value) is str:
            made = self[value] = self._text(value) if value else self._empty
            return made
        if type(value) is int and not self._is_text and -_EXACT_INTEGERS <= value <= _EXACT_INTEGERS:
            made = f"{self._number}{value}</v></c>".encode()
        else:
            made = self._cell(value)
        if value != 0 and value != 1:
            self[value] = made
        return made

    def forget(self) -> None:
        """Start anew: values of other rows."""
        self.clear()
        self.cut.clear()

    def _cell(self, value: Any) -> bytes:
        """The cell of anything but text."""
        if value is None:
            return self._empty
        if self._is_text:
            return self._text(_as_text(value))
        if isinstance(value, bool):
            return f'<c t="b"><v>{int(value)}</v></c>'.encode()
        if isinstance(value, int) and -_EXACT_INTEGERS <= value <= _EXACT_INTEGERS:
            return f"{self._number}{value!s}</v></c>".encode()
        if isinstance(value, datetime.datetime | datetime.date):
            return _moment(value).encode()
        if isinstance(value, float | Decimal):
            return f"{self._number}{value!s}</v></c>".encode() if math.isfinite(value) else self._empty
        return self._text(str(value))

    def _text(self, text: str) -> bytes:
        if len(text) > _MAY_BE_LONG and units(text) > limits().write_cell_chars:
            self.cut[text] = len(text)
            text = _cut(text, limits().write_cell_chars)
        if text.isprintable() and "_x" not in text:  # of all blanks only the usual one is printable
            is_kept = text[0] == " " or text[-1] == " "
        else:
            if "_x" in text or not text.replace("\n", "").isprintable():
                text = _ODD.sub(_spelt, text)
            is_kept = text[0] in _BLANKS or text[-1] in _BLANKS or "\n" in text
        if "&" in text or "<" in text or ">" in text:
            text = _plain(text)
        return f"{self._inline_kept if is_kept else self._inline}{text}{_END}".encode()


def _is_plain(text: str, count: int) -> bool:
    """Whether texts joined by `_APART` have no other sign that needs a closer look."""
    if text.isascii():
        raw = text.encode()
        return len(raw) - len(raw.translate(None, _CONTROLS)) == count - 1
    return text.count(_APART) == count - 1 and text.replace(_APART, "").replace("\n", "").isprintable()


def _spelt(found: re.Match[str]) -> str:
    sign = found[0]
    if sign == "_x":
        return "_x005F_x"
    return _LOST if "\ud800" <= sign <= "\udfff" else f"_x{ord(sign):04X}_"


def _moment(value: datetime.datetime | datetime.date) -> str:
    """A day and its part, counted from the end of 1899; without a time zone, for a spreadsheet has none."""
    is_moment = isinstance(value, datetime.datetime)
    naive = value.replace(tzinfo=None) if isinstance(value, datetime.datetime) else None
    naive = naive or datetime.datetime(value.year, value.month, value.day)  # noqa: DTZ001
    days = (naive - _FIRST_DAY).total_seconds() / _DAY_S
    return f'<c s="{MOMENT if is_moment else DATE}"><v>{days:.10f}</v></c>'


def _as_text(cell: Any) -> str:
    """A code that came as a number, without a decimal point it never had."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def units(text: str) -> int:
    """Length as Excel counts it: UTF-16 units, so an emoji is two."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def _cut(text: str, longest: int) -> str:
    """The first *longest* UTF-16 units, no character halved."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * longest].decode("utf-16-le", "replace").rstrip(_LOST)
