"""What the filter bar needs of a table's expressions: reading, writing, and the names to offer while one is typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit

from app.services.expressions import parser

if TYPE_CHECKING:
    from app.services.paging import Filter

_WORDS = "|".join(
    rf"\b{word}\s" if word.isascii() else rf"{word}\s*" for word in (*parser.AND, *parser.OR, *parser.NOT)
)
_NAME_AT_END = re.compile(rf"(?:^\s*[=＝]?|[(（]|{_WORDS})\s*(?P<name>[^\W\d]\w*)$", re.IGNORECASE)
NOTHING = "\0"
"""Fits no name."""


@dataclass(frozen=True)
class FilterLanguage:
    """A table's expressions.

    Attributes:
        read: an expression as words to search for and conditions; raises AppError with the place of what is wrong and
            the remedy.
        write: the reverse: conditions and words as one expression, the same in every language.
        show: conditions in the words of the window's language.
        looks_meant: whether a text in the search box is meant as an expression.
        names: how its fields may be written.
    """

    read: Callable[[str], tuple[str, Sequence[Filter]]]
    write: Callable[[Sequence[Filter], str], str]
    show: Callable[[Sequence[Filter]], str]
    looks_meant: Callable[[str], bool]
    names: Callable[[], Sequence[str]]


def name_at_end(text: str) -> str:
    """The beginning of a field's name that *text* ends with, where a name can stand; else nothing."""
    found = _NAME_AT_END.search(text)
    return found["name"] if found is not None else ""


class NameCompleter(QCompleter):
    """Offers field names in a line, where one can stand.

    Args:
        is_marked: names are offered only behind a leading `=`, because the line takes words, too.
    """

    def __init__(self, line: QLineEdit, names: Sequence[str], *, is_marked: bool) -> None:
        super().__init__(line)
        self._line, self._is_marked = line, is_marked
        self.setModel(QStringListModel(list(names), self))
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        line.setCompleter(self)

    def splitPath(self, path: str) -> list[str]:
        """What is looked for of the typed text."""
        if self._is_marked and path.lstrip()[:1] not in ("=", "＝"):
            return [NOTHING]
        return [name_at_end(path) or NOTHING]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """The typed text with the chosen name at its end."""
        text, name = self._line.text(), str(index.data())
        begun = name_at_end(text)
        return f"{text[: len(text) - len(begun)]}{name}" if begun else text
