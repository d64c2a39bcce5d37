"""Looks of pictures in the database, by content: a picture is unpacked once, whatever it is called."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson
from sqlalchemy import Connection

from app.services.compliance.image_facts import ImageFacts
from app.services.compliance.images import FLUSH, refresh_image_facts
from app.services.compliance.rule_data import rule_data
from app.services.db import Database
from app.services.images.looks import Look, look_at
from app.services.tasks import TaskContext

LOOKING = "images.looking"
_INSERT = "INSERT OR IGNORE INTO image_look (sha256, dhash, tone, colours, orientation) VALUES (?, ?, ?, ?, ?)"


def refresh_looks(db: Database, sources: Iterable[str], ctx: TaskContext | None = None) -> dict[str, ImageFacts]:
    """Read picture files that changed, and look into those nobody looked into yet; addresses are left out.

    Returns: facts by source, without looks.
    Raises:
        TaskCancelled: stopped; what was looked at until then is stored.
    """
    facts = refresh_image_facts(db, sources, ctx)
    with db.read() as session:
        known = _known(session.connection())
    todo = {one.sha256: one.source for one in facts.values() if one.sha256 and not one.problem}
    wanted = [(sha256, source) for sha256, source in todo.items() if sha256 not in known]
    most = rule_data().limits.image_pixels_max
    for start in range(0, len(wanted), FLUSH):
        fresh: list[tuple[str, Look]] = []
        try:
            for sha256, source in wanted[start : start + FLUSH]:
                if ctx is not None:
                    ctx.checkpoint()
                    ctx.report(start + len(fresh), len(wanted), note=LOOKING)
                fresh.append((sha256, _look(source, most)))
        finally:
            with db.bulk() as connection:
                _store(connection, fresh)
    return facts


def _known(connection: Connection) -> set[str]:
    return set(connection.exec_driver_sql("SELECT sha256 FROM image_look").scalars())


def _look(source: str, pixels_max: int) -> Look:
    try:
        return look_at(Path(source).read_bytes(), pixels_max)
    except (OSError, ValueError):  # gone since it was read a moment ago
        return Look()


def _store(connection: Connection, looks: Iterable[tuple[str, Look]]) -> None:
    rows = [
        (sha256, look.dhash, look.tone, orjson.dumps(dict(look.colours)).decode(), look.orientation)
        for sha256, look in looks
    ]
    if rows:
        connection.exec_driver_sql(_INSERT, rows)
