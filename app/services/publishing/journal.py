"""The publish journal: every step of a task as one SQL change that takes effect only from the state it expects.

Two programs may run on one database. Whoever changes a row first wins; the other one's `UPDATE` touches no row and
says so. A listing's status moves in the same transaction as its task (DESIGN.md 3.1).
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection

from app.models import ListingStatus, StoreHealth, TaskAction, TaskState
from app.services.listings.holds import IS_HELD
from app.services.publishing.entries import CODE_SEPARATOR, NO_REASON, ClaimedTask, Intent, Reason, TaskKey, Verdict
from app.services.publishing.gate import Ending, Gate
from app.services.publishing.statements import change, change_and_ask
from app.services.stores.reading import end_outage, write_health
from app.services.stores.verdicts import health_after


def claim(
    connection: Connection, store_id: int, owner: str, batch_id: int | None, limit: int, moment_ms: int
) -> list[ClaimedTask]:
    """Take up to *limit* queued tasks that are due and that nobody works on: the most urgent first, of equally urgent
    ones the oldest. Of one batch only, if it is given."""
    rows = connection.exec_driver_sql(
        "UPDATE publish_task SET owner = ? WHERE id IN (SELECT id FROM publish_task "
        f"WHERE {_FREE}{_of(batch_id)} AND due_ms <= ? ORDER BY priority, id LIMIT ?) "
        "RETURNING id, listing_id, batch_id, attempts, content_hash, product_id, "
        "(SELECT created_ms FROM publish_batch WHERE publish_batch.id = batch_id), priority, action",
        (owner, store_id, moment_ms, limit),
    ).all()
    return sorted((ClaimedTask(*row) for row in rows), key=lambda task: (task.priority, task.task_id))


_FREE = "store_id = ? AND state = 'queued' AND owner = ''"


def _of(batch_id: int | None) -> str:
    return "" if batch_id is None else f" AND batch_id = {int(batch_id)}"


BLOCKED_NAP_MS = 2_000
"""A task whose time has come while its listing is under way is looked at again so often."""


def next_due(connection: Connection, store_id: int, batch_id: int | None, moment_ms: int) -> int | None:
    """When the next task that nobody works on may be sent; None where there is none."""
    due_ms: int | None = connection.exec_driver_sql(
        "SELECT min(CASE WHEN state = 'waiting' AND due_ms <= ? THEN ? ELSE due_ms END) FROM publish_task "
        f"WHERE store_id = ? AND state IN ('waiting', 'queued') AND owner = ''{_of(batch_id)}",
        (moment_ms, moment_ms + BLOCKED_NAP_MS, store_id),
    ).scalar()
    return due_ms


def count_new(connection: Connection, store_id: int, batch_id: int | None, moment_ms: int) -> int:
    """Queued creates that are due, were never sent and that nobody works on."""
    found = connection.exec_driver_sql(
        f"SELECT count(*) FROM publish_task WHERE {_FREE}{_of(batch_id)} AND due_ms <= ? AND action = 'create' "
        "AND attempts = 0",
        (store_id, moment_ms),
    )
    return int(found.scalar_one())


def uploads_of(connection: Connection, store_id: int, listing_id: int) -> list[str]:
    """Photobank addresses of a listing's pictures."""
    rows = connection.exec_driver_sql(
        "SELECT url FROM uploaded_image JOIN image_file USING (sha256) JOIN image USING (source) "
        "WHERE store_id = ? AND listing_id = ?",
        (store_id, listing_id),
    )
    return list(rows.scalars())


def write_intent(connection: Connection, intent: Intent) -> Verdict:
    """Say what will be sent, or why it must not be sent now."""
    codes = CODE_SEPARATOR.join(intent.codes)
    is_create = intent.action == TaskAction.CREATE
    written = change(
        connection,
        _WRITE_INTENT + ("" if intent.passes_hold else _NOT_HELD) + (_NO_TWIN if is_create else ""),
        (
            intent.action,
            intent.content_hash,
            intent.title,
            codes,
            intent.product_id,
            intent.sent_ms,
            intent.feed_item,
            intent.task_id,
            intent.owner,
            intent.content_hash,
            *((intent.store_id, intent.task_id, intent.title, codes) if is_create else ()),
        ),
    )
    if not written:
        return _refusal(connection, intent)
    _move_listing(connection, intent.listing_id, ListingStatus.SENDING)
    return Verdict.GO


_WRITE_INTENT = (
    "UPDATE publish_task SET state = 'sending', action = ?, content_hash = ?, title = ?, codes = ?, product_id = ?, "
    "attempts = attempts + 1, sent_ms = ?, feed_item = ?, feed_job = '', settled_ms = NULL, "
    "error_code = '', error_params = '{}', error_text = '', "
    "error_field = '' WHERE id = ? AND state = 'queued' AND owner = ? "
    "AND (SELECT content_hash FROM listing WHERE listing.id = listing_id) = ?"
)
_HELD_LISTING = IS_HELD.format(listing="listing.id")
_NOT_HELD = f" AND NOT {IS_HELD.format(listing='publish_task.listing_id')}"
_NO_TWIN = (
    " AND NOT EXISTS (SELECT 1 FROM publish_task AS twin WHERE twin.store_id = ? "
    "AND twin.state IN ('sending', 'unknown') AND twin.id <> ? AND twin.action = 'create' "
    "AND twin.title = ? AND twin.codes = ?)"
)


def _refusal(connection: Connection, intent: Intent) -> Verdict:
    """Why an intent was not written."""
    row = connection.exec_driver_sql(
        f"SELECT publish_task.state, owner, listing.content_hash, {_HELD_LISTING} FROM publish_task "
        "JOIN listing ON listing.id = listing_id WHERE publish_task.id = ?",
        (intent.task_id,),
    ).first()
    if row is None or row[0] != TaskState.QUEUED or row[1] != intent.owner:
        return Verdict.LOST
    is_as_read = row[2] == intent.content_hash and (intent.passes_hold or not row[3])
    return Verdict.TWIN if is_as_read else Verdict.STALE


def note_job(connection: Connection, keys: Sequence[TaskKey], job_id: str) -> None:
    """The platform took these tasks' feed as *job_id*."""
    connection.exec_driver_sql(
        "UPDATE publish_task SET feed_job = ? WHERE id = ? AND attempts = ? AND state IN ('sending', 'unknown')",
        [(job_id, key.task_id, key.attempts) for key in keys],
    )


def accept(connection: Connection, key: TaskKey, product_id: str, content_hash: str, moment_ms: int) -> bool:
    """The marketplace has the listing: it is in review now. False: the task had been settled otherwise."""
    settled = change(
        connection,
        "UPDATE publish_task SET state = 'in_review', product_id = ?, settled_ms = ?, owner = '', error_code = '', "
        "error_params = '{}', error_text = '', error_field = '' "
        "WHERE id = ? AND attempts = ? AND state IN ('sending', 'unknown')",
        (product_id, moment_ms, key.task_id, key.attempts),
    )
    if not settled:
        return False
    change(connection, "DELETE FROM listing_conflict WHERE listing_id = ?", (key.listing_id,))  # ours stands now
    change(
        connection,
        "DELETE FROM publish_double WHERE product_id = ? "
        "AND store_id = (SELECT store_id FROM publish_task WHERE id = ?)",
        (product_id, key.task_id),
    )  # whoever took it for superfluous knew less
    if _show_accepted(connection, key.listing_id, product_id, content_hash) != product_id:
        _give_way(connection, key.listing_id, product_id)
        _show_accepted(connection, key.listing_id, product_id, content_hash)
    change(connection, _NOTE_PRICES, (moment_ms, key.listing_id, content_hash))
    return True


_NOTE_PRICES = (
    "INSERT OR REPLACE INTO sent_price (listing_id, prices, sent_ms, our_hash) "
    "SELECT listing_id, json_group_object(sku.code, price_minor), ?, content_hash "
    "FROM sku JOIN listing ON listing.id = listing_id "
    "WHERE listing_id = ? AND content_hash = ? GROUP BY listing_id"
)
"""What the marketplace has now, for the price guard; of a listing edited meanwhile nobody knows it any more."""


_SHOW_ACCEPTED = (
    "UPDATE listing SET status = 'in_review', sent_hash = ?, error_code = '', error_text = '', error_field = '', "
    "product_id = CASE WHEN is_free THEN ? ELSE product_id END "
    "FROM (SELECT NOT EXISTS (SELECT 1 FROM listing AS mine JOIN listing AS other ON other.store_id = mine.store_id "
    "AND other.product_id = ? AND other.id <> mine.id WHERE mine.id = ?) AS is_free) "
    "WHERE id = ? RETURNING product_id"
)
_FIND_BY_ID = (
    "UPDATE listing_search SET search_text = trim(search_text || char(10) || ?1, char(10)) "
    "WHERE id = ?2 AND NOT instr(search_text, ?1)"
)


def _show_accepted(connection: Connection, listing_id: int, product_id: str, content_hash: str) -> str | None:
    """Move the listing along and, unless another one carries it, note the platform's id. Returns: the id it carries."""
    values = (content_hash, product_id, product_id, listing_id, listing_id)
    carried: str | None = change_and_ask(connection, _SHOW_ACCEPTED, values)
    if carried == product_id:
        change(connection, _FIND_BY_ID, (product_id, listing_id))
    return carried


def _give_way(connection: Connection, listing_id: int, product_id: str) -> None:
    """A sync that came between request and answer may have made a listing of its own out of our product: untouched,
    it is only a mirror and goes; otherwise it keeps the id, and the journal knows that it is ours, too.
    """
    connection.exec_driver_sql(
        "DELETE FROM listing WHERE product_id = ? AND id <> ? AND content_hash = coalesce(sent_hash, content_hash) "
        "AND store_id = (SELECT mine.store_id FROM listing AS mine WHERE mine.id = ?) "
        "AND NOT EXISTS (SELECT 1 FROM publish_task WHERE publish_task.listing_id = listing.id)",
        (product_id, listing_id, listing_id),
    )


def settle_offline(connection: Connection, key: TaskKey, moment_ms: int) -> bool:
    """The listing is off sale, as it was asked for. False: the task had been settled otherwise."""
    expected = ("sending", "unknown")
    done = _settle(connection, key, TaskState.LIVE, expected, NO_REASON, moment_ms)
    if done:
        connection.exec_driver_sql(
            "UPDATE listing SET status = 'off', off_reason = 'user', error_code = '', error_text = '', "
            "error_field = '' WHERE id = ?",
            (key.listing_id,),
        )
    return done


def settle_online(connection: Connection, key: TaskKey, moment_ms: int) -> bool:
    """The platform puts the listing on sale again, perhaps after a review. False: it had been settled otherwise."""
    expected = ("sending", "unknown")
    done = _settle(connection, key, TaskState.IN_REVIEW, expected, NO_REASON, moment_ms)
    return done and _move_listing(connection, key.listing_id, ListingStatus.IN_REVIEW)


def fail(connection: Connection, key: TaskKey, reason: Reason, moment_ms: int) -> bool:
    """The listing was not accepted, or could not be sent at all. False: the task had been settled otherwise."""
    done = _settle(connection, key, TaskState.FAILED, ("queued", "sending", "unknown"), reason, moment_ms)
    return done and _move_listing(connection, key.listing_id, ListingStatus.FAILED, reason)


def fail_as_told(connection: Connection, key: TaskKey, moment_ms: int) -> bool:
    """What an unknown task was told turned out to be all that happened. False: it had been settled otherwise."""
    row = connection.exec_driver_sql(
        "SELECT error_code, error_params, error_text, error_field FROM publish_task WHERE id = ? AND state = 'unknown'",
        (key.task_id,),
    ).first()
    return row is not None and fail(connection, key, Reason(row[0], orjson.loads(row[1]), row[2], row[3]), moment_ms)


def drop(connection: Connection, key: TaskKey, reason: Reason, moment_ms: int) -> bool:
    """Nothing is to be sent after all: the task ends as cancelled and the listing is what it was before."""
    if not _settle(connection, key, TaskState.CANCELLED, ("queued",), reason, moment_ms):
        return False
    restore_listings(connection, [key.listing_id])
    return True


def mark_unknown(connection: Connection, key: TaskKey, owner: str, reason: Reason, moment_ms: int) -> bool:
    """Sent, but nobody knows what came of it; this run looks it up. False: the task had been settled otherwise."""
    done = _settle(connection, key, TaskState.UNKNOWN, ("sending", "unknown"), reason, moment_ms, owner)
    return done and _move_listing(connection, key.listing_id, ListingStatus.UNKNOWN, reason)


def put_back(connection: Connection, key: TaskKey, owner: str, moment_ms: int) -> bool:
    """Certainly not applied: queued again, for *owner* or, where it is "", for whoever comes next."""
    states = ("queued", "sending", "unknown")
    done = _settle(connection, key, TaskState.QUEUED, states, NO_REASON, moment_ms, owner)
    return done and _move_listing(connection, key.listing_id, ListingStatus.QUEUED)


def settle_review(
    connection: Connection, task_id: int, state: TaskState, status: ListingStatus, reason: Reason, moment_ms: int
) -> bool:
    """The review ended as *state*; the listing becomes *status*. False: somebody else has settled it.

    Approved says nothing of being on sale (aliexpress-open-platform.md 5.8): whoever edits a listing that is off sale
    leaves it there.
    """
    listing_id = change_and_ask(
        connection,
        "UPDATE publish_task SET state = ?, settled_ms = ?, error_code = ?, error_field = ? "
        "WHERE id = ? AND state = 'in_review' RETURNING listing_id",
        (state, moment_ms, reason.code, reason.field, task_id),
    )
    if listing_id is None:
        return False
    change(connection, _SHOW_REVIEWED, (status, status, reason.code, reason.field, status, task_id, listing_id))
    return True


_SHOW_REVIEWED = (
    "UPDATE listing SET status = CASE WHEN ? = 'live' AND off_reason <> '' AND is_edit THEN 'off' ELSE ? END, "
    "error_code = ?, error_text = '', error_field = ?, "
    "off_reason = CASE WHEN ? = 'live' AND NOT is_edit THEN '' ELSE off_reason END "
    "FROM (SELECT action = 'edit' AS is_edit FROM publish_task WHERE id = ?) WHERE listing.id = ?"
)


_ENDINGS: dict[Ending | None, StoreHealth] = {
    Ending.SIGNED_OUT: StoreHealth.SIGNED_OUT,
    Ending.OUT_OF_REACH: StoreHealth.UNREACHABLE,
}


def note_end(connection: Connection, store_id: int, gate: Gate) -> None:
    """The store's light follows what a run has met: what ended it, or that the marketplace is there again."""
    health = _ENDINGS.get(gate.ending) or health_after(gate.error)
    if health is not None:
        write_health(connection, store_id, health)
    elif gate.was_heard:
        end_outage(connection, store_id)


def forget_uploads(connection: Connection, store_id: int, urls: Sequence[str]) -> None:
    """The platform could not read these pictures: they are uploaded anew the next time."""
    connection.exec_driver_sql(
        "DELETE FROM uploaded_image WHERE store_id = ? AND url IN (SELECT value FROM json_each(?))",
        (store_id, orjson.dumps(list(urls)).decode()),
    )


def restore_listings(connection: Connection, listing_ids: Sequence[int]) -> None:
    """Give listings the status they had before they were queued, as far as the journal and the platform know it.

    One the marketplace never had is ready, or held where a person holds it back; one it has is rejected if its last
    review said so, off sale where a reason stands, else live.
    """
    inside = orjson.dumps(list(listing_ids)).decode()
    verdicts = connection.exec_driver_sql(
        "SELECT listing_id, state FROM publish_task WHERE state IN ('live', 'rejected') "
        "AND listing_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (inside,),
    ).all()
    rejected = [number for number, state in dict(map(tuple, verdicts)).items() if state == TaskState.REJECTED]
    connection.exec_driver_sql(
        f"UPDATE listing SET status = CASE WHEN product_id IS NULL AND {_HELD_LISTING} THEN 'held' "
        "WHEN product_id IS NULL THEN 'ready' WHEN off_reason <> '' THEN 'off' "
        "WHEN id IN (SELECT value FROM json_each(?)) THEN 'rejected' ELSE 'live' END "
        "WHERE id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(rejected).decode(), inside),
    )


def states_of(connection: Connection, task_ids: Sequence[int]) -> dict[int, TaskState]:
    """Where these tasks stand on disk. What another run has claimed or is looking up counts as being sent."""
    rows = connection.exec_driver_sql(
        "SELECT id, CASE WHEN owner <> '' AND state IN ('queued', 'unknown') THEN 'sending' "
        "WHEN state = 'waiting' THEN 'queued' ELSE state END "
        "FROM publish_task WHERE id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(task_ids)).decode(),),
    )
    return {task_id: TaskState(state) for task_id, state in rows}


def held_by_others(connection: Connection, store_id: int, owner: str, batch_id: int | None) -> list[int]:
    """Tasks of the store, or of one batch, that runs other than *owner* have taken on and not settled."""
    rows = connection.exec_driver_sql(
        "SELECT id FROM publish_task WHERE store_id = ? AND state IN ('queued', 'sending', 'unknown') "
        f"AND owner NOT IN ('', ?){_of(batch_id)}",
        (store_id, owner),
    )
    return list(rows.scalars())


def _settle(
    connection: Connection,
    key: TaskKey,
    state: TaskState,
    expected: Sequence[str],
    reason: Reason,
    moment_ms: int,
    owner: str = "",
) -> bool:
    inside = ", ".join(f"'{name}'" for name in expected)
    settled_ms = None if state == TaskState.QUEUED else moment_ms
    changed = change(
        connection,
        "UPDATE publish_task SET state = ?, owner = ?, settled_ms = ?, error_code = ?, error_params = ?, "
        f"error_text = ?, error_field = ? WHERE id = ? AND attempts = ? AND state IN ({inside})",
        (
            state,
            owner,
            settled_ms,
            reason.code,
            orjson.dumps(reason.params, default=str).decode(),
            reason.text,
            reason.field,
            key.task_id,
            key.attempts,
        ),
    )
    return changed == 1


def _move_listing(connection: Connection, listing_id: int, status: ListingStatus, reason: Reason = NO_REASON) -> bool:
    change(
        connection,
        "UPDATE listing SET status = ?, error_code = ?, error_text = ?, error_field = ? WHERE id = ?",
        (status, reason.code, reason.text, reason.field, listing_id),
    )
    return True
