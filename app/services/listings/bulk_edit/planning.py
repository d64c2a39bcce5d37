"""Working a bulk edit out: before → after for every row, what is refused and why, what the checker would say.

Nothing but the plan's own file is written, and what picture files are that had to be read for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app.models import ListingStatus, StoreAccess
from app.services.collection import without_collection
from app.services.compliance.findings import Severity
from app.services.compliance.images import refresh_image_facts
from app.services.compliance.recheck import refresh_listing_images
from app.services.db import Database
from app.services.history.columns import Staged
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.numbers import worked
from app.services.listings.bulk_edit.operations import LISTING_NUMBERS, SKU_NUMBERS, ReplaceText
from app.services.listings.bulk_edit.pictures import looks_into_pictures, pictures_given
from app.services.listings.bulk_edit.plan_file import PlanFile
from app.services.listings.bulk_edit.planned_numbers import work_out
from app.services.listings.bulk_edit.planned_texts import Texts
from app.services.listings.bulk_edit.records import SAME, FindingCount, PlanCounts
from app.services.listings.bulk_edit.targets import Target, target_ids
from app.services.listings.bulk_edit.texts import pattern_of
from app.services.listings.bulk_edit.verdict import judge
from app.services.listings.loading import chunks, id_list
from app.services.moments import Moment
from app.services.pricing.rates import exchange_rate
from app.services.tasks import TaskContext

_LOCKS = f"""
UPDATE plan.chosen SET store_id = found.store_id, why = found.why FROM (
    SELECT chosen.listing_id, listing.store_id, CASE
        WHEN listing.id IS NULL THEN 'gone'
        WHEN store.access <> '{StoreAccess.OPERATE!s}' THEN 'read_only'
        WHEN listing.status = '{ListingStatus.SENDING!s}' THEN 'sending' END AS why
    FROM plan.chosen AS chosen LEFT JOIN listing ON listing.id = chosen.listing_id
    LEFT JOIN store ON store.id = listing.store_id) AS found
WHERE found.listing_id = chosen.listing_id
"""


@dataclass(slots=True)
class Plan:
    """A bulk edit that was worked out. Close it: its file holds what was shown.

    Attributes:
        columns: all numbers it changes.
        label: message key of the change it becomes.
        source: file it comes from, "" for none.
        params: what the change keeps besides its counts.
        moment: the state of the database it was worked out in; None where that is not known.
        suspects: listings whose findings new prices or stocks may change, as the last check said, which holds while
            the database is in that state; None where there was no check.
    """

    columns: list[str]
    file: PlanFile
    counts: PlanCounts
    label: str = "change.bulk_edit"
    source: str = ""
    params: dict[str, str] = field(default_factory=dict)
    moment: Moment | None = None
    suspects: list[int] | None = None

    @property
    def sku_columns(self) -> list[str]:
        """Numbers of the variants it changes."""
        return [name for name in self.columns if name in SKU_NUMBERS]

    @property
    def staged(self) -> list[Staged]:
        """The changes of the variants' numbers."""
        return self.file.staged(self.sku_columns)

    def close(self) -> None:
        """Forget it. Safe to call twice."""
        self.file.close()


def plan_edit(db: Database, edit: BulkEdit, target: Target, ctx: TaskContext, *, checks: bool = True) -> Plan:
    """Work *edit* out for the listings of *target*, or for single variants of theirs.

    Args:
        checks: also ask the checker what it would newly say.

    Raises:
        BadPattern, SlowPattern, FormulaError, BadOperation: the edit makes no sense; nothing was looked at.
        UnknownField, BadValue: the filter makes no sense.
        TaskCancelled: stopped; nothing is left behind but what is known of pictures.
    """
    numbers = [worked(change) for change in edit.numbers]
    for operation in edit.operations:
        if isinstance(operation, ReplaceText):
            pattern_of(operation)
    ids, skus = target_ids(db, target, ctx)
    if looks_into_pictures(edit.others):
        _read_pictures(db, edit, ids if skus is None else _owners(db, skus), ctx)
    plan = Plan([one.field for one in edit.numbers], PlanFile(db), PlanCounts())
    try:
        with without_collection(), plan.file.open(ctx) as connection:
            plan.moment = db.moment_of(connection)
            total = choose(connection, ids) if skus is None else choose_variants(connection, skus)
            for one in numbers:
                ctx.report(0, total, note="bulk_edit.working_out")
                plan.file.add_numbers(connection, one.column)
                work_out(connection, one, exchange_rate(connection), of_variants=skus is not None)
            if edit.others or any(one.is_of_listing for one in numbers):
                Texts(connection, edit).run(ctx, total)
            if checks:
                plan.suspects = judge(connection, plan.staged, ctx)
            plan.counts = counted(connection, plan)
    except BaseException:  # a stop as well: the plan's file must not outlive the plan
        plan.close()
        raise
    return plan


def _read_pictures(db: Database, edit: BulkEdit, listing_ids: Sequence[int], ctx: TaskContext) -> None:
    """Read the picture files nobody has read yet, or that are others by now: their content is what is looked for."""
    refresh_listing_images(db, listing_ids, ctx)
    refresh_image_facts(db, pictures_given(edit.others), ctx)


def _owners(db: Database, skus: Sequence[int]) -> list[int]:
    """The listings of these variants."""
    found: set[int] = set()
    with db.read() as session:
        for chunk in chunks(skus):
            sql = f"SELECT listing_id FROM sku WHERE id IN ({id_list(chunk)})"
            found.update(session.connection().exec_driver_sql(sql).scalars())
    return sorted(found)


def check_plan(plan: Plan, ctx: TaskContext) -> None:
    """Ask the checker what it would newly say, of a plan that was made without.

    Raises:
        TaskCancelled: stopped; the plan is as it was.
    """
    with plan.file.open(ctx) as connection:
        connection.exec_driver_sql("DELETE FROM plan.finding")
        suspects = judge(connection, plan.staged, ctx)
        plan.counts, plan.suspects = counted(connection, plan), suspects


def refused_listings(plan: Plan) -> tuple[int, ...]:
    """Listings of which something is refused, in order."""
    with plan.file.open() as connection:
        return tuple(connection.exec_driver_sql(f"{_refused(plan)} ORDER BY 1").scalars())


def choose(connection: Connection, ids: Sequence[int]) -> int:
    """Put down which listings are asked for, and which of them may not be edited. Returns: how many they are."""
    _note(connection, "chosen (listing_id)", ids)
    connection.exec_driver_sql(_LOCKS)
    return _number(connection, "SELECT count(*) FROM plan.chosen")


def choose_variants(connection: Connection, skus: Sequence[int]) -> int:
    """The same of variants, and the listings they belong to. Returns: how many listings. Variants that are gone are
    passed over: there is nothing left of them to name."""
    _note(connection, "chosen_sku (sku_id)", skus)
    owners = "SELECT DISTINCT listing_id FROM plan.chosen_sku CROSS JOIN sku ON sku.id = chosen_sku.sku_id"
    connection.exec_driver_sql(f"INSERT INTO plan.chosen (listing_id) {owners}")
    return choose(connection, ())


def _note(connection: Connection, table: str, ids: Sequence[int]) -> None:
    driver: Any = connection.connection.driver_connection
    driver.executemany(f"INSERT OR IGNORE INTO plan.{table} VALUES (?)", ((number,) for number in ids))


def counted(connection: Connection, plan: Plan) -> PlanCounts:
    """A plan in figures."""
    cells: dict[str, int] = {}
    unchanged: dict[str, int] = {}
    reasons: dict[str, int] = {}
    for name, why, number in _tallies(connection, plan):
        target, key = (cells, name) if why is None else (unchanged, name) if why == SAME else (reasons, why)
        target[key] = target.get(key, 0) + number
    changed, refused = (
        changed_listings(connection, plan),
        _number(connection, f"SELECT count(*) FROM ({_refused(plan)})"),
    )
    touched = f"{_changed(plan)} UNION {_refused(plan)}"
    matched = _number(connection, "SELECT count(*) FROM plan.chosen")
    return PlanCounts(
        matched=matched,
        changed=changed,
        refused=refused,
        same=matched - (_number(connection, f"SELECT count(*) FROM ({touched})") if refused else changed),
        cells=cells,
        unchanged=unchanged,
        reasons=reasons,
        findings=_findings(connection),
    )


def _refused(plan: Plan) -> str:
    parts = [f"SELECT listing_id FROM plan.{table} WHERE why IS NOT NULL" for table in ("chosen", "line")]
    parts += [f"SELECT listing_id FROM plan.of_{name} WHERE why <> '{SAME}'" for name in plan.columns]
    return " UNION ".join(parts)


def changed_listings(connection: Connection, plan: Plan) -> int:
    """How many listings change. Each is looked up: going through the rows of all variants takes longer."""
    found = ["SELECT 1 FROM plan.edited WHERE why IS NULL AND edited.listing_id = chosen.listing_id"]
    found += [f"SELECT 1 FROM {one.table} AS stage WHERE stage.listing_id = chosen.listing_id" for one in plan.staged]
    any_of = " OR ".join(f"EXISTS ({sql})" for sql in found)
    return _number(connection, f"SELECT count(*) FROM plan.chosen WHERE {any_of}")


def _changed(plan: Plan) -> str:
    changed = ["SELECT listing_id FROM plan.edited WHERE why IS NULL"]
    changed += [f"SELECT listing_id FROM {one.table}" for one in plan.staged]
    return " UNION ".join(changed)


def _tallies(connection: Connection, plan: Plan) -> list[tuple[str, str | None, int]]:
    """Values by field and by what becomes of them."""
    parts = ["SELECT '' AS field, why, count(*) FROM plan.chosen WHERE why IS NOT NULL GROUP BY why"]
    parts += [f"SELECT '{name}', why, count(*) FROM plan.of_{name} GROUP BY why" for name in plan.columns]
    own = ", ".join(f"'{name}'" for name in LISTING_NUMBERS if name in plan.columns)
    parts.append(f"SELECT field, why, count(*) FROM plan.line WHERE field NOT IN ({own}) GROUP BY field, why")
    return [(row[0], row[1], row[2]) for part in parts for row in connection.exec_driver_sql(part)]


def _findings(connection: Connection) -> tuple[FindingCount, ...]:
    rows = connection.exec_driver_sql(
        "SELECT code, severity, sum(number), count(*) FROM plan.finding GROUP BY code, severity"
    )
    found = [FindingCount(*row) for row in rows]
    order = [str(one) for one in Severity]
    return tuple(sorted(found, key=lambda one: (order.index(one.severity), -one.listings, one.code)))


def _number(connection: Connection, sql: str) -> int:
    return int(connection.exec_driver_sql(sql).scalar_one())
