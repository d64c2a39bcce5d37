"""Answers of the gateway: wrapped or not, right or wrong (protocol reference 4.1 to 4.3)."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn

import orjson

from app.services.marketplace.aliexpress.errors import Problem, error_for
from app.services.marketplace.aliexpress.mapping.methods import ERROR_CODES, ERROR_TEXTS, NO_ERROR, Method, Repeat
from app.services.marketplace.aliexpress.mapping.table import Misspelt
from app.services.marketplace.aliexpress.values import flag
from app.services.marketplace.port import MarketplaceError, Unanswered


def open_answer(body: bytes, method: Method, *, now: datetime, secrets: Iterable[str] = ()) -> dict[str, Any]:
    """What *method* answers with, whether or not it comes in its `…_response` wrapper.

    Args:
        body: the HTTP body, JSON.
        method: says where the content lies and which flag decides.
        now: aware, for limits that last until a time of day.
        secrets: blanked wherever the platform's sentences repeat them.

    Raises:
        MarketplaceError: the subclass that fits the platform's code; `Unanswered` (`marketplace.html_answer`,
            `marketplace.truncated`, `marketplace.unreadable`) for an answer that is none.
    """
    try:
        root = orjson.loads(body)
    except orjson.JSONDecodeError:
        root = None
    if not isinstance(root, dict):
        raise _no_answer(body, method)
    content = _unwrapped(root)
    refusal = root.get("error_response")
    if isinstance(refusal, dict):
        _fail(_gateway_problem(refusal), method, now, secrets)
    if "code" in root and _code(root["code"]) not in NO_ERROR:
        _fail(_gateway_problem(root), method, now, secrets)
    for key in method.place:
        inner = content.get(key)
        content = inner if isinstance(inner, dict) else {key: inner, **content}
    if not method.is_partial and not _has_worked(content, method):
        _fail(body_problem(content), method, now, secrets)
    return content


def _no_answer(body: bytes, method: Method) -> Unanswered:
    """A body that is no answer at all: it may stand between us and the platform, or be the rest of a cut answer.

    Whatever was asked may have been done.
    """
    start = body.removeprefix(BOM_UTF8).lstrip()[:1]
    if start == b"<":
        return Unanswered("marketplace.html_answer", method=method.name)
    if start == b"{":
        return Unanswered("marketplace.truncated", method=method.name)
    return unreadable(method)


def _unwrapped(root: dict[str, Any]) -> dict[str, Any]:
    for key, value in root.items():
        if key.endswith("_response") and isinstance(value, dict):
            return value
    return root


def _has_worked(content: dict[str, Any], method: Method) -> bool:
    """The flag decides, not the presence of a code; without a flag any code but 0 is a failure."""
    flags = [content[name] for name in method.flags if content.get(name) is not None]
    if flags:
        with reading(method):
            return all(flag(value) for value in flags)
    return body_problem(content).code in NO_ERROR


def _gateway_problem(refusal: dict[str, Any]) -> Problem:
    code, sub_code = (_code(refusal.get(name)) for name in ("code", "sub_code"))
    said = refusal.get("sub_msg") or refusal.get("msg") or refusal.get("message") or ""
    return Problem(code, sub_code, str(said), _code(refusal.get("type")))


@contextmanager
def reading(method: Method) -> Iterator[None]:
    """Around the reading of an answer of *method*: a value in no documented form makes the answer unreadable.

    Raises:
        Unanswered: `marketplace.unreadable`; after a write it is open what was applied.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        # Without its cause, which may quote the value: a name, an address.
        raise unreadable(method, error.name if isinstance(error, Misspelt) else type(error).__name__) from None


def unreadable(method: Method, part: str = "") -> Unanswered:
    """An answer that makes no sense; *part* names what in it, never its value."""
    fault = Unanswered("marketplace.unreadable", method=method.name, part=part)
    fault.was_reading = method.repeat is Repeat.READ
    return fault


def body_problem(content: dict[str, Any]) -> Problem:
    """The error fields of an answer's body, whatever they are called there."""
    code = next((_code(content[name]) for name in ERROR_CODES if content.get(name) not in (None, "")), "")
    said = next((str(content[name]) for name in ERROR_TEXTS if content.get(name)), "")
    return Problem(code, text=said)


def _code(value: Any) -> str:
    return "" if value is None else str(value).strip()


def refusal(problem: Problem, method: Method, *, now: datetime, secrets: Iterable[str]) -> MarketplaceError:
    """The error that *problem* in an answer of *method* is, without any of *secrets* that its text repeats."""
    said = problem.text
    for secret in secrets:
        if secret:
            said = said.replace(secret, "***")
    return error_for(replace(problem, text=said), now=now, method=method.name)


def _fail(problem: Problem, method: Method, now: datetime, secrets: Iterable[str]) -> NoReturn:
    raise refusal(problem, method, now=now, secrets=secrets)
