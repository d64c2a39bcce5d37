"""Faults: ways to fail that a caller meets by chance or by a script, and the dice that decide.

Draws are seeded and counted per method, so that a run with the same calls meets the same faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from random import Random
from typing import Any

from app.practice_market.switches import CREATES, NoSwitches, Rate, Switches, checked, rate_for

__all__ = ["CREATES", "KINDS", "FaultKind", "Faults", "Switches", "rate_for"]


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One way to fail.

    Attributes:
        refusal: key of the refusal that is answered, "" where something else happens.
        is_applied: whether the call takes effect first.
        cut: "" or what reaches the caller: `nothing`, `half` of the answer.
        page: "" or what comes instead of an answer: `html`, `unavailable` (status 503), `redirect`,
            `truncated` (half of the JSON in a whole answer), `twice` (the call is carried out a second time, as a
            transport that repeats it would).
        is_revoking: whether the caller's token is dead from now on.
    """

    refusal: str = ""
    is_applied: bool = False
    cut: str = ""
    page: str = ""
    is_revoking: bool = False


KINDS: dict[str, FaultKind] = {
    "service_timeout_applied": FaultKind("fault.service_timeout", is_applied=True),
    "service_timeout_lost": FaultKind("fault.service_timeout"),
    "internal_error_applied": FaultKind("fault.internal_error", is_applied=True),
    "internal_error_lost": FaultKind("fault.internal_error"),
    "service_unavailable": FaultKind("fault.service_unavailable"),
    "system_error": FaultKind("fault.system_error"),
    "system_error_applied": FaultKind("fault.system_error", is_applied=True),
    "isp_unavailable": FaultKind("fault.isp_unavailable"),
    "isp_timeout_applied": FaultKind("fault.isp_timeout", is_applied=True),
    "isp_timeout_lost": FaultKind("fault.isp_timeout"),
    "translation_failed": FaultKind("fault.translation"),
    "downstream_price": FaultKind("fault.downstream_price"),
    "data_conflict": FaultKind("fault.data_conflict"),
    "thread_pool_full": FaultKind("fault.thread_pool"),
    "hsf_timeout": FaultKind("fault.hsf_timeout"),
    "photobank_fetch": FaultKind("fault.photobank_fetch"),
    "token_revoked": FaultKind("session.dead", is_revoking=True),
    "cut_before_commit": FaultKind(cut="nothing"),
    "cut_after_commit": FaultKind(is_applied=True, cut="nothing"),
    "cut_mid_answer": FaultKind(is_applied=True, cut="half"),
    "html_page": FaultKind(page="html"),
    "html_page_applied": FaultKind(is_applied=True, page="html"),
    "truncated_json": FaultKind(is_applied=True, page="truncated"),
    "http_503": FaultKind(page="unavailable"),
    "redirected": FaultKind(page="redirect"),
    "carried_out_twice": FaultKind(is_applied=True, page="twice"),
}
NAMES = frozenset(KINDS)


class Faults:
    """The switches in force and the dice.

    Raises:
        ValueError: from `update`, naming what is unknown or of the wrong kind; nothing has changed then.
    """

    def __init__(self, document: Mapping[str, Any] | None = None) -> None:
        self.switches = Switches()
        self._ordinals: Counter[str] = Counter()
        self._script: list[dict[str, Any]] = []
        self.update({} if document is None else document)

    def update(self, document: Mapping[str, Any]) -> None:
        """Change the switches named in *document*; null brings a default back."""
        if not isinstance(document, Mapping):
            raise NoSwitches
        changed = {**asdict(self.switches), **{name: checked(name, value, NAMES) for name, value in document.items()}}
        self.switches = Switches(**changed)
        if "script" in document:
            self._script = [{"skip": 0, "times": 1, **step} for step in self.switches.script]

    def recall(self, kept: Mapping[str, Any], given: Mapping[str, Any] | None) -> None:
        """Put back switches *kept* from an earlier run, below those *given* to this one.

        What an older or newer market kept and this one does not know is passed over.
        """
        for name, value in kept.items():
            if name not in (given or {}):
                with suppress(ValueError):
                    self.update({name: value})

    def document(self) -> dict[str, Any]:
        """The switches as JSON values."""
        return asdict(self.switches)

    def latency_s(self, method: str) -> float:
        """How long to wait before answering a call of *method*."""
        return rate_for(self.switches.latency_ms, method) / 1000

    def draw(self, method: str) -> tuple[str, FaultKind] | None:
        """The fault this call of *method* meets, by name, or None."""
        self._ordinals[method] += 1
        name = self._scripted(method) or self._by_chance(method)
        return (name, KINDS[name]) if name else None

    def chance(self, share: float, *key: object) -> bool:
        """Whether the thing named by *key* belongs to *share* of all; the same answer every time."""
        return share > 0 and Random(f"{self.switches.seed}:{key}").random() < share

    def roll(self, share: float, *key: object) -> bool:
        """Whether *share* hits this time: a new throw on every call with the same *key*."""
        if share <= 0:
            return False
        self._ordinals[str(key)] += 1
        return self.chance(share, key, self._ordinals[str(key)])

    def shuffled(self, items: list[Any], *key: object) -> list[Any]:
        """The items in an order that depends on *key* and the seed only."""
        return Random(f"{self.switches.seed}:{key}").sample(items, len(items))

    def _scripted(self, method: str) -> str:
        for step in self._script:
            if not _fits(method, step["method"]) or step["times"] <= 0:
                continue
            if step["skip"] > 0:
                step["skip"] -= 1
                continue
            step["times"] -= 1
            return str(step["fault"])
        return ""

    def _by_chance(self, method: str) -> str:
        rates = self.switches.rates
        if not rates:
            return ""
        dice = Random(f"{self.switches.seed}:{method}:{self._ordinals[method]}").random()
        for name, rate in rates.items():
            dice -= _rate(rate, method)
            if dice < 0:
                return name
        return ""


def _fits(method: str, pattern: str) -> bool:
    """Path APIs hand out tokens: only a pattern that begins with a slash means them."""
    return method.startswith("/") <= pattern.startswith("/") and fnmatchcase(method, pattern)


def _rate(rate: Rate, method: str) -> float:
    if not method.startswith("/"):
        return rate_for(rate, method)
    named = {pattern: value for pattern, value in rate.items() if pattern[:1] == "/"} if isinstance(rate, dict) else {}
    return rate_for(named, method)
