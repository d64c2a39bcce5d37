"""The menu of a table's header: sort, hide, choose columns, fit a width, back to the defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.messages import tr

if TYPE_CHECKING:
    from app.views.columned_table import ColumnedTable


def column_menu(table: ColumnedTable, logical: int) -> QMenu:
    """The menu for a right-click on column *logical* (−1: beside the columns); it deletes itself when closed."""
    menu = QMenu(table)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if logical >= 0:
        _add_column_part(menu, table, logical)
    for column in table.paged.columns:
        action = QAction(column.title, menu, checkable=True, checked=table.is_column_shown(column.key))
        action.setEnabled(not column.fixed)
        action.setData(column.key)
        action.toggled.connect(_Shower(table, column.key))
        menu.addAction(action)
    menu.addSeparator()
    menu.addAction(tr("table.columns_reset"), table.reset_columns)
    return menu


def _add_column_part(menu: QMenu, table: ColumnedTable, logical: int) -> None:
    column = table.paged.columns[logical]
    if column.sort_key:
        menu.addAction(tr("table.sort_up"), lambda: table.sort_directed(logical, descending=False))
        menu.addAction(tr("table.sort_down"), lambda: table.sort_directed(logical, descending=True))
    menu.addAction(tr("table.fit_column"), lambda: table.fit_column(logical))
    if not column.fixed:
        hide = tr("table.hide_column", name=column.title)
        menu.addAction(hide, lambda: table.set_column_shown(column.key, False))
    menu.addSeparator()


class _Shower:
    """Shows or hides one column."""

    def __init__(self, table: ColumnedTable, key: str) -> None:
        self._table, self._key = table, key

    def __call__(self, shown: bool) -> None:
        self._table.set_column_shown(self._key, shown)
