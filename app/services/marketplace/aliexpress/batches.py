"""Calls that act on many products at once and may work for some of them (protocol reference 5.4 to 5.6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.envelope import reading
from app.services.marketplace.aliexpress.mapping.methods import Method
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.session import StoreSession
from app.services.marketplace.aliexpress.values import embedded, flag, ident, listed, text, whole
from app.services.marketplace.port import BatchOutcome, MarketplaceError, Refused, Unanswered


class OfProduct(Protocol):
    """Something that concerns one product."""

    @property
    def product_id(self) -> str:
        """Which."""


C = TypeVar("C", bound=OfProduct)


async def run_batch(session: StoreSession, method: Method, product_ids: Sequence[str]) -> BatchOutcome:
    """*method* on *product_ids*, in groups of the allowed size; what one group meets does not touch the others.

    Raises:
        MarketplaceError: nothing was done at all, for a reason that is nobody's in particular (signed out, a limit,
            no connection). Met later, it is the outcome of the products that were not sent.
    """
    size: int = rules("wire")["batch_products"]
    return await in_groups(product_ids, size, lambda ids: _group(session, method, ids))


async def in_groups(
    product_ids: Iterable[str], size: int, send: Callable[[Sequence[str]], Awaitable[BatchOutcome]]
) -> BatchOutcome:
    """The outcomes of *send* for groups of *size*, together; see `run_batch`. No product is sent twice."""
    ids, outcomes = _checked(product_ids)
    for start in range(0, len(ids), size):
        group = ids[start : start + size]
        try:
            outcomes.append(await send(group))
        except Unanswered:
            outcomes.append(BatchOutcome((), {}, tuple(group)))
        except Refused as refusal:
            if start == 0 and refusal.error_code in rules("wire")["other_family"]:
                raise  # nobody's in particular either: the account may not call this at all
            outcomes.append(failed_for(group, refusal))
        except MarketplaceError as error:
            if start == 0:
                raise
            outcomes.append(failed_for(ids[start:], error))
            break
    return joined(outcomes)


def failed_for(ids: Iterable[str], error: MarketplaceError) -> BatchOutcome:
    """The outcome of products that all met *error*."""
    return BatchOutcome((), dict.fromkeys(ids, error.platform_code or error.error_code))


def joined(outcomes: Iterable[BatchOutcome]) -> BatchOutcome:
    """Several outcomes as one."""
    outcomes = tuple(outcomes)
    return BatchOutcome(
        done=tuple(product_id for outcome in outcomes for product_id in outcome.done),
        failed={product_id: code for outcome in outcomes for product_id, code in outcome.failed.items()},
        unknown=tuple(product_id for outcome in outcomes for product_id in outcome.unknown),
    )


def _checked(product_ids: Iterable[str]) -> tuple[list[str], list[BatchOutcome]]:
    """The ids that are ids, and the outcome of the others."""
    ids: list[str] = []
    outcomes: list[BatchOutcome] = []
    for product_id in dict.fromkeys(product_ids):
        try:
            wire_id(product_id, "product_id")
            ids.append(product_id)
        except Refused as refusal:
            outcomes.append(failed_for([product_id], refusal))
    return ids, outcomes


async def _group(session: StoreSession, method: Method, ids: Sequence[str]) -> BatchOutcome:
    answer = await session.call(method, {"product_ids": ";".join(ids)})
    with reading(method):
        failed = _refused_products(answer)
        count = whole(answer.get("modify_count"))
        has_worked = all(flag(answer[name]) for name in method.flags if answer.get(name) is not None)
        if not has_worked and not failed and not count:
            raise session.refusal(method, answer)
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
