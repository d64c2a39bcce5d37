"""Listings by characters in the codes of their variants, without looking through five million codes.

The searched text of a listing holds all its codes, so the trigrams of the characters lead to the few listings that can
have them; their variants are then looked at. Where those are very many, or the characters too few, the codes that stand
beside the figures are looked through (`pricing.sku_columns`).

What a variant is found by may also be its match key, which mostly stands in the code as it is. Where it does not
(`2*AB1234` has the key `AB1234*2`), or where the code is more than ASCII, which folds in ways of its own, the variant
is in `ix_sku_rekeyed` and always looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.services.codes.keys import match_key
from app.services.codes.normal import normalise
from app.services.sql_search import Search, SearchTables

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.services.expressions.conditions import Sql
    from app.services.paging import Filter

SEARCHED = "(SELECT search_text FROM listing_search WHERE listing_search.id = listing.id)"
"""The searched text of a row of `listing`."""
TABLES = SearchTables("listing_trigram", "listing_bigram", "listing_trigram_terms", "listing_search")
MANY_LISTINGS = 30_000
"""Beneath more listings than that it is quicker to look through all variants."""
_REKEYED = "SELECT listing_id FROM sku WHERE instr(upper(code), match_key) = 0 OR code GLOB '*[^ -~]*'"
"""Said as the index says it (migration 0018), or SQLite would not use it."""
_AMONG = f"sku.listing_id IN (SELECT rowid FROM {{rows}} UNION ALL {_REKEYED})"
_VARIANTS = "SELECT sku.listing_id FROM (SELECT (SELECT count(*) <= ? FROM (SELECT 1 FROM {rows} LIMIT ? + 1)) AS few)"


def codes_part(condition: Filter) -> str:
    """The characters that codes are looked through for by a condition on `sku` or `item`, "" where it is another."""
    if condition.field == "sku" and condition.operator in ("contains", "lacks"):
        part = normalise(str(condition.value))
    elif condition.field == "item" and condition.operator == "=":
        part = match_key(str(condition.value))
    else:
        return ""
    return part if part.isprintable() and " " not in part else ""


def with_part(condition: Filter, wanted: Sql) -> Sql | None:
    """For "contains": as `_with`, the characters being what was typed."""
    return _with(normalise(str(condition.value)), wanted) if condition.operator == "contains" else None


def with_item(condition: Filter, wanted: Sql) -> Sql | None:
    """For "is in the code": as `_with`, the characters being those of the stock item."""
    return _with(match_key(str(condition.value)), wanted) if condition.operator == "=" else None


def with_text(condition: Filter, wanted: Sql) -> Sql | None:
    """A SELECT of the ids of the listings whose searched text holds what "contains" asks for; *wanted*: the same as a
    condition on each row of `listing_search`. None where it is too short for the trigrams."""
    found = Search.of(str(condition.value), TABLES).quick_matches() if condition.operator == "contains" else []
    if not found:
        return None
    sql, params = wanted
    return f"SELECT id FROM listing_search WHERE id IN {found[0].rows} AND ({sql})", [found[0].expression, *params]


def with_place(condition: Filter, wanted: Sql) -> Sql | None:
    """For "present": by the index on what variants ship from, which has those without a place at its beginning."""
    del wanted
    is_any = condition.operator == "present"
    return ("SELECT listing_id FROM sku WHERE ships_from COLLATE NOCASE > ''", []) if is_any else None


def _with(characters: str, wanted: Sql) -> Sql | None:
    """A SELECT of `listing_id`, once for each variant that is as *wanted*, which no variant without *characters* in
    its code or match key is. None where the index cannot help: fewer than three characters, blanks, letters beyond
    ASCII."""
    if len(characters) < 3 or not characters.isascii() or len(characters.split()) != 1:
        return None
    match, (sql, params) = Search.of(characters, TABLES).quick_matches()[0], wanted
    variants, asked = _VARIANTS.format(rows=match.rows), [MANY_LISTINGS, match.expression, MANY_LISTINGS]
    among = _AMONG.format(rows=match.rows)
    return (
        f"{variants} CROSS JOIN sku WHERE few AND {among} AND ({sql}) "
        f"UNION ALL {variants} CROSS JOIN sku WHERE NOT few AND ({sql})",
        [*asked, match.expression, *params, *asked, *params],
    )


def is_of_many(connection: Connection, condition: Filter) -> bool:
    """Whether *condition*, which `codes_part` knows, is so of more listings than the index is good for."""
    part = codes_part(condition)
    if len(part) < 3 or not part.isascii():
        return True
    return Search.of(part, TABLES).quick_matches()[0].count(connection, MANY_LISTINGS + 1) > MANY_LISTINGS


def among_few(connection: Connection, condition: Filter, wanted: Sql) -> Sql | None:
    """*wanted*, the SQL of *condition*, which `codes_part` knows, of a variant, so that no others than those of the few
    listings are looked at that the index gives; None where they are many."""
    if is_of_many(connection, condition):
        return None
    match = Search.of(codes_part(condition), TABLES).quick_matches()[0]
    return f"{_AMONG.format(rows=match.rows)} AND ({wanted[0]})", [match.expression, *wanted[1]]
