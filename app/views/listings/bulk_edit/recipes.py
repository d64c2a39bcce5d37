"""Recipes in the dialog: the menu that uses, keeps, removes and shares them. Files are read off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QInputDialog, QMenu

from app.messages import tr
from app.services.listings.bulk_edit.edits import BulkEdit
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.importing.save_file import ask_files, saving_dialog
from app.views.widgets.buttons import Button

JSON = "JSON (*.json)"


class RecipeMenu(QObject):
    """What the button "Recipes" does.

    Args:
        read: the changes in view, None while one of them is wrong.

    Emits:
        chosen: the `BulkEdit` of a recipe is to be put in.
        said: a finished sentence about what was done, or why it was not.
    """

    chosen = Signal(object)
    said = Signal(str)

    def __init__(self, context: ViewContext, button: Button, read: Callable[[], BulkEdit | None]) -> None:
        super().__init__(button)
        self._runner, self._recipes = context.runner, context.services.bulk_edit.recipes
        self._button, self._read = button, read
        button.clicked.connect(lambda: self._ask(self._recipes.all, self._open))

    def _ask(self, call: Callable[..., Any], then: Callable[[Any], object], *args: Any) -> None:
        handle = self._runner.call(call, *args)
        handle.succeeded.connect(then)
        handle.failed.connect(lambda error: self.said.emit(sentence(error)))

    def _open(self, known: dict[str, BulkEdit]) -> None:
        """The menu below the button."""
        menu = self.menu(known)
        menu.popup(self._button.mapToGlobal(QPoint(0, self._button.height())))

    def menu(self, known: dict[str, BulkEdit]) -> QMenu:
        """The menu over these recipes."""
        menu = QMenu(self._button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, edit in known.items():
            menu.addAction(_plain(name), partial(self.chosen.emit, edit))
        menu.addSeparator()
        menu.addAction(tr("recipe.keep"), self._ask_name).setEnabled(self._read() is not None)
        if known:
            under = menu.addMenu(tr("recipe.remove"))
            for name in known:
                under.addAction(_plain(name), partial(self._remove, name))
            menu.addAction(tr("recipe.export"), self._ask_where)
        menu.addAction(tr("recipe.import"), lambda: ask_files(self._button.window(), "recipe.import", self.take))
        return menu

    def _ask_name(self) -> None:
        asked = QInputDialog(self._button.window())
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.setWindowTitle(tr("recipe.keep").rstrip("…"))
        asked.setLabelText(tr("recipe.name"))
        asked.textValueSelected.connect(self.keep)
        asked.open()

    def keep(self, name: str) -> None:
        """Keep the changes in view as *name*."""
        edit = self._read()
        if edit is not None:
            self._ask(self._recipes.keep, lambda kept: self.said.emit(tr("cli.recipe_kept", name=kept)), name, edit)

    def _remove(self, name: str) -> None:
        self._ask(self._recipes.remove, lambda gone: self.said.emit(tr("cli.recipe_removed", name=gone)), name)

    def _ask_where(self) -> None:
        dialog = saving_dialog(self._button.window(), "recipe.export", JSON, ".json")
        dialog.selectFile(f"{tr('recipe.file_name')}.json")
        dialog.fileSelected.connect(self.export)
        dialog.open()

    def export(self, name: str) -> None:
        """Write all recipes to the file *name*."""

        def say(names: list[str]) -> None:
            self.said.emit(tr("cli.recipes_written", n=len(names), file=Path(name).name))

        self._ask(self._recipes.export, say, Path(name))

    def take(self, paths: list[Path]) -> None:
        """Keep the recipes of files."""
        for path in paths:
            self._ask(self._recipes.take, self._say_taken, path)

    def _say_taken(self, names: list[str]) -> None:
        self.said.emit(tr("cli.recipes_taken", n=len(names), names=", ".join(names)))


def _plain(name: str) -> str:
    """A name as a menu shows it: an ampersand is no mnemonic."""
    return name.replace("&", "&&")
