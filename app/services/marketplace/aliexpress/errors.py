"""What a code of the platform means for us: verdict, sentence, field, remedy. The table is `aliexpress_errors.json`.

A code that is not in the table is shown raw, logged and never retried.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from string import Formatter
from typing import Any

from app.messages import catalogue, messages
from app.services.clock import at_office
from app.services.errors import AppError
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.values import moment, quota_zone
from app.services.marketplace.port import (
    REFUSED_SILENTLY,
    MarketplaceError,
    NotNow,
    RateLimited,
    Refused,
    SignedOut,
    TemporaryFault,
    Unanswered,
)

log = logging.getLogger(__name__)

NAMED = "*"
"""In the table: the field is the one that the platform's sentence names."""
_SECONDS = re.compile(r"(\d[\d,]*)\s*(?:more\s+)?seconds?\b", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_UNMISTAKABLE = 5
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Verdict(StrEnum):
    """What to do about a code; see the table's `_source`."""

    RETRY = "retry"
    NEVER = "never"
    LATER = "later"
    LOOK_UP = "look_up"
    WAIT = "wait"
    RENEW = "renew"
    SIGN_IN = "sign_in"
    CLOCK = "clock"


class TokenDead(SignedOut):
    """The access token is not valid (any more): renew it and repeat the call."""


class WrongClock(Refused):
    """The request's time is too far from the platform's: correct the clock and repeat the call."""


class Undocumented(Refused):
    """A refusal by a code nobody documented, or by none, without a sub code: it does not say what was done before."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as an answer carries it; numbers are text already."""

    code: str = ""
    sub_code: str = ""
    text: str = ""
    kind: str = ""
    """Whose fault it is: ISV ours, ISP a service's, SYSTEM the platform's (protocol reference 4.3)."""

    @property
    def shown_code(self) -> str:
        """The code that says most."""
        return self.sub_code or self.code


@dataclass(frozen=True, slots=True)
class Meaning:
    """One row of the table."""

    verdict: Verdict
    message: str
    field: str = ""
    remedy: str = ""


_CLASSES: dict[Verdict, type[MarketplaceError]] = {
    Verdict.RETRY: TemporaryFault,
    Verdict.NEVER: Refused,
    Verdict.LATER: NotNow,
    Verdict.LOOK_UP: Unanswered,
    Verdict.RENEW: TokenDead,
    Verdict.SIGN_IN: SignedOut,
    Verdict.CLOCK: WrongClock,
}


def meaning(problem: Problem, method: str = "") -> Meaning | None:
    """The table's row for *problem* in an answer of *method*; None for an unknown code."""
    table = rules("errors")
    for code in (problem.sub_code, problem.code):
        if not code or (code == problem.code and problem.sub_code and code in table["containers"]):
            continue
        row = _scoped(method, code) or _cause(code, problem.text) or _codes().get(code) or _family(code)
        if row:
            field = _named_field(problem.text) if row["field"] == NAMED else row["field"]
            return Meaning(Verdict(row["verdict"]), row["message"], field, table["remedies"][row["message"]])
    return None


def error_for(problem: Problem, *, now: datetime, method: str = "") -> MarketplaceError:
    """The exception to raise for *problem*.

    Args:
        problem: what the answer said.
        now: aware; a day quota lasts until the next midnight in China.
        method: the dotted name of the API.
    """
    known = meaning(problem, method)
    said: dict[str, Any] = {"platform_code": problem.shown_code, "platform_text": problem.text}
    if known is None:
        log.warning("unknown code %r of %s: %s", problem.shown_code, method, problem.text)
        # A fault of theirs that nobody documented says nothing about what was done before it happened. With a sub
        # code it is the business behind the gateway that answers, and says no.
        is_theirs = problem.kind in rules("errors")["their_fault"] and not problem.sub_code
        if is_theirs:
            return Unanswered(**said)
        refusal = Refused if problem.sub_code else Undocumented
        return refusal(field=_named_field(problem.text), **said)
    if known.verdict is Verdict.WAIT:
        return _limit(problem, known, now)
    if known.message == "in_promotion" and (until := _named_time(problem.text)):
        return NotNow("marketplace.in_promotion_until", until=until, **said)
    field = known.field or (_named_field(problem.text) if known.verdict is Verdict.NEVER else "")
    return _CLASSES[known.verdict](f"marketplace.{known.message}", field=field, **said)


def remedy_of(error: AppError) -> str:
    """Key of the sentence that says what to do about *error*: one sentence for a whole group of errors, for a list
    in which the error's own sentence would be repeated on every row."""
    remedies = rules("errors")["remedies"]
    remedy = remedies.get(error.error_code.removeprefix("marketplace."), remedies["refused"])
    return f"remedy.marketplace.{remedy}"


def explain(error: AppError) -> tuple[str, dict[str, Any], str]:
    """Sentence key, its placeholders, and our name of the field to change ("" where none is known)."""
    key = error.message_key if messages.has(error.message_key) else "error.marketplace"
    return key, _complete(key, error.params), error.field if isinstance(error, MarketplaceError) else ""


def explain_code(code: str, text: str = "", **params: Any) -> tuple[str, dict[str, Any], str]:
    """The same for a bare code as `BatchOutcome.failed` holds it, the platform's or ours (`marketplace.…`).

    Args:
        code: the code; unknown ones are shown raw.
        text: the platform's sentence, where it was kept.
        params: other placeholders that are known, e.g. `value` for an id that is none.
    """
    known = meaning(Problem(code, text=text))
    key = f"error.marketplace.{known.message}" if known else f"error.{code}"
    if not code or not messages.has(key):
        key = f"error.{Refused.code if code or text else REFUSED_SILENTLY}"
    said = {"platform_code": code, "platform_text": text, **params}
    return key, _complete(key, said), known.field if known else ""


def _complete(key: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """*params* and a blank for each placeholder of the sentence that has none."""
    entry = catalogue()[key]["en"]
    names = (name for _, name, _, _ in Formatter().parse(entry if isinstance(entry, str) else entry["other"]) if name)
    return {**dict.fromkeys(names, "…"), "platform_code": "", "platform_text": "", **params}


def _limit(problem: Problem, known: Meaning, now: datetime) -> RateLimited:
    """A limit with the seconds its text names, within reason; a day quota lasts until midnight in China."""
    quota = rules("limits")["day_quota"]
    named = _SECONDS.search(problem.text)
    words = problem.text.lower()
    message, seconds = known.message, None
    if named:
        message = "rate_limited_for"
        seconds = min(float(named[1].replace(",", "")), float(rules("limits")["longest_ban_s"]))
    elif problem.shown_code in quota["codes"] or any(word in words for word in quota["words"]):
        message, seconds = "day_quota", seconds_to_midnight(now)
    return RateLimited(
        f"marketplace.{message}",
        platform_code=problem.shown_code,
        platform_text=problem.text,
        retry_after_s=seconds,
    )


def seconds_to_midnight(now: datetime) -> float:
    """Seconds until the platform's next day begins (GMT+8), when day quotas start anew."""
    local = now.astimezone(quota_zone())
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - local).total_seconds()


def _named_time(text: str) -> str:
    """The moment the platform's sentence names, as office time to the minute; "" where it names none."""
    found = _TIME.search(text)
    try:
        at = moment(found[0], "product") if found else None
    except ValueError:
        return ""
    return f"{at_office(at):%Y-%m-%d %H:%M}" if at is not None else ""


def _scoped(method: str, code: str) -> dict[str, str] | None:
    return next((row for row in rules("errors")["methods"].get(method, ()) if row["code"] == code), None)


def _cause(code: str, text: str) -> dict[str, str] | None:
    words = text.lower()
    return next((row for row in rules("errors")["causes"].get(code, ()) if row["text"] in words), None)


@cache
def _codes() -> dict[str, dict[str, str]]:
    """The table by code. Codes with a leading zero may arrive as numbers; short ones would be mistaken for others."""
    codes: dict[str, dict[str, str]] = rules("errors")["codes"]
    stripped = {code.lstrip("0"): row for code, row in codes.items() if code.startswith("0")}
    return {code: row for code, row in stripped.items() if len(code) >= _UNMISTAKABLE} | codes


def _family(code: str) -> dict[str, str] | None:
    return next((row for prefix, row in _prefixes() if code.startswith(prefix)), None)


@cache
def _prefixes() -> tuple[tuple[str, dict[str, str]], ...]:
    return tuple(sorted(rules("errors")["prefixes"].items(), key=lambda item: -len(item[0])))


def _named_field(text: str) -> str:
    """Our name of the last field that the platform's sentence names: `#/sku_info_list/0/price: …` → `sku.price`."""
    fields = rules("errors")["fields"]
    is_path = text.startswith("#/")
    words = _NAME.findall(text.split(":", 1)[0] if is_path else text)
    # Ordinary words such as "title" are names only in a path, or where they look like names.
    named = [word for word in words if word in fields and (is_path or "_" in word or f"'{word}'" in text)]
    return str(fields[named[-1]]) if named else ""
