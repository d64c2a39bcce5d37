"""Pictures a sheet names: beside it, in folders, in archives; hostile names ask nobody else's computer."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from app.services.listings.importing import dropped
from app.services.listings.importing.dropped import holds_only_pictures, pictures_in, sort_out
from app.services.listings.importing.pictures import FOLDERS, PackedPicture, PictureFinder, unpack
from app.services.tasks import TaskCancelled, TaskContext
from app.services.workbooks import open_workbook

CSV = "SKU,Price,Title\nA-1,1.50,Lamp\n"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "quote" / "quote.csv"
    path.parent.mkdir()
    path.write_text(CSV, "utf-8")
    return path


def put(path: Path, content: bytes = b"picture") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


class TestBesideTheSheet:
    @pytest.mark.parametrize("folder", FOLDERS)
    def test_in_its_folder_or_a_picture_folder(self, sheet: Path, folder: str) -> None:
        image = put(sheet.parent / folder / "lamp.jpg")
        with PictureFinder(sheet) as finder:
            assert finder.find("lamp.jpg") == str(image)
            assert finder.find("LAMP.JPG") == str(image), "Windows does not tell them apart"

    def test_by_a_path_of_its_own(self, sheet: Path) -> None:
        image = put(sheet.parent / "images" / "lamps" / "lamp.jpg")
        with PictureFinder(sheet) as finder:
            assert finder.find("lamps\\lamp.jpg") == str(image)
            assert finder.find("images/lamps/lamp.jpg") == str(image)

    def test_a_path_out_of_the_folder_is_no_more_than_a_name(self, sheet: Path, tmp_path: Path) -> None:
        image = str(put(tmp_path / "pictures" / "lamp.jpg"))
        with PictureFinder(sheet) as finder:
            for name in (image, "../pictures/lamp.jpg", r"C:\pictures\lamp.jpg"):
                assert finder.outside(name) is not None
                assert finder.find(name) == str(sheet.parent / "lamp.jpg")
        with PictureFinder(sheet) as finder:
            finder.trust({image})
            assert finder.find(image) == finder.find("../pictures/lamp.jpg") == image

    def test_a_missing_one_stays_a_path_that_the_checker_names(self, sheet: Path) -> None:
        with PictureFinder(sheet) as finder:
            assert finder.find("gone.jpg") == str(sheet.parent / "gone.jpg")

    @pytest.mark.parametrize("name", ["a\0b.jpg", "x" * 5000 + ".jpg", "../" * 40 + "lamp.jpg", ".", ""])
    def test_names_no_file_system_takes(self, sheet: Path, name: str) -> None:
        with PictureFinder(sheet) as finder:
            assert isinstance(finder.find(name), str)

    def test_addresses_stay(self, sheet: Path) -> None:
        with PictureFinder(sheet) as finder:
            assert finder.find("https://example.com/a.jpg") == "https://example.com/a.jpg"
            assert finder.find("//example.com/a.jpg") == "https://example.com/a.jpg"

    def test_another_computers_share_is_not_asked(self, sheet: Path) -> None:
        """Windows would sign in there with the user's password hash."""
        image = put(sheet.parent / "a.jpg")
        with PictureFinder(sheet) as finder:
            assert finder.find(r"\\evil.example\share\a.jpg") == str(image)
            assert finder.find(r"\\evil.example\share\b.jpg") == str(sheet.parent / "b.jpg")

    def test_a_folder_is_listed_once(self, sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        listed = []
        plain = Path.iterdir
        monkeypatch.setattr(Path, "iterdir", lambda self: (listed.append(self), plain(self))[1])
        with PictureFinder(sheet) as finder:
            for number in range(500):
                finder.find(f"{number}.jpg")
        assert len(listed) == len(FOLDERS)


class TestDroppedAlong:
    def test_folders_and_loose_pictures_are_searched_by_name(self, sheet: Path, tmp_path: Path) -> None:
        deep, loose = put(tmp_path / "more" / "deep" / "lamp.jpg"), put(tmp_path / "mug.png")
        put(tmp_path / "more" / "notes.txt")
        with PictureFinder(sheet, [tmp_path / "more", loose]) as finder:
            assert finder.find("LAMP.jpg") == str(deep)
            assert finder.find("D:/old computer/mug.png") == str(loose)
            assert finder.counts == {tmp_path / "more": 1, loose: 1}
            assert (finder.used(tmp_path / "more"), finder.used(loose)) == (1, 1)

    def test_what_lies_beside_the_sheet_wins(self, sheet: Path, tmp_path: Path) -> None:
        own = put(sheet.parent / "lamp.jpg")
        put(tmp_path / "more" / "lamp.jpg")
        with PictureFinder(sheet, [tmp_path / "more"]) as finder:
            assert finder.find("lamp.jpg") == str(own)
            assert finder.used(tmp_path / "more") == 0

    def test_lists_of_rows_share_what_is_equal(self, sheet: Path) -> None:
        with PictureFinder(sheet) as finder:
            found = finder.find_all([("a.jpg", "b.jpg", "a.jpg"), None, ("a.jpg", "b.jpg", "a.jpg"), ()])
            assert found[0] == [str(sheet.parent / "a.jpg"), str(sheet.parent / "b.jpg")]
            assert found[2] is found[0]
            assert (found[1], found[3]) == (None, None)
            assert finder.find_each(["a.jpg", None, ""]) == [str(sheet.parent / "a.jpg"), None, None]

    def test_looking_through_a_folder_can_be_stopped(self, sheet: Path, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.setattr(dropped, "CHECKPOINT_EVERY", 2)
        for number in range(5):
            put(tmp_path / "more" / f"{number}.jpg")
        ctx = TaskContext()
        ctx.stop.set()
        with pytest.raises(TaskCancelled):
            PictureFinder(sheet, [tmp_path / "more"], ctx=ctx)

    def test_a_whole_disk_is_not_looked_through(self, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.setattr(dropped, "MOST_FILES", 3)
        for number in range(9):
            put(tmp_path / "more" / f"{number}.jpg")
        assert len(list(pictures_in(tmp_path / "more"))) == 3

    def test_links_to_folders_are_not_followed(self, tmp_path: Path) -> None:
        put(tmp_path / "more" / "a.jpg")
        (tmp_path / "more" / "again").symlink_to(tmp_path / "more", target_is_directory=True)
        assert list(pictures_in(tmp_path / "more")) == [tmp_path / "more" / "a.jpg"]


class TestArchives:
    def test_are_unpacked_when_asked(self, sheet: Path, tmp_path: Path) -> None:
        archive = packed(tmp_path / "主图.zip", {"主图/lamp.jpg": b"lamp", "mug.png": b"mug", "readme.txt": b"x"})
        to = tmp_path / "data" / "images"
        with PictureFinder(sheet, [archive], unpack_to=to, is_lazy=True) as finder:
            found = finder.find("lamp.jpg")
            assert finder.counts == {archive: 2}
            assert finder.used(archive) == 1
            waiting = dict(finder.packed)
        assert list(waiting) == [found]
        assert not to.exists()
        unpack(waiting.values(), TaskContext())
        assert Path(found).read_bytes() == b"lamp"
        assert Path(found).suffix == ".jpg"

    def test_at_once_for_the_command_line(self, sheet: Path, tmp_path: Path) -> None:
        archive = packed(tmp_path / "a.zip", {"lamp.jpg": b"lamp"})
        with PictureFinder(sheet, [archive], unpack_to=tmp_path / "images") as finder:
            assert Path(finder.find("lamp.jpg")).read_bytes() == b"lamp"

    def test_the_same_archive_gives_the_same_paths(self, sheet: Path, tmp_path: Path) -> None:
        paths = []
        for name in ("a.zip", "b.zip"):
            archive = packed(tmp_path / name, {"x/lamp.jpg": b"lamp" * 99})
            with PictureFinder(sheet, [archive], unpack_to=tmp_path / "images") as finder:
                paths.append(finder.find("lamp.jpg"))
        assert paths[0] == paths[1]

    def test_a_data_packages_own_pictures(self, tmp_path: Path) -> None:
        package = packed(tmp_path / "package.zip", {"products.csv": CSV.encode(), "images/lamp.jpg": b"lamp"})
        with (
            open_workbook(package) as opened,
            PictureFinder(package, package=opened.package, unpack_to=tmp_path / "images") as finder,
        ):
            assert Path(finder.find("images/lamp.jpg")).read_bytes() == b"lamp"

    def test_by_its_path_before_its_name(self, sheet: Path, tmp_path: Path) -> None:
        archive = packed(tmp_path / "a.zip", {"red/1.jpg": b"red", "blue/1.jpg": b"blue"})
        with PictureFinder(sheet, [archive], unpack_to=tmp_path / "images") as finder:
            assert Path(finder.find("blue/1.jpg")).read_bytes() == b"blue"

    @pytest.mark.parametrize("wrapper", ["", "产品数据包/"], ids=["plain", "wrapped"])
    def test_every_products_folder_may_have_the_same_names(self, sheet: Path, tmp_path: Path, wrapper: str) -> None:
        """A folder packed as a whole wraps everything once more; names differ by case alone in it."""
        told = {"images/red/1.jpg": b"red", "images/blue/1.jpg": b"blue", "Images/blue/1.JPG": b"navy"}
        archive = packed(tmp_path / "a.zip", {wrapper + name: data for name, data in told.items()})
        with PictureFinder(sheet, [archive], unpack_to=tmp_path / "unpacked") as finder:
            for name, data in told.items():
                assert Path(finder.find(name)).read_bytes() == data
            assert Path(finder.find("red/1.jpg")).read_bytes() == b"red"
            assert Path(finder.find("elsewhere/images/red/1.jpg")).read_bytes() == b"red"
            assert not finder.missing

    def test_a_name_that_several_pictures_share_is_not_guessed(self, sheet: Path, tmp_path: Path) -> None:
        """A listing would show somebody else's goods. Copies of one picture are one."""
        told = {"red/1.jpg": b"red", "blue/1.jpg": b"blue", "red/logo.jpg": b"logo", "blue/logo.jpg": b"logo"}
        archive = packed(tmp_path / "a.zip", told)
        folder = tmp_path / "dropped"
        for name, data in {"red/2.jpg": b"red", "blue/2.jpg": b"blue", "red/3.jpg": b"3", "blue/3.jpg": b"3"}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        with PictureFinder(sheet, [archive, folder], unpack_to=tmp_path / "unpacked") as finder:
            for name in ("1.jpg", "green/1.jpg", "2.jpg", "green/2.jpg"):
                assert finder.find(name) in finder.missing
            assert Path(finder.find("logo.jpg")).read_bytes() == b"logo"
            assert Path(finder.find("blue/2.jpg")).read_bytes() == b"blue"
            assert Path(finder.find("dropped/red/2.jpg")).read_bytes() == b"red"
            assert Path(finder.find("3.jpg")).read_bytes() == b"3"

    def test_without_a_place_to_unpack_to_the_member_is_named(self, sheet: Path, tmp_path: Path) -> None:
        archive = packed(tmp_path / "a.zip", {"x/lamp.jpg": b"lamp"})
        with PictureFinder(sheet, [archive]) as finder:
            assert finder.find("lamp.jpg") == "x/lamp.jpg"

    def test_a_damaged_picture_fails_alone(self, sheet: Path, tmp_path: Path) -> None:
        archive = packed(tmp_path / "a.zip", {"a.jpg": b"a" * 4000, "b.jpg": b"b" * 4000})
        content = bytearray(archive.read_bytes())
        start = content.index(b"a.jpg") + 5
        content[start : start + 8] = b"\xff" * 8
        archive.write_bytes(content)
        to = tmp_path / "images"
        with PictureFinder(sheet, [archive], unpack_to=to, is_lazy=True) as finder:
            broken, sound = finder.find("a.jpg"), finder.find("b.jpg")
            waiting = dict(finder.packed)
        unpack(waiting.values(), TaskContext())
        assert not Path(broken).exists()
        assert Path(sound).read_bytes() == b"b" * 4000
        assert [path.name for path in to.iterdir()] == [Path(sound).name], "nothing half-written is left"

    def test_a_lying_checksum_is_not_kept(self, sheet: Path, tmp_path: Path) -> None:
        """The file is named by the checksum the archive declares: a lie would put it in place of another picture."""
        archive = packed(tmp_path / "a.zip", {"a.jpg": b"a" * 50})
        content = archive.read_bytes()
        with zipfile.ZipFile(archive) as opened:
            crc = opened.infolist()[0].CRC.to_bytes(4, "little")
        archive.write_bytes(content.replace(crc, b"\1\2\3\4"))
        with PictureFinder(sheet, [archive], unpack_to=tmp_path / "images") as finder:
            assert not Path(finder.find("a.jpg")).exists()

    def test_unpacking_stops_between_two_and_skips_what_is_there(self, sheet: Path, tmp_path: Path) -> None:
        archive = packed(tmp_path / "a.zip", {"a.jpg": b"a"})
        there = PackedPicture(archive, "a.jpg", put(tmp_path / "images" / "x.jpg", b"kept"))
        new = PackedPicture(archive, "a.jpg", tmp_path / "images" / "y.jpg")
        ctx = TaskContext()
        unpack([there, new, new], ctx)
        assert there.target.read_bytes() == b"kept"
        assert new.target.read_bytes() == b"a"
        ctx.stop.set()
        with pytest.raises(TaskCancelled):
            unpack([PackedPicture(archive, "a.jpg", tmp_path / "images" / "z.jpg")], ctx)

    def test_an_archive_that_is_gone_by_then(self, tmp_path: Path) -> None:
        gone = PackedPicture(tmp_path / "gone.zip", "a.jpg", tmp_path / "images" / "a.jpg")
        broken = PackedPicture(put(tmp_path / "broken.zip", b"PK\x03\x04"), "a.jpg", tmp_path / "images" / "b.jpg")
        unpack([gone, broken], TaskContext())
        assert not gone.target.exists()


class TestSortingOut:
    def test_by_content(self, sheet: Path, tmp_path: Path) -> None:
        pictures = packed(tmp_path / "pictures.zip", {"a.jpg": b"a"})
        package = packed(tmp_path / "package.zip", {"products.csv": CSV.encode(), "a.jpg": b"a"})
        nothing = packed(tmp_path / "nothing.zip", {"a.txt": b"a"})
        image, folder = put(tmp_path / "a.webp"), tmp_path
        paths = [sheet, pictures, package, nothing, image, folder, sheet]
        found = sort_out(list(map(str, paths)))
        assert found.sheets == (sheet, package, nothing)
        assert found.pictures == (pictures, image, folder)

    def test_a_folder_alone_stands_for_the_sheets_in_it(self, sheet: Path, tmp_path: Path) -> None:
        pictures = packed(tmp_path / "pictures.zip", {"a.jpg": b"a"})
        for name in ("~$open.xlsx", ".hidden.csv", "notes.pdf", "a.webp"):
            put(tmp_path / name)
        (tmp_path / "old.csv").mkdir()
        found = sort_out([str(tmp_path), str(pictures), str(sheet.parent)])
        assert (found.sheets, found.pictures) == ((sheet,), (tmp_path, pictures, sheet.parent))
        assert sort_out([str(sheet), str(tmp_path)]).sheets == (sheet,)
        assert sort_out([str(tmp_path / "old.csv")]).sheets == ()

    def test_a_workbook_is_never_an_archive_of_pictures(self, tmp_path: Path) -> None:
        import openpyxl

        path = tmp_path / "renamed.zip"
        openpyxl.Workbook().save(path)
        assert not holds_only_pictures(path)
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("xl/media/image1.png", b"x")
        assert not holds_only_pictures(path)

    def test_what_cannot_be_opened_is_left_to_whoever_reads_it(self, tmp_path: Path) -> None:
        assert not holds_only_pictures(tmp_path / "gone.zip")
        assert not holds_only_pictures(put(tmp_path / "broken.zip", b"PK\x03\x04 nothing"))
