"""Calls that act on many products at once and may work for some of them (protocol reference 5.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.envelope import body_problem, reading
from app.services.marketplace.aliexpress.errors import error_for
from app.services.marketplace.aliexpress.mapping.methods import Method
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.session import StoreSession
from app.services.marketplace.aliexpress.values import embedded, flag, ident, listed, text, whole
from app.services.marketplace.port import BatchOutcome, MarketplaceError, Refused, Unanswered


async def run_batch(session: StoreSession, method: Method, product_ids: Sequence[str]) -> BatchOutcome:
    """*method* on *product_ids*, in groups of the allowed size; what one group meets does not touch the others.

    Raises:
        MarketplaceError: nothing was done at all, for a reason that is nobody's in particular (signed out, a limit,
            no connection). Met later, it is the outcome of the products that were not sent.
    """
    ids, outcomes = _checked(product_ids)
    size: int = rules("wire")["batch_products"]
    for start in range(0, len(ids), size):
        group = ids[start : start + size]
        try:
            outcomes.append(await _group(session, method, group))
        except Unanswered:
            outcomes.append(BatchOutcome((), {}, tuple(group)))
        except Refused as refusal:
            outcomes.append(_failed(group, refusal))
        except MarketplaceError as error:
            if start == 0:
                raise
            outcomes.append(_failed(ids[start:], error))
            break
    return _joined(outcomes)


def _checked(product_ids: Sequence[str]) -> tuple[list[str], list[BatchOutcome]]:
    """The ids that are ids, and the outcome of the others."""
    ids: list[str] = []
    outcomes: list[BatchOutcome] = []
    for product_id in dict.fromkeys(product_ids):
        try:
            wire_id(product_id, "product_id")
            ids.append(product_id)
        except Refused as refusal:
            outcomes.append(_failed([product_id], refusal))
    return ids, outcomes


async def _group(session: StoreSession, method: Method, ids: Sequence[str]) -> BatchOutcome:
    answer = await session.call(method, {"product_ids": ";".join(ids)})
    with reading(method):
        failed = _refused_products(answer)
        count = whole(answer.get("modify_count"))
        has_worked = all(flag(answer[name]) for name in method.flags if answer.get(name) is not None)
        if not has_worked and not failed and not count:
            raise error_for(body_problem(answer), now=session.gateway.now(), method=method.name)
    rest = tuple(product_id for product_id in ids if product_id not in failed)
    is_clear = has_worked if count is None else count >= len(rest)
    return BatchOutcome(rest, failed) if is_clear else BatchOutcome((), failed, rest)


def _refused_products(answer: dict[str, Any]) -> dict[str, str]:
    """Product id → code; the details may come as JSON text."""
    details = [embedded(detail) for detail in listed(answer.get("error_details"))]
    return {
        ident(product_id): text(detail.get("error_code"))
        for detail in details
        for product_id in listed(detail.get("product_ids"))
    }


def _failed(ids: Sequence[str], error: MarketplaceError) -> BatchOutcome:
    return BatchOutcome((), dict.fromkeys(ids, error.platform_code or error.error_code))


def _joined(outcomes: Sequence[BatchOutcome]) -> BatchOutcome:
    return BatchOutcome(
        done=tuple(product_id for outcome in outcomes for product_id in outcome.done),
        failed={product_id: code for outcome in outcomes for product_id, code in outcome.failed.items()},
        unknown=tuple(product_id for outcome in outcomes for product_id in outcome.unknown),
    )
