"""What a full edit would erase: told in words, accepted by a person, kept in the journal, and nothing beyond it sent.

An edit that would erase something is not sent: it ends as failed with the reason `marketplace.would_lose`, which
carries every loss with its value. Accepting them queues it once more with exactly these losses written beside it
(`publish_task.accepted`); where the platform's record says something else by then, it is asked about again.
Variants a person took out here, and the product group a person took the listing out of, go without a question: that
is the edit itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

import orjson
from sqlalchemy import Connection

from app.messages import catalogue
from app.services.marketplace.port import WouldLose
from app.services.marketplace.records import GROUP_LOST, Loss, lost_group
from app.services.publishing.entries import CODE_SEPARATOR, Reason

WOULD_LOSE = WouldLose.code
NAMED = 6
"""So many losses are spelt out in a sentence; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Leave:
    """What an edit may erase: losses a person accepted or asked for, and merchant codes of variants a person took
    out."""

    accepted: tuple[Loss, ...] = ()
    dropped: frozenset[str] = frozenset()


NOTHING = Leave()


def loss_reason(error: WouldLose, groups: Mapping[str, str] = MappingProxyType({})) -> Reason:
    """Why the edit was not sent, with all it would lose, in both languages. *groups*: names of product groups by id."""
    losses = [
        replace(one, name=groups.get(one.name, one.name)) if one.kind == GROUP_LOST else one for one in error.losses
    ]
    named = {language: in_words(losses, language) for language in ("zh", "en")}
    return Reason(WOULD_LOSE, {"what": named, "losses": [asdict(loss) for loss in error.losses]})


def group_names(connection: Connection, store_id: int, losses: Sequence[Loss]) -> dict[str, str]:
    """Names of the product groups among *losses*, by id."""
    groups = [one.name for one in losses if one.kind == GROUP_LOST]
    rows = connection.exec_driver_sql(_GROUP_NAMES, (store_id, orjson.dumps(groups).decode())) if groups else ()
    return dict(map(tuple, rows))


def in_words(losses: Sequence[Loss], language: str) -> str:
    """All *losses*, or the first of them and how many more there are."""
    said = [
        _say(f"loss.{loss.kind}", language, name=loss.name or "–", value=loss.value or "–") for loss in losses[:NAMED]
    ]
    if len(losses) > NAMED:
        said.append(_say("loss.more", language, n=len(losses) - NAMED))
    return _say("loss.separator", language).join(said)


def _say(key: str, language: str, **params: object) -> str:
    return str(catalogue()[key][language]).format(**params)


def losses_in(params: Mapping[str, object]) -> tuple[Loss, ...]:
    """The losses of a reason as the journal keeps it."""
    kept = params.get("losses")
    return tuple(Loss(**row) for row in kept) if isinstance(kept, list) else ()


def losses_told(connection: Connection, listing_ids: Collection[int]) -> dict[int, tuple[Loss, ...]]:
    """What these listings would lose, of those whose last task ended for that reason."""
    rows = connection.exec_driver_sql(
        "SELECT listing_id, error_code, error_params FROM publish_task WHERE id IN (SELECT max(id) FROM publish_task "
        "WHERE listing_id IN (SELECT value FROM json_each(?)) GROUP BY listing_id)",
        (orjson.dumps(list(listing_ids)).decode(),),
    )
    return {number: losses_in(orjson.loads(params)) for number, code, params in rows if code == WOULD_LOSE}


def accept_losses(connection: Connection, batch_id: int, losses: Mapping[int, Sequence[Loss]]) -> None:
    """Write beside the queued tasks of a batch what a person accepted, by listing."""
    rows = [
        (orjson.dumps([asdict(loss) for loss in accepted]).decode(), batch_id, number)
        for number, accepted in losses.items()
        if accepted
    ]
    if rows:
        connection.exec_driver_sql(
            "UPDATE publish_task SET accepted = ? WHERE batch_id = ? AND listing_id = ? AND state = 'queued'", rows
        )


_GROUP_NAMES = (
    "SELECT group_id, name FROM product_group WHERE store_id = ? AND group_id IN (SELECT value FROM json_each(?))"
)
_LEAVES = """
SELECT task.id, task.accepted, synced.read_ms, synced.skus, last.settled_ms, last.codes,
       (SELECT synced.group_id FROM listing WHERE listing.id = task.listing_id AND listing.group_id = ''),
       (SELECT group_concat(code, char(10)) FROM sku WHERE sku.listing_id = task.listing_id),
       EXISTS (SELECT 1 FROM listing_conflict WHERE listing_conflict.listing_id = task.listing_id)
FROM publish_task AS task LEFT JOIN listing_synced AS synced ON synced.id = task.listing_id
LEFT JOIN publish_task AS last ON last.id = (SELECT max(id) FROM publish_task AS sent
    WHERE sent.listing_id = task.listing_id AND sent.state IN ('in_review', 'live', 'rejected'))
WHERE task.id IN (SELECT value FROM json_each(?))
"""


def leaves_of(connection: Connection, task_ids: Collection[int]) -> dict[int, Leave]:
    """What the edits of these tasks may erase.

    A variant was taken out here where the newer of the last sync and the last send had it, the listing out of its
    product group where the last sync is the newer one and saw it there. While the platform's changes are still in
    conflict with ours, nobody has decided that: then nothing counts as taken out.
    """
    leaves = {}
    rows = connection.exec_driver_sql(_LEAVES, (orjson.dumps(list(task_ids)).decode(),))
    for task_id, accepted, read_ms, facts, settled_ms, sent, left, ours, is_in_conflict in rows:
        is_synced_last = facts is not None and (read_ms or 0) >= (settled_ms or 0)
        before = list(orjson.loads(facts)) if is_synced_last else (sent or "").split(CODE_SEPARATOR)
        dropped = frozenset() if is_in_conflict else frozenset(before) - set((ours or "").split(CODE_SEPARATOR)) - {""}
        may_go = tuple(Loss(**row) for row in orjson.loads(accepted))
        if left and is_synced_last and not is_in_conflict:
            may_go = (*may_go, lost_group(left))
        leaves[task_id] = Leave(may_go, dropped)
    return leaves
