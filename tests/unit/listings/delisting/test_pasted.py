"""Lists of discontinued codes as people have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.listings.delisting.pasted import LONGEST_PASTE, NoCodes, read_file, read_pasted
from app.services.workbooks import OutColumn, OutSheet, write_xlsx


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("AB1234", ["AB1234"]),
        ("  ab1234 \u200b", ["AB1234"]),
        ("1. AB1234 停产", ["AB1234"]),
        ("2) AB1234-BK\t充电宝\t2026-11-01", ["AB1234-BK"]),
        ("AB1234, CD5678；EF9012", ["AB1234", "CD5678", "EF9012"]),
        ("AB1234 * 2 ＋ CD5678", ["AB1234*2+CD5678"]),
        ("AB1234_CUS", ["AB1234_CUS"]),
        ("CB000123", ["CB000123"]),
        ("10203040", ["10203040"]),
        ("“AB1234”", ["AB1234"]),
    ],
)
def test_codes_of_a_line(line: str, codes: list[str]) -> None:
    pasted = read_pasted(line)
    assert list(pasted.codes) == codes
    assert not pasted.junk


def test_lines_without_a_code_are_named() -> None:
    pasted = read_pasted("停产清单\n\nAB1234\nhello world\n1.23E+06\nAB1234**2\nab1234\n12 pieces")
    assert list(pasted.codes) == ["AB1234"]
    junk = [(one.number, str(one.why)) for one in pasted.junk]
    assert junk == [(1, "no_code"), (4, "no_code"), (5, "destroyed"), (6, "unreadable"), (8, "no_code")]


@pytest.mark.parametrize("text", ["", "  \n ", "hello", "x" * (LONGEST_PASTE + 1)])
def test_a_list_without_codes_is_refused(text: str) -> None:
    with pytest.raises(NoCodes):
        read_pasted(text)


def test_a_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "gone.xlsx"
    rows = [("AB1234", "lamp"), ("", ""), ("CD5678", None)]
    write_xlsx(path, [OutSheet("x", [OutColumn("编码", True), OutColumn("name")], rows)])
    pasted = read_file(path)
    assert list(pasted.codes) == ["AB1234", "CD5678"]
    assert [(one.number, one.text) for one in pasted.junk] == [(1, "编码\tname")]
