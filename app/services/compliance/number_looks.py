"""Which listings the checker must look at again after prices or stocks of very many of them were changed.

Only the rules about variants (`rules/skus.py`) read prices and stocks. A listing whose numbers are in order by far,
both before and after, has the same findings as before; a property test holds this together with the checker.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.models import Setting
from app.services.compliance.loading import SETTING
from app.services.compliance.rule_data import Limits, rule_data
from app.services.history.columns import Staged
from app.services.listings.numbers import RENEWED
from app.services.listings.writing import REOPENED


def number_limits(connection: Connection) -> Limits:
    """The limits in force."""
    with Session(bind=connection) as session:
        stored = session.get(Setting, SETTING)
        return rule_data(stored.value if stored is not None else None).limits


def number_suspects(connection: Connection, staged: Sequence[Staged], limits: Limits | None = None) -> list[int]:
    """Listings of `RENEWED` whose findings or state may be others now, in order of ids."""
    limits = limits or number_limits(connection)
    columns = {one.column for one in staged}
    reopened = ", ".join(f"'{status!s}'" for status in REOPENED)
    fine = " AND ".join(
        _fine(limits, columns, when) for when in ({"low": "old_low", "high": "old_high", "total": "old_total"}, {})
    )
    parts = [f"SELECT listing_id FROM {RENEWED} WHERE old_status IN ({reopened}) OR NOT ifnull({fine}, 0)"]
    for one in staged:
        low, high = _bounds(limits, one.column)
        parts.append(
            f"SELECT listing_id FROM {one.rows} "
            f"WHERE NOT ifnull(before BETWEEN {low} AND {high} AND after BETWEEN {low} AND {high}, 0)"
        )
    return list(connection.exec_driver_sql(" UNION ".join(parts) + " ORDER BY 1").scalars())


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
