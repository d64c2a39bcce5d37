"""The table of forbidden goods (知产违禁总表) and the infringement feedback (每日侵权反馈) as verdicts."""

from __future__ import annotations

import re

from app.services.company_tables.item_codes import goods_keys, values_of
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.recognising import KnownTable
from app.services.company_tables.records import Row, TableRead
from app.services.company_tables.rules import severity_of, table_rules
from app.services.workbooks.refusals import Refusal
from app.services.workbooks.tables import SheetTable

STRICTEST_FIRST = ("block", "hold", "warn", "clear")
LONGEST_REASON = 300
LONGEST_WORD = 100
_BETWEEN = re.compile(r"[,，;；、|\n]+")


def verdict_rows(read: TableRead, table: SheetTable, known: KnownTable) -> None:
    """Fill `item_verdict`: match key, kind, severity, reason, day; and the forbidden words of rows that have some.

    A severity that cannot be read is named, and the row counts with the usual one of its table: a verdict is never
    lost to a misspelling.
    """
    column = table.of("code")
    keys = goods_keys(table, column) if column is not None else [[] for _ in table.rows]
    words = [_words(text) for text in values_of(table, "word")]
    _name_long(table, words)
    days, found = values_of(table, "day"), dict[str, Row]()
    told: dict[str, tuple[str, str]] = {}
    reasons = list(zip(values_of(table, "type"), values_of(table, "reason"), strict=True))
    refused_codes = {position for position, *_ in column.refusals} if column is not None else set()
    for position, severity in enumerate(_severities(read.kind, table)):
        reason = " · ".join(dict.fromkeys(str(text) for text in reasons[position] if text))[:LONGEST_REASON]
        for key in keys[position]:
            row = (key, str(read.kind), severity, reason, str(days[position] or ""))
            found[key] = _stricter(found[key], row) if key in found else row
        for word in words[position]:
            told[word] = _stricter_word(told.get(word), (severity, reason))
        if not keys[position] and not words[position]:
            read.refused += 1
            if column is not None and position not in refused_codes and column.values[position] is None:
                table.refuse(position, column.source, "code", "", Refusal("code_missing"))
    read.rows["item_verdict"] = [found[key] for key in sorted(found)]
    read.words = [(word, *told[word]) for word in sorted(told)]
    if not read.as_of and read.kind is TableKind.FEEDBACK:
        read.as_of = max((row[4] for row in read.rows["item_verdict"]), default="")


def _severities(kind: TableKind, table: SheetTable) -> list[str]:
    """The severity of each row: what its own column says, else its type, else the usual one of the table."""
    column, usual = table.of("severity"), table_rules().usual[kind]
    found: list[str] = []
    for position, (text, sort) in enumerate(zip(values_of(table, "severity"), values_of(table, "type"), strict=True)):
        severity = severity_of(str(text)) if text else None
        if text and severity is None and column is not None:
            params = (("usual", usual),)
            table.refuse(position, column.source, "severity", str(text), Refusal("severity_unknown", params=params))
        by_type = severity_of(str(sort)) if sort and not text else None
        found.append(severity or (by_type if by_type != "clear" else None) or usual)
    return found


def _stricter(held: Row, row: Row) -> Row:
    """Of two rows about one thing the later day counts, on one day the stricter verdict."""
    if held[4] != row[4]:
        return max(held, row, key=lambda one: str(one[4]))
    return min(held, row, key=lambda one: STRICTEST_FIRST.index(one[2]))


def _stricter_word(held: tuple[str, str] | None, told: tuple[str, str]) -> tuple[str, str]:
    return told if held is None else min(held, told, key=lambda one: STRICTEST_FIRST.index(one[0]))


def _words(text: object) -> list[str]:
    parts = (part.strip() for part in _BETWEEN.split(str(text))) if text else ()
    return [part for part in parts if part]


def _name_long(table: SheetTable, words: list[list[str]]) -> None:
    """A word nobody can look for is left out, and said."""
    column = table.of("word")
    if column is None:
        return
    verdict = Refusal("word_too_long", params=(("limit", str(LONGEST_WORD)),))
    for position, found in enumerate(words):
        for word in [word for word in found if len(word) > LONGEST_WORD]:
            table.refuse(position, column.source, "word", word, verdict)
            found.remove(word)
