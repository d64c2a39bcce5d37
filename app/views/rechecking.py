"""Findings counted anew after what they follow was changed: a job that outlives the dialog it was changed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.views.context import ViewContext


def recheck_beside(context: ViewContext, call: Sequence[Any], title_key: str, **params: object) -> None:
    """Begin the recheck that *call* names, as `TaskRunner.start_heavy` takes it, and tell of listings it changed.

    Args:
        title_key, params: what the job is called.
    """
    handle = context.runner.start_heavy(*call)
    handle.succeeded.connect(lambda found: context.changes.tell({"listing"}) if found.changed else None)
    context.jobs.add(
        handle,
        title_key,
        icon="shield-check",
        summarise=lambda found: ("words.rechecked", {"n": found.checked, "changed": found.changed}),
        **params,
    )
