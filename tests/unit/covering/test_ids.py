"""Product ids in whatever people paste or drop."""

from __future__ import annotations

import openpyxl
import pytest

from app.services.covering import ids as module
from app.services.covering.ids import FileUnreadable, NoIds, TooManyIds, looks_like_ids, read_ids, read_ids_file
from app.services.workbooks import OutColumn, OutSheet, WorkbookError, write_csv, write_xlsx

ID, OTHER = "1005006000000150", "32967654321"


@pytest.mark.parametrize(
    "written",
    [
        ID,
        f"  {ID}\t",
        "１００５００６００００００１５０",
        f"https://www.aliexpress.com/item/{ID}.html",
        f"https://vi.aliexpress.com/item/Nice-lamp-2024/{ID}.html?spm=a2g0o.1&sku=12000021234567890",
        f"http://m.aliexpress.us/i/{ID}.html",
        f"aliexpress.ru/item/{ID}.html?sku_id=12000021234567890",
        f"//es.aliexpress.com/item/{ID}.html#reviews",
        f"https://sell.aliexpress.com/edit?productId={ID}&x=1",
        f"https://www.aliexpress.com/ssr/300000512/BundleDeals2?productIds={ID}:12000021234567890&pha_manifest=ssr",
        f"https://www.aliexpress.com/gcp/300000512/bundle?disableNav=YES&productIds={ID}%3A12000021234567890",
        f"https://www.aliexpress.com/gcp/300000604/x?product_id={ID}",
        f"https://www.aliexpress.com/{ID}.html",
        f"https://m.aliexpress.com/s/item/{ID}.html",
        f"ID: {ID};",
    ],
)
def test_an_id_in_every_form(written):
    found = read_ids(written)
    assert (found.ids, found.junk) == ((ID,), ())


def test_several_on_a_line_in_their_order_each_once():
    found = read_ids(f"{OTHER}, {ID}\n\n{ID} 再来一次\n{OTHER}")
    assert (found.ids, found.repeated) == ((OTHER, ID), 2)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Bedside lamp", "no_id"),
        ("12", "length"),
        ("1" * 21, "length"),
        ("1.00501E+15", "scientific"),
        (f"https://www.example.com/item/{ID}.html", "other_site"),
        (f"https://aliexpress.com.example.com/item/{ID}.html", "other_site"),
        ("https://www.aliexpress.com/store/1102", "no_product"),
        ("https://www.aliexpress.com/store/1102112233", "no_product"),
        ("https://vi.aliexpress.com/store/1102112233/pages/all-items.html?spm=1", "no_product"),
        ("https://www.aliexpress.com/ssr/300000512/BundleDeals2?spm=a2g0o.1", "no_product"),
        ("aliexpress.com/gcp/300000512/nnmixupdatev3", "no_product"),
        ("https://www.aliexpress.com/category/200003494/lights.html", "no_product"),
    ],
)
def test_junk_is_named_with_its_line_and_reason(line, why):
    found = read_ids(f"{ID}\n{line}\n{OTHER}")
    assert found.ids == (ID, OTHER)
    assert [(junk.line, junk.text, junk.why) for junk in found.junk] == [(2, line, why)]


def test_a_heading_is_no_junk():
    assert read_ids(f"商品ID\n{ID}").junk == ()
    assert read_ids(f"Product  id\n{ID}").junk == ()


def test_too_many_are_refused(monkeypatch):
    monkeypatch.setattr(module, "rule_file", lambda name: {**_rules(), "most_ids": 2})
    with pytest.raises(TooManyIds):
        read_ids("\n".join(str(1005000000 + number) for number in range(3)))
    monkeypatch.setattr(module, "rule_file", lambda name: {**_rules(), "most_characters": 5})
    with pytest.raises(TooManyIds):
        read_ids(ID)


def _rules():
    from app.services.compliance.rule_data import rule_file

    return rule_file("cover")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_files_of_any_encoding(tmp_path, encoding):
    path = tmp_path / "ids.txt"
    path.write_bytes(f"产品 ID\n{ID}\n链接 https://www.aliexpress.com/item/{OTHER}.html".encode(encoding))
    assert read_ids_file(path).ids == (ID, OTHER)


def test_in_a_sheet_the_named_column_counts_alone(tmp_path):
    columns = [OutColumn("Stock"), OutColumn("Product ID", is_text=True)]
    rows = [(20000000, ID), (30000000, "none"), (40000000, OTHER)]
    write_xlsx(tmp_path / "ids.xlsx", [OutSheet("Sheet", columns, rows)])
    write_csv(tmp_path / "ids.csv", columns, rows)
    for name in ("ids.xlsx", "ids.csv"):
        found = read_ids_file(tmp_path / name)
        assert found.ids == (ID, OTHER)
        assert [(junk.line, junk.text) for junk in found.junk] == [(3, "none")]


def test_ids_that_a_sheet_holds_as_numbers_keep_their_digits(tmp_path):
    write_xlsx(tmp_path / "ids.xlsx", [OutSheet("Sheet", [OutColumn("id")], [(1005006000000150,)])])
    assert read_ids_file(tmp_path / "ids.xlsx").ids == (ID,)


def test_files_that_are_none(tmp_path):
    empty = tmp_path / "ids.txt"
    empty.write_text("nothing\n", "utf-8")
    with pytest.raises(NoIds) as caught:
        read_ids_file(empty)
    assert caught.value.params["detail"] == "nothing"
    empty.write_text(" \n", "utf-8")
    with pytest.raises(WorkbookError) as refused:
        read_ids_file(empty)
    assert refused.value.error_code == "workbook.empty" and not looks_like_ids(empty)
    with pytest.raises(FileUnreadable):
        read_ids_file(tmp_path / "gone.txt")
    broken = tmp_path / "ids.xlsx"
    broken.write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(WorkbookError):
        read_ids_file(broken)


@pytest.mark.parametrize(
    ("text", "is_list"),
    [
        (f"{ID}\n{OTHER}\n", True),
        (f"product id\nhttps://www.aliexpress.com/item/{ID}.html\n" + f"{OTHER}\n" * 4, True),
        (f"{ID},Bedside lamp,18.90\n{OTHER},Lamp,3\n", False),
        ("Title\nLamp\n", False),
        (f"{ID} {OTHER}\n", False),
        (f"{ID},{OTHER}\n", False),
        (f"{ID}\n;;\n\n{OTHER}\n", True),
        (f"{ID}\n" * 4 + "Lamp\n", True),
        (f"{ID}\n" * 3 + "Lamp\n", False),
        ("", False),
    ],
)
def test_a_dropped_list_of_ids_is_told_from_a_sheet(tmp_path, text, is_list):
    path = tmp_path / "dropped.csv"
    path.write_text(text, "utf-8")
    assert looks_like_ids(path) is is_list
    assert not looks_like_ids(tmp_path / "gone.txt")


def test_only_small_lists_are_looked_at(tmp_path, monkeypatch):
    for name, is_list in (("ids.txt", True), ("ids.TXT", True), ("ids.md", False)):
        (tmp_path / name).write_text(ID, "utf-8")
        assert looks_like_ids(tmp_path / name) is is_list
    monkeypatch.setattr(module, "LARGEST_LIST", len(ID) - 1)
    assert not looks_like_ids(tmp_path / "ids.txt")


def test_a_sheet_without_a_head_is_read_whole(tmp_path):
    path = tmp_path / "ids.csv"
    path.write_text(f"{ID},Lamp\n,\n{OTHER},Mug\n", "utf-8")
    found = read_ids_file(path)
    assert (found.ids, found.junk) == ((ID, OTHER), ())


def test_a_number_a_spreadsheet_has_eaten_digits_of_is_no_id(tmp_path):
    path = tmp_path / "ids.xlsx"
    book = openpyxl.Workbook()
    for row in ((float(ID),), (1.2345678901234568e16,)):
        book.active.append(row)
    book.save(path)
    found = read_ids_file(path)
    assert (found.ids, [one.why for one in found.junk]) == ((ID,), ["scientific"])


def test_a_number_in_a_link_that_no_product_has_is_none():
    found = read_ids("https://www.aliexpress.com/item/12.html")
    assert (found.ids, [one.why for one in found.junk]) == ((), ["no_product"])


def test_a_head_is_one_above_everything_and_blank_lines_are_nothing():
    assert [one.line for one in read_ids(f"Product ID\n\n{ID}\n \nProduct ID").junk] == [5]
    assert [one.line for one in read_ids(f"Lamps\nProduct ID\n{ID}").junk] == [1, 2]


@pytest.mark.parametrize("nonsense", ["1" * 500_000, "a." * 200_000, "http://" + "a" * 400_000, "(" * 300_000])
def test_nonsense_of_any_length_is_read_in_no_time(nonsense):
    assert read_ids(f"{ID} {nonsense}").ids == (ID,)


def test_thousands_of_ids_and_links_may_stand_on_one_line():
    ids = [str(1005006000000000 + number) for number in range(5000)]
    assert read_ids(",".join(ids)).ids == tuple(ids)
    links = [f"https://www.aliexpress.com/item/{one}.html" for one in ids[:300]]
    assert read_ids(",".join(links)).ids == tuple(ids[:300])
