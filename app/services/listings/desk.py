"""What window and command line do with listings: read, edit, check, undo. Every edit is checked anew at once."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.services.compliance.number_recheck import recheck_numbers
from app.services.compliance.recheck import recheck, refresh_listing_images
from app.services.compliance.word_desk import words_of_change
from app.services.db import Database
from app.services.history.contents import ChangeContents
from app.services.history.listing import (
    can_redo,
    can_undo,
    changes_of_listing,
    find_change,
    list_changes,
    next_to_undo,
)
from app.services.history.records import DELIST_LABELS, WORDS_LABEL, ChangeRecord, UndoResult
from app.services.history.returning import Returned, count_since, go_back
from app.services.history.undo import redo, undo
from app.services.history.wording import said
from app.services.listings.cells import CellEdit, CellPlan, CellsSaved, plan_cells
from app.services.listings.choice_names import FilterChoices
from app.services.listings.choices import filter_choices
from app.services.listings.delisting.undoing import send_back
from app.services.listings.details import Choice, ListingDetail, find_categories, listing_detail
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.findings_overview import (
    Chosen,
    RuleCount,
    listed_words,
    note_sorted,
    remedy_of,
    rule_counts,
    unsorted_listings,
    with_rule,
)
from app.services.listings.holding import hold_listings, release_listings
from app.services.listings.similar.releasing import release_twins
from app.services.listings.source import ListingSource
from app.services.listings.variant_source import VariantSource
from app.services.listings.words_recheck import recheck_words
from app.services.paging import Filter, Query
from app.services.publishing.batches import cancel_needless
from app.services.roles import Role
from app.services.tasks import TaskContext


class ListingDesk:
    """The use cases of listings over one database. Threads: any; everything here touches the disk.

    Args:
        open_db: gives the database, opened at the first call.
        role: of whoever works here, asked at each call.
    """

    def __init__(self, open_db: Callable[[], Database], role: Callable[[], str] = lambda: Role.SUPERVISOR) -> None:
        self._open_db, self._role = open_db, role

    @property
    def db(self) -> Database:
        """The database."""
        return self._open_db()

    def source(self) -> ListingSource:
        """The page source of the table."""
        return ListingSource(self.db)

    def variant_source(self) -> VariantSource:
        """The page source of the table of variants."""
        return VariantSource(self.db)

    def detail(self, listing_id: int) -> ListingDetail:
        """One listing for the side panel. Raises: NotFound."""
        return listing_detail(self.db, listing_id)

    def find_categories(self, store_id: int, text: str) -> list[tuple[Choice, Choice]]:
        """Leaf categories for a search text."""
        return find_categories(self.db, store_id, text)

    def save(
        self, edits: Sequence[ListingEdit], title: str, *, continues: str | None = None, rule: str = ""
    ) -> ChangeRecord | None:
        """Store edits as one change and check what was edited anew; pictures that are new are read first.

        Args:
            title: of the listing, for the history.
            continues: uid of the change that the same typing made a moment ago.
            rule: message key of the reason whose remedy this is, for the history in place of the title.

        Returns: the change, None where nothing differed.
        """
        label, params = ("change.remedy", {"reason": said(rule)}) if rule else ("change.edit", {"title": title})
        change = edit_listings(self.db, edits, label=label, params=params, continues=continues)
        if change is not None:
            self._recheck([edit.listing_id for edit in edits], [e.listing_id for e in edits if e.images is not None])
        return change

    def release_twins(self, listing_id: int, ctx: TaskContext | None = None) -> ChangeRecord | None:
        """Let a listing that is held as a second one of the same item go: it is told apart from the others, as a
        change that can be undone.

        Returns: the change; None where there is nothing to tell apart any more.
        """
        change = release_twins(self.db, [listing_id])
        self._recheck([listing_id], ())
        return change

    def hold(self, listing_ids: Sequence[int], reason: str, ctx: TaskContext | None = None) -> ChangeRecord | None:
        """Hold listings back; see `holding.hold_listings`. Raises: BadReason."""
        return hold_listings(self.db, listing_ids, reason, ctx)

    def release_hold(self, listing_ids: Sequence[int], ctx: TaskContext | None = None) -> ChangeRecord | None:
        """Let held listings go again; see `holding.release_listings`."""
        return release_listings(self.db, listing_ids, ctx)

    def hold_call(self, listing_ids: Sequence[int], reason: str | None) -> tuple[Any, ...]:
        """The call for the worker process that holds very many listings, or releases them without a *reason*."""
        return "app.services.listings.holding:hold_in_worker", self.db.path, list(listing_ids), reason

    def plan_cells(self, cells: Sequence[CellEdit]) -> CellPlan:
        """What a block of cells would change, before it is asked about."""
        return plan_cells(self.db, cells)

    def save_cells(self, cells: Sequence[CellEdit], ctx: TaskContext | None = None) -> CellsSaved:
        """Store a block of cells as one change and check its listings anew; refused cells are left out.

        Raises:
            TaskCancelled: stopped; nothing was written.
        """
        plan = plan_cells(self.db, cells)
        is_one = len(plan.changes) == 1
        label = "change.edit" if is_one else "change.cells"
        params: dict[str, Any] = {"title": plan.changes[0].name} if is_one else {"n": len(plan.changes)}
        change = edit_listings(self.db, plan.edits(), label=label, params=params, ctx=ctx)
        if change is not None:
            self._recheck(plan.listing_ids, ())
        return CellsSaved(change, plan)

    def undo(
        self,
        uid: str | None = None,
        only: Sequence[int] | None = None,
        ctx: TaskContext | None = None,
        fields: Sequence[str] | None = None,
    ) -> UndoResult:
        """Take a change back, the newest one without *uid*; for listings *only*, in *fields* alone. What is undone of
        a delisting is queued, so that the marketplace hears of it (`UndoResult.waiting`).

        Raises: NotFound, NotAllowed, TaskCancelled.
        """
        return self._checked(undo(self.db, uid, only=only, fields=fields, ctx=ctx, role=self._role()))

    def count_since(self, moment: datetime) -> int:
        """How many changes and undos `go_back` would take back."""
        return count_since(self.db, moment)

    def go_back(self, moment: datetime, ctx: TaskContext | None = None) -> Returned:
        """Make everything what it was at *moment*: what was changed or undone since is taken back. What it did to
        delistings is queued as by `undo`.

        Raises: NotFound, NotAllowed, TaskCancelled.
        """
        done = go_back(self.db, moment, ctx=ctx, role=self._role())
        cancel_needless(self.db, done.restored)
        if done.suspects:
            self._recheck(done.suspects, ())
        if not done.delistings:
            return done
        waiting, unsent = send_back(self.db, done.delistings)
        return replace(done, waiting=waiting, unsent=unsent)

    def redo(self, ctx: TaskContext | None = None) -> UndoResult:
        """Take the newest undo back. Raises: NotFound, TaskCancelled."""
        return self._checked(redo(self.db, ctx=ctx, role=self._role()))

    def can_undo(self) -> ChangeRecord | None:
        """What undo would take back."""
        return can_undo(self.db)

    def next_to_undo(self, uid: str) -> ChangeRecord | None:
        """What can be tried where the change *uid* cannot be taken back any more."""
        return next_to_undo(self.db, uid)

    def can_redo(self) -> ChangeRecord | None:
        """What redo would do again."""
        return can_redo(self.db)

    def history(self, limit: int = 100, matching: Callable[[ChangeRecord], bool] | None = None) -> list[ChangeRecord]:
        """The newest changes, newest first; with *matching* only those it is true of."""
        return list_changes(self.db, limit=limit, matching=matching)

    def change(self, uid: str | None) -> ChangeRecord | None:
        """The change *uid*, without it what undo would take back; None where there is none."""
        if uid is None:
            return self.can_undo()
        with self.db.reader.connect() as connection:
            found = find_change(connection, uid)
            return found[1] if found else None

    def change_contents(self, uid: str) -> ChangeContents:
        """Page source over what a change did, listing by listing."""
        return ChangeContents(self.db, uid)

    def history_of(self, listing_id: int) -> list[ChangeRecord]:
        """The changes of one listing, newest first."""
        return changes_of_listing(self.db, listing_id)

    def recheck(self, listing_ids: Sequence[int] | None, ctx: TaskContext | None = None) -> Any:
        """Read pictures again and count findings anew, of all listings without ids."""
        refresh_listing_images(self.db, listing_ids, ctx)
        return recheck(self.db, listing_ids, ctx)

    def counts(self, query: Query, ctx: TaskContext | None = None) -> dict[str, int]:
        """How many listings of *query* each status has; conditions on the status itself are left out.

        Raises: TaskCancelled.
        """
        filters = tuple(condition for condition in query.filters if condition.field != "status")
        return self.source().count_by("status", Query(text=query.text, filters=filters, store_ids=query.store_ids), ctx)

    def with_findings(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """Ids of the listings of *query* that the checker has something to say about, in their order."""
        source = self.source()
        return source.ids(replace(query, filters=(*query.filters, Filter("findings", ">", 0))), ctx)

    def rules(self, chosen: Chosen, ctx: TaskContext | None = None) -> list[RuleCount]:
        """The rules that are broken in *chosen*; listings an older version counted are checked anew first.

        Raises: TaskCancelled, UnknownField, BadValue.
        """
        if old := unsorted_listings(self.db):
            recheck(self.db, old, ctx)
            note_sorted(self.db)
        return rule_counts(self.db, chosen, ctx)

    def with_rule(self, chosen: Chosen, code: str) -> tuple[Chosen, list[tuple[str, str]]]:
        """Those of *chosen* that break a rule, and of a rule about listed words the words, with their fields."""
        words = listed_words(self.db, chosen, code) if remedy_of(code) == "replace" else []
        return with_rule(chosen, code, self.db), words

    def filter_choices(self, store_ids: Sequence[int], language: str) -> FilterChoices:
        """Categories, templates, groups and imports that the listings of these stores use."""
        return filter_choices(self.db, store_ids, language)

    def _checked(self, result: UndoResult) -> UndoResult:
        cancel_needless(self.db, result.listing_ids)
        if result.change.label == WORDS_LABEL:
            recheck_words(self.db, words_of_change(self.db, result.change.uid), TaskContext())
        if others := set(result.suspects) - set(result.by_numbers):
            self._recheck(sorted(others), ())
        recheck_numbers(self.db, result.by_numbers)
        if result.change.label not in DELIST_LABELS:
            return result
        waiting, unsent = send_back(self.db, [result])
        return replace(result, waiting=waiting, unsent=unsent)

    def _recheck(self, listing_ids: Sequence[int], with_new_images: Sequence[int]) -> None:
        if with_new_images:
            refresh_listing_images(self.db, with_new_images)
        recheck(self.db, listing_ids)
