"""What a change is called, in the user's language: the window and the command line say it alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from app.messages import messages, tr
from app.services.history.records import GUARD_LABEL, ChangeRecord
from app.services.price_guard.told import settings_text

if TYPE_CHECKING:
    from app.services.publishing.entries import Reason

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


def reason_text(reason: Reason) -> str:
    """Why a listing is left alone by an undo."""
    return tr(f"error.{reason.code}", **reason.params)


def left_alone(conflicts: Collection[int], reasons: Mapping[int, Reason]) -> str:
    """Why an undo left *conflicts* alone: each reason with how many it holds for."""
    said = Counter(reason_text(reasons[one]) if one in reasons else tr("history.left_edited") for one in conflicts)
    return " ".join(tr("history.left_because", n=n, why=why) for why, n in said.items())


def _text(value: Any) -> Any:
    return tr(value[KEY]) if isinstance(value, Mapping) else value
