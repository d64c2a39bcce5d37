"""What is kept of the rows looked at, and for how long."""

from array import array
from dataclasses import dataclass

import pytest

from app.services.paging import PAGE_ROWS
from app.views import page_loader
from app.views.page_cache import PAGES, PageCache


@dataclass(frozen=True)
class Row:
    id: int
    title: str = ""


def test_rows_are_found_by_their_place():
    cache = PageCache()
    cache.put(2, [Row(7), None, Row(9)])
    assert cache.entry(2 * PAGE_ROWS).row == Row(7)
    assert cache.entry(2 * PAGE_ROWS + 1) is None
    assert cache.entry(2 * PAGE_ROWS + 2).row.id == 9
    assert cache.entry(2 * PAGE_ROWS + 3) is None
    assert cache.entry(0) is None
    assert 2 in cache
    assert 1 not in cache


def test_the_least_lately_used_page_leaves_first():
    cache = PageCache()
    for page in range(PAGES):
        cache.put(page, [Row(page)])
    cache.touch(0)
    cache.stale.add(1)
    cache.put(PAGES, [Row(PAGES)])
    assert 0 in cache
    assert 1 not in cache
    assert 1 not in cache.stale
    assert len(cache) == PAGES


def test_an_unchanged_row_keeps_its_cells():
    cache = PageCache()
    cache.put(0, [Row(1, "a"), Row(2, "b")])
    for entry in cache.entries(0):
        entry.cells = ["painted"]
    cache.stale.add(0)
    cache.put(0, [Row(1, "a"), Row(2, "changed")])
    first, second = cache.entries(0)
    assert first.cells == ["painted"]
    assert second.cells is None
    assert 0 not in cache.stale


def test_cells_can_be_forgotten_without_the_rows():
    cache = PageCache()
    cache.put(0, [Row(1)])
    cache.entry(0).cells = ["painted"]
    cache.forget_cells()
    assert cache.entry(0).row == Row(1)
    assert cache.entry(0).cells is None
    cache.clear()
    assert cache.pages() == []


@pytest.mark.parametrize("typecode", ["q", "i"])
def test_an_id_is_found_in_an_order_by_its_bytes(typecode, monkeypatch):
    monkeypatch.setattr(page_loader, "PIECE", 7)
    ids = array(typecode, [256, 1, 65536, 7, 0, 1 << 24, 255, 3, 300, 2])
    for id in (*ids, 4, 512, 16):
        assert page_loader.place_in(ids, id) == (ids.index(id) if id in ids else None), id


def test_few_and_many_ids_are_found_alike():
    ids = array("q", range(1000, 0, -3))
    few, many = {1, 500, 502}, set(range(0, 1000, 7))
    for wanted in (few, many, set()):
        order = page_loader.Order(ids, (), wanted)
        assert order.places == {id: ids.index(id) for id in wanted if id in ids}
