"""Where product ids are pasted or dropped, and what was read of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.covering.ids import Junk, ProductIds
from app.views.language import say
from app.views.listings.file_lines import FileLines
from app.views.widgets.ground import Ground, column
from app.views.widgets.label import Label

ROWS = 7
TYPING_MS = 250
NAMED = 3


class IdLines(FileLines):
    """Lines of ids."""

    def __init__(self) -> None:
        super().__init__(ROWS)
        say(self, "cover.ids_hint", "placeholderText")
        say(self, "cover.ids", "accessibleName")


class IdsBox(Ground):
    """The lines and, below, how many products they are and which lines are none.

    Emits:
        changed: other ids than before, a moment after typing.
        files_wanted: files that were dropped.
    """

    changed = Signal()
    files_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self.lines = IdLines()
        self.told = Label(role="small", ink="text2", wrap=True)
        self.wanted = ProductIds(())
        self._of_files: list[tuple[frozenset[str], tuple[Junk, ...]]] = []
        layout = column(self, gap=4)
        layout.addWidget(self.lines)
        layout.addWidget(self.told)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self.changed)
        self.lines.textChanged.connect(self._typing.start)
        self.lines.dropped.connect(self.files_wanted)
        self.show_ids(self.wanted)

    @property
    def text(self) -> str:
        """What stands in the lines."""
        return self.lines.toPlainText()

    def add_ids(self, ids: Sequence[str], junk: Sequence[Junk] = ()) -> None:
        """Put ids below those that are there; *junk* are lines of a file that are none, told for as long as one of its
        ids is there."""
        if junk:
            self._of_files.append((frozenset(ids), tuple(junk)))
        before = self.text.rstrip("\n")
        self.lines.setPlainText("\n".join(filter(None, (before, *ids))))

    def show_ids(self, wanted: ProductIds) -> None:
        """Say what was read; where that is nothing new, what was said of a file stays."""
        before = self.wanted
        its = [(ids, junk) for ids, junk in self._of_files if not ids.isdisjoint(wanted.ids)]
        if not self._typing.isActive():  # else a file's ids may be among what was not read yet
            self._of_files = its
        junk = tuple(line for _, lines in its for line in lines)
        self.wanted = ProductIds(wanted.ids, wanted.repeated, (*junk, *wanted.junk))
        if self.wanted != before or not self.told.text():
            self.retranslate()

    def show_unusable(self, said: str) -> None:
        """The lines cannot be read: no ids are wanted."""
        self.wanted = ProductIds(())
        self.show_problem(said)

    def show_problem(self, said: str) -> None:
        """A finished sentence: the ids or a file cannot be read."""
        self.told.set_look(ink="red")
        self.told.setText(said)

    def stop(self) -> None:
        """The dialog closes."""
        self._typing.stop()

    def retranslate(self) -> None:
        """The sentence below."""
        if not hasattr(self, "wanted"):
            return
        wanted = self.wanted
        parts = [tr("cover.ids_count", n=len(wanted.ids))]
        if wanted.repeated:
            parts.append(tr("cover.ids_repeated", n=wanted.repeated))
        if wanted.junk:
            lines = ", ".join(str(one.line) for one in wanted.junk[:NAMED])
            more = "…" if len(wanted.junk) > NAMED else ""
            parts.append(tr("cover.ids_junk", n=len(wanted.junk), lines=lines + more))
        self.told.set_look(ink="amber" if wanted.junk else "text2")
        self.told.setText(" · ".join(parts))


def names_of(paths: Sequence[Path]) -> str:
    """Files by name."""
    return ", ".join(path.name for path in paths)
