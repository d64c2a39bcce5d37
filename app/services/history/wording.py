"""What a change is called, in the user's language: the window and the command line say it alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages import messages, tr
from app.services.history.records import GUARD_LABEL, ChangeRecord
from app.services.price_guard.told import settings_text

KEY = "key"


def said(key: str) -> dict[str, str]:
    """A value for `ChangeRecord.params` that is itself a message: it is kept as its key, so that the history reads in
    whatever language it is opened in."""
    return {KEY: key}


def change_label(change: ChangeRecord) -> str:
    """What a change did; one of another version of the program by its label alone."""
    try:
        if messages.has(change.label):
            told = {name: _text(value) for name, value in change.params.items()}
            if change.label == GUARD_LABEL:
                told["what"] = settings_text(str(told["what"]))
            return tr(change.label, **told)
    except KeyError:
        pass  # another version's placeholders
    return change.label


def _text(value: Any) -> Any:
    return tr(value[KEY]) if isinstance(value, Mapping) else value
