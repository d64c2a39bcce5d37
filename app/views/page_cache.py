"""The rows that were looked at lately, page by page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from app.services.paging import PAGE_ROWS

if TYPE_CHECKING:
    from app.views.cells import RowCells

PAGES = 96


class Entry:
    """A row record and, once it was looked at, its cells."""

    __slots__ = ("cells", "row")

    def __init__(self, row: Any) -> None:
        self.row = row
        self.cells: RowCells | None = None


class PageCache:
    """At most 96 pages, the least lately used leave first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[int, list[Entry | None]] = OrderedDict()
        self.stale: set[int] = set()

    def __contains__(self, page: int) -> bool:
        return page in self._pages

    def __len__(self) -> int:
        return len(self._pages)

    def entry(self, at: int) -> Entry | None:
        """The row at top-level place *at*; None if its page is not here or the row is gone."""
        page = self._pages.get(at // PAGE_ROWS)
        offset = at % PAGE_ROWS
        return page[offset] if page is not None and offset < len(page) else None

    def touch(self, page: int) -> None:
        """Count *page* as just used."""
        if page in self._pages:
            self._pages.move_to_end(page)

    def put(self, page: int, rows: Iterable[Any | None]) -> None:
        """Keep *rows* as page number *page*; a row equal to the one before keeps its cells."""
        before = {entry.row.id: entry for entry in self._pages.get(page, ()) if entry is not None}
        self._pages[page] = [_kept(before, row) for row in rows]
        self._pages.move_to_end(page)
        self.stale.discard(page)
        while len(self._pages) > PAGES:
            gone, _ = self._pages.popitem(last=False)
            self.stale.discard(gone)

    def pages(self) -> list[int]:
        """Numbers of the pages here."""
        return list(self._pages)

    def entries(self, page: int) -> Iterator[Entry]:
        """The rows of *page* that are known."""
        return (entry for entry in self._pages.get(page, ()) if entry is not None)

    def forget_cells(self) -> None:
        """Format every row anew: the language or the columns changed."""
        for page in self._pages:
            for entry in self.entries(page):
                entry.cells = None

    def clear(self) -> None:
        """Forget everything."""
        self._pages.clear()
        self.stale.clear()


def _kept(before: dict[int, Entry], row: Any | None) -> Entry | None:
    if row is None:
        return None
    old = before.get(row.id)
    return old if old is not None and old.row == row else Entry(row)
