"""Modules imported ahead of their first use, which they would hold up: one a turn of the event loop."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

IMPORTING = tuple(
    f"app.views.{name}"
    for name in (
        *("widgets.state_pane", "preview_rows", "importing.save_file", "importing.applying", "importing.corrections"),
        *("importing.columns", "importing.errors_list", "importing.file_list", "importing.meanings"),
        *("importing.mapping_list", "importing.options", "importing.preview_table", "importing.reading"),
        "importing.dialog",
    )
)
"""Of the import dialog, those first that others need: a dropped file opens it at once."""
BULK_EDIT = tuple(
    f"app.views.listings.bulk_edit.{name}"
    for name in (
        *("parts", "applying", "image_forms", "formula_line", "number_form", "regional_forms", "text_forms"),
        *("value_forms", "catalogue", "kept_changes", "card", "changes_pane", "columns", "outcome", "spread"),
        *("preview", "recipes", "dialog"),
    )
)
"""The same of the bulk edit."""


def import_by_and_by(owner: QObject, names: Sequence[str]) -> None:
    """Import *names*, the next one when the event loop comes round again; none any more once *owner* is gone."""
    waiting = list(names)

    def step() -> None:
        if waiting:
            import_module(waiting.pop(0))
            QTimer.singleShot(0, owner, step)

    QTimer.singleShot(0, owner, step)
