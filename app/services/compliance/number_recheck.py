"""Counting findings anew where nothing but prices and stocks changed: all other findings are what they were.

A raise of a hundred thousand listings beyond what the price guard lets pass makes all of them suspects
(`number_looks.py`). A whole check of each reads its texts and pictures, too; here only the rules that read numbers are
asked, and what is stored of the others stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.services.compliance.context import CheckContext
from app.services.compliance.loading import load_context
from app.services.compliance.number_looks import NUMBER_CODES
from app.services.compliance.recheck import CHUNK, Recounted, recheck, recounted, stored_counts, write_recounted
from app.services.compliance.rule_looks import RuleLook
from app.services.compliance.stored_findings import counted, stored_tallies
from app.services.db import Database
from app.services.listings.loading import chunks, load_listings
from app.services.tasks import TaskContext


def recheck_numbers(db: Database, listing_ids: Sequence[int], ctx: TaskContext | None = None) -> None:
    """Count findings of these listings anew, of which nothing but prices and stocks changed since they were counted.
    Those whose stored findings are no full count are checked whole.

    Raises:
        TaskCancelled: stopped; listings counted until then are stored.
    """
    doubtful: list[int] = []
    look, contexts = RuleLook(NUMBER_CODES), dict[int, CheckContext]()
    ids = sorted(set(listing_ids))
    with db.read() as session:
        for number, chunk in enumerate(chunks(ids, CHUNK)):
            if ctx is not None:
                ctx.report(number * CHUNK, len(ids))
                ctx.checkpoint()
            write_recounted(db, _recounted(session, chunk, look, contexts, doubtful))
    if doubtful:
        recheck(db, doubtful, ctx)


def _recounted(
    session: Session, ids: Sequence[int], look: RuleLook, contexts: dict[int, CheckContext], doubtful: list[int]
) -> list[Recounted]:
    records = load_listings(session, ids)
    for store_id in {record.store_id for record in records}:
        if store_id not in contexts:
            contexts[store_id] = load_context(session, store_id)
        contexts[store_id].guard.forget()
        contexts[store_id].guard.learn([record for record in records if record.store_id == store_id])
    known, found = stored_tallies(session, ids), []
    before = stored_counts(session, ids)
    for record in records:
        old = known.get(record.id, {})
        if counted(old) != before[record.id]:
            doubtful.append(record.id)
            continue
        now = {key: times for key, times in old.items() if key[0] not in look.codes}
        now |= look.tally(record, contexts[record.store_id])
        one = recounted(record, before[record.id], old, now)
        if one.is_other or one.tallied is not None:
            found.append(one)
    return found
