"""A data package there and back as a user does it: dropped on the window, a cell changed, written again."""

from __future__ import annotations

import datetime
import zipfile

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from app.services.packages.rules import package_rules
from app.views.importing.dialog import ImportDialog
from app.views.listings.export_dialog import ExportDialog
from tests.unit.packages.conftest import LAMP, PLAIN, PRODUCT_ID
from tests.unit.packages.test_editing import cells
from tests.unit.workbooks.makers import write_text, write_xls, write_zip
from tests.views.importing.test_drop import PATIENCE_MS, activate, desktop, drag, drop, hover

__all__ = ["desktop"]

KNOWN = ("产品ID", "神秘列", "产品标题", "重量(kg)", "价格信息", "商家编码")
HEADER = (*KNOWN, "", "产品图片", "备注", "上新日", "神秘列")
ODD = LAMP.replace('"商家编码":"AB1234-BK"', '"商家编码":"AB1234-BK","供应商":"7","x":1.10').replace("]}", '],"y":[1]}')
DAY, BOTH = datetime.date(2026, 11, 22), "images/a.jpg;images/b.jpg"
OWN = PLAIN.replace("CD5678", "0044")
ROWS = (
    (PRODUCT_ID, "00012", "Lamp one", 0.35, ODD, "AB1234-BK;AB1234-WH", 7, BOTH, True, None, 1),
    ("0010072", 12.5, "Lamp two", "0.5", PLAIN, "CD5678", "", "", None, DAY, "1.23E+06"),
    ("0010073", "=1+1", "Lamp three", "", OWN, "0044", " x ", "images/b.jpg", False, "", ""),
)
TITLE, PRICES, PICTURES = (HEADER.index(name) for name in ("产品标题", "价格信息", "产品图片"))
STORED = (
    "SELECT product_key, title, weight_g, keywords, extra, sku.code, price_minor, sku.stock, sku.properties, "
    "(SELECT group_concat(source) FROM image WHERE image.listing_id = listing.id) FROM listing "
    "JOIN listing_body USING (id) JOIN sku ON sku.listing_id = listing.id WHERE store_id = ? "
    "ORDER BY product_key, position"
)


@pytest.fixture
def pictures(tmp_path):
    """Two pictures as bytes, under their names in a package."""
    made = {}
    for name, colour in (("images/a.jpg", "orange"), ("images/b.jpg", "teal")):
        Image.new("RGB", (40, 40), colour).save(tmp_path / "made.jpg")
        made[name] = (tmp_path / "made.jpg").read_bytes()
    return made


class Trader:
    """What a person does in the window."""

    def __init__(self, desktop, qtbot, context, app):
        self.desktop, self.qtbot, self.context, self.app = desktop, qtbot, context, app
        self.page = desktop.window.pages["listings"]

    def waits(self, is_true, times=1):
        self.qtbot.waitUntil(lambda: bool(is_true()), timeout=times * PATIENCE_MS)

    def drops(self, *paths):
        """The import dialog once it has read the files."""
        data = drag(paths)
        hover(self.desktop, data)
        dialog = drop(self.desktop, data, self.qtbot)
        self.waits(lambda: dialog.head is not None and dialog.reading.handle is None)
        return dialog

    def imports(self, *paths):
        dialog = self.drops(*paths)
        self.waits(dialog.primary.isEnabled)
        counts = dialog.head.counts
        self.qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
        self.ends("import.job")
        self.waits(lambda: not self.desktop.window.findChildren(ImportDialog))
        return counts

    def ends(self, title_key):
        """Wait for the newest job of this kind."""
        self.waits(lambda: any(job.title_key == title_key for job in self.context.jobs))
        job = next(job for job in self.context.jobs if job.title_key == title_key)
        self.waits(lambda: not job.is_running, times=5)
        assert job.state in ("done", "done_with_failures"), job.summary
        return job

    def types(self, title, column, text):
        """Into the cell of the listing with this title: F2, the text, Enter."""
        rows = self.page.rows
        self.waits(lambda: title in self.titles)
        row = self.titles.index(title)
        activate(self.desktop, self.qtbot)
        rows.setFocus()
        rows.setCurrentIndex(rows.paged.index(row, rows.column_at(column)))
        QTest.keyClick(rows, Qt.Key.Key_F2)
        (editor,) = [one for one in rows.viewport().findChildren(QLineEdit) if one.isVisible()]
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        self.waits(lambda: self.context.runner.is_idle and rows.paged.index(row, rows.column_at(column)).data() == text)

    @property
    def titles(self):
        """Of the rows in view, "" of one that is not read yet."""
        paged = self.page.rows.paged
        records = [paged.record(row) for row in range(min(paged.rowCount(), 9))]
        return ["" if record is None else record.title for record in records]

    def writes_a_package(self, path):
        """All listings of the filter, through the dialogs."""
        self.waits(lambda: self.titles and all(self.titles) and self.context.runner.is_idle)
        self.page.rows.clearSelection()
        self.page.actions_of_page["export"].trigger()
        dialog = next(one for one in self.desktop.window.findChildren(ExportDialog) if one.isVisible())
        self.qtbot.mouseClick(dialog.kinds, Qt.MouseButton.LeftButton, pos=dialog.kinds.part_rect("zip").center())
        self.qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
        files = self.page.findChild(QFileDialog)
        assert files.defaultSuffix() == "zip"
        files.fileSelected.emit(str(path))
        files.close()
        return self.ends("listings.job.export")

    def chooses_store(self, at):
        stores = self.desktop.window.app_bar.stores
        stores.choose(stores.stores[at].id)
        self.waits(lambda: self.page.rows.paged.is_ordered and self.context.runner.is_idle)

    @property
    def said(self):
        return [notice.text for notice in self.context.notices.kept]

    def stored(self, store_id):
        with self.app.db.reader.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(STORED, (store_id,))]


@pytest.fixture
def trader(desktop, qtbot, context, app):
    made = Trader(desktop, qtbot, context, app)
    made.chooses_store(0)
    return made


@pytest.fixture
def package(tmp_path, pictures):
    """The supplier's package: columns nobody knows, two of one name, one without; numbers, dates and texts that look
    like either."""

    def write(rows=ROWS, members=pictures, name="package.zip"):
        sheet = write_xls(tmp_path / "products.xls", (HEADER, *rows))
        return write_zip(tmp_path / name, {"products.xls": sheet.read_bytes(), **members, "说明.txt": b"hello"})

    return write


def products(path):
    """The rows of a package with the types of their cells, the header too, by their first cell."""
    rows = cells(path)
    found = {row[0][1]: row for row in rows}
    assert len(found) == len(rows)
    return dict(sorted(found.items()))


def column(path, header):
    """The cells below *header*."""
    first, *rows = cells(path)
    at = [cell for _, cell in first].index(header)
    return [row[at][1] for row in rows]


def test_what_nobody_touched_comes_out_as_it_went_in(trader, package, pictures, tmp_path):
    path = package()
    counts = trader.imports(path)
    assert (counts.new, counts.refused_rows) == (3, 0)
    job = trader.writes_a_package(tmp_path / "same.zip")
    assert job.summary == "3 listings · variants: 4"
    assert products(tmp_path / "same.zip") == products(path)
    assert [row[TITLE][1] for row in cells(tmp_path / "same.zip")[1:]] == trader.titles, "in the order of the table"
    trader.types("Lamp two", "title", "Lamp 2")
    trader.types("Lamp three", "price", "6.50")
    trader.writes_a_package(tmp_path / "out.zip")
    before, after = products(path), products(tmp_path / "out.zip")
    changed = [
        (key, column)
        for key, row in before.items()
        for column in range(len(HEADER))
        if row[column] != after[key][column]
    ]
    assert (list(after), changed) == (list(before), [("0010072", TITLE), ("0010073", PRICES)])
    assert after["0010072"][TITLE] == ("str", "Lamp 2")
    assert after["0010073"][PRICES] == ("str", OWN.replace("5.99", "6.50"))
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist() if name != "products.xls"} == pictures


def test_read_back_it_gives_the_same_listings(trader, package, tmp_path):
    trader.imports(package())
    trader.types("Lamp two", "title", "Lamp 2")
    trader.writes_a_package(tmp_path / "out.zip")
    dialog = trader.drops(tmp_path / "out.zip")
    assert (dialog.head.counts.unchanged, dialog.head.counts.changed, dialog.head.counts.new) == (3, 0, 0)
    dialog.reject()
    trader.waits(lambda: not trader.desktop.window.findChildren(ImportDialog))
    trader.chooses_store(1)
    assert trader.imports(tmp_path / "out.zip").new == 3
    first, second = trader.stored(1), trader.stored(2)
    assert [row[1] for row in first] == ["Lamp 2", "Lamp three", "Lamp one", "Lamp one"] and second == first


def test_pictures_from_a_folder_beside_go_into_the_package(trader, package, pictures, tmp_path):
    folder = tmp_path / "主图" / "images"
    folder.mkdir(parents=True)
    for name, content in pictures.items():
        (folder / name.partition("/")[2]).write_bytes(content)
    path = package(members={})
    trader.imports(path, tmp_path / "主图")
    trader.writes_a_package(tmp_path / "out.zip")
    assert not any("could not be read" in text for text in trader.said)
    before, after = products(path), products(tmp_path / "out.zip")
    for rows in (before, after):
        named = {key: str(row.pop(PICTURES)[1]).split(";") for key, row in rows.items()}
    assert after == before
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        found = {
            key: [archive.read(name) for name in names if name] for key, names in named.items() if key != HEADER[0]
        }
    assert found == {PRODUCT_ID: list(pictures.values()), "0010072": [], "0010073": [pictures["images/b.jpg"]]}


def test_a_text_no_cell_can_hold_is_said_and_never_cut(trader, package, tmp_path):
    limit = package_rules().cell_chars
    trader.imports(package())
    page = ("货号", "英文标题", "商家编码", "单价($)", "库存", "详细描述")
    long = ("LONG", "Lamp four", "EF1", "5.00", "5", "<p>" + "y" * limit + "</p>")
    fits = ("FITS", "Lamp five", "EF2", "5.00", "5", "y" * limit)
    trader.imports(write_text(tmp_path / "more.csv", (page, long, fits)))
    job = trader.writes_a_package(tmp_path / "out.zip")
    assert job.summary == "4 listings · variants: 5"
    (said,) = [text for text in trader.said if "Lamp four" in text]
    assert f"{limit + 7:,}" in said and f"{limit:,}" in said
    assert sorted(column(tmp_path / "out.zip", "产品标题")) == ["Lamp five", "Lamp one", "Lamp three", "Lamp two"]
    assert max(len(str(cell)) for row in cells(tmp_path / "out.zip") for _, cell in row) == limit


def test_more_listings_than_an_xls_has_rows_are_split_and_it_is_said(trader, package, tmp_path):
    """The real limit: one product more than fits below the header."""
    trader.imports(package(ROWS[1:2]))
    most = package_rules().sheet_rows - 1
    copy_listing(trader.app.db, most + 1)
    trader.page.reload()
    trader.waits(lambda: trader.page.rows.paged.is_loaded and trader.page.rows.paged.rowCount() == most + 1)
    job = trader.writes_a_package(tmp_path / "out.zip")
    assert job.summary == f"{most + 1:,} listings · variants: {most + 1:,}"
    assert "One .xls is too small, so there are 2 packages: out.zip, out-2.zip." in trader.said
    first, second = tmp_path / "out.zip", tmp_path / "out-2.zip"
    titles = column(first, "产品标题"), column(second, "产品标题")
    assert list(map(len, titles)) == [most, 1] and len({*titles[0], *titles[1]}) == most + 1


def copy_listing(db, count):
    """The listing of the store again and again, until there are *count*, each with a title and code of its own."""
    own = {"title": "title || ' ' || n", "product_key": "'C' || n", "code": "'C' || n"}
    keys = {"listing": {"id": "n", **own}, "sku": {"id": "n", "listing_id": "n", "code": own["code"]}}
    with db.bulk() as connection:
        run = connection.exec_driver_sql
        for table in ("listing", "listing_body", "listing_search", "sku"):
            names = [row[1] for row in run(f"PRAGMA table_info({table})")]
            values = ", ".join(keys.get(table, {"id": "n"}).get(name, name) for name in names)
            run(
                f"WITH RECURSIVE number (n) AS (VALUES (2) UNION ALL SELECT n + 1 FROM number WHERE n < {count}) "
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM number, {table} WHERE {table}.id = 1"
            )
