"""Clicks on the titles of columns: rows stand in the order of what the cells of the column show."""

import pytest
from PySide6.QtCore import QPoint, Qt

from app.models import Category, FreightTemplate, ListingHold, ListingWarehouse, MarketingGroup, MarketingMember
from app.models import ProductGroup as Group
from app.services.listings.source import ListingSource
from app.services.listings.text import fold
from app.services.listings.variant_source import VariantSource
from app.views.cells import MISSING
from app.views.language import language
from app.views.listings.columns import columns
from app.views.listings.variant_columns import variant_columns

CANNOT_BE_SORTED = {"variant"}
"""The label of a variant is put together from names of its category when it is shown; it is stored nowhere."""
NAMES = ("beta", "Alpha", "Яблоко", "арбуз", "灯具", "")
"""In the order of their ids."""


@pytest.mark.parametrize(
    ("made", "source", "known_not"),
    [(columns, ListingSource, set()), (variant_columns, VariantSource, CANNOT_BE_SORTED)],
    ids=["listings", "variants"],
)
def test_every_column_can_be_sorted_by(made, source, known_not):
    """What the order of each is, `tests/unit/listings/test_sorting.py` tells."""
    assert {column.key for column in made() if not column.sort_key} == known_not
    fields = source.spec.fields
    assert all(fields[column.sort_key].is_sortable for column in made() if column.sort_key)


@pytest.fixture
def named(make_listing, db):
    """A listing for each name, the newest first; ids of groups, templates and categories go against the names."""
    listings = [
        make_listing(
            f"Lamp {at}", category_id=f"1{at}", freight_template_id=f"2{at}", group_id=f"3{at}" if name else ""
        )
        for at, name in enumerate(NAMES)
    ]
    with db.write() as session:
        for at, (listing, name) in enumerate(zip(listings, NAMES, strict=True)):
            session.add_all(_of_name(at, name, listing.id) if name else ())
    return listings


def _of_name(at, name, listing_id):
    english = name if name.isascii() else f"Z{9 - at}"
    texts = {"name_zh": name, "name_en": english, "path_zh": name, "path_en": english, "parent_id": "", "level": 1}
    yield Category(gateway="http://127.0.0.1:1", category_id=f"1{at}", is_leaf=True, fetched_ms=1, **texts)
    yield FreightTemplate(store_id=1, template_id=f"2{at}", name=name, synced_ms=1)
    yield Group(store_id=1, group_id=f"3{at}", name=name, synced_ms=1)
    yield MarketingGroup(id=at + 1, store_id=1, name=name, created_ms=1)
    yield MarketingMember(listing_id=listing_id, group_id=at + 1)
    yield ListingHold(listing_id=listing_id, reason=name, actor="ann", held_ms=1)
    yield ListingWarehouse(listing_id=listing_id, kind="virtual" if at % 2 else "real")


def show_alone(page, key):
    """Beside the first column no other, so that its title is in view."""
    for column in page.table.paged.columns:
        page.table.set_column_shown(column.key, column.key == key)


def click_title(page, key, qtbot, settle):
    header, at = page.table.header, page.table.column_at(key)
    middle = header.sectionViewportPosition(at) + header.sectionSize(at) // 2
    qtbot.mouseClick(
        header.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QPoint(middle, header.height() // 2),
    )
    settle()


def shown(page, key):
    model, at = page.table.paged, page.table.column_at(key)
    return [model.index(row, at).data() for row in range(model.rowCount())]


def in_order(texts):
    """Missing ones first."""
    return sorted(texts, key=lambda text: "" if text == MISSING.text else fold(text))


@pytest.mark.parametrize("each_language", ["en", "zh"])
@pytest.mark.parametrize(
    "key", ["group", "category", "freight_template", "marketing_group", "warehouse_kind", "hold_reason", "status"]
)
def test_a_click_on_the_title_puts_what_cells_show_in_order(
    key, each_language, named, write, open_page, qtbot, settle, request
):
    request.addfinalizer(lambda: language.set_language("en"))
    for status, listing in zip(("live", "off", "off", "held", "draft", "unknown"), named, strict=True):
        reason = "violation" if listing is named[1] else "expired"
        write("UPDATE listing SET status = ?, off_reason = ? WHERE id = ?", status, reason, listing.id)
    language.set_language(each_language)
    page = open_page()
    show_alone(page, key)
    before = shown(page, key)
    assert len(set(before)) > 2 and len(before) == len(NAMES)
    click_title(page, key, qtbot, settle)
    assert shown(page, key) == in_order(before)
    click_title(page, key, qtbot, settle)
    assert shown(page, key) == in_order(before)[::-1]


def test_rows_are_put_in_order_anew_for_names_in_another_language(named, open_page, qtbot, settle, request):
    request.addfinalizer(lambda: language.set_language("en"))
    page = open_page()
    show_alone(page, "category")
    click_title(page, "category", qtbot, settle)
    assert shown(page, "category") == ["15", "Alpha", "beta", "Z5", "Z6", "Z7"]
    language.set_language("zh")
    qtbot.waitUntil(lambda: "灯具" in shown(page, "category"))
    settle()
    assert shown(page, "category") == ["15", "Alpha", "beta", "арбуз", "Яблоко", "灯具"]


@pytest.mark.parametrize("key", ["ships_from", "barcode"])
def test_variants_stand_in_the_order_of_their_own_texts(key, named, write, open_page, qtbot, settle):
    write(f"UPDATE sku SET {key} = CASE id % 4 WHEN 0 THEN '' WHEN 1 THEN 'US' WHEN 2 THEN 'CN' ELSE 'ES' END")
    page = open_page()
    page.levels.toggle()
    settle()
    show_alone(page, key)
    before = shown(page, key)
    assert set(before) == {MISSING.text, "US", "CN", "ES"}
    click_title(page, key, qtbot, settle)
    assert shown(page, key) == in_order(before)
    click_title(page, key, qtbot, settle)
    assert shown(page, key) == in_order(before)[::-1]
