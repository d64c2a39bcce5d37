"""What a bulk edit from the Listings tab is for: the chosen listings, or the single variants that are chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.services.listings.bulk_edit.targets import ChosenVariants, Target
from app.services.listings.source import CHILD_ID_OFFSET

if TYPE_CHECKING:
    from app.views.listings.page import ListingsPage

Act = Callable[[Target, int], Any]


def with_target(page: ListingsPage, act: Act) -> None:
    """Call *act* with what is chosen on *page* and how many listings or variants those are, when what is typed is
    stored. Without a choice it is the whole filter, of the level in view."""
    chosen = page.selection()
    own = [number - CHILD_ID_OFFSET for number in page.levels.of_unfolded(chosen)]  # storing may read rows anew
    if page.levels.is_variants:
        target = ChosenVariants(chosen.query if chosen.is_all else list(chosen.ids))
        count = page.chosen_count()
        _when_stored(page, lambda: act(target, count))
    elif own:
        _when_stored(page, lambda: _with_unfolded(page, own, list(chosen.ids), act))
    else:
        page.with_chosen(act)


def _when_stored(page: ListingsPage, then: Callable[[], Any]) -> None:
    page.editor.editor.commit()
    page.editor.saver.when_stored(then)


def _with_unfolded(page: ListingsPage, own: list[int], listing_ids: list[int], act: Act) -> None:
    """Single variants are chosen, beside whole listings or without any: of these all variants are meant."""
    if not listing_ids:
        act(ChosenVariants(own), len(own))
        return
    context = page.context
    handle = context.runner.call(context.services.listings.variant_source().variants_of, listing_ids)
    handle.succeeded.connect(lambda found: act(ChosenVariants([*found, *own]), len(found) + len(own)))
    handle.failed.connect(page.on_problem)
