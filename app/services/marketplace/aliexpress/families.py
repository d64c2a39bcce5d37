"""Which family of methods a store's account may call: learned from the platform's refusals, and remembered.

A refusal for want of permission comes from the gateway itself, so nothing was applied and the other family may be
tried with the same work (protocol reference 4.4).
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.port import Refused

log = logging.getLogger(__name__)

T = TypeVar("T")
Remember = Callable[[Mapping[str, str]], Awaitable[None] | None]


class Family(Protocol):
    """One way to do what another family does, too."""

    @property
    def key(self) -> str:
        """Its name in what is remembered."""


F = TypeVar("F", bound=Family)


class FamilyChoice:
    """What a store's account may call, by noun (`products`, `orders`). One loop.

    Args:
        remembered: noun → key of the family that worked last time.
        remember: told the whole of it when it changes.
    """

    def __init__(self, remembered: Mapping[str, str] | None = None, remember: Remember | None = None) -> None:
        self.chosen: dict[str, str] = dict(remembered or {})
        self._remember = remember

    async def run(self, noun: str, families: Sequence[F], work: Callable[[F], Awaitable[T]]) -> T:
        """*work* with the family that is remembered for *noun*, else with the first; where the account may not call
        that one, with the next.

        Raises:
            Refused: no family may be called: what the first one answered.
            MarketplaceError: whatever else *work* meets.
        """
        refusal: Refused | None = None
        for family in self._in_turn(noun, families):
            try:
                result = await work(family)
            except Refused as refused:
                if refused.error_code not in rules("wire")["other_family"]:
                    raise
                refusal = refusal or refused
                continue
            if self.chosen.get(noun) != family.key:
                await self._note(noun, family.key)
            return result
        assert refusal is not None
        raise refusal

    def _in_turn(self, noun: str, families: Sequence[F]) -> Sequence[F]:
        """The remembered family first."""
        chosen = self.chosen.get(noun)
        if chosen is None or families[0].key == chosen:
            return families
        return sorted(families, key=lambda family: family.key != chosen)

    async def _note(self, noun: str, key: str) -> None:
        log.info("%s: the account calls the %s family", noun, key)
        self.chosen[noun] = key
        if self._remember is not None:
            told = self._remember(dict(self.chosen))
            if inspect.isawaitable(told):
                await told
