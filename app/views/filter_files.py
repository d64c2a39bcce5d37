"""Saved filters in files: the text the clipboard carries, `name: expression` a line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.messages import tr
from app.services.kept_filters import read_filter_file, write_filter_file
from app.views.errors import sentence
from app.views.importing.save_file import ask_files, saving_dialog

if TYPE_CHECKING:
    from app.views.context import ViewContext
    from app.views.filter_bar import FilterBar

TEXT = "TXT (*.txt)"


class FilterFiles(QObject):
    """Does what the menu of the filter bar asks for; files are read and written off the GUI thread."""

    def __init__(self, bar: FilterBar, context: ViewContext) -> None:
        super().__init__(bar)
        self._bar, self._context = bar, context
        bar.file_wanted.connect(self._ask_where)
        bar.from_file_wanted.connect(lambda: ask_files(bar.window(), "filter.from_file", self.take))

    def _ask_where(self, text: str) -> None:
        dialog = saving_dialog(self._bar.window(), "filter.to_file", TEXT, ".txt")
        dialog.selectFile(f"{tr('filter.saved')}.txt")
        dialog.fileSelected.connect(lambda name: self.write(Path(name), text))
        dialog.open()

    def write(self, path: Path, text: str) -> None:
        """Write the text of filters to a file."""
        handle = self._context.runner.call(write_filter_file, path, text)
        handle.succeeded.connect(lambda _: self._context.notices.toast("filter.written", file=path.name))
        handle.failed.connect(lambda error: self._bar.show_problem(sentence(error)))

    def take(self, paths: list[Path]) -> None:
        """Keep the filters of files."""
        for path in paths:
            handle = self._context.runner.call(read_filter_file, path)
            handle.succeeded.connect(self._bar.take_saved)
            handle.failed.connect(lambda error: self._bar.show_problem(sentence(error)))
