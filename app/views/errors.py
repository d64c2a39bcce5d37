"""What an exception says to a person."""

from __future__ import annotations

import logging

from app.messages import messages, tr
from app.services.errors import AppError

log = logging.getLogger(__name__)


def sentence(error: BaseException) -> str:
    """What, where and the remedy in the user's language.

    A bug (anything but an `AppError` with a text) is logged and named by its type; its details stay in the log.
    """
    if isinstance(error, AppError) and messages.has(error.message_key):
        try:
            return tr(error.message_key, **error.params)
        except KeyError:
            log.exception("%s lacks a parameter of its sentence", error.error_code)
    log.error("unexpected error", exc_info=error)
    return tr("window.bug", name=type(error).__name__)
