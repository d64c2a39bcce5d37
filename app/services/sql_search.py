"""The words of a search box in SQL: an index narrows the rows down, LIKE decides where the index may say too much.

An FTS5 trigram index finds any text of three characters or more. Two characters are looked up among its terms: every
text that holds them holds a trigram that begins with them, since the index sees two line breaks at the end of each.
Of several words the one with the fewest hits narrows down, the others are looked for in what is left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.services.listings.text import bigrams, fold, like_pattern
from app.services.sql_ids import listed

if TYPE_CHECKING:
    from sqlalchemy import Connection

LAST_CHARACTER = "\U0010ffff"
NOTHING = '"\x01\x01\x01"'
"""A trigram no text has."""
LONG_WORDS, GRAMS = 3, 9
"""So many of the longest words narrow down, by so many trigrams together: more cost more than they leave out."""


@dataclass(frozen=True, slots=True)
class SearchTables:
    """FTS5 tables over the searched text: `trigram`, `bigram` for pairs of neighbouring letters that are not ASCII,
    `terms`, the vocabulary (fts5vocab) of the first. "" where there is none. `text`: the table with that text in its
    column `search_text`, by the rows' ids, where it does not stand in the rows."""

    trigram: str = ""
    bigram: str = ""
    terms: str = ""
    text: str = ""


NO_TABLES = SearchTables()


@dataclass(frozen=True, slots=True)
class Match:
    """Rows that an FTS5 table finds; every one of them holds the words `proved`."""

    table: str
    expression: str
    proved: frozenset[str] = frozenset()

    @property
    def rows(self) -> str:
        """A subquery for their ids; its one parameter is the expression."""
        return f"(SELECT rowid FROM {self.table} WHERE {self.table} MATCH ?)"

    def rows_with(self, side: str, middle: int) -> str:
        """As `rows`, of those whose ids are on one *side*, "<=" or ">", of *middle*."""
        return f"(SELECT rowid FROM {self.table} WHERE {self.table} MATCH ? AND rowid {side} {middle})"

    def proves(self, words: Sequence[str]) -> bool:
        """Whether its rows hold all *words*, so that none needs a second look."""
        return self.proved.issuperset(words)

    def count(self, connection: Connection, at_most: int) -> int:
        """How many there are, *at_most* if there are more."""
        return self.reach(connection, at_most).hits

    def reach(self, connection: Connection, at_most: int) -> Reach:
        """The first hits, *at_most* so many; they come in the order of their ids."""
        found = f"SELECT rowid FROM {self.table} WHERE {self.table} MATCH ? LIMIT ?"
        sql = f"SELECT count(*), coalesce(max(rowid), 0) FROM ({found})"
        return Reach(*connection.exec_driver_sql(sql, (self.expression, at_most)).one())

    def both(self, other: Match) -> Match:
        """What it finds together with *other*, a match of the same table."""
        return Match(self.table, f"({self.expression}) AND ({other.expression})", self.proved | other.proved)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many first hits were looked at, and the id of the last: how thin they lie."""

    hits: int
    last: int

    def rows_for(self, wanted: int) -> float:
        """How many rows of the table have to be looked at until about *wanted* hits are met."""
        return wanted * self.last / self.hits if self.hits else math.inf


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for: rows that hold every one of `words`, anywhere."""

    words: tuple[str, ...]
    tables: SearchTables

    @classmethod
    def of(cls, text: str, tables: SearchTables) -> Search:
        """The search that *text* stands for."""
        return cls(tuple(dict.fromkeys(fold(text).split())), tables)

    def quick_matches(self) -> list[Match]:
        """What the indexes find without looking anything up first."""
        found = []
        long = sorted((word for word in self.words if len(word) > 2), key=len, reverse=True)[:LONG_WORDS]
        if long and self.tables.trigram:
            grams = dict.fromkeys(gram for word in long for gram in _grams(word, GRAMS // len(long)))
            proved = frozenset(word for word in long if len(word) == 3 and _is_caseless(word))
            found.append(Match(self.tables.trigram, " AND ".join(map(_quoted, grams)), proved))
        for word in self.words:
            if self.tables.bigram and len(word) == 2 and (pair := bigrams(word)):
                found.append(Match(self.tables.bigram, _quoted(pair), _proved(word)))
        return found

    @property
    def is_quick(self) -> bool:
        """Whether hits of `quick_matches` are listed quickly: where letters of several words must come together, each
        of which many texts have, the index goes through all of these."""
        return len([word for word in self.words if len(word) > 2]) < 2

    def looked_up_matches(self, connection: Connection) -> list[Match]:
        """Words of one or two characters by the vocabulary: takes as long as the trigrams that begin with them are
        many. One ASCII letter stands in nearly every text: that is not worth asking."""
        return [
            Match(self.tables.trigram, _beginning_with(connection, self.tables.terms, word), _proved(word))
            for word in self.words
            if self.tables.terms and len(word) < 3 and not (word.isascii() and len(word) == 1)
        ]

    def narrowed(self, connection: Connection, match: Match | None) -> tuple[Match | None, bool]:
        """*match* with the words that have to be looked up, and whether it now stands for all words of two characters
        and more."""
        if match is not None and match.table != self.tables.trigram:
            return match, len(self.words) == 1
        for other in self.looked_up_matches(connection):
            match = other if match is None else match.both(other)
        is_pair = any(len(word) == 2 and bigrams(word) for word in self.words)
        return match, not is_pair and len([word for word in self.words if len(word) > 2]) <= LONG_WORDS

    def conditions(
        self, table: str, text: str, match: Match | None, *, walks: bool = False
    ) -> list[tuple[str, list[Any]]]:
        """SQL and parameters.

        Args:
            text: the searched text in SQL.
            match: what narrows down; None to look for every word in the text.
            walks: SQLite shall go through the rows in their order and look each up among the hits, instead of going
                through the hits.
        """
        found: list[tuple[str, list[Any]]] = []
        if match is not None:
            found.append((f"{'+' if walks else ''}{table}.id IN {match.rows}", [match.expression]))
        unproved = self._unproved(match)
        if match is not None and unproved and self.tables.text and not walks:
            sql, params = self._looked_through(match, match.rows, unproved)
            return [(f"{table}.id IN ({sql})", params)]
        return found + [self._holding(text, word) for word in unproved]

    def is_told_alone(self, match: Match) -> bool:
        """Whether no row of the table itself has to be read to tell which hits of *match* hold the words."""
        return bool(self.tables.text) or match.proves(self.words)

    def alone(self, match: Match, part: tuple[str, int] | None = None) -> tuple[str, list[Any]]:
        """A SELECT of the ids of all rows that hold the words, or of a *part* of them (`Match.rows_with`), if they are
        `is_told_alone`."""
        rows = match.rows if part is None else match.rows_with(*part)
        unproved = self._unproved(match)
        if unproved:
            return self._looked_through(match, rows, unproved)
        return f"SELECT rowid AS id FROM {rows}", [match.expression]

    def _unproved(self, match: Match | None) -> list[str]:
        return [word for word in self.words if match is None or word not in match.proved]

    def _looked_through(self, match: Match, rows: str, words: Sequence[str]) -> tuple[str, list[Any]]:
        """A SELECT of the hits, *rows* of *match*, whose text, which stands apart, holds *words*: the rows themselves
        are not read."""
        conditions = [(f"id IN {rows}", [match.expression])]
        conditions += [self._holding("search_text", word) for word in words]
        where = " AND ".join(sql for sql, _ in conditions)
        sql = f"SELECT id FROM {self.tables.text} WHERE {where}"
        return sql, [value for _, values in conditions for value in values]

    @staticmethod
    def _holding(text: str, word: str) -> tuple[str, list[Any]]:
        return f"{text} LIKE ? ESCAPE '\\'", [like_pattern(word)]


def narrowest(connection: Connection, matches: Sequence[Match], at_most: int) -> tuple[Match | None, int]:
    """The match with the fewest hits, and how many; hits beyond *at_most* are not counted."""
    best, fewest = None, at_most + 1
    for match in matches:
        hits = match.count(connection, fewest)
        if best is None or hits < fewest:
            best, fewest = match, hits
    return best, fewest


def thinnest(connection: Connection, matches: Sequence[Match], at_most: int) -> tuple[Match | None, Reach]:
    """The match whose hits lie thinnest, and its first hits, one more than *at_most* where it has more than that."""
    best, far = None, Reach(at_most + 1, 0)
    for match in matches:
        reach = match.reach(connection, at_most + 1)
        if best is None or (reach.hits, -reach.last) < (far.hits, -far.last):
            best, far = match, reach
    return best, far


def _grams(word: str, most: int) -> list[str]:
    """At most so many trigrams of a word, spread over it, the first and the last among them."""
    last = len(word) - 3
    places = {round(last * part / (most - 1)) for part in range(most)}
    return [word[place : place + 3] for place in sorted(places)]


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _is_caseless(word: str) -> bool:
    """Whether the index folds it as we do: ASCII, or letters without case."""
    return word.isascii() or word.upper() == word


def _proved(word: str) -> frozenset[str]:
    return frozenset((word,) if _is_caseless(word) else ())


def _beginning_with(connection: Connection, terms: str, pair: str) -> str:
    sql = f"SELECT term FROM {terms} WHERE term >= ? AND term < ?"
    found: Sequence[str] = listed(connection, sql, (pair, pair + LAST_CHARACTER))
    return " OR ".join(map(_quoted, found)) or NOTHING
