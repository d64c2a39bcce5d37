"""Findings by rule and the word lists: what their dialogs do to the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.services.paging import Filter, Query
from app.views.errors import sentence

if TYPE_CHECKING:
    from app.services.listings.findings_overview import Chosen, RuleCount
    from app.views.context import ViewContext


class Checking(QObject):
    """Opens them for the Listings page *page*."""

    def __init__(self, context: ViewContext, page: Any) -> None:
        super().__init__(page)
        self._context, self._page = context, page

    def show_words(self) -> None:
        """The word lists that listings are checked with."""
        from app.views.words.dialog import WordsDialog

        WordsDialog(self._context, self._page).show()

    def show_findings(self, chosen: Chosen, count: int) -> None:
        """Findings of *chosen*, which are *count* listings, grouped by rule."""
        from app.views.listings.findings_dialog import FindingsDialog

        dialog = FindingsDialog(self._context, chosen, count, self._page)
        dialog.show_wanted.connect(lambda rule: self._show_rule(chosen, rule))
        dialog.fix_wanted.connect(lambda rule: self._fix_rule(chosen, rule))
        dialog.show()

    def _show_rule(self, chosen: Chosen, rule: RuleCount) -> None:
        """The listings that break a rule, in the table: by a filter that can be seen, or of chosen rows as chosen."""
        if isinstance(chosen, Query):
            others = [one for one in self._page.filters.filters if one.field != "finding"]
            self._page.filters.set_filters([*others, Filter("finding", "in", (rule.code,))])
            return
        handle = self._context.runner.call(self._context.services.listings.with_rule, chosen, rule.code)
        handle.succeeded.connect(lambda found: self._page.show_rows(found[0]))
        handle.failed.connect(self._tell)

    def _fix_rule(self, chosen: Chosen, rule: RuleCount) -> None:
        """Preview the remedy of a rule, or the replacement of its words, for the listings that break it."""
        handle = self._context.runner.call(self._context.services.listings.with_rule, chosen, rule.code)
        handle.succeeded.connect(lambda found: self._open_fix(rule, *found))
        handle.failed.connect(self._tell)

    def _open_fix(self, rule: RuleCount, chosen: Chosen, words: Sequence[tuple[str, str]]) -> None:
        from app.views.listings.bulk_edit.dialog import BulkEditDialog

        page = self._page
        dialog = BulkEditDialog(self._context, chosen, rule.listings, page.show_rows, page)
        dialog.applied.connect(page.acts.on_bulk_edited)
        if rule.remedy == "fix":
            dialog.begin_with([("fix", "fix", rule.code)])
        elif words:
            dialog.begin_with([(field, "replace", word) for field, word in words])
        else:
            dialog.begin("title", "replace")

    def _tell(self, error: Exception) -> None:
        self._context.notices.toast("window.said", tone="red", text=sentence(error))
