"""The numbers of all variants as columns: what they cost and earn, and what that is worked out from.

A column is kept in pieces of `SEGMENT` variants, whose ids follow each other, as bare whole numbers in the narrowest
form that holds them. Five million of them are read in some hundredths of a second, where rows would take one. Which of
them are of today, `watching` knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from app.services.moments import halved
from app.services.pricing.given import UNKNOWN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Known = NDArray[np.bool_]
    Whole = NDArray[np.int64]
    Numbers = NDArray[Any]

SEGMENT = 1_024
"""A page of the database or little more for each: a hundred variants from anywhere are read in some milliseconds."""
TOGETHER = 32
"""Pieces of codes looked through at a time."""
FORMS = ("<i1", "<i2", "<i4", "<i8")
"""How numbers are kept; the lowest of a form stands for None."""
BESIDE = ("listing", "place", "price", "stock", "buyer", "lacking", "rated")
"""What stands beside the figures: the listing and the place in it, list price, stock, freight the buyer pays, what is
missing (`Given.lacking`), and whether freight depends on exchange rates: `RATED` and `RATED_IF_UNKNOWN`."""
RATED, RATED_IF_UNKNOWN = 1, 2
"""Bits: freight is another with another rate; of a listing in USD it is where USD has no rate any more."""


CODES = "code"
"""The column of texts: of each variant what its code is looked for in."""
_BETWEEN = b"\xff"
"""Stands between two of them: no text has it."""
_PIECES = "SELECT data FROM sku_column WHERE name = ? AND segment BETWEEN ? AND ? ORDER BY segment"


@dataclass(frozen=True, slots=True)
class Column:
    """Numbers in step with the ids of `SkuColumns`; `none` stands for None."""

    values: Numbers
    none: int

    @property
    def known(self) -> Known:
        """Where there is a number."""
        found: Known = self.values != self.none
        return found

    def whole(self, at: Any = slice(None)) -> Whole:
        """The numbers of these places, `UNKNOWN` for None."""
        import numpy as np

        values = self.values[at]
        return np.where(values == self.none, UNKNOWN, values.astype(np.int64))


class SkuColumns:
    """Columns as they stand now, of all segments or of those from *first* to *last*.

    Attributes:
        segments: numbers of the segments that are read, in order.
        owners: the column `listing`.
    """

    def __init__(self, connection: Connection, first: int = 0, last: int = 2**62) -> None:
        import numpy as np

        self._connection, self._span = connection, (first // SEGMENT, last // SEGMENT)
        rows = self._read("segment, data", "listing")
        self.segments = np.array([row[0] for row in rows], np.int64)
        self.owners = _joined([row[1] for row in rows])

    def ids_at(self, places: Whole) -> Whole:
        """The ids of the variants at these places."""
        found: Whole = self.segments[places // SEGMENT] * SEGMENT + places % SEGMENT
        return found

    def column(self, name: str) -> Column:
        """One of `BESIDE` or of the figures."""
        return _joined([row[0] for row in self._read("data", name)])

    @staticmethod
    def whole_column(connection: Connection, name: str) -> Column:
        """As `column`, of all segments, for another connection that reads the same state."""
        return _joined([row[0] for row in connection.exec_driver_sql(_PIECES, (name, 0, 2**62 // SEGMENT))])

    def whole_at(self, name: str, places: Whole) -> Whole:
        """The numbers of a column at few places, `UNKNOWN` for None: only their pieces are read."""
        import numpy as np

        of_segments = self.segments[places // SEGMENT].tolist()
        pieces = _pieces(self._connection, set(of_segments), (name,))
        slots = (places % SEGMENT).tolist()
        found = [_one(pieces[segment, name], slot) for segment, slot in zip(of_segments, slots, strict=True)]
        return np.array([UNKNOWN if one is None else one for one in found], np.int64)

    def at_ids(self, chosen: Known) -> Known:
        """What *chosen* says of each place, where it says it of ids."""
        import numpy as np

        size = (int(self.segments.max(initial=-1)) + 1) * SEGMENT
        found: Known = np.zeros(size, np.bool_)
        found[: len(chosen)] = chosen[:size]
        return found.reshape(-1, SEGMENT)[self.segments].ravel()

    def with_code(self, part: str) -> Known:
        """The places whose code or match key has *part*, capitals as small letters (ASCII)."""
        import numpy as np

        middle, wanted = len(self.segments) // 2, part.encode().upper()
        halves = self.segments[:middle], self.segments[middle:]
        return np.concatenate(halved(self._connection, *(partial(_with_code, one, wanted) for one in halves)))

    def places(self, ids: Whole) -> Whole:
        """Where these ids stand, -1 for those that no segment has."""
        import numpy as np

        at = np.searchsorted(self.segments, ids // SEGMENT)
        there = at < len(self.segments)
        there[there] = self.segments[at[there]] == ids[there] // SEGMENT
        return np.where(there, at * SEGMENT + ids % SEGMENT, -1)

    def _read(self, what: str, name: str) -> Sequence[Any]:
        """Rows of a column. Not straight from the driver, which begins no transaction: all columns must be of the
        moment the first was read."""
        sql = f"SELECT {what} FROM sku_column WHERE name = ? AND segment BETWEEN ? AND ? ORDER BY segment"
        found: Sequence[Any] = self._connection.exec_driver_sql(sql, (name, *self._span)).all()
        return found


def numbers_of(
    connection: Connection, sku_ids: Iterable[int], names: Sequence[str]
) -> dict[int, tuple[int | None, ...]]:
    """Some numbers of a few variants by their ids; without those that the columns do not have."""
    wanted = list(sku_ids)
    pieces = _pieces(connection, {number // SEGMENT for number in wanted}, ("listing", *names))
    found: dict[int, tuple[int | None, ...]] = {}
    for number in wanted:
        segment, slot = divmod(number, SEGMENT)
        if (segment, "listing") in pieces and _one(pieces[segment, "listing"], slot) is not None:
            found[number] = tuple(_one(pieces[segment, name], slot) for name in names)
    return found


def _one(piece: bytes, slot: int) -> int | None:
    """One number of a piece: an array would take longer to make than to read."""
    width = len(piece) // SEGMENT
    value = int.from_bytes(piece[slot * width : (slot + 1) * width], "little", signed=True)
    return None if value == -(1 << (8 * width - 1)) else value


def searched_code(code: str, match_key: str) -> bytes:
    """What a variant's code is looked for in: itself, and its match key where that does not stand in it as it is."""
    text, key = code.encode().upper(), match_key.encode().upper()
    return text if key in text else key + b" " + text


def store_numbers(
    connection: Connection, ids: Whole, columns: Mapping[str, Whole], gone: Whole, codes: Sequence[bytes] = ()
) -> None:
    """Write the numbers of variants, `UNKNOWN` for None, in the caller's transaction.

    Args:
        ids: of the variants, in any order.
        columns: in step with *ids*; a variant that is new needs all of them.
        gone: ids that are no variants any more.
        codes: in step with *ids*, as `searched_code` gives them; none where they are as they were.
    """
    import numpy as np

    of_ids, of_gone = ids // SEGMENT, gone // SEGMENT
    touched = np.unique(np.concatenate((of_ids, of_gone))).tolist()
    pieces = _pieces(connection, touched, (*columns, CODES))
    rows: list[tuple[str, int, bytes]] = []
    for segment in touched:
        new, old = np.flatnonzero(of_ids == segment), gone[of_gone == segment] % SEGMENT
        slots = ids[new] % SEGMENT
        for name, values in columns.items():
            data = pieces.get((segment, name))
            kept = _joined([data]).whole() if data is not None else np.full(SEGMENT, UNKNOWN, np.int64)
            kept[old], kept[slots] = UNKNOWN, values[new]
            rows.append((name, segment, _packed(kept)))
        if codes or old.size:
            data = pieces.get((segment, CODES))
            texts = data.split(_BETWEEN) if data is not None else [b""] * SEGMENT
            for slot in old.tolist():
                texts[slot] = b""
            for slot, at in zip(slots.tolist(), new.tolist(), strict=True):
                texts[slot] = codes[at]
            rows.append((CODES, segment, _BETWEEN.join(texts)))
    driver: Any = connection.connection.driver_connection
    driver.executemany("INSERT OR REPLACE INTO sku_column (name, segment, data) VALUES (?, ?, ?)", rows)


def clear_numbers(connection: Connection, gone: Whole) -> None:
    """Take variants that are none any more out of all columns, in the caller's transaction."""
    sql = f"SELECT DISTINCT name FROM sku_column WHERE name <> '{CODES}'"
    names = connection.exec_driver_sql(sql).scalars().all() if gone.size else ()
    store_numbers(connection, gone[:0], dict.fromkeys(names, gone[:0]), gone)


def _pieces(connection: Connection, segments: Iterable[int], names: Iterable[str]) -> dict[tuple[int, str], bytes]:
    """The pieces of these columns by segment and name."""
    driver: Any = connection.connection.driver_connection
    chosen, listed = ", ".join(str(int(one)) for one in segments), ", ".join(f"'{name}'" for name in names)
    sql = f"SELECT segment, name, data FROM sku_column WHERE name IN ({listed}) AND segment IN ({chosen})"
    rows = driver.execute(sql)
    return {(segment, name): data for segment, name, data in rows}


def _with_code(segments: Whole, wanted: bytes, connection: Connection) -> Known:
    """The places in *segments*, which follow each other, whose code or match key is *wanted* a part of."""
    import numpy as np

    found = np.zeros(len(segments) * SEGMENT, np.bool_)
    if not len(segments):
        return found
    rows = connection.exec_driver_sql(_PIECES, (CODES, int(segments[0]), int(segments[-1])))
    pieces, at = (row[0] for row in rows), 0
    while some := list(islice(pieces, TOGETHER)):
        texts = _BETWEEN.join(some)
        if wanted in texts:
            found[at + _slots_with(texts, wanted)] = True
        at += len(some) * SEGMENT
    return found


def _slots_with(piece: bytes, wanted: bytes) -> Whole:
    """The slots of a piece of codes that have *wanted* in theirs; some more than once."""
    import numpy as np

    letters = np.frombuffer(piece, np.uint8)
    last = len(letters) - len(wanted) + 1
    hits = letters[:last] == wanted[0]
    for at, letter in enumerate(wanted[1:], start=1):
        hits &= letters[at : at + last] == letter
    return np.searchsorted(np.flatnonzero(letters == _BETWEEN[0]), np.flatnonzero(hits))


def _joined(pieces: Sequence[bytes]) -> Column:
    """Pieces one behind the other, in the widest form of theirs."""
    import numpy as np

    forms = [FORMS[(len(piece) // SEGMENT).bit_length() - 1] for piece in pieces]
    widest = np.dtype(max(forms, default=FORMS[0]))
    none = int(np.iinfo(widest).min)
    if len(set(forms)) <= 1:
        return Column(np.frombuffer(b"".join(pieces), widest), none)
    values, at = np.empty(len(pieces) * SEGMENT, widest), 0
    for form, run in groupby(zip(forms, pieces, strict=True), key=lambda one: one[0]):
        part = np.frombuffer(b"".join([piece for _, piece in run]), form)
        values[at : at + len(part)] = part
        values[at : at + len(part)][part == np.iinfo(form).min] = none
        at += len(part)
    return Column(values, none)


def _packed(values: Whole) -> bytes:
    """A piece in the narrowest form that holds it."""
    import numpy as np

    known = values != UNKNOWN
    some = values[known]
    low, high = (int(some.min()), int(some.max())) if some.size else (0, 0)
    form = next(one for one in FORMS if np.iinfo(one).min < low and high <= np.iinfo(one).max)
    found: bytes = np.where(known, values, np.iinfo(form).min).astype(form).tobytes()
    return found
