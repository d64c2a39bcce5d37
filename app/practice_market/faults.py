"""Switches: what the practice market does wrong on purpose, as one JSON document (aliexpress-open-platform.md 7).

Draws are seeded and counted per method, so that a run with the same calls meets the same faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import Any

from app.practice_market.catalogue import rules

Rate = float | dict[str, float]
CREATES = (
    "aliexpress.offer.product.post",
    "aliexpress.postproduct.redefining.postaeproduct",
    "aliexpress.solution.product.post",
)
MONTH_S = 30 * 86_400
YEAR_S = 365 * 86_400


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One way to fail.

    Attributes:
        refusal: key of the refusal that is answered, "" where the connection is cut.
        is_applied: whether the call takes effect first.
        cut: "" or what reaches the caller: `nothing`, `half` of the answer.
    """

    refusal: str = ""
    is_applied: bool = False
    cut: str = ""


KINDS: dict[str, FaultKind] = {
    "service_timeout_applied": FaultKind("fault.service_timeout", is_applied=True),
    "service_timeout_lost": FaultKind("fault.service_timeout"),
    "internal_error_applied": FaultKind("fault.internal_error", is_applied=True),
    "internal_error_lost": FaultKind("fault.internal_error"),
    "system_error": FaultKind("fault.system_error"),
    "isp_unavailable": FaultKind("fault.isp_unavailable"),
    "isp_timeout_applied": FaultKind("fault.isp_timeout", is_applied=True),
    "isp_timeout_lost": FaultKind("fault.isp_timeout"),
    "cut_before_commit": FaultKind(cut="nothing"),
    "cut_after_commit": FaultKind(is_applied=True, cut="nothing"),
    "cut_mid_answer": FaultKind(is_applied=True, cut="half"),
}


def _default_qps() -> dict[str, float]:
    return {**dict.fromkeys(CREATES, 100.0), "*": 2000.0}


@dataclass(slots=True)
class Switches:
    """Everything that can be switched; a method pattern is a name with `*`.

    Attributes:
        seed: of all draws.
        latency_ms: waiting time before the answer, one number or by method pattern.
        audit_delay_s: from submission to verdict.
        audit_reject_share: share of reviews that end in `editingRequired`, 0 to 1.
        audit_reject_words: words in a title that a review refuses, whole words, any case.
        edits_refused_in_audit: whether a listing in review may not be edited.
        rates: share of calls that meet a fault (keys of `KINDS`), one number or by method pattern.
        script: exact faults: `{"method", "fault", "skip": 0, "times": 1}`; come before `rates`.
        qps: calls a second per API and app by method pattern; 0 or no pattern means no limit.
        ban_s: how long an app is refused after going over `qps`.
        daily_quota: calls per app and Beijing day, 0 means no limit.
        token_lifetime_s, refresh_lifetime_s: counted from issue, so they act on tokens already given out.
        refresh_revokes: whether a refresh kills the tokens it replaces.
        missing_sku_share: share of detail answers without SKUs.
        promotion_share, promotion_products: which listings a promotion locks.
        punished_products: listings that are punished and locked.
        product_limit: listings a store may have.
        handling_days_max: highest `delivery_time` (7 in newer texts, 60 in older ones: domain.md 5.1).
        foreign_images: `trusted`: an address outside the photobank counts as reachable; `refused`.
    """

    seed: int = 1
    latency_ms: Rate = 0.0
    audit_delay_s: float = 1.5
    audit_reject_share: float = 0.0
    audit_reject_words: list[str] = field(default_factory=lambda: list(rules()["audit_reject_words"]))
    edits_refused_in_audit: bool = True
    rates: dict[str, Rate] = field(default_factory=dict)
    script: list[dict[str, Any]] = field(default_factory=list)
    qps: dict[str, float] = field(default_factory=_default_qps)
    ban_s: float = 1.0
    daily_quota: int = 0
    token_lifetime_s: float = MONTH_S
    refresh_lifetime_s: float = YEAR_S
    refresh_revokes: bool = False
    missing_sku_share: float = 0.0
    promotion_share: float = 0.0
    promotion_products: list[int] = field(default_factory=list)
    punished_products: list[int] = field(default_factory=list)
    product_limit: int = 200_000
    handling_days_max: int = 60
    foreign_images: str = "trusted"


class Faults:
    """The switches in force and the dice.

    Raises:
        ValueError: from `update`, naming what is unknown or of the wrong kind; nothing has changed then.
    """

    def __init__(self, document: Mapping[str, Any] | None = None) -> None:
        self.switches = Switches()
        self._ordinals: Counter[str] = Counter()
        self._script: list[dict[str, Any]] = []
        self.update(document or {})

    def update(self, document: Mapping[str, Any]) -> None:
        """Change the switches named in *document*; null brings a default back."""
        if not isinstance(document, Mapping):
            raise ValueError("faults")
        changed = asdict(self.switches)
        defaults = asdict(Switches())
        for name, value in document.items():
            if name not in defaults:
                raise ValueError(name)
            changed[name] = defaults[name] if value is None else _checked(name, value, defaults[name])
        self.switches = Switches(**changed)
        if "script" in document:
            self._script = [{"skip": 0, "times": 1, **step} for step in self.switches.script]

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

    def _scripted(self, method: str) -> str:
        for step in self._script:
            if not fnmatchcase(method, step["method"]) or step["times"] <= 0:
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
            dice -= rate_for(rate, method)
            if dice < 0:
                return name
        return ""


def rate_for(rate: Rate, method: str) -> float:
    """The number that holds for *method*: its own entry before the first pattern that fits, 0 without any."""
    if not isinstance(rate, dict):
        return rate
    if method in rate:
        return rate[method]
    return next((value for pattern, value in rate.items() if fnmatchcase(method, pattern)), 0.0)


def _checked(name: str, value: Any, default: Any) -> Any:
    if name == "latency_ms" and isinstance(value, dict):
        return _numbers(name, value)
    if name == "qps":
        return _numbers(name, value)
    if name == "rates":
        return _checked_rates(value)
    if name == "script":
        return _checked_script(value)
    if isinstance(default, bool) or not isinstance(default, int | float):
        if type(value) is not type(default):
            raise ValueError(name)
        return value
    return _number(name, value)


def _checked_rates(value: Any) -> dict[str, Rate]:
    if not isinstance(value, dict) or not value.keys() <= KINDS.keys():
        raise ValueError("rates")
    return {
        kind: _numbers(kind, rate) if isinstance(rate, dict) else _number(kind, rate) for kind, rate in value.items()
    }


def _checked_script(value: Any) -> list[dict[str, Any]]:
    known = {"method", "fault", "skip", "times"}
    if not isinstance(value, list):
        raise ValueError("script")
    for step in value:
        if not isinstance(step, dict) or not step.keys() <= known or step.get("fault") not in KINDS:
            raise ValueError("script")
        if not isinstance(step.get("method"), str):
            raise ValueError("script.method")
        _numbers("script", {name: step[name] for name in ("skip", "times") if name in step})
    return value


def _numbers(name: str, value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        raise ValueError(name)
    return {key: _number(f"{name}.{key}", number) for key, number in value.items()}


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(name)
    return value
