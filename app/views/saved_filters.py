"""Filters kept under a name, and the text they travel in from one user to another: `name: expression`, one a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.services.paging import Filter, NothingToTake

if TYPE_CHECKING:
    from app.views.filter_language import FilterLanguage
    from app.views.view_settings import ViewSettings

LONGEST_NAME = 40


@dataclass(frozen=True)
class SavedFilter:
    """What was in force when it was saved: words to search for and conditions."""

    name: str
    text: str
    filters: tuple[Filter, ...]


class SavedFilters:
    """The saved filters of one page and user, in the order they were made."""

    def __init__(self, name: str, settings: ViewSettings) -> None:
        self._name, self._settings = f"filters.{name}", settings

    def all(self) -> dict[str, Any]:
        """As they are stored, by name."""
        stored = self._settings.get(self._name)
        return dict(stored) if isinstance(stored, dict) else {}

    def get(self, name: str) -> SavedFilter:
        """The filter called *name*."""
        stored = self.all()[name]
        return SavedFilter(name, stored["text"], tuple(Filter.from_json(one) for one in stored["filters"]))

    def put(self, saved: SavedFilter) -> None:
        """Keep a filter; one of the same name makes room."""
        stored = {"text": saved.text, "filters": [condition.to_json() for condition in saved.filters]}
        self._settings.put(self._name, {**self.all(), saved.name: stored})

    def rename(self, old: str, new: str) -> None:
        """Another name in the same place; another filter of that name makes room."""
        kept = {name: stored for name, stored in self.all().items() if name == old or name != new}
        self._settings.put(self._name, {new if name == old else name: stored for name, stored in kept.items()})

    def forget(self, name: str) -> None:
        """Remove a filter."""
        self._settings.put(self._name, {key: kept for key, kept in self.all().items() if key != name})


def as_lines(saved: Iterable[SavedFilter], language: FilterLanguage) -> str:
    """Filters as text."""
    return "\n".join(f"{one.name.replace(': ', ' ')}: {language.write(one.filters, one.text)}" for one in saved)


def from_lines(text: str, language: FilterLanguage) -> Sequence[SavedFilter]:
    """The filters of a text; a line that is nothing but an expression is its own name.

    Raises:
        NothingToTake: an empty text.
        AppError: a line that cannot be read, with its place and remedy.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise NothingToTake
    return [_from_line(line, language) for line in lines]


def _from_line(line: str, language: FilterLanguage) -> SavedFilter:
    name, colon, expression = line.partition(": ")
    if not colon or language.looks_meant(name):
        name, expression = line, line
    words, filters = language.read(expression)
    return SavedFilter(name[:LONGEST_NAME].strip(), words, tuple(filters))
