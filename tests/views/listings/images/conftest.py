"""Pictures of every kind, and the dialog over the listings that show them."""

from pathlib import Path

import pytest

from app.views.listings.images.dialog import ImagesDialog
from tests.unit.images.test_looks import SHOWN, goods


@pytest.fixture
def files(tmp_path):
    """A picture that is too long, one that is too small and no JPEG, one of no use, one that is gone, one in order."""
    names = {}
    for name, size, colour in (
        ("long.jpg", (1300, 850), "blue"),
        ("small.png", (500, 500), "red"),
        ("fine.jpg", (810, 810), "green"),
    ):
        names[name] = str(tmp_path / name)
        goods(SHOWN[colour]).resize(size).save(names[name])
    names |= {name: str(tmp_path / name) for name in ("bad.jpg", "gone.jpg")}
    Path(names["bad.jpg"]).write_bytes(b"no picture")
    return names


@pytest.fixture
def open_dialog(open_page, qtbot, settle):
    """Open it by its action over the whole filter."""

    def show(page=None):
        page = page or open_page()
        page.actions_of_page["images"].trigger()
        qtbot.waitUntil(lambda: any(one.isVisible() for one in page.findChildren(ImagesDialog)))
        settle()
        return page, next(one for one in page.findChildren(ImagesDialog) if one.isVisible())

    return show
