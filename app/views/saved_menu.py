"""The menu of "Saved filters": use, rename, share, delete, save."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QMenu, QWidget

from app.messages import tr

if TYPE_CHECKING:
    from app.views.filter_language import FilterLanguage


class SavesFilters(Protocol):
    """The bar, as the menu uses it."""

    expressions: FilterLanguage | None
    from_file_wanted: SignalInstance

    def use_saved(self, name: str) -> None:
        """Put a saved filter in force."""

    def ask_new_name(self, name: str) -> None:
        """Ask for another name."""

    def copy_saved(self, *names: str) -> None:
        """Filters to the clipboard, as text."""

    def write_saved(self) -> None:
        """All filters to a file."""

    def forget_saved(self, name: str) -> None:
        """Remove a saved filter."""

    def ask_name(self) -> None:
        """Ask under which name to keep what is in force."""

    def paste_saved(self) -> None:
        """Filters from the clipboard."""


def saved_menu(bar: SavesFilters, names: list[str], *, can_save: bool, parent: QWidget) -> QMenu:
    """The menu over *names*; `can_save`: something is in force that could be kept."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for name in names:
        menu.addAction(_plain(name), partial(bar.use_saved, name))
    if names:
        menu.addSeparator()
        _each(menu, "filter.rename", names, bar.ask_new_name)
        if bar.expressions is not None:
            share = _each(menu, "filter.share", names, bar.copy_saved)
            share.addSeparator()
            share.addAction(tr("filter.share_all"), partial(bar.copy_saved, *names))
            menu.addAction(tr("filter.to_file"), bar.write_saved)
        _each(menu, "filter.forget", names, bar.forget_saved)
        menu.addSeparator()
    menu.addAction(tr("filter.save"), bar.ask_name).setEnabled(can_save)
    if bar.expressions is not None:
        menu.addAction(tr("filter.paste"), bar.paste_saved)
        menu.addAction(tr("filter.from_file"), bar.from_file_wanted.emit)
    return menu


def _each(menu: QMenu, key: str, names: list[str], act: Callable[[str], None]) -> QMenu:
    """A menu under *key* that does *act* with one of the names."""
    under = menu.addMenu(tr(key))
    for name in names:
        under.addAction(_plain(name), partial(act, name))
    return under


def _plain(name: str) -> str:
    """A name as a menu shows it: an ampersand is no mnemonic."""
    return name.replace("&", "&&")
