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
    assert (pasted.junk, pasted.columns) == ([], ("编码",))


def sheet(path: Path, *rows: tuple[str, ...]) -> Path:
    path.write_text("\n".join(",".join(row) for row in rows), "utf-8")
    return path


DATA = ("LED Lamp 12V 20W IP67", "SA5701", "SB5601", "CC1234")
"""A row whose cells all hold something like a code: a name, the code, what is sold instead, another one."""


@pytest.mark.parametrize(
    ("head", "codes", "columns"),
    [
        (("名称", "SKU", "替代SKU", "备注"), ["SA5701"], ("SKU",)),
        (("Name", "Merchant code", "New SKU", "Replaced by"), ["SA5701"], ("Merchant code",)),
        (("名称", "编码", "SKU（新）", "SKU_new"), ["SA5701"], ("编码",)),
        (("品名", "货号", "换新货号", "价格"), ["SA5701"], ("货号",)),
        (("Name", "Code", "Replacement code", "Stock"), ["SA5701"], ("Code",)),
        (("名称", "停产SKU", "SKU", "备注"), ["SA5701"], ("停产SKU",)),
        (("Name", "Old code", "Successor", "Code"), ["SA5701"], ("Old code",)),
        (("名称", "SKU", "替代SKU", "商家编码"), ["SA5701", "CC1234"], ("SKU", "商家编码")),
        (("名称", "SKU", "原货号", "备注"), ["SA5701"], ("SKU",)),
        (("名称", "停产款", "替代款", "备注"), ["SA5701"], ("停产款",)),
        (("灯具", "甲", "乙", "丙"), ["SA5701"], ("B",)),
    ],
)
def test_of_several_columns_those_count_whose_head_names_the_codes(
    tmp_path: Path, head: tuple[str, ...], codes: list[str], columns: tuple[str, ...]
) -> None:
    found = read_file(sheet(tmp_path / "gone.csv", head, DATA, ("Lamp 24V", "", "SB5602", "")))
    assert (list(found.codes), found.columns) == (codes, columns)
    assert [one.number for one in found.junk][-1] == 3


def test_a_head_may_stand_below_a_title_and_below_heads_of_several_columns(tmp_path: Path) -> None:
    titled = sheet(tmp_path / "a.csv", ("停产 2026 AA0001", ""), ("名称", "SKU"), DATA[:2])
    assert list(read_file(titled).codes) == ["SA5701"]
    grouped = sheet(
        tmp_path / "b.csv", ("停产", "", "替代", ""), ("SKU", "名称", "SKU", "名称"), ("SA5701", "x", "SB5601", "y")
    )
    assert list(read_file(grouped).codes) == ["SA5701"]


def test_a_title_that_sounds_like_a_head_is_none(tmp_path: Path) -> None:
    titled = sheet(tmp_path / "a.csv", ("停产SKU", "", ""), ("名称", "SKU", "替代SKU"), DATA[:3])
    assert list(read_file(titled).codes) == ["SA5701"]


def test_one_column_has_a_head_or_none_and_codes_of_digits(tmp_path: Path) -> None:
    headed = read_file(sheet(tmp_path / "a.csv", ("SKU",), ("AB1234",)))
    assert (list(headed.codes), headed.junk) == (["AB1234"], [])
    digits = read_file(sheet(tmp_path / "b.csv", ("10203040",), ("10203041",)))
    assert list(digits.codes) == ["10203040", "10203041"]


def test_a_sheet_of_nothing_but_replacements_holds_no_code(tmp_path: Path) -> None:
    with pytest.raises(NoCodes):
        read_file(sheet(tmp_path / "gone.csv", ("替代SKU", "数量"), ("SB5601", "4")))


def test_without_a_head_numbers_and_names_are_not_the_column_of_codes(tmp_path: Path) -> None:
    rows = [(str(at), "LED Lamp 12V", f"SA570{at}", f"SB560{at}") for at in range(4)]
    found = read_file(sheet(tmp_path / "gone.csv", *rows))
    assert (list(found.codes), found.columns) == (["SA5700", "SA5701", "SA5702", "SA5703"], ("C",))


def test_one_column_and_a_text_of_lines_are_read_whole(tmp_path: Path) -> None:
    assert list(read_file(sheet(tmp_path / "a.csv", ("10203040",), ("AB1234 old",))).codes) == ["10203040", "AB1234"]
    assert list(read_file(sheet(tmp_path / "a.txt", ("AB1234", "CD5678"), ("EF9012",))).codes) == [
        "AB1234", "CD5678", "EF9012",
    ]  # fmt: skip
    assert list(read_file(sheet(tmp_path / "b.txt", ("SKU", "替代SKU"), ("AB1234", "CD5678"))).codes) == ["AB1234"]
    (tmp_path / "c.txt").write_text("AB1234\tCD5678\nEF9012\tGH3456\n", "utf-8")
    assert list(read_file(tmp_path / "c.txt").codes) == ["AB1234", "EF9012"], "tabs part columns"


def test_a_head_that_names_the_replacements_alone_leaves_the_other_column_also_beside_an_empty_one(
    tmp_path: Path,
) -> None:
    found = read_file(sheet(tmp_path / "gone.csv", ("替代SKU", "", ""), ("SB5601", "SA5701", "x")))
    assert list(found.codes) == ["SA5701"]


def test_a_table_pasted_with_its_head_gives_its_columns_of_codes() -> None:
    pasted = read_pasted('SKU\t名称\t替代SKU\nSA5701\t"LED ""A1""\nLamp 12V"\tSB5601\nSA5702\tx\tSB5602\n')
    assert (list(pasted.codes), pasted.columns, pasted.junk) == (["SA5701", "SA5702"], ("SKU",), [])
    pasted = read_pasted('SKU\t名称\t替代SKU\nSA5701\t"12V lamp\tSB5601')
    assert list(pasted.codes) == ["SA5701"]
    assert list(read_pasted("AB1234\tCD5678").codes) == ["AB1234", "CD5678"]


def test_a_title_above_the_head_of_a_pasted_table_changes_nothing() -> None:
    pasted = read_pasted("停产清单\t2026\t\nSKU\t名称\t替代SKU\nSA5701\tx\tSB5601\n")
    assert (list(pasted.codes), pasted.columns) == (["SA5701"], ("SKU",))
    assert [one.number for one in pasted.junk] == [1]
    listed = read_pasted("AB1234\tx\nSKU\ty\nCD5678\tz\n")
    assert list(listed.codes) == ["AB1234", "CD5678"], "codes above a head are none of a table"
