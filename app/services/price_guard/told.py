"""What the price guard was set to, in the user's language: the history keeps it by name (`hold_bp 75, costs on`)."""

from __future__ import annotations

from app.messages import messages, tr


def settings_text(kept: str) -> str:
    """Settings as the history keeps them, name and value by comma; what is no setting stays as it is."""
    return tr("history.list_gap").join(map(_one, kept.split(", ")))


def _one(kept: str) -> str:
    name, _, value = kept.partition(" ")
    key = f"guard.told.{name}"
    if not value or not messages.has(key):
        return kept
    own = next(filter(messages.has, (f"guard.told.{name}.{value}", f"guard.told.value.{value}")), "")
    return tr(key, value=tr(own) if own else value)
