"""Makers of real files in every format, written by hand where no library writes them or where the point is a trap."""

from __future__ import annotations

import csv
import datetime
import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

HEADER = ("商品编号", "标题", "商家编码", "颜色", "价格(USD)", "库存", "重量(g)")
ROWS = (
    ("P1", "Desk lamp", "LM4402-WH", "White", 18.9, 999, 840),
    ("P1", "Desk lamp", "LM4402-BK", "Black", 18.9, 640, 840),
    ("P2", "USB C cable", "0010072", "Red", 4.2, 35, 65),
)
TABLE = (HEADER, *ROWS)

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def write_zip(path: Path, members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip with *members* in their order."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def letters(index: int) -> str:
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def sheet_xml(rows: Iterable[Sequence[Any]], *, first_row: int = 1, first_column: int = 0, tail: str = "") -> str:
    """A worksheet: numbers as numbers, text inline; `str` subclasses `Raw` are put in as they are."""
    lines = []
    for number, row in enumerate(rows, start=first_row):
        cells = "".join(_cell(f"{letters(first_column + i)}{number}", value) for i, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData>{tail}</worksheet>'


class Raw(str):
    """Cell XML after the reference, such as ` t="e"><v>#N/A</v></c>`."""


def _cell(reference: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Raw):
        return f'<c r="{reference}"{value}'
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{reference}"><v>{value!r}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def xlsx_members(sheets: Mapping[str, str], *, states: Mapping[str, str] | None = None) -> dict[str, str | bytes]:
    """Parts of an .xlsx with the given worksheet XML by sheet name."""
    entries, relations = [], []
    parts: dict[str, str | bytes] = {}
    for number, (name, xml) in enumerate(sheets.items(), start=1):
        state = (states or {}).get(name)
        hidden = f' state="{state}"' if state else ""
        entries.append(f'<sheet name={quoteattr(name)} sheetId="{number}"{hidden} r:id="rId{number}"/>')
        relations.append(
            f'<Relationship Id="rId{number}" Type="{_RELATION}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        )
        parts[f"xl/worksheets/sheet{number}.xml"] = xml
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_RELATION}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{"".join(entries)}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{"".join(relations)}</Relationships>',
        **parts,
    }


def write_xlsx_parts(path: Path, *sheets: str, **members: str | bytes) -> Path:
    """An .xlsx from worksheet XML; *members* replace or add parts (`xl_sharedStrings_xml` → xl/sharedStrings.xml)."""
    parts = xlsx_members({f"Sheet{number}": xml for number, xml in enumerate(sheets, start=1)})
    return write_zip(path, {**parts, **{_part_name(name): content for name, content in members.items()}})


def _part_name(name: str) -> str:
    *folders, stem, ending = name.split("_")
    return "/".join([*folders, f"{stem}.{ending}"])


def write_rows(path: Path, rows: Iterable[Sequence[Any]] = TABLE, **place: Any) -> Path:
    """An .xlsx with one sheet."""
    return write_xlsx_parts(path, sheet_xml(rows, **place))


def shared_strings(texts: Sequence[str], attributes: str = "") -> str:
    items = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    return f'<sst xmlns="{_MAIN}"{attributes}>{items}</sst>'


def write_text(
    path: Path, rows: Iterable[Sequence[Any]] = TABLE, encoding: str = "utf-8-sig", delimiter: str = ","
) -> Path:
    """A CSV in any encoding."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def write_xls(path: Path, rows: Iterable[Sequence[Any]] = TABLE, merges: Sequence[tuple[int, ...]] = ()) -> Path:
    """An .xls in BIFF8."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("商品")
    date_style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, datetime.date):
                sheet.write(number, column, value, date_style)
            elif value is not None:
                sheet.write(number, column, value)
    for top, bottom, left, right in merges:
        sheet.merge(top, bottom, left, right)
    book.save(str(path))
    return path


_ODS_SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def ods_content(body: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_SPACES} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="商品">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )


def ods_row(row: Sequence[Any], repeated: int = 1) -> str:
    cells = []
    for value in row:
        if value is None:
            cells.append("<table:table-cell/>")
        elif isinstance(value, int | float):
            cells.append(
                f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p>'
                "</table:table-cell>"
            )
        else:
            cells.append(
                f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'
            )
    times = f' table:number-rows-repeated="{repeated}"' if repeated > 1 else ""
    return f"<table:table-row{times}>{''.join(cells)}</table:table-row>"


def write_ods(path: Path, content: str | None = None, manifest: str = "") -> Path:
    """An .ods with one table."""
    content = content or ods_content("".join(map(ods_row, TABLE)))
    return write_zip(
        path,
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="m">{manifest}</manifest:manifest>',
        },
    )


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of [MS-XLSB] 2.1.4: type and length in seven bits a byte."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(body)
    while True:
        low, size = size & 0x7F, size >> 7
        head += bytes([low | (0x80 if size else 0)])
        if not size:
            return head + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_cells(rows: Iterable[Sequence[Any]], first_row: int = 0) -> bytes:
    """Row and cell records: text as BrtCellSt, numbers as BrtCellReal."""
    records = []
    for number, row in enumerate(rows, start=first_row):
        records.append(record(0x00, struct.pack("<IIHBBB", number, 0, 300, 0, 0, 0) + struct.pack("<I", 0)))
        for column, value in enumerate(row):
            place = struct.pack("<II", column, 0)
            if isinstance(value, int | float):
                records.append(record(0x05, place + struct.pack("<d", value)))
            elif value is not None:
                records.append(record(0x06, place + _wide(value)))
    return b"".join(records)


def write_xlsb(path: Path, cells: bytes | None = None, strings: Sequence[str] = ()) -> Path:
    """A minimal .xlsb after [MS-XLSB] 2.1.7: one worksheet, styles left out."""
    cells = xlsb_cells(TABLE) if cells is None else cells
    sheet = (
        record(0x81)
        + record(0x94, struct.pack("<IIII", 0, 10, 0, 10))
        + record(0x91)
        + cells
        + record(0x92)
        + record(0x82)
    )
    bundle = struct.pack("<II", 0, 1) + _wide("rId1") + _wide("商品")
    book = (
        record(0x83)
        + record(0x99, bytes(12))
        + record(0x8F)
        + record(0x9C, bundle)
        + record(0x90)
        + record(0x9D)
        + record(0x84)
    )
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"/>',
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
        f'Type="{_RELATION}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        "xl/worksheets/sheet1.bin": sheet,
    }
    if strings:
        items = b"".join(record(0x13, b"\0" + _wide(text)) for text in strings)
        members["xl/sharedStrings.bin"] = (
            record(0x9F, struct.pack("<II", len(strings), len(strings))) + items + record(0xA0)
        )
    return write_zip(path, members)


def html_page(rows: Iterable[Sequence[Any]] = TABLE, head: str = '<meta charset="utf-8">') -> str:
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><head>{head}</head><body><table border=1>{body}</table></body></html>"


def compound_file(streams: Mapping[str, bytes], *, directory_loop: bool = False, mini_fat_sectors: int = 0) -> bytes:
    """A compound file of version 3 whose streams all lie in the big sectors; each must have 4096 bytes or more."""
    sectors: list[bytes] = []
    fat: list[int] = []

    def append(data: bytes) -> int:
        start = len(sectors)
        pieces = [data[i : i + 512].ljust(512, b"\0") for i in range(0, max(len(data), 1), 512)]
        for offset, piece in enumerate(pieces):
            sectors.append(piece)
            fat.append(start + offset + 1 if offset + 1 < len(pieces) else 0xFFFFFFFE)
        return start

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le")
        body = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1) + struct.pack("<III", 0xFFFFFFFF, 1, 1)
        return body.ljust(116, b"\0") + struct.pack("<III", start, size, 0)

    entries = entry("Root Entry", 5, 0xFFFFFFFE, 0)
    for name, data in streams.items():
        entries += entry(name, 2, append(data), len(data))
    directory = append(entries)
    if directory_loop:
        fat[directory] = directory
    fat_start = len(sectors)
    count = -(-(len(fat) + 1) // 128)
    while -(-(len(fat) + count) // 128) > count:
        count += 1
    fat.extend([0xFFFFFFFD] * count)
    table = b"".join(struct.pack("<I", value) for value in fat).ljust(count * 512, b"\xff")
    sectors.extend(table[i : i + 512] for i in range(0, len(table), 512))
    difat = [fat_start + i for i in range(count)] + [0xFFFFFFFF] * (109 - count)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIII", 0, count, directory, 0, 4096)
    header += struct.pack("<IIII", 0xFFFFFFFE, mini_fat_sectors, 0xFFFFFFFE, 0) + struct.pack("<109I", *difat)
    return header + b"".join(sectors)


def biff(kind: int, body: bytes = b"") -> bytes:
    """A record of [MS-XLS] 2.1.4."""
    return struct.pack("<HH", kind, len(body)) + body


def biff_workbook(sheet: bytes, globals_: bytes = b"") -> bytes:
    """A workbook stream with one sheet whose records between BOF and EOF are *sheet*."""
    start = biff(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + globals_
    bound_size = 4 + 8 + 1
    position = len(start) + bound_size + 4
    bound = biff(0x85, struct.pack("<IBB", position, 0, 0) + b"\x01\x00S")
    body = (
        start + bound + biff(0x0A) + biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + sheet + biff(0x0A)
    )
    return body.ljust(4096, b"\0")
