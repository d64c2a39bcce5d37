"""What takes the pictures of a tour: waits until a screen is ready, then takes it in both languages and both themes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from app.views.desktop import Desktop
from app.views.theme import current_theme
from app.views.widgets.popup import Popup

SIZE = QSize(1440, 900)
LANGUAGES = ("zh", "en")
THEMES = ("light", "dark")
PATIENCE_S = 120.0
TITLE_HEIGHT = 32
UNSEEN_S = 0.3
"""How long a screen stands that is not taken: what was begun there, such as an answer under way, gets its turn."""


class Camera:
    """Takes pictures of *desktop* into *folder*.

    Args:
        wanted: names of pictures, such as `04-export`; none: all of them.

    Attributes:
        pace: how long its rests are: 1, as a person looks on.
        missing: names that are wanted and that no picture had so far.
    """

    pace = 1.0

    def __init__(self, desktop: Desktop, folder: Path, wanted: Collection[str] = ()) -> None:
        self._desktop, self._folder = desktop, folder
        self._look = desktop.window.look
        self._wanted, self.missing = frozenset(wanted), set(wanted)
        self.taken: list[Path] = []

    @property
    def has_all(self) -> bool:
        """Whether nothing is left to be taken; never where all pictures are wanted."""
        return bool(self._wanted) and not self.missing

    @property
    def _window(self) -> Any:
        return self._desktop.window

    @property
    def _jobs(self) -> list[Any]:
        return list(self._desktop.context.jobs)

    def _has_ended(self, title_key: str) -> bool:
        jobs = [job for job in self._jobs if job.title_key == title_key]
        return bool(jobs) and not any(job.is_running for job in jobs)

    def _dialogs(self) -> list[QWidget]:
        from PySide6.QtWidgets import QDialog

        return [dialog for dialog in self._window.findChildren(QDialog) if dialog.isVisible()]

    def _dialog(self, kind: type[Any], *, needed: bool = True) -> Any:
        found = [dialog for dialog in self._dialogs() if isinstance(dialog, kind)]
        if needed and not found:
            raise RuntimeError(f"no {kind.__name__} is open")
        return found[0] if found else None

    def _popups(self) -> list[Popup]:
        return [popup for popup in self._window.findChildren(Popup) if popup.isVisible()]

    def _close_dialogs(self) -> None:
        for dialog in self._dialogs():
            dialog.close()

    async def _rest(self, seconds: float) -> None:
        """Let what was begun come to its end where nothing tells when that is. A tour that has other eyes may hurry."""
        await asyncio.sleep(seconds * self.pace)

    async def _rows_are_here(self) -> None:
        """The first rows are shown, the second one is current, its panel is filled, its pictures arrived."""
        table = self._window.page.table
        await self._until(lambda: table.paged.is_loaded)
        if table.paged.rowCount() > 1:
            table.setCurrentIndex(table.paged.index(1, 0))
        await self._rest(1.2)

    async def _until(self, is_ready: Callable[[], Any]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not is_ready():
            if time.monotonic() > deadline:
                raise TimeoutError("the tour waits in vain; see the pictures taken so far")
            await self._rest(0.1)

    async def _everywhere(self, name: str) -> None:
        """The screen as it is, in both languages and both themes, if that is wanted."""
        if self._wanted and name not in self._wanted:
            await self._rest(UNSEEN_S)
            return
        self.missing.discard(name)
        for language in LANGUAGES:
            for theme in THEMES:
                self._look.set_language(language)
                self._look.set_theme(theme)
                await self._rest(0.6)
                self._take(f"{name}-{theme}-{language}.png")

    def _take(self, file: str) -> None:
        """The window with whatever dialogs lie over it, put together as a screen shows them."""
        path = self._folder / file
        picture = self._window.grab()
        painter = QPainter(picture)
        for dialog in self._dialogs():
            _put_over(painter, dialog)
        for popup in self._popups():
            painter.drawPixmap(self._window.mapFromGlobal(popup.pos()), popup.grab())
        painter.end()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not picture.save(str(path)):
            raise OSError(f"cannot write {path}")
        self.taken.append(path)


def _put_over(painter: QPainter, dialog: QWidget) -> None:
    """A dialog in the middle of the window, with the title and the edge that a desktop draws around it."""
    theme = current_theme()
    whole = QRect(0, 0, dialog.width(), dialog.height() + TITLE_HEIGHT)
    whole.moveCenter(QPoint(SIZE.width() // 2, SIZE.height() // 2))
    painter.fillRect(whole, theme.color("bar"))
    painter.setFont(theme.font("body", strong=True))
    painter.setPen(theme.color("text"))
    title = QRect(whole.left() + 14, whole.top(), whole.width() - 28, TITLE_HEIGHT)
    painter.drawText(title, int(Qt.AlignmentFlag.AlignVCenter), dialog.windowTitle())
    painter.drawPixmap(whole.left(), whole.top() + TITLE_HEIGHT, dialog.grab())
    painter.setPen(theme.color("edge"))
    painter.drawRect(whole.adjusted(-1, -1, 0, 0))
