"""What the checker says of many listings, by rule: how often, in how many, and what can be done about it at once.

Counted from `listing_finding`, which every check keeps; nothing is checked here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson
from sqlalchemy import Connection

from app.services.compliance.findings import Severity
from app.services.compliance.recheck import check_listings
from app.services.db import Database
from app.services.listings.fixes import fixable_rules
from app.services.listings.loading import chunks
from app.services.listings.source import ListingSource
from app.services.paging import Filter, Query
from app.services.sql_ids import interruptible
from app.services.tasks import TaskContext

Remedy = Literal["fix", "replace", ""]
Chosen = Sequence[int] | Query

UNSORTED = "findings_unsorted"
"""Stored setting that is there as long as listings are left that an older version checked."""
LOOKED_AT = 500
"""Listings read to say which listed words they carry."""
MOST_WORDS = 8
AT_ONCE = 20_000

_GROUPED = "SELECT code, severity, sum(number), count(*) FROM listing_finding{where} GROUP BY code, severity"
_UNSORTED = """
SELECT id FROM listing WHERE block_count + hold_count + warn_count > 0{stores}
AND NOT EXISTS (SELECT 1 FROM listing_finding WHERE listing_id = listing.id)
"""


@dataclass(frozen=True, slots=True)
class RuleCount:
    """One rule that is broken: `count` times, in `listings` listings.

    Attributes:
        remedy: `fix`: some findings carry their one remedy; `replace`: listed words, of which somebody has to say what
            stands in their place; "" where only a look helps.
    """

    code: str
    severity: Severity
    count: int
    listings: int
    remedy: Remedy


def remedy_of(code: str) -> Remedy:
    """What can be done about a rule in many listings at once."""
    if code in fixable_rules():
        return "fix"
    return "replace" if code.startswith("word.") else ""


def rule_counts(db: Database, chosen: Chosen, ctx: TaskContext | None = None) -> list[RuleCount]:
    """The rules that are broken in *chosen*, worst first, then those in most listings.

    Raises:
        TaskCancelled: stopped, also in the middle of a statement.
        UnknownField, BadValue: the filter makes no sense.
    """
    found: dict[tuple[str, str], tuple[int, int]] = {}
    with db.reader.connect() as connection, interruptible(connection, ctx):
        for where, params in _parts(db, chosen):
            for code, severity, count, listings in connection.exec_driver_sql(_GROUPED.format(where=where), params):
                before = found.get((code, severity), (0, 0))
                found[code, severity] = before[0] + count, before[1] + listings
    groups = [
        RuleCount(code, Severity(severity), count, listings, remedy_of(code))
        for (code, severity), (count, listings) in found.items()
    ]
    order = list(Severity)
    return sorted(groups, key=lambda one: (order.index(one.severity), -one.listings, one.code))


def _parts(db: Database, chosen: Chosen) -> list[tuple[str, tuple[Any, ...]]]:
    """Conditions over `listing_finding`: one for a filter, several for very many ids."""
    if not isinstance(chosen, Query):
        inside = " WHERE listing_id IN (SELECT value FROM json_each(?))"
        return [(inside, (orjson.dumps(part).decode(),)) for part in chunks(chosen, AT_ONCE)]
    if not chosen.filters and not chosen.text:
        marks = ", ".join("?" * len(chosen.store_ids))
        return [(f" WHERE store_id IN ({marks})" if marks else "", tuple(chosen.store_ids))]
    where, params = ListingSource(db).where(chosen)
    return [(f" WHERE listing_id IN (SELECT id FROM listing{where})", tuple(params))]


def unsorted_listings(db: Database, store_ids: Sequence[int] = ()) -> list[int]:
    """Listings that were checked by an older version of the program: counted, but not by rule. Migration 0014 left
    word of them; looking for them takes seconds in a large database."""
    marks = ", ".join("?" * len(store_ids))
    stores = f" AND store_id IN ({marks})" if marks else ""
    with db.reader.connect() as connection:
        if connection.exec_driver_sql("SELECT 1 FROM setting WHERE name = ?", (UNSORTED,)).first() is None:
            return []
        return list(connection.exec_driver_sql(_UNSORTED.format(stores=stores), tuple(store_ids)).scalars())


def note_sorted(db: Database) -> None:
    """Every listing was checked anew since the migration."""
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM setting WHERE name = ?", (UNSORTED,))


def with_rule(chosen: Chosen, code: str, db: Database) -> Chosen:
    """Those of *chosen* in which the rule *code* is broken."""
    if isinstance(chosen, Query):
        return replace(chosen, filters=(*chosen.filters, Filter("finding", "in", (code,))))
    with db.reader.connect() as connection:
        return [number for part in chunks(chosen, AT_ONCE) for number in _broken(connection, part, code)]


def _broken(connection: Connection, part: Sequence[int], code: str) -> list[int]:
    sql = (
        "SELECT DISTINCT listing_id FROM listing_finding WHERE code = ? "
        "AND listing_id IN (SELECT value FROM json_each(?)) ORDER BY listing_id"
    )
    return list(connection.exec_driver_sql(sql, (code, orjson.dumps(part).decode())).scalars())


def listed_words(db: Database, chosen: Chosen, code: str) -> list[tuple[str, str]]:
    """Field and word of what a word rule found, the most frequent first, looking into the first listings of *chosen*:
    what a replacement begins with. Words of variants and attributes are not among them: those are edited one by one.
    """
    narrowed = with_rule(chosen, code, db)
    if isinstance(narrowed, Query):
        ids: Sequence[int] = [row.id for row in ListingSource(db).first_page(narrowed, LOOKED_AT)]
    else:
        ids = narrowed[:LOOKED_AT]
    found: Counter[tuple[str, str]] = Counter()
    with db.read() as session:
        for _, findings in check_listings(session, list(ids)):
            found.update(
                (one.field, str(one.params["word"]))
                for one in findings
                if one.code == code and one.field in ("title", "keywords", "detail_html")
            )
    return [pair for pair, _ in found.most_common(MOST_WORDS)]
