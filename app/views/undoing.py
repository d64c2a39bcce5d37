"""Taking changes back and bringing them again, from wherever it is asked for, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.messages import tr
from app.services.history.records import JUDGED_ANEW, TABLE
from app.services.history.wording import change_label, left_alone
from app.views.notices import Offer

if TYPE_CHECKING:
    from app.views.desktop import Desktop

UNDONE = "history.undone_toast"
MANY = 2_000
"""Listings from which on taking back is work for the worker process: the window would feel it."""


class Undoing(QObject):
    """Undo, redo and the history of *desktop*, its parent. Large changes go to the worker process."""

    def __init__(self, desktop: Desktop) -> None:
        super().__init__(desktop)
        self._desktop, self._context = desktop, desktop.context

    def undo(self, uid: str | None = None) -> None:
        """Take back a change, the newest one without *uid*."""
        self._take_back(uid, is_step=uid is None)

    def undo_part(self, uid: str | None, only: Sequence[int] | None, fields: Sequence[str] | None) -> None:
        """Take back a change for the listings *only*, in *fields* alone; None stands for all. A large one goes to the
        worker process, as a job."""
        self._take_back(uid, only, fields)

    def _take_back(
        self,
        uid: str | None,
        only: Sequence[int] | None = None,
        fields: Sequence[str] | None = None,
        *,
        is_step: bool = False,
    ) -> None:
        """As `undo_part`; *is_step*: one of several steps back, so that where it is stuck the one before is offered."""

        def take_back(change: Any) -> None:
            if _is_work(change):
                handle = self._context.runner.start_heavy(
                    *self._context.services.bulk_edit.undo_call(uid, only, fields)
                )
                self._add_job(handle, "undo", change)
            else:
                handle = self._context.runner.start(self._context.services.listings.undo, uid, only, fields=fields)
            handle.succeeded.connect(self._on_step if is_step else self._on_undone)
            handle.failed.connect(lambda error: self._on_nothing(error, "history.nothing_to_undo"))

        def look() -> None:
            handle = self._context.runner.call(self._context.services.listings.change, uid)
            handle.succeeded.connect(take_back)
            handle.failed.connect(self._desktop.tell)

        self._when_stored(look)

    def _add_job(self, handle: Any, verb: str, change: Any) -> None:
        if change.label in JUDGED_ANEW:
            self._context.jobs.add(handle, f"history.job.{verb}_judging", icon="history", what=change_label(change))
        else:
            self._context.jobs.add(handle, f"history.job.{verb}", icon="history", n=change.listing_count)

    def undo_after(self, change: Any) -> None:
        """Take back everything that was changed after *change*, which itself stays."""

        def take_back() -> None:
            handle = self._context.runner.start_heavy(*self._context.services.bulk_edit.return_call(change.created_at))
            self._context.jobs.add(handle, "history.job.return", icon="history")
            handle.succeeded.connect(self._on_returned)
            handle.failed.connect(lambda error: self._on_nothing(error, "history.nothing_to_undo"))

        self._when_stored(take_back)

    def _on_returned(self, result: Any) -> None:
        self._desktop.reload_pages()
        counts: dict[str, Any] = {"changes": len(result.changes), "n": len(result.restored)}
        offer = None
        if result.conflicts:
            offer = Offer("history.show_conflicts", lambda: self._show_conflicts(result.conflicts))
        key = "history.returned_partly" if result.conflicts else "history.returned"
        if result.reasons:
            key, counts["why"] = "history.returned_but", left_alone(result.conflicts, result.reasons)
        tone = "amber" if result.conflicts else "green"
        self._context.notices.toast(key, tone=tone, offer=offer, kept=len(result.conflicts), **counts)
        self._send(result)

    def redo(self) -> None:
        """Do the last undone change again."""

        def bring_back(change: Any) -> None:
            if _is_work(change):
                handle = self._context.runner.start_heavy(*self._context.services.bulk_edit.redo_call())
                self._add_job(handle, "redo", change)
            else:
                handle = self._context.runner.start(self._context.services.listings.redo)
            handle.succeeded.connect(lambda result: self._after_undo("history.redone_toast", result))
            handle.failed.connect(lambda error: self._on_nothing(error, "history.nothing_to_redo"))

        def look() -> None:
            handle = self._context.runner.call(self._context.services.listings.can_redo)
            handle.succeeded.connect(bring_back)
            handle.failed.connect(self._desktop.tell)

        self._when_stored(look)

    def _on_undone(self, result: Any) -> None:
        self._after_undo(UNDONE, result)

    def _on_step(self, result: Any) -> None:
        if not result.is_stuck:
            self._on_undone(result)
            return
        handle = self._context.runner.call(self._context.services.listings.next_to_undo, result.change.uid)
        handle.succeeded.connect(lambda before: self._say_stuck(result, before))
        handle.failed.connect(self._desktop.tell)

    def _say_stuck(self, result: Any, before: Any) -> None:
        """The newest change cannot be taken back any more: what stands before it can, or the history helps on."""
        params = {"label": change_label(result.change)}
        offer = Offer("action.history", self.show_history)
        if before is not None:
            offer = Offer("history.undo_before", lambda: self._take_back(before.uid, is_step=True))
            params["before"] = change_label(before)
        if result.reasons:
            key, params["why"] = "history.not_undone", left_alone(result.conflicts, result.reasons)
        else:
            key = "history.stuck" if before is None else "history.stuck_before"
        self._context.notices.toast(key, tone="amber", offer=offer, **params)

    def _after_undo(self, key: str, result: Any) -> None:
        self._desktop.reload_pages()
        if result.change.kind == TABLE:
            kind = tr(f"tables.kind.{result.change.params['kind']}")
            self._context.notices.toast("tables.undone" if key == UNDONE else "tables.redone", kind=kind)
        elif result.conflict_names:
            names = tr("history.list_gap").join(result.conflict_names)
            self._context.notices.toast("history.left_alone", tone="amber", n=result.restored, names=names)
        elif result.conflicts:
            offer = Offer("history.show_conflicts", lambda: self._show_conflicts(result.conflicts))
            why = left_alone(result.conflicts, result.reasons)
            told = "history.undone_but" if result.reasons else "history.undone_partly"
            params = {"n": result.restored, "kept": len(result.conflicts), "why": why}
            self._context.notices.toast(told, tone="amber", offer=offer, **params)
        elif result.waiting:
            self._context.notices.toast("delist.undone" if key == UNDONE else "delist.redone", n=result.restored)
        else:
            self._context.notices.toast(key, n=result.restored)
        self._send(result)

    def _send(self, result: Any) -> None:
        """The marketplace hears at once what became of a delisting; what else was edited of a listing, or cannot be
        sent just now, is offered."""
        from app.views.listings.unfinished import Left

        for one in result.waiting:
            left = Left(one.store_id, one.store, one.listings, one.batch_id, action=one.action)
            self._desktop.listings_page().publisher.start(left)
        if result.unsent:
            offer = Offer("delist.send_again", lambda: self._send_again(result.unsent))
            self._context.notices.toast("delist.unsent", tone="amber", offer=offer, n=len(result.unsent))

    def _send_again(self, listing_ids: Sequence[int]) -> None:
        self._desktop.window.show_tab("listings")
        self._desktop.listings_page().publisher.publish(listing_ids)

    def _show_conflicts(self, listing_ids: Sequence[int]) -> None:
        if all(number < 0 for number in listing_ids):  # things of the team's own: the history names them
            self.show_history()
            return
        self._desktop.window.show_tab("listings")
        self._desktop.listings_page().restore_selection_of_problem(listing_ids)

    def _on_nothing(self, error: Exception, key: str) -> None:
        from app.services.errors import NotFound

        if isinstance(error, NotFound):
            self._context.notices.toast(key, tone="gray")
        else:
            self._desktop.tell(error)

    def _when_stored(self, do: Callable[[], None]) -> None:
        """What was typed is a change, too: *do* comes after it is stored."""
        page = self._desktop.window.pages.get("listings")
        if page is not None and page.is_furnished:  # type: ignore[attr-defined]
            page.editor.saver.when_stored(do)  # type: ignore[attr-defined]
        else:
            do()

    def show_history(self) -> None:
        """All changes, newest first."""
        from app.views.history_dialog import HistoryDialog

        dialog = HistoryDialog(self._context, self._desktop.window)
        dialog.undo_wanted.connect(self.undo)
        dialog.part_wanted.connect(self.undo_part)
        dialog.return_wanted.connect(self.undo_after)
        dialog.show()


def _is_work(change: Any) -> bool:
    """Whether taking *change* back, or bringing it again, is work for the worker process."""
    return change is not None and (change.listing_count >= MANY or change.label in JUDGED_ANEW)
