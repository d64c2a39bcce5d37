"""What earlier answers leave of a question: whoever types makes it narrower letter by letter.

Where all rows with `ear` are known, those with `earph` are among them, in the order in which all rows of the table are
known to stand: only rows of the first need be read for first rows of the second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from app.services.moments import AnswersOfMoment
from app.services.sql_told import Told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

FIRST, GROWTH, MOST = 128, 4, 4_000
"""So many of the known rows are read first, so many times as many after these, and no more than that."""
STRETCH = 1 << 16
"""Rows of the order looked at in one go."""
NO_FILTERS = repr(())


class Asked(NamedTuple):
    """A question with words, apart from its order; `filters` as they are written: what they mean must not change while
    the database does not, such as with the time of day."""

    table: str
    words: tuple[str, ...] = ()
    filters: str = NO_FILTERS
    store_ids: tuple[int, ...] = ()

    @property
    def without_words(self) -> Asked:
        """The same about all texts."""
        return self._replace(words=())

    def narrows(self, other: Asked) -> bool:
        """Whether every row of this question is one of *other*'s, too."""
        return (
            self.table == other.table
            and other.filters in (NO_FILTERS, self.filters)
            and other.store_ids in ((), self.store_ids)
            and all(any(word in own for own in self.words) for word in other.words)
        )


def known(answers: AnswersOfMoment, asked: Asked, rows: int) -> Told | None:
    """What earlier answers leave of the *rows* of a table that *asked* may find; None where there are none."""
    import numpy as np

    wider = [one for one in answers.asked() if isinstance(one, Asked) and asked.narrows(one)]
    found: Told | None = None
    for one in wider:
        if not any(other.narrows(one) and not one.narrows(other) for other in wider):
            bits = answers.get(one)
            if bits is not None:
                told = Told(np.unpackbits(bits, count=rows).view(np.bool_))
                found = told if found is None else found.both(told)
    return found


def in_order(order: Whole, known: Told) -> Whole:
    """Known rows as they stand in *order*."""
    found: Whole = order[known.at(order)]
    return found


def first_in_order(
    order: Whole, known: Told, limit: int, matching: Callable[[Whole, int], list[int]]
) -> list[int] | None:
    """The first *limit* of the known rows that match, as they stand in *order*; None where too many would have to be
    read.

    Args:
        matching: of some ids, in their order, the first so many that match.
    """
    met: list[int] = []
    read = 0
    for ids in _pieces(order, known):
        read += len(ids)
        if read > MOST:
            return None
        met += matching(ids, limit - len(met))
        if len(met) == limit:
            break
    return met


def _pieces(order: Whole, known: Told) -> Iterator[Whole]:
    """Known rows in their order: a few first, then more at a time; the last piece is all the rest."""
    import numpy as np

    size, waiting = FIRST, np.empty(0, np.int64)
    for start in range(0, len(order), STRETCH):
        waiting = np.concatenate([waiting, in_order(order[start : start + STRETCH], known)])
        while len(waiting) >= size:
            yield waiting[:size]
            waiting, size = waiting[size:], size * GROWTH
    if len(waiting):
        yield waiting
