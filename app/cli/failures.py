"""From an exception to an exit code and a sentence. No traceback ever reaches a user."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from app.cli.outcome import Exit
from app.messages import messages, tr
from app.services.errors import AppError, InputError, OutOfReach, UndoConflict
from app.services.tasks import TaskCancelled

log = logging.getLogger(__name__)


class UsageError(InputError):
    """The command line cannot be understood; `detail` says what."""

    code = "cli.usage"


@dataclass(frozen=True, slots=True)
class Failure:
    """What is told of an exception."""

    code: str
    message: str
    exit: Exit


def failure_of(error: BaseException, log_file: str) -> Failure:
    """What to tell of *error*; a bug is logged with its traceback, and the sentence names the file."""
    try:
        return _failure_of(error, log_file)
    except Exception:  # a broken catalogue must not bring the traceback after all
        log.exception("no sentence for %s", type(error).__name__)
        return Failure("cli.bug", f"cli.bug: {log_file}", Exit.NOTHING_DONE)


def _failure_of(error: BaseException, log_file: str) -> Failure:
    if isinstance(error, AppError):
        return Failure(error.error_code, sentence(error), _exit_of(error))
    if isinstance(error, TaskCancelled):
        return Failure("cli.cancelled", tr("error.cli.cancelled"), Exit.NOTHING_DONE)
    if _is_database_out_of_reach(error):
        log.error("database out of reach: %s", error)
        return Failure("database.out_of_reach", tr("error.database.out_of_reach"), Exit.OUT_OF_REACH)
    if isinstance(error, OSError) and error.filename:
        params = {"file": str(error.filename), "detail": error.strerror or type(error).__name__}
        return Failure("cli.file", tr("error.cli.file", **params), Exit.NOTHING_DONE)
    log.error("unexpected", exc_info=error)
    return Failure("cli.bug", tr("error.cli.bug", file=log_file), Exit.NOTHING_DONE)


def sentence(error: AppError) -> str:
    """The error's sentence in the user's language; its code where the catalogue has none."""
    if not messages.has(error.message_key):
        return error.error_code
    try:
        return tr(error.message_key, **error.params)
    except (KeyError, IndexError, ValueError):
        log.error("the sentence of %s does not fit its parameters %s", error.error_code, sorted(error.params))
        return error.error_code


def _exit_of(error: AppError) -> Exit:
    from app.services.marketplace.port import MarketplaceError, Refused

    if isinstance(error, UndoConflict):
        return Exit.SOME_REFUSED
    if isinstance(error, OutOfReach) or (isinstance(error, MarketplaceError) and not isinstance(error, Refused)):
        return Exit.OUT_OF_REACH
    return Exit.NOTHING_DONE


def _is_database_out_of_reach(error: BaseException) -> bool:
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    return isinstance(error, OperationalError | PoolTimeout)
