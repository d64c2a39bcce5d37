"""Listings that are alike, and the dialog over them."""

import pytest

from app.views.listings.similar.dialog import SimilarDialog

LAMP = "Bedside Table Lamp Dimmable Touch Control for Bedroom"


@pytest.fixture
def lamps(make_listing):
    """Three of the same codes, two of nearly the same title, one like none."""
    same = [make_listing(f"Unlike{n} others{n} at all{n}", (("LM1-WH", 1890, 5),), (f"{n}.jpg",)).id for n in range(3)]
    near = [
        make_listing(f"{LAMP}{more}", ((f"ZZ{n}", 900, 5),), (f"z{n}.jpg",)).id for n, more in enumerate(("", " Warm"))
    ]
    make_listing("Coffee Mug of Stoneware", (("MG1-RD", None, 5),), ("mug.jpg",))
    return same, near


def dialog_of(page):
    return page.findChildren(SimilarDialog)[-1]


@pytest.fixture
def open_dialog(open_page, qtbot, settle):
    """Open it by its action; with ids, on these rows."""

    def show(ids=(), page=None):
        page = page or open_page()
        page.rows.clearSelection() if not ids else page.rows.select_ids(ids)
        page.actions_of_page["similar"].trigger()
        qtbot.waitUntil(lambda: bool(page.findChildren(SimilarDialog)))
        settle()
        return page, dialog_of(page)

    return show
