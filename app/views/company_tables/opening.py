"""Opening the inbox from wherever it is wanted, and saying when tables are old."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.company_tables.wording import kind_text
from app.views.context import ViewContext
from app.views.language import language
from app.views.notices import Banner, Offer

if TYPE_CHECKING:  # with them come the readers of workbooks, for which the window need not wait
    from app.services.company_tables.records import InboxRow

BANNER = "tables"
LOOK_MS = 15 * 60_000
"""How often the age of the tables is looked at while the window is open."""


def _names(rows: Sequence[InboxRow]) -> str:
    return tr("history.list_gap").join(kind_text(row.kind) for row in rows)


class Inbox(QObject):
    """One for the window.

    Args:
        show: brings the Listings tab into view and opens its inbox with files to store; returns the dialog.
    """

    def __init__(self, context: ViewContext, window: QWidget, show: Callable[[Sequence[Path]], Any]) -> None:
        super().__init__(window)
        self._context, self._show = context, show
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)

    def begin(self) -> None:
        """Look at the age of the tables now and from time to time, and after each was renewed."""
        self._context.changes.happened.connect(self._on_changes)
        language.changed.connect(self._on_language)
        self._timer.start()
        self.look()

    def _on_language(self, _: str) -> None:
        self.look()  # the banner names the tables

    def _on_changes(self, tables: frozenset[str]) -> None:
        if "company_table" in tables:
            self.look()

    def look(self) -> None:
        """Show the banner while a table is old; take it away when none is."""
        handle = self._context.runner.call(self._context.services.tables.old)
        handle.succeeded.connect(self._tell)

    def _tell(self, old: Sequence[InboxRow]) -> None:
        if not old:
            self._context.notices.clear_banner(BANNER)
            return
        come, missing = [row for row in old if row.source], [row for row in old if not row.source]
        named = come or missing
        params = {"n": len(named), "kinds": _names(named), "missing": _names(missing)}
        key = "tables.old_banner" if come else "tables.missing_banner"
        detail = "tables.missing_too" if come and missing else ""
        offers = (Offer("tables.open", lambda: self.open(), primary=True),)
        self._context.notices.banner(Banner(BANNER, key, params, detail, offers=offers, page="listings"))

    def open(self, paths: Sequence[Path] = ()) -> Any:
        """The inbox; *paths* are stored at once."""
        return self._show(paths)

    def take_files(self, paths: Sequence[Path], otherwise: Callable[[Sequence[Path]], object]) -> None:
        """Files were dropped on the window: company tables go to the inbox, all else is *otherwise*'s."""
        handle = self._context.runner.call(self._context.services.tables.are_tables, list(paths))
        handle.succeeded.connect(lambda are_tables: self.open(paths) if are_tables else otherwise(paths))
        handle.failed.connect(lambda _: otherwise(paths))
