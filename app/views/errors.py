"""What an exception says to a person."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from app.messages import messages, tr
from app.services.errors import AppError

log = logging.getLogger(__name__)


def sentence(error: BaseException) -> str:
    """What, where and the remedy in the user's language; a bug as `words_of` has it."""
    return words_of(error)()


def words_of(error: BaseException) -> Callable[[], str]:
    """What gives the sentence of *error* in the language of the moment; it does not keep the error alive.

    A bug (anything but an `AppError` with a text) is logged and named by its type; its details stay in the log.
    """
    if isinstance(error, AppError) and messages.has(error.message_key):
        words = partial(tr, error.message_key, **error.params)
        try:
            words()
        except KeyError:
            log.exception("%s lacks a parameter of its sentence", error.error_code)
        else:
            return words
    log.error("unexpected error", exc_info=error)
    return partial(tr, "window.bug", name=type(error).__name__)
