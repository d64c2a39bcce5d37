"""Several files at once: sheets one after the other, pictures for all of them, and those that cannot be read."""

import shutil
import zipfile

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from app.services.workbooks import open_workbook, recognise
from app.views.importing import options as options_module
from app.views.importing.save_file import suggested_copy

COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
WITH_IMAGES = ("货号", "英文标题 Title", "商家编码", "单价($)", "可用库存", "主图")


def with_image(row, *names):
    return (row[0], row[1], row[2], row[4], row[5], ";".join(names))


def picture(path, color="navy"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (900, 900), color).save(path)
    return path


def details(user):
    return {line.name: (line.detail, line.count) for line in user.dialog.options.files.lines}


@pytest.fixture
def two(open_import, sheet, samples):
    """Two sheets, the second with a refused cell."""
    first = sheet(samples.lamp, name="lamps.xlsx")
    second = sheet(samples.mug, (*samples.cable[:4], "free", *samples.cable[5:]), name="mugs.xlsx", title="Mugs")
    user = open_import(first, second)
    user.waits_until(lambda: user.dialog.reading.survey_handle is None)
    return user


class TestSeveralSheets:
    def test_each_is_named_with_what_it_is(self, two):
        assert two.dialog.windowTitle() == "Import · lamps.xlsx and others, 2 files"
        assert details(two) == {"lamps.xlsx": ("Listings · 报价", "1 row"), "mugs.xlsx": ("Listings · Mugs", "")}
        assert two.dialog.options.files_title.text() == "2 files"
        assert [row["Merchant code"] for row in two.rows] == ["LM4402-WH"]

    def test_another_one_is_shown_by_a_click(self, two):
        files = two.dialog.options.files
        at = files.visualItemRect(files.item(1)).center()
        two.qtbot.mouseClick(files.viewport(), Qt.MouseButton.LeftButton, pos=at)
        two.waits_for_rows()
        assert [row["Merchant code"] for row in two.rows] == ["CF1240-BK", "CB2210-BK"]
        assert details(two)["mugs.xlsx"] == ("Listings · Mugs", "2 rows")
        assert two.dialog.errors.isVisible()
        two.qtbot.keyClick(files, Qt.Key.Key_Up)
        two.waits_for_rows()
        assert [row["Merchant code"] for row in two.rows] == ["LM4402-WH"]
        assert not two.dialog.errors.isVisible()

    def test_corrections_of_one_are_kept_while_another_is_shown(self, two):
        files = two.dialog.options.files
        files.setCurrentRow(1)
        two.waits_for_rows()
        two.types_into_cell(1, "Price USD", "2.35")
        two.waits_until(lambda: two.counts()["refused"] == 0)
        files.setCurrentRow(0)
        two.waits_for_rows()
        files.setCurrentRow(1)
        two.waits_for_rows()
        assert two.counts() == {"all": 2, "new": 2, "changed": 0, "same": 0, "refused": 0}

    def test_they_are_applied_one_after_the_other(self, two, stored, context):
        results = []
        two.dialog.applied.connect(results.append)
        assert two.dialog.hint.text().endswith("Then mugs.xlsx is shown.")
        two.presses(two.dialog.primary)
        two.waits_until(lambda: len(results) == 1)
        two.waits_for_rows()
        assert two.dialog.isVisible()
        assert [row["Merchant code"] for row in two.rows] == ["CF1240-BK", "CB2210-BK"]
        assert details(two)["lamps.xlsx"] == ("Stored", "")
        files = two.dialog.options.files
        assert not files.item(0).flags() & Qt.ItemFlag.ItemIsSelectable
        two.presses(two.dialog.primary)
        two.waits_until(lambda: len(results) == 2)
        assert [row["code"] for row in stored()] == ["LM4402-WH", "CF1240-BK"]
        assert [job.state for job in context.jobs] == ["done_with_failures", "done"]  # a cable of the second is refused
        assert results[0].change.uid == results[1].change.uid, "one drop is one step of undo"
        handle = context.runner.start(context.services.listings.undo, None)
        with two.qtbot.waitSignal(handle.succeeded):
            pass
        assert stored() == []

    def test_the_first_one_that_holds_listings_is_shown(self, open_import, sheet, samples):
        codes = sheet(("LM4402-WH",), ("CF1240-BK",), name="codes.xlsx", headers=("商家编码",))
        user = open_import(codes, sheet(samples.lamp, name="lamps.xlsx"))
        assert [row["Merchant code"] for row in user.rows] == ["LM4402-WH"]
        assert details(user)["codes.xlsx"][0] == "List of codes · 报价"
        user.dialog.options.files.setCurrentRow(0)
        assert "no column is the price" in user.waits_for_problem()

    def test_the_same_file_twice_counts_once(self, open_import, sheet, samples):
        path = sheet(samples.lamp)
        assert len(open_import(path, path).dialog.options.files.lines) == 1

    def test_a_damaged_one_is_said_and_the_others_go_on(self, open_import, sheet, samples, tmp_path):
        broken = tmp_path / "broken.xlsx"
        broken.write_bytes(sheet(samples.lamp).read_bytes()[:2000])
        user = open_import(broken, sheet(samples.mug, name="mugs.xlsx"))
        assert [row["Merchant code"] for row in user.rows] == ["CF1240-BK"]
        line = user.dialog.options.files.lines[0]
        assert line.has_problem
        assert "broken.xlsx" in line.detail
        assert "damaged" in line.detail
        user.dialog.options.files.setCurrentRow(0)
        assert "damaged" in user.waits_for_problem()
        assert not user.dialog.primary.isEnabled()
        user.dialog.options.files.setCurrentRow(1)
        user.waits_for_rows()
        assert user.dialog.primary.isEnabled()


class TestPictures:
    def test_beside_the_sheet(self, open_import, sheet, samples, tmp_path):
        image = picture(tmp_path / "images" / "lamp-1.jpg")
        user = open_import(sheet(with_image(samples.lamp, "LAMP-1.jpg"), headers=WITH_IMAGES))
        model = user.dialog.preview.table.paged
        assert model.cell(model.index(0, user.column("Title"))).image == str(image)
        user.waits_until(lambda: user.dialog.preview.pictures.get(str(image), 20) is not None)

    def test_a_dropped_folder_is_looked_through(self, open_import, sheet, samples, tmp_path, app):
        image = picture(tmp_path / "elsewhere" / "deep" / "lamp-1.jpg")
        picture(tmp_path / "elsewhere" / "other.png")
        user = open_import(sheet(with_image(samples.lamp, "lamp-1.jpg"), headers=WITH_IMAGES), tmp_path / "elsewhere")
        assert details(user)["elsewhere"] == ("Images · 2 images", "1 used")
        folder = user.dialog.options.files.item(1)
        assert not folder.flags() & Qt.ItemFlag.ItemIsSelectable
        with user.qtbot.waitSignal(user.dialog.applied):
            user.presses(user.dialog.primary)
        with app.db.reader.connect() as connection:
            assert connection.exec_driver_sql("SELECT source FROM image").scalars().all() == [str(image)]

    def test_an_archive_of_pictures_is_unpacked_only_when_applied(self, open_import, sheet, samples, tmp_path, app):
        source = picture(tmp_path / "src" / "lamp-1.jpg")
        archive = tmp_path / "主图_0612.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            packed.write(source, "主图/lamp-1.jpg")
            packed.writestr("readme.txt", "hello")
        shutil.rmtree(tmp_path / "src")
        user = open_import(sheet(with_image(samples.lamp, "lamp-1.jpg"), headers=WITH_IMAGES), archive)
        assert details(user)["主图_0612.zip"] == ("Images · 1 image", "1 used")
        folder = app.data_dir / "images"
        assert not folder.exists(), "nothing is stored before it is applied"
        with user.qtbot.waitSignal(user.dialog.applied):
            user.presses(user.dialog.primary)
        files = list(folder.iterdir())
        assert len(files) == 1
        with app.db.reader.connect() as connection:
            assert connection.exec_driver_sql("SELECT source FROM image").scalars().all() == [str(files[0])]
            row = connection.exec_driver_sql("SELECT width, problem FROM image_file").one()
        assert tuple(row) == (900, "")

    def test_pictures_alone_say_what_is_missing(self, open_import, tmp_path):
        user = open_import(picture(tmp_path / "lamp.jpg"), waits=False)
        assert "Drop the sheet together with the pictures" in user.waits_for_problem()
        assert details(user)["lamp.jpg"][0] == "Images"


class TestUnreadable:
    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("empty.xlsx", b"", "empty"),
            ("readme.docx", b"%PDF-1.4 hello", "is no table"),
            ("noise.csv", b"\x00\x01\x02\x03" * 40, "is no table"),
        ],
    )
    def test_says_why_and_what_to_do(self, open_import, tmp_path, name, content, said):
        path = tmp_path / name
        path.write_bytes(content)
        user = open_import(path)
        title, detail = user.dialog.preview.state.texts
        assert title == "This cannot be read"
        assert name in detail
        assert said in detail
        assert not user.dialog.primary.isEnabled()
        assert not user.dialog.preview.state.button.isVisible(), "only the file can be changed"

    def test_0_rows(self, open_import, sheet):
        user = open_import(sheet())
        assert "0 rows read" in user.dialog.preview.state.texts[1]

    def test_no_known_header(self, open_import, sheet):
        user = open_import(sheet(("a1", "b1"), headers=("alpha", "beta")))
        assert "header" in user.dialog.preview.state.texts[1]
        assert user.dialog.preview.state.button.text() == "Choose the column"
        assert [one.text() for one in user.dialog.options.mapping.buttons] == ["Kept as it is", "Kept as it is"]

    def test_a_file_that_vanished(self, open_import, tmp_path):
        user = open_import(tmp_path / "gone.xlsx")
        assert "gone.xlsx" in user.dialog.preview.state.texts[1]


class TestAddingFiles:
    def test_by_the_link(self, open_import, sheet, samples):
        user = open_import(sheet(samples.lamp, name="lamps.xlsx"))
        added = sheet(samples.mug, name="mugs.xlsx")
        user.presses(user.dialog.options.add)
        chooser = user.dialog.findChild(QFileDialog)
        assert chooser.fileMode() == QFileDialog.FileMode.ExistingFiles
        chooser.filesSelected.emit([str(added)])
        chooser.close()
        user.waits_for_rows()
        user.waits_until(lambda: details(user).get("mugs.xlsx") == ("Listings · 报价", ""))
        assert user.dialog.windowTitle() == "Import · lamps.xlsx and others, 2 files"
        assert len(user.rows) == 1

    def test_by_dropping_them_on_the_dialog(self, open_import, sheet, samples):
        user = open_import(sheet(samples.lamp, name="lamps.xlsx"))
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(sheet(samples.mug, name="mugs.xlsx")))])
        enter = QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, NONE)
        QApplication.sendEvent(user.dialog, enter)
        overlay = user.dialog._overlay
        assert enter.isAccepted()
        assert overlay.isVisible()
        QApplication.sendEvent(overlay, QDragEnterEvent(QPoint(50, 50), COPY, data, LEFT, NONE))  # it lies on top now
        QApplication.sendEvent(overlay, QDropEvent(QPointF(50, 50), COPY, data, LEFT, NONE))
        user.waits_for_rows()
        assert list(details(user)) == ["lamps.xlsx", "mugs.xlsx"]

    def test_an_elevated_program_says_that_explorer_cannot_drop(self, open_import, sheet, samples, monkeypatch):
        monkeypatch.setattr(options_module, "is_elevated", lambda: True)
        user = open_import(sheet(samples.lamp))
        texts = [label.text() for label in user.dialog.options.findChildren(type(user.dialog.options.caution))]
        assert any(text.startswith("The program runs as administrator") for text in texts)

    def test_here_nobody_is_elevated(self):
        assert options_module.is_elevated() is False


class TestMarkedCopy:
    def test_is_the_users_own_sheet_with_the_cells_marked(self, open_import, sheet, samples, change_row, tmp_path):
        import openpyxl

        path = sheet(change_row(samples.lamp, weight="0,84kg?"), change_row(samples.mug, price="free"), above=[("Q3",)])
        user = open_import(path)
        user.types_into_cell(1, "Price USD", "8.40")
        user.waits_until(lambda: user.counts()["refused"] == 1)
        user.presses(user.dialog.errors.save)
        chooser = user.dialog.findChild(QFileDialog)
        assert chooser.acceptMode() == QFileDialog.AcceptMode.AcceptSave
        assert chooser.directory().absolutePath() == str(tmp_path)
        out = tmp_path / "marked.xlsx"
        chooser.fileSelected.emit(str(out))
        chooser.close()
        user.waits_until(lambda: user.dialog.errors.hint.text() == "Saved marked.xlsx")
        page = openpyxl.load_workbook(out).active
        assert page["G3"].fill.fgColor.rgb == "FFFFC7CE"
        assert "is not a number" in page["G3"].comment.text
        assert page["I2"].value == "Reason"
        assert page["I3"].value.startswith("Row 3, column G")
        assert page["E4"].value == "8.40", "what was corrected in the preview would be refused again"
        assert page["I4"].value is None
        assert page["A1"].value == "Q3"

    def test_dropped_again_after_correction_it_is_imported(self, open_import, sheet, samples, change_row, tmp_path):
        import openpyxl

        user = open_import(sheet(change_row(samples.lamp, weight="0,84kg?")))
        out = tmp_path / "marked.xlsx"
        user.dialog._save_marked_to(str(out))
        user.waits_until(lambda: user.dialog.errors.hint.text() == "Saved marked.xlsx")
        book = openpyxl.load_workbook(out)
        book.active["G2"].value = 840
        book.save(out)
        again = open_import(out)
        assert again.counts() == {"all": 1, "new": 1, "changed": 0, "same": 0, "refused": 0}
        with open_workbook(out) as opened:
            assert "reason" in {column.field for column in recognise(opened).columns}

    def test_a_copy_that_cannot_be_written_says_so(self, open_import, sheet, samples, change_row, tmp_path):
        user = open_import(sheet(change_row(samples.lamp, weight="0,84kg?")))
        user.dialog._save_marked_to(str(tmp_path / "no" / "such" / "folder" / "marked.xlsx"))
        user.waits_until(lambda: "Cannot write" in user.dialog.errors.hint.text())

    def test_it_is_named_after_the_sheet_and_keeps_macros(self, tmp_path):
        assert suggested_copy(tmp_path / "报价.xls") == tmp_path / "报价-marked.xlsx"
        assert suggested_copy(tmp_path / "报价.XLSM") == tmp_path / "报价-marked.xlsm"
