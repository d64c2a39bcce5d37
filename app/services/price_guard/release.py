"""Letting listings out of quarantine: a person with the right says why; it holds for exactly what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.services.clock import now_ms
from app.services.compliance.loading import load_context
from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.recording import add_entries, record_change, this_person
from app.services.history.records import ChangeRecord, Entry
from app.services.listings.loading import chunks, load_listings
from app.services.price_guard.judging import imprint_of, reason_key
from app.services.price_guard.records import CODES
from app.services.price_guard.releases import NOUN, image_of, put_release
from app.services.roles import Right, ensure

LONGEST_COMMENT = 500
SHORTEST_COMMENT = 3


class BadComment(InputError):
    """A release says why in `least` to `most` characters."""

    code = "guard.comment"


class NothingHeld(InputError):
    """None of the listings is in quarantine."""

    code = "guard.nothing_held"


def release(db: Database, role: str, listing_ids: Iterable[int], comment: str) -> ChangeRecord:
    """Let these listings pass the price guard as they are now, as one change that can be undone. Those that nothing
    holds are left out. Another price, price by country, currency, or discount plan needs another release, and so does
    a reason that was not there.

    Args:
        role: of the person who does it.
        comment: why; it is kept with the release and in the history.

    Raises:
        NotAllowed: the role may not.
        BadComment: no comment, or too long a one.
        NothingHeld: there is nothing to release.
    """
    ensure(role, Right.RELEASE)
    said = " ".join(comment.split())
    if not SHORTEST_COMMENT <= len(said) <= LONGEST_COMMENT:
        raise BadComment(least=SHORTEST_COMMENT, most=LONGEST_COMMENT)
    ids = sorted(set(listing_ids))
    with db.bulk() as connection:
        entries = _entries(connection, ids, said)
        if not entries:
            raise NothingHeld
        for entry in entries:
            put_release(connection, entry.listing_id, entry.after)
        change_id, change = record_change(
            connection,
            kind="edit",
            label="change.released",
            params={"n": len(entries), "comment": said},
            listing_count=len(entries),
        )
        add_entries(connection, change_id, entries)
    recheck(db, [entry.listing_id for entry in entries])
    return change


def _entries(connection: Connection, ids: Sequence[int], comment: str) -> list[Entry]:
    contexts: dict[int, Any] = {}
    entries = []
    actor, moment = this_person(), now_ms()
    noun: Literal["release"] = NOUN
    with Session(bind=connection) as session:
        for chunk in chunks(ids):
            for record in load_listings(connection, chunk):
                if record.store_id not in contexts:
                    contexts[record.store_id] = load_context(session, record.store_id)
                facts, reasons = contexts[record.store_id].guard.all_reasons(record)
                seen = sorted({reason_key(record, one) for one in reasons if one.code in CODES})
                if not seen:
                    continue
                after = {
                    "imprint": imprint_of(record, facts.plan),
                    "reasons": orjson.dumps(seen).decode(),
                    "comment": comment,
                    "actor": actor,
                    "released_ms": moment,
                }
                before = image_of(connection, record.id)
                if before is None or before["imprint"] != after["imprint"] or before["reasons"] != after["reasons"]:
                    entries.append(Entry(noun, record.id, record.id, {NOUN: before}, {NOUN: after}))
    return entries
