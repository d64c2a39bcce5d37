"""Where to save a copy, and which files to add: dialogs that never block."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.messages import tr

WORKBOOK = "Excel (*.xlsx)"
WITH_MACROS = "Excel (*.xlsm)"
SHEETS = f"{WORKBOOK};;CSV (*.csv)"


def suggested_copy(path: Path) -> Path:
    """The marked copy beside its sheet; a workbook with macros stays one."""
    ending = ".xlsm" if path.suffix.lower() == ".xlsm" else ".xlsx"
    return path.with_name(f"{path.stem}-{tr('import.marked_suffix')}{ending}")


def ask_where(parent: QWidget, title_key: str, suggested: Path, then: Callable[[str], object]) -> QFileDialog:
    """Ask for the name of a new workbook; *then* gets it."""
    dialog = _dialog(parent, title_key)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(WITH_MACROS if suggested.suffix == ".xlsm" else WORKBOOK)
    dialog.setDefaultSuffix(suggested.suffix[1:])
    dialog.setDirectory(str(suggested.parent))
    dialog.selectFile(suggested.name)
    dialog.fileSelected.connect(lambda name: then(name))
    dialog.open()
    return dialog


def saving_dialog(parent: QWidget, title_key: str, kinds: str, suffix: str) -> QFileDialog:
    """A dialog for the name of a new file of one of *kinds* (divided by ;;), not open yet."""
    dialog = _dialog(parent, title_key)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(kinds.split(";;"))
    dialog.setDefaultSuffix(suffix[1:])
    return dialog


def ask_files(parent: QWidget, title_key: str, then: Callable[[list[Path]], object]) -> QFileDialog:
    """Ask for existing files; *then* gets them."""
    dialog = _dialog(parent, title_key)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
    dialog.open()
    return dialog


def _dialog(parent: QWidget, title_key: str) -> QFileDialog:
    dialog = QFileDialog(parent, tr(title_key).rstrip("…"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
