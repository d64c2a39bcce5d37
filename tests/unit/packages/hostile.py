"""Makers of packages that nobody should have made: damaged, oversized, with odd names, members and sheets."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.unit.packages.conftest import LAMP, PRODUCT_ID
from tests.unit.workbooks.makers import (
    html_page,
    ods_content,
    ods_row,
    sheet_xml,
    write_ods,
    write_rows,
    write_text,
    write_xls,
    xlsx_members,
)

HEAD = ("产品ID", "产品标题", "价格信息", "商家编码", "其他")
PICTURE = "images/a.jpg"
ROW = (PRODUCT_ID, "Lamp", LAMP, "AB1234-BK,AB1234-WH", "00012")


def zipped(members: dict[str, bytes] | list[tuple[Any, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip, the same on every day; members may be `ZipInfo`s and may stand twice."""
    buffer = io.BytesIO()
    pairs = list(members.items()) if isinstance(members, dict) else members
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name stands twice
        for name, content in pairs:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            archive.writestr(info, content, method)
    return buffer.getvalue()


@cache
def made(kind: str) -> bytes:
    """A products sheet of every format."""
    import tempfile

    makers: dict[str, Callable[[Path], Any]] = {
        "xls": lambda path: write_xls(path, (HEAD, ROW)),
        "xlsx": lambda path: write_rows(path, (HEAD, ROW)),
        "ods": lambda path: write_ods(path, ods_content(ods_row(HEAD) + ods_row(ROW))),
        "utf-8": lambda path: write_text(path, (HEAD, ROW), "utf-8"),
        "utf-8-sig": lambda path: write_text(path, (HEAD, ROW)),
        "gb18030": lambda path: write_text(path, (HEAD, ROW), "gb18030"),
        "utf-16": lambda path: write_text(path, (HEAD, ROW), "utf-16"),
        "tsv": lambda path: write_text(path, (HEAD, ROW), delimiter="\t"),
        "html": lambda path: path.write_bytes(html_page((HEAD, ROW)).encode()),
        "html gbk": lambda path: path.write_bytes(html_page((HEAD, ROW), '<meta charset="gbk">').encode("gbk")),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet"
        makers[kind](path)
        return path.read_bytes()


@cache
def whole() -> bytes:
    """A package as it should be, unpacked members so that every byte counts."""
    return zipped({"products.xls": made("xls"), PICTURE: b"red" * 50})


def hit_at(at: int) -> str:
    """What of `whole` lies there: `sheet`, `picture`, or a `frame` around them."""
    raw, at = whole(), at % len(whole())
    for kind, content in (("sheet", made("xls")), ("picture", b"red" * 50)):
        if 0 <= at - raw.index(content) < len(content):
            return kind
    return "frame"


def rows_of(*rows: tuple[Any, ...], head: tuple[Any, ...] = HEAD) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        return zipped({"products.xls": write_xls(folder / "s", (head, *rows)).read_bytes()})

    return make


def with_member(name: Any, content: bytes = b"x", kind: str = "xls") -> Callable[[Path], bytes]:
    return lambda folder: zipped([("products.xls", made(kind)), (name, content)])


def product(content: bytes, name: str = "products.xls") -> Callable[[Path], bytes]:
    return lambda folder: zipped({name: content})


def edited(content: Callable[[], bytes], change: Callable[[bytearray], Any]) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        raw = bytearray(content())
        change(raw)
        return bytes(raw)

    return make


def put(at: int, piece: bytes) -> Callable[[bytearray], None]:
    def change(raw: bytearray) -> None:
        raw[at : at + len(piece)] = piece

    return change


def flipped(at: int) -> Callable[[bytearray], None]:
    def change(raw: bytearray) -> None:
        raw[at % len(raw)] ^= 0xFF

    return change


def in_directory(offset: int, piece: bytes) -> Callable[[bytearray], None]:
    """Change the first entry of the directory."""

    def change(raw: bytearray) -> None:
        at = raw.index(b"PK\x01\x02") + offset
        raw[at : at + len(piece)] = piece

    return change


def xlsx(**parts: str) -> Callable[[Path], bytes]:
    """A package whose sheet is an .xlsx with some parts replaced: `xl_workbook_xml` …"""
    known = xlsx_members({"S": sheet_xml((HEAD, ROW))})
    names = {name.replace("/", "_").replace(".", "_"): name for name in known}
    members = known | {names.get(key, key): text for key, text in parts.items()}
    return lambda folder: zipped(
        {
            "products.xls": zipped(
                {n: t if isinstance(t, bytes) else t.encode() for n, t in members.items()}, zipfile.ZIP_DEFLATED
            )
        }
    )


def sheet_of(*cells: Any) -> str:
    return sheet_xml((HEAD, ROW, cells))
