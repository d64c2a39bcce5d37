"""A sheet from a stranger cannot make us publish a file of this computer that was not given along with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.messages import tr
from app.services.listings.importing import session
from app.services.tasks import TaskContext
from tests.unit.listings.importing.conftest import HEADERS, LAMP, Prepare, Sheet

WITH_PICTURES = (*HEADERS, "Color", "Images", "SKU image")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A picture beside the folder of the sheet, not in it."""
    path = tmp_path / "private" / "passport.jpg"
    path.parent.mkdir()
    path.write_bytes(b"private")
    return path


@pytest.fixture
def quote(sheet: Sheet, tmp_path: Path) -> Sheet:
    """Writes a sheet that names pictures into a folder of its own."""
    (tmp_path / "quote").mkdir()

    def write(images: str, sku_image: str = "") -> str:
        return sheet((*LAMP, "White", images, sku_image), headers=WITH_PICTURES, name="quote/quote.xlsx")

    return write


@pytest.mark.parametrize("is_absolute", [True, False])
@pytest.mark.parametrize("letter", ["H", "I"])
def test_a_path_out_of_the_sheets_folder_is_refused(
    quote: Sheet, prepare: Prepare, secret: Path, letter: str, is_absolute: bool
) -> None:
    name = str(secret) if is_absolute else "images/../../private/passport.jpg"
    head = prepare(quote(name) if letter == "H" else quote("", name))
    assert head.verdict_counts == {"refused": 1}
    error = head.errors[0]
    assert (error.code, error.column, error.value) == ("picture_outside", letter, name[:80])
    assert "outside" in error.message(tr)


@pytest.mark.parametrize("name", [r"..\private\passport.jpg", r"C:\private\other.jpg", "/private/other.jpg"])
def test_in_every_spelling(quote: Sheet, prepare: Prepare, secret: Path, name: str) -> None:
    assert prepare(quote(name)).verdict_counts == {"refused": 1}


def test_what_was_given_along_is_meant_by_its_name(quote: Sheet, prepare: Prepare, secret: Path) -> None:
    path = quote(str(secret))
    assert prepare(path, str(secret.parent)).verdict_counts == {"new": 1}
    assert prepare(quote("../private/passport.jpg"), str(secret)).verdict_counts == {"new": 1}


def test_a_path_that_stays_in_the_folder_is_taken(quote: Sheet, prepare: Prepare, tmp_path: Path) -> None:
    own = tmp_path / "quote" / "images" / "lamp.jpg"
    own.parent.mkdir()
    own.write_bytes(b"lamp")
    for name in (str(own), "images/../images/lamp.jpg", "../quote/images/lamp.jpg", r"D:\old\lamp.jpg"):
        head = prepare(quote(name))
        assert head.verdict_counts == {"new": 1}, name
        image = session.rows(head.token, [1], ctx=TaskContext())[0].image
        assert Path(image).resolve() == own, name


def test_a_picture_that_we_have_already_is_nothing_new(
    quote: Sheet, prepare: Prepare, secret: Path, tmp_path: Path
) -> None:
    """What was exported comes back, wherever its pictures lie."""
    session.apply(prepare(quote("passport.jpg"), str(secret)).token, ctx=TaskContext())
    assert prepare(quote(str(secret))).verdict_counts == {"same": 1}
    assert prepare(quote(str(tmp_path / "private" / "other.jpg"))).verdict_counts == {"refused": 1}
