"""More than three hundred hostile packages: each is read right, or refused with a sentence that names the file and the
remedy.

A case is why the file is hostile, what makes it, and the verdict: `reads` (one product with two variants, whose cells
come out as they went in), `rows` (the second product is refused with its place, the first is kept), `picture` (it is
read without its picture, which is named), a tuple of codes one of which the whole file is refused with, or `either`
where chance decides (a flipped byte may hit what nobody looks at). Any other exception fails the test; memory is
bounded for all.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from app.messages import Messages
from app.services.packages import Package, PackageReport, read_package, save_package
from app.services.packages.listing_sheet import is_package_sheet, read_package_listings
from app.services.tasks import TaskContext
from app.services.workbooks import ListingTable, WorkbookError, open_workbook, recognise
from app.services.workbooks.grid import Cell
from tests.unit.packages.conftest import LAMP, PRODUCT_ID
from tests.unit.packages.hostile import (
    HEAD,
    PICTURE,
    ROW,
    edited,
    flipped,
    hit_at,
    in_directory,
    made,
    product,
    put,
    rows_of,
    sheet_of,
    whole,
    with_member,
    xlsx,
    zipped,
)
from tests.unit.workbooks.conftest import bounded_memory
from tests.unit.workbooks.makers import (
    Raw,
    biff,
    biff_workbook,
    compound_file,
    sheet_xml,
)

__all__ = ["bounded_memory"]
pytestmark = pytest.mark.usefixtures("bounded_memory")

READS, ROWS, PICTURE_LOST, EITHER = "reads", "rows", "picture", "either"
DAMAGED = ("workbook.damaged", "workbook.not_a_sheet", "workbook.empty", "workbook.no_products")
Case = tuple[str, Callable[[Path], bytes], Any]

UNSAFE = (
    "../e.csv",
    "a/../../e.jpg",
    "/etc/e.jpg",
    "C:/e.jpg",
    "C:e.jpg",
    "..\\e.jpg",
    "\\\\host\\e.jpg",
    "//host/e.jpg",
    "a\\..\\..\\e",
)
UNSAFE += ("file:///e.jpg", "..", "./../e", "z:\\e\\f.jpg", "a/b/../../../e", "e.jpg:stream")
NOT_SHEETS = (
    b"%PDF-1.7 x",
    b"\x89PNG\r\n\x1a\n\0",
    b"\xff\xd8\xff\xe0JFIF",
    b"GIF89a..",
    b"Rar!\x1a\x07\x00",
    b"7z\xbc\xaf'\x1c",
)
NOT_SHEETS += (
    b"MZ\x90\x00",
    b'{"skuArray":[]}',
    b'<?xml version="1.0"?><a/>',
    bytes(400),
    b"\x00\x01\x02" * 99,
    b"PK\x05\x06" + bytes(18),
)
NOT_SHEETS += (
    b"PK\x03\x04junk" * 9,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900),
    b"<html><body>no table</body></html>",
    b"\xff\xfe\x00\xd8" * 9,
)
JSONS = (
    "{",
    "}",
    "[",
    "[]",
    "{}",
    "null",
    "true",
    "0",
    '""',
    "x",
    "{'a'",
    '{"skuArray"',
    '{"skuArray":',
    '{"skuArray":[',
    '{"skuArray":null}',
    '{"skuArray":[]}',
    '{"skuArray":[[]]}',
    '{"skuArray":[null]}',
    '{"skuArray":[1]}',
    '{"skuArray":{"0":{}}}',
    '{"SKUARRAY":[{}]}',
    '{"skuArray":[{}]}',
    '{"skuArray":[{"价格":"1"},{}]}',
    '{"skuArray":[{"价格":null,"商家编码":"A"}]}',
    '{"skuArray":[{"价格":"1e99"}]}',
    '{"skuArray":[{"价格":"-1"}]}',
    '{"skuArray":[{"价格":"NaN"}]}',
    '{"skuArray":[{"价格":NaN}]}',
    '{"skuArray":[{"价格":Infinity}]}',
    '{"skuArray":[{"价格":' + "9" * 6000 + "}]}",
    '{"skuArray":[{"价格":"' + "9" * 6000 + '"}]}',
    '{"skuArray":[{"价格":"1","库存":"1.5"}]}',
    '{"skuArray":[{"价格":"1","库存":"many"}]}',
    '{"skuArray":[{"价格":"1","库存":{"a":1}}]}',
    '{"skuArray":[{"价格":"1","属性":"14:193"}]}',
    '{"skuArray":[{"价格":"1","属性":[]}]}',
    '{"skuArray":[{"价格":"1","属性":{"14":{}}}]}',
    '{"skuArray":[{"价格":"1","属性":{"14":null}}]}',
    '{"skuArray":[{"价格":"1","价格":"2"}]}',
    '{"skuArray":[],"skuArray":[]}',
    "[" * 30000,
    '{"a":' * 6000,
    '{"skuArray":[' + "[" * 900 + "]" * 900 + "]}",
    '{"skuArray":[{"x":' + '{"y":' * 40 + "1" + "}" * 40 + "}]}",
    "\x01\x02\x03",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\ufffe\uffff",
    "'" * 3000,
    '"' * 3001,
    "{'skuArray':[{'价格':'" + "'" * 3000,
    "\\" * 3000,
    '{"skuArray":[{"价格":"1"}]}]]]x',
    "{skuArray:[{价格 1}]}",
    '{"skuArray":[{"价格":"1","商家编码":"A"}' + ",{}" * 40 + "]}",
    "((((((((",
    "null" * 500,
    "﹛﹜｛｝［］：，",
    "“”‘’「」",
    "\u202e\u200b\ufeff",
)
HEADERS = (
    ("产品ID", "产品标题", "价格信息", "商家编码"),
    ("产品 ID ", " 产品标题", "价格信息（必填）", "商家编码*"),
    ("产品ＩＤ", "标题", "价格信息(JSON)", "商家编码"),
    ("\u200b产品ID", "标题\n(英文)", "【价格信息】", "商家编码:"),
    ("product id", "Subject", "price info", "SKU code"),
    ("产品ID", "产品标题", "价格信息", "价格信息"),
    ("产品ID", "产品ID", "价格信息", "商家编码"),
    ("", "产品标题", "价格信息", ""),
    ("产品ID", "产品标题", "SKU信息", "商家编码"),
    ("=1+1", "@x", "价格信息", "-y"),
    ("产品ID" * 400, "产品标题", "价格信息", "商家编码"),
    ("产品ID", "产品标题", "价格信息", "商家编码", *[f"列{n}" for n in range(250)]),
)
TEXTS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "'=1",
    "\t=1",
    "1.23E+06",
    "1005009999999999123",
    "00012",
    "TRUE",
    "#REF!",
    "<b>x</b>",
    "é" * 300,
)
TEXTS += (
    "\u202eabc",
    "a\x00b",
    "😀" * 99,
    " ",
    "\n\n",
    '"',
    ";",
    "../../etc/passwd",
    "\\\\host\\share\\x.jpg",
    "x" * 32767,
    "${jndi:ldap://x}",
    "%s%n{0}",
)
NAMES = (
    "PRODUCTS.XLS",
    "p/products.xls",
    "a/b/c/Products.Xls",
    "产品.xls",
    "產品數據/products.xls",
    "products (1).xls",
    "é.xls",
    "😀/products.xls",
    "p p/ .xls",
)
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "b">]>',
    '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]>',
)
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 9 if n else "&a;" * 9}">' for n in range(9))
    + "]>"
)


def zips() -> Iterator[Case]:
    """The archive itself."""
    for name in UNSAFE:
        yield f"member {name}", with_member(name), ("workbook.unsafe_path",)
        yield f"sheet {name}", product(made("xls"), f"{name}/x.xls"), ("workbook.unsafe_path",)
    for share in range(2, 98, 4):
        yield (
            f"cut at {share} %",
            edited(whole, lambda raw, share=share: raw.__delitem__(slice(len(raw) * share // 100, None))),
            DAMAGED,
        )
    of_flips = {"sheet": DAMAGED, "picture": PICTURE_LOST, "frame": EITHER}
    for at in (*range(7, len(whole()), 130), *range(-1, -120, -6)):
        yield f"one byte of the {hit_at(at)} flipped at {at}", edited(whole, flipped(at)), of_flips[hit_at(at)]
    yield "password", edited(whole, in_directory(8, b"\x01")), ("workbook.encrypted",)
    for method in (9, 12, 14, 93, 99):
        yield f"method {method}", edited(whole, in_directory(10, struct.pack("<H", method))), DAMAGED
    for size in (0, 1, 511, 0x7FFFFFFF, 0xFFFFFFFE):
        yield (
            f"declared size {size}",
            edited(whole, in_directory(24, struct.pack("<I", size))),
            (*DAMAGED, "workbook.bomb"),
        )
        yield (
            f"packed size {size}",
            edited(whole, in_directory(20, struct.pack("<I", size))),
            (*DAMAGED, "workbook.bomb"),
        )
        yield f"header at {size}", edited(whole, in_directory(42, struct.pack("<I", size))), EITHER
    for kind in (stat.S_IFLNK,):
        link = zipfile.ZipInfo("images/link.jpg")
        link.external_attr = (kind | 0o777) << 16
        yield "symbolic link", with_member(link, b"/etc/passwd"), ("workbook.unsafe_path",)
    yield "ratio", lambda folder: zipped({"products.csv": b"a" * 40_000_000}, zipfile.ZIP_DEFLATED), ("workbook.bomb",)
    yield (
        "large picture",
        lambda folder: zipped({"products.xls": made("xls"), "a.jpg": bytes(30_000_000)}, zipfile.ZIP_DEFLATED),
        READS,
    )
    yield "nothing in it", lambda folder: zipped({}), ("workbook.no_products",)
    yield "pictures only", lambda folder: zipped({"a.jpg": b"x"}), ("workbook.no_products",)
    yield "zip in zip", product(whole()), ("workbook.not_a_sheet",)
    yield "zip in zip in zip", product(zipped({"products.xls": whole()})), ("workbook.not_a_sheet",)
    yield (
        "two of one name",
        lambda folder: zipped([("products.xls", made("xls")), ("products.xls", b"other")]),
        ("workbook.damaged",),
    )
    yield "names that differ in case", with_member("PRODUCTS.XLS", b""), EITHER
    yield "bytes before", lambda folder: b"MZ" + bytes(200) + whole(), DAMAGED
    yield "bytes behind", lambda folder: whole() + b"trailing", EITHER
    yield "comment", lambda folder: whole()[:-2] + b"\x05\x00hello", READS
    yield "mac and office leftovers", with_member("__MACOSX/._products.xls"), READS
    yield "office lock file", with_member("~$products.xls"), READS
    yield "empty sheet", product(b""), ("workbook.empty",)


def sheets() -> Iterator[Case]:
    """The products sheet as a file."""
    for name in NAMES:
        yield f"named {name}", product(made("xls"), name), READS
    yield (
        "named in GBK",
        lambda folder: zipped({"XXXX/products.xls": made("xls")}).replace(b"XXXX", "产品".encode("gbk")),
        READS,
    )
    kinds = ("xls", "xlsx", "ods", "utf-8", "utf-8-sig", "gb18030", "utf-16", "tsv", "html", "html gbk")
    for kind in kinds:
        for ending in ("xls", "xlsx", "csv"):
            yield f"{kind} called {ending}", product(made(kind), f"products.{ending}"), READS
    for number, content in enumerate(NOT_SHEETS):
        yield f"no sheet {number}", product(content), (*DAMAGED, "workbook.no_header", "workbook.no_price_info")
        yield (
            f"no sheet {number} alone",
            lambda folder, content=content: content,
            (*DAMAGED, "workbook.no_header", "workbook.no_price_info"),
        )
    for share in range(3, 99, 6):
        cut = made("xls")[: len(made("xls")) * share // 100]
        yield f"xls cut at {share} %", product(cut), DAMAGED
    for at in range(20, 5600, 186):
        yield (
            f"flipped xls {at}",
            lambda folder, at=at: zipped({"products.xls": edited(lambda: made("xls"), flipped(at))(folder)}),
            EITHER,
        )
    for at, piece in (
        (30, b"\xff\xff"),
        (44, b"\xff\xff\xff\x7f"),
        (48, b"\xfe\xff\xff\xff"),
        (60, b"\x01\x00\x00\x00\xff\xff\x00\x00"),
        (68, b"\x00" * 4),
    ):
        yield f"OLE header {at}", product(edited(lambda: made("xls"), put(at, piece))(Path())), EITHER
    yield "OLE circle", product(compound_file({"Workbook": biff_workbook(b"")}, directory_loop=True)), DAMAGED
    yield "OLE mini FAT", product(compound_file({"Workbook": biff_workbook(b"")}, mini_fat_sectors=2**30)), DAMAGED
    yield "OLE without workbook", product(compound_file({"WordDocument": bytes(5000)})), ("workbook.not_a_sheet",)
    yield (
        "locked xlsx",
        product(compound_file({"EncryptedPackage": bytes(5000), "EncryptionInfo": bytes(5000)})),
        ("workbook.encrypted",),
    )
    yield (
        "locked xls",
        product(compound_file({"Workbook": biff_workbook(b"", biff(0x2F, bytes(54)))})),
        ("workbook.encrypted",),
    )
    for size in ((0, 2**31, 0, 256), (5, 1, 0, 9), (0, 65536, 9, 1)):
        stream = biff_workbook(biff(0x200, struct.pack("<IIHHH", *size, 0)))
        yield (
            f"xls dimensions {size}",
            product(compound_file({"Workbook": stream})),
            (*DAMAGED, "workbook.no_header", "workbook.no_price_info"),
        )


def parts() -> Iterator[Case]:
    """XML inside of an .xlsx."""
    for number, entity in enumerate((*ENTITIES, LAUGHS)):
        for part in ("xl_worksheets_sheet1_xml", "xl_workbook_xml", "xl_sharedStrings_xml"):
            known = {
                "xl_worksheets_sheet1_xml": sheet_xml((HEAD, ROW)),
                "xl_workbook_xml": "<workbook/>",
                "xl_sharedStrings_xml": "<sst/>",
            }
            name = "xl/sharedStrings.xml" if part == "xl_sharedStrings_xml" else part
            yield f"entity {number} in {part}", xlsx(**{name: entity + known[part]}), (*DAMAGED, "workbook.entity")
    for reference in ("XFD1048576", "A90000", "ZZZZ9", "A0", "A99999999"):
        far = Raw(' t="str"><v>x</v></c>')
        xml = sheet_xml((HEAD, (*ROW, far))).replace('r="F2"', f'r="{reference}"')
        yield f"far cell {reference}", xlsx(xl_worksheets_sheet1_xml=xml), EITHER
    yield (
        "formula with value",
        xlsx(xl_worksheets_sheet1_xml=sheet_xml((HEAD, (*ROW[:4], Raw(' t="str"><f>A1</f><v>00012</v></c>'))))),
        READS,
    )
    yield (
        "formula without value",
        xlsx(xl_worksheets_sheet1_xml=sheet_xml((HEAD, (*ROW[:4], Raw("><f>1/0</f></c>"))))),
        READS,
    )
    yield (
        "formula as price info",
        xlsx(xl_worksheets_sheet1_xml=sheet_of("1", "t", Raw("><f>HYPERLINK(1)</f></c>"), "A")),
        ROWS,
    )
    for error in ("#N/A", "#REF!", "#DIV/0!"):
        yield (
            f"error {error}",
            xlsx(xl_worksheets_sheet1_xml=sheet_of("1", "t", Raw(f' t="e"><v>{error}</v></c>'), "A")),
            ROWS,
        )
    yield (
        "giant cell",
        xlsx(xl_worksheets_sheet1_xml=sheet_xml((HEAD, (*ROW[:4], "x" * 1_200_000)))),
        ("workbook.cell_too_large",),
    )
    yield "long cell", xlsx(xl_worksheets_sheet1_xml=sheet_xml((HEAD, (*ROW[:4], "x" * 40_000)))), READS
    yield "not closed", xlsx(xl_worksheets_sheet1_xml=sheet_xml((HEAD, ROW))[:-60]), EITHER


def contents() -> Iterator[Case]:
    """What the cells say."""
    for number, text in enumerate(JSONS):
        yield (
            f"price info {number}: {text[:30]!r}",
            rows_of(ROW, ("2", "Bad", text, "A1")),
            EITHER if text.isspace() else ROWS,
        )
    for number, head in enumerate(HEADERS):
        row = (PRODUCT_ID, "Lamp", LAMP, LAMP if head[3:4] == ("价格信息",) else "AB1234-BK,AB1234-WH")
        yield f"header {number}: {head[0][:12]!r} {head[2]!r}", rows_of(row, head=head), READS
    for text in TEXTS:
        yield f"{text[:30]!r} as a value", rows_of((*ROW[:4], text)), READS
        yield f"{text[:30]!r} as codes", rows_of((*ROW[:3], text)), READS
    for number in (1005009999999999123, 1.5, True, 10072):
        yield f"id as {number!r}", rows_of((number, *ROW[1:])), EITHER
    yield "header only", rows_of(), ("workbook.no_rows",)
    yield "blank rows only", rows_of((" ", " ", " "), ("", "", "\t")), EITHER
    yield "no header", rows_of(ROW, head=("x", "y", "z", "w", "v")), ("workbook.no_header", "workbook.no_price_info")
    yield "no price info", rows_of(("1", "t", "3.3"), head=("产品ID", "标题", "价格")), ("workbook.no_price_info",)
    yield "many blank rows", rows_of(ROW, *[()] * 500), READS


CASES = [*zips(), *sheets(), *parts(), *contents()]


def test_there_are_enough(tmp_path: Path) -> None:
    """Each for a reason of its own: no file stands twice, and none is what a package should be."""
    files = {sha256(make(tmp_path)).digest() for _, make, _ in CASES} - {sha256(whole()).digest()}
    assert len({why for why, *_ in CASES}) == len(CASES)
    assert len(files) > len(CASES) - 10 > 400
    assert sum(verdict != EITHER for *_, verdict in CASES) > 350


@pytest.mark.parametrize(("make", "verdict"), [pytest.param(make, verdict, id=why) for why, make, verdict in CASES])
def test_a_hostile_package_is_read_or_refused_in_words(
    make: Callable[[Path], bytes], verdict: Any, tmp_path: Path
) -> None:
    path = tmp_path / "hostile.zip"
    path.write_bytes(make(tmp_path))
    try:
        found = read_package(path)
        table = listings(path)
        report = save_package(found, tmp_path / "out.zip")
    except WorkbookError as error:
        assert verdict == EITHER or error.error_code in verdict, error.error_code
        for language in ("zh", "en"):
            said = Messages(language).text(error.message_key, **error.params)
            assert "hostile.zip" in said or "out.zip" in said
            assert said.rstrip("。.").count("。" if language == "zh" else ". ") >= 1, "what happened, then the remedy"
        assert not [*tmp_path.glob("*.part"), *tmp_path.glob("out*")]
        return
    assert verdict in (READS, ROWS, PICTURE_LOST, EITHER)
    assert_errors_have_places(table, found.recognition.sheet)
    assert_came_through(found, report)
    if verdict != EITHER:
        assert [row.text(found.columns.codes) for row in found.rows[:1]] or not found.columns.codes
        assert [variant.code for variant in found.rows[0].variants] == ["AB1234-BK", "AB1234-WH"]
        assert kept(table) == [(2, "AB1234-BK", 336), (2, "AB1234-WH", 336)], "the first product is kept"
        assert {error.row for error in table.cell_errors} == ({3} if verdict == ROWS else set())
        assert {error.column for error in table.cell_errors} <= {"C"}
        assert report.missing_pictures == ([PICTURE] if verdict == PICTURE_LOST else [])


def kept(table: ListingTable) -> list[tuple[int, str, int]]:
    """Row, code and price of every variant that would be stored."""
    codes, prices = table.fields["sku_code"], table.fields["price_minor"]
    return [(row, codes[at], prices[at]) for at, row in enumerate(table.rows) if at not in table.refused]


def assert_errors_have_places(table: ListingTable, sheet: str) -> None:
    """File, sheet, row, column and header of each refused cell, in the sentence too."""
    for error in table.cell_errors:
        assert (error.file, error.sheet) in (("hostile.zip", sheet), ("hostile.zip/products.xls", sheet))
        assert error.row > 1 and error.column and error.header
        for language in ("zh", "en"):
            said = error.message(Messages(language).text)
            assert f" {error.row}" in said and error.column in said and error.header in said and "{row" not in said


def assert_came_through(found: Package, report: PackageReport) -> None:
    """What was read stands in the new package, cell by cell; what no .xls holds is named."""
    long = {cell.row for cell in report.left_out}
    before = [row.cells for row in found.rows if row.number not in long]
    assert report.listings == len(before)
    if before:
        after = [row.cells for row in read_package(report.files[0]).rows]
        assert [typed(cells) for cells in after] == [typed(cells) for cells in before]


def typed(cells: list[Cell]) -> list[tuple[str, Cell]]:
    """Cells with their types, without the empty ones at the end."""
    filled = max((at for at, cell in enumerate(cells, 1) if cell != ""), default=0)
    return [(type(cell).__name__, cell) for cell in cells[:filled]]


def listings(path: Path) -> ListingTable:
    """The package as the import reads it."""
    with open_workbook(path) as opened:
        recognition = recognise(opened)
        assert is_package_sheet(opened, recognition)
        return read_package_listings(opened, recognition, TaskContext())
