"""After a change of the word lists: the listings that carry one of the words, checked anew in the background."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection

from app.services.compliance.findings import Label
from app.services.compliance.recheck import RecheckResult, recheck
from app.services.compliance.word_lists import Entry
from app.services.compliance.words import Word, WordBook
from app.services.db import Database
from app.services.tasks import TaskContext
from app.services.upgrade import open_database

AT_ONCE = 500
_NOBODY = Label(zh="", en="")
_TEXTS = """
SELECT id, title, keywords, detail_html, attributes,
       coalesce((SELECT group_concat(properties, ' ') FROM sku WHERE listing_id = listing.id), '')
FROM listing JOIN listing_body USING (id) WHERE id > ? ORDER BY id LIMIT ?
"""


def carrying(db: Database, entries: Sequence[Entry], ctx: TaskContext) -> list[int]:
    """Ids of the listings that carry one of the words, whatever excepts it; a few more may be among them.

    Raises:
        TaskCancelled: stopped.
    """
    book, found, last = _book(entries), list[int](), 0
    with db.reader.connect() as connection:
        total, done = _total(connection), 0
        while rows := connection.exec_driver_sql(_TEXTS, (last, AT_ONCE)).all():
            ctx.checkpoint()
            found += [row[0] for row in rows if not book.is_clean("\n".join(row[1:]))]
            last, done = rows[-1][0], done + len(rows)
            ctx.report(done, total, note="words.looking")
    return found


def recheck_words(db: Database, entries: Sequence[Entry], ctx: TaskContext) -> RecheckResult:
    """Check the listings anew that carry one of the words. Raises: TaskCancelled; what was counted is stored."""
    ids = carrying(db, entries, ctx) if entries else []
    return recheck(db, ids, ctx) if ids else RecheckResult()


def recheck_in_worker(database: Path, entries: Sequence[Entry], *, ctx: TaskContext) -> RecheckResult:
    """As `recheck_words`, in the worker process."""
    db = open_database(database)
    try:
        return recheck_words(db, entries, ctx)
    finally:
        db.dispose()


def _book(entries: Iterable[Entry]) -> WordBook:
    return WordBook((entry.word, Word(entry.word, "", _NOBODY)) for entry in entries)


def _total(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT count(*) FROM listing").scalar_one())
