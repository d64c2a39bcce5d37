"""The same sheet from another folder changes nothing: a picture is known by its content, or by its name."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.services.db import Database
from app.services.listings.importing import session
from app.services.tasks import TaskContext
from tests.unit.listings.importing.conftest import HEADERS, LAMP, Prepare, Sheet

WITH_PICTURES = (*HEADERS, "Color", "Images", "SKU image")
ROW = (*LAMP, "White", "main.jpg;side.jpg", "white.jpg")
Stored = Callable[[], dict[str, Any]]


def paint(path: Path, color: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (900, 900), color).save(path)


@pytest.fixture
def first(sheet: Sheet, prepare: Prepare, tmp_path: Path, db: Database) -> Path:
    """A folder with a sheet and its pictures that was imported and published."""
    folder = tmp_path / "first"
    for name, color in (("main.jpg", "navy"), ("side.jpg", "gray"), ("white.jpg", "white")):
        paint(folder / "images" / name, color)
    path = sheet(ROW, headers=WITH_PICTURES, name="first/quote.xlsx")
    session.apply(prepare(path).token, ctx=TaskContext())
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET sent_hash = content_hash, status = 'live', product_id = '1'")
    return folder


@pytest.fixture
def stored(db: Database) -> Stored:
    """Pictures and hashes as they are stored."""

    def read() -> dict[str, Any]:
        with db.reader.connect() as reader:
            images = reader.exec_driver_sql("SELECT source FROM image ORDER BY position").scalars().all()
            sku = reader.exec_driver_sql("SELECT json_extract(properties, '$[0].image') FROM sku").scalar_one()
            sent = reader.exec_driver_sql("SELECT sent_hash = content_hash FROM listing").scalar_one()
        return {"images": images, "sku": sku, "is_as_sent": bool(sent)}

    return read


def copied(first: Path, *, pictures: bool = True) -> Path:
    second = first.parent / "second"
    shutil.copytree(first, second) if pictures else second.mkdir()
    shutil.copy(first / "quote.xlsx", second)
    return second


def test_a_copy_beside_the_same_pictures(first: Path, prepare: Prepare, stored: Stored) -> None:
    before = stored()
    assert before["is_as_sent"]
    assert prepare(str(copied(first) / "quote.xlsx")).verdict_counts == {"same": 1}
    assert stored() == before


def test_a_copy_without_its_pictures_keeps_those_of_the_same_name(first: Path, prepare: Prepare) -> None:
    assert prepare(str(copied(first, pictures=False) / "quote.xlsx")).verdict_counts == {"same": 1}


def test_another_name_without_a_file_is_still_told(first: Path, prepare: Prepare, sheet: Sheet) -> None:
    copied(first, pictures=False)
    other = (*LAMP, "White", "main.jpg;back.jpg", "white.jpg")
    head = prepare(sheet(other, headers=WITH_PICTURES, name="second/quote.xlsx"))
    assert head.verdict_counts == {"changed": 1}
    session.apply(head.token, ctx=TaskContext())


@pytest.mark.parametrize("name", ["main.jpg", "white.jpg"])
def test_another_picture_of_the_same_name_is_a_change(first: Path, prepare: Prepare, stored: Stored, name: str) -> None:
    second = copied(first)
    paint(second / "images" / name, "red")
    head = prepare(str(second / "quote.xlsx"))
    assert head.verdict_counts == {"changed": 1}
    session.apply(head.token, ctx=TaskContext())
    after = stored()
    assert (str(second / "images" / name) in (*after["images"], after["sku"])) is True
    assert str(first / "images" / "side.jpg") in after["images"], "what is the same stays"
    assert not after["is_as_sent"]


def test_a_moved_folder_is_followed_and_nothing_is_sent_again(first: Path, prepare: Prepare, stored: Stored) -> None:
    second = first.rename(first.parent / "second")
    head = prepare(str(second / "quote.xlsx"))
    session.apply(head.token, ctx=TaskContext())
    folder = second / "images"
    assert stored() == {
        "images": [str(folder / "main.jpg"), str(folder / "side.jpg")],
        "sku": str(folder / "white.jpg"),
        "is_as_sent": True,
    }
    assert prepare(str(second / "quote.xlsx")).verdict_counts == {"same": 1}


def test_a_moved_folder_with_another_title_is_sent_again(
    first: Path, prepare: Prepare, stored: Stored, sheet: Sheet
) -> None:
    first.rename(first.parent / "second")
    path = sheet((ROW[0], "Bedside Lamp", *ROW[2:]), headers=WITH_PICTURES, name="second/quote.xlsx")
    session.apply(prepare(path).token, ctx=TaskContext())
    assert not stored()["is_as_sent"]
    session.apply(prepare(sheet(ROW, headers=WITH_PICTURES, name="second/quote.xlsx")).token, ctx=TaskContext())
    assert stored()["is_as_sent"], "the old title again is what the marketplace has"


class TestArchives:
    @pytest.fixture
    def archive(self, first: Path) -> Path:
        """The pictures in an archive, no longer beside the sheet."""
        path = first.parent / "主图.zip"
        with zipfile.ZipFile(path, "w") as packed:
            for picture in sorted((first / "images").iterdir()):
                packed.write(picture, f"a folder/{picture.name}")
        return path

    def test_a_sheet_again_without_its_archive(
        self, sheet: Sheet, prepare: Prepare, archive: Path, db: Database
    ) -> None:
        row = ("CF1240", "Insulated Coffee Mug", "CF1240-BK", 8.4, 588, 420, "Black", "main.jpg", "white.jpg")
        path = sheet(row, headers=WITH_PICTURES, name="mugs.xlsx")
        session.apply(prepare(path, str(archive)).token, ctx=TaskContext())
        assert prepare(path).verdict_counts == {"same": 1}
        assert prepare(path, str(archive)).verdict_counts == {"same": 1}

    def test_what_was_unpacked_without_its_name(
        self, sheet: Sheet, prepare: Prepare, archive: Path, db: Database, tmp_path: Path
    ) -> None:
        """As earlier versions did."""
        row = ("CF1240", "Insulated Coffee Mug", "CF1240-BK", 8.4, 588, 420, "Black", "main.jpg", "")
        path = sheet(row, headers=WITH_PICTURES, name="mugs.xlsx")
        session.apply(prepare(path, str(archive)).token, ctx=TaskContext())
        (unpacked,) = (tmp_path / "images").iterdir()
        older = unpacked.rename(unpacked.with_name(unpacked.name.removesuffix("-main.jpg") + ".jpg"))
        with db.bulk() as connection:
            connection.exec_driver_sql("UPDATE image SET source = ? WHERE source = ?", (str(older), str(unpacked)))
        assert prepare(path, str(archive)).verdict_counts == {"same": 1}
