"""The picture tour with other eyes: the screens and dialogs of the listings workbench are looked at for texts that are
cut and widgets that lie over each other, in both languages.

`python -m tests.views.layout_tour SCALE THEME` prints the names of the screens and what is wrong with them, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from PySide6.QtWidgets import QApplication

from app.views import picture_tour
from app.views.event_loop import WindowLoop
from app.views.listings.export_dialog import ExportDialog
from app.views.picture_camera import LANGUAGES
from app.views.picture_tour import PictureTour
from tests.views.layout_checks import (
    assert_choices_are_whole,
    assert_nothing_is_cut,
    assert_nothing_overlaps,
    assert_nothing_sticks_out,
)

CHECKS = (assert_nothing_is_cut, assert_choices_are_whole, assert_nothing_overlaps, assert_nothing_sticks_out)
TURN_S = 0.02
"""In which a window takes on what it was told."""


class LayoutTour(PictureTour):
    """Walks as the picture tour does. `seen`: names of the screens; `wrong`: where, and what."""

    pace = 0.12
    theme = "light"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.seen: list[str] = []
        self.wrong: list[str] = []

    @property
    def _steps(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return (
            self._open_practice,
            self._import,
            self._publish,
            self._build_overseas,
            self._group_and_schedule,
            self._edit_in_bulk,
            self._edit_in_the_table,
            self._export,
            self._edit_in_excel,
            self._look_at_codes,
            self._look_at_prices,
            self._look_at_figures,
            self._look_at_findings,
            self._look_at_likeness,
            self._look_around,
            self._cover,
        )

    async def run(self) -> None:
        """All of the workbench, in one theme."""
        self._look.set_theme(self.theme)
        for step in self._steps:
            await step()

    async def _everywhere(self, name: str) -> None:
        """Look at it in the language it is in, then in the other, which stays: a change takes longer than a look."""
        self.seen.append(name)
        for language in LANGUAGES if len(self.seen) % 2 else reversed(LANGUAGES):
            self._look.set_language(language)
            await asyncio.sleep(TURN_S)
            for window in self._dialogs() or [self._window]:
                self._judge(window, f"{name} in {language}, {type(window).__name__}")

    def _judge(self, window: Any, where: str) -> None:
        for check in CHECKS:
            try:
                check(window)
            except AssertionError as error:
                self.wrong.append(f"{where}: {error}")

    async def _export(self) -> None:
        """Besides, what it says of a package."""
        self._window.page.acts.export()
        self._dialog(ExportDialog).kinds.choose("zip")
        await self._everywhere("04-export-package")
        self._close_dialogs()
        await super()._export()


def main(scale: str, theme: str) -> None:
    """Walk, and print what was seen and what is wrong."""
    os.environ["QT_SCALE_FACTOR"] = scale  # Qt reads it once, before there is a window
    LayoutTour.theme = theme
    qt = QApplication(sys.argv[:1])
    qt.setQuitOnLastWindowClosed(False)
    with (
        mock.patch.object(picture_tour, "PictureTour", LayoutTour),
        TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=lambda: WindowLoop(qt)) as loop,
    ):
        tour: Any = loop.run(picture_tour.take_pictures(qt, Path(folder)))
    sys.stdout.write(json.dumps({"pixels": qt.devicePixelRatio(), "seen": tour.seen, "wrong": tour.wrong}))


if __name__ == "__main__":
    main(*sys.argv[1:])
