"""The names a formula may use, and what a misspelt one was meant to be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from app.services.expressions.formula_errors import UnknownName
from app.services.expressions.functions import USAGES


def meant(name: str, known: Collection[str]) -> str:
    """The one of *known* that *name* is closest to, or nothing."""
    return next(iter(get_close_matches(name.casefold(), known, n=1, cutoff=0.7)), "")


class Names:
    """Fields by the ways they may be written: their own name, in capitals or not, and *aliases*; *functions*: those
    there are."""

    def __init__(self, names: Collection[str], aliases: Mapping[str, str], functions: Collection[str] = USAGES) -> None:
        self._functions = sorted(functions)
        self._names = sorted(names)
        written = {alias.casefold(): name for alias, name in aliases.items() if name in names}
        self._known = written | {name.casefold(): name for name in names}

    def find(self, written: str, at: int) -> str:
        """The field called *written*. Raises: UnknownName."""
        name = self._known.get(written.casefold())
        if name is None:
            raise self._unknown(written, at, self._known, self._names)
        return name

    def no_function(self, written: str, at: int) -> UnknownName:
        """The error for a function that does not exist."""
        return self._unknown(written, at, self._functions, self._functions)

    @staticmethod
    def _unknown(written: str, at: int, known: Collection[str], shown: Collection[str]) -> UnknownName:
        close = meant(written, known)
        if close:
            return UnknownName("formula.did_you_mean", position=at + 1, name=written, meant=close)
        return UnknownName(position=at + 1, name=written, known=", ".join(shown))
