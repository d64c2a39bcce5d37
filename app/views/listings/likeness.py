"""Whether listings that are about to be published are like others of their store: looked up while the question stands
open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.views.latest_call import LatestCall

if TYPE_CHECKING:
    from app.services.listings.similar.records import SimilarResult
    from app.views.context import ViewContext
    from app.views.listings.publish_question import PublishQuestion


def tell_likeness(
    context: ViewContext, question: PublishQuestion, listing_ids: Sequence[int], compare: Callable[[list[int]], object]
) -> None:
    """Fill the question's line. Where the search fails the line stays away: publishing does not depend on it, for the
    checker says of every listing by itself whether it is there twice.

    Args:
        compare: shows the listings of these ids beside those they are like.
    """
    ids, looking = list(listing_ids), LatestCall(context, question)
    question.show_looking()
    looking.answered.connect(lambda found: _show(question, ids, found))
    looking.failed.connect(lambda _: question.show_similar(None))
    question.finished.connect(lambda _: looking.stop())
    question.compare_wanted.connect(lambda: compare(ids))
    looking.ask(context.services.similar.before_sending_call(ids))


def _show(question: PublishQuestion, listing_ids: Sequence[int], found: SimilarResult) -> None:
    question.show_similar(found.count_of(set(listing_ids)))
