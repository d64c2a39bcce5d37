"""Opening a database file: made new, brought up to date after a backup, or refused if it is newer than the program."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from app.models.migrations import HEAD
from app.services.db import Database
from app.services.errors import InputError

KEPT_DAILY_BACKUPS = 14
KEYS_SINCE = "0012"
"""The revision from which on match keys are those of the grammar of codes."""
RATE_SINCE = "0020"
"""The revision from which on the exchange rate stands in the database, not in the settings file."""
WATCHED_SINCE = "0031"
"""The revision from which on a database has all that the triggers write that watch what figures are made from."""
TARIFFS_SINCE = "0021"
"""The revision from which on a database has carrier tariffs."""
APART_SINCE = "0033"
"""The revision from which on long columns stand apart: before, they leave every page of the listings half empty."""

ROOM = 5
"""So many times the file's size an upgrade takes at most: a copy of it, its rows written anew, their log."""
MB = 1 << 20

log = logging.getLogger(__name__)


class DatabaseTooNew(InputError):
    """The file was written by a newer program: `found` is its revision, `known` ours."""

    code = "database.too_new"


class DatabaseDamaged(InputError):
    """The file is no database, or not one of ours; `file` names it."""

    code = "database.damaged"


class NoRoomToUpgrade(InputError):
    """The disk of `folder` has `free` megabytes, upgrading `file` takes `needed`; nothing was changed."""

    code = "database.no_room"


def open_database(path: Path) -> Database:
    """The database at *path*, with today's tables. A file that must be upgraded is copied to `backups/` first.

    Raises:
        DatabaseTooNew: made by a newer program.
        DatabaseDamaged: not a database of ours.
        NoRoomToUpgrade: the disk is too full to upgrade it.
    """
    found = revision_of(path)
    if found is not None and found > HEAD:
        raise DatabaseTooNew(file=path.name, found=found, known=HEAD)
    if found not in (None, HEAD):
        _demand_room(path)
    database = Database(path)
    if found != HEAD:
        if found is not None:
            backup(path, backup_dir(path), label=f"before-{HEAD}")
        upgrade(database)
    return database


def _demand_room(path: Path) -> None:
    needed, free = ROOM * path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < needed:
        raise NoRoomToUpgrade(
            file=path.name, folder=str(path.parent), needed=str(-(-needed // MB)), free=str(free // MB)
        )


def revision_of(path: Path) -> str | None:
    """The revision of the file, None where there is no file or it is empty.

    Raises:
        DatabaseDamaged: not a database, or one without our revision mark.
    """
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise DatabaseDamaged(file=path.name) from error
    return str(row[0]) if row else None


def upgrade(database: Database, target: str = HEAD) -> None:
    """Run the missing migrations in one transaction: all of them, or none."""
    from alembic import command
    from alembic.config import Config

    import app.models.migrations as migrations

    config = Config()
    config.set_main_option("script_location", str(Path(next(iter(migrations.__path__)))))
    found = revision_of(database.path)
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, target)
        if found is not None and found < KEYS_SINCE <= target:
            from app.services.codes.rekeying import rekey

            rekey(connection)
        if (found or "") < RATE_SINCE <= target:
            from app.services.pricing.starting import begin_rates

            begin_rates(connection, database.path.parent)
        if (found or "") < TARIFFS_SINCE <= target:
            from app.services.freight.starting_tariffs import store_starting_tariffs

            store_starting_tariffs(connection)
        if target >= WATCHED_SINCE:
            from app.services.pricing.watching import watch_inputs

            watch_inputs(connection)
    if found is not None and found < APART_SINCE <= target:
        _pack(database.path)


def _pack(path: Path, wait_s: float = 5) -> None:
    """Close the gaps that moved columns left in the file: what is read and written of it shrinks with them. Without
    room on the disk, or while another program writes, it stays as it is: nothing depends on it."""
    try:
        with closing(sqlite3.connect(path, wait_s, isolation_level=None)) as connection:
            connection.execute("VACUUM")
    except sqlite3.Error as error:
        log.warning("the database was not packed: %s", error)


def backup_dir(path: Path) -> Path:
    """Where copies of the database at *path* are kept."""
    return path.parent / "backups"


def backup(path: Path, folder: Path, label: str = "") -> Path:
    """Copy the database while it may be in use (SQLite's online backup); the copy is whole or not there at all."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    target = folder / f"{path.stem}-{stamp}{'-' if label else ''}{label}.db"
    part = target.with_suffix(".part")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
    part.chmod(0o600)
    part.replace(target)
    return target


def daily_backup(path: Path) -> Path | None:
    """Today's copy, unless there is one already; keeps the newest 14 daily copies."""
    folder = backup_dir(path)
    today = datetime.now(UTC).strftime("%Y%m%d")
    if any(folder.glob(f"{path.stem}-{today}-*-daily.db")):
        return None
    made = backup(path, folder, label="daily")
    for old in sorted(folder.glob(f"{path.stem}-*-daily.db"))[:-KEPT_DAILY_BACKUPS]:
        old.unlink()
    return made
