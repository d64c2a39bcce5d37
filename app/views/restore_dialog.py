"""Going on with the data of another computer: a backup file becomes this program's database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.messages import tr
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.widgets.dialog import Confirmation


def choose_backup(context: ViewContext, parent: QWidget, then: Callable[[Path], None]) -> None:
    """Ask for a backup file, then whether it may take the place of the present data; *then* is called when it has."""
    name, _ = QFileDialog.getOpenFileName(parent, tr("restore.title"), "", tr("restore.kinds"))
    if not name:
        return
    path = Path(name)
    question = Confirmation(parent, "restore.ask", "restore.verb", detail_key="restore.detail", file=path.name)
    question.accepted.connect(lambda: _restore(context, path, then))
    question.open()


def _restore(context: ViewContext, path: Path, then: Callable[[Path], None]) -> None:
    handle = context.runner.call(context.services.restore, path)
    handle.succeeded.connect(lambda _: then(path))
    handle.failed.connect(lambda error: context.notices.toast("window.said", tone="red", text=sentence(error)))
