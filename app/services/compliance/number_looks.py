"""Which listings the checker must look at again after prices or stocks of very many of them were changed.

Only the rules about variants (`rules/skus.py`) and about prices (`rules/guard.py`, `rules/regional.py`) read prices and
stocks. A listing whose numbers are in order by far, both before and after, has the same findings as before; a property
test holds this together with the checker.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.models import Setting
from app.services.compliance.loading import SETTING
from app.services.compliance.rule_data import Limits, rule_data
from app.services.compliance.rules import guard, regional, skus
from app.services.history.columns import Staged
from app.services.listings.content import HALF
from app.services.listings.numbers import RENEWED
from app.services.price_guard.settings import asks_costs, guard_settings

NUMBER_CODES = frozenset(rule.code for group in (skus.GROUP, guard.GROUP, regional.GROUP) for rule in group.rules)
"""Rules that may read prices or stocks: of the others, a change of these is nothing to ask about."""

_REGIONAL = "SELECT listing_id FROM {rows} WHERE listing_id IN (SELECT id FROM listing WHERE regional_prices <> '{{}}')"
_FLOORED = (
    "SELECT sku.listing_id FROM {rows} JOIN sku ON sku.id = row_id "
    "WHERE match_key IN (SELECT match_key FROM price_floor)"
)
_IS_KNOWN = "SELECT 1 FROM sent_price UNION ALL SELECT 1 FROM listing_synced LIMIT 1"
_OFF = "ifnull(max(abs(after - {known}), abs(before - {known})) * 10000 > {{limit}} * {known}, 0)"
_CONTENT = f"substr(content_hash, 1, {HALF})"
_NEWER = (
    "CASE WHEN sent_price.listing_id IS NOT NULL AND (synced.id IS NULL OR sent_ms >= read_ms) "
    "THEN sent_price.our_hash ELSE synced.our_hash END"
)
_STANDING = (
    "WITH standing AS MATERIALIZED (SELECT own.id, "
    f"CASE {_NEWER} WHEN {_CONTENT} || was THEN 1 WHEN {_CONTENT} || numbers THEN 2 ELSE 0 END AS kind "
    "FROM {renewed} AS renewed JOIN listing AS own ON own.id = renewed.listing_id "
    "LEFT JOIN listing_synced AS synced ON synced.id = own.id "
    "LEFT JOIN sent_price ON sent_price.listing_id = own.id "
    "WHERE synced.id IS NOT NULL OR sent_price.listing_id IS NOT NULL) "
)
"""Which prices the guard holds a listing against, by the hash it has with them: those before (1), those after (2), or
others (0). Said once for both of `_JUMPED`, which SQLite then works out once."""
_IN_STEP = (
    "SELECT listing_id FROM standing CROSS JOIN {rows} AS changed ON listing_id = standing.id WHERE kind > 0 "
    f"AND (before IS NULL OR {_OFF.format(known='CASE kind WHEN 1 THEN before ELSE after END')})"
)
_SYNCED = "json_extract(synced.skus, '$.\"' || replace(sku.code, '\"', '') || '\"[0]')"
_SENT = "json_extract(prices, '$.\"' || replace(sku.code, '\"', '') || '\"')"
_OTHERS = (
    "SELECT listing_id FROM (WITH seen AS MATERIALIZED (SELECT changed.listing_id, before, after, "
    f"instr(sku.code, '\"') AS is_quoted, {_SYNCED} AS there, {_SENT} AS sent FROM standing "
    "LEFT JOIN listing_synced AS synced ON synced.id = standing.id "
    "LEFT JOIN sent_price ON sent_price.listing_id = standing.id "
    "CROSS JOIN {rows} AS changed ON changed.listing_id = standing.id CROSS JOIN sku ON sku.id = changed.row_id "
    "WHERE kind = 0) "
    "SELECT listing_id FROM seen WHERE is_quoted OR before IS NULL "
    f"OR {_OFF.format(known='there')} OR {_OFF.format(known='sent')})"
)
_JUMPED = (_IN_STEP, _OTHERS)
"""Published listings of which a price is, or was, far from what the marketplace has. Most have nothing unsent: then the
prices before are what it has, and nobody need look them up by their codes."""


def number_limits(connection: Connection) -> Limits:
    """The limits in force."""
    with Session(bind=connection) as session:
        stored = session.get(Setting, SETTING)
        return rule_data(stored.value if stored is not None else None).limits


def number_suspects(
    connection: Connection, staged: Sequence[Staged], renewed: str = RENEWED, limits: Limits | None = None
) -> list[int]:
    """Listings whose findings may be others now, in order of ids. *renewed*: what stands behind FROM to read what was
    and is said of them, columns as `FORESEEN`."""
    limits = limits or number_limits(connection)
    columns = {one.column for one in staged}
    fine = " AND ".join(
        _fine(limits, columns, when) for when in ({"low": "old_low", "high": "old_high", "total": "old_total"}, {})
    )
    standing, parts = "", [f"SELECT listing_id FROM {renewed} WHERE NOT ifnull({fine}, 0)"]
    for one in staged:
        low, high = _bounds(limits, one.column)
        parts.append(
            f"SELECT listing_id FROM {one.rows} "
            f"WHERE NOT ifnull(before BETWEEN {low} AND {high} AND after BETWEEN {low} AND {high}, 0)"
        )
    prices = next((one for one in staged if one.column == "price_minor"), None)
    if prices is not None:
        parts.append(_REGIONAL.format(rows=prices.rows))
        standing, guarded = _guarded(connection, prices, renewed)
        parts += guarded
    return list(connection.exec_driver_sql(f"{standing}{' UNION '.join(parts)} ORDER BY 1").scalars())


def _guarded(connection: Connection, prices: Staged, renewed: str) -> tuple[str, list[str]]:
    """Listings the price guard may see differently, and what has to be said before. Where it asks for profits, that is
    every one."""
    settings = guard_settings(connection)
    if asks_costs(connection, settings):
        return "", [f"SELECT listing_id FROM {prices.rows}"]
    standing, parts = "", []
    if settings.floors and connection.exec_driver_sql("SELECT 1 FROM price_floor LIMIT 1").first() is not None:
        parts.append(_FLOORED.format(rows=prices.rows))
    if settings.changes and connection.exec_driver_sql(_IS_KNOWN).first() is not None:
        standing = _STANDING.format(renewed=renewed)
        parts += [one.format(rows=prices.rows, limit=int(settings.warn_bp)) for one in _JUMPED]
    return standing, parts


def _fine(limits: Limits, columns: set[str], names: dict[str, str]) -> str:
    """An SQL condition that holds only where no rule about these columns yields; NULL is not fine."""
    low, high, total = (names.get(name, name) for name in ("low", "high", "total"))
    parts = []
    if "price_minor" in columns:
        parts.append(f"{low} >= {float(limits.far_below_share)!r} * {high}")
    if "stock" in columns:
        parts.append(f"{total} > 0 AND {total} <= {int(limits.stock_total_max)}")
    return " AND ".join(parts)


def _bounds(limits: Limits, column: str) -> tuple[int, int]:
    if column == "stock":
        return 0, int(limits.stock_max)
    return int(limits.price_min_minor), int(limits.price_max_minor)
