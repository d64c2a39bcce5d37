"""Which verdict about goods is in force: today's feedback wins over yesterday's table (domain.md 13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from app.services.company_tables.days import day_of_newest
from app.services.company_tables.kinds import TableKind

CLEAR = "clear"
_ROWS = """
SELECT code, item_verdict.kind, severity, reason, item_verdict.as_of, coalesce(source, '')
FROM item_verdict LEFT JOIN company_table ON company_table.id = table_id ORDER BY code, item_verdict.kind
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a table says of goods.

    Attributes:
        key: their match key; of a stock item its code.
        severity: block, hold, warn or clear.
        as_of: the day of the verdict, "" where the table does not say.
        source: the file that brought it.
    """

    key: str
    kind: TableKind
    severity: str
    reason: str
    as_of: str
    source: str


def verdicts_in_force(connection: Connection) -> dict[str, Verdict]:
    """The verdict that counts, by match key; goods that are clear are left out."""
    return in_force(all_verdicts(connection), day_of_newest(connection, TableKind.FORBIDDEN))


def all_verdicts(connection: Connection) -> list[Verdict]:
    """Everything that both tables say."""
    rows = connection.exec_driver_sql(_ROWS)
    return [Verdict(row[0], TableKind(row[1]), row[2], row[3], row[4], row[5]) for row in rows]


def in_force(verdicts: Iterable[Verdict], forbidden_day: str) -> dict[str, Verdict]:
    """Of two verdicts about the same goods the feedback counts, unless the table of forbidden goods is of a later day
    (*forbidden_day*)."""
    found: dict[str, Verdict] = {}
    for one in verdicts:
        other = found.get(one.key)
        if other is None:
            found[one.key] = one
            continue
        feedback, table = (one, other) if one.kind is TableKind.FEEDBACK else (other, one)
        found[one.key] = table if feedback.as_of < forbidden_day else feedback
    return {key: one for key, one in found.items() if one.severity != CLEAR}
